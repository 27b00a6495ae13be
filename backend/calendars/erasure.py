"""Erase a person from appointments made without a conversation; the others go with theirs."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.personal_data import Person, erases


@erases("bookings")
async def _bookings(session: AsyncSession, person: Person) -> int:
    """Delete appointments of the person."""
    gone = await session.execute(
        text(
            "delete from bookings where org_id = :org and conversation_id is null and"
            " (lower(attendee_email) = any(:addresses) or attendee_phone = any(:addresses)"
            " or attendee_name = any(:names))"
        ),
        {"org": person.org_id, "addresses": list(person.addresses), "names": list(person.names)},
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
