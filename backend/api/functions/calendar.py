"""Serve the calendar over the API: free times, and appointments made and taken back.

Times without an offset are local to `timezone`, by default the connected account's own. The paths are the reference
product's; it answers what its two descriptions of an appointment name.
"""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.accounts import service as accounts
from backend.api.auth import principal
from backend.api.functions import repeats
from backend.api.functions.body import BadParameter, Body
from backend.calendars import service as calendars
from backend.calendars.schemas import ConnectionRow, KindRow, Party, Wish
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]
MOST_MINUTES = 1440


class NotConnected(BadParameter):
    """No calendar is connected; the API's contract answers 400 for it."""

    default_code = calendars.NOT_CONNECTED


@router.post("/cal-com-get-slots")
async def get_slots(request: Request, who: Caller) -> JSONResponse:
    """List the free times of a kind of appointment in a range."""
    body = await Body.of(request)
    with org_scope(who.org_id):
        account = await _account()
        zone = _zone(body, account)
        start, end = _edge(body, zone, "start", "date_from"), _edge(body, zone, "end", "date_to", is_end=True)
        kind = _kind(body, account)
        minutes = body.integer("duration", 0, low=0, high=MOST_MINUTES)
        found = await calendars.slots(kind["id"], start, end, zone, minutes=minutes)
    slots = [{"start": _local(one.start, zone), "end": _local(one.end, zone)} for one in found]
    return body.reply({"slots": slots, "event_type_id": kind["id"], "duration": minutes or kind["minutes"]})


@router.post("/cal-com-create-booking")
async def create_booking(request: Request, who: Caller) -> JSONResponse:
    """Make an appointment; with an `Idempotency-Key`, once."""
    body = await Body.of(request)
    with org_scope(who.org_id):
        account = await _account()
        wish = _wish(body, account)
        async with unit_of_work() as session:
            known = await repeats.claim(session, request, "cal-com-create-booking")
            conversation_id = await _conversation(session, wish)
        if known is not None:
            wish = replace(wish, call_id=known.id)
        made = await calendars.book(wish, Party(conversation_id=conversation_id))
    zone = wish.timezone
    return body.reply(
        {
            "booking": {
                "id": made["number"],
                "uid": made["uid"],
                "title": made["title"],
                "start": made["start"],
                "end": made["end"],
                "attendee": {"name": made["name"], "email": made["email"], "phone": made["phone"]},
                "location": made["meeting_url"],
                "notes": wish.notes,
                "status": made["status"],
            },
            # The reference product's own pages name the same otherwise.
            "booking_id": made["number"],
            "uid": made["uid"],
            "seat_uid": made["seat_uid"],
            "start_time": _local(datetime.fromisoformat(made["start"]), zone),
            "end_time": _local(datetime.fromisoformat(made["end"]), zone),
            "meeting_url": made["meeting_url"],
        }
    )


@router.post("/cal-com-cancel-booking")
async def cancel_booking(request: Request, who: Caller) -> JSONResponse:
    """Take back an appointment that was made through us, by its number or uid, and its seat where several share it."""
    body = await Body.of(request)
    uid = body.text("uid", is_required=False, longest=200)
    seat_uid = body.text("seat_uid", is_required=False, longest=200)
    number = body.integer("booking_id", 0, low=1, high=999_999_999)
    reason = body.text("reason", is_required=False, longest=500)
    if not uid and not number:
        raise BadParameter("Name the appointment: booking_id or uid.", field="booking_id", code="missing_param")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found = await calendars.find(session, number=number, uid=uid, seat_uid=seat_uid)
        await _account("no_calendar")
        gone = await calendars.cancel(found, reason, Party())
    return body.reply({"success": True, "booking_id": gone["number"], "uid": gone["uid"], "status": gone["status"]})


async def _account(code: str = calendars.NOT_CONNECTED) -> ConnectionRow:
    async with unit_of_work() as session:
        found = await calendars.view(session)
    if not found["is_connected"]:
        raise NotConnected("No calendar is connected. Connect one in Settings.", code=code)
    return found


def _zone(body: Body, account: ConnectionRow) -> str:
    zone = body.text("timezone", "time_zone", is_required=False, longest=60) or account["timezone"]
    if zone not in clock.zones():
        raise BadParameter("timezone must be a time zone such as America/New_York.", field="timezone")
    return zone


def _kind(body: Body, account: ConnectionRow) -> KindRow:
    """Return the kind of appointment asked for; without one, the account's first."""
    wanted = body.integer("event_type_id", 0, low=1, high=999_999_999)
    found = next((one for one in account["kinds"] if wanted in (0, one["id"])), None)
    if found is None:
        raise BadParameter("The calendar has no such kind of appointment.", field="event_type_id")
    return found


def _edge(body: Body, zone: str, *names: str, is_end: bool = False) -> datetime:
    text = body.text(*names, longest=64)
    if len(text) == len("2026-11-25"):
        day = calendars.day(text, names[0])
        return calendars.begins(calendars.later(day, 1) if is_end else day, zone)
    return calendars.moment(text, zone, names[0])


def _wish(body: Body, account: ConnectionRow) -> Wish:
    zone = _zone(body, account)
    email = body.text("attendee_email", "email", is_required=False, longest=254)
    phone = body.text("attendee_phone", "phone", is_required=False, longest=40)
    name = body.text("attendee_name", "name", longest=120)
    title = body.text("title", is_required=False, longest=200)
    notes = body.text("notes", is_required=False, longest=1000)
    return Wish(
        event_type_id=_kind(body, account)["id"],
        start=calendars.moment(body.text("start", "start_time", longest=64), zone),
        timezone=zone,
        name=name,
        email=accounts.email(email) if email else "",
        phone=e164.normalize(phone, field="attendee_phone") if phone else "",
        notes="\n".join(part for part in (title, notes) if part),
        minutes=body.integer("duration", 0, low=0, high=MOST_MINUTES),
    )


async def _conversation(session: AsyncSession, wish: Wish) -> UUID | None:
    """Return the conversation of the contact an appointment is for, where there is one."""
    known = await contacts.find_by_phone(session, wish.phone) if wish.phone else None
    if known is None and wish.email:
        known = await contacts.find_by_email(session, wish.email)
    return await conversations.of_contact(session, known.id) if known else None


def _local(at: datetime, zone: str) -> str:
    return calendars.written(at, zone)
