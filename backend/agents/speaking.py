"""Think for a call: the prompt, tools, knowledge and memory of every other channel, one spoken answer after another.

The voice worker streams the model itself, so that the first words leave before the last are made; what the model is
given, what its wishes may do, what may be said, and what is kept of it are decided here. No transaction is open while
a model thinks. Everything runs in the organization scope of its caller.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from backend.agents import (
    authority,
    line_tools,
    memory_tools,
    prompt_builder,
    queries,
    replies,
    runtime,
    storing,
    tool_calls,
    tools,
)
from backend.agents.models import cost_micros
from backend.agents.outgoing import Outgoing
from backend.agents.posts import Trigger
from backend.agents.requests import recall_of
from backend.agents.retrieval import Asked, retriever
from backend.agents.schemas import AgentSpec, Attempt, CallTool, Customer, Effect, Line, TurnRecord, TurnRequest
from backend.agents.specs import spec_of
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.errors import NotFound
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of, unit_of_work
from backend.details import service as details
from backend.details.schemas import Found
from backend.functions import service as functions
from backend.functions.schemas import CallSetting
from backend.memory.schemas import Recall, Recalled
from backend.models.agents import AgentTurn
from backend.vocab import AgentType, Channel, Direction, ToolCallStatus, ToolPolicy, TurnStatus

# A caller waits on the line: what takes longer than this is said to have failed.
TOOL_LIMIT_S = 12.0
MOST_CALLS = 8
_TOO_MANY = "Too many calls at once."
# A person's approval takes minutes, which nobody spends on the line.
_NO_APPROVAL = "A person has to approve this, which takes longer than a call. It is not done: say so."


_CALLED = (
    "You called the customer, who did not expect it. Before anything else they are to know who you are, for which"
    " business you call and why. Do not greet them as if they had called, nor offer help with other things first."
)
# Of agents that keep everything that is said (*Personal details*). Of others nothing is kept that holds words of the
# caller's: what a tool was given, what it answered, the answer itself, and the prompt with what was known of them.
_KEEPS_WORDS = "enabled"
_ASKED_FOR_PERSON = "The caller asked for a person."
# What a caller nobody knows is asked before anybody is disturbed for them, by the agent's *Unknown callers*.
_VETTING = {
    "name-and-purpose": "Nobody knows this caller yet. Before you put them through, ask for their name and why they"
    " call, and pass both on.",
    "strict": "Nobody knows this caller yet. Put them through only after they told you their name, their business and"
    " why they call, and only where that is a reason to disturb somebody; from anybody else take a message.",
}


@dataclass(frozen=True)
class Speaker:
    """Who speaks in a call, with whom, and what the call is about; `settings` are the agent's published fields."""

    agent_id: UUID
    version: int
    settings: Mapping[str, Any]
    conversation_id: UUID
    contact_id: UUID
    direction: str
    caller_number: str
    purpose: str = ""
    goal: str = ""
    prompt_override: str = ""
    variables: Mapping[str, Any] = field(default_factory=dict)
    has_team: bool = False
    """Whether people of the team take callers at their browsers."""


@dataclass
class Whisper:
    """What a person of the team told the agent during the call, which the caller did not hear."""

    by: str
    text: str
    is_followed: bool = False
    """Whether an answer was said since."""

    @property
    def note(self) -> str:
        """What the model is told of it."""
        words = self.text.replace("“", '"').replace("”", '"')
        if self.is_followed:
            return f"{self.by} of the team told you earlier in this call: “{words}”. Keep to it."
        return (
            f"{self.by} of the team tells you now, unheard by the customer: “{words}”. Follow it in what you say next,"
            " and do not mention that you were told."
        )


