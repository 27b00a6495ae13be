"""Serve kept attachments to the members of their organization, and to nobody else."""

from contextlib import suppress
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.api.auth import principal
from backend.chat import service as chat
from backend.core.errors import NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.mailboxes import service as mailboxes
from backend.messaging import service as messaging
from backend.messaging.schemas import MediaFile

router = APIRouter(prefix="/api")
Caller = Annotated[Principal, Depends(principal)]


async def _opened(session: AsyncSession, wanted: UUID) -> MediaFile:
    """Return a file of a text, of a web chat, or of an email. Raises `NotFound`."""
    for opened in (messaging.open_media, chat.open_file):
        with suppress(NotFound):
            return await opened(session, wanted)
    return await mailboxes.open_file(session, wanted)


@router.get("/media/{media_id}")
async def media(media_id: str, request: Request, who: Caller) -> FileResponse:
    """Return one attachment; only pictures, sound and film may show themselves, the rest is downloaded."""
    try:
        wanted = UUID(media_id)
    except ValueError:
        raise NotFound("This file does not exist.") from None
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            file = await _opened(session, wanted)
    return FileResponse(
        file.path,
        media_type=file.content_type,
        filename=file.filename,
        content_disposition_type="inline" if file.is_inline else "attachment",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, max-age=86400, immutable",
        },
    )
