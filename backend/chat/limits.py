"""Bound what visitors may ask, so that a widget's key is worth nothing to somebody who wants a free model.

Counted per visitor, per address and per widget. What each bound is for: a person types no dozen messages a minute; a
page that is reloaded starts few sessions; and whoever has many addresses still meets the widget's bound of the day.
"""

from datetime import timedelta
from uuid import UUID

from backend.core import rate_limits
from backend.core.errors import LimitReached
from backend.core.rate_limits import Attempt, Reached

# Of one visitor. Their AI answers are bounded by the same numbers, because each message gets at most one.
PER_MINUTE, PER_DAY = 12, 120
# Of one address: an office shares one, and a farm of sessions does too.
SESSIONS_PER_HOUR, ADDRESS_PER_HOUR = 30, 240
FILES_PER_HOUR = 30
# How often one visitor, and everybody at one address, may say anew whose chat it is: each moves a timeline.
ADDRESSES_PER_HOUR, ADDRESSES_FROM_ONE_PER_HOUR = 5, 30
# Of one widget: ten times what a busy site sees.
WIDGET_PER_DAY = 5_000
LONGEST_MESSAGE = 2_000
# What an answer in a chat may cost at most, whatever the agent's own setting.
MOST_TOKENS = 400
_WORDS = {
    "chat.sessions": "Too many chats were started from here.",
    "chat.greeting": "Too many chats were started from here.",
    "chat.minute": "You are writing faster than we can read.",
    "chat.day": "That is all this chat can take today.",
    "chat.address": "Too many messages came from here.",
    "chat.widget": "This chat is very busy today.",
    "chat.left": "Many email addresses were left here.",
    "chat.left_address": "Many email addresses were left here.",
    "chat.files": "That is many files.",
    "chat.files_address": "Many files came from here.",
}
_NOBODY = "nobody"
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def session_started(widget_id: UUID, address: str) -> None:
    """Count a new session. Raises `LimitReached`."""
    await _hit(Attempt("chat.sessions", SESSIONS_PER_HOUR, _HOUR, address or _NOBODY))


async def message_sent(widget_id: UUID, visitor: UUID | str, address: str) -> None:
    """Count a message. Raises `LimitReached`, whose words the visitor sees."""
    await _hit(
        Attempt("chat.minute", PER_MINUTE, _MINUTE, visitor),
        Attempt("chat.day", PER_DAY, _DAY, visitor),
        Attempt("chat.address", ADDRESS_PER_HOUR, _HOUR, address or _NOBODY),
        Attempt("chat.widget", WIDGET_PER_DAY, _DAY, widget_id),
    )


async def file_sent(session_id: UUID, address: str) -> None:
    """Count an upload. Raises `LimitReached`."""
    await _hit(
        Attempt("chat.files", FILES_PER_HOUR, _HOUR, session_id),
        Attempt("chat.files_address", FILES_PER_HOUR * 4, _HOUR, address or _NOBODY),
    )


async def address_left(session_id: UUID, address: str | None) -> None:
    """Count an email address that moves a chat, of its visitor alone without an `address`. Raises `LimitReached`."""
    attempts = [Attempt("chat.left", ADDRESSES_PER_HOUR, _HOUR, session_id)]
    if address is not None:
        attempts.append(Attempt("chat.left_address", ADDRESSES_FROM_ONE_PER_HOUR, _HOUR, address or _NOBODY))
    await _hit(*attempts)


async def greeting_asked(widget_id: UUID, address: str) -> None:
    """Count a request for a greeting. Raises `LimitReached`."""
    await _hit(Attempt("chat.greeting", SESSIONS_PER_HOUR * 2, _HOUR, address or _NOBODY))


async def _hit(*attempts: Attempt) -> None:
    try:
        await rate_limits.hit_all(*attempts)
    except Reached as reached:
        again = reached.message.partition(". ")[2]
        words = f"{_WORDS[reached.attempt.key]} {again}"
        raise LimitReached(words, code="chat_limit", details=reached.details) from None