@dataclass
class Answer:
    """One answer while it is made: what the model is given (`prompt`, `schemas`), and everything to keep of it."""

    turn_id: UUID
    record: TurnRecord
    request: TurnRequest
    schemas: list[dict[str, Any]]
    _prepared: runtime.Prepared
    _whispers: tuple[Whisper, ...] = ()
    _line: line_tools.Line | None = None
    _keeps_words: bool = True
    _calls: int = 0
    _started: float = 0.0

    @property
    def prompt(self) -> str:
        """The system prompt of this answer."""
        return self.record.prompt

    @property
    def leaving(self) -> Outgoing:
        """The judge of what may be said."""
        return self._prepared.leaving

    async def use(self, name: str, arguments: Mapping[str, Any]) -> str:
        """Let a wish of the model's pass the gate and return what the model is told; never raises for a tool."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        self._calls += 1
        if self._calls > MOST_CALLS:
            result = tools.ToolAnswer(ToolCallStatus.REFUSED, _TOO_MANY)
        elif name in line_tools.NAMES:
            given = arguments if self._keeps_words else self._without_words(arguments)
            result = await line_tools.use(name, given, self.request.agent, self._line)
        else:
            result = await authority.use(name, arguments, self._prepared.context, self.request, TOOL_LIMIT_S)
        if result.status == ToolCallStatus.WAITING:
            result = replace(result, status=ToolCallStatus.REFUSED, message=_NO_APPROVAL)
        runtime.note_call(self.record, name, arguments, result, loop.time() - started)
        content = result.content()
        self.leaving.learn(content.replace("\\n", " "))
        return content

    @staticmethod
    def _without_words(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**arguments, "reason": _ASKED_FOR_PERSON} if "reason" in arguments else arguments

    def forget(self) -> None:
        """Let go of what may not be kept: the words, and whatever holds them."""
        record = self.record
        record.reply, record.prompt, record.failure, record.memory = "", "", "", []
        record.tools = [{**one, "arguments": {}, "result": ""} for one in record.tools]
        record.hand_over_reason = _ASKED_FOR_PERSON if record.hand_over_reason else ""
        record.effects = []

    def finished(self, reply: str, is_interrupted: bool) -> TurnRecord:
        """Return all that is to be kept of the answer, once it was said as far as it was."""
        record = self.record
        record.reply = reply
        record.total_ms = round((asyncio.get_running_loop().time() - self._started) * 1000)
        record.hand_over_reason = tools.hand_over_reason(record.effects)
        record.is_unanswered = not record.is_withheld and replies.says_it_does_not_know(reply)
        record.remark = "The caller spoke before it was said to the end." if is_interrupted else ""
        return record

    @property
    def last_call(self) -> dict[str, Any]:
        """What was called last and what came of it: `name`, `arguments`, `status`, `result`, `kind`, `ms`."""
        return self.record.tools[-1]

    @property
    def instead(self) -> str:
        """What is said where the answer may not leave."""
        return replies.hand_over(self.request.agent.language)

    def was_said(self) -> None:
        """Take it that what people whispered before it was made is followed from here on."""
        for whisper in self._whispers:
            whisper.is_followed = True

    def withhold(self, fault: str) -> None:
        """Keep why the answer may not leave; of what it wanted done only that people take over is left."""
        self.record.failure, self.record.is_withheld = fault, True
        self.record.effects = [Effect(tools.HAND_OVER, fault)]

    def spent(self, model: str, tokens_in: int, tokens_out: int, ms: int) -> None:
        """Keep what one request to a model took."""
        cost = cost_micros(model, tokens_in, tokens_out)
        self.record.model = model
        self.record.tokens_in += tokens_in
        self.record.tokens_out += tokens_out
        self.record.cost_micros += cost
        self.record.model_ms += ms
        self.record.attempts.append(
            Attempt(
                model=model,
                round=len(self.record.attempts) + 1,
                ms=ms,
                error="",
                max_tokens=self.request.agent.max_tokens,
                tokens_in=tokens_in,
                tokens_out=tokens_out,
                cost_micros=cost,
                is_estimated=False,
            )
        )


@dataclass
class _OfCall(Trigger):
    """A call, as what its tools want done needs to know it."""

    channel: Channel = Channel.CALL


class Speaking:
    """The brain of one call."""

    def __init__(self, org_id: UUID, speaker: Speaker, spec: AgentSpec, customer: Customer) -> None:
        self.spec = spec
        self.whispers: list[Whisper] = []
        """What people told the agent in this call."""
        self.first_words = self._first_words(speaker, spec, customer)
        """What the agent begins with in the business's own words; empty where it has none for this call."""
        self.message = _filled(speaker, "voicemail_message", spec, customer)
        """What it leaves with an answering machine in the business's own words; empty where it has none."""
        self.line: line_tools.Line | None = None
        """What its tools do with the line, once there is one."""
        self._org_id = org_id
        self._speaker = speaker
        self._customer = customer

    def tool_schemas(self) -> list[dict[str, Any]]:
        """Return every tool that some answer of the call may be offered."""
        offers = [one.schema() for one in self.spec.tools if one.policy != ToolPolicy.OFF]
        return [*offers, *memory_tools.schemas(Recalled() if self.spec.memory.is_on else None)]

    async def call_people(self, reason: str) -> None:
        """Have people go on where the agent could not."""
        async with unit_of_work() as session:
            conversation = await conversations.locked(session, self._speaker.conversation_id)
            await conversations.call_for_person(session, conversation, reason)

    async def answer(self, said: Sequence[Line], text: str) -> Answer:
        """Look up what answering `text` needs, after all that was `said`; nothing is stored yet."""
        spec, found = self.spec, await self._found()
        # What is whispered from here on is for the next answer.
        whispers = tuple(self.whispers)
        turn_id, asked, record = new_id(), Asked(), TurnRecord()
        request = TurnRequest(
            agent=spec,
            customer=self._customer,
            history=tuple(said),
            text=text,
            retrieve=retriever(spec.id, asked),
            channel=Channel.CALL,
            notes=self._notes(),
            found=found,
            call_tool=self._caller(
                replace(
                    self._setting(None),
                    answer_id=turn_id,
                    spoken=(*(one.text for one in said if one.role == "user"), text),
                    known=tool_calls.known(spec, self._customer, found),
                )
            ),
            recall=self._recall(asked),
        )
        started = asyncio.get_running_loop().time()
        prepared = await runtime.prepare(request, record)
        offered = authority.schemas(request, prepared.remembered)
        return Answer(
            turn_id,
            record,
            request,
            offered,
            prepared,
            whispers,
            self.line,
            _keeps_words(self._speaker),
            _started=started,
        )

    async def keep(self, answer: Answer, reply: str, is_interrupted: bool = False) -> None:
        """Store an answer with all that it rests on, and do what its tools asked for, in one commit; once."""
        record = answer.finished(reply, is_interrupted)
        if not _keeps_words(self._speaker):
            answer.forget()
        async with unit_of_work() as session:
            org_id = org_id_of(session)
            conversation = await conversations.locked(session, self._speaker.conversation_id)
            if await queries.turn(session, org_id, answer.turn_id) is not None:
                return
            turn = AgentTurn(
                id=answer.turn_id,
                org_id=org_id,
                conversation_id=conversation.id,
                channel=Channel.CALL,
                # What a caller says is no record of its own: a turn of a call is set off by itself.
                trigger_message_id=answer.turn_id,
                agent_id=self.spec.id,
                agent_name=self.spec.name,
                agent_version=self.spec.version,
                part=details.CERTAIN,
                status=TurnStatus.HANDED_OFF if record.hand_over_reason else TurnStatus.ANSWERED,
                sentiment=conversation.sentiment,
            )
            storing.note(turn, record)
            turn.reason = turn.reason or record.hand_over_reason
            session.add(turn)
            await session.flush()
            await functions.adopt(session, turn.id, record.tools)
            await functions.log(session, self._setting(turn.id), record.tools)
            place = _OfCall(turn.id, org_id, conversation.id)
            await storing.apply(session, place, turn, conversation, record)
            if record.hand_over_reason:
                await conversations.call_for_person(session, conversation, record.hand_over_reason)

    async def _found(self) -> dict[str, Found]:
        async with unit_of_work() as session:
            return await details.found_in(session, self._speaker.conversation_id)

    def _caller(self, setting: CallSetting) -> CallTool:
        return tool_calls.caller(setting)

    def _recall(self, asked: Asked) -> Recall | None:
        return recall_of(self._speaker.contact_id, self.spec, asked)

    def _setting(self, turn_id: UUID | None) -> CallSetting:
        return CallSetting(
            org_id=self._org_id,
            agent_id=self.spec.id,
            agent_name=self.spec.name,
            agent_version=self.spec.version,
            channel=Channel.CALL,
            conversation_id=self._speaker.conversation_id,
            turn_id=turn_id,
            keeps_words=_keeps_words(self._speaker),
        )

    @staticmethod
    def _first_words(speaker: Speaker, spec: AgentSpec, customer: Customer) -> str:
        # An agent that usually takes calls greets as who was called; those it calls are to hear who calls.
        is_ours = speaker.direction == Direction.OUTBOUND
        if is_ours and speaker.settings.get("agent_type") != AgentType.OUTBOUND_VOICE:
            return ""
        return _filled(speaker, "greeting", spec, customer)

    def _notes(self) -> tuple[str, ...]:
        speaker = self._speaker
        notes = [_CALLED if speaker.direction == Direction.OUTBOUND else "The customer called."]
        notes += [f"Why you call: {speaker.purpose}"] if speaker.purpose else []
        notes += [f"What the call is to reach: {speaker.goal}"] if speaker.goal else []
        given = "; ".join(f"{name}: {value}" for name, value in speaker.variables.items() if not name.startswith("_"))
        notes += [f"What you were given for this call: {given}"] if given else []
        if not self._customer.name and any(one.name == line_tools.TRANSFER_CALL for one in self.spec.tools):
            notes += [rule] if (rule := _VETTING.get(str(speaker.settings.get("vetting_strategy")))) else []
        return (*notes, *(whisper.note for whisper in self.whispers))


