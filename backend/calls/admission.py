"""Let a media stream carry a call: with a ticket of ours, once, and while there is somebody on the line."""

from uuid import UUID

from backend.calls import records, tickets
from backend.calls.log import OURS
from backend.calls.schemas import CallBrief
from backend.core import clock
from backend.core.errors import Conflict, NotAllowed


async def admit(call_id: UUID, ticket: str, purpose: str = "") -> CallBrief:
    """Return the call that a stream may carry. The ticket is used up by it; one for a purpose is good for that alone.

    Raises `NotAllowed` for a ticket that is not ours, too old or used, `NotFound`, `Conflict` for a call that ended.
    """
    tickets.check(call_id, ticket, purpose)
    found = await records.brief(call_id)
    if found.has_ended:
        raise Conflict("This call has ended.", code="call_ended")
    if not await records.append(call_id, OURS, f"stream:{ticket}", "stream.opened", clock.now()):
        raise NotAllowed("This stream's ticket was used.", code="ticket_used")
    return found
