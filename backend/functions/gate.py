"""Let a call pass, or not: the one way by which a tool of any kind runs, and the one place that logs it.

What a tool does to the world is done here alone, between two commits. The call stands in the log before it leaves,
under a key of the wish behind it and with who allowed it; without that, the database itself refuses a row that runs.
So a turn that is run again after a crash reads the answer it had; and when the crash fell between sending and answer,
only a call that changes nothing (more) is sent again, while of any other nobody knows and a person has to look.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from backend.core import clock, strict_json
from backend.core.errors import MagpipeError
from backend.core.logging import log
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.functions import queries
from backend.functions.schemas import CallSetting, Offer, Outcome, Work
from backend.models.functions import ToolCall
from backend.vocab import Authority, ToolCallStatus, ToolPolicy

# The reference product hands a model no more than this of an answer.
ANSWER_LIMIT = 10_000
ERROR_LIMIT = 500
UNKNOWN = "The call was interrupted, and nobody knows whether it was done. A person has to look."
_OFF = "The team has switched this off."
_ASKS = "A person has to approve this first."
_BROKE = "Something went wrong on our side. Whether it was done is not certain."
_DECIDED = (ToolCallStatus.WAITING, ToolCallStatus.REFUSED, ToolCallStatus.EXPIRED)


async def call(
    offer: Offer, arguments: Mapping[str, Any], setting: CallSetting, key: str, limit_s: float, work: Work
) -> Outcome:
    """Call a tool within `limit_s` seconds and return what came of it; never raises for what the other side does.

    Opens its own transactions, so call it outside any. The same `key` is called once, however often this runs. What
    the agent's policy does not allow is not run, unless a person stands behind the setting.
    """
    if offer.policy == ToolPolicy.OFF:
        return Outcome(None, ToolCallStatus.REFUSED, _OFF)
    if offer.policy == ToolPolicy.ASK and setting.authority != Authority.PERSON:
        return Outcome(None, ToolCallStatus.REFUSED, _ASKS)
    with org_scope(setting.org_id):
        row = new_call(offer, arguments, setting, key)
        async with unit_of_work() as session:
            before = await queries.begin(session, row)
            if before is not None and before.status != ToolCallStatus.RUNNING:
                return told_again(before)
            if before is not None and not _may_repeat(offer):
                return _uncertain(before)
            if before is not None:
                before.attempts += 1
            call_id = before.id if before is not None else row.id
        return await _run(call_id, work, limit_s, _may_repeat(offer), setting.keeps_words)


async def carry_out(org_id: UUID, call_id: UUID, limit_s: float, work: Work) -> Outcome:
    """Run a call that a person approved, once, and return what came of it; a second run is told what the first was.

    Opens its own transactions, so call it outside any.
    """
    with org_scope(org_id):
        async with unit_of_work() as session:
            row = await queries.call(session, org_id, call_id, for_update=True)
            if row is None:
                return Outcome(None, ToolCallStatus.FAILED, "This call is gone.")
            may_repeat = _may_repeat(Offer.thawed(row.offer))
            if row.status == ToolCallStatus.RUNNING and not may_repeat:
                return _uncertain(row)
            if row.status not in (ToolCallStatus.APPROVED, ToolCallStatus.RUNNING):
                return told_again(row)
            row.attempts += row.status == ToolCallStatus.RUNNING
            row.status = ToolCallStatus.RUNNING
            session.add(row)
        return await _run(call_id, work, limit_s, may_repeat)


async def is_repeated(call_id: UUID) -> bool:
    """Tell a call that runs whether it was cut off before, in the organization scope of its caller."""
    async with unit_of_work() as session:
        row = await queries.call(session, org_id_of(session), call_id)
        return row is not None and row.attempts > 0


def new_call(
    offer: Offer,
    arguments: Mapping[str, Any],
    setting: CallSetting,
    key: str,
    status: ToolCallStatus = ToolCallStatus.RUNNING,
) -> ToolCall:
    """Return the row of a call; one that waits for a person is allowed by nobody yet and freezes its tool."""
    is_asked = status == ToolCallStatus.WAITING
    return ToolCall(
        org_id=setting.org_id,
        key=key,
        conversation_id=setting.conversation_id,
        turn_id=setting.turn_id,
        agent_id=setting.agent_id,
        agent_name=setting.agent_name,
        agent_version=setting.agent_version,
        channel=setting.channel,
        function_id=UUID(offer.definition["id"]) if offer.definition.get("id") else None,
        kind=offer.kind,
        name=offer.name,
        arguments=dict(arguments) if setting.keeps_words else {},
        status=status,
        is_test=setting.is_test,
        authority=Authority.NOBODY if status in _DECIDED else setting.authority,
        allowed_by=setting.allowed_by,
        allowed_by_name=setting.allowed_by_name,
        offer=offer.frozen() if is_asked else {},
    )


def told_again(before: ToolCall) -> Outcome:
    """Return what a stored call came to, as its first caller was told."""
    if before.status == ToolCallStatus.OK:
        told = before.told["data"] if before.told else _read(before.result)
        return Outcome(before.id, before.status, "", told)
    return Outcome(before.id, before.status, before.result[:ERROR_LIMIT])


async def _run(call_id: UUID, work: Work, limit_s: float, may_repeat: bool, keeps_words: bool = True) -> Outcome:
    loop = asyncio.get_running_loop()
    started = loop.time()
    try:
        outcome = _storable(await work(call_id, limit_s))
    except MagpipeError as error:
        outcome = Outcome(call_id, ToolCallStatus.FAILED, strict_json.clean(error.message))
    except Exception:
        # A fault of ours must not leave the customer without an answer; the log of errors holds the rest.
        log.exception("functions.broke", call=str(call_id))
        status = ToolCallStatus.FAILED if may_repeat else ToolCallStatus.UNCERTAIN
        outcome = Outcome(call_id, status, _BROKE)
    async with unit_of_work() as session:
        stored = await queries.call(session, org_id_of(session), call_id, for_update=True)
        if stored is not None:
            _settle(stored, outcome, round((loop.time() - started) * 1000))
            if not keeps_words:
                stored.result, stored.told, stored.request = "", {}, {}
            session.add(stored)
    return outcome


def _storable(outcome: Outcome) -> Outcome:
    """Return what came of a call as it can be stored: a stranger's answer may hold what PostgreSQL takes in no text.

    Raises `ValueError` for a value that JSON cannot spell.
    """
    data = strict_json.loads(json.dumps(outcome.data)) if outcome.data is not None else None
    message, result = strict_json.clean(outcome.message), strict_json.clean(outcome.result)
    return replace(outcome, data=data, message=message, result=result)


def _settle(stored: ToolCall, outcome: Outcome, ms: int) -> None:
    stored.status, stored.result = outcome.status, (outcome.result or outcome.message)[:ANSWER_LIMIT]
    is_ok = outcome.status == ToolCallStatus.OK
    stored.told = {"data": outcome.data} if is_ok and _read(stored.result) != outcome.data else {}
    stored.request, stored.http_status = dict(outcome.request), outcome.http_status
    stored.attempts, stored.ms, stored.finished_at = outcome.attempts, ms, clock.now()


def _uncertain(row: ToolCall) -> Outcome:
    row.status, row.result, row.finished_at = ToolCallStatus.UNCERTAIN, UNKNOWN, clock.now()
    return Outcome(row.id, ToolCallStatus.UNCERTAIN, UNKNOWN)


def _may_repeat(offer: Offer) -> bool:
    return offer.is_reading or offer.is_repeatable


def _read(result: str) -> Any:
    """Return a logged answer as the model is told it: JSON where it is that and not too long."""
    try:
        found = strict_json.loads(result)
    except ValueError:
        return result
    return found if len(json.dumps(found, ensure_ascii=False)) <= ANSWER_LIMIT else result
