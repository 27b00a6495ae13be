"""Several who write of a call at one moment wait for each other, and never in a ring."""

import asyncio
import contextlib

from sqlalchemy.exc import OperationalError

from backend.billing import service as billing
from backend.calls import log, queries, records
from backend.conversations import service as conversations
from backend.core.tenancy import unit_of_work
from tests.conftest import PATIENT_S


async def test_a_call_goes_on_while_the_balance_of_its_organization_is_held(line):
    call = await line.begin()
    with line.org.scope():
        async with unit_of_work() as session:
            await billing.left(session)
            await asyncio.wait_for(line.tell(call.id, "agent.joined", source="worker"), PATIENT_S)


async def test_a_line_that_is_lost_while_somebody_else_writes_the_calls_log_is_kept(line, blocked):
    call = await line.begin()
    found = await records.brief(call.id)
    await line.tell(call.id, "agent.joined", source="worker")
    with line.org.scope():
        async with unit_of_work() as session:
            held = await queries.locked(session, line.org.org_id, call.id)
            losing = asyncio.create_task(records.note_lost(found))
            await blocked()
            # As the end of every event that moves the record; it changes the conversation.
            await log.show(session, held)
    await losing
    (record,) = await line.calls()
    assert record.disposition_reason == records.BROKE_OFF
    (row,) = await line.rows()
    assert row["needs_person"]


async def test_an_event_is_kept_though_somebody_locks_the_conversation_before_the_call(line, blocked):
    call = await line.begin()
    # Which of the two the database ends is its choice.
    with line.org.scope(), contextlib.suppress(OperationalError):
        async with unit_of_work() as session:
            await conversations.locked(session, call.conversation_id)
            telling = asyncio.create_task(line.tell(call.id, "agent.joined", source="worker"))
            await blocked()
            await queries.locked(session, line.org.org_id, call.id)
    assert await telling
    assert (await line.calls())[0].disposition == "answered_by_agent"
