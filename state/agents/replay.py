"""Replay past conversations with the draft before it is published, and show which decisions change."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, TypedDict

import reflex as rx

from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.evals import service as evals
from backend.evals.schemas import ReplayView
from state.agents.explaining import dollars
from state.agents.open_agent import AgentState
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState


class Shift(TypedDict):
    """One thing that is decided otherwise."""

    what: str
    before: str
    after: str


class Changed(TypedDict):
    """A message that the draft would treat otherwise."""

    key: str
    conversation_id: str
    contact: str
    asked: str
    at: str
    shifts: list[Shift]
    was: str
    reply: str


class ReplayState(SessionState):
    """What the draft would decide otherwise, in the dialog that publishes it."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"tests.changed", "resync"})

    size: str = "10"
    # `none`, `running`, `done` or `cancelled`.
    status: str = "none"
    conversations: int = 0
    total: int = 0
    done: int = 0
    broken: int = 0
    is_stale: bool = False
    cost: str = ""
    changed: list[Changed] = []
    _round_id: str = ""

    async def _open(self, principal: Principal) -> None:
        hub.subscribe(self.router.session.client_token, principal, ReplayState)
        await self._show(principal)

    @rx.event
    @answers
    async def choose_size(self, size: str) -> None:
        """Choose how many conversations are replayed."""
        await self._principal()
        if size in [str(one) for one in evals.SIZES]:
            self.size = size

    @rx.event
    @answers
    async def begin(self) -> None:
        """Replay the newest conversations with the draft."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await evals.replay(session, principal, parse_id(opened.id, "agent"), int(self.size))
        await self._show(principal)

    @rx.event
    @answers
    async def cancel(self) -> None:
        """Stop the replay."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await evals.cancel(session, principal, parse_id(self._round_id, "replay"))
        await self._show(principal)

    async def _hear(self, batch: Sequence[News]) -> None:
        opened = await self.get_state(AgentState)
        if opened.id and any("resync" in news.kinds or opened.id in news.subjects for news in batch):
            await self._show(await self._principal())

    async def _show(self, principal: Principal) -> None:
        opened = await self.get_state(AgentState)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await evals.show_replay(session, parse_id(opened.id, "agent"))
        self._take(found)

    def _take(self, found: ReplayView | None) -> None:
        if found is None:
            self.status, self.changed, self._round_id = "none", [], ""
            return
        self._round_id, self.status = found["id"], found["status"]
        self.conversations, self.total, self.done = found["conversations"], found["total"], found["done"]
        self.broken, self.is_stale, self.cost = found["errors"], found["is_stale"], dollars(found["cost_micros"])
        self.changed = [
            Changed(
                key=f"{place}",
                conversation_id=one["conversation_id"],
                contact=one["contact"],
                asked=one["asked"],
                at=one["at"],
                shifts=[_shift(row) for row in one["changes"]],
                was=one["was"],
                reply=one["reply"],
            )
            for place, one in enumerate(found["changed"])
        ]


def _shift(row: Mapping[str, str]) -> Shift:
    """Return a change; tools are told as their names read aloud."""
    tools = row["what"] in ("tools", "refused")
    before, after = (row[one].replace("_", " ") if tools else row[one] for one in ("before", "after"))
    return Shift(what=row["what"], before=before, after=after)
