"""Go on with a turn that waited for the team: carry out what was approved, once, and answer with what came of it.

The turn is the same row as before the question, so its lease, its one reply and its record hold on. What the customer
wrote meanwhile is answered with it. A crash anywhere leaves the turn to the next run, and the gate knows of each call
whether it was begun.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import answering, authority, leases, posting, queries, requests, runtime, storing, tool_calls, tools
from backend.agents.posts import Post, Writer
from backend.agents.schemas import Effect, TurnRecord, TurnRequest
from backend.agents.tools import ToolAnswer, ToolContext
from backend.approvals import service as approvals
from backend.contacts import service as contacts
from backend.core import clock
from backend.core.tenancy import org_id_of, unit_of_work
from backend.functions import service as functions
from backend.functions.schemas import CallSetting, Offer, Outcome
from backend.models.agents import AgentTurn
from backend.models.conversations import ConversationItem
from backend.models.functions import ToolCall
from backend.vocab import AnswerMode, Channel, ToolCallStatus, ToolKind, ToolPolicy, TurnStatus

_GONE = "The agent is switched off, so this was left undone."
_OFF = "The team has switched this off since."
_LEFT = "A person took over, so this was left to them."
_BROKE = "The agent could not go on, so this was left undone."
_NOTE = (
    "Your team has decided about what you asked for; what came of it stands with your calls. Tell the customer what"
    " matters of it, and answer what they wrote meanwhile."
)


@dataclass(frozen=True)
class _Taken:
    """A turn that is ours to go on with."""

    turn_id: UUID
    message_id: UUID
    """The last message it answers."""
    request: TurnRequest
    setting: CallSetting
    calls: tuple[ToolCall, ...]
    tools: tuple[Offer, ...]
    """What the agent has by now, whoever answers."""
    writer: Writer | None
    silence: str
    """Why the agent must not answer, or an empty string; what was approved is done all the same."""


async def resume(turn_id: UUID) -> None:
    """Go on with a turn once nothing of it waits; runs in the organization scope of its caller.

    Raises `Unavailable` while another process runs the same turn.
    """
    async with unit_of_work() as session:
        taken = await _take(session, turn_id)
    if taken is None:
        return
    try:
        for call in taken.calls:
            await _carry_out(call, taken)
        async with unit_of_work() as session:
            record, before, own = await _record(session, taken)
        try:
            if not taken.silence:
                record = await runtime.turn(replace(taken.request, before=tuple(before)), record)
        finally:
            if taken.writer is not None:
                await taken.writer.end()
        async with unit_of_work() as session:
            await _finish(session, taken, record, own)
    except BaseException:
        await leases.let_go(turn_id)
        raise


async def give_up(turn_id: UUID) -> None:
    """Hand a turn that could not go on to people; runs in the organization scope of its caller."""
    async with unit_of_work() as session:
        turn = await queries.turn(session, org_id_of(session), turn_id, for_update=True)
        if turn is None or turn.status not in (TurnStatus.WAITING, TurnStatus.RUNNING):
            return
        turn.status = TurnStatus.RUNNING
        session.add(turn)
    await answering.give_up(turn.trigger_message_id, Channel(turn.channel))


async def _take(session: AsyncSession, turn_id: UUID) -> _Taken | None:
    org_id = org_id_of(session)
    known = await queries.turn(session, org_id, turn_id)
    if known is None:
        return None
    conversation = await posting.held(session, known.conversation_id)
    turn = await queries.turn(session, org_id, turn_id, for_update=True)
    if turn is None or (turn.status != TurnStatus.WAITING and not leases.is_ours_to_run(turn)):
        return None
    calls = await approvals.of_turn(session, turn.id)
    if any(one.status == ToolCallStatus.WAITING for one in calls):
        return None
    item, post = await _last(session, turn)
    turn.status, turn.reason, turn.updated_at = TurnStatus.RUNNING, "", clock.now()
    session.add(turn)
    await session.flush()
    if post is None or item is None:
        await approvals.close(session, turn.id, "This message is gone.")
        await storing.skip(session, turn, "This message is gone.")
        return None
    agent = await queries.agent(session, org_id, turn.agent_id) if turn.agent_id else None
    if agent is None or not agent.is_active:
        await approvals.close(session, turn.id, _GONE)
        await storing.skip(session, turn, _GONE)
        await post.call_for_person(session, conversation, post.no_agent)
        return None
    contact = await contacts.get(session, conversation.contact_id)
    mode = posting.mode(post, conversation)
    silence = post.no_way or ("" if mode == AnswerMode.HUMAN else await post.refusal(session, contact))
    writer = post.writer(turn.id) if mode == AnswerMode.AI and not silence else None
    request = await requests.request_of(session, post, agent, contact, item, turn.id, writer)
    # What it reserved of the conversation's money when it began is still its own.
    request = replace(request, notes=(*request.notes, _NOTE), cost_micros=turn.reserved_micros or None)
    offers = request.agent.tools
    if mode != AnswerMode.AI:
        request = replace(request, agent=authority.reading(request.agent))
    known_values = tool_calls.known(request.agent, request.customer, request.found)
    setting = replace(storing.setting_of(turn, post), known=known_values)
    return _Taken(turn.id, post.message_id, request, setting, tuple(calls), offers, writer, silence)


async def _last(session: AsyncSession, turn: AgentTurn) -> tuple[ConversationItem | None, Post | None]:
    """Return the last message a turn has to answer, and see to it that none before is answered by itself."""
    channel = Channel(turn.channel)
    item = await queries.item_of(session, turn.org_id, turn.trigger_message_id)
    post = await posting.load(session, channel, turn.trigger_message_id)
    if item is None or post is None:
        return None, None
    for later in await queries.unanswered(session, turn.org_id, item, post.session_id):
        if later.record_id is None:
            continue
        newer = await posting.load(session, channel, later.record_id)
        other = await queries.turn_of_message(session, turn.org_id, later.record_id)
        if newer is None or (other is not None and other.status != TurnStatus.SKIPPED):
            continue
        if other is None:
            await storing.skip(session, answering.new_turn(newer), answering.WAITS)
        item, post = later, newer
    return item, post


async def _carry_out(call: ToolCall, taken: _Taken) -> None:
    """Run one approved call, unless the team has switched its tool off since, and show what came of it."""
    if call.kind == ToolKind.OWN or call.status not in (ToolCallStatus.APPROVED, ToolCallStatus.RUNNING):
        return
    offer = Offer.thawed(call.offer)
    setting = replace(taken.setting, allowed_by=call.allowed_by, allowed_by_name=call.allowed_by_name)
    is_there = _is_there(offer.name, offer.kind, taken)
    work = tool_calls.work(offer, call.arguments, setting) if is_there else _refuse
    await leases.renew(taken.turn_id)
    await functions.carry_out(taken.setting.org_id, call.id, runtime.TOOL_LIMIT_S, work)
    async with unit_of_work() as session:
        await approvals.show_result(session, call.id)


async def _refuse(call_id: UUID, limit_s: float) -> Outcome:
    return Outcome(call_id, ToolCallStatus.REFUSED, _OFF)


async def _record(
    session: AsyncSession, taken: _Taken
) -> tuple[TurnRecord, list[dict[str, Any]], dict[UUID, ToolAnswer]]:
    """Return the record as it stood with what came of each call, the same for the model, and what is still to be done.

    The last are the tools that are done in the course of an answer: they are checked now, and done with it.
    """
    turn = await queries.turn(session, taken.setting.org_id, taken.turn_id)
    assert turn is not None
    rows = {str(one.id): one for one in await approvals.of_turn(session, turn.id)}
    own: dict[UUID, ToolAnswer] = {}
    effects: list[Effect] = []
    entries: list[dict[str, Any]] = []
    before: list[dict[str, Any]] = []
    for entry in turn.tools:
        row = rows.get(str(entry.get("call_id") or ""))
        answer = None
        if row is not None and row.kind == ToolKind.OWN and row.status == ToolCallStatus.APPROVED:
            answer = own[row.id] = _own(row, taken)
            effects += [answer.effect] if answer.effect is not None else []
        entries.append(_entry(entry, row, answer))
        before.append({"name": entry["name"], "arguments": entry["arguments"], "content": _content(entry, row, answer)})
    record = TurnRecord(
        effects=effects,
        tools=entries,
        attempts=list(turn.attempts),  # type: ignore[arg-type]
        tokens_in=turn.tokens_in,
        tokens_out=turn.tokens_out,
        cost_micros=turn.cost_micros,
    )
    return record, before, own


def _own(row: ToolCall, taken: _Taken) -> ToolAnswer:
    """Check a tool that is done in the course of an answer, unless the team has switched it off since."""
    if not _is_there(row.name, ToolKind.OWN, taken):
        return ToolAnswer(ToolCallStatus.REFUSED, _OFF)
    return tools.call(row.name, row.arguments, _context(taken.request))


def _is_there(name: str, kind: ToolKind, taken: _Taken) -> bool:
    return any(one.name == name and one.kind == kind and one.policy != ToolPolicy.OFF for one in taken.tools)


def _context(request: TurnRequest) -> ToolContext:
    said = (*(line.text for line in request.history if line.role == "user"), request.text)
    return ToolContext(request.customer, said, request.agent.details, request.found, request.agent.targets)


def _entry(entry: Mapping[str, Any], row: ToolCall | None, answer: ToolAnswer | None) -> dict[str, Any]:
    if row is None:
        return dict(entry)
    status, result = (answer.status, answer.said()) if answer else (row.status, row.result)
    return {**entry, "status": str(status), "result": result[: runtime.RESULT_LIMIT], "ms": row.ms}


def _content(entry: Mapping[str, Any], row: ToolCall | None, answer: ToolAnswer | None) -> str:
    """Return what the model is told of a call it made before it waited."""
    if row is None:
        return json.dumps({"status": entry["status"], "result": entry["result"]}, ensure_ascii=False)
    outcome = functions.told_again(row)
    told = answer or ToolAnswer(outcome.status, outcome.message, data=outcome.data)
    said = json.loads(told.content())
    return json.dumps({**said, "note_of_the_team": row.note} if row.note else said, ensure_ascii=False)


async def _finish(session: AsyncSession, taken: _Taken, record: TurnRecord, own: Mapping[UUID, ToolAnswer]) -> None:
    """Store the turn, and with it what its own tools did."""
    turn = await queries.turn(session, taken.setting.org_id, taken.turn_id)
    assert turn is not None
    conversation = await posting.held(session, turn.conversation_id)
    post = await posting.load(session, Channel(turn.channel), taken.message_id)
    is_left = post is None or posting.mode(post, conversation) == AnswerMode.HUMAN
    if taken.silence:
        await storing.keep_silent(session, taken.turn_id, record, taken.silence)
    else:
        await storing.store(session, taken.turn_id, record, taken.request.agent, taken.message_id)
    for call_id, answer in own.items():
        status, words = ToolCallStatus(answer.status), answer.said()
        if is_left or taken.silence:
            status, words = ToolCallStatus.REFUSED, _LEFT
        elif answer.effect is not None and answer.effect not in record.effects:
            # Of an answer that broke nothing is done but to call for people.
            status, words = ToolCallStatus.FAILED, _BROKE
        await approvals.done(session, call_id, status, words)
