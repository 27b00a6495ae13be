"""Give editors the tickets as a file, with the filters of the page they come from."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from backend.api.auth import principal
from backend.api.functions.body import Body
from backend.core.principal import Principal
from backend.support import service as support
from backend.vocab import MemberRole, TicketPriority, TicketStatus

router = APIRouter(prefix="/api")
Caller = Annotated[Principal, Depends(principal)]


@router.get("/tickets.csv")
async def tickets_csv(request: Request, who: Caller) -> StreamingResponse:
    """Return the tickets as CSV, newest first."""
    who.require(MemberRole.EDITOR)
    asked = Body.of_query(request)
    assigned_to = asked.text("assigned_to", is_required=False, longest=36)
    wanted = support.TicketFilter(
        status=asked.choice("status", TicketStatus),
        priority=asked.choice("priority", TicketPriority),
        assigned_to=assigned_to if assigned_to == support.NOBODY else str(asked.optional_id("assigned_to") or ""),
        search=asked.text("search", is_required=False, longest=support.SEARCH_LIMIT),
    )
    headers = {"Content-Disposition": 'attachment; filename="tickets.csv"', "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(support.export(who, wanted), media_type="text/csv; charset=utf-8", headers=headers)
