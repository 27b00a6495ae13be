"""Let a person call an agent's draft from its page, and see why it says what it says."""

from typing import Any

import reflex as rx

from backend.agents import service as agents
from backend.calls import service as calls
from backend.core.config import settings
from backend.core.errors import Invalid, MagpipeError
from backend.core.ids import parse_id
from state.agents.explaining import Explaining
from state.agents.open_agent import AgentState
from state.errors import answers
from state.session import SessionState


class TrialCallState(Explaining, SessionState):
    """The call in the Test part of an agent's page."""

    # Where the page calls, and with what pass (good once, for a minute), or why it may not; `n` grows with each.
    opening: dict[str, Any] = {"n": 0, "url": "", "pass": "", "problem": ""}

    @rx.event
    @answers
    async def begin(self) -> None:
        """Give the page what it calls with; it says itself what is wrong where it may not."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        self._forget()
        agent_id, shown, problem = parse_id(opened.id), "", ""
        try:
            await agents.let_try_call(principal, agent_id)
            shown = calls.browser_pass(principal, calls.Door.TEST, agent_id)
        except MagpipeError as error:
            problem = error.message
        url = settings().voice_browser_url
        self.opening = {"n": self.opening["n"] + 1, "url": url, "pass": shown, "problem": problem}

    @rx.event
    @answers
    async def explain(self, turn: dict[str, Any]) -> None:
        """Show why the latest answer was given, as the call told the page; it is this page's alone."""
        await self._principal()
        try:
            self._explain(turn)  # type: ignore[arg-type]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            # A page may send anything; what is no turn explains nothing.
            raise Invalid("This is no answer of a call.", code="malformed_event") from error
