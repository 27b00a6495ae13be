"""Look up free times and make, move and take back appointments, each exactly once.

A lost answer is followed by a look into the calendar: what stands there under our mark was made. So a wish makes one
appointment, and nobody is told that something stands which does not.
"""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calendars import account, queries, times
from backend.calendars.schemas import BookingRow, Party, Slot, Wish
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.errors import Conflict, Invalid, NotFound, VendorError
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of, unit_of_work
from backend.models.calendars import Booking
from backend.models.conversations import Conversation
from backend.vendors import calcom

MOST_SHOWN = 20
# The longest range asked for at once; a calendar of half-hours has some 200 times in it.
MOST_DAYS = 31
PAUSE_S = 1.0
# What it says of an appointment that is no more, be it that we moved or cancelled it.
_MAY_BE_DONE = (calcom.GONE, calcom.REFUSED)
UNSURE = "The calendar did not answer, and nobody knows whether this was done. A person has to look."


async def slots(
    event_type_id: int, start: datetime, end: datetime, timezone: str, *, moving_uid: str = "", minutes: int = 0
) -> list[Slot]:
    """Return the free times of a kind of appointment between two moments, in order; none lies in the past.

    Runs in the organization scope of its caller, outside any transaction. Raises `Conflict` (`NOT_CONNECTED`),
    `Invalid` for a range that is none, `VendorError`.
    """
    async with unit_of_work() as session:
        key = await account.key_of(session)
        length = minutes or await _minutes(session, event_type_id)
    start = max(start, clock.now())
    if end <= start:
        raise Invalid("This lies in the past, or ends before it begins.", field="end")
    if end - start > timedelta(days=MOST_DAYS + 1):
        raise Invalid(f"Ask for at most {MOST_DAYS} days at once.", field="end")
    try:
        found = await calcom.slots(key, event_type_id, start, end, timezone, moving_uid, minutes)
    except VendorError as error:
        await _note(error)
        raise
    return [Slot(one, one + timedelta(minutes=length)) for one in found if start <= one < end]


async def book(wish: Wish, party: Party) -> BookingRow:
    """Make an appointment and return it; the timeline of the conversation says so.

    Runs in the organization scope of its caller, outside any transaction. Raises `Conflict` (`slot_unavailable`, with
    the time, or `NOT_CONNECTED`), `Invalid`, `VendorError`.
    """
    if not wish.email and not wish.phone:
        raise Invalid("An appointment needs an email address or a phone number.", field="attendee_email")
    if wish.start <= clock.now():
        raise Invalid("This time has passed.", field="start")
    async with unit_of_work() as session:
        key = await account.key_of(session)
        made = await queries.of_call(session, org_id_of(session), wish.call_id) if wish.call_id else None
        if made is not None:
            return row(made)
    wanted = calcom.Wanted(
        event_type_id=wish.event_type_id,
        start=wish.start,
        timezone=wish.timezone,
        name=wish.name,
        email=wish.email,
        phone=wish.phone,
        notes=wish.notes,
        minutes=wish.minutes,
        mark=str(wish.call_id or new_id()),
    )
    try:
        # Where several may come at one time, the calendar would take a second place without a word.
        before = await calcom.find(key, wanted) if wish.is_repeated else None
        booked = before or await calcom.book(key, wanted)
    except VendorError as error:
        await _note(error)
        if not error.may_have_happened and not (error.code == calcom.SLOT_TAKEN and wish.call_id):
            raise _plain(error, wish.start, wish.timezone) from None
        booked = await _found(key, wanted, error)
    async with unit_of_work() as session:
        conversation = await _held(session, party.conversation_id)
        if wish.call_id and (made := await queries.of_call(session, org_id_of(session), wish.call_id)):
            return row(made)
        stored = Booking(
            org_id=org_id_of(session),
            conversation_id=conversation.id if conversation else None,
            told_in=party.told_in,
            call_id=wish.call_id,
            uid=booked.uid,
            seat_uid=booked.seat,
            vendor_id=booked.id,
            event_type_id=wish.event_type_id,
            title=booked.title[:200],
            starts_at=booked.start,
            ends_at=booked.end,
            timezone=wish.timezone,
            status=booked.status[:40],
            attendee_name=wish.name,
            attendee_email=wish.email,
            attendee_phone=wish.phone,
            meeting_url=booked.meeting_url[:500],
            agent_id=party.agent_id,
            agent_name=party.agent_name,
        )
        session.add(stored)
        await session.flush()
        await _tell(session, conversation, stored, party, "booked {what} for {when}")
        return row(stored)


