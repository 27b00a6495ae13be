"""Stand before everything: tie tabs to sessions, keep cookies from the interface, and send people to the right door.

A tab's state is keyed by a token the browser made up and shows in its address. Here that token is mixed with the
session and the organization before Reflex sees it, so the same token from another browser, after signing out, or in
another organization, is another, empty state. The session's id travels on in a header that clients cannot set.

When a session ends or its person's reach changes, the sockets of its tabs are closed; the browser reconnects by
itself and is then whoever its cookie says.
"""

import asyncio
import hashlib
import hmac
import uuid
from contextlib import suppress
from urllib.parse import parse_qs, parse_qsl, quote, urlencode
from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.accounts import service as accounts
from backend.api.auth import session_cookie, session_token
from backend.api.errors import envelope
from backend.api.limits import discard
from backend.core.config import settings
from backend.core.errors import NotSignedIn
from backend.core.logging import log
from backend.sessions import service as sessions
from backend.sessions.schemas import SignedIn

HEADER = b"x-mp-session"
HOME, SIGN_IN = "/inbox", "/login"
# Pages for everyone. Whatever else is asked for as a page is for signed-in people.
PUBLIC = frozenset(
    {"/", "/login", "/signup", "/verify-email", "/forgot-password", "/reset-password", "/404"}
    # Of developers; they exist in development alone.
    | {"/_gallery", "/_gallery/sign-in"}
)
# Pages that a signed-in person has no use for.
DOORS = frozenset({"/", "/login", "/signup"})
# How often open sockets are checked against their sessions: what a lost notification or the calendar ended.
CHECK_EVERY_S = 60.0
_NOT_PAGES = ("/_event", "/_upload", "/_health", "/ping", "/api", "/functions", "/assets/")


class SessionMiddleware:
    """The outer door of the web process; wrap it around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        headers = [(name, value) for name, value in scope["headers"] if not name.startswith((b"x-mp-", b"x_mp_"))]
        scope = {**scope, "headers": headers}
        if path.startswith("/_event"):
            await self._event(scope, receive, send)
        elif scope["type"] == "http" and path.startswith("/_upload"):
            await self._upload(scope, receive, send)
        elif scope["type"] == "http" and _is_page(scope):
            await self._page(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _event(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            words = "This address speaks over a WebSocket."
            await envelope(400, "websocket_only", words, scope.get("magpipe.request_id", ""))(scope, receive, send)
            return
        person = await _who(scope)
        inner = {**scope, "query_string": _bound(scope["query_string"], person), "headers": _known(scope, person)}
        if person is None:
            await self._app(inner, receive, send)
        else:
            await sockets.serve(self._app, inner, receive, send, person)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        person = await _who(scope)
        if person is None:
            await discard(receive)
            error = NotSignedIn("Sign in to send files.")
            await envelope(401, error.code, error.message, scope.get("magpipe.request_id", ""))(scope, receive, send)
            return
        headers = [
            (name, bind(value.decode("latin-1"), person).encode() if name == b"reflex-client-token" else value)
            for name, value in _known(scope, person)
        ]
        await self._app({**scope, "headers": headers}, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].rstrip("/") or "/"
        token = session_token(scope)
        person = await sessions.find(token) if token else None
        query = scope["query_string"].decode("latin-1")
        if person is None and path not in PUBLIC:
            wanted = f"{scope['path']}?{query}" if query else scope["path"]
            await _redirect(f"{SIGN_IN}?{urlencode({'next': wanted})}", send)
            return
        if person is not None and path in DOORS:
            wanted = parse_qs(query).get("next", [""])[0]
            await _redirect(accounts.next_path(wanted, HOME), send)
            return

        async def finish(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Which page an address shows depends on the cookie, so a browser asks every time (it costs a 304).
                own = [*message.get("headers", []), (b"cache-control", b"no-cache"), (b"vary", b"Cookie")]
                if person is not None:
                    own.append((b"set-cookie", session_cookie(token).encode()))
                message = {**message, "headers": own}
            await send(message)

        # The file server keeps pages as folders and would redirect, with a scheme that is wrong behind a TLS proxy.
        folder = path if path == "/" else f"{path}/"
        await self._app({**scope, "path": folder, "raw_path": quote(folder).encode()}, receive, finish)


class Sockets:
    """The open sockets of this process by session, so that they can be closed when it ends."""

    def __init__(self) -> None:
        self._open: dict[asyncio.Event, SignedIn] = {}

    async def serve(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, person: SignedIn) -> None:
        """Run a socket until it closes by itself or its session ends."""
        ended = asyncio.Event()
        self._open[ended] = person
        end = asyncio.create_task(ended.wait())
        pending: asyncio.Task[Message] | None = None

        async def until_ended() -> Message:
            nonlocal pending
            pending = pending or asyncio.create_task(_receive(receive))
            await asyncio.wait({pending, end}, return_when=asyncio.FIRST_COMPLETED)
            if pending.done():
                message, pending = pending.result(), None
                return message
            # Granian (2.8.7) sends no close while a receive waits, and the tab would never hear that it ended.
            pending.cancel()
            await asyncio.wait({pending})
            pending = None
            return {"type": "websocket.disconnect", "code": 1008, "reason": "session ended"}

        try:
            await app(scope, until_ended, send)
        finally:
            self._open.pop(ended, None)
            end.cancel()
            if pending is not None:
                pending.cancel()
            if ended.is_set():
                with suppress(Exception):
                    await send({"type": "websocket.close", "code": 1008, "reason": "session ended"})

    def close(self, session_id: UUID | None, user_id: UUID | None) -> None:
        """Close the sockets of a session, or all of a person's."""
        for ended, person in list(self._open.items()):
            if person.session_id == session_id or person.user_id == user_id:
                ended.set()

    async def watch(self) -> None:
        """Close sockets whose session has ended unheard, for ever: a lifespan task of the web process."""
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            try:
                await self.check()
            except Exception:
                log.exception("sockets.check_failed")

    async def check(self) -> None:
        """Close the sockets of sessions that ended, or whose person now works elsewhere."""
        for session_id in {person.session_id for person in self._open.values()}:
            try:
                now: SignedIn | None = await sessions.holder(session_id)
            except NotSignedIn:
                now = None
            for ended, person in list(self._open.items()):
                if person.session_id == session_id and (
                    now is None or (now.org_id, now.member_role) != (person.org_id, person.member_role)
                ):
                    ended.set()


