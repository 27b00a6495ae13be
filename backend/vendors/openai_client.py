"""Hold what the calls of a process ask OpenAI and servers like it through: one client for each server and key.

A client of each call's own read the certificate authorities anew, which kept every other call of the process waiting
for a tenth of a second, and opened connections that another call had open.
"""

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

from backend.vendors.http import vendor_certificates

# Seconds (those of livekit-plugins-openai); how long a call waits for an answer's first word is its own matter.
_CONNECT_S, _PART_S = 15.0, 5.0
# A connection is forgotten before servers forget it.
_KEPT_S, _MOST, _MOST_KEPT = 60.0, 1000, 50
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[str, str], Any]] = WeakKeyDictionary()


def shared(address: str, key: str) -> Any:
    """Return the `openai.AsyncOpenAI` of a server by its address and key, for this event loop; nobody closes it."""
    import httpx2
    from openai import AsyncOpenAI

    known = _clients.setdefault(asyncio.get_running_loop(), {})
    if (address, key) not in known:
        http = httpx2.AsyncClient(
            timeout=httpx2.Timeout(_PART_S, connect=_CONNECT_S),
            limits=httpx2.Limits(max_connections=_MOST, max_keepalive_connections=_MOST_KEPT, keepalive_expiry=_KEPT_S),
            follow_redirects=True,
            verify=vendor_certificates(),
        )
        known[address, key] = AsyncOpenAI(api_key=key, base_url=address, max_retries=0, http_client=http)
    return known[address, key]