async def move(booking_id: UUID, start: datetime, party: Party) -> BookingRow:
    """Move an appointment the party may change, and return it as it stands then. Raises as `book` does, `NotFound`."""
    if start <= clock.now():
        raise Invalid("This time has passed.", field="start")
    key, before = await _theirs(booking_id, party)
    if before.starts_at == start:
        return row(before)
    try:
        booked = await calcom.reschedule(key, before.uid, start, before.seat_uid)
    except VendorError as error:
        await _note(error)
        if error.code not in _MAY_BE_DONE and not error.may_have_happened:
            raise _plain(error, start, before.timezone) from None
        # It may have moved already, when this wish is asked for again.
        booked = await _moved(key, before, start, error)
    async with unit_of_work() as session:
        stored, conversation = await _stored(session, before)
        former = times.said(stored.starts_at, stored.timezone)
        stored.uid, stored.vendor_id, stored.status = booked.uid, booked.id, booked.status[:40]
        stored.seat_uid = booked.seat if before.seat_uid else ""
        stored.starts_at, stored.ends_at = booked.start, booked.end
        stored.meeting_url = booked.meeting_url[:500]
        session.add(stored)
        await session.flush()
        await _tell(session, conversation, stored, party, f"moved {{what}} from {former} to {{when}}")
        return row(stored)


async def cancel(booking_id: UUID, reason: str, party: Party) -> BookingRow:
    """Take back an appointment the party may change, and return it. Raises as `book` does, `NotFound`."""
    key, before = await _theirs(booking_id, party)
    if before.status in queries.CANCELLED:
        return row(before)
    try:
        booked = await calcom.cancel(key, before.uid, reason, before.seat_uid)
        # The appointment stands while others have a seat of it.
        status = "cancelled" if before.seat_uid else booked.status
    except VendorError as error:
        await _note(error)
        if error.code not in _MAY_BE_DONE and not error.may_have_happened:
            raise _plain(error, before.starts_at, before.timezone) from None
        # It may be cancelled already, by us or by somebody else.
        status = await _cancelled(key, before, error)
    async with unit_of_work() as session:
        stored, conversation = await _stored(session, before)
        stored.status = status[:40] or "cancelled"
        session.add(stored)
        await session.flush()
        await _tell(session, conversation, stored, party, "cancelled {what} of {when}")
        return row(stored)


async def upcoming(party: Party) -> list[BookingRow]:
    """Return the appointments the party may hear of that are still to come, the soonest first."""
    if party.conversation_id is None:
        return []
    async with unit_of_work() as session:
        found = await queries.of_conversation(
            session, org_id_of(session), party.conversation_id, MOST_SHOWN, clock.now()
        )
        return [row(one) for one in found if _may_hear(one, party)]


async def of_conversation(session: AsyncSession, conversation_id: UUID) -> list[BookingRow]:
    """Return a conversation's appointments for the team, the latest first."""
    return [row(one) for one in await queries.of_conversation(session, org_id_of(session), conversation_id, MOST_SHOWN)]


async def find(session: AsyncSession, *, number: int = 0, uid: str = "", seat_uid: str = "") -> UUID:
    """Return our id of an appointment by the calendar's number or uid, and its seat when several share it.

    Raises `NotFound` (`booking_not_found`), and `Invalid` (`seat_uid`) when it takes the seat to tell.
    """
    found = await queries.named(session, org_id_of(session), number, uid, seat_uid)
    if not found:
        raise NotFound("This appointment does not exist.", code=calcom.GONE)
    found = [one for one in found if one.status not in queries.CANCELLED] or found
    if len(found) > 1:
        raise Invalid("Several people share this appointment. Say which of them by seat_uid.", field="seat_uid")
    return found[0].id


def row(one: Booking) -> BookingRow:
    """Return a stored appointment in plain JSON."""
    return BookingRow(
        id=str(one.id),
        uid=one.uid,
        seat_uid=one.seat_uid,
        number=one.vendor_id,
        title=one.title,
        when=times.said(one.starts_at, one.timezone),
        timezone=one.timezone,
        start=one.starts_at.isoformat(),
        end=one.ends_at.isoformat(),
        status=one.status,
        name=one.attendee_name,
        email=one.attendee_email,
        phone=one.attendee_phone,
        meeting_url=one.meeting_url,
        agent_name=one.agent_name,
        conversation_id=str(one.conversation_id or ""),
    )


async def _theirs(booking_id: UUID, party: Party) -> tuple[str, Booking]:
    async with unit_of_work() as session:
        key = await account.key_of(session)
        found = await session.get(Booking, booking_id)
        if found is None or found.org_id != org_id_of(session) or not _may_hear(found, party):
            raise NotFound("This appointment does not exist.", code=calcom.GONE)
        return key, found


def _may_hear(one: Booking, party: Party) -> bool:
    """Tell whether an appointment is the party's: in another conversation, or another's chat, it is not."""
    if party.conversation_id is None:
        # The team and its programs, not a customer.
        return party.is_certain
    return one.conversation_id == party.conversation_id and (party.is_certain or one.told_in == party.told_in != "")


