"""A call on the real session and the vendors' real plugins, against the stand-ins: typed, and by sound."""

import asyncio
from dataclasses import replace

import pytest
from livekit.agents import inference
from sqlmodel import col, select

from backend.contacts import service as contacts
from backend.core.errors import VendorError
from backend.core.tenancy import unit_of_work
from backend.models.agents import AgentTurn
from tests.voice_agent.dialling import PATIENT_S
from tests.voice_agent.ends import Ear, Mouth
from voice_agent import gateway
from voice_agent.core.cost_clock import Component, CostClock
from voice_agent.core.messages import Ending
from voice_agent.core.states import Kind, State
from voice_agent.legs.pacing import PCMU, PacedMouth
from voice_agent.legs.taps import Taps
from voice_agent.session import CallSession

ELSEWHERE = "+14155550111"

pytestmark = pytest.mark.usefixtures("patience")


class Phone:
    """The caller's line."""

    name = "phone"

    def __init__(self) -> None:
        self.is_down = asyncio.Event()
        self.put_through_to: list[str] = []
        self.pressed: list[str] = []
        self.is_refusing = False
        self.answers = asyncio.Event()
        self.answers.set()
        self.mouth = PacedMouth(self)
        self.taps = Taps(PCMU.rate, PCMU.decode)

    async def hang_up(self) -> None:
        self.is_down.set()

    async def press(self, keys: str) -> None:
        self.pressed.append(keys)

    async def put_through(self, number: str, reason: str) -> None:
        self.put_through_to.append(number)
        await self.answers.wait()
        if self.is_refusing:
            raise VendorError("The carrier failed.", vendor="SignalWire")


@pytest.fixture
async def held(line, sandbox):
    """A call that is answered in text, whose agent may put callers through, and its phone."""
    with line.org.scope():
        async with unit_of_work() as session:
            line.agent.settings = {"transfer_phone_number": ELSEWHERE}
            session.add(line.agent)
    record = await line.begin()
    call = await gateway.brief(record.id)
    phone = Phone()
    held = CallSession(call, await gateway.speaking_for(call), phone, None, CostClock({}, 0))
    yield held, phone, call
    await held.session.aclose()


async def turns(line) -> list[AgentTurn]:
    with line.org.scope():
        async with unit_of_work() as session:
            return list((await session.exec(select(AgentTurn).order_by(col(AgentTurn.created_at)))).all())


async def test_a_call_is_greeted_answered_with_a_tool_and_kept_with_what_each_answer_rests_on(held, line):
    held, _, call = held
    await held.begin()
    assert held.core.state in (State.GREETING, State.LISTENING)
    said = await held.session.run(user_input="My name is Dana Ruiz")
    said.expect.contains_function_call(name="save_contact_name", arguments={"name": "Dana Ruiz"})
    said.expect.contains_message(role="assistant")
    await held.end()
    (turn,) = await turns(line)
    assert (turn.channel, turn.status, turn.agent_version) == ("call", "answered", call.agent_version)
    assert turn.reply
    assert [(one["name"], one["status"]) for one in turn.tools] == [("save_contact_name", "ok")]
    assert "This is a phone call" in turn.prompt
    assert turn.tokens_in > 0
    (record,) = await line.calls()
    assert record.status == "completed"
    assert held.core.ending == Ending.CALLER


@pytest.mark.parametrize(
    ("strategy", "name", "part"),
    [
        ("name-and-purpose", "", "ask for their name"),
        ("strict", "", "take a message"),
        ("lenient", "", ""),
        ("strict", "Dana Ruiz", ""),
    ],
)
async def test_who_is_not_known_is_asked_before_anybody_is_disturbed_for_them(line, sandbox, strategy, name, part):
    with line.org.scope():
        async with unit_of_work() as session:
            line.agent.settings = {"transfer_phone_number": ELSEWHERE, "vetting_strategy": strategy}
            session.add(line.agent)
            contact = await contacts.ensure_by_phone(session, line.caller)
            contact.name = name
    call = await gateway.brief((await line.begin()).id)
    brain = await gateway.speaking_for(call)
    with gateway.scope(call):
        prompt = (await brain.answer([], "Put me through")).prompt
    assert ("Nobody knows this caller yet" in prompt, part in prompt) == (bool(part), True)


async def test_the_model_is_given_all_that_a_call_is_about_and_all_that_is_whispered(line, sandbox):
    call = replace(await gateway.brief((await line.begin()).id), purpose="Tuesday at three. " * 100 + "Bring the form.")
    brain = await gateway.speaking_for(call)
    brain.whispers.append(gateway.Whisper("Ana", "Offer ten per cent. " * 24))
    with gateway.scope(call):
        prompt = (await brain.answer([], "Hello")).prompt
    assert "Bring the form." in prompt
    assert "do not mention that you were told" in prompt


async def test_a_call_without_money_ends_with_a_goodbye(line, sandbox):
    record, phone = await line.begin(), Phone()
    call = await gateway.brief(record.id)
    prices = {Component(name): micros for name, micros in call.per_minute.items()}
    held = CallSession(call, await gateway.speaking_for(call), phone, None, CostClock(prices, 0))
    await held.begin()
    await asyncio.wait_for(phone.is_down.wait(), PATIENT_S)
    await held.end()
    assert held.core.ending == Ending.NO_CREDIT
    assert "We have to stop here" in said_by_now(held, "assistant")[-1]


