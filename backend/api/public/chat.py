"""Serve the chat widget on other people's pages: settings, sessions, messages and files over plain requests.

Bodies are JSON sent as plain text, so that a browser needs no preflight for them. Everything is bound to a page by its
Origin and to a session by its signed token; cookies mean nothing here.
"""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from backend.api.auth import client_address
from backend.api.functions.body import BadParameter, Body
from backend.chat import service as chat
from backend.chat.schemas import Caller, Visitor
from backend.core.config import settings
from backend.core.errors import NotFound
from backend.core.tenancy import org_scope, unit_of_work

router = APIRouter(prefix="/api/chat")

_TOKEN_LIMIT = 600


@router.get("/widget")
async def widget(request: Request) -> JSONResponse:
    """Return how a widget looks and what it asks; browsers keep it for a minute, so that a change shows soon."""
    query = Body.of_query(request)
    key = query.text("key", longest=60)
    found = await chat.config(key, _caller(request), query.text("lang", is_required=False, longest=20))
    return JSONResponse(dict(found), headers={"Cache-Control": "private, max-age=60", "Vary": "Origin"})


@router.post("/session")
async def session(request: Request) -> JSONResponse:
    """Open a session, or go on with the one a token names."""
    body = await Body.of(request)
    key, token = body.text("key", longest=60), _token(body, is_required=False)
    opened = await chat.open_session(key, _caller(request), _visitor(body), token)
    return JSONResponse(dict(opened))


@router.post("/message")
async def message(request: Request) -> JSONResponse:
    """Take a message; sent twice under one id it is stored once."""
    body = await Body.of(request)
    line = await chat.receive(
        _token(body),
        _caller(request),
        body.text("text", is_required=False, longest=20_000),
        body.text("id", longest=64),
        [_file_id(value) for value in body.texts("files", most=20)],
        _visitor(body),
    )
    return JSONResponse({"message": line})


@router.post("/poll")
async def poll(request: Request) -> JSONResponse:
    """Return what was said after a message, for browsers whose network lets no socket through."""
    body = await Body.of(request)
    ticket = chat.read(_token(body))
    after = body.integer("after", 0, low=0, high=999_999_999)
    seen = body.integer("seen", 0, low=0, high=999_999_999)
    with org_scope(ticket.org_id):
        async with unit_of_work() as opened:
            found, _ = await chat.resume(opened, ticket, _caller(request), after)
    if seen:
        await chat.seen_by_visitor(ticket.org_id, ticket.session_id, seen)
    return JSONResponse(dict(found))


@router.post("/end")
async def end(request: Request) -> Response:
    """Close a session for good, as its visitor asked."""
    await chat.end(chat.read(_token(await Body.of(request))))
    return Response(status_code=204)


@router.post("/upload")
async def upload(request: Request) -> JSONResponse:
    """Keep a file, the request's whole body, until the message that carries it is sent."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or len(token) > _TOKEN_LIMIT:
        raise BadParameter("Send the chat’s token: Authorization: Bearer …", field="authorization")
    name = Body.of_query(request).text("name", is_required=False, longest=300)
    return JSONResponse({"file": await chat.upload(token, _caller(request), await request.body(), name)}, 201)


@router.get("/file/{file_id}")
async def file(file_id: str, request: Request) -> FileResponse:
    """Return a file by its signed address. Only pictures show themselves; nothing is ever a page."""
    query = request.query_params
    try:
        wanted = UUID(file_id)
    except ValueError:
        raise NotFound("This file does not exist.") from None
    found = await chat.open_for_visitor(wanted, query.get("o", ""), query.get("e", ""), query.get("s", ""))
    is_picture = found.is_inline and found.content_type.startswith("image/")
    return FileResponse(
        found.path,
        media_type=found.content_type,
        filename=found.filename,
        content_disposition_type="inline" if is_picture else "attachment",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Cache-Control": "private, max-age=86400, immutable",
            "Referrer-Policy": "no-referrer",
        },
    )


def _caller(request: Request) -> Caller:
    origin = request.headers.get("origin", "")
    # A browser names no origin when a page reads from its own, as ours do; that it is its own it says in a header that
    # no page can set (Fetch Metadata).
    if not origin and request.headers.get("sec-fetch-site") == "same-origin":
        origin = settings().public_url
    return Caller(origin, client_address(request.scope))


def _token(body: Body, *, is_required: bool = True) -> str:
    return body.text("token", is_required=is_required, longest=_TOKEN_LIMIT)


def _file_id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise BadParameter("files holds something that is not a file’s id.", field="files") from None


def _visitor(body: Body) -> Visitor:
    def text(name: str, longest: int) -> str:
        return body.text(name, is_required=False, longest=longest)

    return Visitor(
        visitor_id=text("visitor", 128),
        name=text("name", 200),
        email=text("email", 254),
        user_id=text("user_id", 128),
        seal=text("hash", 128),
        page_url=text("page", 2048),
        page_title=text("title", 500),
        language=text("lang", 20),
        browser_info=_info(body.value("info")),
    )


def _info(value: Any) -> dict[str, Any]:
    return {str(name): str(one)[:200] for name, one in list(value.items())[:8]} if isinstance(value, dict) else {}
