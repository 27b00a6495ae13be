"""List what an agent does by itself: every skill there is, switched on, off, or not yet set up."""

from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.skills import service as skills
from backend.skills.schemas import SkillCard
from state.agents.open_agent import AgentState
from state.errors import answers
from state.hub import News, hub
from state.loading import Loading
from state.removal import Removal
from state.session import SessionState


class SkillsState(Loading, Removal, SessionState):
    """The cards in the Skills part of an agent's page."""

    HEARS: ClassVar[frozenset[str]] = frozenset({skills.CHANGED, "resync"})

    cards: list[SkillCard] = []
    _agent_id: str = ""

    async def _open(self, principal: Principal, agent_id: str) -> None:
        hub.subscribe(self.router.session.client_token, principal, SkillsState)
        if agent_id != self._agent_id:
            self.cards, self.is_loaded = [], False
        self.doomed_id, self._agent_id = "", agent_id
        await self._load(self._show(principal))

    @rx.event
    @answers
    async def set_enabled(self, slug: str, is_enabled: bool) -> Any:
        """Switch a skill on or off; what it lacks to be on is asked for in its dialog."""
        from state.agents.skill_editor import SkillEditorState

        principal = await self._principal()
        card = self._card(slug)
        if is_enabled and not card["is_ready"]:
            return SkillEditorState.edit(slug)
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await skills.set_enabled(session, principal, parse_id(card["id"]), is_enabled)
        except Invalid:
            return SkillEditorState.edit(slug)
        await self._show(principal)
        return None

    @rx.event
    @answers
    async def run_now(self, slug: str) -> Any:
        """Start a run in the background."""
        principal = await self._principal()
        card = self._card(slug)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await skills.run_now(session, principal, parse_id(card["id"]))
        return rx.toast(f"{card['name']} runs. Its history shows what comes of it.")

    @rx.event
    @answers
    async def ask_remove(self, slug: str) -> None:
        """Ask whether a skill shall be forgotten, by its name."""
        await self._principal()
        card = self._card(slug)
        self.doomed_id, self.doomed_name = card["id"], card["name"]

    @rx.event
    @answers
    async def remove(self) -> None:
        """Forget the skill the person was asked about."""
        principal = await self._principal()
        doomed = self._doomed()
        if not doomed:
            return
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await skills.remove(session, principal, parse_id(doomed))
        await self._show(principal)

    async def _hear(self, batch: Sequence[News]) -> None:
        if self._agent_id and (await self.get_state(AgentState)).tab == "skills":
            await self._show(await self._principal())

    async def _show(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.cards = await skills.cards(session, parse_id(self._agent_id))
        self.is_loaded, self.has_failed = True, False

    def _card(self, slug: str) -> SkillCard:
        """Return a card of the open agent. Raises `NotFound`."""
        found = next((one for one in self.cards if one["slug"] == slug), None)
        if found is None:
            raise NotFound("This skill does not exist.")
        return found
