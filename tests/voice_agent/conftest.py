"""Give tests of the worker a business that is really committed, because calls think, speak and keep at once."""

import pytest
from livekit.agents import APIConnectOptions
from livekit.agents.voice.agent_session import SessionConnectOptions
from sqlalchemy import text

from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.agents import AgentConfig
from backend.models.numbers import ServiceNumber
from tests.backend.calls.conftest import Line
from tests.conftest import PATIENT_S
from tests.voice_agent import dialling
from voice_agent import hearing, vendors
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
    # Nor is a vendor stood in for that is only late.
    waits = SessionConnectOptions(tts_conn_options=APIConnectOptions(max_retry=1, timeout=PATIENT_S))
    monkeypatch.setattr(vendors, "CONNECTING", waits)
    monkeypatch.setattr(vendors, "MIND_WAITS_S", PATIENT_S)
    monkeypatch.setattr(hearing, "DEAF_S", PATIENT_S)
    monkeypatch.setattr(hearing, "_CONNECT_S", PATIENT_S)


@pytest.fixture
async def carrier(line, sandbox):
    """The carrier with the business's number, and the product where it looks for it."""
    await dialling.connect(sandbox.client, line.number.phone_number)
    async with dialling.api():
        yield sandbox.client