async def _found(key: str, wanted: calcom.Wanted, error: VendorError) -> calcom.Booked:
    """Return what a lost answer said; raise what is true when nothing stands there, or nobody can say.

    A time that is taken may have been taken by this very wish, when it is asked for again.
    """
    is_taken = error.code == calcom.SLOT_TAKEN
    if not is_taken:
        await asyncio.sleep(PAUSE_S)
    try:
        booked = await calcom.find(key, wanted)
    except VendorError:
        raise _unsure() from None
    if booked is None and is_taken:
        raise _plain(error, wanted.start, wanted.timezone) from None
    if booked is None:
        raise VendorError("The calendar failed, and nothing was booked.", vendor=calcom.VENDOR) from error
    return booked


async def _moved(key: str, before: Booking, start: datetime, error: VendorError) -> calcom.Booked:
    await asyncio.sleep(PAUSE_S)
    try:
        found = await (_seat(key, before, start) if before.seat_uid else _followed(key, before.uid))
    except VendorError:
        raise _unsure() if error.may_have_happened else error from None
    if found is None or (found.start != start and error.may_have_happened):
        raise VendorError("The calendar failed, and the appointment stays where it was.", vendor=calcom.VENDOR)
    if found.start != start:
        raise error
    return found


async def _followed(key: str, uid: str) -> calcom.Booked:
    found = await calcom.get(key, uid)
    return await calcom.get(key, found.moved_to) if found.moved_to else found


async def _seat(key: str, before: Booking, start: datetime) -> calcom.Booked | None:
    """Return the appointment at a time that has the seat of a wish, or the one it was in; None when it has none."""
    if before.call_id is None:
        raise _unsure()
    wish = calcom.Wanted(before.event_type_id, start, before.timezone, before.attendee_name, mark=str(before.call_id))
    found = await calcom.find(key, wish)
    return found or await calcom.find(key, replace(wish, start=before.starts_at))


async def _cancelled(key: str, before: Booking, error: VendorError) -> str:
    await asyncio.sleep(PAUSE_S)
    try:
        found = await calcom.get(key, before.uid)
    except VendorError as second:
        if calcom.GONE in (error.code, second.code):
            raise NotFound("The calendar does not know this appointment any more.", code=calcom.GONE) from None
        raise _unsure() if error.may_have_happened else error from None
    if before.seat_uid and before.seat_uid not in found.seats:
        return "cancelled"
    if found.status not in queries.CANCELLED:
        raise VendorError("The calendar failed, and the appointment still stands.", vendor=calcom.VENDOR) from error
    return found.status


def _unsure() -> VendorError:
    return VendorError(UNSURE, vendor=calcom.VENDOR, may_have_happened=True)


def _plain(error: VendorError, start: datetime, timezone: str) -> Exception:
    if error.code != calcom.SLOT_TAKEN:
        return error
    return Conflict(f"{times.said(start, timezone)} is not free any more. Choose another time.", code=calcom.SLOT_TAKEN)


async def _note(error: VendorError) -> None:
    if error.code == calcom.SETUP:
        await account.note_fault(error.message)


async def _minutes(session: AsyncSession, event_type_id: int) -> int:
    known = await queries.connection(session, org_id_of(session))
    rows = known.event_types if known else []
    return next((int(one["minutes"]) for one in rows if one["id"] == event_type_id), 30)


async def _held(session: AsyncSession, conversation_id: UUID | None) -> Conversation | None:
    """Return a conversation locked, before anything of it; None when there is none, or none any more."""
    try:
        return await conversations.locked(session, conversation_id) if conversation_id else None
    except NotFound:
        return None


async def _stored(session: AsyncSession, before: Booking) -> tuple[Booking, Conversation | None]:
    known = await queries.booking(session, before.org_id, before.id)
    conversation = await _held(session, known.conversation_id) if known else None
    stored = await queries.booking(session, before.org_id, before.id, for_update=True)
    if stored is None:
        raise NotFound("This appointment does not exist.", code=calcom.GONE)
    if conversation is not None and stored.conversation_id != conversation.id:
        # Its person turned out to be another one meanwhile.
        conversation = await _held(session, stored.conversation_id)
    return stored, conversation


async def _tell(
    session: AsyncSession, conversation: Conversation | None, stored: Booking, party: Party, sentence: str
) -> None:
    """Say in the timeline what became of an appointment."""
    if conversation is None:
        return
    when = f"{times.said(stored.starts_at, stored.timezone)} ({stored.timezone})"
    said = sentence.format(what=f"“{stored.title}”", when=when)
    who = party.agent_name or "A program"
    await conversations.note_event(session, conversation, f"{who} {said}", booking_id=str(stored.id))
