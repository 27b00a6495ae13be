"""Show proposed instructions line by line, from the model or after a name changed, to take or to leave."""

from typing import Any, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import MagpipeError
from backend.core.ids import parse_id
from state.agents.open_agent import AgentState
from state.agents.prompt import PromptState
from state.errors import answers
from state.session import SessionState

# A tab's memory holds what a person can read; longer differences end with a note.
MOST_LINES = 400


class Line(TypedDict):
    """One line of a difference; `place` counts from 0."""

    place: int
    mark: str
    text: str


def numbered(lines: Any) -> list[Line]:
    """Return the lines of a difference with their places."""
    return [Line(place=place, mark=one["mark"], text=one["text"]) for place, one in enumerate(lines[:MOST_LINES])]


class ProposalState(SessionState):
    """The dialog that proposes instructions."""

    is_open: bool = False
    is_working: bool = False
    is_from_model: bool = False
    lines: list[Line] = []
    lost: list[str] = []
    error: str = ""
    _text: str = ""
    _base: str = ""

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Open the dialog to ask the model, or close it."""
        await self._principal()
        self.is_open, self.is_from_model = is_open, True
        self.lines, self.lost, self.error, self._text = [], [], "", ""

    @rx.event(background=True)
    @answers
    async def improve(self, form: dict[str, Any]) -> None:
        """Ask the model for better instructions."""
        async with self:
            principal = await self._principal()
            opened = await self.get_state(AgentState)
            agent_id, base = opened.id, (await self.get_state(PromptState)).text
            if self.is_working or not agent_id:
                return
            self.is_working, self.error, self.lines, self._text = True, "", [], ""
        try:
            found = await agents.improve(principal, parse_id(agent_id), str(form.get("wish", "")))
        except MagpipeError as problem:
            async with self:
                self.is_working, self.error = False, problem.message
            return
        except BaseException:
            async with self:
                self.is_working = False
            raise
        async with self:
            self.is_working = False
            self.lines, self.lost = numbered(found.lines), list(found.lost)
            self._text, self._base = found.text, base
            if not found.lines:
                self.error = "The model found nothing to change."

    @rx.event
    @answers
    async def show_mention(self) -> None:
        """Show the instructions with the new name in the place of the former one."""
        await self._principal()
        opened = await self.get_state(AgentState)
        old, new = opened.mention["old"], opened.mention["new"]
        if not old:
            return
        self._base = opened._values["system_prompt"]
        self._text = self._base.replace(old, new)
        self.lines, self.lost, self.error = numbered(agents.line_changes(self._base, self._text)), [], ""
        self.is_open, self.is_from_model = True, False

    @rx.event
    @answers
    async def accept(self) -> None:
        """Take the proposed instructions into the draft."""
        principal = await self._principal()
        if not self._text:
            return
        opened = await self.get_state(AgentState)
        if await opened._change(principal, {"system_prompt": self._text}, {"system_prompt": self._base}):
            opened.mention = {"old": "", "new": ""}
        await opened._refresh_part()
        self.is_open, self._text, self.lines = False, "", []
