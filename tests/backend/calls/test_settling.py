"""Money is kept back while a call lasts, and what it cost is charged once, by component, whoever told of its end."""

from sqlalchemy import text
from sqlmodel import select

from backend.billing import service as billing
from backend.calls import service as calls
from backend.calls import settling
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.billing import LedgerEntry
from backend.models.organizations import Organization


async def settle(line, call_id):
    with line.org.scope():
        async with unit_of_work() as session:
            await settling.settle(session, call_id)


async def balance(line, to=None):
    """Return the balance, or set it first."""
    with platform_scope("look at a balance in a test"):
        async with unit_of_work() as session:
            if to is not None:
                given = {"to": to, "org": line.org.org_id}
                await session.execute(text("update organizations set balance_micros = :to where id = :org"), given)
            query = select(Organization.balance_micros).where(Organization.id == line.org.org_id)
            return (await session.exec(query)).one()


async def entries(line):
    with line.org.scope():
        async with unit_of_work() as session:
            return list((await session.exec(select(LedgerEntry))).all())


async def test_an_ended_call_is_charged_by_component_once(line, jobs_waiting):
    call, before = await line.begin(), await balance(line)
    await calls.reserve(call.id, 1_000_000)
    await line.tell(call.id, "call.answered", 0)
    await line.tell(call.id, "agent.joined", 0, source="worker")
    await line.tell(call.id, "agent.left", 60, source="worker")
    await line.tell(call.id, "call.ended", 60, status="completed", duration_s=60)
    (_, job) = (await jobs_waiting("calls.settle"))[-1]
    assert job["call_id"] == str(call.id)
    for _ in range(2):
        await settle(line, call.id)
    (record,) = await line.calls()
    assert record.costs == {"voice": 70_000, "model": 16_000, "telephony": 15_000}
    assert (record.cost_micros, record.reserved_micros) == (101_000, 0)
    (entry,) = await entries(line)
    assert (entry.amount_micros, entry.reference_id, entry.parts) == (-101_000, call.id, record.costs)
    assert await balance(line) == entry.balance_micros == before - 101_000


async def test_a_call_is_settled_and_read_though_its_end_is_told_before_its_answer(line, jobs_waiting):
    call = await line.begin()
    await line.tell(call.id, "call.ended", 60, source="worker", status="completed")
    await line.tell(call.id, "agent.joined", 0, source="worker")
    await line.tell(call.id, "call.answered", 0)
    for name in ("calls.settle", "calls.read"):
        [(_, job)] = await jobs_waiting(name)
        assert job["call_id"] == str(call.id)


async def test_what_was_kept_back_for_a_call_that_nobody_answered_is_let_go(line, jobs_waiting):
    call = await line.begin()
    await calls.reserve(call.id, 1_000_000)
    await line.tell(call.id, "call.ended", 20, status="canceled")
    [(_, job)] = await jobs_waiting("calls.settle")
    assert job["call_id"] == str(call.id)


async def test_a_crash_is_charged_for_as_long_as_the_agent_was_there(line):
    call = await line.begin()
    await line.tell(call.id, "agent.joined", 0, source="worker")
    await line.tell(call.id, "agent.lost", 30, source="magpipe", reason="It broke.")
    await line.tell(call.id, "call.ended", 60, status="completed", duration_s=60)
    await settle(line, call.id)
    (record,) = await line.calls()
    assert record.costs == {"voice": 35_000, "model": 8_000, "telephony": 15_000}
    assert len(await entries(line)) == 1


async def test_a_call_nobody_answered_costs_nothing(line):
    call = await line.begin()
    await line.tell(call.id, "call.ended", 20, status="busy")
    await settle(line, call.id)
    assert await entries(line) == []
    (record,) = await line.calls()
    assert record.settled_at is not None


async def test_a_call_that_lasts_is_not_settled(line):
    call = await line.begin()
    await line.tell(call.id, "agent.joined", source="worker")
    await settle(line, call.id)
    assert await entries(line) == []


async def test_what_is_kept_back_for_one_call_is_not_there_for_the_next(line):
    await balance(line, to=300_000 - billing.OVERDRAFT_MICROS)
    first, second = await line.begin(), await line.begin()
    assert await calls.reserve(first.id, 200_000) == 200_000
    assert await calls.reserve(second.id, 200_000) == 100_000
    assert await calls.reserve(second.id, 200_000) == 0
    await line.tell(first.id, "call.ended", status="busy")
    await settle(line, first.id)
    assert await calls.reserve(second.id, 200_000) == 200_000
    assert await calls.reserve(first.id, 1) == 0
