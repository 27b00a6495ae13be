"""Tell people what they asked to be told of: one message to each, by each channel they chose, once."""

from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import SYSTEM
from backend.core import rate_limits
from backend.core.config import settings
from backend.core.errors import LimitReached, Refused
from backend.core.logging import log
from backend.core.tenancy import org_id_of, platform_scope, unit_of_work
from backend.messaging import service as messaging
from backend.models.conversations import Conversation, ConversationItem
from backend.models.messaging import SmsMessage
from backend.models.numbers import ServiceNumber
from backend.models.organizations import OrganizationMember
from backend.notifications import concerning, preferences, service
from backend.notifications.occasions import MESSAGE_IN, MESSAGE_OUT, NEEDS_APPROVAL, NEW_TICKET
from backend.notifications.preferences import EMAIL, ChannelWish
from backend.notifications.schemas import Mail
from backend.numbers import e164
from backend.vocab import AuthorKind, MemberStatus

# A busy day must not become a flood: beyond this many an hour and channel the inbox itself is the better place.
MOST_AN_HOUR, HOUR = 40, timedelta(hours=1)
SMS_LENGTH = 300
_HEADINGS = {
    MESSAGE_IN: "New message from {contact}",
    MESSAGE_OUT: "Message to {contact}",
    NEEDS_APPROVAL: "An agent waits for your approval with {contact}",
    NEW_TICKET: "New ticket of {contact}",
}
_NEEDS_PERSON = "{contact} needs a person"


async def tell(kind: str, conversation_id: UUID, seq: int) -> None:
    """Tell everybody who wants to hear of one occasion; runs in the organization scope of its caller.

    Whoever did it themselves is not told. A second run sends nothing again.
    """
    async with unit_of_work() as session:
        org_id = org_id_of(session)
        conversation = await _conversation(session, org_id, conversation_id)
        item = await _item(session, org_id, conversation_id, seq)
        if conversation is None or item is None:
            return
        agent_id, agent_name = await concerning.agent_of(session, conversation, item)
        told = await preferences.people_told(session, kind, agent_id)
        members = await _members(session, org_id, list(told))
        contact = await contacts.get(session, conversation.contact_id)
        who = contact.name or e164.display(contact.phone_number or "") or "somebody"
        number = await _number(session, org_id, item)
        heading = _HEADINGS.get(kind, _NEEDS_PERSON).format(contact=who)
    doer = str(item.author_id) if item.author_kind == AuthorKind.MEMBER else str(item.data.get("member_id") or "")
    for user_id, wishes in told.items():
        member = members.get(user_id)
        if member is None or str(user_id) == doer:
            continue
        for channel, wish in wishes.items():
            title, lines = _words(heading, who, agent_name, item.body, wish)
            occasion = f"notify:{item.id}:{kind}:{user_id}:{channel}"
            if await _may_tell(user_id, channel):
                address = wish["address"] or member.email
                await _send(channel, address, title, lines, conversation_id, number, occasion)


async def send_test(user_id: UUID, channel: str, address: str, once: str) -> None:
    """Send a test message; runs in the organization scope of its caller."""
    async with unit_of_work() as session:
        number = await _any_number(session, org_id_of(session))
    lines = ("This is how you will hear of your conversations.",)
    await _send(channel, address, "A test from Magpipe", lines, None, number, f"notify-test:{user_id}:{once}")


async def _send(
    channel: str,
    address: str,
    title: str,
    lines: tuple[str, ...],
    conversation_id: UUID | None,
    number: ServiceNumber | None,
    occasion: str,
) -> None:
    link = f"{settings().public_url}/inbox/{conversation_id}" if conversation_id else f"{settings().public_url}/inbox"
    if channel == EMAIL:
        mail = Mail(
            title,
            lines,
            link=link,
            link_words="Open the conversation" if conversation_id else "Open the inbox",
            last="You chose to be told of this. Change it on the agent’s page under Notifications.",
        )
        with platform_scope("mail a notification"):
            async with unit_of_work() as session:
                await service.queue_email(session, address, mail, once=occasion)
        return
    if number is None:
        log.warning("notifications.no_number")
        return
    body = f"{title}: {' · '.join(line for line in lines if line)}"[:SMS_LENGTH]
    async with unit_of_work() as session:
        receiver = await contacts.ensure_by_phone(session, address)
        conversation = await conversations.for_contact(session, receiver.id)
        kept = await session.get(ServiceNumber, number.id)
        if kept is None:
            return
        try:
            await messaging.queue_text(
                session,
                conversation,
                kept,
                f"{body}\n{link}",
                SYSTEM,
                dedupe_key=occasion,
                purpose="service",
                data={"is_automatic": True},
            )
        except Refused as refusal:
            log.info("notifications.not_sent", code=refusal.code)


def _words(heading: str, who: str, agent: str, body: str, wish: ChannelWish) -> tuple[str, tuple[str, ...]]:
    """Return the title and the lines of a notification: only what the person chose to have in it."""
    included = wish["contents"]
    title = heading if "contact" in included else heading.replace(who, "a customer")
    lines = [f"Agent: {agent}"] if "agent" in included and agent else []
    if "message" in included and body.strip():
        lines.append(body.strip()[:1000])
    prefix = f"{wish['prefix']} " if wish["prefix"] else ""
    return prefix + title, tuple(lines)


async def _may_tell(user_id: UUID, channel: str) -> bool:
    try:
        await rate_limits.hit(f"notifications.{channel}", MOST_AN_HOUR, HOUR, about=user_id)
    except LimitReached:
        log.info("notifications.held_back", user_id=str(user_id), channel=channel)
        return False
    return True


async def _conversation(session: AsyncSession, org_id: UUID, conversation_id: UUID) -> Conversation | None:
    query = select(Conversation).where(Conversation.id == conversation_id, Conversation.org_id == org_id)
    return (await session.exec(query)).first()


async def _item(session: AsyncSession, org_id: UUID, conversation_id: UUID, seq: int) -> ConversationItem | None:
    query = select(ConversationItem).where(
        ConversationItem.org_id == org_id,
        ConversationItem.conversation_id == conversation_id,
        ConversationItem.seq == seq,
    )
    return (await session.exec(query)).first()


async def _number_of(session: AsyncSession, item: ConversationItem) -> ServiceNumber | None:
    message = await session.get(SmsMessage, item.record_id) if item.record_id else None
    return await session.get(ServiceNumber, message.number_id) if message and message.number_id else None


async def _number(session: AsyncSession, org_id: UUID, item: ConversationItem) -> ServiceNumber | None:
    """Return the number a notification is texted from: the conversation's own, else any."""
    found = await _number_of(session, item)
    return found if found is not None and found.is_active else await _any_number(session, org_id)


async def _any_number(session: AsyncSession, org_id: UUID) -> ServiceNumber | None:
    query = (
        select(ServiceNumber)
        .where(ServiceNumber.org_id == org_id, col(ServiceNumber.is_active).is_(True))
        .order_by(col(ServiceNumber.created_at), col(ServiceNumber.id))
        .limit(1)
    )
    return (await session.exec(query)).first()


async def _members(session: AsyncSession, org_id: UUID, user_ids: list[UUID]) -> dict[UUID, OrganizationMember]:
    query = select(OrganizationMember).where(
        OrganizationMember.org_id == org_id,
        OrganizationMember.status == MemberStatus.APPROVED,
        col(OrganizationMember.user_id).in_(user_ids),
    )
    return {member.user_id: member for member in (await session.exec(query)).all() if member.user_id}
