"""Book in an organization's calendar through Cal.com's HTTP API v2, documented at cal.com/docs/api-reference/v2."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import httpx

from backend.core.config import settings
from backend.core.errors import VendorError
from backend.vendors import http

VENDOR = "Cal.com"
SLOT_TAKEN, GONE, SETUP, REFUSED = "slot_unavailable", "booking_not_found", "calendar_setup", "calendar_refused"
# Each resource is asked for in the version its documentation names.
_EVENT_TYPES, _SLOTS, _BOOKINGS = "2024-06-14", "2024-09-04", "2024-08-13"
# A customer waits, and a lost answer is looked for once more.
_TIMEOUT = httpx.Timeout(6.0, connect=3.0)
# Under this name a booking carries our id of the wish behind it (metadata keys have at most 40 letters).
_MARK = "magpipe_call"
_MOST_LISTED = 100
# What it says of a time that somebody else has, or that is outside the calendar's hours.
_TAKEN = re.compile(r"already (?:has (?:a )?booking|booked)|not available|no_available_users|slot|out of bounds", re.I)


@dataclass(frozen=True)
class Account:
    """Whose key it is."""

    username: str
    email: str
    timezone: str


@dataclass(frozen=True)
class EventType:
    """One kind of appointment."""

    id: int
    title: str
    minutes: int


@dataclass(frozen=True)
class Wanted:
    """An appointment to make; `start` is a moment, `mark` our id of the wish."""

    event_type_id: int
    start: datetime
    timezone: str
    name: str
    email: str = ""
    phone: str = ""
    notes: str = ""
    minutes: int = 0
    mark: str = ""


@dataclass(frozen=True)
class Booked:
    """An appointment as the calendar has it; `moved_to` is the uid of the one it became.

    Where several come at one time they share it: `seat` is the place of ours, `seats` are those taken.
    """

    uid: str
    seat: str
    seats: tuple[str, ...]
    id: int
    title: str
    status: str
    start: datetime
    end: datetime
    event_type_id: int
    name: str
    email: str
    phone: str
    meeting_url: str
    moved_to: str
    marks: tuple[str, ...]


async def account(key: str) -> Account:
    """Return whose key it is. Raises `VendorError` (`calendar_setup` when the key opens nothing)."""
    data = _mapping(await _ask(key, "GET", "/v2/me", ""))
    return Account(_text(data, "username"), _text(data, "email"), _text(data, "timeZone") or "UTC")


async def event_types(key: str, username: str) -> list[EventType]:
    """Return the kinds of appointments of an account. Raises `VendorError`."""
    data = await _ask(key, "GET", "/v2/event-types", _EVENT_TYPES, params={"username": username})
    rows = data if isinstance(data, list) else []
    return [
        EventType(_whole(one, "id"), _text(one, "title"), _whole(one, "lengthInMinutes"))
        for one in rows
        if isinstance(one, dict) and _whole(one, "id")
    ]


async def slots(
    key: str, event_type_id: int, start: datetime, end: datetime, timezone: str, moving_uid: str = "", minutes: int = 0
) -> list[datetime]:
    """Return the free times between two moments, in order; `moving_uid` frees the time of what is to be moved.

    Raises `VendorError`.
    """
    params = {"eventTypeId": str(event_type_id), "start": wire(start), "end": wire(end), "timeZone": timezone}
    params |= {"bookingUidToReschedule": moving_uid} if moving_uid else {}
    params |= {"duration": str(minutes)} if minutes else {}
    days = _mapping(await _ask(key, "GET", "/v2/slots", _SLOTS, params=params))
    found = [one.get("start") for day in days.values() if isinstance(day, list) for one in day if isinstance(one, dict)]
    return sorted(_moment(one) for one in found if isinstance(one, str))


async def book(key: str, wanted: Wanted) -> Booked:
    """Make an appointment.

    Raises `VendorError`: `slot_unavailable` when somebody else has the time, `may_have_happened` when no answer came;
    `find` then knows.
    """
    attendee: dict[str, str] = {"name": wanted.name, "timeZone": wanted.timezone}
    attendee |= {"email": wanted.email} if wanted.email else {}
    attendee |= {"phoneNumber": wanted.phone} if wanted.phone else {}
    body: dict[str, Any] = {"eventTypeId": wanted.event_type_id, "start": wire(wanted.start), "attendee": attendee}
    body |= {"bookingFieldsResponses": {"notes": wanted.notes}} if wanted.notes else {}
    body |= {"lengthInMinutes": wanted.minutes} if wanted.minutes else {}
    body |= {"metadata": {_MARK: wanted.mark}} if wanted.mark else {}
    return _booked(await _ask(key, "POST", "/v2/bookings", _BOOKINGS, body=body), wanted.mark)


async def find(key: str, wanted: Wanted) -> Booked | None:
    """Return the appointment that a wish made although its answer was lost, or None. Raises `VendorError`."""
    params = {
        "eventTypeId": str(wanted.event_type_id),
        "status": "upcoming",
        "afterStart": wire(wanted.start),
        "take": str(_MOST_LISTED),
        "sortStart": "asc",
    }
    data = await _ask(key, "GET", "/v2/bookings", _BOOKINGS, params=params)
    rows = [_booked(one, wanted.mark) for one in data if isinstance(one, dict)] if isinstance(data, list) else []
    return next((one for one in rows if wanted.mark and wanted.mark in one.marks), None)


async def get(key: str, uid: str) -> Booked:
    """Return an appointment as it stands. Raises `VendorError` (`booking_not_found`)."""
    return _booked(await _ask(key, "GET", f"/v2/bookings/{quote(uid, safe='')}", _BOOKINGS))


async def reschedule(key: str, uid: str, start: datetime, seat: str = "") -> Booked:
    """Move an appointment, or one seat of it, and return the one it became. Raises as `book` does."""
    body = {"start": wire(start)} | ({"seatUid": seat} if seat else {})
    return _booked(await _change(key, uid, "reschedule", body, seat))


async def cancel(key: str, uid: str, reason: str, seat: str = "") -> Booked:
    """Take an appointment back, or one seat of it. Raises as `book` does."""
    body = {"seatUid": seat} if seat else {"cancellationReason": reason or "Cancelled by the attendee"}
    return _booked(await _change(key, uid, "cancel", body, seat))


async def _change(key: str, uid: str, what: str, body: Mapping[str, Any], seat: str) -> Any:
    # Who holds a seat changes it without a key; with the host's it would be a change of the whole appointment.
    path = f"/v2/bookings/{quote(uid, safe='')}/{what}"
    return await _ask("" if seat else key, "POST", path, _BOOKINGS, body=body)


def wire(moment: datetime) -> str:
    """Return a moment as the API takes it: in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def _ask(
    key: str,
    method: str,
    path: str,
    version: str,
    *,
    params: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
) -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    headers |= {"cal-api-version": version} if version else {}
    try:
        async with httpx.AsyncClient(
            base_url=settings().calcom_base_url, timeout=_TIMEOUT, verify=http.vendor_certificates()
        ) as client:
            response = await client.request(method, path, params=params, json=body, headers=headers)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise _unreachable(error, may_have_happened=False) from None
    except httpx.HTTPError as error:
        raise _unreachable(error, may_have_happened=method != "GET") from None
    answer = _json(response)
    if response.is_success and answer.get("status") == "success":
        return answer.get("data")
    raise _refusal(method, response, answer)


