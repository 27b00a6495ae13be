"""Keep what each person is writing in each conversation, so that no tab, device or deployment loses it."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import service as conversations
from backend.core import clock
from backend.core.errors import Invalid
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.inbox.schemas import DraftRow
from backend.models.inbox import MessageDraft

MODES = ("reply", "note")
# Longer than anything that may be sent, so that what is too long can still be cut.
LONGEST = 20_000


async def drafts(session: AsyncSession, principal: Principal, conversation_id: UUID) -> list[DraftRow]:
    """Return what the person was writing in a conversation: at most a reply and a note."""
    query = select(MessageDraft).where(
        MessageDraft.org_id == org_id_of(session),
        MessageDraft.user_id == principal.user_id,
        MessageDraft.conversation_id == conversation_id,
    )
    return [
        DraftRow(
            mode=one.mode,
            channel=one.channel,
            body=one.body,
            began_seq=one.began_seq,
            saved_at=one.saved_at.isoformat(),
        )
        for one in (await session.exec(query)).all()
    ]


async def save_draft(
    session: AsyncSession,
    principal: Principal,
    conversation_id: UUID,
    mode: str,
    body: str,
    *,
    channel: str = "",
    began_seq: int = 0,
) -> str:
    """Keep what the person is writing, or forget it when it is empty; return when, as ISO 8601.

    Raises `NotFound` for a conversation that does not exist, `Invalid`.
    """
    if mode not in MODES:
        raise Invalid("A draft is a reply or a note.", field="mode")
    conversation = await conversations.get(session, conversation_id)
    now = clock.now()
    if not body.strip():
        await forget_draft(session, principal, conversation_id, mode)
        return now.isoformat()
    row = MessageDraft(
        org_id=conversation.org_id,
        user_id=principal.user_id,
        conversation_id=conversation.id,
        mode=mode,
        channel=channel[:16],
        body=body[:LONGEST],
        began_seq=max(0, began_seq),
        saved_at=now,
    )
    changed = {"body": row.body, "channel": row.channel, "began_seq": row.began_seq, "saved_at": now, "updated_at": now}
    await session.execute(
        insert(MessageDraft)
        .values(**row.model_dump())
        .on_conflict_do_update(index_elements=["user_id", "conversation_id", "mode"], set_=changed)
    )
    return now.isoformat()


async def forget_draft(session: AsyncSession, principal: Principal, conversation_id: UUID, mode: str) -> None:
    """Forget what the person was writing, because it was sent or thrown away."""
    await session.exec(
        delete(MessageDraft).where(
            col(MessageDraft.org_id) == org_id_of(session),
            col(MessageDraft.user_id) == principal.user_id,
            col(MessageDraft.conversation_id) == conversation_id,
            col(MessageDraft.mode) == mode,
        )
    )
