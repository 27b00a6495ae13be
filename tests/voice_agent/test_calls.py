"""Calls from the first ring to the record: carrier, API, worker and vendors as they are, by sound."""

import pytest

from backend.calls import records
from backend.core.tenancy import unit_of_work
from backend.models.agents import AgentConfig
from backend.recordings import queries
from tests.voice_agent import dialling
from tests.voice_agent.dialling import Customer, told
from voice_agent.core import rules
from voice_agent.core.states import State
from voice_agent.worker import Worker

ELSEWHERE = "+14155550111"

pytestmark = pytest.mark.usefixtures("patience")


@pytest.fixture
async def house(carrier):
    """A worker that takes calls, and its server."""
    made = Worker(2)
    async with dialling.voice(made) as runner:
        yield made, runner.server


@pytest.fixture
def worker(house):
    """A worker that takes calls."""
    return house[0]


@pytest.fixture
def customer(carrier, eventually):
    """Somebody who calls."""
    return Customer(carrier, eventually)


async def recordings_of(line, call_id):
    with line.org.scope():
        async with unit_of_work() as session:
            return await queries.of_call(session, line.org.org_id, call_id)


def lines(events):
    return [(one.data["who"], one.data["text"]) for one in events if one.kind == "transcript.line"]


async def test_a_caller_is_greeted_answered_by_voice_and_by_keys_and_kept(line, worker, customer, run_jobs, eventually):
    await customer.dial(line.number.phone_number)
    await customer.hears("North Dental.")
    await customer.says("My name is Dana Ruiz")
    await customer.hears("noted")
    await customer.presses("12#")
    await eventually(lambda: is_told(line, "transcript.line", 5), dialling.PATIENT_S)
    await customer.hangs_up()
    await eventually(lambda: is_idle(worker), dialling.PATIENT_S)
    await run_jobs()
    (record,) = await line.calls()
    assert (record.status, record.disposition) == ("completed", "answered_by_agent")
    assert record.duration_s > 0
    # Kept back when the agent began; what it cost is charged soon after the end (tests/backend/calls/test_settling.py).
    assert record.reserved_micros > 0
    (kept,) = await recordings_of(line, record.id)
    caller, agent = kept.peaks
    assert (kept.status, kept.channels) == ("ready", 2)
    # The agent greets; the caller speaks after it.
    first = [next(at for at, loud in enumerate(side) if loud > 20) for side in (agent, caller)]
    assert first == sorted(first)
    events = await told(line)
    said = lines(events)
    assert said[:2] == [("agent", "North Dental."), ("caller", "My name is Dana Ruiz")]
    assert said[2][0] == "agent"
    keys = said.index(("caller", "(The caller pressed 1 2 # on the keypad.)"))
    assert {who for who, _ in said[keys + 1 :]} == {"agent"}
    assert [one.data["digits"] for one in events if one.kind == "keypad.pressed"] == ["1", "2", "#"]
    (ended,) = [one for one in events if one.kind == "call.ended" and one.source == "worker"]
    assert ended.data["ending"] == "caller_hung_up"


async def test_who_speaks_over_the_agent_stops_it_and_a_worker_that_drains_says_goodbye(
    line, worker, customer, eventually
):
    greeting = "North Dental. " + "We look after teeth, all week long. " * 30
    await change(line, greeting=greeting)
    await customer.dial(line.number.phone_number)
    await eventually(lambda: is_speaking(worker), dialling.PATIENT_S)
    await customer.says("Stop, please")
    await eventually(lambda: is_told(line, "transcript.line", 2), dialling.PATIENT_S)
    assert "cleared" in (await customer.call())["notes"]
    broken_off = (await told(line, "transcript.line"))[0].data
    assert broken_off["is_interrupted"]
    # What the caller did not hear was not said: neither to the transcript nor to the model.
    assert greeting.startswith(broken_off["text"])
    assert broken_off["text"] != greeting.strip()
    await worker.drain(0.5)
    call = await customer.is_put_down()
    assert any("Goodbye." in one for one in call["heard"])
    await eventually(lambda: is_idle(worker), dialling.PATIENT_S)
    (left,) = await told(line, "agent.left")
    assert left.data["ending"] == "agent_ended"


