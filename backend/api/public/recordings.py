"""Serve recordings of calls, in parts where a player asks for parts: to the organization, and by signed links."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, JSONResponse

from backend.api.auth import principal
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.messaging.schemas import MediaFile
from backend.recordings import service as recordings

router = APIRouter(prefix="/api/recordings")
Caller = Annotated[Principal, Depends(principal)]


@router.get("/{recording_id}")
async def recording(recording_id: str, who: Caller, download: bool = False) -> FileResponse:
    """Return a recording, whole or the part of it that is asked for."""
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            file = await recordings.open_file(session, _id(recording_id))
    return _response(file, "private, max-age=3600", is_download=download)


@router.get("/{recording_id}/peaks")
async def peaks(recording_id: str, who: Caller) -> JSONResponse:
    """Return how loud each side of a recording is along its length."""
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found = await recordings.peaks(session, _id(recording_id))
    return JSONResponse({"peaks": found}, headers={"Cache-Control": "private, max-age=3600"})


@router.get("/{recording_id}/{org}/{until}/{seal}")
async def signed(recording_id: str, org: str, until: str, seal: str) -> FileResponse:
    """Return a recording to whoever has a link that was signed for it and is not too old."""
    return _response(await recordings.open_signed(_id(recording_id), org, until, seal), "private, no-store")


def _id(given: str) -> UUID:
    try:
        return parse_id(given)
    except Invalid:
        raise NotFound("This recording does not exist.") from None


def _response(file: MediaFile, kept: str, *, is_download: bool = False) -> FileResponse:
    return FileResponse(
        file.path,
        media_type=file.content_type,
        filename=file.filename,
        content_disposition_type="attachment" if is_download else "inline",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": kept,
        },
    )
