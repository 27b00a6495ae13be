"""An agent asks by telephone whether somebody takes its caller, and the caller is never with nobody."""

import pytest

from backend.core.tenancy import unit_of_work
from backend.models.agents import AgentConfig
from tests.voice_agent import dialling
from tests.voice_agent.dialling import Customer, told
from voice_agent.worker import Worker

KITCHEN = "+14155550111"
NUMBERS = [{"label": "the kitchen", "phone_number": KITCHEN, "when": "orders", "mode": "warm"}]

pytestmark = pytest.mark.usefixtures("patience")


@pytest.fixture
async def worker(line, sandbox):
    """A process that takes calls and hears of what became of those it rings."""
    with line.org.scope():
        async with unit_of_work() as session:
            agent = await session.get(AgentConfig, line.agent.id)
            agent.settings = {**agent.settings, "transfer_numbers": NUMBERS}
            session.add(agent)
    await dialling.connect(sandbox.client, line.number.phone_number)
    made = Worker(2)
    async with dialling.api(), dialling.at_work(made):
        yield made


@pytest.fixture
async def customer(line, worker, sandbox, eventually):
    """Somebody on the line with the agent."""
    made = Customer(sandbox.client, eventually)
    await made.dial(line.number.phone_number)
    await made.hears("North Dental.")
    return made


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ({"answers": "no-answer"}, "Nobody answered."),
        ({"answers": "person", "digits": "2", "talks_ms": 120_000}, "They declined."),
    ],
)
async def test_the_agent_says_why_nobody_took_the_caller_and_goes_on(
    line, worker, customer, eventually, behaviour, reason
):
    await customer.reaches(KITCHEN, **behaviour)
    await customer.says("Put me through to the kitchen")
    await customer.hears(reason)
    await eventually(lambda: is_told(line, "tool.called"), dialling.PATIENT_S)
    assert await used(line) == [("transfer_call", "failed")]
    (failed,) = await told(line, "transfer.failed")
    assert failed.data["reason"] == reason
    await customer.says("Thanks a lot!")
    await customer.hears("welcome")
    await customer.hangs_up()
    await eventually(lambda: is_idle(worker), dialling.PATIENT_S)


async def test_who_is_asked_hears_who_calls_and_why_and_the_agent_takes_the_caller_back_after_them(
    line, worker, customer, eventually, run_jobs
):
    await customer.reaches(KITCHEN, answers="person", digits="1", talks_ms=120_000)
    await customer.says("Put me through to the kitchen")
    cook = await customer.elsewhere(KITCHEN)
    await eventually(lambda: is_told(line, "takeover.started"), dialling.PATIENT_S)
    await eventually(lambda: is_told(line, "tool.called"), dialling.PATIENT_S)
    assert await used(line) == [("transfer_call", "ok")]
    assert "Ava asks whether you can take them" in (await cook.call())["heard"][0]
    await cook.says("This is Lee")
    await customer.hears("This is Lee")
    # The agent reads along and says nothing.
    await customer.says("I broke a tooth")
    await cook.hears("I broke a tooth")
    await cook.hangs_up()
    await customer.hears("This is Ava again.")
    await customer.says("Thanks a lot!")
    await customer.hears("welcome")
    await customer.hangs_up()
    await eventually(lambda: is_idle(worker), dialling.PATIENT_S)
    await run_jobs()
    (record,) = await line.calls()
    assert (record.status, record.disposition) == ("completed", "transferred")
    assert len(await told(line, "transfer.started")) == 1


async def test_a_caller_who_hangs_up_meanwhile_ends_the_ringing_and_the_call_once(
    line, worker, customer, eventually, run_jobs
):
    await customer.reaches(KITCHEN, answers="person", rings_ms=60_000)
    await customer.says("Put me through to the kitchen")
    cook = await customer.elsewhere(KITCHEN)
    await customer.hangs_up()
    await eventually(lambda: is_over(cook), dialling.PATIENT_S)
    await eventually(lambda: is_idle(worker), dialling.PATIENT_S)
    await eventually(lambda: is_told(line, "tool.called"), dialling.PATIENT_S)
    assert await used(line) == [("transfer_call", "failed")]
    await run_jobs()
    (record,) = await line.calls()
    assert record.status == "completed"
    (ended,) = [one for one in await told(line, "call.ended") if one.source == "worker"]
    assert ended.data["ending"] == "caller_hung_up"


async def used(line):
    return [(one.data["name"], one.data["status"]) for one in await told(line, "tool.called")]


async def is_told(line, kind):
    return bool(await told(line, kind))


async def is_idle(worker):
    return worker.calls == 0


async def is_over(customer):
    return (await customer.call())["status"] in ("canceled", "completed")
