"""Write notes that only the team sees, and call the teammates whom they name."""

import re
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import items, unreads
from backend.conversations.schemas import Author
from backend.core import clock, jobs, realtime
from backend.core.errors import Invalid
from backend.models.conversations import ConversationItem
from backend.models.organizations import OrganizationMember
from backend.vocab import ItemKind, MemberStatus

NOTE_LIMIT = 5000
MOST_MENTIONS = 20
# Whoever is at work looks sooner; whoever is not finds a mail.
MAILED_AFTER = timedelta(minutes=5)


async def write(
    session: AsyncSession, conversation_id: UUID, body: str, mentioned: Sequence[UUID], member: Author
) -> ConversationItem:
    """Add a note to a conversation; those it mentions find the conversation unread and are told.

    `mentioned` counts where the note says `@` and the name; who has not looked after `MAILED_AFTER` is mailed, if they
    chose that. Raises `NotFound`, and `Invalid` for an empty or too long note, or for somebody who is not on the team.
    """
    body = body.strip()
    if not body:
        raise Invalid("Write a note first.", field="body")
    if len(body) > NOTE_LIMIT:
        raise Invalid(f"A note has at most {NOTE_LIMIT:,} characters.", field="body")
    conversation = await items.locked(session, conversation_id)
    people = await _people(session, conversation.org_id, list(dict.fromkeys(mentioned))[:MOST_MENTIONS])
    named = [one for one in people if f"@{one.full_name}".casefold() in re.sub(r"\s+", " ", body).casefold()]
    note = await items.append(
        session,
        conversation,
        kind=ItemKind.NOTE,
        author=member,
        body=body,
        data={"mentions": [{"id": str(one.user_id), "name": one.full_name} for one in named]} if named else None,
    )
    others = [one.user_id for one in named if one.user_id is not None and one.user_id != member.id]
    await unreads.mention(session, conversation, others)
    for user_id in others:
        await realtime.announce(
            session,
            conversation.org_id,
            "person.mentioned",
            conversation_id=conversation.id,
            seq=note.seq,
            subject=str(user_id),
        )
        await jobs.defer(
            session,
            "inbox.mail_mention",
            queueing_lock=f"mention:{conversation.id}:{user_id}",
            at=clock.now() + MAILED_AFTER,
            org_id=str(conversation.org_id),
            conversation_id=str(conversation.id),
            user_id=str(user_id),
        )
    return note


async def _people(session: AsyncSession, org_id: UUID, user_ids: Sequence[UUID]) -> list[OrganizationMember]:
    if not user_ids:
        return []
    query = select(OrganizationMember).where(
        OrganizationMember.org_id == org_id,
        col(OrganizationMember.user_id).in_(user_ids),
        OrganizationMember.status == MemberStatus.APPROVED,
    )
    found = list((await session.exec(query)).all())
    if len(found) < len(user_ids):
        raise Invalid("Somebody you mention is not on the team.", field="mentioned")
    return found
