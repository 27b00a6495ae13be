"""Let an agent look up free times and book, move and cancel the customer's own appointments.

Times are said in the agent's time zone, with their offset, and leave in UTC. An address the customer did not write
themselves gets no invitation, and nobody hears of another's appointments.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import arguments as given
from backend.agents import history, queries
from backend.calendars import service as calendars
from backend.calendars.schemas import BookingRow, KindRow, Party, Slot, Wish
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import rate_limits
from backend.core.errors import Conflict, Invalid, NotFound, VendorError
from backend.core.json_schema import closed_object
from backend.core.tenancy import unit_of_work
from backend.functions import service as functions
from backend.functions.schemas import CallSetting, Offer, Outcome
from backend.models.agents import AgentConfig
from backend.models.organizations import Organization
from backend.vocab import Direction, ItemKind, ToolCallStatus, ToolKind

FREE, BOOK, LIST, MOVE, CANCEL = (
    "check_availability",
    "book_appointment",
    "list_appointments",
    "reschedule_appointment",
    "cancel_appointment",
)
MOST_A_DAY, MOST_TIMES = 8, 24
# What is looked at when nobody says until when.
USUAL_DAYS = 7
MESSAGES_READ = 80
# More than a family books in one talk; whoever wants the whole calendar stops here.
MOST_BOOKED, HOUR = 10, timedelta(hours=1)
# How the signs of an address are said, in the languages agents speak.
_SIGNS = {
    "@": "at|arobase|arroba|klammeraffe",
    ".": "dot|point|punto|punkt",
    "-": "dash|hyphen|tiret|guion|guión|minus|bindestrich",
    "_": "underscore|tiret bas|guion bajo|guión bajo|unterstrich",
}
_EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[A-Za-z0-9.-]{1,250}\.[A-Za-z]{2,24}")
_LABELS = {
    FREE: "Look up free times",
    BOOK: "Book an appointment",
    LIST: "See the customer’s appointments",
    MOVE: "Move an appointment",
    CANCEL: "Cancel an appointment",
}
_TEXT = {"type": "string"}


async def offers(session: AsyncSession, agent: AgentConfig, values: Mapping[str, Any]) -> list[Offer]:
    """Return the tools of an agent that books something, while a calendar is connected."""
    kinds: list[KindRow] = values["appointments"]
    if not kinds or not (await calendars.view(session))["is_connected"]:
        return []
    business = (await session.exec(select(Organization).where(Organization.id == agent.org_id))).one()
    zone = values["schedule_timezone"] or business.timezone
    return [_offer(name, kinds, zone) for name in _LABELS]


def fault(offer: Offer, arguments: Mapping[str, Any]) -> str:
    """Return what is wrong with the arguments of a call, or an empty string."""
    return given.fault(offer.parameters, arguments)


def words(offer: Offer, arguments: Mapping[str, Any]) -> str:
    """Return what a call would do, for the person who is asked."""
    if offer.name == BOOK:
        kind = _kind(offer.definition, arguments)["title"]
        who = ", ".join(filter(None, (str(arguments.get("name", "")), str(arguments.get("email", "")))))
        return f"Book “{kind}” for {who}: {_when(offer, arguments)}"
    if offer.name == MOVE:
        return f"Move appointment {arguments.get('appointment')} to {_when(offer, arguments)}"
    if offer.name == CANCEL:
        return f"Cancel appointment {arguments.get('appointment')}"
    return offer.label


async def run(
    offer: Offer, arguments: Mapping[str, Any], call_id: UUID, setting: CallSetting, limit_s: float
) -> Outcome:
    """Do what a call asks for; a time that is taken is answered with others that are free."""
    try:
        told = await _done(offer, arguments, call_id, setting)
    except Conflict as taken:
        if taken.code != "slot_unavailable":
            raise
        free = [one["start"] for one in (await _others(offer, arguments)).get("free", [])]
        said = f"{taken.message} Free that day: {', '.join(free)}." if free else taken.message
        return Outcome(call_id, ToolCallStatus.FAILED, said)
    except VendorError as error:
        if not error.may_have_happened:
            raise
        return Outcome(call_id, ToolCallStatus.UNCERTAIN, error.message)
    return Outcome(call_id, ToolCallStatus.OK, "", told, result=json.dumps(told, ensure_ascii=False))


async def _done(offer: Offer, arguments: Mapping[str, Any], call_id: UUID, setting: CallSetting) -> dict[str, Any]:
    zone = offer.definition["timezone"]
    party = _party(setting)
    if offer.name == FREE:
        return await _free(offer, arguments)
    if offer.name == LIST:
        rows = await calendars.upcoming(party)
        return {"timezone": zone, "appointments": [_told(one, zone) for one in rows]}
    if offer.name == BOOK:
        return _told(await _book(offer, arguments, call_id, setting, party), zone)
    booking_id = await _theirs(str(arguments["appointment"]), party)
    if offer.name == MOVE:
        return _told(await calendars.move(booking_id, calendars.moment(str(arguments["start"]), zone), party), zone)
    return _told(await calendars.cancel(booking_id, str(arguments.get("reason") or ""), party), zone)


def _offer(name: str, kinds: Sequence[KindRow], zone: str) -> Offer:
    titles = _titles(kinds)
    choice = {**_TEXT, "enum": list(titles), "description": "Which kind of appointment"}
    kind = {"kind": choice} if len(titles) > 1 else {}
    start = {**_TEXT, "description": f"As 2026-11-25T10:30, local time in {zone}; only a time that was offered as free"}
    one = {"appointment": {**_TEXT, "description": f"Its number, from {LIST}"}}
    lengths = ", ".join(f"{title} ({row['minutes']} minutes)" for title, row in titles.items())
    described: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
        FREE: (
            f"Look up free times for an appointment: {lengths}. All times are local to {zone}.",
            {
                **kind,
                "from_day": {**_TEXT, "description": "The first day, as 2026-11-25"},
                "to_day": {**_TEXT, "description": "The last day, as 2026-11-25; a week on when left out"},
            },
            (*kind, "from_day"),
        ),
        BOOK: (
            f"Book an appointment for the customer, when they chose a free time: {lengths}. Times are local to {zone}."
            " The time is taken only when this succeeds.",
            {
                **kind,
                "start": start,
                "name": {**_TEXT, "description": "The customer's name"},
                "email": {**_TEXT, "description": "The customer's email address as they wrote it, if they gave one"},
                "notes": {**_TEXT, "description": "What the business should know, in a sentence"},
            },
            (*kind, "start", "name"),
        ),
        LIST: (f"List this customer's own appointments that are still to come, local to {zone}.", {}, ()),
        MOVE: (
            f"Move one of this customer's appointments to another free time, local to {zone}.",
            {**one, "start": start},
            ("appointment", "start"),
        ),
        CANCEL: (
            "Cancel one of this customer's appointments, when they ask for that.",
            {**one, "reason": {**_TEXT, "description": "Why, in the customer's words"}},
            ("appointment",),
        ),
    }
    description, properties, required = described[name]
    return Offer(
        kind=ToolKind.CALENDAR,
        name=name,
        description=description,
        parameters=closed_object(properties, required),
        definition={"kinds": [dict(row) for row in kinds], "timezone": zone},
        is_reading=name in (FREE, LIST),
        is_repeatable=True,
        label=_LABELS[name],
    )


def _titles(kinds: Sequence[KindRow]) -> dict[str, KindRow]:
    """Return the kinds by what the model calls them: titles, told apart by length where two are one."""
    titles = [row["title"] for row in kinds]
    return {
        row["title"] if titles.count(row["title"]) == 1 else f"{row['title']} ({row['minutes']} min, {row['id']})": row
        for row in kinds
    }


def _kind(definition: Mapping[str, Any], arguments: Mapping[str, Any]) -> KindRow:
    titles = _titles(definition["kinds"])
    found = titles.get(str(arguments.get("kind", ""))) or next(iter(titles.values()))
    return found


def _when(offer: Offer, arguments: Mapping[str, Any]) -> str:
    zone = offer.definition["timezone"]
    try:
        return f"{calendars.said(calendars.moment(str(arguments.get('start', '')), zone), zone)} ({zone})"
    except Invalid:
        return f"{arguments.get('start', '')} ({zone})"


async def _free(offer: Offer, arguments: Mapping[str, Any]) -> dict[str, Any]:
    zone, kind = offer.definition["timezone"], _kind(offer.definition, arguments)
    first = calendars.day(str(arguments["from_day"]), "from_day")
    given_last = str(arguments.get("to_day") or "")
    last = calendars.day(given_last, "to_day") if given_last else calendars.later(first, USUAL_DAYS - 1)
    return await _times(kind, first, last, zone)


async def _times(kind: KindRow, first: date, last: date, zone: str) -> dict[str, Any]:
    begins, ends = calendars.begins(first, zone), calendars.begins(calendars.later(last, 1), zone)
    found = await calendars.slots(kind["id"], begins, ends, zone)
    shown = _spread(found, zone)
    free = [{"start": calendars.written(one.start, zone), "said": calendars.said(one.start, zone)} for one in shown]
    told: dict[str, Any] = {"kind": kind["title"], "timezone": zone, "free": free}
    return told if len(shown) == len(found) else {**told, "more": "There are more; ask about a single day."}


def _spread(found: Sequence[Slot], zone: str) -> list[Slot]:
    """Return a few times of each day, so that the first day does not hide the others."""
    days: dict[str, int] = {}
    shown = []
    for one in found:
        local = calendars.written(one.start, zone)[:10]
        days[local] = days.get(local, 0) + 1
        if days[local] <= MOST_A_DAY:
            shown.append(one)
    return shown[:MOST_TIMES]


async def _others(offer: Offer, arguments: Mapping[str, Any]) -> dict[str, Any]:
    zone = offer.definition["timezone"]
    if offer.name != BOOK and len(offer.definition["kinds"]) > 1:
        return {}
    local = calendars.day(calendars.written(calendars.moment(str(arguments["start"]), zone), zone), "start")
    try:
        return await _times(_kind(offer.definition, arguments), local, local, zone)
    except Invalid:
        return {}


async def _book(
    offer: Offer, arguments: Mapping[str, Any], call_id: UUID, setting: CallSetting, party: Party
) -> BookingRow:
    zone = offer.definition["timezone"]
    email = str(arguments.get("email") or "").strip()
    if email:
        await _require_said(email, setting, party)
    phone = setting.known.get("contact.phone", "")
    if not email and not phone:
        raise Invalid("Ask the customer for an email address: the confirmation goes there.", field="email")
    wish = Wish(
        event_type_id=_kind(offer.definition, arguments)["id"],
        start=calendars.moment(str(arguments["start"]), zone),
        timezone=zone,
        name=" ".join(str(arguments["name"]).split())[:120] or setting.known.get("contact.name", "") or "Customer",
        email=email,
        phone=phone,
        notes=str(arguments.get("notes") or "")[:1000],
        call_id=call_id,
        is_repeated=await functions.is_repeated(call_id),
    )
    if setting.conversation_id is not None:
        await rate_limits.hit("agents.bookings", MOST_BOOKED, HOUR, about=setting.session_id or setting.conversation_id)
    return await calendars.book(wish, party)


async def _require_said(email: str, setting: CallSetting, party: Party) -> None:
    """Refuse an address that neither the customer wrote nor their contact has: an invitation is mail to somebody."""
    if not _EMAIL.fullmatch(email):
        raise Invalid("That is not an email address. Ask the customer for it.", field="email")
    if setting.conversation_id is None:
        return
    async with unit_of_work() as session:
        items = await queries.newest_items(session, setting.org_id, setting.conversation_id, MESSAGES_READ)
        conversation = await conversations.get(session, setting.conversation_id)
        contact = await contacts.get(session, conversation.contact_id)
    theirs = [one for one in items if one.kind == ItemKind.MESSAGE and one.direction == Direction.INBOUND]
    if party.is_certain:
        # A visitor who merely typed this customer's address is somebody else.
        theirs = [one for one in theirs if not history.is_unproven(one)]
    else:
        theirs = [one for one in theirs if str(one.data.get("session_id", "")) == party.told_in]
    is_said = any(email.casefold() in _EMAIL.findall(one.body.casefold()) for one in theirs)
    is_said = is_said or is_spoken(email, setting.spoken)
    is_known = party.is_certain and (contact.email or "").casefold() == email.casefold()
    if not is_said and not is_known:
        raise Invalid("The customer has not written this address. Ask for it.", field="email")


def is_spoken(email: str, lines: Sequence[str]) -> bool:
    """Tell whether somebody said an address aloud, with its signs as words and its letters one by one or together."""
    words = " ".join(lines).casefold()
    # Longer names first: some hold shorter ones.
    for sign, said in reversed(_SIGNS.items()):
        words = re.sub(rf"\b(?:{said})\b", sign, words)
    return email.casefold() in re.sub(r"[\s,]+", "", words)


def _party(setting: CallSetting) -> Party:
    """Return whose appointments a call is about; a visitor who proved nothing is known by their chat alone."""
    return Party(
        conversation_id=setting.conversation_id,
        told_in="" if setting.is_proven else setting.session_id,
        is_certain=setting.is_proven and setting.conversation_id is not None,
        agent_id=setting.agent_id,
        agent_name=setting.agent_name,
    )


async def _theirs(number: str, party: Party) -> UUID:
    for one in await calendars.upcoming(party):
        if str(one["number"]) == number.strip().lstrip("#"):
            return UUID(one["id"])
    raise NotFound(f"This customer has no such appointment. {LIST} says which they have.")


def _told(one: BookingRow, zone: str) -> dict[str, Any]:
    """Return an appointment as the model is told of it."""
    start = datetime.fromisoformat(one["start"])
    told = {
        "appointment": str(one["number"]),
        "title": one["title"],
        "start": calendars.written(start, zone),
        "said": calendars.said(start, zone),
        "timezone": zone,
        "status": one["status"],
        "meeting_url": one["meeting_url"],
    }
    if one["status"] == "pending":
        told["note"] = "The business still has to confirm it."
    return {key: value for key, value in told.items() if value}
