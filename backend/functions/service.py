"""Keep the functions every agent may call, call them, and read the log.

A function of one agent alone stands in that agent's draft and versions (`backend.agents.drafts`); one for every
agent stands here and holds at once. Changing one needs the editor role and is written to the audit log.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock, rate_limits, realtime
from backend.core.errors import Invalid, NotFound
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.shared_definitions import Definitions
from backend.core.strict_json import clean as clean_text
from backend.core.strict_json import loads as read_json
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.functions import definitions, queries
from backend.functions.calling import call
from backend.functions.calling import run as send
from backend.functions.gate import ERROR_LIMIT, carry_out, is_repeated, new_call, told_again
from backend.functions.gate import call as pass_call
from backend.functions.queries import begin as keep_call
from backend.functions.schemas import CallRow, CallSetting, Outcome
from backend.functions.secrets import has_signing, kept, renew_signing, signed, signing
from backend.models.functions import SharedFunction, ToolCall
from backend.vocab import Authority, MemberRole, ToolCallStatus, ToolKind

__all__ = [
    "ERROR_LIMIT",
    "MOST_CALLS",
    "CallRow",
    "CallSetting",
    "Outcome",
    "adopt",
    "call",
    "call_row",
    "calls",
    "carry_out",
    "clean_text",
    "has_signing",
    "is_repeated",
    "keep_call",
    "kept",
    "key_of",
    "log",
    "merged",
    "new_call",
    "pass_call",
    "read_json",
    "remove_shared",
    "removed",
    "renew_signing",
    "replaced",
    "save_shared",
    "saved",
    "send",
    "shared",
    "shown",
    "signed",
    "signing",
    "told_again",
    "try_call",
]

MOST_CALLS = 50
# Quicker than anyone reads answers.
TRIES, WINDOW = 60, timedelta(minutes=10)
# Longer than any function's time-out times its retries would tire whoever waits for the button.
TRY_LIMIT_S = 60.0


async def merged(session: AsyncSession, given: Mapping[str, Any], former: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition with the changes in `given`, its header values kept. Raises `Invalid`, naming the field."""
    wanted = {**former, **given}
    rows = wanted.get("headers") or []
    if isinstance(rows, Mapping):
        rows = [{"name": key, "value": one} for key, one in rows.items()]
    if not isinstance(rows, list) or not all(isinstance(one, Mapping) for one in rows):
        raise Invalid("Headers are a list of names with values.", field="headers")
    plain = [{"name": one.get("name") or one.get("key")} for one in rows]
    # Everything else is checked before a secret is stored.
    found = definitions.definition({**wanted, "headers": plain, "id": former.get("id")})
    if rows:
        found["headers"] = await kept(session, rows, former.get("headers", []), found["endpoint_url"])
    return definitions.definition(found)


DEFINITIONS = Definitions(SharedFunction, "function", "functions", definitions.MOST_FUNCTIONS, merged)
shared, save_shared, remove_shared = DEFINITIONS.shared, DEFINITIONS.save_shared, DEFINITIONS.remove_shared
saved, removed = DEFINITIONS.saved, DEFINITIONS.removed


async def replaced(session: AsyncSession, principal: Principal, given: Any, former: Sequence[Mapping[str, Any]]) -> Any:
    """Return the functions an agent is given in the place of its own, for the agent's own check to look through.

    One that is known by its id, or without an id by its name, keeps what `given` leaves out, and the values of its
    headers. Raises `Invalid` that names the function at fault.
    """
    principal.require(MemberRole.EDITOR)
    if not isinstance(given, list) or len(given) > definitions.MOST_FUNCTIONS:
        return given
    known = {one[field]: one for field in ("name", "id") for one in former}
    rows: list[Any] = []
    for one in given:
        before = known.get(str(one.get("id") or one.get("name"))) if isinstance(one, Mapping) else None
        if before is None:
            rows.append(one)
            continue
        if shown(before).items() <= one.items():
            rows.append(before)
            continue
        try:
            rows.append(await merged(session, one, before))
        except Invalid as error:
            raise Invalid(f"The function “{before['name']}”: {error.message}", field="custom_functions") from None
    return rows


