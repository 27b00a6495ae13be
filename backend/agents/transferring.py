"""Hand a conversation to whom the agent's settings name: a person, a team, or another agent."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import queries
from backend.agents.posts import Place
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core.errors import Invalid, NotFound
from backend.core.logging import log
from backend.models.agents import AgentTurn
from backend.models.conversations import Conversation
from backend.vocab import AuthorKind


async def transfer(
    session: AsyncSession, post: Place, conversation: Conversation, turn: AgentTurn, target: Mapping[str, str]
) -> None:
    """Give a locked conversation to a target; one that is gone by now leaves it to the whole team.

    That people are called, where the target is one, is the turn's matter.
    """
    by = Author(AuthorKind.AGENT, turn.agent_name, turn.agent_id)
    target_id = UUID(target["id"])
    try:
        if target["kind"] == "person":
            await conversations.assign(session, conversation.id, target_id, by)
        elif target["kind"] == "team":
            await conversations.assign_team(session, conversation.id, target_id, by)
        else:
            await _to_agent(session, post, conversation, turn, target_id, target["reason"])
    except (Invalid, NotFound):
        log.info("agents.target_gone", target=target["id"], kind=target["kind"])
        if target["kind"] == "agent":
            await post.call_for_person(session, conversation, target["reason"])


async def _to_agent(
    session: AsyncSession, post: Place, conversation: Conversation, turn: AgentTurn, agent_id: UUID, reason: str
) -> None:
    agent = await queries.agent(session, turn.org_id, agent_id)
    if agent is None or not agent.is_active:
        raise NotFound("This agent does not exist or is switched off.")
    await post.leave_to(session, conversation, agent.id)
    more = {"session_id": post.session_id} if post.session_id else {}
    words = f"{turn.agent_name} transferred this to the agent {agent.name}: {reason}"
    await conversations.note_event(session, conversation, words, **more)
