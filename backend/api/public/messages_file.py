"""Give a member the organization's texts as a file, with the filters of the page they come from."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from backend.api.auth import principal
from backend.api.functions.body import Body
from backend.core.principal import Principal
from backend.messaging import service as messaging
from backend.vocab import Direction, MessageStatus

router = APIRouter(prefix="/api")
Caller = Annotated[Principal, Depends(principal)]


@router.get("/messages.csv")
async def messages_csv(request: Request, who: Caller) -> StreamingResponse:
    """Return the texts that fit as CSV, newest first."""
    asked = Body.of_query(request)
    wanted = messaging.HistoryFilter(
        search=asked.text("q", is_required=False, longest=80),
        direction=asked.choice("direction", Direction),
        status=asked.choice("status", [*MessageStatus, "problem"]),
        number_id=asked.optional_id("number"),
        writer=asked.choice("writer", ("agent", "person", "customer")),
        since=asked.moment("from"),
        until=asked.moment("to", is_end=True),
    )
    headers = {"Content-Disposition": 'attachment; filename="messages.csv"'}
    return StreamingResponse(
        messaging.export_history(who, wanted), media_type="text/csv; charset=utf-8", headers=headers
    )
