"""Give every request an id, bound what it may send, and set the headers that keep browsers safe. Pure ASGI."""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.errors import envelope
from backend.core.config import settings
from backend.core.ids import new_id
from backend.core.logging import log

BODY_LIMIT = 1_000_000
# Paths (by prefix) whose bodies may be larger, and how large.
LARGER: Mapping[str, int] = {
    "/_upload": 25_000_000,
    "/api/inbox/files/": 5_500_000,
    "/api/inbox/chat-files/": 10_500_000,
    "/api/chat/upload": 10_500_000,
    "/api/contacts/imports": 20_000_000,
    "/api/knowledge/files": 20_000_000,
    # 20 MB in base64, and the fields around it
    "/functions/v1/knowledge-source-manual": 28_500_000,
}
# Reading a body is bounded too, or a thousand slow senders would hold a thousand requests.
BODY_WITHIN_S = 30.0
# … but a large file may take as long as it does over a slow line (1 Mbit/s).
BYTES_A_SECOND = 125_000
# Who is still sending reads no answer, and is cut off before it could: so what is left of a refused body is thrown
# away first, this much of it at most.
DISCARD_LIMIT = 30_000_000
DISCARD_WITHIN_S = 5.0

_API = re.compile(r"/(api|functions)(/|$)")
# What the build names by its content never changes under that name.
_HASHED = re.compile(r"/assets/.+-[\w-]{8,}\.(js|css|woff2)")
# Built files, whose names change with their content, and fonts: they are kept by browsers and are no documents, so the
# headers for documents (700 bytes with each of twenty files) stay away from them.
_KEPT: Mapping[str, bytes] = {"/assets/": b"public, max-age=31536000, immutable", "/fonts/": b"public, max-age=604800"}
# The script of web chat, which stands on other people's sites, also on those that isolate themselves. Visitors' pages
# should not wait for it, and should have a new one within minutes.
WIDGET = "/widget.js"
_WIDGET_HEADERS = {
    b"cache-control": b"public, max-age=300, stale-while-revalidate=86400",
    b"access-control-allow-origin": b"*",
    b"cross-origin-resource-policy": b"cross-origin",
}


class RequestLimits:
    """Reads API bodies whole, at most `BODY_LIMIT` bytes, before the application sees the request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = _security_headers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        reference = new_id().hex
        scope["magpipe.request_id"] = reference
        path: str = scope["path"]
        # A policy guards documents; on every script and icon its bytes would only slow the first visit.
        is_file = "." in path.rpartition("/")[2] and not _API.match(path)
        headers = {b"x-content-type-options": b"nosniff"} if is_file else dict(self._headers)
        headers[b"x-request-id"] = reference.encode()
        if _API.match(path):
            headers[b"cache-control"] = b"no-store"
        elif path in ("/sw.js", "/manifest.webmanifest"):
            headers[b"cache-control"] = b"no-cache"
        elif path == WIDGET:
            headers |= _WIDGET_HEADERS

        kept = next((caching for prefix, caching in _KEPT.items() if path.startswith(prefix)), None)
        is_answered = False

        async def finish(message: Message) -> None:
            nonlocal is_answered
            if message["type"] == "http.response.start":
                is_answered = True
                if message["status"] == 200 and _HASHED.fullmatch(path):  # a missing file may be there tomorrow
                    headers[b"cache-control"] = b"public, max-age=31536000, immutable"
                ours = headers
                if kept is not None and message["status"] in (200, 304):
                    ours = {b"cache-control": kept, b"x-content-type-options": b"nosniff"}
                message = {**message, "headers": _merged(message.get("headers", []), ours)}
            await send(message)

        try:
            await self._bounded(scope, receive, finish)
        except Exception as error:
            log.error("web.bug", path=path, method=scope["method"], request_id=reference, exc_info=error)
            if not is_answered:
                words = "Something went wrong on our side. Tell support the request id."
                await envelope(500, "internal", words, reference)(scope, receive, finish)

    async def _bounded(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        limit = next((size for prefix, size in LARGER.items() if path.startswith(prefix)), BODY_LIMIT)
        if _content_length(scope) > limit:
            await self._refuse(scope, receive, send, limit)
        elif _API.match(path) and scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            try:
                async with asyncio.timeout(max(BODY_WITHIN_S, limit / BYTES_A_SECOND)):
                    body = await _read(receive, limit)
            except TimeoutError:
                words = "The request took too long to arrive."
                await envelope(408, "request_timeout", words, scope["magpipe.request_id"])(scope, receive, send)
                return
            if body is None:
                await self._refuse(scope, receive, send, limit)
            else:
                await self._app(scope, _replayed(body, receive), send)
        else:
            await self._app(scope, _counted(receive, limit), send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        await discard(receive)
        words = f"The request is larger than {limit // 1_000_000} MB."
        await envelope(413, "too_large", words, scope["magpipe.request_id"])(scope, receive, send)


async def discard(receive: Receive) -> None:
    """Read what is left of a request's body and forget it, so that its sender gets to read why it is refused."""
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARD_WITHIN_S):
            size = 0
            while size < DISCARD_LIMIT:
                message = await receive()
                size += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return


def _content_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _read(receive: Receive, limit: int) -> bytes | None:
    """Return the whole body, or None as soon as it is larger than `limit`."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a receive that gives the body that was read, then what the server has to say."""
    is_given = False

    async def replay() -> Message:
        nonlocal is_given
        if is_given:
            return await receive()
        is_given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _counted(receive: Receive, limit: int) -> Receive:
    """Return a receive that hangs up on a body larger than `limit`; the application reads it as it comes."""
    size = 0

    async def count() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        return {"type": "http.disconnect"} if size > limit else message

    return count


def _merged(own: list[tuple[bytes, bytes]], ours: Mapping[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    """Return the response's headers with ours added where it has none of that name."""
    present = {name.lower() for name, _ in own}
    return [*own, *((name, value) for name, value in ours.items() if name not in present)]


def _security_headers() -> dict[bytes, bytes]:
    """Return the headers of every response.

    Reflex's pages start from inline scripts and evaluate the small scripts that handlers send, so both stay allowed;
    what the policy gives is that nothing loads from, frames, or posts to anywhere else.
    """
    public = urlsplit(settings().public_url)
    voice = urlsplit(settings().voice_browser_url)
    reached = {origin.replace("http", "ws", 1) for origin in settings().origins} | {f"{voice.scheme}://{voice.netloc}"}
    sockets = " ".join(sorted(reached))
    policy = "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "font-src 'self' data:",
            f"connect-src 'self' {sockets}",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
    headers = {
        b"content-security-policy": policy.encode(),
        b"x-content-type-options": b"nosniff",
        b"x-frame-options": b"DENY",
        b"referrer-policy": b"same-origin",
        b"permissions-policy": b"camera=(), geolocation=(), payment=(), microphone=(self)",
        b"cross-origin-opener-policy": b"same-origin",
    }
    if public.scheme == "https":
        headers[b"strict-transport-security"] = b"max-age=31536000"
    return headers
