"""Have an agent talk in a rehearsal: the same turns as with a customer, and nothing real happens.

Nothing is stored, sent or called. What tools want done is applied to the rehearsal alone, and what would be asked of
another system is answered from what the rehearsal declares.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import fields, queries, runtime, schedule, tools, versions
from backend.agents.retrieval import retriever
from backend.agents.schedule import SCHEDULES
from backend.agents.schemas import AgentSpec, Customer, Line, Retrieve, TurnRecord, TurnRequest
from backend.agents.specs import spec_of
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.tenancy import org_id_of
from backend.details.schemas import Found
from backend.functions.schemas import Offer, Outcome
from backend.vocab import Channel, ToolCallStatus, ToolPolicy

# As many lines as a real turn is given (`history.LAST`).
LINES = 20
# Returns what a call comes to, or None where the rehearsal declares nothing.
Answers = Callable[[str, Mapping[str, Any]], Outcome | None]
DRY = "Done."


@dataclass(frozen=True)
class Cast:
    """An agent as it plays in a rehearsal: what a turn needs of it, and every field it has."""

    spec: AgentSpec
    values: dict[str, Any]
    live_version: int
    revision: int

    def is_open(self, channel: Channel, at: datetime) -> bool:
        """Tell whether the agent answers a channel at a moment."""
        known = self.values
        return schedule.is_open(known[SCHEDULES[channel]], known["schedule_timezone"] or "UTC", at, known["holidays"])


async def cast(session: AsyncSession, agent_id: UUID, number: int, values: Mapping[str, Any] | None = None) -> Cast:
    """Return an agent as its version `number` is, 0 being its draft, or as `values` say. Raises `NotFound`."""
    agent = await queries.agent(session, org_id_of(session), agent_id)
    if agent is None:
        raise NotFound("This agent does not exist.")
    known = await versions.snapshot(session, agent, number) if values is None else fields.completed(values)
    return Cast(await spec_of(session, agent, known), known, agent.version, agent.draft_revision)


@dataclass
class Rehearsal:
    """A conversation that is only tried; `at` pins its clock. Works in the organization scope of its caller."""

    agent: AgentSpec
    channel: Channel = Channel.SMS
    customer: Customer = field(default_factory=Customer)
    found: dict[str, Found] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    lines: list[Line] = field(default_factory=list)
    answers: Answers = lambda name, arguments: None
    at: datetime | None = None
    retrieve: Retrieve | None = None
    approves: bool = True
    """Whether what a person would have to approve counts as approved; otherwise the turn ends by asking."""

    async def say(self, text: str) -> TurnRecord:
        """Return what the agent answers the customer's `text`, both of which join the lines."""
        with clock.at(self.at) if self.at else nullcontext():
            record = await runtime.turn(self._request(text))
        self.lines += [Line("user", text), Line("assistant", record.reply)]
        for effect in record.effects:
            if effect.kind == tools.NAME_CONTACT:
                self.customer = replace(self.customer, name=effect.value)
            elif effect.kind == tools.KEEP_DETAILS:
                self.found |= {one.name: one for one in tools.kept_details(effect)}
        return record

    def _request(self, text: str) -> TurnRequest:
        return TurnRequest(
            agent=replace(self.agent, tools=tuple(map(_approved, self.agent.tools))) if self.approves else self.agent,
            customer=self.customer,
            history=tuple(self.lines[-LINES:]),
            text=text,
            retrieve=self.retrieve or retriever(self.agent.id),
            channel=self.channel,
            notes=self.notes,
            found=dict(self.found),
            call_tool=self._call,
        )

    async def _call(self, offer: Offer, arguments: Mapping[str, Any], limit_s: float) -> Outcome:
        return self.answers(offer.name, arguments) or Outcome(None, ToolCallStatus.OK, DRY)


def _approved(offer: Offer) -> Offer:
    return replace(offer, policy=ToolPolicy.ALLOWED) if offer.policy == ToolPolicy.ASK else offer
