"""Give a test a business with a number that a voice agent answers, and somebody who calls it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from backend.calls import callbacks, records
from backend.calls import service as calls
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.accounts import User
from backend.models.agents import AgentConfig
from backend.models.calls import CallRecord
from backend.models.numbers import ServiceNumber
from backend.models.organizations import OrganizationMember
from backend.vocab import MemberRole
from tests.backend.api.functions.conftest import api, jobs_waiting  # noqa: F401 - the API as the carrier reaches it

SHOP, CALLER = "+14155550132", "+14155550177"


@dataclass
class Line:
    """A business's number with its voice agent, and who calls it."""

    org: Any
    number: ServiceNumber
    agent: AgentConfig
    caller: str = CALLER
    began: datetime = field(default_factory=clock.now)

    async def begin(self, direction: str = "inbound", **fields: Any) -> CallRecord:
        """Keep a call and its line in the timeline."""
        with self.org.scope():
            async with unit_of_work() as session:
                contact = await contacts.ensure_by_phone(session, self.caller)
                conversation = await conversations.for_contact(session, contact.id)
                served = {"agent_id": self.agent.id, "agent_version": self.agent.version}
                call = CallRecord(
                    org_id=self.org.org_id,
                    conversation_id=conversation.id,
                    contact_id=contact.id,
                    number_id=self.number.id,
                    direction=direction,
                    caller_number=self.caller,
                    service_number=self.number.phone_number,
                    **{**served, **fields},
                )
                return await records.begin(session, call, conversation, contact, self.agent)

    async def tell(self, call_id: UUID, kind: str, seconds: float = 0, source: str = "carrier", **data: Any) -> bool:
        """Append an event whose id is its kind, so many seconds after the line was made or the moment that is held."""
        at = (clock._frozen.get() or self.began) + timedelta(seconds=seconds)
        return await calls.append(call_id, source, kind, kind, at, data)

    async def calls(self) -> list[CallRecord]:
        """Return every call of the business in order."""
        with self.org.scope():
            async with unit_of_work() as session:
                query = select(CallRecord).where(CallRecord.org_id == self.org.org_id).order_by(col(CallRecord.id))
                return list((await session.exec(query)).all())

    async def rows(self) -> list[dict[str, Any]]:
        """Return the conversation list."""
        with self.org.scope():
            async with unit_of_work() as session:
                return list((await conversations.page(session, self.org.owner.user_id)).rows)

    async def timeline(self) -> list[dict[str, Any]]:
        """Return the only conversation's items."""
        (row,) = await self.rows()
        with self.org.scope():
            async with unit_of_work() as session:
                return list(await conversations.timeline(session, UUID(row["id"])))


@pytest.fixture
async def line(db, make_org) -> Line:
    """One business with a number, in the test's own transaction."""
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
            number = ServiceNumber(org_id=org.org_id, phone_number=SHOP, agent_id=agent.id)
            session.add(number)
    return Line(org, number, agent)


@pytest.fixture
async def colleague(line):
    """Return somebody else of the team."""
    email = f"{new_id().hex}@example.com"
    with platform_scope("make a teammate for a test"):
        async with unit_of_work() as session:
            user = User(email=email, name="Leo Park", password_hash="none")
            session.add(user)
            await session.flush()
            org_id = line.org.org_id
            session.add(OrganizationMember(org_id=org_id, user_id=user.id, email=email, full_name="Leo Park"))
    return Principal(user.id, line.org.org_id, "Leo Park", email, MemberRole.SUPPORT)


@pytest.fixture
async def apply(jobs_waiting):  # noqa: F811
    """Return what handles the webhooks that were stored and not yet handled."""
    done: set[str] = set()

    async def run() -> None:
        for _, job in await jobs_waiting("calls.apply"):
            if job["event_id"] not in done:
                done.add(job["event_id"])
                await callbacks.apply(UUID(job["event_id"]))

    return run
