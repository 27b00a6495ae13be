"""A person tries an agent's draft from a browser: heard, answered and explained, and nothing of it is kept."""

import pytest
from sqlmodel import func, select

from backend.agents import trials
from backend.calls import passes
from backend.calls.passes import Door
from backend.core.errors import Invalid
from backend.core.tenancy import unit_of_work
from backend.models.agents import AgentConfig, AgentTurn
from backend.models.calls import CallRecord
from backend.vocab import AgentType
from tests.voice_agent import dialling
from tests.voice_agent.page import opened
from voice_agent.worker import Worker

PUBLISHED, DRAFT = "North Dental.", "North Dental, how can I help?"

pytestmark = pytest.mark.usefixtures("patience")


@pytest.fixture
async def worker(line, sandbox):
    made = Worker(1)
    async with dialling.voice(made):
        yield made


@pytest.fixture
async def page(worker):
    async with opened() as made:
        yield made


async def kept(line) -> int:
    with line.org.scope():
        async with unit_of_work() as session:
            of = [select(func.count()).select_from(one) for one in (CallRecord, AgentTurn)]
            return sum([(await session.exec(one)).one() for one in of])


async def test_a_draft_is_heard_answered_and_explained_and_nothing_is_kept(line, page, worker, eventually):
    with line.org.scope():
        async with unit_of_work() as session:
            agent = await session.get(AgentConfig, line.agent.id)
            agent.draft = {"greeting": DRAFT}
            session.add(agent)
    await trials.let_call(line.org.owner, line.agent.id)
    await page.send("start", **{"pass": passes.issue(line.org.owner, Door.TEST, line.agent.id)})
    assert (await page.until("ready"))["stand_ins"] == ["ear", "mind", "voice"]
    await page.until("caption", who="agent", text=DRAFT, is_final=True)
    await page.hears(DRAFT)
    await page.speak("My name is Dana Ruiz")
    await page.until("caption", who="caller", text="My name is Dana Ruiz", is_final=True)
    assert (await page.until("why"))["turn"]["prompt"]
    await page.send("say", text="Do you take walk-ins?")
    await page.until("caption", who="caller", text="Do you take walk-ins?", is_final=True)
    await page.send("bye")

    async def is_over():
        return worker.calls == 0

    await eventually(is_over, dialling.PATIENT_S)
    assert await kept(line) == 0


@pytest.mark.parametrize("kind", [AgentType.INBOUND_VOICE, AgentType.OUTBOUND_VOICE])
async def test_what_is_typed_before_the_agent_begins_is_answered(line, page, kind):
    with line.org.scope():
        async with unit_of_work() as session:
            agent = await session.get(AgentConfig, line.agent.id)
            agent.agent_type = kind
            session.add(agent)
    await page.send("start", **{"pass": passes.issue(line.org.owner, Door.TEST, line.agent.id)})
    await page.until("ready")
    await page.send("say", text="Do you take walk-ins?")
    await page.until("caption", who="caller", text="Do you take walk-ins?", is_final=True)
    await page.until("why")
    await page.send("bye")


async def test_a_pass_is_good_for_one_line_one_person_and_a_minute(line, page):
    shown = passes.issue(line.org.owner, Door.TEST, line.agent.id)
    assert (await passes.use(shown)).about == line.agent.id
    await page.send("start", **{"pass": shown})
    assert "opened already" in (await page.until("refused"))["reason"]


@pytest.mark.parametrize("opening", [{"event": "start", "pass": "a.b.c.d.1.e.f"}, {"event": "start"}, {"event": "x"}])
async def test_a_page_without_a_pass_is_told_so_and_sent_away(page, opening):
    await page.send(**opening)
    assert (await page.until("refused"))["reason"]


async def test_an_agent_that_does_not_speak_cannot_be_called(line):
    with line.org.scope():
        async with unit_of_work() as session:
            agent = await session.get(AgentConfig, line.agent.id)
            agent.agent_type = AgentType.CHAT_WIDGET
            session.add(agent)
    with pytest.raises(Invalid):
        await trials.let_call(line.org.owner, line.agent.id)
