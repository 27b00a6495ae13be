"""Answer one question: let the model use the tools, stream what it writes, and store what came of it, once.

No transaction is open while the model thinks. What is proposed is stored together with the answer, so an answer that
was stopped or failed proposes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents.service import Thinking
from backend.assistant import prompt, queries, tools
from backend.assistant.schemas import Answer, Begun, Decision, Desk, Stage, ToolAnswer
from backend.core import clock, realtime
from backend.core.errors import MagpipeError
from backend.core.logging import log
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.models.assistant import AssistantMessage, AssistantProposal
from backend.models.organizations import Organization
from backend.vendors.openai_models import Completion

# Gets the text so far, and the tool that is at work (empty for none).
OnProgress = Callable[[str, str], Awaitable[None]]

WITHIN_S = 45.0
MOST_ROUNDS = 6
MOST_CALLS = 6
# More things at once nobody reads before confirming them.
MOST_PROPOSALS = 5
MOST_TOKENS = 900
MESSAGES_READ = 30
# About 8,000 tokens of earlier talk; older messages are left out.
HISTORY_LENGTH = 24_000
RESULT_LENGTH = 4_000
OLD_RESULT_LENGTH = 800
SAID_READ = 200
_NUDGE = "Your last message had no text. Answer the person now, in one or two sentences."
EMPTY = "The language model gave no answer. Try again, or say it in other words."
BROKEN = "Something broke while answering. Nothing was done. Try again."


@dataclass
class _Running:
    """An answer that is being written in this process."""

    task: asyncio.Task[Any]
    text: str = ""


_running: dict[UUID, _Running] = {}


async def answer(principal: Principal, begun: Begun, on_progress: OnProgress) -> None:
    """Write the answer that `begun` names, and return when it is stored, stopped or failed.

    Opens its own transactions: call it outside any.
    """
    work = asyncio.create_task(_answered(principal, begun, on_progress))
    _running[begun.message_id] = _Running(work)
    try:
        await asyncio.wait({work})
    finally:
        _running.pop(begun.message_id, None)
        work.cancel()
    if not work.cancelled():
        work.result()


def cut_short(message_id: UUID) -> str:
    """Stop writing an answer, if this process does, and return what is there of it."""
    running = _running.get(message_id)
    if running is None:
        return ""
    running.task.cancel()
    return running.text


async def _answered(principal: Principal, begun: Begun, on_progress: OnProgress) -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()

    async def on_text(text: str) -> None:
        if running := _running.get(begun.message_id):
            running.text = text
        await on_progress(text, "")

    thinking = Thinking(temperature=0.2, max_tokens=MOST_TOKENS, within_s=WITHIN_S, on_text=on_text)
    found = Answer()
    try:
        await _think(principal, begun, thinking, found, on_progress)
    except MagpipeError as problem:
        found.error = problem.message
    except Exception:
        log.exception("assistant.answer_failed", message=str(begun.message_id))
        found.error = BROKEN
    await _store(principal, begun, thinking, found, round((loop.time() - started) * 1000))


async def _think(
    principal: Principal, begun: Begun, thinking: Thinking, found: Answer, on_progress: OnProgress
) -> None:
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            desk = await _desk(session, principal, begun.conversation_id)
            business = await session.get(Organization, principal.org_id)
            system = prompt.build(desk, business.name if business else "", clock.now())
            messages = [{"role": "system", "content": system}, *await _history(session, begun)]
        nudged = False
        for round_number in range(MOST_ROUNDS + 1):
            offered = tools.schemas() if round_number < MOST_ROUNDS else []
            told, is_cut = await thinking.ask(messages, offered)
            if told.tool_calls and offered:
                messages += await _use(principal, begun, told, found, on_progress)
            elif text := told.text.strip():
                found.text = f"{text} …" if is_cut else text
                return
            elif nudged or found.drafts:
                break
            else:
                nudged = True
                messages.append({"role": "system", "content": _NUDGE})
    if not found.drafts:
        found.error = EMPTY


async def _use(
    principal: Principal, begun: Begun, told: Completion, found: Answer, on_progress: OnProgress
) -> list[dict[str, Any]]:
    """Run the calls of one round and return the messages that tell the model what came of them."""
    calls = [
        {"id": one.id, "type": "function", "function": {"name": one.name, "arguments": one.raw_arguments}}
        for one in told.tool_calls
    ]
    messages: list[dict[str, Any]] = [{"role": "assistant", "content": told.text or None, "tool_calls": calls}]
    for place, wanted in enumerate(told.tool_calls):
        await on_progress("", wanted.name if wanted.name in tools.TOOLS else "")
        result = ToolAnswer("refused", "Too much at once.")
        if place < MOST_CALLS:
            async with unit_of_work() as session:
                desk = await _desk(session, principal, begun.conversation_id)
                result = await tools.call(desk, wanted.name, wanted.arguments)
        if result.draft is not None and len(found.drafts) >= MOST_PROPOSALS:
            result = ToolAnswer("refused", "Too many things at once: let the person confirm these first.")
        if result.draft is not None and all(one.effect != result.draft.effect for one in found.drafts):
            found.drafts.append(result.draft)
        if result.choices:
            found.choices = list(result.choices)
        said = result.message[:RESULT_LENGTH]
        found.tools.append(
            {"name": wanted.name[:80], "arguments": wanted.arguments or {}, "result": said, "status": result.status}
        )
        messages.append({"role": "tool", "tool_call_id": wanted.id, "content": tools.content(result.status, said)})
    return messages


async def _desk(session: AsyncSession, principal: Principal, talk_id: UUID) -> Desk:
    organization = await session.get(Organization, principal.org_id)
    return Desk(
        session,
        principal,
        ZoneInfo((organization and organization.timezone) or "UTC"),
        (organization and organization.country) or "US",
        tuple(await queries.said(session, talk_id, SAID_READ)),
    )


async def _history(session: AsyncSession, begun: Begun) -> list[dict[str, Any]]:
    """Return the talk so far in the model's form, with what its tools said and what became of proposals."""
    found = await queries.messages(session, begun.conversation_id, MESSAGES_READ)
    proposals = await queries.proposals(session, begun.conversation_id, [one.id for one in found])
    kept: list[dict[str, Any]] = []
    room = HISTORY_LENGTH
    for message in reversed([one for one in found if one.id != begun.message_id]):
        if message.role == "user":
            lines = [{"role": "user", "content": message.body}]
        else:
            lines = _told(message, [one for one in proposals if one.message_id == message.id])
        room -= sum(len(str(line)) for line in lines)
        if room < 0 and kept:
            break
        kept = [*lines, *kept]
    return kept


