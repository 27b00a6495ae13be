"""Call somebody by one's own telephone: it rings first, its owner presses a key, and the carrier joins the two.

No voice process takes part. What the person's telephone does is told as `own_phone.*`, what that of whoever is called
does as `callee.*`, so that an end says which of the two it was. Nobody is called before a key was pressed, so that a
voicemail is joined with no customer. A telephone that was not proven yet is asked for two digits that only the screen
of the person shows.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.billing import service as billing
from backend.calls import log, outgoing, queries, records, routing, statuses
from backend.calls.cxml import Answer
from backend.calls.projection import CARRIER, ENDED, Kind
from backend.calls.schemas import CallBrief
from backend.compliance import service as compliance
from backend.compliance.schemas import Purpose
from backend.contacts import service as contacts
from backend.core import clock, crypto, jobs, rate_limits
from backend.core.errors import Invalid, NotFound, PaymentRequired
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.models.calls import CallRecord
from backend.numbers import e164
from backend.organizations import service as organizations
from backend.vendors import signalwire_forms as forms
from backend.vocab import CallStatus, Channel, MemberRole

KIND, FUNCTION = "call.own_phone", "own-phone-cxml"
ACCEPTED = "own_phone.accepted"
# Calls a person may have made to telephones that are not proven to be theirs.
MOST_UNPROVEN, AN_HOUR = 5, timedelta(hours=1)
# So long somebody may take to press a key, each of the two times they are asked.
_DECIDES_S = 8
# The leg that asks what follows where no key was pressed.
_SILENT = "silent"
_ASK = "{business}: to call {who}, press 1."
_PROVE = (
    "{business}: somebody who signed in wants to make calls with this phone. If that is you, press the two digits that "
    "your screen shows. Otherwise hang up."
)
_CALLING, _GONE = "One moment.", "This call has ended. Goodbye."
_TOLD = {
    CallStatus.BUSY: "The line is busy. Goodbye.",
    CallStatus.NO_ANSWER: "Nobody answered. Goodbye.",
    CallStatus.CANCELED: "Nobody answered. Goodbye.",
    CallStatus.FAILED: "They could not be reached. Goodbye.",
}
_NOBODY_CALLED = "so nobody was called."
_WHY = {
    CallStatus.BUSY: f"Your own phone was busy, {_NOBODY_CALLED}",
    CallStatus.NO_ANSWER: f"Your own phone was not answered, {_NOBODY_CALLED}",
    CallStatus.CANCELED: f"Your own phone was not answered, {_NOBODY_CALLED}",
    CallStatus.FAILED: f"Your own phone could not be reached, {_NOBODY_CALLED}",
}
_SILENT_WHY = f"Your own phone was picked up, but no key was pressed, {_NOBODY_CALLED}"
_DECLINED_WHY = f"Another key than the one asked for was pressed on your own phone, {_NOBODY_CALLED}"


class Stage(TypedDict):
    """How far a call by one's own phone is: `rings`, `asks`, `calls`, `talks` or `over`.

    `key` is what its owner presses, `reason` why it ended.
    """

    stage: str
    key: str
    is_proven: bool
    reason: str


async def place(session: AsyncSession, principal: Principal, phone_number: str, caller_id: str) -> CallRecord:
    """Keep a call that a person makes by their own phone, and have that rung.

    Raises `NotFound`, `Invalid` that names the field, `PaymentRequired`, `Refused` when either of the two may not be
    called, `LimitReached` for too many calls of a phone that is not proven. A program's key rings proven phones alone.
    Effects: a line in the timeline, a durable job.
    """
    principal.require(MemberRole.SUPPORT)
    number, recipient = await outgoing.ends(session, phone_number, caller_id)
    own = await organizations.own_phone(session, principal.user_id)
    if not own.number:
        raise Invalid("Give the number of your own phone first.", field="own_phone", code="own_phone_missing")
    if own.number == recipient:
        raise Invalid("This is your own phone.", field="phone_number")
    if not own.is_proven:
        if principal.is_key:
            words = "Call once from the Phone page first: that shows that this phone is yours."
            raise Invalid(words, field="own_phone", code="own_phone_unproven")
        await rate_limits.hit("calls.own_phone", MOST_UNPROVEN, AN_HOUR, about=principal.user_id)
        if known := await contacts.find_by_phone(session, own.number):
            purpose = Purpose.SERVICE
            sender = number.phone_number
            await compliance.require_may_contact(session, known, Channel.CALL, purpose, sender=sender)
    if not await billing.may_reply(session):
        raise PaymentRequired("The balance does not cover calls. Add credits first.")
    call = await outgoing.begin(session, principal, number, recipient, None, own_phone=own.number)
    org_id, call_id = str(call.org_id), str(call.id)
    await jobs.defer(session, "calls.dial", urgency=jobs.Urgency.FIRST, org_id=org_id, call_id=call_id)
    return call


async def stage(session: AsyncSession, call_id: UUID) -> Stage:
    """Return how far a call by one's own phone is. Raises `NotFound`."""
    call = await records.get(session, call_id)
    kinds = {one.kind for one in await queries.events(session, call_id, (Kind.OWN_ANSWERED, ACCEPTED, Kind.ANSWERED))}
    is_proven = await _is_proven(session, call)
    passed = [(Kind.ANSWERED, "talks"), (ACCEPTED, "calls"), (Kind.OWN_ANSWERED, "asks")]
    now = "over" if call.status in ENDED else next((name for kind, name in passed if kind in kinds), "rings")
    return Stage(
        stage=now,
        key=_key(call, is_proven),
        is_proven=is_proven,
        reason=call.disposition_reason if now == "over" else "",
    )


