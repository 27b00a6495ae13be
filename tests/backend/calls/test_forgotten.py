"""A call whose end nobody told is closed by asking the carrier, and its reserve is let go of once."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.calls import forgotten, settling
from backend.calls import service as calls
from backend.core import clock
from backend.core.tenancy import platform_scope, unit_of_work
from backend.vendors import signalwire


@pytest.fixture
async def rung(sandbox, line):
    """Ring a telephone through the carrier's stand-in, and return the carrier's id once somebody answered."""
    await sandbox.client.put(f"/sandbox/lines/{line.caller}", json={"rings_ms": 0, "talks_ms": 600_000})
    sid = await signalwire.dial(
        sender=line.number.phone_number,
        recipient=line.caller,
        url=f"{signalwire.origin()}/nowhere",
        status_callback=f"{signalwire.origin()}/nowhere",
        ring_s=30,
    )
    return sid


async def ask(line, call):
    with line.org.scope():
        await forgotten.ask(call.id)
    (record,) = await line.calls()
    return record


async def found(after):
    with platform_scope("look as the job does"):
        async with unit_of_work() as session:
            return [call_id for _, call_id in await forgotten.quiet(session, clock.now() + after)]


async def test_only_calls_of_which_nothing_was_heard_are_asked_about_and_each_once_in_a_while(line):
    call = await line.begin()
    await line.tell(call.id, "agent.joined", 0, source="worker")
    assert await found(timedelta(minutes=1)) == []
    assert await found(timedelta(minutes=6)) == [call.id]
    assert await found(timedelta(minutes=7)) == []
    await line.tell(call.id, "call.ended", 5, status="completed", duration_s=5)
    assert await found(timedelta(hours=9)) == []


async def test_what_the_carrier_says_of_the_end_counts_and_lets_go_of_the_money_once(line, rung, eventually):
    call = await line.begin(vendor_call_id=rung)
    await line.tell(call.id, "agent.joined", -30, source="worker")
    await calls.reserve(call.id, 1_000_000)
    await signalwire.hang_up(rung)

    async def over():
        return (await signalwire.call(rung)).ended_at

    await eventually(over, 60)
    for _ in range(2):
        record = await ask(line, call)
    assert record.status == "completed"
    assert record.ended_at == await over()
    for _ in range(2):
        with line.org.scope():
            async with unit_of_work() as session:
                await settling.settle(session, call.id)
    (record,) = await line.calls()
    assert record.reserved_micros == 0
    assert record.settled_at is not None


async def test_a_call_the_carrier_does_not_know_ends_when_it_was_last_heard_of(sandbox, line):
    call = await line.begin(vendor_call_id="nobody-knows-this-one")
    await line.tell(call.id, "agent.joined", -600, source="worker")
    await line.tell(call.id, "agent.left", -540, source="worker")
    record = await ask(line, call)
    assert (record.status, record.duration_s) == ("completed", 60)


async def test_a_call_that_never_reached_the_carrier_is_closed_when_no_call_lasts_that_long(line):
    call = await line.begin()
    assert (await ask(line, call)).status == "initiated"
    with line.org.scope():
        async with unit_of_work() as session:
            await session.execute(text("update call_records set created_at = created_at - interval '5 hours'"))
    record = await ask(line, call)
    assert (record.status, record.disposition_reason) == ("failed", "Nobody told how this call ended.")
