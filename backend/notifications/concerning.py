"""Tell which agent an occasion concerns, whose settings decide who hears of it.

The answer is the same before and after the agent has answered: the first thing that happens in a conversation is told
of while nobody is known yet as the one who answers it.
"""

from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.models.agents import AgentConfig
from backend.models.conversations import Conversation, ConversationItem
from backend.vocab import AuthorKind

# Who answers where the customer wrote or called last, up to an item: by its number, chat, mailbox or call.
_ANSWERS = text("""
select coalesce(n.text_agent_id, n.agent_id, t.handed_to_agent_id, t.agent_id, w.agent_id, e.agent_id, b.agent_id,
    r.agent_id)
from conversation_items i
left join sms_messages m on m.id = i.record_id
left join service_numbers n on n.id = m.number_id
left join chat_messages x on x.id = i.record_id
left join chat_sessions t on t.id = x.session_id
left join chat_widgets w on w.id = t.widget_id
left join email_messages e on e.id = i.record_id
left join agent_email_configs b on b.id = e.mailbox_id
left join call_records r on r.id = i.record_id
where i.conversation_id = :conversation and i.seq between :first and :last and i.record_id is not null
order by i.seq desc limit 1
""")


async def agent_of(
    session: AsyncSession, conversation: Conversation, item: ConversationItem
) -> tuple[UUID | None, str]:
    """Return the agent an item concerns, with its name: whom it names, else who answers there, or (None, "")."""
    known = await _named(session, item) or await _answering(session, conversation, item.seq, item.seq)
    if known is None and conversation.agent_id is not None:
        known = await _existing(session, conversation.agent_id)
    known = known or await _answering(session, conversation, 0, item.seq)
    return (known.id, known.name) if known else (None, "")


async def _named(session: AsyncSession, item: ConversationItem) -> AgentConfig | None:
    """Return the agent that did it, if one did."""
    if item.author_kind == AuthorKind.AGENT and item.author_id is not None:
        return await _existing(session, item.author_id)
    try:
        return await _existing(session, parse_id(str(item.data.get("agent_id") or "")))
    except Invalid:
        return None


async def _answering(session: AsyncSession, conversation: Conversation, first: int, last: int) -> AgentConfig | None:
    asked = {"conversation": conversation.id, "first": first, "last": last}
    agent_id = (await session.execute(_ANSWERS, asked)).scalar_one_or_none()
    return await _existing(session, agent_id) if agent_id is not None else None


async def _existing(session: AsyncSession, agent_id: UUID) -> AgentConfig | None:
    try:
        return await agents.get(session, agent_id)
    except NotFound:
        return None