@pytest.mark.parametrize("moment", ["answered", "greeting", "thinking", "put through"])
async def test_a_caller_may_hang_up_at_any_moment(line, worker, carrier, customer, run_jobs, eventually, moment):
    """The call core ends in every state by it (`core/test_call.py`); so do the line, the worker and the record."""
    if moment == "thinking":
        slow = {"target": "openai.chat", "kind": "delay", "delay_ms": 60_000}
        (await carrier.put("/sandbox/faults", json=[slow])).raise_for_status()
    if moment == "put through":
        await change(line, settings={"transfer_phone_number": ELSEWHERE})
        await customer.reaches(ELSEWHERE, rings_ms=600_000)
    await customer.dial(line.number.phone_number)
    if moment in ("thinking", "put through"):
        await customer.hears("North Dental.")
        await customer.says("Put me through to the team")
    at = {
        "answered": lambda: is_told(line, "stream.opened"),
        "greeting": lambda: is_speaking(worker),
        "thinking": lambda: is_thinking(worker),
        "put through": lambda: is_told(line, "transfer.started"),
    }
    await eventually(at[moment], dialling.PATIENT_S)
    await customer.hangs_up()
    record = await eventually(lambda: completed(line, run_jobs), dialling.PATIENT_S)
    assert record.ended_at is not None
    await eventually(lambda: is_idle(worker), dialling.PATIENT_S)


async def test_who_waits_for_an_answer_hears_so_before_it_and_once(
    line, worker, carrier, customer, monkeypatch, eventually
):
    await customer.dial(line.number.phone_number)
    await customer.hears("North Dental.")
    await eventually(lambda: is_listening(worker), dialling.PATIENT_S)
    slow = {"target": "openai.chat", "kind": "delay", "delay_ms": 600_000}
    (await carrier.put("/sandbox/faults", json=[slow])).raise_for_status()
    monkeypatch.setattr(rules, "WATCH_S", 0.1)
    # By keys: a voice that is noticed late would break the words off.
    await customer.presses("12#")
    # The answer is still being made: only what does not wait for it can be heard.
    await customer.hears("One moment.")
    assert await is_thinking(worker)
    monkeypatch.setattr(rules, "WATCH_S", 300.0)
    (await carrier.put("/sandbox/faults", json=[])).raise_for_status()
    await customer.presses("3#")
    heard = await customer.hears("", times=3)
    assert ["One moment." in one for one in heard[:3]] == [False, True, False]
    await customer.hangs_up()
    await eventually(lambda: is_idle(worker), dialling.PATIENT_S)
    # Listeners have it; the transcript is of what was answered.
    assert not any("One moment." in text for _, text in lines(await told(line)))


async def test_a_line_that_breaks_is_told_to_the_caller_and_the_record(line, house, customer, run_jobs, eventually):
    worker, server = house
    await customer.dial(line.number.phone_number)
    await customer.hears("North Dental.")
    for connection in server.connections:
        connection.transport.abort()
    await customer.hears("lost you")
    await customer.is_put_down()
    await eventually(lambda: is_idle(worker), dialling.PATIENT_S)
    # The carrier tells of the end when it is over.
    record = await eventually(lambda: completed(line, run_jobs), dialling.PATIENT_S)
    assert record.disposition_reason == records.BROKE_OFF
    assert not await told(line, "agent.left")


async def test_a_caller_is_put_through_and_comes_back_where_nobody_answers(
    line, worker, customer, run_jobs, eventually
):
    await change(line, settings={"transfer_phone_number": ELSEWHERE})
    await customer.reaches(ELSEWHERE, answers="no-answer")
    await customer.dial(line.number.phone_number)
    await customer.hears("North Dental.")
    await customer.says("Put me through to the team")
    await customer.hears("nobody answered there")
    await customer.reaches(ELSEWHERE, answers="person", talks_ms=20)
    await customer.says("Put me through to the team")
    await customer.is_put_down()
    await eventually(lambda: is_idle(worker), dialling.PATIENT_S)
    record = await eventually(lambda: completed(line, run_jobs), dialling.PATIENT_S)
    assert record.disposition == "transferred"
    # The agent that takes the caller back knows what was said before.
    assert [one.data["to"] for one in await told(line, "transfer.started")] == [ELSEWHERE] * 2
    assert lines(await told(line)).count(("caller", "Put me through to the team")) == 2


async def change(line, **values):
    with line.org.scope():
        async with unit_of_work() as session:
            agent = await session.get(AgentConfig, line.agent.id)
            for name, value in values.items():
                setattr(agent, name, value)
            session.add(agent)


async def is_idle(worker):
    return worker.calls == 0


async def is_speaking(worker):
    return any(one.core.state == State.GREETING and one.session.agent_state == "speaking" for one in worker.held)


async def is_listening(worker):
    return any(one.core.state == State.LISTENING for one in worker.held)


async def is_thinking(worker):
    return any(one.core.state == State.THINKING for one in worker.held)


async def is_told(line, kind, times=1):
    return len(await told(line, kind)) >= times


async def completed(line, run_jobs):
    await run_jobs()
    (record,) = await line.calls()
    return record if record.status == "completed" else None
