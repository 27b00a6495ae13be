"""Change where a conversation stands in the team's day: open, snoozed or closed, whose it is, and its tags.

Each change is a line of the timeline. The functions named `apply_*` change a locked conversation in memory and return
that line's words, empty when nothing changed, so that one conversation and a thousand are changed by the same code.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import items
from backend.conversations.schemas import SYSTEM, Author
from backend.core import clock, realtime
from backend.core.errors import Invalid, NotFound
from backend.core.tenancy import org_id_of
from backend.models.conversations import Conversation, ConversationTag
from backend.models.organizations import OrganizationMember, Team
from backend.models.tags import Tag
from backend.organizations import service as organizations
from backend.vocab import ConversationStatus, MemberStatus

# Further ahead is a slip of the finger.
LONGEST_SNOOZE = timedelta(days=365)
MOST_TAGS = 20
_STATUS_WORDS = {"open": "reopened", "closed": "closed"}


def apply_status(conversation: Conversation, status: ConversationStatus, member: Author) -> str:
    """Open or close a locked conversation."""
    if conversation.status == status:
        return ""
    conversation.status, conversation.snoozed_until = status, None
    if status == ConversationStatus.CLOSED:
        conversation.handed_to_agent_id = None
        if conversation.memory_due_at is not None:
            conversation.memory_due_at = clock.now()
    return f"{member.name} {_STATUS_WORDS[status]} the conversation"


def apply_snooze(conversation: Conversation, until: datetime, member: Author) -> str:
    """Put a locked conversation away until a moment. Raises `Invalid` unless that is within the next year."""
    check_snooze(until)
    if conversation.status == ConversationStatus.SNOOZED and conversation.snoozed_until == until:
        return ""
    conversation.status, conversation.snoozed_until = ConversationStatus.SNOOZED, until
    return f"{member.name} snoozed the conversation"


def check_snooze(until: datetime) -> None:
    """Raise `Invalid` unless a conversation may be put away until this moment."""
    if until.tzinfo is None or until <= clock.now():
        raise Invalid("Choose a moment in the future.", field="until")
    if until > clock.now() + LONGEST_SNOOZE:
        raise Invalid("A conversation can be snoozed for a year at most.", field="until")


def apply_assignee(conversation: Conversation, assignee_id: UUID | None, name: str, member: Author) -> str:
    """Give a locked conversation to a teammate, or to nobody."""
    if conversation.assignee_id == assignee_id:
        return ""
    conversation.assignee_id = assignee_id
    return f"{member.name} assigned this to {name or 'nobody'}"


def apply_team(conversation: Conversation, team: Team | None, member: Author) -> str:
    """Give a locked conversation to a team, or to none."""
    if conversation.team_id == (team.id if team else None):
        return ""
    conversation.team_id = team.id if team else None
    return f"{member.name} assigned this to the team {team.name}" if team else f"{member.name} took this off its team"


async def set_status(
    session: AsyncSession, conversation_id: UUID, status: ConversationStatus, member: Author
) -> Conversation:
    """Open or close a conversation. Raises `NotFound`, and `Invalid` for `snoozed`, which needs a moment."""
    if status == ConversationStatus.SNOOZED:
        raise Invalid("Choose until when.", field="until")
    conversation = await items.locked(session, conversation_id)
    await _note(session, conversation, apply_status(conversation, status, member), member, status=status)
    return conversation


async def snooze(session: AsyncSession, conversation_id: UUID, until: datetime, member: Author) -> Conversation:
    """Put a conversation away; it comes back at `until`, or when its person writes. Raises `NotFound`, `Invalid`."""
    conversation = await items.locked(session, conversation_id)
    words = apply_snooze(conversation, until, member)
    await _note(session, conversation, words, member, until=until.isoformat())
    return conversation


async def wake(session: AsyncSession, conversation_id: UUID) -> bool:
    """Bring a snoozed conversation back when its time has come, and say so to whoever it belongs to; once."""
    conversation = await items.locked(session, conversation_id)
    due = conversation.snoozed_until is not None and conversation.snoozed_until <= clock.now()
    if conversation.status != ConversationStatus.SNOOZED or not due:
        return False
    conversation.status, conversation.snoozed_until = ConversationStatus.OPEN, None
    await _note(session, conversation, "The snooze is over", SYSTEM)
    return True


async def due_snoozes(session: AsyncSession, limit: int) -> list[tuple[UUID, UUID]]:
    """Return up to `limit` snoozed conversations whose time has come, as (organization, id); platform scope."""
    query = (
        select(Conversation.org_id, Conversation.id)
        .where(col(Conversation.status) == ConversationStatus.SNOOZED, col(Conversation.snoozed_until) <= clock.now())
        .order_by(col(Conversation.snoozed_until))
        .limit(limit)
    )
    return [(org_id, conversation_id) for org_id, conversation_id in (await session.exec(query)).all()]


async def assign(
    session: AsyncSession, conversation_id: UUID, assignee_id: UUID | None, member: Author
) -> Conversation:
    """Give a conversation to a teammate, or to nobody. Raises `Invalid` when they are not an approved member."""
    conversation = await items.locked(session, conversation_id)
    name = await member_name(session, assignee_id) if assignee_id else ""
    await _note(session, conversation, apply_assignee(conversation, assignee_id, name, member), member)
    return conversation


async def assign_team(
    session: AsyncSession, conversation_id: UUID, team_id: UUID | None, member: Author
) -> Conversation:
    """Give a conversation to a team, or to none. Raises `NotFound`."""
    conversation = await items.locked(session, conversation_id)
    team = await organizations.team(session, team_id) if team_id else None
    await _note(session, conversation, apply_team(conversation, team, member), member)
    return conversation


async def assign_in_turn(session: AsyncSession, conversation_id: UUID, team_id: UUID, member: Author) -> Conversation:
    """Give a conversation to the person of a team whose turn it is. Raises `NotFound`, `Conflict` (`nobody_there`)."""
    conversation = await items.locked(session, conversation_id)
    team = await organizations.team(session, team_id)
    next_up = await organizations.next_up(session, team.id)
    await _note(session, conversation, apply_team(conversation, team, member), member)
    await _note(session, conversation, apply_assignee(conversation, next_up.id, next_up.name, member), member)
    return conversation


async def member_name(session: AsyncSession, user_id: UUID) -> str:
    """Return the name of an approved member. Raises `Invalid` naming `assignee_id` for anybody else."""
    found = await session.exec(
        select(OrganizationMember).where(
            OrganizationMember.org_id == org_id_of(session),
            OrganizationMember.user_id == user_id,
            OrganizationMember.status == MemberStatus.APPROVED,
        )
    )
    teammate = found.first()
    if teammate is None:
        raise Invalid("This person is not on the team.", field="assignee_id")
    return teammate.full_name


async def tag(session: AsyncSession, conversation_id: UUID, tag_id: UUID, member: Author) -> Conversation:
    """Put a tag on a conversation. Raises `NotFound`, and `Invalid` beyond `MOST_TAGS`."""
    conversation = await items.locked(session, conversation_id)
    name = await tag_name(session, tag_id)
    if len(await tags_of(session, [conversation.id])) >= MOST_TAGS:
        raise Invalid(f"A conversation has at most {MOST_TAGS} tags.", field="tag_id")
    added = await put_tag(session, [conversation.id], tag_id)
    await _note(session, conversation, f"{member.name} added the tag {name}" if added else "", member)
    return conversation


async def untag(session: AsyncSession, conversation_id: UUID, tag_id: UUID, member: Author) -> Conversation:
    """Take a tag off a conversation. Raises `NotFound`."""
    conversation = await items.locked(session, conversation_id)
    name = await tag_name(session, tag_id)
    gone = await take_tag(session, [conversation.id], tag_id)
    await _note(session, conversation, f"{member.name} removed the tag {name}" if gone else "", member)
    return conversation


async def tag_name(session: AsyncSession, tag_id: UUID) -> str:
    """Return a tag's name. Raises `NotFound`."""
    found = await session.exec(select(Tag).where(Tag.org_id == org_id_of(session), Tag.id == tag_id))
    known = found.first()
    if known is None:
        raise NotFound("This tag does not exist.")
    return known.name