def _filled(speaker: Speaker, name: str, spec: AgentSpec, customer: Customer) -> str:
    return prompt_builder.filled(str(speaker.settings.get(name) or ""), spec, customer, clock.now())


def _keeps_words(speaker: Speaker) -> bool:
    """Tell whether what is said may be kept; where nobody can say what the setting is, it may not."""
    return speaker.settings.get("pii_storage") == _KEEPS_WORDS


async def begin(speaker: Speaker) -> Speaking:
    """Return the brain of a call, with the agent as the version that answers has it. Raises `NotFound`."""
    async with unit_of_work() as session:
        org_id = org_id_of(session)
        agent = await queries.agent(session, org_id, speaker.agent_id)
        if agent is None:
            raise NotFound("This agent does not exist.")
        spec = await spec_of(session, agent, speaker.settings)
        contact = await contacts.get(session, speaker.contact_id)
    spec = spoken(spec, speaker)
    return Speaking(org_id, speaker, spec, Customer(contact.name, contact.phone_number or speaker.caller_number))


def spoken(spec: AgentSpec, speaker: Speaker) -> AgentSpec:
    """Return an agent as it is in a call: with what the call gives it, and the tools of its line."""
    given = {name: str(value) for name, value in speaker.variables.items()}
    # What people say of themselves is saved nowhere where it may not be kept.
    withheld = () if _keeps_words(speaker) else (tools.SAVE_NAME, tools.SAVE_DETAILS)
    return replace(
        spec,
        version=speaker.version,
        variables={**spec.variables, **given},
        system_prompt=speaker.prompt_override or spec.system_prompt,
        # Whoever is on the line is told who comes by the tools that can put them through, not by these.
        targets=(),
        tools=(
            *line_tools.offers(
                speaker.settings,
                speaker.caller_number,
                has_team=speaker.has_team,
                is_ours=speaker.direction == Direction.OUTBOUND,
            ),
            *(one for one in spec.tools if one.name not in (tools.TRANSFER_TO, *withheld, *line_tools.NAMES)),
        ),
    )
