"""Give a test a business with a number of the carrier, and a customer who texts it."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlalchemy import text as sql
from sqlmodel import col, select

from backend.conversations import service as conversations
from backend.core.config import settings
from backend.core.ids import new_id
from backend.core.tenancy import platform_scope, unit_of_work
from backend.messaging import inbound, intake
from backend.models.agents import AgentConfig
from backend.models.messaging import SmsMessage
from backend.models.numbers import ServiceNumber
from backend.models.platform import InboundEvent

SHOP = "+14155550132"
CUSTOMER = "+14155550199"


def sign(url: str, fields: dict[str, str]) -> str:
    """Return the carrier's form signature, computed here from its documentation and not by our code."""
    said = url + "".join(name + fields[name] for name in sorted(fields))
    key = settings().signalwire_signing_key.get_secret_value().encode()
    return base64.b64encode(hmac.new(key, said.encode(), hashlib.sha1).digest()).decode()


@dataclass
class Line:
    """A business's number with its text agent, and the customer who texts it."""

    org: Any
    number: ServiceNumber
    agent: AgentConfig | None
    customer: str = CUSTOMER

    async def store(self, body: str, *, sender: str = "", sid: str = "", **fields: str) -> UUID:
        """Store a customer's text as its webhook would, and return the event's id."""
        payload = {
            "MessageSid": sid or new_id().hex,
            "From": sender or self.customer,
            "To": self.number.phone_number,
            "Body": body,
            **fields,
        }
        with platform_scope("store a text for a test"):
            async with unit_of_work() as session:
                await intake.store(session, intake.WebhookKind.INBOUND, payload)
                found = await session.exec(
                    select(InboundEvent.id).where(col(InboundEvent.external_id) == payload["MessageSid"])
                )
                return found.one()

    async def receive(self, body: str, **fields: str) -> str:
        """Let the customer text, handle it, and return the outcome."""
        event_id = await self.store(body, **fields)
        await inbound.receive(event_id)
        with platform_scope("read an outcome for a test"):
            async with unit_of_work() as session:
                event = await session.get(InboundEvent, event_id)
                return event.outcome

    async def texts(self, direction: str = "") -> list[SmsMessage]:
        """Return every text of the business in order."""
        with self.org.scope():
            async with unit_of_work() as session:
                query = select(SmsMessage).where(SmsMessage.org_id == self.org.org_id).order_by(col(SmsMessage.id))
                found = (await session.exec(query)).all()
                return [text for text in found if direction in ("", text.direction)]

    async def timeline(self) -> list[dict[str, Any]]:
        """Return the only conversation's items."""
        with self.org.scope():
            async with unit_of_work() as session:
                page = await conversations.page(session, self.org.owner.user_id)
                return await conversations.timeline(session, UUID(page.rows[0]["id"]))

    async def row(self) -> dict[str, Any]:
        """Return the only conversation's row."""
        with self.org.scope():
            async with unit_of_work() as session:
                return (await conversations.page(session, self.org.owner.user_id)).rows[0]


@pytest.fixture
async def make_line(make_org):
    """Return a maker of lines; `phone_number` must be unlike those of other lines in the database."""

    async def make(phone_number: str = SHOP, *, has_agent: bool = True, name: str = "North Dental") -> Line:
        org = await make_org(name)
        with org.scope():
            async with unit_of_work() as session:
                agent = AgentConfig(org_id=org.org_id, name="Ava", agent_type="text") if has_agent else None
                if agent is not None:
                    session.add(agent)
                    await session.flush()
                number = ServiceNumber(
                    org_id=org.org_id, phone_number=phone_number, text_agent_id=agent.id if agent else None
                )
                session.add(number)
        return Line(org, number, agent)

    return make


@pytest.fixture
async def line(db, make_line) -> Line:
    """One business with a number, in the test's own transaction."""
    return await make_line()


@pytest.fixture
async def open_line(committed, sandbox, make_line):
    """One business whose number the sandbox's carrier knows, really committed and taken away afterwards."""
    line = await make_line()
    yield line
    with platform_scope("take a test's organization away"):
        async with unit_of_work() as session:
            for statement in (
                "update users set current_organization_id = null where current_organization_id = :org",
                "delete from organizations where id = :org",
                "delete from inbound_events",
                "delete from vendor_cursors",
            ):
                await session.execute(sql(statement), {"org": line.org.org_id} if ":org" in statement else {})


@pytest.fixture
def jobs_waiting():
    """Return a function that lists (task, arguments) of the jobs enqueued in this test, oldest first."""

    async def waiting(task: str = "") -> list[tuple[str, dict[str, Any]]]:
        with platform_scope("look at the queue for a test"):
            async with unit_of_work() as session:
                rows = await session.execute(
                    sql("select task_name, args from procrastinate_jobs where status = 'todo' order by id")
                )
                found = [(name, args if isinstance(args, dict) else json.loads(args)) for name, args in rows]
                return [job for job in found if task in ("", job[0])]

    return waiting


def form(**fields: str) -> bytes:
    """Return an url-encoded form."""
    return urlencode(fields).encode()
