"""Take the files people send with texts, show them before they are sent, and hand them to the carrier."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, JSONResponse

from backend.api.auth import principal
from backend.chat import service as chat
from backend.conversations import service as conversations
from backend.core.errors import NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.messaging import service as messaging
from backend.messaging.schemas import MediaFile

router = APIRouter(prefix="/api")
Caller = Annotated[Principal, Depends(principal)]


@router.post("/inbox/files/{conversation_id}")
async def take(conversation_id: str, request: Request, who: Caller, name: str = "file") -> JSONResponse:
    """Keep the request's body as a file for a text that is not sent yet."""
    content = await request.body()
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            file = await messaging.accept_file(session, who, _id(conversation_id), name.replace("\x00", ""), content)
    return JSONResponse(
        {"id": str(file.id), "name": file.name, "content_type": file.content_type, "size_bytes": file.size_bytes}, 201
    )


@router.post("/inbox/chat-files/{conversation_id}")
async def take_for_chat(conversation_id: str, request: Request, who: Caller, name: str = "file") -> JSONResponse:
    """Keep the request's body as a file for a chat message that is not sent yet."""
    content = await request.body()
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            conversation = await conversations.get(session, _id(conversation_id))
            file = await chat.attach_from_person(session, who, conversation.id, content, name.replace("\x00", ""))
    return JSONResponse(
        {"id": file["id"], "name": file["name"], "content_type": file["type"], "size_bytes": file["size"]}, 201
    )


@router.get("/inbox/chosen-files/{file_id}")
async def show(file_id: str, who: Caller) -> FileResponse:
    """Return a file to the person who chose it."""
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            file = await messaging.open_file(session, who, _id(file_id))
    return _response(file, "same-origin")


@router.get("/carrier-media/{media_id}/{key}")
async def for_carrier(media_id: str, key: str) -> FileResponse:
    """Return an attachment of a text to the carrier, who knows its key."""
    with platform_scope("hand an attachment to the carrier"):
        async with unit_of_work() as session:
            file = await messaging.open_for_carrier(session, _id(media_id), key[:128])
    return _response(file, "cross-origin")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("This file does not exist.") from None


def _response(file: MediaFile, policy: str) -> FileResponse:
    return FileResponse(
        file.path,
        media_type=file.content_type,
        filename=file.filename,
        content_disposition_type="inline" if file.is_inline else "attachment",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": policy,
            "Cache-Control": "private, max-age=86400, immutable",
        },
    )
