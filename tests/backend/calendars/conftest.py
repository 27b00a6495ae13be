"""Give a test a calendar of the sandbox that an organization connected, and a day to book on."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from backend.calendars import booking
from backend.calendars import service as calendars
from backend.calendars.schemas import Party, Wish
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work

NEW_YORK = "America/New_York"
CHECK_UP, CLEANING = 101, 102
KEY = "cal_sandbox"


def weekday(days_on: int = 8) -> date:
    """Return a Wednesday at least so many days on."""
    day = datetime.now(UTC).date() + timedelta(days=days_on)
    return day + timedelta(days=(2 - day.weekday()) % 7)


def at(local: str, zone: str = NEW_YORK) -> datetime:
    """Return a moment of that Wednesday."""
    return calendars.moment(f"{weekday()}T{local}", zone)


@pytest.fixture
async def calendar(sandbox, monkeypatch):
    """The stand-in's calendar, empty, with no pause before a lost answer is looked for."""
    monkeypatch.setattr(booking, "PAUSE_S", 0.0)
    await sandbox.client.delete("/sandbox/calendar")
    return sandbox


@pytest.fixture
async def connected(db, org, calendar):
    """An organization whose calendar is connected."""
    await calendars.connect(org.owner, KEY)
    return org


@pytest.fixture
async def talk(connected) -> UUID:
    """A conversation with a customer."""
    with connected.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, "+14155550199", "Dana Ruiz")
            return (await conversations.for_contact(session, contact.id)).id


def wish(start: datetime, **more) -> Wish:
    """Return a wish for a check-up."""
    given = {"event_type_id": CHECK_UP, "timezone": NEW_YORK, "name": "Dana Ruiz", "email": "dana@example.com"}
    return Wish(start=start, **{**given, "call_id": new_id(), **more})


def party(conversation_id: UUID | None = None, **more) -> Party:
    """Return for whom something is booked."""
    return Party(conversation_id=conversation_id, agent_name="Ava", **more)


async def booked(sandbox) -> list[dict]:
    """Return what stands in the calendar."""
    return [one for one in (await sandbox.client.get("/sandbox/calendar")).json() if one["status"] == "accepted"]
