"""Read calendars' accounts and the appointments made through us."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.calendars import Booking, CalendarConnection

CANCELLED = ("cancelled", "rejected")


async def connection(session: AsyncSession, org_id: UUID, *, for_update: bool = False) -> CalendarConnection | None:
    """Return the organization's account, or None."""
    query = select(CalendarConnection).where(CalendarConnection.org_id == org_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.exec(query)).first()


async def of_call(session: AsyncSession, org_id: UUID, call_id: UUID) -> Booking | None:
    """Return what a wish made, or None."""
    return (await session.exec(select(Booking).where(Booking.org_id == org_id, Booking.call_id == call_id))).first()


async def booking(session: AsyncSession, org_id: UUID, booking_id: UUID, *, for_update: bool = False) -> Booking | None:
    """Return an appointment, or None."""
    query = select(Booking).where(Booking.org_id == org_id, Booking.id == booking_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.exec(query)).first()


async def named(session: AsyncSession, org_id: UUID, number: int, uid: str, seat_uid: str) -> list[Booking]:
    """Return the appointments of a uid, else of the calendar's number: one, or one for each seat of ours.

    With `seat_uid` that seat alone.
    """
    query = select(Booking).where(Booking.org_id == org_id, Booking.uid == uid if uid else Booking.vendor_id == number)
    return list((await session.exec(query.where(Booking.seat_uid == seat_uid) if seat_uid else query)).all())


async def of_conversation(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, limit: int, after: datetime | None = None
) -> Sequence[Booking]:
    """Return a conversation's appointments, the soonest first; with `after`, those that stand and end later."""
    query = select(Booking).where(Booking.org_id == org_id, Booking.conversation_id == conversation_id)
    if after is not None:
        query = query.where(Booking.ends_at > after, col(Booking.status).not_in(CANCELLED))
        return (await session.exec(query.order_by(col(Booking.starts_at), col(Booking.id)).limit(limit))).all()
    return (
        await session.exec(query.order_by(col(Booking.starts_at).desc(), col(Booking.id).desc()).limit(limit))
    ).all()
