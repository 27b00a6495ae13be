"""Hold the page of one call: what it was, what came of it, what happened in it, and its transcript."""

from collections.abc import Sequence
from typing import ClassVar, TypedDict

import reflex as rx

from backend.calls import service as calls
from backend.calls.schemas import CallLine, Happening
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from state.agents.explaining import dollars
from state.calls.transcript import TranscriptState
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

NO_CALL: CallLine = {
    "id": "", "direction": "", "status": "", "disposition": "", "reason": "", "is_missed": False, "is_live": False,
    "contact_id": "", "contact_name": "", "conversation_id": "", "number": "", "number_display": "",
    "service_number": "", "service_display": "", "agent_id": "", "agent_name": "", "agent_version": 0,
    "started_at": "", "answered_at": "", "ended_at": "", "duration_s": 0, "purpose": "", "goal": "", "template": "",
    "given": [], "summary": "", "outcome": "", "sentiment": "", "action_items": [], "collected": {}, "cost_micros": 0,
    "costs": {}, "found": "",
}  # fmt: skip


class CostPart(TypedDict):
    """What one component of a call cost, such as `voice`."""

    name: str
    amount: str


class Collected(TypedDict):
    """Something the agent found out."""

    name: str
    value: str


class CallPageState(SessionState):
    """The page of one call."""

    HEARS: ClassVar[frozenset[str]] = frozenset({calls.CHANGED, "contact.updated", "resync"})

    call: CallLine = NO_CALL
    happenings: list[Happening] = []
    cost: str = ""
    costs: list[CostPart] = []
    collected: list[Collected] = []
    stage: str = "loading"
    """`loading`, `ready`, `gone` or `failed`."""
    has_failed: bool = False
    reference: str = ""

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the call the address names."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, CallPageState)
        wanted = self._address()
        if wanted != self.call["id"]:
            self.call, self.happenings, self.stage = NO_CALL, [], "loading"
            self.cost, self.costs, self.collected = "", [], []
        self.has_failed, self.reference = self.stage != "ready", ""
        try:
            call_id = parse_id(wanted, "call_id")
            await self._show(principal, wanted)
            await (await self.get_state(TranscriptState))._open(principal, call_id)
        except (NotFound, Invalid):
            self.stage = "gone"
        self.has_failed = False

    async def _show(self, principal: Principal, wanted: str) -> None:
        call_id = parse_id(wanted, "call_id")
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.call = await calls.line(session, call_id)
                self.happenings = await calls.happenings(session, call_id)
        self.cost = dollars(self.call["cost_micros"])
        self.costs = [CostPart(name=name, amount=dollars(micros)) for name, micros in self.call["costs"].items()]
        self.collected = [
            Collected(name=name.replace("_", " ").capitalize(), value=value)
            for name, value in self.call["collected"].items()
        ]
        self.stage = "ready"

    async def _hear(self, batch: Sequence[News]) -> None:
        wanted = self._address()
        if not self.call["id"] or wanted != self.call["id"]:
            hub.leave(self.router.session.client_token, CallPageState)
            return
        if not any(wanted in news.subjects or calls.CHANGED not in news.kinds for news in batch):
            return
        try:
            await self._show(await self._principal(), wanted)
        except NotFound:
            self.stage = "gone"

    def _address(self) -> str:
        return str(self.router.url.path.rstrip("/").rpartition("/")[2])
