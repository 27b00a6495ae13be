"""Measure what agents do by themselves, for many: a skill's run, alerts that fire, and a replay of conversations.

Every job runs twice, as a queue may do it, and what came of it is counted: each person gets one message, each match one
action. The model is the sandbox's, in a process of its own; nothing leaves this machine.
"""

import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from backend.agents import service as agents
from backend.alerts import firing, matching
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock, jobs
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.evals import jobs as eval_jobs
from backend.evals import service as evals
from backend.knowledge import embedding
from backend.messaging import service as messaging
from backend.models.alerts import SemanticMatch
from backend.models.numbers import ServiceNumber
from backend.models.platform import SystemEmail
from backend.skills import service as skills
from backend.vocab import AgentType, AuthorKind, MatchStatus, RoundStatus
from tests.backend.agents.conftest import Desk as Answering
from tests.backend.alerts.conftest import make_desk
from tests.backend.skills.conftest import NOON, REVIEW, SHOP, Shop
from tests.bench.knowledge_site import make_owner
from tests.bench.measure import Row
from tests.bench.tools import sandbox

PEOPLE, MESSAGES, TALKS = 200, 200, 25
MEANT = ("Please close my account", "I want to cancel my subscription, please")
OTHER = ("What time do you open on Sunday?", "Is there a place to park nearby?")


@dataclass(frozen=True)
class _Org:
    """A business as the desks of the tests know it."""

    owner: Principal

    @property
    def org_id(self) -> UUID:
        return self.owner.org_id

    def scope(self) -> AbstractContextManager[None]:
        return org_scope(self.org_id)


async def rows() -> list[Row]:
    """Run a skill over its people, alerts over messages, and a replay over conversations."""
    with sandbox():
        async with jobs.queue.open_async():
            return [await _skill(), await _alerts(), await _replay()]


async def _skill() -> Row:
    """Ask everybody who was in touch for a review; then queue as many texts alone."""
    org = _Org(await make_owner("bench@skills.example"))
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, AgentType.TEXT, "Ava")
            number = ServiceNumber(org_id=org.org_id, phone_number=SHOP, text_agent_id=agent.id)
            session.add(number)
    shop = Shop(org, agent.id)
    talks = [await shop.talk(f"+1415888{place:04}", f"Person {place}") for place in range(PEOPLE)]
    skill = await shop.save("review_request", REVIEW, trigger_type="on_demand", daily_limit=PEOPLE)
    with org.scope(), clock.at(NOON):
        async with unit_of_work() as session:
            await skills.run_now(session, org.owner, skill.id)
    started = time.perf_counter()
    await shop.pass_time(NOON)
    took = time.perf_counter() - started
    reached = [one.recipient_number for one in await shop.texts()]
    assert len(reached) == len(set(reached)) == PEOPLE, len(reached)
    started = time.perf_counter()
    with org.scope(), clock.at(NOON):
        for talk in talks:
            async with unit_of_work() as session:
                conversation = await conversations.locked(session, talk)
                await messaging.queue_text(session, conversation, number, "Hello", Author(AuthorKind.AGENT, "Ava"))
    floor = time.perf_counter() - started
    return Row(
        f"a skill's run over {PEOPLE:,} people, judged, planned and texted, each job twice",
        "",
        f"{took:.1f} s, one text each",
        f"{floor:.1f} s",
        "as many texts queued alone",
    )


async def _alerts() -> Row:
    """Compare messages with an alert, half of which mean it, and mail for each match; then embed them."""
    desk = await make_desk(_Org(await make_owner("bench@alerts.example")))
    await desk.alert(threshold=0.5, cooldown_minutes=0)
    said = [(MEANT if place % 2 else OTHER)[place // 2 % 2] for place in range(MESSAGES)]
    items = [await desk.hear(body, f"+1415666{place:04}") for place, body in enumerate(said)]
    started = time.perf_counter()
    with desk.org.scope():
        for item in items * 2:
            await matching.match(item)
        async with unit_of_work() as session:
            matches = (await session.execute(select(col(SemanticMatch.id)))).scalars().all()
        for match in matches * 2:
            await firing.act(match)
        took = time.perf_counter() - started
        async with unit_of_work() as session:
            done = (await session.execute(select(col(SemanticMatch.status)))).scalars().all()
    assert list(done) == [MatchStatus.DONE] * (MESSAGES // 2), len(done)
    with platform_scope("count mails of a benchmark"):
        async with unit_of_work() as session:
            mails = (await session.execute(select(func.count()).select_from(SystemEmail))).scalar_one()
    assert mails == len(done), mails
    started = time.perf_counter()
    for body in said:
        await embedding.embed([body])
    floor = time.perf_counter() - started
    return Row(
        f"{MESSAGES:,} messages compared with an alert, half of them matches that mail the team, each job twice",
        "",
        f"{took:.1f} s, one mail a match",
        f"{floor:.1f} s",
        "their embedding alone",
    )


async def _replay() -> Row:
    """Let customers ask, change the draft, and take their conversations again; the floor is what was asked first."""
    org = _Org(await make_owner("bench@replays.example"))
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, AgentType.TEXT, "Ava")
            number = ServiceNumber(org_id=org.org_id, phone_number="+14155550134", text_agent_id=agent.id)
            session.add(number)
    started = time.perf_counter()
    for place in range(TALKS):
        assert await Answering(org, number, agent, f"+1415777{place:04}").ask(OTHER[place % 2])
    floor = time.perf_counter() - started
    with org.scope():
        async with unit_of_work() as session:
            await agents.edit(session, org.owner, agent.id, {"system_prompt": "You are Ava. Be brief."})
            begun = await evals.replay(session, org.owner, agent.id, TALKS)
    started = time.perf_counter()
    is_running = True
    while is_running:
        # A round is carried on portion by portion.
        await eval_jobs.go_on(str(org.org_id), begun)
        with org.scope():
            async with unit_of_work() as session:
                found = await evals.show_replay(session, agent.id)
        is_running = found is not None and found["status"] == RoundStatus.RUNNING
    took = time.perf_counter() - started
    assert found is not None
    assert (found["conversations"], found["done"], found["errors"]) == (TALKS, TALKS, 0), found
    return Row(
        f"a replay of {TALKS} conversations with a draft, model of the sandbox",
        "",
        f"{took:.1f} s",
        f"{floor:.1f} s",
        "answering them the first time, one after the other",
    )
