"""People of the team in a call that an agent holds, whichever process that is."""

import asyncio

import pytest

from backend.calls import service as calls
from backend.core.tenancy import unit_of_work
from tests.voice_agent import dialling
from tests.voice_agent.dialling import Customer, told
from voice_agent.core import rules
from voice_agent.worker import Worker

ELSEWHERE = "+14155550111"


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """Let nothing here depend on how fast this machine is: the rules of patience are proven on a clock of their own."""
    for name in ("WATCH_S", "RETRY_AFTER_S", "BROKEN_AFTER_S", "CLOSING_S"):
        monkeypatch.setattr(rules, name, 300.0)


@pytest.fixture
async def workers(line, sandbox):
    """Two processes that hear of requests; the first takes the calls."""
    await dialling.connect(sandbox.client, line.number.phone_number)
    made = [Worker(2), Worker(2)]
    listening = [asyncio.create_task(one.listen()) for one in made]
    async with dialling.api(), dialling.voice(made[0]):
        yield made
    for task in listening:
        task.cancel()


@pytest.fixture
async def customer(line, workers, sandbox, eventually):
    """Somebody on the line with the agent."""
    made = Customer(sandbox.client, eventually)
    await made.dial(line.number.phone_number)
    await made.hears("North Dental.")
    return made


async def ask(line, wish, *values):
    (record,) = await line.calls()
    with line.org.scope():
        async with unit_of_work() as session:
            request = await wish(session, line.org.owner, record.id, *values)
    found = await calls.answer_to_request(line.org.org_id, record.id, request, dialling.PATIENT_S)
    assert found.is_done, found
    return request


async def test_a_whisper_is_followed_in_the_next_words_and_heard_by_nobody_else(line, workers, customer):
    whispered = "Tuesday at ten is still free"
    request = await ask(line, calls.whisper, whispered)
    heard = (await customer.call())["heard"]
    assert not any(whispered in one for one in heard)
    await customer.says("When can I come?")
    await customer.hears(whispered)
    assert [one.data["request"] for one in await told(line, calls.DONE)] == [request]
    await customer.says("Thanks a lot!")
    await customer.hears("welcome")
    # What was followed is not told again.
    assert sum(whispered in one for one in (await customer.call())["heard"]) == 1
    await ask(line, calls.say_goodbye)
    call = await customer.is_put_down()
    assert "Goodbye." in call["heard"][-1]


async def test_a_person_puts_the_caller_through_and_has_them_back_where_nobody_answers(
    line, workers, customer, run_jobs
):
    await customer.reaches(ELSEWHERE, answers="no-answer")
    await ask(line, calls.transfer, ELSEWHERE)
    await customer.hears("putting you through")
    await customer.hears("nobody answered there")
    await customer.reaches(ELSEWHERE, answers="person", talks_ms=20)
    await ask(line, calls.transfer, ELSEWHERE)
    await customer.is_put_down()
    await run_jobs()
    (record,) = await line.calls()
    assert (record.status, record.disposition) == ("completed", "transferred")
    assert len(await told(line, calls.DONE)) == 2