def _told(message: AssistantMessage, proposals: Sequence[AssistantProposal]) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    for place, used in enumerate(message.tools):
        id = f"call_{message.seq}_{place}"
        function = {"name": used["name"], "arguments": tools.as_json(used["arguments"])}
        lines.append(
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": id, "type": "function", "function": function}],
            }
        )
        content = tools.content(used["status"], used["result"][:OLD_RESULT_LENGTH])
        lines.append({"role": "tool", "tool_call_id": id, "content": content})
    if message.body:
        lines.append({"role": "assistant", "content": message.body})
    for one in proposals:
        # Only our own words stand here: a name in a system message could pose as an order.
        words = {
            Decision.DONE: "was confirmed and done",
            Decision.DISMISSED: "was dismissed by the person",
            Decision.FAILED: "was confirmed and refused, so nothing happened",
        }.get(Decision(one.status), "was not confirmed, so nothing happened")
        lines.append({"role": "system", "content": f"Proposal {one.kind} {words}."})
    return lines


async def _store(principal: Principal, begun: Begun, thinking: Thinking, found: Answer, ms: int) -> None:
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            message = await queries.message(session, principal.org_id, begun.message_id)
            if message is None or message.status != Stage.WRITING:
                return
            record = thinking.record
            message.status = Stage.FAILED if found.error else Stage.DONE
            message.body, message.error, message.tools = found.text, found.error, found.tools
            message.choices = [dict(one) for one in found.choices]
            message.model, message.total_ms = record.model, ms
            message.tokens_in, message.tokens_out = record.tokens_in, record.tokens_out
            message.cost_micros = record.cost_micros
            session.add(message)
            for place, draft in enumerate([] if found.error else found.drafts):
                session.add(
                    AssistantProposal(
                        org_id=principal.org_id,
                        conversation_id=begun.conversation_id,
                        message_id=message.id,
                        user_id=principal.user_id,
                        place=place,
                        kind=draft.kind,
                        effect=dict(draft.effect),
                        shown=dict(draft.shown),
                        expires_at=draft.expires_at,
                    )
                )
            await session.flush()
            await realtime.announce(session, principal.org_id, "assistant.changed", subject=str(principal.user_id))
