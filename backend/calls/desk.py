"""Let a person of the team call a telephone from their browser: no agent takes part, and they hold the line themselves.

The call is kept and dialled as any other. When it is picked up, the carrier's stream and the person's browser are
joined by the voice process that has both (`voice_agent/desk.py`).
"""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.billing import service as billing
from backend.calls import outgoing, queries, records
from backend.calls.passes import Pass
from backend.calls.schemas import CallBrief
from backend.core import jobs
from backend.core.errors import Conflict, NotAllowed, PaymentRequired
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.models.calls import CallRecord
from backend.vocab import MemberRole

LEFT = "The person who called hung up."


async def place(session: AsyncSession, principal: Principal, phone_number: str, caller_id: str) -> CallRecord:
    """Keep a call that a person makes from one of the organization's numbers; it rings once they are on the line.

    Raises `NotFound`, `Invalid` that names the field, `PaymentRequired`, and `Refused` when the person asked for no
    calls. Effects: a line in the timeline.
    """
    principal.require(MemberRole.SUPPORT)
    principal.require_person()
    number, recipient = await outgoing.ends(session, phone_number, caller_id)
    if not await billing.may_reply(session):
        raise PaymentRequired("The balance does not cover calls. Add credits first.")
    return await outgoing.begin(session, principal, number, recipient, None)


async def take(shown: Pass) -> CallBrief:
    """Return the call a person's pass is for, and have its telephone rung now that they are there.

    Raises `NotFound`, `NotAllowed`, `Conflict` for one that ended. Effects: a durable job.
    """
    found = await records.brief(shown.about)
    if found.org_id != shown.org_id or found.person_id != shown.user_id:
        raise NotAllowed("This call is somebody else's.", code="not_your_call")
    if found.has_ended:
        raise Conflict("This call has ended.", code="call_ended")
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            org_id, call_id = str(found.org_id), str(found.call_id)
            await jobs.defer(session, "calls.dial", urgency=jobs.Urgency.FIRST, org_id=org_id, call_id=call_id)
    return found


async def leave(org_id: UUID, call_id: UUID) -> None:
    """End a call whose person left the line; nothing happens to one that ended. Effects: a durable job."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            if (call := await queries.locked(session, org_id, call_id)) is not None:
                await outgoing.have_ended(session, call, LEFT)
