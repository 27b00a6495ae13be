"""Cal.com's API v2: one account with two kinds of appointments, free on weekdays from nine to five in New York.

It books a time once, in UTC, and knows each appointment by a uid; one that is moved becomes another. Told that several
may come at one time, it lets them share an appointment, each in a seat that its holder moves and cancels without a key.
"""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox.world import world_of

ZONE = ZoneInfo("America/New_York")
OPENS, CLOSES = time(9), time(17)
_KINDS = {101: ("Check-up", "check-up", 30), 102: ("Cleaning", "cleaning", 60)}
_TAKEN = "User either already has booking at this time or is not available"
_MOST_DAYS = 62


@dataclass
class _Seat:
    uid: str
    attendee: dict[str, str]
    metadata: dict[str, Any]
    notes: str


@dataclass
class _Appointment:
    uid: str
    number: int
    kind: int
    start: datetime
    end: datetime
    seats: list[_Seat]
    is_shared: bool = False
    status: str = "accepted"
    reason: str = ""
    moved_to: str = ""
    moved_from: str = ""


def routes() -> list[Route]:
    """Return the routes of this API, and those that steer it."""
    calendar = _Calendar()
    return [
        Route("/v2/me", calendar.me, methods=["GET"]),
        Route("/v2/event-types", calendar.event_types, methods=["GET"]),
        Route("/v2/slots", calendar.slots, methods=["GET"]),
        Route("/v2/bookings", calendar.bookings, methods=["GET", "POST"]),
        Route("/v2/bookings/{uid}", calendar.booking, methods=["GET"]),
        Route("/v2/bookings/{uid}/reschedule", calendar.reschedule, methods=["POST"]),
        Route("/v2/bookings/{uid}/cancel", calendar.cancel, methods=["POST"]),
        Route("/sandbox/calendar", calendar.steer, methods=["GET", "POST", "PUT", "DELETE"]),
    ]


