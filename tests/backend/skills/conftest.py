"""Give a test a business whose agent has skills, customers who were in touch, and a clock that runs them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text as sql
from sqlmodel import col, select

from backend.agents import service as agents
from backend.calls import records
from backend.calls import service as calls
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.calls import CallRecord
from backend.models.messaging import SmsMessage
from backend.models.numbers import ServiceNumber
from backend.models.skills import AgentSkill
from backend.skills import delivering, running
from backend.skills import service as skills
from backend.vocab import AuthorKind, Channel, Direction, ItemKind, MessageStatus

# A Monday, noon in California, where the customers' numbers are from; the business is in New York.
NOON = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
SHOP, MIA, NOAH = "+14155550132", "+14155550199", "+14155550177"
CONSENT = {"consent_confirmed": True}
FOLLOW_UP = {"message_template": "Hi {{contact.first_name}}, all well?", "delay_minutes": 60, **CONSENT}
REVIEW = {"message_template": "Rate us: {{review_url}}", "review_url": "https://rate.example/us", **CONSENT}


@dataclass
class Shop:
    """The business: its number, its agent, and the hands that play the customers and the clock."""

    org: Any
    agent_id: UUID

    async def talk(
        self,
        number: str = MIA,
        name: str = "Mia Chen",
        *,
        at: datetime = NOON - timedelta(hours=2),
        answered: bool = True,
        data: dict[str, Any] | None = None,
    ) -> UUID:
        """Let a customer write at a moment and the agent answer a minute later; returns the conversation's id."""
        with self.org.scope(), clock.at(at):
            async with unit_of_work() as session:
                contact = await contacts.ensure_by_phone(session, number, name)
                conversation = await conversations.for_contact(session, contact.id)
                await self._say(session, conversation, "Do you have time on Friday?", AuthorKind.CONTACT, data)
        if answered:
            with self.org.scope(), clock.at(at + timedelta(minutes=1)):
                async with unit_of_work() as session:
                    conversation = await conversations.locked(session, conversation.id)
                    await self._say(session, conversation, "We do.", AuthorKind.AGENT)
        return conversation.id

    async def ring(
        self, number: str = MIA, name: str = "Mia Chen", *, at: datetime = NOON - timedelta(hours=2), **fields: Any
    ) -> CallRecord:
        """Let a customer call at a moment; the agent is not on the line yet."""
        with self.org.scope(), clock.at(at):
            async with unit_of_work() as session:
                contact = await contacts.ensure_by_phone(session, number, name)
                conversation = await conversations.for_contact(session, contact.id)
                call = CallRecord(
                    org_id=self.org.org_id,
                    conversation_id=conversation.id,
                    contact_id=contact.id,
                    agent_id=self.agent_id,
                    caller_number=number,
                    service_number=SHOP,
                    **{"direction": Direction.INBOUND, **fields},
                )
                agent = await agents.get(session, self.agent_id)
                return await records.begin(session, call, conversation, contact, agent)

    async def hold(self, call: CallRecord, minutes: int = 3) -> None:
        """Let the agent answer a call, and both talk for so long."""
        at, source = call.started_at, "worker"
        await calls.append(call.id, source, "joined", "agent.joined", at)
        said = (("caller", "I need a crown."), ("agent", "We will call you back."))
        for n, (who, text) in enumerate(said):
            line = {"who": who, "text": text}
            await calls.append(call.id, source, f"line:{n}", "transcript.line", at + timedelta(seconds=n + 1), line)
        await self.end(call, at + timedelta(minutes=minutes))

    async def end(self, call: CallRecord, at: datetime, status: str = "completed") -> None:
        """Let a call end at a moment."""
        with clock.at(at):
            await calls.append(call.id, "carrier", "ended", "call.ended", at, {"status": status})

    async def _say(
        self, session: Any, conversation: Any, body: str, who: AuthorKind, data: dict[str, Any] | None = None
    ) -> None:
        is_theirs = who == AuthorKind.CONTACT
        await conversations.append(
            session,
            conversation,
            kind=ItemKind.MESSAGE,
            author=Author(who, "", None if is_theirs else self.agent_id),
            body=body,
            channel=Channel.SMS,
            direction=Direction.INBOUND if is_theirs else Direction.OUTBOUND,
            status=MessageStatus.RECEIVED if is_theirs else MessageStatus.DELIVERED,
            data=data,
        )

    async def save(
        self, slug: str, config: Mapping[str, Any], *, at: datetime = NOON - timedelta(hours=3), **changes: Any
    ) -> AgentSkill:
        """Set a skill up and switch it on at a moment."""
        with self.org.scope(), clock.at(at):
            async with unit_of_work() as session:
                definition = skills.by_definition(slug)
                wanted = {"config": dict(config), **changes}
                return await skills.save(session, self.org.owner, self.agent_id, definition, wanted, is_enabled=True)

    async def switch(self, skill_id: UUID, is_on: bool, *, at: datetime = NOON) -> None:
        """Switch a skill on or off."""
        with self.org.scope(), clock.at(at):
            async with unit_of_work() as session:
                await skills.set_enabled(session, self.org.owner, skill_id, is_on)

    async def pass_time(self, at: datetime) -> None:
        """Let the clock tick at a moment, and do everything it starts, twice over as a queue may."""
        with clock.at(at):
            while await running.run_due() or await self._jobs():
                for _ in range(2):
                    for name, arguments in await self._jobs():
                        await _WORK[name](arguments)
                await self._forget_jobs()

    async def texts(self) -> list[SmsMessage]:
        """Return what was sent to customers, in order."""
        with self.org.scope():
            async with unit_of_work() as session:
                query = select(SmsMessage).where(SmsMessage.org_id == self.org.org_id).order_by(col(SmsMessage.id))
                return list((await session.exec(query)).all())

    async def history(self, skill_id: UUID) -> list[tuple[str, str]]:
        """Return (name, outcome or reason code) of everybody in the runs of a skill, in order."""
        with self.org.scope():
            async with unit_of_work() as session:
                found = await session.execute(
                    sql(
                        "select k.name, coalesce(nullif(d.reason_code, ''), d.outcome) from skill_deliveries d"
                        " join contacts k on k.id = d.contact_id where d.agent_skill_id = :skill and not d.is_dry_run"
                        " order by d.id"
                    ),
                    {"skill": skill_id},
                )
                return [(name, came) for name, came in found.all()]

    async def runs(self, skill_id: UUID) -> list[Any]:
        """Return the runs of a skill as its history shows them, the newest first."""
        with self.org.scope():
            async with unit_of_work() as session:
                return (await skills.runs_of(session, skill_id))[0]

    async def _jobs(self) -> list[tuple[str, dict[str, Any]]]:
        with platform_scope("look at the queue for a test"):
            async with unit_of_work() as session:
                rows = await session.execute(
                    sql(
                        "select task_name, args from procrastinate_jobs where status = 'todo'"
                        " and task_name like 'skills.%' order by id"
                    )
                )
                return [(name, args if isinstance(args, dict) else json.loads(args)) for name, args in rows]

    async def _forget_jobs(self) -> None:
        with platform_scope("empty the queue for a test"):
            async with unit_of_work() as session:
                await session.execute(sql("delete from procrastinate_jobs where task_name like 'skills.%'"))


_WORK = {
    running.LOOK: lambda given: running.look(UUID(given["org_id"]), UUID(given["skill_id"])),
    running.RUN: lambda given: running.run(UUID(given["org_id"]), UUID(given["run_id"])),
    running.DELIVER: lambda given: delivering.deliver(UUID(given["org_id"]), UUID(given["delivery_id"])),
}


@pytest.fixture
def make_shop(make_org: Any) -> Any:
    """Return a maker of businesses; use it inside `db` or `committed`."""

    async def make() -> Shop:
        org = await make_org()
        with org.scope():
            async with unit_of_work() as session:
                agent = await agents.create(session, org.owner, "text", "Ava")
                session.add(ServiceNumber(org_id=org.org_id, phone_number=SHOP, text_agent_id=agent.id))
        return Shop(org, agent.id)

    return make


@pytest.fixture
async def shop(db: None, make_shop: Any) -> Shop:
    """One business in the test's own transaction."""
    return await make_shop()
