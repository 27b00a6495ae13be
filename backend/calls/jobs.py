"""Run the durable work of calls."""

from uuid import UUID

from backend.calls import (
    callbacks,
    completing,
    conference,
    forgotten,
    inviting,
    outgoing,
    party_line,
    rooms,
    settling,
    summing_up,
)
from backend.core import clock, jobs
from backend.core.jobs import Backoff
from backend.core.tenancy import org_scope, platform_scope, unit_of_work

# A model that cannot read a call in four tries reads it no better in eight, and each costs money.
PATIENCE = Backoff(attempts=4)


@jobs.task("calls.apply")
async def apply(event_id: str) -> None:
    """Write what the carrier told into the log of its call."""
    await callbacks.apply(UUID(event_id))


@jobs.task("calls.apply_room")
async def apply_room(event_id: str) -> None:
    """Write what LiveKit told of a room into the log of its call."""
    await rooms.apply(UUID(event_id))


@jobs.task("calls.dial", when_buried="calls.give_up_dialling")
async def dial(org_id: str, call_id: str) -> None:
    """Ring the telephone of a call that was placed."""
    await outgoing.dial(UUID(org_id), UUID(call_id))


@jobs.task("calls.give_up_dialling")
async def give_up_dialling(org_id: str, call_id: str) -> None:
    """Fail a call that could not be placed, visibly; running it again changes nothing."""
    await outgoing.give_up(UUID(org_id), UUID(call_id))


@jobs.task("calls.hang_up")
async def hang_up(org_id: str, call_id: str) -> None:
    """End a call at the carrier."""
    await outgoing.hang_up(UUID(org_id), UUID(call_id))


@jobs.task("calls.ring_party")
async def ring_party(org_id: str, call_id: str, party: str) -> None:
    """Ring the telephone of somebody who is added to a call; running it again rings nobody."""
    await party_line.ring(UUID(org_id), UUID(call_id), party)


@jobs.task("calls.stop_party")
async def stop_party(org_id: str, call_id: str, party: str) -> None:
    """Put the telephone of somebody down who left a call; running it again changes nothing."""
    await party_line.stop(UUID(org_id), UUID(call_id), party)


@jobs.task("calls.miss_party")
async def miss_party(org_id: str, call_id: str, party: str) -> None:
    """Ring no longer for a colleague who was asked to join a call; nothing happens to one who did."""
    await inviting.miss(UUID(org_id), UUID(call_id), party)


@jobs.task("calls.end_parties")
async def end_parties(org_id: str, call_id: str) -> None:
    """Have everybody leave who was added to a call that is over; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        async with unit_of_work() as session:
            await conference.end(session, UUID(call_id))


@jobs.task("calls.read", retry=PATIENCE, when_buried="calls.complete")
async def read(org_id: str, call_id: str) -> None:
    """Have a model write the notes of a call that ended, and complete it; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await summing_up.read(UUID(call_id))
        await _complete(UUID(call_id))


@jobs.task("calls.complete")
async def complete(org_id: str, call_id: str) -> None:
    """Complete a call that is over, whether a model read it or not; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        await _complete(UUID(call_id))


async def _complete(call_id: UUID) -> None:
    async with unit_of_work() as session:
        await completing.complete(session, call_id)


@jobs.task("calls.find_forgotten", is_tick=True)
async def find_forgotten(timestamp: int) -> None:
    """Have the carrier asked about calls of which nothing was heard for a while."""
    with platform_scope("find calls of which nothing was heard"):
        async with unit_of_work() as session:
            for org_id, call_id in await forgotten.quiet(session, clock.now()):
                await jobs.defer(
                    session,
                    "calls.ask",
                    queueing_lock=f"ask:{call_id}",
                    urgency=jobs.Urgency.CAN_WAIT,
                    org_id=str(org_id),
                    call_id=str(call_id),
                )


@jobs.task("calls.ask", retry=PATIENCE)
async def ask(org_id: str, call_id: str) -> None:
    """Close a call whose end nobody told; nothing happens to one that lasts."""
    with org_scope(UUID(org_id)):
        await forgotten.ask(UUID(call_id))


@jobs.task("calls.settle")
async def settle(org_id: str, call_id: str) -> None:
    """Charge what a call cost; running it again changes nothing."""
    with org_scope(UUID(org_id)):
        async with unit_of_work() as session:
            await settling.settle(session, UUID(call_id))
