"""People of the team in a call that an agent holds, whichever process that is."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from backend.calls import service as calls
from backend.calls.passes import Door
from backend.core.errors import Conflict
from backend.core.tenancy import unit_of_work
from tests.voice_agent import dialling
from tests.voice_agent.dialling import Customer, told
from tests.voice_agent.page import opened
from voice_agent.worker import Worker

ELSEWHERE = "+14155550111"

pytestmark = pytest.mark.usefixtures("patience")


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
    # The log knows a moment later that an agent is on the line, and what it said.
    await eventually(lambda: is_told(line, "transcript.line"), dialling.PATIENT_S)
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


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ({"answers": "no-answer"}, "Nobody answered."),
        ({"answers": "person", "digits": "2", "talks_ms": 600_000}, "They declined."),
        # Whoever says nothing, as a voicemail does, takes nobody.
        ({"answers": "machine", "talks_ms": 20}, "They declined."),
    ],
)
async def test_a_caller_whom_nobody_takes_is_with_the_agent_again(
    line, workers, customer, eventually, behaviour, reason
):
    await customer.reaches(ELSEWHERE, **behaviour)
    await ask(line, calls.transfer, ELSEWHERE)
    await customer.hears("putting you through")
    await customer.hears("nobody answered there")
    (failed,) = await told(line, "transfer.failed")
    assert failed.data["reason"] == reason
    await customer.says("Thanks a lot!")
    await customer.hears("welcome")
    await eventually(lambda: is_told(line, calls.FAILED), dialling.PATIENT_S)


async def test_who_is_rung_hears_who_calls_takes_the_caller_and_leaves_them_to_the_agent(
    line, workers, customer, sandbox, eventually, run_jobs
):
    await customer.reaches(ELSEWHERE, answers="person", digits="1", talks_ms=600_000)
    await ask(line, calls.transfer, ELSEWHERE)
    await eventually(lambda: is_told(line, "takeover.started"), dialling.PATIENT_S)
    colleague = await customer.elsewhere(ELSEWHERE)
    heard = (await colleague.call())["heard"][0]
    assert "+1 415" in heard or "(415) 555-0177" in heard
    assert "Ana Silva asks whether you can take them." in heard
    await colleague.says("This is Lee")
    await customer.hears("This is Lee")
    await customer.says("I broke a tooth")
    await colleague.hears("I broke a tooth")
    await colleague.hangs_up()
    await customer.hears("This is Ava again.")
    await customer.hangs_up()
    await eventually(lambda: is_idle(workers[0]), dialling.PATIENT_S)
    await run_jobs()
    (record,) = await line.calls()
    assert (record.status, record.disposition) == ("completed", "transferred")
    await eventually(lambda: is_told(line, "transfer.ended"), dialling.PATIENT_S)
    (ended,) = await told(line, "transfer.ended")
    assert ended.data["reason"] == "They put the phone down."


async def test_a_telephone_rings_no_longer_for_a_caller_who_hung_up(line, workers, customer, sandbox, eventually):
    await customer.reaches(ELSEWHERE, answers="person", rings_ms=600_000)
    known = {one["sid"] for one in await customer.calls()}
    await ask(line, calls.transfer, ELSEWHERE)
    await eventually(lambda: is_told(line, "transfer.started"), dialling.PATIENT_S)
    await customer.hangs_up()
    colleague = await customer.elsewhere(ELSEWHERE, known)
    await eventually(lambda: is_over(colleague), dialling.PATIENT_S)
    await eventually(lambda: is_idle(workers[0]), dialling.PATIENT_S)


@asynccontextmanager
async def at_the_browser(line, door, shown=""):
    """A page of Ana's with a line into the call."""
    shown = shown or await way_in(line, door)
    async with opened() as page:
        await page.send("start", **{"pass": shown})
        yield page


async def way_in(line, door):
    (record,) = await line.calls()
    with line.org.scope():
        async with unit_of_work() as session:
            return (await calls.way_in(session, line.org.owner, record.id, door)).shown


async def test_a_person_speaks_instead_of_the_agent_until_they_give_the_call_back(line, workers, customer, eventually):
    async with at_the_browser(line, Door.SPEAK) as page:
        await page.until("ready")
        with pytest.raises(Conflict, match="Ana Silva is speaking"):
            await way_in(line, Door.SPEAK)
        await page.speak("This is Ana, I can help")
        await customer.hears("This is Ana, I can help")
        await customer.says("What are your opening hours?")
        await page.hears("What are your opening hours?")
        await eventually(lambda: is_said(line, "caller", "What are your opening hours?"), dialling.PATIENT_S)
        await page.send("say", text="I look it up")
        await customer.hears("I look it up")
    await customer.hears("This is Ava again.")
    await customer.says("Thanks a lot!")
    await customer.hears("welcome")
    events = [one for one in await told(line) if one.kind in ("takeover.started", "takeover.ended", "transcript.line")]
    kinds = [one.kind for one in events]
    meanwhile = events[kinds.index("takeover.started") + 1 : kinds.index("takeover.ended")]
    assert {one.data["who"] for one in meanwhile} == {"caller", "person"}
    assert ("person", "This is Ana, I can help") in [(one.data["who"], one.data["text"]) for one in meanwhile]
    # What was said meanwhile is what the agent goes on from.
    (held,) = workers[0].held
    known = [one.text_content for one in held.agent.chat_ctx.messages()]
    assert "(Ana Silva of the team said:) This is Ana, I can help" in known
    assert "What are your opening hours?" in known


async def test_a_second_person_is_told_who_has_the_call_and_a_line_that_breaks_gives_it_back(
    line, workers, customer, eventually
):
    late = await way_in(line, Door.SPEAK)
    async with at_the_browser(line, Door.SPEAK) as page:
        await page.until("ready")
        async with at_the_browser(line, Door.SPEAK, late) as second:
            refused = await second.until("refused")
            assert refused["reason"] == "Ana Silva is speaking with the caller."
        await page.break_off()
        await customer.hears("broke off")
    (gave,) = await told(line, "takeover.ended")
    assert gave.data["reason"] == "Their line broke off."


async def test_who_listens_in_hears_both_sides_and_leaves_the_call_to_the_agent(line, workers, customer, eventually):
    async with at_the_browser(line, Door.LISTEN) as page:
        await page.until("ready")
        await customer.says("Thanks a lot!")
        await page.hears("Thanks a lot!")
        await customer.hears("welcome")
        await page.hears("welcome")
        await customer.hangs_up()
        await eventually(lambda: is_idle(workers[0]), dialling.PATIENT_S)
    assert not await told(line, "takeover.started")


async def test_a_caller_waits_with_music_and_is_with_the_agent_again(line, workers, customer, eventually):
    await ask(line, calls.hold)
    with pytest.raises(Conflict, match="Ana Silva has put the caller on hold"):
        await way_in(line, Door.SPEAK)
    (record,) = await line.calls()
    with line.org.scope():
        async with unit_of_work() as session:
            await calls.hold(session, line.org.owner, record.id, is_over=True)
    await customer.hears("Thank you for waiting")
    await customer.says("Thanks a lot!")
    await customer.hears("welcome")


async def is_said(line, who, text):
    return any((one.data["who"], one.data["text"]) == (who, text) for one in await told(line, "transcript.line"))


async def is_idle(worker):
    return worker.calls == 0


async def is_told(line, kind):
    return bool(await told(line, kind))


async def is_over(customer):
    return (await customer.call())["status"] in ("canceled", "completed")
