"""Give tests of the worker a business that is really committed, because calls think, speak and keep at once."""

import pytest
from sqlalchemy import text

from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.agents import AgentConfig
from backend.models.numbers import ServiceNumber
from tests.backend.calls.conftest import Line
from tests.voice_agent import dialling
from voice_agent.core import rules


@pytest.fixture
async def line(committed, make_org):
    """One business with a number and a voice agent, taken away afterwards."""
    org = await make_org()
    with org.scope():
        async with unit_of_work() as session:
            agent = AgentConfig(
                org_id=org.org_id,
                name="Ava",
                agent_type="inbound_voice",
                system_prompt="Help.",
                greeting="North Dental.",
            )
            session.add(agent)
            await session.flush()
            number = ServiceNumber(org_id=org.org_id, phone_number="+15125550119", agent_id=agent.id)
            session.add(number)
    yield Line(org, number, agent)
    with platform_scope("take a test's organization away"):
        async with unit_of_work() as session:
            await session.execute(
                text("update users set current_organization_id = null where current_organization_id = :org"),
                {"org": org.org_id},
            )
            await session.execute(text("delete from organizations where id = :org"), {"org": org.org_id})


@pytest.fixture
def patience(monkeypatch):
    """Let nothing here depend on how fast this machine is: the rules of patience are proven on a clock of their own."""
    for name in ("WATCH_S", "RETRY_AFTER_S", "BROKEN_AFTER_S", "CLOSING_S"):
        monkeypatch.setattr(rules, name, 300.0)


@pytest.fixture
async def carrier(line, sandbox):
    """The carrier with the business's number, and the product where it looks for it."""
    await dialling.connect(sandbox.client, line.number.phone_number)
    async with dialling.api():
        yield sandbox.client