async def test_money_is_kept_back_again_before_it_is_used_up(line, sandbox, eventually):
    record, phone = await line.begin(), Phone()
    call = await gateway.brief(record.id)
    prices = {Component(name): micros for name, micros in call.per_minute.items()}
    # Half a minute's worth is less than what more is asked for at.
    clock = CostClock(prices, sum(prices.values()) // 2)
    held = CallSession(call, await gateway.speaking_for(call), phone, None, clock)
    await held.begin()
    renewed = sum(prices.values()) * 5 // 2
    await eventually(lambda: has(clock, renewed), PATIENT_S)
    await held.end()
    (record,) = await line.calls()
    assert record.reserved_micros == renewed - sum(prices.values()) // 2


async def has(clock, micros):
    return clock.reserved >= micros


async def test_who_says_goodbye_is_told_goodbye_and_the_phone_is_put_down(held, line):
    held, phone, _ = held
    await held.begin()
    await held.session.run(user_input="Goodbye")
    await asyncio.wait_for(phone.is_down.wait(), PATIENT_S)
    await held.end()
    assert held.core.ending == Ending.AGENT
    assert "Goodbye" in said_by_now(held, "assistant")[-1]
    (turn,) = await turns(line)
    assert [(one["name"], one["status"]) for one in turn.tools] == [("end_call", "ok")]


@pytest.mark.parametrize("is_refusing", [False, True])
async def test_a_transfer_is_what_the_line_says_of_it(held, line, is_refusing):
    held, phone, _ = held
    phone.is_refusing = is_refusing
    await held.begin()
    await held.session.run(user_input="Please put me through to the team")
    assert phone.put_through_to == [ELSEWHERE]
    assert held.core.state == (State.LISTENING if is_refusing else State.ENDED)
    await held.end()
    (turn,) = await turns(line)
    assert [(one["name"], one["status"]) for one in turn.tools] == [
        ("transfer_call", "failed" if is_refusing else "ok")
    ]
    (record,) = await line.calls()
    # Who was put through is still on the line.
    assert record.status == ("completed" if is_refusing else "in_progress")
    assert held.core.ending == (Ending.CALLER if is_refusing else Ending.TRANSFERRED)


@pytest.mark.parametrize("is_refusing", [False, True])
async def test_a_carrier_that_takes_the_caller_before_it_says_so_ends_no_call(held, line, eventually, is_refusing):
    held, phone, _ = held
    phone.is_refusing = is_refusing
    phone.answers.clear()
    await held.begin()

    async def is_asked() -> bool:
        return bool(phone.put_through_to)

    asking = held.session.run(user_input="Please put me through to the team")
    await eventually(is_asked, PATIENT_S)
    ending = asyncio.create_task(held.end())
    await asyncio.sleep(0)
    phone.answers.set()
    await ending
    await asking
    (record,) = await line.calls()
    assert record.status == "in_progress"


async def test_a_call_by_sound_is_heard_answered_broken_into_and_put_down_politely(line, sandbox, eventually):
    record = await line.begin()
    call, phone = await gateway.brief(record.id), Phone()
    held = CallSession(call, await gateway.speaking_for(call), phone, inference.VAD(model="silero"), CostClock({}, 0))
    mouth, ear = Mouth(), Ear()
    held.session.input.audio, held.session.output.audio = mouth, ear

    async def heard(part: str) -> bool:
        return any(part in one for one in ear.heard)

    async def speaks() -> bool:
        return held.session.agent_state == "speaking"

    await held.begin()
    await eventually(lambda: heard("North Dental."), PATIENT_S)
    mouth.say("Thanks a lot!")
    await eventually(lambda: said_by(held, "user"), PATIENT_S)
    await eventually(lambda: said_by(held, "assistant", 2), PATIENT_S)
    assert said_by_now(held, "user") == ["Thanks a lot!"]
    assert len(ear.heard) >= 2

    # Over a speech, a sign of listening only holds it up for a moment, and words stop it.
    long = "We are open all week, from eight in the morning until six in the evening, and on Saturday until noon."
    held.session.say(long)
    await eventually(speaks, PATIENT_S)
    mouth.say("Mm-hm")
    await eventually(lambda: heard(long), PATIENT_S)
    assert said_by_now(held, "user") == ["Thanks a lot!"]
    cut = held.session.say("And in the summer we are open on Sundays too, " + "all day long, " * 60)
    await eventually(speaks, PATIENT_S)
    mouth.say("Stop, please")
    await eventually(lambda: said_by(held, "user", 2), PATIENT_S)
    assert cut.interrupted
    await eventually(lambda: said_by(held, "assistant", 5), PATIENT_S)

    held.tell(Kind.CLOSE_ASKED)
    await asyncio.wait_for(phone.is_down.wait(), PATIENT_S)
    assert await heard("Goodbye.")
    await held.end()
    assert held.core.ending == Ending.AGENT
    assert [bool(turn.reply) for turn in await turns(line)] == [True, True]


def said_by_now(held, role):
    return [one.text_content for one in held.session.history.messages() if one.role == role]


async def said_by(held, role, count=1):
    return len(said_by_now(held, role)) >= count
