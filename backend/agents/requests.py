"""Gather what a turn is given: the agent, the customer, what was said, and the means to call tools."""

from dataclasses import replace
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import history, replies, tool_calls
from backend.agents.posts import Post, Writer
from backend.agents.retrieval import Asked, retriever
from backend.agents.schemas import AgentSpec, TurnRequest
from backend.agents.specs import spec_of
from backend.details import service as details
from backend.functions.schemas import CallSetting
from backend.memory import service as memory
from backend.memory.schemas import Recall
from backend.models.agents import AgentConfig
from backend.models.contacts import Contact
from backend.models.conversations import ConversationItem
from backend.vendors.openai_models import OnText


async def request_of(
    session: AsyncSession,
    post: Post,
    agent: AgentConfig,
    contact: Contact,
    item: ConversationItem,
    turn_id: UUID,
    writer: Writer | None,
) -> TurnRequest:
    """Return the request that answers a message, the row `item` of the timeline."""
    setting = await post.setting(session, contact)
    found = await details.found_in(session, post.conversation_id, post.parts)
    spec, asked = await spec_of(session, agent), Asked()
    if setting.most_tokens is not None:
        spec = replace(spec, max_tokens=min(spec.max_tokens, setting.most_tokens))
    return TurnRequest(
        agent=spec,
        customer=setting.customer,
        history=history.lines(setting.items, item.seq, post.session_id),
        text=history.said(item.body, item.data) or "(empty message)",
        retrieve=retriever(agent.id, asked),
        channel=post.channel,
        notes=(*setting.notes, *history.briefs(setting.items, post.session_id)),
        found=found,
        call_tool=tool_calls.caller(
            CallSetting(
                org_id=post.org_id,
                agent_id=agent.id,
                agent_name=spec.name,
                agent_version=spec.version,
                channel=post.channel,
                conversation_id=post.conversation_id,
                turn_id=turn_id,
                session_id=post.session_id,
                is_proven=details.CERTAIN in post.parts,
                known=tool_calls.known(spec, setting.customer, found),
            )
        ),
        recall=recall_of(contact.id, spec, asked, post.remembered_in),
        on_text=_shown_by(writer) if writer is not None else None,
    )


def recall_of(contact_id: UUID, spec: AgentSpec, asked: Asked, told_in: str | None = "") -> Recall | None:
    """Return what looks up a customer's memory, if the agent has one and the channel says whose."""
    if not spec.memory.is_on or told_in is None:
        return None
    return memory.recaller(contact_id, spec.id, told_in, spec.memory, asked.vector_of)


def _shown_by(writer: Writer) -> OnText:
    """Return what shows an answer as it will be sent: mended while it grows."""

    async def show(text_so_far: str) -> None:
        await writer.grow(replies.mended(text_so_far))

    return show
