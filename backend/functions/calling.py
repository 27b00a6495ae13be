"""Send a function's call through the guarded client, again where that is safe, and read the answer.

What was sent carries the log's id as `Idempotency-Key`, for servers that know it (the draft of the IETF's HTTP API
group). Whether a call may be made, and that it is made once, is the gate's matter.
"""

import asyncio
import codecs
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from backend.core import clock, strict_json
from backend.core.errors import MagpipeError, VendorError
from backend.core.tenancy import org_scope, unit_of_work
from backend.functions import definitions, gate, secrets, templates
from backend.functions.gate import ANSWER_LIMIT, ERROR_LIMIT
from backend.functions.schemas import CallSetting, Outcome
from backend.vendors import http
from backend.vocab import ToolCallStatus

MOST_BYTES = 1_000_000
PAUSE_S = 0.5
MASK = "(kept secret)"
# A shorter value, or the word before a token, is no secret and stands in too much that is none.
LEAST_SECRET = 8
_PASSING = (408, 425, 429, 500, 502, 503, 504)
# These say that nothing was done, whatever the method.
_NOT_DONE = (429, 503)
# What answers are written in; anything else is read as UTF-8. Python knows codecs that are no charsets at all.
_CHARSETS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "ascii", "iso8859-1", "iso8859-15", "cp1252")
_CUT = " … (cut)"
_UNREADABLE = "The address answered something that could not be read. It may be too long, or not be JSON."


async def call(
    found: Mapping[str, Any],
    arguments: Mapping[str, Any],
    setting: CallSetting,
    key: str,
    limit_s: float,
) -> Outcome:
    """Call a function within `limit_s` seconds through the gate, once for the same `key`, however often this runs."""

    async def work(call_id: UUID, left_s: float) -> Outcome:
        return await run(found, arguments, call_id, setting, left_s)

    return await gate.call(definitions.offer(found), arguments, setting, key, limit_s, work)


async def run(
    found: Mapping[str, Any], arguments: Mapping[str, Any], call_id: UUID, setting: CallSetting, limit_s: float
) -> Outcome:
    """Send a call that stands in the log and return its answer; never raises for what its address does."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    attempts, fault = 0, ""
    answer: http.Answer | None = None
    request: dict[str, str] = {}
    kept: list[str] = []
    try:
        extra = {"channel": setting.channel, "session_id": str(setting.conversation_id or call_id)}
        url, content = templates.request_of(found, arguments, setting.known, extra)
        request = {"method": found["http_method"], "url": url}
        with org_scope(setting.org_id):
            async with unit_of_work() as session:
                headers = await secrets.opened(session, found["headers"], url)
                secret = await secrets.signing(session)
        kept = [one for value in headers.values() for one in (value, *value.split()) if len(one) >= LEAST_SECRET]
        now = int(clock.now().timestamp())
        headers |= secrets.signed(secret, now, content, urlsplit(url).query)
        headers |= {"Idempotency-Key": str(call_id), "User-Agent": "Magpipe", "Accept": "application/json, text/plain"}
        if content:
            headers["Content-Type"] = "application/json"
        answer, fault, attempts = await _sent(found, url, headers, content, started + limit_s)
    except MagpipeError as error:
        fault = error.message
    return replace(_outcome(found, call_id, answer, fault, kept), request=request, attempts=attempts)


async def _sent(
    found: Mapping[str, Any], url: str, headers: Mapping[str, str], content: bytes, deadline: float
) -> tuple[http.Answer | None, str, int]:
    """Send a request, again where that is safe, and return the answer, what went wrong, and how often it left."""
    now = asyncio.get_running_loop().time
    attempt = 0
    while True:
        attempt += 1
        left = min(found["timeout_ms"] / 1000, deadline - now())
        answer: http.Answer | None = None
        fault = ""
        try:
            answer = await http.send(
                found["http_method"], url, headers=headers, content=content, max_bytes=MOST_BYTES, timeout_s=left
            )
            may_again = _may_send_again(found, answer.status)
        except VendorError as error:
            fault = error.message
            may_again = error.is_retryable and (not error.may_have_happened or definitions.is_reading(found))
        if not may_again or attempt > found["max_retries"] or deadline - now() < 2 * PAUSE_S:
            return answer, fault, attempt
        await asyncio.sleep(PAUSE_S)


def _may_send_again(found: Mapping[str, Any], status: int) -> bool:
    return status in _NOT_DONE or (status in _PASSING and definitions.is_reading(found))


def _outcome(
    found: Mapping[str, Any], call_id: UUID, answer: http.Answer | None, fault: str, kept: Sequence[str] = ()
) -> Outcome:
    """Return what came of a call; what is `kept` is said again to nobody."""
    if answer is None:
        return Outcome(call_id, ToolCallStatus.FAILED, fault, result=fault)
    text = strict_json.clean(answer.content.decode(_charset(answer.charset), "replace"))
    for value in kept:
        # A server that repeats its request would hand the secret to the model, and through it to the customer.
        text = text.replace(value, MASK).replace(json.dumps(value)[1:-1], MASK)
    shown = text[:ANSWER_LIMIT]
    if not 200 <= answer.status < 300:
        words = f"The address answered {answer.status}. {text[:ERROR_LIMIT]}".strip()
        return Outcome(call_id, ToolCallStatus.FAILED, words, result=shown, http_status=answer.status)
    told = _told(found, text)
    return Outcome(call_id, ToolCallStatus.OK, "", told, result=shown, http_status=answer.status)


def _told(found: Mapping[str, Any], text: str) -> Any:
    """Return what the model is told of an answer: what the function picks of it and nothing else, else all of it."""
    wanted = found["response_variables"]
    try:
        read = strict_json.loads(text)
    except ValueError:
        return _UNREADABLE if wanted else text[:ANSWER_LIMIT]
    if wanted:
        return _shortened({one["name"]: templates.picked(read, one["json_path"]) for one in wanted})
    return read if len(json.dumps(read, ensure_ascii=False)) <= ANSWER_LIMIT else text[:ANSWER_LIMIT]


def _shortened(values: dict[str, Any]) -> dict[str, Any]:
    """Return what was picked with every value cut that takes more than its share of what a model is handed."""
    if len(json.dumps(values, ensure_ascii=False)) <= ANSWER_LIMIT:
        return values
    share = ANSWER_LIMIT // len(values)
    short: dict[str, Any] = {}
    for name, value in values.items():
        said = json.dumps(value, ensure_ascii=False)
        is_long = len(said) > share
        short[name] = f"{(value if isinstance(value, str) else said)[:share]}{_CUT}" if is_long else value
    return short


def _charset(named: str) -> str:
    try:
        found = codecs.lookup(named).name
    except (LookupError, ValueError):
        return "utf-8"
    return found if found in _CHARSETS else "utf-8"
