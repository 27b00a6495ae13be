"""Give a test a business whose agent answers a mailbox, and a customer who writes to it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from backend.agents import jobs as agent_jobs
from backend.conversations import service as conversations
from backend.core.ids import new_id
from backend.core.tenancy import platform_scope, unit_of_work
from backend.mailboxes import delivery, inbound, intake, statuses
from backend.mailboxes import service as mailboxes
from backend.models.agents import AgentConfig
from backend.models.mailboxes import AgentEmailConfig, EmailMessage
from backend.models.platform import InboundEvent

CUSTOMER = "dana@customer.example"
SIGNED = {"X-Spam-Tests": "DKIM_SIGNED,DKIM_VALID,DKIM_VALID_AU,SPF_PASS"}


def mail(to: str, body: str, *, sender: str = CUSTOMER, headers: dict[str, str] | None = None, **fields: Any) -> Any:
    """Return an email as the mail service's documentation shows it."""
    vendor_id = str(new_id())
    told = {"Message-ID": f"<{vendor_id}@customer.example>", **(SIGNED if headers is None else headers)}
    return {
        "From": sender,
        "FromFull": {"Email": sender, "Name": "Dana Reyes", "MailboxHash": ""},
        "ToFull": [{"Email": "hello@northdental.example", "Name": "", "MailboxHash": ""}],
        "OriginalRecipient": to,
        "Subject": "Opening hours",
        "MessageID": vendor_id,
        "TextBody": body,
        "HtmlBody": f"<p>{body}</p><script>alert(1)</script>",
        "Headers": [{"Name": name, "Value": value} for name, value in told.items()],
        "Attachments": [],
        **fields,
    }


@dataclass
class Desk:
    """A business with an agent and its mailbox."""

    org: Any
    agent: AgentConfig
    mailbox: AgentEmailConfig

    async def receive(self, body: str = "When are you open on Sunday?", **fields: Any) -> str:
        """Let the customer write, handle it, and return the outcome."""
        payload = mail(self.mailbox.address, body, **fields)
        return await self.handle(payload)

    async def handle(self, payload: dict[str, Any]) -> str:
        """Store one webhook, handle it, and return the outcome."""
        with platform_scope("store an email for a test"):
            async with unit_of_work() as session:
                await intake.store(session, intake.MailWebhook.INBOUND, payload)
                query = select(InboundEvent.id).where(col(InboundEvent.external_id) == payload["MessageID"])
                event_id = (await session.exec(query)).one()
        await inbound.receive(event_id)
        with platform_scope("read an outcome for a test"):
            async with unit_of_work() as session:
                event = await session.get(InboundEvent, event_id)
                assert not {"TextBody", "HtmlBody", "Attachments"} & event.payload.keys()
                return event.outcome

    async def emails(self, direction: str = "") -> list[EmailMessage]:
        """Return the emails of the business, oldest first."""
        with self.org.scope():
            async with unit_of_work() as session:
                query = select(EmailMessage).where(EmailMessage.org_id == self.org.org_id)
                found = (await session.exec(query.order_by(col(EmailMessage.id)))).all()
                return [one for one in found if direction in ("", one.direction)]

    async def answer(self) -> None:
        """Run the job that answers the last email."""
        asked = (await self.emails("inbound"))[-1]
        await agent_jobs.answer_email(str(self.org.org_id), str(asked.id))

    async def deliver(self) -> EmailMessage:
        """Hand the last email of ours to the mail service and return it."""
        sent = (await self.emails("outbound"))[-1]
        await delivery.deliver(self.org.org_id, sent.id, "reply")
        return (await self.emails("outbound"))[-1]

    async def report(self, sent: EmailMessage, record: str, **fields: Any) -> str:
        """Have the mail service report on an email of ours, and return what came of it."""
        with platform_scope("store a report for a test"):
            async with unit_of_work() as session:
                payload = {
                    "RecordType": record,
                    "MessageID": sent.vendor_id,
                    "Metadata": {"reference": statuses.reference(sent.id, sent.attempted_at)},
                    **fields,
                }
                await intake.store(session, intake.MailWebhook.STATUS, payload)
                query = select(InboundEvent.id).where(col(InboundEvent.external_id) == f"{sent.vendor_id}:{record}")
                event_id = (await session.exec(query)).one()
        await delivery.apply_status(event_id)
        with platform_scope("read an outcome for a test"):
            async with unit_of_work() as session:
                return (await session.get(InboundEvent, event_id)).outcome

    async def timeline(self) -> list[dict[str, Any]]:
        """Return the only conversation's items."""
        with self.org.scope():
            async with unit_of_work() as session:
                page = await conversations.page(session, self.org.owner.user_id)
                return await conversations.timeline(session, UUID(page.rows[0]["id"]))

    async def change(self, **fields: Any) -> None:
        """Change the mailbox."""
        with self.org.scope():
            async with unit_of_work() as session:
                self.mailbox = await mailboxes.change(session, self.org.owner, self.mailbox.id, **fields)


@pytest.fixture
def make_desk(make_org) -> Callable[..., Awaitable[Desk]]:
    """Return a maker of desks."""

    async def make(mode: str = "auto") -> Desk:
        org = await make_org()
        with org.scope():
            async with unit_of_work() as session:
                agent = AgentConfig(org_id=org.org_id, name="Ava", agent_type="email")
                session.add(agent)
                await session.flush()
                mailbox = await mailboxes.connect(session, org.owner, agent.id)
                given = {"public_address": "hello@northdental.example", "mode": mode}
                mailbox = await mailboxes.change(session, org.owner, mailbox.id, **given)
        return Desk(org, agent, mailbox)

    return make


@pytest.fixture
async def desk(db, make_desk) -> Desk:
    """One business with a mailbox whose agent answers by itself, in the test's own transaction."""
    return await make_desk()
