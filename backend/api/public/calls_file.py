"""Give editors the calls as a file, with the filters of the page they come from."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from backend.api.auth import principal
from backend.api.functions.body import Body
from backend.calls import service as calls
from backend.core.principal import Principal
from backend.numbers import e164
from backend.vocab import Direction, MemberRole

router = APIRouter(prefix="/api")
Caller = Annotated[Principal, Depends(principal)]


@router.get("/calls.csv")
async def calls_csv(request: Request, who: Caller) -> StreamingResponse:
    """Return the calls that fit as CSV, newest first."""
    who.require(MemberRole.EDITOR)
    asked = Body.of_query(request)
    number = asked.text("number", is_required=False, longest=32)
    zone = _zone(asked.text("tz", is_required=False, longest=64))
    wanted = calls.CallListFilter(
        direction=asked.choice("direction", Direction),
        result=asked.choice("result", calls.RESULTS),
        agent_id=asked.optional_id("agent"),
        service_number=e164.normalize(number, field="number") if number else "",
        since=_there(asked.moment("from"), zone),
        until=_there(asked.moment("to", is_end=True), zone),
        search=asked.text("q", is_required=False, longest=calls.SEARCH_LIMIT),
    )
    headers = {"Content-Disposition": 'attachment; filename="calls.csv"', "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(calls.export(who, wanted), media_type="text/csv; charset=utf-8", headers=headers)


def _zone(name: str) -> ZoneInfo | None:
    """Return the zone whose days are meant, None for UTC and what is no zone."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _there(moment: datetime | None, zone: ZoneInfo | None) -> datetime | None:
    """Return the same hour of the same day where the reader is: the page asks for days of theirs."""
    return moment.replace(tzinfo=zone) if moment and zone else moment
