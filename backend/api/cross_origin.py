"""Let programs in any browser page call the function API with a key, and widgets talk: answer preflights, allow all.

Only keys and visitors' tokens work from other origins; on which sites a widget may stand, its own list says. Cookies do
not: no answer allows credentials, and a cookie's holder must come from our own pages anyway (`auth.require_own_page`).
"""

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_PREFIXES = ("/functions/", "/api/chat/")
_HEADERS = {
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "authorization, x-client-info, apikey, content-type, idempotency-key",
    "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "access-control-expose-headers": "x-request-id, retry-after",
    "access-control-max-age": "86400",
}


class CrossOrigin:
    """Pure ASGI: every answer below these may be read from anywhere, and OPTIONS answers `ok`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_PREFIXES):
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await PlainTextResponse("ok", headers=_HEADERS)(scope, receive, send)
            return

        async def allowing(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, allowing)
