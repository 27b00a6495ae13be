"""Hold a call in which a person tries an agent's draft at their browser: all of it is told to their screen, none kept.

The screen is told `ready` (what only stands in for a vendor), `caption` as words come, `speaks` when a
speech is whole, `state` of the agent, `tool`, `why` for each answer, and `ended`.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any

from livekit.agents import AgentStateChangedEvent, UserInputTranscribedEvent
from livekit.agents.voice import io

from voice_agent import gateway, vendors
from voice_agent.legs.browser import BrowserLine
from voice_agent.legs.port import Leg

if TYPE_CHECKING:
    from voice_agent.session import CallSession
    from voice_agent.worker import Worker

_LINE = "transcript.line"


async def hold(worker: Worker, line: BrowserLine, door: gateway.Pass) -> None:
    """Hold the trial until either side ends it. Raises `MagpipeError` when it cannot begin."""

    async def explain(turn: gateway.TurnView) -> None:
        await line.tell("why", turn=turn)

    brain = await gateway.trial(door, explain)
    await worker.hold(line, _brief(brain, door), Tried(line, brain))


class Tried:
    """What stands behind a trial (see `keeping.Keeping`)."""

    is_kept = False

    def __init__(self, line: BrowserLine, brain: gateway.Trial) -> None:
        self._line, self._brain = line, brain

    async def brain(self) -> gateway.Speaking:
        """Return the draft."""
        return self._brain

    async def reserve(self, micros: int, *, is_first: bool = False) -> int:
        """Grant what is asked for: it costs the business nothing."""
        return micros

    async def tell(self, event_id: str, kind: str, data: Mapping[str, Any], at: datetime) -> None:
        """Show what happened, and keep nothing."""
        if kind == _LINE:
            await self._line.tell("caption", **data, is_final=True)
        elif kind == "tool.called":
            await self._line.tell("tool", name=data["name"], status=data["status"])
        elif kind in ("agent.left", "call.ended"):
            await self._line.tell("ended", ending=data["ending"])

    def recorded(self, leg: Leg) -> AbstractAsyncContextManager[None]:
        """Record nothing."""
        return nullcontext()

    async def asked(self) -> list[gateway.Request]:
        """Return nothing: nobody knows of it but the person who tries."""
        return []

    async def follow(self, held: CallSession) -> None:
        """Have the screen follow the call, and the call take what is typed."""
        self._line.said = held.write
        session = held.session

        def on_words(event: UserInputTranscribedEvent) -> None:
            self._line.show("caption", who="caller", text=event.transcript, is_final=False)

        def on_state(event: AgentStateChangedEvent) -> None:
            self._line.show("state", state=event.new_state)

        session.on("user_input_transcribed", on_words)
        session.on("agent_state_changed", on_state)
        session.output.transcription = _Captions(self._line)
        # No language of its own is spoken by an agent that hears many.
        language = str(self._brain.settings["language"])[:2] if self._brain.settings["language"] != vendors.MANY else ""
        await self._line.tell("ready", stand_ins=gateway.stand_ins(), language=language)


class _Captions(io.TextOutput):
    """Shows what the agent is saying while it is being made; the line as it was heard takes its place."""

    def __init__(self, line: BrowserLine) -> None:
        super().__init__(label="captions", next_in_chain=None)
        self._line = line
        self._text = ""

    async def capture_text(self, text: str) -> None:
        self._text += text
        await self._line.tell("caption", who="agent", text=self._text, is_final=False)

    def flush(self) -> None:
        if self._text:
            self._line.show("speaks", text=self._text)
        self._text = ""


def _brief(brain: gateway.Trial, door: gateway.Pass) -> gateway.CallBrief:
    """Return the trial as a call is known to who holds it: of nobody, and free."""
    return gateway.CallBrief(
        call_id=gateway.new_id(),
        org_id=door.org_id,
        conversation_id=gateway.new_id(),
        contact_id=gateway.new_id(),
        contact_name="",
        business_name=brain.spec.business_name,
        direction=brain.direction,
        caller_number="",
        service_number="",
        status="in_progress",
        agent_id=brain.spec.id,
        agent_name=brain.spec.name,
        agent_version=brain.spec.version,
        settings=brain.settings,
        purpose="",
        goal="",
        prompt_override="",
        variables={},
        per_minute={},
        has_returned=False,
        said=(),
    )
