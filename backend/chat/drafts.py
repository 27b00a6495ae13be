"""Send what an agent drafted for a chat, once a person approves it."""

from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import messages, queries
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import realtime
from backend.core.errors import Conflict, NotFound
from backend.core.principal import Principal
from backend.models.chat import ChatMessage
from backend.vocab import AuthorKind, MemberRole


async def approve_draft(
    session: AsyncSession, principal: Principal, conversation_id: UUID, seq: int, body: str, item_id: UUID | None = None
) -> ChatMessage:
    """Send a draft as it stands or as the person rewrote it, into its session; approving twice sends once.

    `item_id` is the draft the person saw: lines are numbered anew when conversations are merged.
    Raises `NotFound`, `Conflict` (`draft_decided`, `draft_moved`, `chat_closed`) and `Invalid` (`body`).
    """
    principal.require(MemberRole.SUPPORT)
    conversation = await conversations.locked(session, conversation_id)
    draft = await queries.draft(session, conversation.org_id, conversation.id, seq)
    if draft is None:
        raise NotFound("This draft does not exist.")
    if item_id is not None and draft.id != item_id:
        raise Conflict("This conversation changed meanwhile. Look at the draft again.", code="draft_moved")
    if draft.status == "discarded":
        raise Conflict("This draft was discarded.", code="draft_decided")
    text = messages.checked(body, 0, field="body")
    is_edited = text != draft.body.strip()
    kept: dict[str, Any] = {name: draft.data[name] for name in ("turn_id", "agent_version") if name in draft.data}
    turn_id = UUID(str(kept["turn_id"])) if "turn_id" in kept else None
    if is_edited:
        author = Author(AuthorKind.MEMBER, principal.name, principal.user_id)
    else:
        author = Author(AuthorKind.AGENT, draft.author_name, draft.author_id)
    sent = await messages.reply(
        session,
        conversation,
        UUID(str(draft.data["session_id"])),
        text,
        author,
        dedupe_key=f"draft:{draft.id}",
        turn_id=turn_id,
        is_ai=not is_edited,
        sent_by=principal.user_id,
        data={**kept, "approved_by": principal.name, "is_edited": is_edited},
    )
    draft.status = "approved"
    draft.data = {**draft.data, "decided_by": principal.name, "message_id": str(sent.id)}
    session.add(draft)
    if turn_id is not None:
        await queries.note_reply(session, conversation.org_id, turn_id, sent.id)
    await session.flush()
    await realtime.announce(session, draft.org_id, "item.updated", conversation_id=conversation.id, seq=draft.seq)
    return sent