sockets = Sockets()
sessions.on_end(sockets.close)


def bind(tab_token: str, person: SignedIn | None) -> str:
    """Return the state key of a tab: its own token mixed with who sits before it and where they work."""
    who = f"{person.session_id}:{person.org_id}" if person else "anonymous"
    key = settings().secret_key.get_secret_value().encode()
    mixed = hmac.new(key, f"tab:{who}:{tab_token}".encode(), hashlib.sha256).digest()
    return str(uuid.UUID(bytes=mixed[:16]))


def _bound(query: bytes, person: SignedIn | None) -> bytes:
    """Return a socket's query with its token bound. Read and written anew, because a name can be spelled many ways."""
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    kept = [(name, value) for name, value in asked if name != "token"]
    tokens = [bind(value, person) for name, value in asked if name == "token"]
    return urlencode([*kept, *(("token", token) for token in tokens[:1])]).encode("latin-1")


async def _who(scope: Scope) -> SignedIn | None:
    """Return who opens a connection. An end that is heard while reading makes it read again, so none is missed."""
    token = session_token(scope)
    person = await sessions.find(token) if token else None
    for _ in range(3):
        if person is None or sessions.is_remembered(person):
            break
        person = await sessions.find(token)
    return person


def _known(scope: Scope, person: SignedIn | None) -> list[tuple[bytes, bytes]]:
    """Return the headers for Reflex: without cookies, which it would show to scripts, with the session's id."""
    headers = [(name, value) for name, value in scope["headers"] if name not in (b"cookie", b"authorization")]
    return [*headers, (HEADER, str(person.session_id).encode())] if person else headers


def _is_page(scope: Scope) -> bool:
    """Whether a browser asks for a page: a GET that takes HTML, of a path without a file's ending."""
    path: str = scope["path"]
    if scope["method"] not in ("GET", "HEAD") or path.startswith(_NOT_PAGES) or "." in path.rpartition("/")[2]:
        return False
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


async def _receive(receive: Receive) -> Message:
    return dict(await receive())


async def _redirect(location: str, send: Send) -> None:
    headers = [
        (b"location", location.encode("latin-1")),
        (b"cache-control", b"no-store"),
        (b"content-length", b"0"),
    ]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
