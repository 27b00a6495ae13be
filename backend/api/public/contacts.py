"""Take files of contacts and hand them out, for the members of an organization."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse

from backend.api.auth import principal
from backend.contacts import service as contacts
from backend.contacts.schemas import ContactFilter
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import MemberRole

router = APIRouter(prefix="/api/contacts")
Caller = Annotated[Principal, Depends(principal)]
_CSV = "text/csv; charset=utf-8"


@router.post("/imports")
async def take(request: Request, who: Caller, name: str = "contacts.csv") -> JSONResponse:
    """Keep the request's body as a file of contacts and say how it is understood; nothing is taken in yet."""
    content = await request.body()
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            return JSONResponse(await contacts.upload_import(session, who, name.replace("\x00", ""), content), 201)


@router.get("/imports/{import_id}/errors")
async def errors(import_id: str, who: Caller) -> PlainTextResponse:
    """Return the rows an import could not take, each with its number and the reason, as CSV."""
    try:
        wanted = UUID(import_id)
    except ValueError:
        raise NotFound("This import does not exist.") from None
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            lines = await contacts.failed_rows(session, who, wanted)
    return PlainTextResponse("\ufeff" + "".join(lines), media_type=_CSV, headers=_attached("contacts-not-imported"))


@router.get("/export")
async def export(request: Request, who: Caller) -> StreamingResponse:
    """Return the contacts the list shows for this address as CSV, as it is written."""
    who.require(MemberRole.EDITOR)
    wanted = ContactFilter.of_query(dict(request.query_params))
    return StreamingResponse(
        contacts.export(who, wanted), media_type=_CSV, headers=_attached(f"contacts-{clock.now():%Y-%m-%d}")
    )


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"', "X-Content-Type-Options": "nosniff"}
