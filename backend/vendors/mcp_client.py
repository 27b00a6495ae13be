"""Ask servers of tools in the Model Context Protocol over streamable HTTP, through its official SDK.

Every connection goes by our guarded way: the address is resolved once and never private, no answer grows beyond a
bound, and the whole visit ends in time.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from backend.core.errors import VendorError
from backend.vendors import http

VENDOR = "MCP"
MOST_BYTES = 2_000_000
MOST_PAGES, MOST_TOOLS = 10, 200
_PACKED = "The server packs its answers although it was asked not to."
_REDIRECTED = "The server sends us to another address. Give the one it lives at."


@dataclass(frozen=True)
class Offered:
    """A tool as its server describes it; `reads` is the server's own word that it changes nothing."""

    name: str
    title: str
    description: str
    schema: dict[str, Any]
    reads: bool


@dataclass(frozen=True)
class Called:
    """What a tool answered: its text, or the structured value it gave."""

    text: str
    data: Any
    is_error: bool


async def list_tools(url: str, headers: Mapping[str, str], timeout_s: float) -> list[Offered]:
    """Return every tool of a server. Raises `AddressRefused`, `VendorError`."""
    found: list[Offered] = []
    async with _visit(url, headers, timeout_s) as (client, _):
        cursor: str | None = None
        for _page in range(MOST_PAGES):
            page = await client.list_tools(cursor=cursor)
            found += [_offered(tool) for tool in page.tools]
            cursor = page.next_cursor
            if not cursor or len(found) >= MOST_TOOLS:
                break
    return found[:MOST_TOOLS]


async def call_tool(
    url: str, headers: Mapping[str, str], name: str, arguments: Mapping[str, Any], timeout_s: float
) -> Called:
    """Call one tool. Raises as `list_tools` does; `may_have_happened` when the call left and no answer came."""
    async with _visit(url, headers, timeout_s) as (client, guard):
        guard.has_called = True
        result = await client.call_tool(name, dict(arguments))
        guard.has_called = False
        texts = [_text(part) for part in result.content]
        return Called("\n".join(filter(None, texts)), result.structured_content, bool(result.is_error))


@asynccontextmanager
async def _visit(url: str, headers: Mapping[str, str], timeout_s: float) -> AsyncIterator[tuple[Any, Any]]:
    import httpx2
    from mcp.client.client import Client
    from mcp.client.streamable_http import streamable_http_client
    from mcp.types import Implementation

    guard = _guard()
    try:
        # This one ends the whole visit; those of its parts only end what it left behind.
        async with asyncio.timeout(timeout_s):
            await http.guarded(url)
            async with (
                httpx2.AsyncClient(
                    transport=guard,
                    headers=dict(headers),
                    timeout=2 * timeout_s,
                    follow_redirects=False,
                    trust_env=False,
                ) as web,
                Client(
                    streamable_http_client(url, http_client=web),
                    read_timeout_seconds=2 * timeout_s,
                    client_info=Implementation(name="Magpipe", version="1"),
                ) as client,
            ):
                yield client, guard
    except VendorError:
        raise
    except TimeoutError:
        raise _fault("The server took too long to answer.", guard) from None
    except Exception as error:
        # The SDK speaks of what goes wrong on the wire in errors, and groups of errors, of many kinds.
        raise guard.fault or _fault(_words(error, guard), guard) from None


def _guard() -> Any:
    """Return the way every request takes: to a checked address, and no further than a bound."""
    import httpx2

    class Bounded(httpx2.AsyncByteStream):
        def __init__(self, stream: Any, guard: "Guard") -> None:
            self._stream, self._guard = stream, guard

        async def __aiter__(self) -> AsyncIterator[bytes]:
            async for chunk in self._stream:
                self._guard.taken += len(chunk)
                if self._guard.taken > MOST_BYTES:
                    self._guard.refuse(http.TooLarge(MOST_BYTES))
                    raise httpx2.ReadError("too large")
                yield chunk

        async def aclose(self) -> None:
            await self._stream.aclose()

    class Guard(httpx2.AsyncBaseTransport):
        def __init__(self) -> None:
            self._way = httpx2.AsyncHTTPTransport(verify=http.certificates(), trust_env=False)
            self.taken, self.status = 0, 0
            self.fault: VendorError | None = None
            self.has_called = False

        def refuse(self, fault: VendorError) -> None:
            """Keep why an answer is not read; a call it belongs to may have been done."""
            fault.may_have_happened = self.has_called
            self.fault = fault

        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            try:
                address, needed, sni = await http.guarded(str(request.url))
            except VendorError as refused:
                self.fault = refused
                raise httpx2.ConnectError("refused", request=request) from None
            headers = {**dict(request.headers), **needed}
            extensions = {**request.extensions, **({"sni_hostname": sni} if sni else {})}
            asked = httpx2.Request(
                request.method, address, headers=headers, stream=request.stream, extensions=extensions
            )
            response = await self._way.handle_async_request(asked)
            if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
                # The bound counts what arrives, and unpacked that could be a thousand times as much.
                await response.aclose()
                self.refuse(VendorError(_PACKED, vendor=VENDOR, code="packed"))
                raise httpx2.ReadError("packed", request=request)
            self.status = response.status_code if response.status_code >= 300 else self.status
            response.stream = Bounded(response.stream, self)
            return response

        async def aclose(self) -> None:
            await self._way.aclose()

    return Guard()


def _words(error: BaseException, guard: Any) -> str:
    """Return in plain words what went wrong; the status a server answered says more than the SDK's error."""
    if guard.status in (401, 403):
        return "The server does not let us in. Check the key."
    if 300 <= guard.status < 400:
        return _REDIRECTED
    if guard.status in (404, 405, 410):
        return "There is no tool server at this address."
    if guard.status:
        return f"The server answered {guard.status}."
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if type(error).__module__.startswith("httpx2"):
        return f"The server could not be reached ({type(error).__name__})."
    return f"The server does not speak the protocol as it should ({type(error).__name__})."


def _fault(words: str, guard: Any) -> VendorError:
    is_passing = guard.status in (0, 408, 429) or guard.status >= 500
    return VendorError(words, vendor=VENDOR, is_retryable=is_passing, may_have_happened=guard.has_called)


def _offered(tool: Any) -> Offered:
    notes = tool.annotations
    return Offered(
        name=tool.name,
        title=tool.title or (notes.title if notes else "") or "",
        description=tool.description or "",
        schema=dict(tool.input_schema or {}),
        reads=bool(notes and notes.read_only_hint is True),
    )


def _text(part: Any) -> str:
    """Return a part of an answer as text; what is none is named, for a model to know that it is there."""
    if part.type == "text":
        return str(part.text)
    if part.type == "resource":
        return str(getattr(part.resource, "text", "")) or "[a file]"
    if part.type == "resource_link":
        return f"[a link to {urlsplit(str(part.uri)).hostname or 'a file'}]"
    return f"[{part.type}]"
