"""Answer in a call with the brain of every other channel, one spoken answer after another.

LiveKit's session decides when the agent speaks; what the model is given, which of its wishes may be done, and what
may be said come from the brain. Each piece of an answer carries the id of its turn, so that what was really said and
done is kept with what it rests on, also when the session began an answer early and threw it away.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

from livekit import rtc
from livekit.agents import Agent, FlushSentinel, ModelSettings, RunContext, StopResponse, function_tool, llm, stt

from voice_agent import gateway
from voice_agent.core.states import Kind
from voice_agent.pronouncing import Pronouncing

TURN = "magpipe_turn"
# Answers that may still be spoken: those of one turn begun early, and the one being said.
_KEPT = 8
# Said where an answer may not leave.
_WITHHELD = "withheld"


class Ears(Protocol):
    """Who judges what is heard in a call."""

    def counts(self, text: str) -> bool:
        """Tell whether words count, and do not only show that somebody listens."""

    def listen(self, frame: rtc.AudioFrame) -> None:
        """Take sound of the line beside its words."""

    def answers(self, text: str) -> bool:
        """Tell whether a turn is answered by the model."""


class CallAgent(Agent):
    """The agent of one call.

    `ears` judge what is heard, `happened` is told of tools while they run, and `used` of each that did, as the turn
    keeps it. `overheard` is given what the caller says while somebody else speaks with them.
    """

    def __init__(
        self,
        call: gateway.CallBrief,
        brain: gateway.Speaking,
        ears: Ears,
        happened: Callable[[Kind], None],
        used: Callable[[Mapping[str, Any]], None],
        overheard: Callable[[str], Awaitable[None]],
    ) -> None:
        before = llm.ChatContext.empty()
        for who, text in call.said:
            before.add_message(role="user" if who == "caller" else "assistant", content=text)
        super().__init__(
            instructions=brain.spec.name,
            chat_ctx=before,
            tools=[self._tool(one) for one in brain.tool_schemas()],
        )
        self.words = ""
        """What the answer that is being made said so far, since its last tool."""
        self.hint = ""
        """What the model is told beside its prompt, for the rest of the call."""
        self.is_silent = False
        """Whether somebody else speaks with the caller: nothing is thought or said meanwhile."""
        self._overheard = overheard
        self._call = call
        self._brain = brain
        self._ears = ears
        self.pronouncing = Pronouncing(call.settings["pronunciations"])
        """How the business says its words."""
        self._happened = happened
        self._used = used
        self._answers: OrderedDict[UUID, gateway.Answer] = OrderedDict()
        self._current: gateway.Answer | None = None
        self._came: dict[str, str] = {}

    async def stt_node(
        self, audio: AsyncIterable[rtc.AudioFrame], model_settings: ModelSettings
    ) -> AsyncIterable[stt.SpeechEvent]:
        """Yield what is heard, without the signs of listening that are said over the agent's words."""
        async for event in Agent.default.stt_node(self, self._listened(audio), model_settings):
            if event.alternatives and not self._ears.counts(event.alternatives[0].text):
                continue
            yield event

    async def on_user_turn_completed(self, _context: llm.ChatContext, new_message: llm.ChatMessage) -> None:
        """Let the model answer a turn that is its matter; it knows of the others as of everything that was said."""
        if self.is_silent:
            await self._overheard(new_message.text_content or "")
            raise StopResponse
        if self._ears.answers(new_message.text_content or ""):
            return
        context = self.chat_ctx.copy()
        context.items.append(new_message)
        await self.update_chat_ctx(context)
        raise StopResponse

    async def tts_node(self, text: AsyncIterable[str], model_settings: ModelSettings) -> AsyncIterable[rtc.AudioFrame]:
        """Yield what is said, its words pronounced as the business says them."""
        async for frame in Agent.default.tts_node(self, self.pronouncing.stream(text), model_settings):
            yield frame

    async def llm_node(
        self, chat_ctx: llm.ChatContext, tools: list[llm.Tool], model_settings: ModelSettings
    ) -> AsyncIterable[llm.ChatChunk | str | FlushSentinel]:
        """Yield an answer as it is written, as far as it may be said."""
        if self.is_silent:
            return
        answer = await self._answer(chat_ctx)
        self.words = ""
        given = chat_ctx.copy(exclude_instructions=True)
        for item in given.items:
            if item.type == "function_call_output":
                # The session forgets what came of a tool after which nothing is said.
                item.output = item.output or self._came.get(item.call_id, "")
        prompt = "\n\n".join(part for part in (answer.prompt, self.hint) if part)
        given.insert(llm.ChatMessage(role="system", content=[prompt], created_at=0.0))
        offered = {one["function"]["name"] for one in answer.schemas}
        allowed = [one for one in tools if getattr(one, "id", "") in offered]
        started = asyncio.get_running_loop().time()
        tag, said, shown = {TURN: str(answer.turn_id)}, "", ""
        async for chunk in Agent.default.llm_node(self, given, allowed, model_settings):
            if not isinstance(chunk, llm.ChatChunk):
                continue
            if chunk.usage is not None:
                ms = round((asyncio.get_running_loop().time() - started) * 1000)
                answer.spent(self._brain.spec.model, chunk.usage.prompt_tokens, chunk.usage.completion_tokens, ms)
            if chunk.delta is None:
                continue
            for wish in chunk.delta.tool_calls:
                wish.extra = {**(wish.extra or {}), **tag}
            said += chunk.delta.content or ""
            may = answer.leaving.showable(said)
            more, shown = may[len(shown) :], max(may, shown, key=len)
            self.words = shown
            if more or chunk.delta.tool_calls:
                delta = llm.ChoiceDelta(
                    role="assistant", content=more or None, tool_calls=chunk.delta.tool_calls, extra=tag
                )
                yield llm.ChatChunk(id=chunk.id, delta=delta)
        if fault := answer.leaving.fault(said):
            answer.withhold(fault)
            rest = f" {answer.instead}"
        else:
            rest = said[len(shown) :]
        if rest:
            yield llm.ChatChunk(id=_WITHHELD, delta=llm.ChoiceDelta(role="assistant", content=rest, extra=tag))

    async def _listened(self, audio: AsyncIterable[rtc.AudioFrame]) -> AsyncIterator[rtc.AudioFrame]:
        async for frame in audio:
            self._ears.listen(frame)
            yield frame

    def answer_of(self, items: list[llm.ChatItem]) -> gateway.Answer | None:
        """Return the answer that what was said and called belongs to, once."""
        for item in items:
            turn_id = getattr(item, "extra", {}).get(TURN)
            if turn_id is not None:
                return self._answers.pop(UUID(turn_id), None)
        return None

    async def _answer(self, chat_ctx: llm.ChatContext) -> gateway.Answer:
        """Return the answer that is being made: the same one while its tools are called, else a new one."""
        items = chat_ctx.items
        asked = next((one for one in reversed(items) if _is_said_by("user", one)), None)
        is_going_on = bool(items) and items[-1].type in ("function_call", "function_call_output")
        if is_going_on and self._current is not None:
            return self._current
        before = [
            gateway.Line(one.role, one.text_content or "")
            for one in items
            if isinstance(one, llm.ChatMessage) and one.role in ("user", "assistant") and one is not asked
        ]
        text = asked.text_content if isinstance(asked, llm.ChatMessage) else ""
        with gateway.scope(self._call):
            answer = await self._brain.answer(before, text or "")
        self._answers[answer.turn_id] = self._current = answer
        while len(self._answers) > _KEPT:
            self._answers.popitem(last=False)
        return answer

    def _tool(self, schema: dict[str, Any]) -> llm.RawFunctionTool[Any, Any]:
        """Return a tool as the session runs it: through the gate of the turn that wished for it."""

        async def call(raw_arguments: dict[str, object], context: RunContext[Any]) -> str:
            turn_id = context.function_call.extra.get(TURN)
            answer = self._answers.get(UUID(turn_id)) if turn_id else self._current
            if answer is None:
                return "This came too late and was not done."
            is_of_line = context.function_call.name in gateway.LINE_TOOLS
            if is_of_line and (obstacle := await self._obstacle(context)):
                return obstacle
            self._happened(Kind.TOOL_STARTED)
            try:
                with gateway.scope(self._call):
                    content = await answer.use(context.function_call.name, raw_arguments)
            finally:
                self._happened(Kind.TOOL_FINISHED)
                if not context.speech_handle.interrupted:
                    context.speech_handle.allow_interruptions = True
            self._used(answer.last_call)
            is_last = is_of_line and context.function_call.name != gateway.COPY_VOICE
            if is_last and answer.last_call["status"] == "ok":
                self._came[context.function_call.call_id] = content
                raise StopResponse
            return content

        return function_tool(call, raw_schema=schema["function"])

    async def _obstacle(self, context: RunContext[Any]) -> str:
        """Wait until what was said with a wish for the line was heard, and return what stands in its way, if anything.

        Nothing said from then on breaks it off: somebody may be rung for a minute, or the caller is asked something.
        """
        await context.wait_for_playout()
        if self.is_silent:
            return "A person of the team speaks with the caller now. This was not done."
        if context.function_call.name != gateway.END_CALL:
            if context.speech_handle.interrupted:
                return "The caller spoke before it was done, so it was not done. Answer them first."
            context.disallow_interruptions()
        return ""


def _is_said_by(role: str, item: llm.ChatItem) -> bool:
    return isinstance(item, llm.ChatMessage) and item.role == role
