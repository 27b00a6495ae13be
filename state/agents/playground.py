"""Talk with an agent's draft as a customer would, on any text channel, and see why it says what it says."""

from typing import Any, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import MagpipeError
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.vocab import AgentType, Channel
from state.agents.explaining import Explaining
from state.agents.open_agent import AgentState
from state.agents.trial_call import TrialCallState
from state.errors import answers
from state.session import SessionState

# A test is a conversation of a few turns; older ones leave the tab's memory.
WINDOW = 40
TEXT_LIMIT = 1600
CHANNELS = (Channel.SMS, Channel.CHAT, Channel.EMAIL)


class Line(TypedDict):
    """One message of the test."""

    place: int
    is_ours: bool
    text: str


class PlaygroundState(Explaining, SessionState):
    """The Test part of an agent's page."""

    lines: list[Line] = []
    is_answering: bool = False
    error: str = ""
    channel: str = Channel.SMS.value
    _agent_id: str = ""

    async def _open(self, principal: Principal, agent_id: str) -> None:
        if self._agent_id != agent_id:
            self._clear()
            self._agent_id = agent_id
            (await self.get_state(TrialCallState))._forget()
            opened = await self.get_state(AgentState)
            own = {AgentType.CHAT_WIDGET: Channel.CHAT, AgentType.EMAIL: Channel.EMAIL}
            self.channel = own.get(AgentType(opened.agent_type), Channel.SMS).value

    @rx.event
    @answers
    async def clear(self) -> None:
        """Begin the test again."""
        await self._principal()
        self._clear()

    @rx.event
    @answers
    async def choose_channel(self, channel: str) -> None:
        """Begin the test again on another channel."""
        await self._principal()
        if channel in (*CHANNELS, Channel.CALL) and channel != self.channel:
            self._clear()
            self.channel = channel

    @rx.event(background=True)
    @answers
    async def say(self, form: dict[str, Any]) -> None:
        """Say something as the customer and show the agent's answer."""
        text = str(form.get("message", "")).strip()[:TEXT_LIMIT]
        async with self:
            principal = await self._principal()
            opened = await self.get_state(AgentState)
            agent_id, channel = opened.id, self.channel
            if not text or self.is_answering or not agent_id or channel == Channel.CALL:
                return
            history = [(line["is_ours"], line["text"]) for line in self.lines]
            self._add(text, is_ours=False)
            self.is_answering, self.error = True, ""
        try:
            turn = await agents.try_message(principal, parse_id(agent_id), text, history, channel)
        except MagpipeError as problem:
            async with self:
                self.is_answering, self.error = False, problem.message
            return
        except BaseException:
            async with self:
                self.is_answering = False
            raise
        async with self:
            self.is_answering = False
            if (self._agent_id, self.channel) != (agent_id, channel):
                return
            self._add(turn["reply"], is_ours=True)
            self._explain(turn)

    def _add(self, text: str, *, is_ours: bool) -> None:
        place = self.lines[-1]["place"] + 1 if self.lines else 1
        self.lines = [*self.lines, Line(place=place, is_ours=is_ours, text=text)][-WINDOW:]

    def _clear(self) -> None:
        self.lines, self.error = [], ""
        self._forget()