async def instructions(path_with_query: str, signature: str, body: bytes) -> bytes:
    """Return what a person's own phone hears: who is to be called, and once a key was pressed, the other telephone.

    Raises `MalformedWebhook`, `NotAllowed`.
    """
    form = await forms.read(KIND, path_with_query, signature, body)
    forms.require(form, "CallSid")
    forms.require_sid(form, "CallSid")
    marks = forms.marks(path_with_query)
    try:
        found = await records.brief(parse_id(marks["call"]))
    except (Invalid, NotFound):
        return Answer().say(_GONE).hang_up().xml
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            return (await _next(session, found, form, marks["leg"])).xml


async def _next(session: AsyncSession, found: CallBrief, form: Mapping[str, str], leg: str) -> Answer:
    await outgoing.recognise(session, found.call_id, form["CallSid"])
    call = await queries.locked(session, found.org_id, found.call_id)
    if call is None or not call.own_phone or found.has_ended:
        return Answer().say(_GONE).hang_up()
    await log.write(session, call.id, CARRIER, "own-picked-up", Kind.OWN_ANSWERED, clock.now(), {})
    is_proven = await _is_proven(session, call)
    if leg == _SILENT:
        return await _give_up(session, call, _SILENT_WHY)
    if "Digits" not in form:
        who = found.contact_name or e164.display(found.caller_number)
        words = (_ASK if is_proven else _PROVE).format(business=found.business_name, who=who)
        action = routing.address(FUNCTION, call.id)
        told = Answer()
        for _ in range(2):
            told.gather(words, action=action, waits_s=_DECIDES_S, keys=len(_key(call, is_proven)))
        return told.redirect(routing.address(FUNCTION, call.id, leg=_SILENT))
    if form["Digits"].strip() != _key(call, is_proven):
        return await _give_up(session, call, _DECLINED_WHY)
    if not is_proven and call.started_by_user_id is not None:
        await organizations.prove_own_phone(session, call.started_by_user_id, call.own_phone)
    await log.write(session, call.id, log.OURS, "own-accepted", ACCEPTED, clock.now(), {})
    return (
        Answer()
        .say(_CALLING)
        .dial_number(
            call.caller_number,
            action=routing.address("sip-call-status", call.id, leg=routing.CALLEE_LEG),
            limit_s=routing.LONGEST_S,
            ring_s=routing.PERSON_RINGS_S,
            caller_id=call.service_number,
            told=routing.address("webhook-call-status", call.id, leg=routing.CALLEE_LEG),
        )
    )


async def _give_up(session: AsyncSession, call: CallRecord, reason: str) -> Answer:
    await log.write(session, call.id, log.OURS, "own-declined", Kind.HANG_UP_ASKED, clock.now(), {"reason": reason})
    return Answer().hang_up()


def after(form: Mapping[str, str]) -> Answer:
    """Return what the person hears once the telephone of whoever they called is put down, or was not picked up."""
    words = _TOLD.get(statuses.end_of(form.get("DialCallStatus", "")) or CallStatus.COMPLETED)
    return Answer().say(words).hang_up() if words else Answer().hang_up()


def told_of_own(form: Mapping[str, str], at: datetime) -> list[tuple[str, datetime, dict[str, Any]]]:
    """Return what a status of the person's own telephone says of the call, as (kind, when, data)."""
    kind, end = statuses.kind_of(form["CallStatus"]), statuses.end_of(form["CallStatus"])
    if kind == Kind.ANSWERED:
        return [(Kind.OWN_ANSWERED, at, {})]
    if kind != Kind.ENDED or end is None:
        return [(kind, at, {"sid": form["CallSid"]})] if kind else []
    # Only that the other telephone was busy or not answered is a result of that kind.
    status = end if end in (CallStatus.COMPLETED, CallStatus.FAILED) else CallStatus.CANCELED
    own_s = statuses.seconds(form.get("CallDuration", ""))
    return [(Kind.ENDED, at, {"status": status, "own_s": own_s, "reason": _WHY.get(end, "")})]


def told_of_callee(form: Mapping[str, str], at: datetime) -> list[tuple[str, datetime, dict[str, Any]]]:
    """Return what a status of the telephone of whoever is called says of the call, as (kind, when, data)."""
    kind, end = statuses.kind_of(form["CallStatus"]), statuses.end_of(form["CallStatus"])
    if kind == Kind.ANSWERED:
        return [(Kind.ANSWERED, at, {}), (Kind.PERSON_JOINED, at, {})]
    if kind != Kind.ENDED or end is None:
        return [("callee.rung", at, {})] if kind == Kind.RINGING else []
    duration_s = statuses.seconds(form.get("CallDuration", ""))
    reason = statuses.reason(form.get("SipResultCode", ""))
    return [(Kind.CALLEE_ENDED, at, {"status": end, "duration_s": duration_s, "reason": reason})]


async def _is_proven(session: AsyncSession, call: CallRecord) -> bool:
    if call.started_by_user_id is None:
        return False
    try:
        own = await organizations.own_phone(session, call.started_by_user_id)
    except NotFound:
        return False
    return own.is_proven and own.number == call.own_phone


def _key(call: CallRecord, is_proven: bool) -> str:
    """Return what the owner of a telephone presses to have somebody called: 1, or two digits until it is proven."""
    return "1" if is_proven else str(int(crypto.digest("own-phone", str(call.id)), 16) % 90 + 10)