async def tags_of(session: AsyncSession, conversation_ids: Sequence[UUID]) -> list[tuple[UUID, UUID]]:
    """Return the tags of conversations as (conversation, tag)."""
    query = select(ConversationTag.conversation_id, ConversationTag.tag_id).where(
        ConversationTag.org_id == org_id_of(session), col(ConversationTag.conversation_id).in_(conversation_ids)
    )
    return [(conversation_id, tag_id) for conversation_id, tag_id in (await session.exec(query)).all()]


async def put_tag(session: AsyncSession, conversation_ids: Sequence[UUID], tag_id: UUID) -> list[UUID]:
    """Put a tag on locked conversations; return those that did not have it."""
    if not conversation_ids:
        return []
    org_id = org_id_of(session)
    rows = [ConversationTag(org_id=org_id, conversation_id=one, tag_id=tag_id).model_dump() for one in conversation_ids]
    added = await session.execute(
        insert(ConversationTag).values(rows).on_conflict_do_nothing().returning(col(ConversationTag.conversation_id))
    )
    return list(added.scalars())


async def take_tag(session: AsyncSession, conversation_ids: Sequence[UUID], tag_id: UUID) -> list[UUID]:
    """Take a tag off locked conversations; return those that had it."""
    gone = await session.exec(
        delete(ConversationTag)
        .where(
            col(ConversationTag.org_id) == org_id_of(session),
            col(ConversationTag.conversation_id).in_(conversation_ids),
            col(ConversationTag.tag_id) == tag_id,
        )
        .returning(col(ConversationTag.conversation_id))
    )
    return list(gone.scalars())


async def lock_many(session: AsyncSession, conversation_ids: Iterable[UUID]) -> list[Conversation]:
    """Return those of the conversations that exist, locked, always in the same order so that no two wait crosswise."""
    query = (
        select(Conversation)
        .where(Conversation.org_id == org_id_of(session), col(Conversation.id).in_(list(conversation_ids)))
        .order_by(col(Conversation.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list((await session.exec(query)).all())


async def announce_many(session: AsyncSession, conversations: Sequence[Conversation], kind: str) -> None:
    """Tell open inboxes that many conversations changed, in one statement."""
    if conversations:
        await realtime.announce_many(
            session, org_id_of(session), kind, [(one.id, one.last_seq) for one in conversations]
        )


async def announce_state(session: AsyncSession, conversation: Conversation) -> None:
    """Store a conversation's new state and tell open inboxes."""
    session.add(conversation)
    await session.flush()
    await realtime.announce(session, conversation.org_id, "conversation.updated", conversation_id=conversation.id)


async def _note(session: AsyncSession, conversation: Conversation, words: str, member: Author, **data: str) -> None:
    if words:
        await items.note_event(session, conversation, words, member_id=str(member.id or ""), **data)
    await announce_state(session, conversation)
