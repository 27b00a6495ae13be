"""Show the questions agents could not answer, and take the answers people write."""

from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.knowledge import service as knowledge
from backend.knowledge.schemas import GapRow
from backend.vocab import MemberRole
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState


class GapState(SessionState):
    """The list of unanswered questions, and the dialog that answers one."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"knowledge.gap", "resync"})

    gaps: list[GapRow] = []
    is_loaded: bool = False
    has_failed: bool = False
    reference: str = ""
    can_edit: bool = False
    group_id: str = ""
    question: str = ""
    agent_id: str = ""
    agent_name: str = ""
    is_for_all: bool = True
    dismissed_id: str = ""
    errors: dict[str, str] = {"pairs": ""}

    @rx.event
    @answers
    async def load(self) -> None:
        """Show what nobody could answer."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, GapState)
        self.can_edit = principal.member_role != MemberRole.SUPPORT
        self.has_failed, self.reference, self.group_id, self.dismissed_id = not self.is_loaded, "", "", ""
        await self._show(principal)
        self.has_failed = False

    @rx.event
    @answers
    async def begin(self, group_id: str) -> None:
        """Open the dialog that answers a question."""
        await self._principal()
        for gap in self.gaps:
            if gap["id"] == group_id:
                self.group_id, self.question = group_id, gap["question"]
                self.agent_id, self.agent_name = gap["agent_id"], gap["agent_name"]
        self.is_for_all, self.errors = True, {"pairs": ""}

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Close the dialog."""
        await self._principal()
        if not is_open:
            self.group_id = ""

    @rx.event
    @answers
    async def set_for_all(self, is_for_all: bool) -> None:
        """Choose whether every agent learns the answer."""
        await self._principal()
        self.is_for_all = is_for_all

    @rx.event
    @answers
    async def answer(self, form: dict[str, Any]) -> None:
        """Teach the answer, and take the question off the list."""
        principal = await self._principal()
        self.errors = {"pairs": ""}
        agent_id = None if self.is_for_all or not self.agent_id else parse_id(self.agent_id)
        question, said = str(form.get("question") or ""), str(form.get("answer") or "")
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await knowledge.answer_gap(session, principal, parse_id(self.group_id), question, said, agent_id)
        self.group_id = ""
        await self._show(principal)

    @rx.event
    @answers
    async def dismiss(self, group_id: str) -> None:
        """Put a question away; for a while it can be brought back."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await knowledge.dismiss_gap(session, principal, parse_id(group_id))
        self.dismissed_id = group_id
        await self._show(principal)

    @rx.event
    @answers
    async def undo(self) -> None:
        """Bring back the question that was put away last."""
        principal = await self._principal()
        brought, self.dismissed_id = self.dismissed_id, ""
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await knowledge.reopen_gap(session, principal, parse_id(brought))
        await self._show(principal)

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self.router.url.path.startswith("/knowledge/gaps"):
            hub.leave(self.router.session.client_token, GapState)
            return
        await self._show(await self._principal())

    async def _show(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.gaps = await knowledge.open_gaps(session)
        self.is_loaded = True
