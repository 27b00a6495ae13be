"""Have an agent's draft speak in a call that is only tried: what a customer would hear, and nothing is stored or done.

As in the Test part for texts (`playground`): what tools would have done is listed and left undone, functions that only
read are called, and every answer comes with why it was given.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

from backend.agents import fields, tool_calls, trials, voices
from backend.agents.retrieval import Asked
from backend.agents.schemas import AgentSpec, CallTool, Customer, TurnView
from backend.agents.speaking import Answer, Speaker, Speaking, spoken
from backend.agents.specs import spec_of
from backend.agents.turns import tried
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of, unit_of_work
from backend.details.schemas import Found
from backend.functions.schemas import CallSetting
from backend.memory.schemas import Recall
from backend.vocab import AgentType, Channel, Direction
from backend.voice_copies import service as voice_copies

# Is told why an answer was given, once it was said.
Told = Callable[[TurnView], Awaitable[None]]


class Trial(Speaking):
    """The brain of a call that is only tried."""

    def __init__(self, org_id: UUID, speaker: Speaker, spec: AgentSpec, told: Told) -> None:
        super().__init__(org_id, speaker, spec, Customer())
        self.settings: Mapping[str, Any] = speaker.settings
        """Every field of the draft, as the call keeps to it."""
        self.direction = speaker.direction
        self._told = told

    async def call_people(self, reason: str) -> None:
        """Call nobody: who tries the agent is there."""

    async def keep(self, answer: Answer, reply: str, is_interrupted: bool = False) -> None:
        """Tell what the answer rests on, and store nothing."""
        await self._told(tried(self.spec, answer.finished(reply, is_interrupted)))

    async def _found(self) -> dict[str, Found]:
        return {}

    def _caller(self, setting: CallSetting) -> CallTool:
        return tool_calls.reading_caller(setting)

    def _recall(self, asked: Asked) -> Recall | None:
        return None

    def _setting(self, turn_id: UUID | None) -> CallSetting:
        return CallSetting(self._org_id, self.spec.id, self.spec.name, self.spec.version, Channel.CALL, is_test=True)


async def begin(agent_id: UUID, told: Told) -> Trial:
    """Return the brain of a trial with the draft, in the organization scope of its caller. Raises `NotFound`."""
    async with unit_of_work() as session:
        agent = await trials.speaking_agent(session, agent_id)
        values = fields.drafted(agent)
        spec = await spec_of(session, agent, values)
        values = await voice_copies.spoken_with(session, values, voices.DEFAULT)
        org_id = org_id_of(session)
    is_outbound = agent.agent_type == AgentType.OUTBOUND_VOICE
    speaker = Speaker(
        agent_id=agent_id,
        version=spec.version,
        settings={**values, "max_call_duration": min(int(values["max_call_duration"]), trials.LONGEST_S)},
        # Of nobody: a trial has neither a conversation nor a contact.
        conversation_id=new_id(),
        contact_id=new_id(),
        direction=Direction.OUTBOUND if is_outbound else Direction.INBOUND,
        caller_number="",
    )
    return Trial(org_id, speaker, spoken(spec, speaker), told)