def shown(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return a function as the API shows it: of its headers' values only whether there are any."""
    return {
        **found, "headers": [{"name": one["name"], "has_value": bool(one["secret"])} for one in found["headers"]]
    }  # fmt: skip


async def try_call(
    principal: Principal, found: Mapping[str, Any], arguments: Mapping[str, Any], setting: CallSetting
) -> CallRow:
    """Call a function as a try, and return its row of the log.

    Really sends the request. Opens its own transactions. Raises `Invalid` that names an argument, `LimitReached`.
    """
    principal.require(MemberRole.EDITOR)
    if fault := definitions.fault(found, arguments):
        raise Invalid(fault, field="arguments")
    with org_scope(principal.org_id):
        await rate_limits.hit("functions.tries", TRIES, WINDOW, about=principal.org_id)
        outcome = await call(found, arguments, setting, f"try:{new_id()}", TRY_LIMIT_S)
        async with unit_of_work() as session:
            stored = await queries.call(session, principal.org_id, outcome.call_id or new_id())
            if stored is None:
                raise NotFound("This call is gone.")
            return call_row(stored)


async def calls(session: AsyncSession, function_id: UUID, before: UUID | None = None) -> list[CallRow]:
    """Return at most `MOST_CALLS` calls of a function, newest first, older than `before`."""
    found = await queries.calls(session, org_id_of(session), function_id, MOST_CALLS, before)
    return [call_row(one) for one in found]


async def log(session: AsyncSession, setting: CallSetting, entries: Sequence[Mapping[str, Any]]) -> None:
    """Write calls that leave no row of their own into the log, as a turn used them: once, however often this runs."""
    for place, one in enumerate(entries):
        if one.get("call_id"):
            continue
        status = ToolCallStatus(one["status"])
        row = ToolCall(
            org_id=setting.org_id,
            key=f"{setting.turn_id}:{place}",
            conversation_id=setting.conversation_id,
            turn_id=setting.turn_id,
            agent_id=setting.agent_id,
            agent_name=setting.agent_name,
            agent_version=setting.agent_version,
            channel=setting.channel,
            kind=ToolKind.OWN,
            name=str(one["name"]),
            arguments=dict(one["arguments"]),
            status=status,
            authority=Authority.NOBODY if status == ToolCallStatus.REFUSED else setting.authority,
            result=str(one["result"]),
            ms=int(one["ms"]),
            finished_at=clock.now(),
        )
        await queries.begin(session, row)


async def adopt(session: AsyncSession, turn_id: UUID, entries: Sequence[Mapping[str, Any]]) -> None:
    """Have the calls that were made for a turn before it was stored belong to it."""
    made = [UUID(str(one["call_id"])) for one in entries if one.get("call_id")]
    await queries.adopt(session, org_id_of(session), turn_id, made)


def key_of(turn_id: UUID, name: str, arguments: Mapping[str, Any]) -> str:
    """Return the key of one wish: a turn that asks for the same twice gets the answer it had."""
    said = json.dumps(arguments, sort_keys=True, ensure_ascii=False, default=str)
    return f"{turn_id}:{name}:{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def call_row(one: ToolCall) -> CallRow:
    """Return a stored call in plain JSON."""
    return CallRow(
        id=str(one.id),
        name=one.name,
        status=ToolCallStatus(one.status),
        arguments=dict(one.arguments),
        method=str(one.request.get("method", "")),
        url=str(one.request.get("url", "")),
        http_status=one.http_status,
        answer=one.result,
        attempts=one.attempts,
        ms=one.ms,
        agent_name=one.agent_name,
        channel=one.channel,
        conversation_id=str(one.conversation_id or ""),
        is_test=one.is_test,
        allowed_by=one.allowed_by_name,
        at=one.created_at.isoformat(),
    )


async def _announce(session: AsyncSession) -> None:
    await realtime.announce(session, org_id_of(session), "functions.changed")
