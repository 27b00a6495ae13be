"""Give away the conversations of somebody who left: to a person, to a team in turn, or to nobody."""

from uuid import UUID

from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import changes, items
from backend.conversations.schemas import Author
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.tenancy import org_id_of
from backend.models.conversations import Conversation, ConversationUnread
from backend.models.organizations import Team
from backend.organizations import service as organizations
from backend.vocab import ConversationStatus

# How many conversations one transaction holds.
AT_ONCE = 200


async def hand_over(
    session: AsyncSession,
    leaver_id: UUID,
    member: Author,
    *,
    assignee_id: UUID | None = None,
    team_id: UUID | None = None,
) -> bool:
    """Give away up to `AT_ONCE` conversations of `leaver_id` and tell whether more are left.

    Open and snoozed ones go to `assignee_id`, or to whose turn it is in `team_id`, or to nobody; closed ones always to
    nobody, so that a customer who writes again is not kept for somebody who is gone. Whom they were meant for may be
    gone by now as well: then to nobody. Each says so in its timeline.
    """
    org_id = org_id_of(session)
    query = (
        select(Conversation.id)
        .where(Conversation.org_id == org_id, Conversation.assignee_id == leaver_id)
        .order_by(col(Conversation.id))
        .limit(AT_ONCE)
    )
    found = (await session.exec(query)).all()
    # Somebody may have taken one between reading and locking.
    mine = [one for one in await changes.lock_many(session, found) if one.assignee_id == leaver_id]
    team = await _team(session, team_id)
    name = await _name(session, assignee_id)
    for one in mine:
        to, called = (assignee_id, name) if name else (None, "")
        if one.status == ConversationStatus.CLOSED:
            to, called = None, ""
        elif team is not None:
            if words := changes.apply_team(one, team, member):
                items.stage_event(session, one, words, member)
            to, called = await _whose_turn(session, team)
        if words := changes.apply_assignee(one, to, called, member):
            items.stage_event(session, one, words, member)
    await session.flush()
    await changes.announce_many(session, mine, "item.added")
    if len(found) == AT_ONCE:
        return True
    await session.exec(
        delete(ConversationUnread).where(
            col(ConversationUnread.org_id) == org_id, col(ConversationUnread.user_id) == leaver_id
        )
    )
    return False


async def waiting_with(session: AsyncSession, user_id: UUID) -> int:
    """Return how many open and snoozed conversations are assigned to a person."""
    query = (
        select(func.count())
        .select_from(Conversation)
        .where(
            Conversation.org_id == org_id_of(session),
            Conversation.assignee_id == user_id,
            Conversation.status != ConversationStatus.CLOSED,
        )
    )
    return (await session.exec(query)).one()


async def _team(session: AsyncSession, team_id: UUID | None) -> Team | None:
    try:
        return await organizations.team(session, team_id) if team_id else None
    except NotFound:
        return None


async def _name(session: AsyncSession, assignee_id: UUID | None) -> str:
    try:
        return await changes.member_name(session, assignee_id) if assignee_id else ""
    except Invalid:
        return ""


async def _whose_turn(session: AsyncSession, team: Team) -> tuple[UUID | None, str]:
    try:
        up = await organizations.next_up(session, team.id)
    except Conflict:
        return None, ""
    return up.id, up.name
