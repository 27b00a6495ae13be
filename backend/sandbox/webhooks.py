"""The carrier's own HTTP: signed form posts to webhooks, and fetching of pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from backend.sandbox.settings import SandboxSettings
from backend.sandbox.signing import SIGNATURE_HEADER, form_signature

_CONNECTIONS = 32
_MEDIA_BYTES = 5_000_000  # carriers refuse larger multimedia messages


@dataclass(frozen=True)
class Posted:
    """What came of one webhook."""

    ok: bool
    note: str
    body: str = ""
    reached: bool = True
    """False when nobody listened at the address."""


class Webhooks:
    """One pooled client. Bursts wait for a free connection instead of timing out in the queue."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._signing_key = settings.signing_key
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(settings.webhook_timeout_s, pool=None),
            limits=httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
            trust_env=False,
        )

    async def post(self, url: str, form: Sequence[tuple[str, str]], tamper: bool = False) -> Posted:
        """Post a signed form; with `tamper` the fields change after the signature was made."""
        headers = {SIGNATURE_HEADER: form_signature(self._signing_key, url, form)}
        if tamper:
            form = [(name, value + "?" if name in ("Body", "MessageStatus") else value) for name, value in form]
        try:
            response = await self._client.post(url, data=dict(form), headers=headers)
        except httpx.ConnectError:
            return Posted(False, "nobody answers at the webhook address", reached=False)
        except httpx.TimeoutException:
            return Posted(False, "the webhook took too long")
        except (httpx.HTTPError, httpx.InvalidURL):
            return Posted(False, "the webhook broke off", reached=False)
        if response.is_success:
            return Posted(True, "", response.text)
        return Posted(False, f"the webhook answered {response.status_code}")

    async def fetch(self, url: str) -> tuple[str, bytes] | None:
        """Return (content type, bytes) of a picture, or None when it cannot be had or is too large."""
        try:
            async with self._client.stream("GET", url, follow_redirects=True) as response:
                if not response.is_success:
                    return None
                content = b""
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > _MEDIA_BYTES:
                        return None
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
        return response.headers.get("content-type", "application/octet-stream").split(";")[0].strip(), content

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