def _refusal(method: str, response: httpx.Response, answer: Mapping[str, Any]) -> VendorError:
    status, error = response.status_code, answer.get("error")
    words = str(error.get("message") if isinstance(error, dict) else error or answer.get("message") or "")[:200]
    if status in (401, 403):
        return VendorError("The calendar refuses our key. Connect it anew in Settings.", vendor=VENDOR, code=SETUP)
    if status == 404:
        return VendorError("The calendar does not know this.", vendor=VENDOR, code=GONE)
    if status == 409 or (status == 400 and _TAKEN.search(words)):
        return VendorError("This time is not free.", vendor=VENDOR, code=SLOT_TAKEN)
    if response.is_success or status >= 500 or status in (408, 429):
        # A success that cannot be read has most likely done it.
        return VendorError(
            "The calendar failed for the moment.",
            vendor=VENDOR,
            is_retryable=True,
            may_have_happened=method != "GET" and status != 429,
            details={"status": status},
        )
    return VendorError(f"The calendar refused this: {words or status}", vendor=VENDOR, code=REFUSED)


def _unreachable(error: Exception, *, may_have_happened: bool) -> VendorError:
    return VendorError(
        f"The calendar could not be reached ({type(error).__name__}).",
        vendor=VENDOR,
        is_retryable=True,
        may_have_happened=may_have_happened,
    )


def _booked(data: Any, mark: str = "") -> Booked:
    # A recurring kind of appointment answers with each of its times; the first stands for them.
    row = data[0] if isinstance(data, list) and data else data
    if not isinstance(row, dict) or not _text(row, "uid"):
        raise VendorError("The calendar answered what cannot be read.", vendor=VENDOR, may_have_happened=True)
    attendees = row.get("attendees")
    # Of an appointment with places for several, each one's wish is written at their own place.
    seats = [_mapping(one) for one in attendees] if isinstance(attendees, list) else []
    own = next((one for one in seats if mark and _mark(one) == mark), seats[0] if seats else {})
    meeting = _text(row, "meetingUrl") or _text(row, "location")
    return Booked(
        uid=_text(row, "uid"),
        # Only the answer to a change names the seat it was about.
        seat=_text(row, "seatUid") or _text(own, "seatUid"),
        seats=tuple(filter(None, (_text(one, "seatUid") for one in seats))),
        id=_whole(row, "id"),
        title=_text(row, "title"),
        status=_text(row, "status"),
        start=_moment(_text(row, "start")),
        end=_moment(_text(row, "end")),
        event_type_id=_whole(row, "eventTypeId"),
        name=_text(own, "name"),
        email=_text(own, "email"),
        phone=_text(own, "phoneNumber"),
        meeting_url=meeting if meeting.startswith(("http://", "https://")) else "",
        moved_to=_text(row, "rescheduledToUid"),
        marks=tuple(filter(None, map(_mark, (row, *seats)))),
    )


def _mark(row: Mapping[str, Any]) -> str:
    return _text(_mapping(row.get("metadata")), _MARK)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise VendorError("The calendar answered a time that cannot be read.", vendor=VENDOR) from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _whole(row: Mapping[str, Any], name: str) -> int:
    value = row.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
