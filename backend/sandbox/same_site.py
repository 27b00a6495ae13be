"""Refuses changes another website asks a visitor's browser to make on this machine."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class SameSite:
    """Lets a changing request pass when it names no origin (an SDK, a test) or this server's own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _SAFE:
            request = Request(scope)
            origin = request.headers.get("origin")
            if origin and urlsplit(origin).netloc != request.headers.get("host"):
                refused = PlainTextResponse("This request came from another website.", 403)
                await refused(scope, receive, send)
                return
        await self._app(scope, receive, send)
