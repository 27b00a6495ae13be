"""Book in an organization's calendar: its account, free times, and appointments made through us."""

from backend.calendars.account import CHANGED, NOT_CONNECTED, connect, disconnect, look, view
from backend.calendars.booking import MOST_DAYS, book, cancel, find, move, of_conversation, slots, upcoming
from backend.calendars.times import begins, day, later, moment, said, written

__all__ = [
    "CHANGED",
    "MOST_DAYS",
    "NOT_CONNECTED",
    "begins",
    "book",
    "cancel",
    "connect",
    "day",
    "disconnect",
    "find",
    "later",
    "look",
    "moment",
    "move",
    "of_conversation",
    "said",
    "slots",
    "upcoming",
    "view",
    "written",
]
