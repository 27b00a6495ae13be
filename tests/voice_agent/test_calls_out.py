"""Calls of ours from the order to the record: who picks up is met, left a message, told who calls, or not reached."""

import pytest
from sqlalchemy import text

from backend.calls import service as calls
from backend.calls.schemas import LIVE
from backend.core.tenancy import unit_of_work
from tests.backend.calls.conftest import CALLER
from tests.voice_agent import dialling
from tests.voice_agent.dialling import Customer, told
from voice_agent.core import rules
from voice_agent.worker import Worker

WHO = "Hello, this is Ava calling for North Dental."
WHY = "Your appointment on Tuesday at three."


@pytest.fixture(autouse=True)
def time_of_machines(patience, monkeypatch):
    """Let whoever picks up take their time too."""
    for name in ("RECORDS_AFTER_S", "BEEP_WAIT_S", "SPEAKS_FIRST_S"):
        monkeypatch.setattr(rules, name, 300.0)


@pytest.fixture
async def worker(line, sandbox):
    """A worker, the product where the carrier looks for it, and jobs that are done as they come."""
    await dialling.connect(sandbox.client, line.number.phone_number)
    made = Worker(2)
    async with dialling.api(), dialling.at_work(made):
        yield made


@pytest.fixture
def customer(sandbox, eventually):
    """Whom we call."""
    return Customer(sandbox.client, eventually)


@pytest.fixture
def call(line, worker, customer, run_jobs, eventually):
    """Return what has the agent call somebody whose telephone behaves so, and waits for the end of it."""

    async def ring(settings: str = "{}", **behaviour):
        await change(line, settings)
        await customer.reaches(CALLER, talks_ms=600_000, **behaviour)
        known = {one["sid"] for one in await customer.calls()}
        order = calls.CallOrder(phone_number=CALLER, caller_id=line.number.phone_number, purpose=WHY)
        with line.org.scope():
            async with unit_of_work() as session:
                await calls.place(session, line.org.owner, order)

        async def found():
            await run_jobs()
            return next((one["sid"] for one in await customer.calls() if one["sid"] not in known), None)

        customer.takes(await eventually(found, dialling.PATIENT_S))

    async def over():
        await run_jobs()
        (record,) = await line.calls()
        return record if record.status not in LIVE and worker.calls == 0 else None

    ring.over = lambda: eventually(over, dialling.PATIENT_S)
    return ring


async def change(line, settings: str) -> None:
    with line.org.scope():
        async with unit_of_work() as session:
            statement = text("update agent_configs set settings = cast(:settings as jsonb) where org_id = :org")
            await session.execute(statement, {"settings": settings, "org": line.org.org_id})


def said(events, who):
    return [one.data["text"] for one in events if one.kind == "transcript.line" and one.data["who"] == who]


async def test_a_person_hears_who_calls_and_why_and_talks_with_the_agent(line, call, customer, eventually):
    await call(says="Hello?")
    await customer.hears(WHO)
    await customer.hears(WHY)
    await customer.says("My name is Dana Ruiz")
    await customer.hears("noted")
    await customer.hangs_up()
    record = await call.over()
    assert (record.status, record.disposition, record.direction) == ("completed", "answered_by_agent", "outbound")
    events = await told(line)
    assert said(events, "caller")[0] == "Hello?"
    assert said(events, "agent")[0] == WHO
    assert "callee.spoke" in {one.kind for one in events}


async def test_a_machine_gets_the_message_after_its_beep_and_no_other_word(line, call, customer):
    await call(
        '{"at_machine": "leave_message", "voicemail_message": "Ava here, {{contact.phone}}. Bye."}', answers="machine"
    )
    heard = (await customer.is_put_down())["heard"]
    record = await call.over()
    assert " ".join(heard) == f"Ava here, {CALLER}. Bye."
    assert (record.disposition, record.disposition_reason) == (
        "voicemail",
        "An answering machine picked up, and the agent left a message.",
    )


@pytest.mark.parametrize("silent", ["the carrier says nothing", "the words say nothing"])
async def test_a_machine_is_hung_up_on_by_its_words_or_by_what_the_carrier_says(line, call, customer, sandbox, silent):
    words = "Good day to you."
    if silent == "the carrier says nothing":
        words = ""
        await sandbox.client.put("/sandbox/faults", json=[{"target": "carrier.machines", "kind": "drop"}])
    await call(answers="machine", says=words)
    record = await call.over()
    assert (record.disposition, record.disposition_reason) == (
        "voicemail",
        "An answering machine picked up, and the agent hung up.",
    )
    assert WHY not in " ".join((await customer.call())["heard"])


@pytest.mark.parametrize("lets_through", [True, False])
async def test_a_screening_service_is_told_who_calls_and_why(line, call, customer, lets_through):
    await call(answers="screener", says="Hello, Dana here", lets_through=lets_through)
    await customer.hears("This is Ava calling for North Dental.")
    heard = await customer.hears(WHY)
    if lets_through:
        heard = await customer.hears(WHO)
        await customer.hears("about this")
        await customer.says("My name is Dana Ruiz")
        await customer.hears("noted")
        await customer.hangs_up()
    record = await call.over()
    assert heard[0].startswith("This is Ava")
    assert record.disposition == ("answered_by_agent" if lets_through else "screened_out")


@pytest.mark.parametrize(
    ("behaviour", "disposition", "reason"),
    [
        ({"answers": "busy"}, "busy", "The line was busy."),
        ({"answers": "no-answer"}, "no_answer", "Nobody answered."),
        ({"answers": "failed"}, "failed", "This number does not exist."),
    ],
)
async def test_a_telephone_nobody_takes_up_says_why(call, behaviour, disposition, reason):
    await call(**behaviour)
    record = await call.over()
    assert (record.disposition, record.disposition_reason) == (disposition, reason)