class _Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class _Calendar:
    def __init__(self) -> None:
        self._made: dict[str, _Appointment] = {}
        self._numbers = itertools.count(5001)
        self._seats = 1

    async def me(self, request: Request) -> Response:
        return _answered(
            request, "", lambda: {"id": 1, "username": "north", "email": "office@north.example", "timeZone": str(ZONE)}
        )

    async def event_types(self, request: Request) -> Response:
        def found() -> Any:
            return [
                {"id": number, "title": title, "slug": slug, "lengthInMinutes": minutes, "hidden": False}
                for number, (title, slug, minutes) in _KINDS.items()
                if request.query_params.get("username", "north") == "north"
            ]

        return _answered(request, "2024-06-14", found)

    async def slots(self, request: Request) -> Response:
        return _answered(request, "2024-09-04", lambda: self._slots(request.query_params))

    async def bookings(self, request: Request) -> Response:
        if request.method == "GET":
            return _answered(request, "2024-08-13", lambda: self._list(request.query_params))
        body = await _body(request)
        return _answered(request, "2024-08-13", lambda: self._book(body), 201)

    async def booking(self, request: Request) -> Response:
        return _answered(request, "2024-08-13", lambda: _shown(self._known(request)))

    async def reschedule(self, request: Request) -> Response:
        body = await _body(request)
        return _answered(request, "2024-08-13", lambda: self._move(self._known(request), body), 201, is_open=True)

    async def cancel(self, request: Request) -> Response:
        body = await _body(request)
        is_host = "authorization" in request.headers
        return _answered(request, "2024-08-13", lambda: self._cancel(self._known(request), body, is_host), is_open=True)

    async def steer(self, request: Request) -> Response:
        """List what is booked, forget all of it, take a time as somebody else would, or let several come at one."""
        if request.method == "DELETE":
            self._made.clear()
            self._seats = 1
        if request.method == "PUT":
            self._seats = int((await _body(request)).get("seats", 1))
        if request.method == "POST":
            body = await _body(request)
            start = _moment(str(body.get("start", "")))
            other = self._seat({"attendee": {"name": "Somebody else"}})
            self._add(101, start, start + timedelta(minutes=int(body.get("minutes", 30))), other)
        return JSONResponse([_shown(one) for one in self._made.values()])

    def _slots(self, query: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
        kind = _kind(query.get("eventTypeId", ""))
        start, end = _moment(query.get("start", "")), _moment(query.get("end", ""))
        try:
            shown_in = ZoneInfo(query.get("timeZone", "UTC"))
        except (ZoneInfoNotFoundError, ValueError):
            raise _Refused(400, "BadRequestException", "Invalid timeZone") from None
        length = timedelta(minutes=int(query.get("duration") or _KINDS[kind][2]))
        freed = query.get("bookingUidToReschedule", "")
        days: dict[str, list[dict[str, str]]] = {}
        local = start.astimezone(ZONE).date()
        for place in range(min((end - start).days + 2, _MOST_DAYS)):
            for at in _opening(local + timedelta(days=place), length):
                if start <= at < end and at > datetime.now(UTC) and self._is_free(kind, at, at + length, freed):
                    there = at.astimezone(shown_in)
                    days.setdefault(str(there.date()), []).append({"start": there.isoformat(timespec="milliseconds")})
        return days

    def _list(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        after = _moment(query["afterStart"]) if "afterStart" in query else datetime.min.replace(tzinfo=UTC)
        wanted = [
            one
            for one in self._made.values()
            if one.start >= after
            and str(one.kind) == query.get("eventTypeId", str(one.kind))
            and (query.get("status") != "upcoming" or one.status == "accepted")
        ]
        return [_shown(one) for one in sorted(wanted, key=lambda one: one.start)][: int(query.get("take", "100"))]

    def _book(self, body: Mapping[str, Any]) -> dict[str, Any]:
        kind = _kind(str(body.get("eventTypeId", "")))
        start = _moment(str(body.get("start", "")))
        attendee = body.get("attendee")
        if not isinstance(attendee, dict) or not attendee.get("name") or not attendee.get("timeZone"):
            raise _Refused(400, "BadRequestException", "attendee must have a name and a timeZone")
        if not attendee.get("email") and not attendee.get("phoneNumber"):
            raise _Refused(400, "BadRequestException", "attendee must have an email or a phoneNumber")
        length = timedelta(minutes=int(body.get("lengthInMinutes") or _KINDS[kind][2]))
        self._require_free(kind, start, length)
        seat = self._seat(body)
        return _shown(self._add(kind, start, start + length, seat), seat)

    def _seat(self, body: Mapping[str, Any]) -> _Seat:
        attendee = {key: str(value) for key, value in body["attendee"].items()}
        notes = str((body.get("bookingFieldsResponses") or {}).get("notes", ""))
        return _Seat(f"seat{next(self._numbers)}", attendee, dict(body.get("metadata") or {}), notes)

    def _move(self, found: _Appointment, body: Mapping[str, Any]) -> dict[str, Any]:
        if found.status != "accepted":
            raise _Refused(400, "BadRequestException", "Can't reschedule a booking that is cancelled.")
        seat = _held(found, body) if found.is_shared else found.seats[0]
        start, length = _moment(str(body.get("start", ""))), found.end - found.start
        self._require_free(found.kind, start, length, found.uid)
        found.seats = [one for one in found.seats if one is not seat] if found.is_shared else found.seats
        made = self._add(found.kind, start, start + length, seat)
        if not found.is_shared or not found.seats:
            made.moved_from, found.status, found.moved_to = found.uid, "cancelled", made.uid
        return _shown(made, seat)

    def _cancel(self, found: _Appointment, body: Mapping[str, Any], is_host: bool) -> dict[str, Any]:
        if found.status == "cancelled":
            raise _Refused(400, "BadRequestException", "This booking has already been cancelled.")
        if is_host and not body.get("cancellationReason"):
            raise _Refused(400, "BadRequestException", "Cancellation reason is required when you are the host")
        if found.is_shared and not is_host:
            seat = _held(found, body)
            found.seats = [one for one in found.seats if one is not seat]
        if not found.is_shared or is_host or not found.seats:
            found.status, found.reason = "cancelled", str(body.get("cancellationReason", ""))
        return _shown(found)

    def _add(self, kind: int, start: datetime, end: datetime, seat: _Seat) -> _Appointment:
        """Give a seat its appointment: the one that others have at this time, or one of its own."""
        for one in self._made.values():
            if one.is_shared and one.status == "accepted" and (one.kind, one.start) == (kind, start):
                one.seats.append(seat)
                return one
        number = next(self._numbers)
        made = _Appointment(f"uid{number}", number, kind, start, end, [seat], is_shared=self._seats > 1)
        self._made[made.uid] = made
        return made

    def _known(self, request: Request) -> _Appointment:
        found = self._made.get(request.path_params["uid"])
        if found is None:
            raise _Refused(404, "NotFoundException", "Booking with this uid was not found.")
        return found

    def _is_free(self, kind: int, start: datetime, end: datetime, but: str = "") -> bool:
        return all(
            one.is_shared and (one.kind, one.start) == (kind, start) and len(one.seats) < self._seats
            for one in self._made.values()
            if one.status == "accepted" and one.uid != but and one.start < end and start < one.end
        )

    def _require_free(self, kind: int, start: datetime, length: timedelta, but: str = "") -> None:
        is_open = any(at == start for at in _opening(start.astimezone(ZONE).date(), length))
        if not is_open or start <= datetime.now(UTC) or not self._is_free(kind, start, start + length, but):
            raise _Refused(400, "BadRequestException", _TAKEN)


def _held(found: _Appointment, body: Mapping[str, Any]) -> _Seat:
    for one in found.seats:
        if one.uid == body.get("seatUid"):
            return one
    raise _Refused(400, "BadRequestException", "Invalid seatUid: there is no such seat, or it was cancelled.")


def _opening(day: date, length: timedelta) -> list[datetime]:
    """Return the times of a day that something of this length may begin at, in UTC."""
    if day.weekday() > 4:
        return []
    at = datetime.combine(day, OPENS, tzinfo=ZONE).astimezone(UTC)
    end = datetime.combine(day, CLOSES, tzinfo=ZONE).astimezone(UTC)
    found = []
    while at + length <= end:
        found.append(at)
        at += length
    return found


def _answered(request: Request, version: str, make: Any, status: int = 200, *, is_open: bool = False) -> Response:
    try:
        given = request.headers.get("authorization", "")
        if given != f"Bearer {world_of(request).settings.calcom_key}" and not (is_open and not given):
            raise _Refused(401, "UnauthorizedException", "Invalid API Key")
        if version and request.headers.get("cal-api-version") != version:
            # The service would speak an older dialect, which is none of this stand-in's.
            raise _Refused(400, "BadRequestException", f"cal-api-version must be {version}")
        return JSONResponse({"status": "success", "data": make()}, status)
    except _Refused as refused:
        error = {"code": refused.code, "message": refused.message, "details": {"message": refused.message}}
        told = {"status": "error", "timestamp": datetime.now(UTC).isoformat(), "path": request.url.path, "error": error}
        return JSONResponse(told, refused.status)


def _shown(one: _Appointment, seat: _Seat | None = None) -> dict[str, Any]:
    """Return an appointment as the API tells it; the answer to a change names the seat it was about."""
    title, slug, _ = _KINDS[one.kind]
    first = one.seats[0] if one.seats else _Seat("", {}, {}, "")
    shown = {
        "id": one.number,
        "uid": one.uid,
        "title": f"{title} between North and {first.attendee.get('name', '')}",
        "hosts": [{"id": 1, "name": "North", "email": "office@north.example", "timeZone": str(ZONE)}],
        "status": one.status,
        "cancellationReason": one.reason,
        "rescheduledFromUid": one.moved_from,
        "rescheduledToUid": one.moved_to,
        "start": _wire(one.start),
        "end": _wire(one.end),
        "duration": round((one.end - one.start).total_seconds() / 60),
        "eventTypeId": one.kind,
        "eventType": {"id": one.kind, "slug": slug},
        "location": f"https://meet.north.example/{one.uid}",
    }
    if not one.is_shared:
        told = {"metadata": first.metadata, "attendees": [first.attendee]}
        return shown | told | {"bookingFieldsResponses": {"notes": first.notes}}
    each = [
        {**own.attendee, "seatUid": own.uid, "metadata": own.metadata, "bookingFieldsResponses": {"notes": own.notes}}
        for own in one.seats
    ]
    return shown | {"metadata": {}, "attendees": each} | ({"seatUid": seat.uid} if seat else {})


def _kind(text: str) -> int:
    if not text.isdecimal() or int(text) not in _KINDS:
        raise _Refused(404, "NotFoundException", f"Event type with id {text} not found")
    return int(text)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _Refused(400, "BadRequestException", "start must be an ISO 8601 date in UTC") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def _wire(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


async def _body(request: Request) -> dict[str, Any]:
    try:
        found = json.loads(await request.body())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
