"""Set a real turn up again as it was: what was said before it, what was known, and what its tools answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import history, queries, tools
from backend.agents.rehearsing import Cast, Rehearsal
from backend.agents.retrieval import retriever
from backend.agents.schemas import AgentSpec, Customer
from backend.agents.tools import ToolContext
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core.errors import NotFound
from backend.core.tenancy import org_id_of
from backend.details.schemas import Found
from backend.functions.schemas import Outcome
from backend.models.agents import AgentTurn
from backend.models.conversations import ConversationItem
from backend.vocab import Channel

# The window of the model is counted in messages; notes and events stand between them.
ITEMS_READ = 80
# An answer may land a few lines after the next message, and still belongs to the one before.
ITEMS_AFTER = 20


@dataclass(frozen=True)
class Scene:
    """A real turn, ready to be taken again: when it was, what the customer wrote, and who they are."""

    turn: AgentTurn
    asked: str
    at: datetime
    contact: str
    _customer: Customer
    _items: tuple[ConversationItem, ...]
    _seq: int
    _session_id: str
    _earlier: tuple[AgentTurn, ...]

    def rehearsal(self, cast: Cast) -> Rehearsal:
        """Return the conversation as it stood before this message, with `cast` in the place of the agent."""
        spec = replace(cast.spec, id=self.turn.agent_id or cast.spec.id)
        return Rehearsal(
            spec,
            channel=Channel(self.turn.channel),
            customer=self._customer,
            found=_found(self._earlier, spec, self._customer),
            notes=history.briefs([one for one in self._items if one.seq < self._seq], self._session_id),
            lines=list(history.lines(self._items, self._seq, self._session_id)),
            answers=lambda name, arguments: _recorded(self.turn.tools, name, arguments),
            at=self.at,
            retrieve=retriever(spec.id),
            approves=False,
        )


async def past_turns(session: AsyncSession, agent_id: UUID, talks: int, turns_each: int) -> list[AgentTurn]:
    """Return the newest turns of the newest conversations an agent took part in, at most so many of each."""
    return await queries.past_turns(session, org_id_of(session), agent_id, talks, turns_each)


async def scene(session: AsyncSession, turn_id: UUID) -> Scene:
    """Return a turn as it was. Raises `NotFound` when it, or the message it answered, is gone."""
    org_id = org_id_of(session)
    turn = await queries.turn(session, org_id, turn_id)
    item = await queries.item_of(session, org_id, turn.trigger_message_id) if turn else None
    if turn is None or item is None or item.conversation_id != turn.conversation_id:
        raise NotFound("The message of this turn is gone.")
    items = await queries.items_before(
        session, org_id, turn.conversation_id, item.seq + ITEMS_AFTER, ITEMS_READ + ITEMS_AFTER
    )
    conversation = await conversations.get(session, turn.conversation_id)
    contact = await contacts.get(session, conversation.contact_id)
    turns = await queries.turns_of_conversation(session, org_id, turn.conversation_id)
    earlier = tuple(one for one in turns if one.created_at < turn.created_at)
    later = [one for one in turns if one.created_at >= turn.created_at]
    is_proven = not item.data.get("is_unverified")
    # A name that was only learned in or after this turn was not known before it.
    was_named = not any(use["name"] == tools.SAVE_NAME and use["status"] == "ok" for one in later for use in one.tools)
    customer = Customer(
        contact.name if is_proven and was_named else "", (contact.phone_number or "") if is_proven else ""
    )
    return Scene(
        turn=turn,
        asked=history.said(item.body, item.data),
        at=turn.created_at,
        contact=contact.name or contact.phone_number or contact.email or "",
        _customer=customer,
        _items=tuple(items),
        _seq=item.seq,
        _session_id=str(item.data.get("session_id") or ""),
        _earlier=earlier,
    )


def _found(turns: Sequence[AgentTurn], spec: AgentSpec, customer: Customer) -> dict[str, Found]:
    """Return what the turns before had found out, by letting their calls count again."""
    found: dict[str, Found] = {}
    for turn in turns:
        for use in turn.tools:
            if use["name"] != tools.SAVE_DETAILS or use["status"] != "ok":
                continue
            answer = tools.call(use["name"], use["arguments"], ToolContext(customer, (), spec.details, found))
            if answer.effect is not None:
                found = {**found, **{one.name: one for one in tools.kept_details(answer.effect)}}
    return found


def _recorded(used: Sequence[Mapping[str, Any]], name: str, arguments: Mapping[str, Any]) -> Outcome | None:
    """Return what a call came to then: the same call if there was one, else another of the same name."""
    same = [use for use in used if use["name"] == name]
    use = next((one for one in same if one["arguments"] == dict(arguments)), same[0] if same else None)
    return Outcome(None, use["status"], use["result"]) if use else None
