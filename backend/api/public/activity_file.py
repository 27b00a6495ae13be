"""Give an owner who did what as a file, with the filters of the page they come from."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from backend.api.auth import principal
from backend.api.functions.body import Body
from backend.core.principal import Principal
from backend.organizations import service as organizations
from backend.vocab import MemberRole

router = APIRouter(prefix="/api")
Caller = Annotated[Principal, Depends(principal)]


@router.get("/activity.csv")
async def activity_csv(request: Request, who: Caller) -> StreamingResponse:
    """Return what was done as CSV, newest first. Owners only."""
    who.require_person()
    who.require(MemberRole.OWNER)
    asked = Body.of_query(request)
    wanted = organizations.ActivityFilter(
        actor_id=str(asked.optional_id("person") or ""),
        subject=asked.choice("subject", organizations.SUBJECTS),
        since=asked.moment("from"),
        until=asked.moment("to", is_end=True),
    )
    headers = {"Content-Disposition": 'attachment; filename="activity.csv"', "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(
        organizations.export_activity(who, wanted), media_type="text/csv; charset=utf-8", headers=headers
    )
