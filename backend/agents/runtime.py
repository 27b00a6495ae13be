"""Run one turn of an agent on any text channel: look things up, think, use tools, and come back with one reply.

The brain touches no database: what it needs is passed in, and what it wants done comes back as effects. So nothing is
held open while a model thinks, and a turn that must be repeated has done no harm.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

from backend.agents import authority, prompt_builder, replies, tools
from backend.agents.budget import Budget, TooDear
from backend.agents.model_calls import CUT, ModelCalls, NoModelAnswered
from backend.agents.outgoing import Outgoing
from backend.agents.schemas import Effect, Line, TurnRecord, TurnRequest
from backend.agents.tools import HAND_OVER, ToolContext
from backend.core import clock, telemetry
from backend.core.errors import MagpipeError
from backend.core.logging import log
from backend.knowledge.schemas import Passage
from backend.memory.schemas import Recalled
from backend.vendors.openai_models import Completion, OnText
from backend.vocab import ToolCallStatus

MAX_TOOL_ROUNDS = 4
MAX_CALLS_PER_ROUND = 4
WALL_LIMIT_S = 25.0
RETRIEVAL_LIMIT_S = 4.0
# Ten cents: four calls of the dearest listed model with 8,000 tokens of context and 300 of answer cost 92,000.
COST_LIMIT_MICROS = 100_000
# For models without a price: five calls with the longest prompt, history and passages (some 25,000 tokens) fit.
TOKEN_LIMIT = 150_000
RESULT_LIMIT = 2000
# A tool may take this long of a turn, and leaves the model time to answer.
TOOL_LIMIT_S, ANSWER_TIME_S = 12.0, 9.0
# A question of so few words leans on the one before it: “and on Sunday?”.
LEANING_WORDS = 4

_NUDGE = "Your last message had no text. Reply to the customer now, in one or two sentences."
_SHORTER = "Your last message was too long and was cut off. Reply to the customer anew, in one or two short sentences."
_NO_LINK = "Your last message held an address you were not given. Write it anew without any address."
_SHORTENED = "The answer was cut off at its length limit, so a shorter one was asked for."
_TRIMMED = "The answer was cut off at its length limit, so it ends after its last whole sentence."
_TOO_LONG = "The answer was cut off at its length limit, and no whole sentence of it was left."


@dataclass(frozen=True)
class Prepared:
    """What a model is given to answer with, and what judges its answer."""

    leaving: Outgoing
    context: ToolContext
    remembered: Recalled | None


async def prepare(request: TurnRequest, record: TurnRecord) -> Prepared:
    """Look up what a turn needs and write its prompt into the record, with the sources and memories it rests on."""
    passages, remembered = await _retrieved(request, record), await _remembered(request)
    record.prompt = prompt_builder.build(
        request.agent,
        request.customer,
        clock.now(),
        passages,
        request.channel,
        request.notes,
        request.found,
        remembered,
    )
    record.sources = [_source(passage) for passage in passages]
    record.memory = [asdict(one) for one in remembered.chosen] if remembered else []
    leaving = _leaving(request, passages)
    context = ToolContext(
        request.customer,
        tuple(line.text for line in _spoken(request) if line.role == "user"),
        request.agent.details,
        request.found,
        request.agent.targets,
        leaving.fault,
        remembered,
    )
    return Prepared(leaving, context, remembered)


async def turn(request: TurnRequest, record: TurnRecord | None = None) -> TurnRecord:
    """Return what the agent says and why; never raises for a model, a tool or a search that fails.

    A turn that waited for a person goes on with the `record` it had. One that has to wait says so (`is_waiting`) and
    has no reply.

    When no model answers, or the turn grows too long or too dear, the record carries the polite text that hands over
    to people and `hand_over_reason` says why (`failure` names the fault). Takes at most `WALL_LIMIT_S`.
    """
    loop = asyncio.get_running_loop()
    started = loop.time()
    record = record or TurnRecord()
    with telemetry.span("agent turn", {"agent.id": str(request.agent.id), "agent.version": request.agent.version}):
        prepared = await prepare(request, record)
        leaving = prepared.leaving
        limit = COST_LIMIT_MICROS if request.cost_micros is None else min(request.cost_micros, COST_LIMIT_MICROS)
        calls = ModelCalls(
            request.agent.model,
            request.agent.temperature,
            request.agent.max_tokens,
            started + WALL_LIMIT_S,
            Budget(limit, TOKEN_LIMIT, record),
            _shown_by(request.on_text, leaving) if request.on_text is not None else None,
        )
        try:
            text = replies.mended(await _think(request, record, calls, prepared))
            record.failure = record.failure or leaving.fault(text)
            record.is_withheld = bool(record.failure and text)
        except NoModelAnswered:
            text, record.failure = "", "The language model did not answer."
        except TooDear:
            text, record.failure = "", "The answer became too expensive."
            record.is_capped = limit < COST_LIMIT_MICROS
    if not record.is_waiting:
        _finish(request, record, text)
    record.total_ms = round((loop.time() - started) * 1000)
    telemetry.turn_ms.record(record.total_ms)
    return record


def _leaving(request: TurnRequest, passages: list[Passage]) -> Outgoing:
    """Return the judge of what this turn may say."""
    instructions = prompt_builder.instructions(request.agent, request.customer, clock.now(), request.found)
    rules = (*prompt_builder.RULES, *(tool.description for tool in tools.TOOLS.values()))
    public = [passage.content for passage in passages]
    given = [*public, *(passage.url for passage in passages), *(line.text for line in _spoken(request))]
    return Outgoing(rules, "\n".join((instructions, *request.notes)), given, public)


def _shown_by(show: OnText, leaving: Outgoing) -> OnText:
    """Return what shows a growing answer only as far as it may leave."""

    async def shown(text_so_far: str) -> None:
        await show(leaving.showable(text_so_far))

    return shown


async def _think(request: TurnRequest, record: TurnRecord, calls: ModelCalls, prepared: Prepared) -> str:
    leaving = prepared.leaving
    messages: list[dict[str, Any]] = [
        {"role": "system", "content": record.prompt},
        *({"role": line.role, "content": line.text} for line in _spoken(request)),
    ]
    messages += _called(request.before)
    for one in request.before:
        leaving.learn(str(one["content"]).replace("\\n", " "))
    nudged, unlinked, cut = False, False, ""
    for round_number in range(1, MAX_TOOL_ROUNDS + 2):
        may_call = round_number <= MAX_TOOL_ROUNDS
        offered = authority.schemas(request, prepared.remembered) if may_call else []
        try:
            answer = await calls.ask(messages, offered, round_number)
        except (NoModelAnswered, TooDear):
            if not cut or calls.is_overdrawn:
                raise
            break
        if answer.tool_calls and offered:
            told = await _use_tools(answer, prepared.context, request, record, calls)
            if record.is_waiting:
                return ""
            for message in told[1:]:
                leaving.learn(message["content"].replace("\\n", " "))
            messages += told
        elif not unlinked and leaving.foreign_links(replies.mended(answer.text)):
            unlinked = True
            messages.append({"role": "system", "content": _NO_LINK})
        elif answer.text.strip() and answer.finish_reason != CUT:
            record.remark = _SHORTENED if cut else ""
            return answer.text
        elif answer.text.strip() and not cut:
            cut = answer.text
            messages.append({"role": "system", "content": _SHORTER})
        elif cut:
            cut = answer.text if replies.whole_sentences(answer.text) else cut
            break
        elif nudged or record.effects:
            return ""
        else:
            nudged = True
            messages.append({"role": "system", "content": _NUDGE})
    return _trimmed(cut, record) if cut else ""


def _trimmed(cut: str, record: TurnRecord) -> str:
    """Return what may be sent of an answer that was cut off; nothing is never half a sentence."""
    whole = replies.whole_sentences(cut)
    if whole:
        record.remark = _TRIMMED
    else:
        record.failure = _TOO_LONG
    return whole


def _spoken(request: TurnRequest) -> tuple[Line, ...]:
    return (*request.history, Line("user", request.text))


async def _use_tools(
    answer: Completion, context: ToolContext, request: TurnRequest, record: TurnRecord, calls: ModelCalls
) -> list[dict[str, Any]]:
    """Run the calls of one answer and return the messages that tell the model what came of them."""
    loop = asyncio.get_running_loop()
    told: list[dict[str, Any]] = [
        _asking(answer.text, [(one.id, one.name, one.raw_arguments) for one in answer.tool_calls])
    ]
    for place, wanted in enumerate(answer.tool_calls):
        started = loop.time()
        if place >= MAX_CALLS_PER_ROUND:
            result = tools.ToolAnswer(ToolCallStatus.REFUSED, "Too many calls at once.")
        else:
            limit_s = min(TOOL_LIMIT_S, calls.left_s() - ANSWER_TIME_S)
            result = await authority.use(wanted.name, wanted.arguments, context, request, limit_s)
        note_call(record, wanted.name, wanted.arguments, result, loop.time() - started)
        told.append({"role": "tool", "tool_call_id": wanted.id, "content": result.content()})
    return told


def note_call(
    record: TurnRecord, name: str, arguments: Mapping[str, Any] | None, result: tools.ToolAnswer, seconds: float
) -> None:
    """Keep in a turn's record that a tool was called, what came of it, and what it wants done."""
    if result.effect is not None and result.effect not in record.effects:
        record.effects.append(result.effect)
    record.is_waiting = record.is_waiting or result.status == ToolCallStatus.WAITING
    record.tools.append(
        {
            "kind": str(result.kind),
            "name": name[:80],
            "arguments": dict(arguments or {}),
            "result": result.said()[:RESULT_LIMIT],
            "status": str(result.status),
            "ms": round(seconds * 1000),
            "call_id": str(result.call_id or ""),
        }
    )


