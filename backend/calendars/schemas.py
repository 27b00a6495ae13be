"""Shape calendars: the account, free times, and appointments as screens, tools and the API see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID


class KindRow(TypedDict):
    """One kind of appointment."""

    id: int
    title: str
    minutes: int


class ConnectionRow(TypedDict):
    """The account as screens show it; the key never leaves. Times are ISO 8601 in UTC."""

    is_connected: bool
    account: str
    timezone: str
    kinds: list[KindRow]
    error: str
    checked_at: str


class BookingRow(TypedDict):
    """One appointment in plain JSON; `when` is said in its own time zone, times are ISO 8601 in UTC."""

    id: str
    uid: str
    seat_uid: str
    number: int
    title: str
    when: str
    timezone: str
    start: str
    end: str
    status: str
    name: str
    email: str
    phone: str
    meeting_url: str
    agent_name: str
    conversation_id: str


@dataclass(frozen=True)
class Slot:
    """A free time."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Party:
    """For whom and by whom something is booked; `told_in` is the chat of a visitor who proved nothing."""

    conversation_id: UUID | None = None
    told_in: str = ""
    is_certain: bool = True
    """Whether the person is the contact beyond doubt, and may hear of all its appointments."""
    agent_id: UUID | None = None
    agent_name: str = ""


@dataclass(frozen=True)
class Wish:
    """An appointment somebody wants; `call_id` is the wish, which makes one appointment however often it is asked.

    `is_repeated` says that asking was cut off before: the calendar may hold what nobody wrote down.
    """

    event_type_id: int
    start: datetime
    timezone: str
    name: str
    email: str = ""
    phone: str = ""
    notes: str = ""
    minutes: int = 0
    call_id: UUID | None = None
    is_repeated: bool = False
