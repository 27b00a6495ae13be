"""Connect an agent to a mailbox: the address we give it, the test that mail is forwarded, and what it may do.

Changing one needs the editor role, is written to the audit log and tells open screens (`mailboxes.changed`).
"""

import re
import secrets
import unicodedata
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.accounts import service as accounts
from backend.core import audit, clock, jobs, rate_limits, realtime
from backend.core.config import settings
from backend.core.errors import Conflict, Invalid, NotFound, Unavailable
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, platform_scope, unit_of_work
from backend.mailboxes import queries, reading
from backend.models.agents import AgentConfig
from backend.models.mailboxes import AgentEmailConfig
from backend.models.organizations import Organization
from backend.vocab import MailboxMode, MemberRole

CHANGED = "mailboxes.changed"
# Without letters and digits that are read for one another.
_LETTERS, _LENGTH = "abcdefghjkmnpqrstuvwxyz23456789", 8
_SLUG_LIMIT = 30
_NAME_LIMIT = 80
TESTS, TEST_WINDOW = 5, timedelta(minutes=10)


async def connect(session: AsyncSession, principal: Principal, agent_id: UUID) -> AgentEmailConfig:
    """Give an agent a mailbox, or return the one it has: it drafts at first, for people to approve.

    Raises `NotFound` for an agent that does not exist, `Unavailable` (`no_mail_domain`) until an operator has named
    the domain that receives mail.
    """
    principal.require(MemberRole.EDITOR)
    org_id = org_id_of(session)
    agent = await session.get(AgentConfig, agent_id, with_for_update=True)
    if agent is None or agent.org_id != org_id or agent.deleted_at is not None:
        raise NotFound("This agent does not exist.")
    known = await queries.mailboxes(session, org_id, agent_id)
    if known:
        return known[0]
    domain = settings().inbound_email_domain
    if not domain:
        raise Unavailable(
            "This installation receives no email yet. Ask its operator to set INBOUND_EMAIL_DOMAIN.",
            code="no_mail_domain",
        )
    organization = await session.get(Organization, org_id)
    name = organization.name if organization else ""
    made = AgentEmailConfig(
        org_id=org_id,
        agent_id=agent_id,
        address=f"{slug(name)}-{''.join(secrets.choice(_LETTERS) for _ in range(_LENGTH))}@{domain}",
        sender_name=reading.one_line(name)[:_NAME_LIMIT],
    )
    session.add(made)
    await session.flush()
    await _settle(session, principal, made, "connected")
    return made


async def change(
    session: AsyncSession,
    principal: Principal,
    mailbox_id: UUID,
    *,
    public_address: str | None = None,
    sender_name: str | None = None,
    mode: str | None = None,
    is_active: bool | None = None,
) -> AgentEmailConfig:
    """Change what is given. Raises `NotFound`, `Invalid` naming the field, `Conflict` (`own_address`)."""
    principal.require(MemberRole.EDITOR)
    found = await _locked(session, mailbox_id)
    if public_address is not None:
        address = _public(public_address)
        if address.rpartition("@")[2] == settings().inbound_email_domain:
            raise Conflict("Write the address your customers use, not the one we gave you.", code="own_address")
        if address != found.public_address:
            # What was shown for another address says nothing of this one.
            found.public_address, found.verified_at, found.tested_at, found.test_token = address, None, None, ""
    if sender_name is not None:
        name = reading.one_line(sender_name)
        if not name or len(name) > _NAME_LIMIT:
            raise Invalid(f"Write a name of up to {_NAME_LIMIT} characters.", field="sender_name")
        found.sender_name = name
    if mode is not None:
        if mode not in set(MailboxMode):
            raise Invalid("Choose off, drafts or answers.", field="mode")
        found.mode = mode
    if is_active is not None:
        found.is_active = is_active
    session.add(found)
    await session.flush()
    await _settle(session, principal, found, "changed")
    return found


async def detach(session: AsyncSession, principal: Principal, mailbox_id: UUID) -> None:
    """Take an agent's mailbox away: mail to its address is refused from now on; what came stays. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    doomed = await _locked(session, mailbox_id)
    await _settle(session, principal, doomed, "detached")
    await session.delete(doomed)
    await session.flush()


async def test(session: AsyncSession, principal: Principal, mailbox_id: UUID) -> AgentEmailConfig:
    """Send a test email to the public address; it verifies the mailbox when it comes back forwarded.

    Raises `NotFound`, `Invalid` without such an address, `LimitReached`.
    """
    principal.require(MemberRole.EDITOR)
    found = await _locked(session, mailbox_id)
    if not found.public_address:
        raise Invalid("Write the address your customers use first.", field="public_address")
    await rate_limits.hit("mailboxes.test", TESTS, TEST_WINDOW, about=found.org_id)
    found.test_token, found.tested_at, found.verified_at = secrets.token_hex(8), clock.now(), None
    session.add(found)
    await session.flush()
    await jobs.defer(
        session,
        "mailboxes.send_test",
        urgency=jobs.Urgency.SOON,
        org_id=str(found.org_id),
        mailbox_id=str(found.id),
        token=found.test_token,
    )
    await realtime.announce(session, found.org_id, CHANGED, subject=str(found.agent_id))
    return found


async def note_test(session: AsyncSession, mailbox: AgentEmailConfig, email: reading.InboundEmail) -> bool:
    """Tell whether an email is the test of a mailbox; then it is verified."""
    if not mailbox.test_token or mailbox.test_token not in email.subject:
        return False
    mailbox.verified_at, mailbox.test_token = clock.now(), ""
    session.add(mailbox)
    await session.flush()
    await realtime.announce(session, mailbox.org_id, CHANGED, subject=str(mailbox.agent_id))
    return True


async def of_agent(session: AsyncSession, agent_id: UUID) -> AgentEmailConfig | None:
    """Return the mailbox of an agent, or None."""
    return next(iter(await queries.mailboxes(session, org_id_of(session), agent_id)), None)


async def list_all(session: AsyncSession) -> list[AgentEmailConfig]:
    """Return the organization's mailboxes, oldest first."""
    return await queries.mailboxes(session, org_id_of(session))


async def is_own(address: str) -> bool:
    """Tell whether an address is one we gave to any mailbox: mail from there is a loop."""
    if address == platform_address():
        return True
    with platform_scope("tell whether mail comes from a mailbox of ours"):
        async with unit_of_work() as session:
            return await queries.is_ours(session, address)


def platform_address() -> str:
    """Return the address of the platform's own mails."""
    return settings().email_from.rpartition("<")[2].rstrip("> ").strip().lower()


def slug(name: str) -> str:
    """Return a business's name as it may stand in an address."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_LIMIT].strip("-") or "mail"


def _public(value: str) -> str:
    if not value.strip():
        return ""
    try:
        return accounts.email(value)
    except Invalid as wrong:
        raise Invalid(wrong.message, field="public_address") from None


async def _locked(session: AsyncSession, mailbox_id: UUID) -> AgentEmailConfig:
    found = await queries.mailbox(session, org_id_of(session), mailbox_id, for_update=True)
    if found is None:
        raise NotFound("This mailbox does not exist.")
    return found


async def _settle(session: AsyncSession, principal: Principal, mailbox: AgentEmailConfig, verb: str) -> None:
    details: dict[str, Any] = {"address": mailbox.address, "agent_id": str(mailbox.agent_id), "mode": mailbox.mode}
    await audit.record(session, principal, f"ui:mailbox:{verb}", mailbox.id, details)
    await realtime.announce(session, mailbox.org_id, CHANGED, subject=str(mailbox.agent_id))