def _called(before: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the messages that tell the model what it called before it waited, and what came of it."""
    if not before:
        return []
    ids = [f"call_{place}" for place in range(len(before))]
    said = [
        (call_id, str(one["name"]), json.dumps(one["arguments"], ensure_ascii=False))
        for call_id, one in zip(ids, before, strict=True)
    ]
    results = [
        {"role": "tool", "tool_call_id": call_id, "content": str(one["content"])}
        for call_id, one in zip(ids, before, strict=True)
    ]
    return [_asking("", said), *results]


def _asking(text: str, calls: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    return {
        "role": "assistant",
        "content": text or None,
        "tool_calls": [
            {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
            for call_id, name, arguments in calls
        ],
    }


async def _retrieved(request: TurnRequest, record: TurnRecord) -> list[Passage]:
    loop = asyncio.get_running_loop()
    started = loop.time()
    try:
        async with asyncio.timeout(RETRIEVAL_LIMIT_S):
            return await _looked_up(request)
    except (MagpipeError, TimeoutError) as error:
        # Without what the business wrote the agent says that it does not know, which is better than silence.
        log.warning("agents.retrieval_failed", error=repr(error))
        return []
    finally:
        record.retrieval_ms = round((loop.time() - started) * 1000)


async def _remembered(request: TurnRequest) -> Recalled | None:
    """Look up what is remembered of the customer for this message; None when nobody is, or it cannot be told now."""
    if request.recall is None:
        return None
    try:
        async with asyncio.timeout(RETRIEVAL_LIMIT_S):
            return await request.recall(_leaned(request))
    except (MagpipeError, TimeoutError) as error:
        log.warning("agents.recall_failed", error=repr(error))
        return None


def _leaned(request: TurnRequest) -> str:
    """Return the text to answer, a short one together with the one before it."""
    before = next((line.text for line in reversed(request.history) if line.role == "user"), "")
    return request.text if not before or len(request.text.split()) > LEANING_WORDS else f"{before}\n{request.text}"


async def _looked_up(request: TurnRequest) -> list[Passage]:
    """Look up the text to answer, and a short one also together with the one before it; best of each in turn."""
    found = await request.retrieve(request.text)
    before = next((line.text for line in reversed(request.history) if line.role == "user"), "")
    if not before or len(request.text.split()) > LEANING_WORDS:
        return found
    leaning = await request.retrieve(f"{before}\n{request.text}")
    merged = {passage.chunk_id: passage for pair in zip_longest(found, leaning) for passage in pair if passage}
    return list(merged.values())[: max(len(found), len(leaning))]


def _source(passage: Passage) -> dict[str, Any]:
    return {
        "source_id": str(passage.source_id),
        "chunk_id": str(passage.chunk_id),
        "url": passage.url,
        "title": passage.title,
        "path": passage.path,
        "quote": passage.content,
        "score": passage.score,
        "similarity": passage.similarity,
    }


def _finish(request: TurnRequest, record: TurnRecord, text: str) -> None:
    asked = tools.hand_over_reason(record.effects)
    if not text and not asked and not record.failure:
        record.failure = "The language model gave no answer."
    if record.failure:
        # What a broken turn wanted done is not done, except that people take over.
        record.effects = [Effect(HAND_OVER, record.failure)]
    record.hand_over_reason = tools.hand_over_reason(record.effects)
    record.reply = text if text and not record.failure else replies.hand_over(request.agent.language)
    # What was withheld or could not be paid for is no question whose answer the business could teach it.
    is_missing = bool(record.failure) and not record.is_withheld and not record.is_capped
    record.is_unanswered = is_missing or replies.says_it_does_not_know(record.reply)
    telemetry.turns.add(1, {"outcome": "failed" if record.failure else "handed_over" if asked else "answered"})
