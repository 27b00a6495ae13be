"""Bound what visitors may ask, so that a widget's key is worth nothing to somebody who wants a free model.

Counted per visitor, per address and per widget. What each bound is for: a person types no dozen messages a minute; a
page that is reloaded starts few sessions; and whoever has many addresses still meets the widget's bound of the day.
"""

from datetime import timedelta
from uuid import UUID

from backend.core import rate_limits
from backend.core.errors import LimitReached

# Of one visitor. Their AI answers are bounded by the same numbers, because each message gets at most one.
PER_MINUTE, PER_DAY = 12, 120
# Of one address: an office shares one, and a farm of sessions does too.
SESSIONS_PER_HOUR, ADDRESS_PER_HOUR = 30, 240
FILES_PER_HOUR = 30
# Of one widget: ten times what a busy site sees.
WIDGET_PER_DAY = 5_000
LONGEST_MESSAGE = 2_000
# What an answer in a chat may cost at most, whatever the agent's own setting.
MOST_TOKENS = 400
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def session_started(widget_id: UUID, address: str) -> None:
    """Count a new session. Raises `LimitReached`."""
    await _hit("chat.sessions", SESSIONS_PER_HOUR, _HOUR, address, "Too many chats were started from here.")


async def message_sent(widget_id: UUID, visitor: UUID | str, address: str) -> None:
    """Count a message. Raises `LimitReached`, whose words the visitor sees."""
    await _hit("chat.minute", PER_MINUTE, _MINUTE, visitor, "You are writing faster than we can read.")
    await _hit("chat.day", PER_DAY, _DAY, visitor, "That is all this chat can take today.")
    await _hit("chat.address", ADDRESS_PER_HOUR, _HOUR, address, "Too many messages came from here.")
    await _hit("chat.widget", WIDGET_PER_DAY, _DAY, widget_id, "This chat is very busy today.")


async def file_sent(session_id: UUID, address: str) -> None:
    """Count an upload. Raises `LimitReached`."""
    await _hit("chat.files", FILES_PER_HOUR, _HOUR, session_id, "That is many files.")
    await _hit("chat.files_address", FILES_PER_HOUR * 4, _HOUR, address, "Many files came from here.")


async def greeting_asked(widget_id: UUID, address: str) -> None:
    """Count a request for a greeting. Raises `LimitReached`."""
    await _hit("chat.greeting", SESSIONS_PER_HOUR * 2, _HOUR, address, "Too many chats were started from here.")


async def _hit(key: str, limit: int, window: timedelta, about: UUID | str, words: str) -> None:
    try:
        await rate_limits.hit(key, limit, window, about=about or "nobody")
    except LimitReached as reached:
        again = reached.message.partition(". ")[2] or "Try again later."
        raise LimitReached(f"{words} {again}", code="chat_limit", details=reached.details) from None
