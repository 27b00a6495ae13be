"""Callers wait for people: whoever takes them is on their line, and they wait on when that line breaks."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from backend.calls import passes, ringing
from backend.calls.deciding import NOT_REACHED
from backend.calls.passes import Door
from backend.core.errors import Conflict
from backend.core.tenancy import unit_of_work
from backend.models.numbers import ServiceNumber
from tests.voice_agent import dialling
from tests.voice_agent.dialling import Customer, told
from tests.voice_agent.page import opened
from voice_agent import desk
from voice_agent.worker import Worker


@pytest.fixture
async def worker(line, carrier):
    with line.org.scope():
        async with unit_of_work() as session:
            number = await session.get_one(ServiceNumber, line.number.id)
            number.answered_by, number.ring_s, number.has_voicemail = "people", 60, False
            session.add(number)
    made = Worker(1)
    async with dialling.at_work(made):
        yield made


@pytest.fixture
async def pages(worker):
    """Return an opener of as many browsers as a test needs."""
    async with AsyncExitStack() as stack:
        yield lambda: stack.enter_async_context(opened())


async def waiting(line):
    with line.org.scope():
        async with unit_of_work() as session:
            return await ringing.waiting(session, line.org.owner)


async def rung(line, eventually):
    [row] = await eventually(lambda: waiting(line), dialling.PATIENT_S)
    return row


async def take(line, row):
    with line.org.scope():
        async with unit_of_work() as session:
            await ringing.take(session, line.org.owner, row["id"])
    (call,) = await line.calls()
    return passes.issue(line.org.owner, Door.ANSWER, call.id)


async def on_the_line(line, row, pages):
    page = await pages()
    await page.send("start", **{"pass": await take(line, row)})
    await page.until("answered")
    return page


async def test_whoever_answers_first_speaks_with_the_caller_and_ends_the_call(
    line, worker, pages, carrier, eventually, run_jobs
):
    customer = Customer(carrier, eventually)
    await customer.dial(line.number.phone_number)
    row = await rung(line, eventually)
    taken = await asyncio.gather(take(line, row), take(line, row), return_exceptions=True)
    assert sorted(type(one) for one in taken if not isinstance(one, str)) == [Conflict]
    page = await pages()
    await page.send("start", **{"pass": next(one for one in taken if isinstance(one, str))})
    await page.until("answered")
    await customer.says("Is this the dentist?")
    await page.hears("Is this the dentist?")
    await page.speak("Yes, this is Leo")
    await customer.hears("Yes, this is Leo")
    await page.send("bye")
    await customer.is_put_down()
    record = await dialling.over(line, worker, eventually, run_jobs)
    assert (record.disposition, record.agent_id) == ("answered_by_person", None)


async def test_it_rings_again_for_a_caller_whose_person_lost_their_line(
    line, worker, pages, carrier, eventually, run_jobs
):
    customer = Customer(carrier, eventually)
    await customer.dial(line.number.phone_number)
    page = await on_the_line(line, await rung(line, eventually), pages)
    await page.break_off()
    page = await on_the_line(line, await rung(line, eventually), pages)
    await customer.says("You were gone")
    await page.hears("You were gone")
    await customer.hangs_up()
    await page.until("ended")
    await dialling.over(line, worker, eventually, run_jobs)
    assert len(await told(line, "person.joined")) == 2


async def test_a_caller_who_hangs_up_while_it_rings_is_rung_for_no_more(line, worker, carrier, eventually, run_jobs):
    customer = Customer(carrier, eventually)
    await customer.dial(line.number.phone_number)
    row = await rung(line, eventually)
    await customer.hangs_up()
    record = await dialling.over(line, worker, eventually, run_jobs)
    assert (record.disposition, record.disposition_reason) == ("no_answer", "The caller hung up while it rang.")
    with pytest.raises(Conflict):
        await take(line, row)


async def test_whoever_comes_when_the_caller_waits_no_longer_is_told_so(
    line, worker, pages, carrier, eventually, run_jobs, monkeypatch
):
    monkeypatch.setattr(desk, "COMES_WITHIN_S", 0.2)
    # As if the process that held the caller had died: nobody brings the two together.
    monkeypatch.setattr(worker.desks, "somebody", lambda _call_id: asyncio.Event().wait())
    customer = Customer(carrier, eventually)
    await customer.dial(line.number.phone_number)
    row = await rung(line, eventually)
    page = await pages()
    await page.send("start", **{"pass": await take(line, row)})
    assert (await page.until("refused"))["reason"] == "This caller is gone."
    await page.until("ended")
    await customer.hangs_up()
    await dialling.over(line, worker, eventually, run_jobs)


async def test_a_caller_whom_everybody_declines_hears_so_at_once(line, worker, carrier, eventually, run_jobs):
    customer = Customer(carrier, eventually)
    await customer.dial(line.number.phone_number)
    row = await rung(line, eventually)
    with line.org.scope():
        async with unit_of_work() as session:
            await ringing.decline(session, line.org.owner, row["id"])
    await customer.hears(NOT_REACHED)
    record = await dialling.over(line, worker, eventually, run_jobs)
    assert record.disposition == "no_answer"
