"""Let a person's browser onto a line: a pass for one purpose, one person and soon, which the page was given.

Passes are signed with the installation's secret, so that the voice process can tell one without asking who is signed
in: it knows no cookies. What a pass leads to is decided by its purpose (`Door`).
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from backend.core import clock, crypto, rate_limits
from backend.core.errors import Invalid, LimitReached, NotAllowed
from backend.core.ids import new_id, parse_id
from backend.core.principal import Principal

# A browser connects at once; what is in between is a slow network.
VALID_S = 60
_PURPOSE = "voice-browser"
# Longer than a pass is good, however the window of the count falls.
_REMEMBERED = timedelta(days=1)


class Door(StrEnum):
    """What a pass lets somebody do."""

    TEST = "test"
    """Talk with the draft of an agent: `about` is the agent."""
    DESK = "desk"
    """Hold a call the person makes themselves: `about` is the call."""
    ANSWER = "answer"
    """Take a caller who waits for people: `about` is the call."""
    JOIN = "join"
    """Join a call to which a colleague adds the person: `about` is who they are in it, its party."""
    LISTEN = "listen"
    """Hear both sides of a call: `about` is the call."""
    SPEAK = "speak"
    """Speak with the caller of a call instead of its agent: `about` is the call."""


@dataclass(frozen=True)
class Pass:
    """Who comes through which door, and to what."""

    door: Door
    about: UUID
    org_id: UUID
    user_id: UUID


def issue(principal: Principal, door: Door, about: UUID) -> str:
    """Return a pass for the person, to be shown within a minute, once."""
    until = int(clock.now().timestamp()) + VALID_S
    told = f"{door}.{about}.{principal.org_id}.{principal.user_id}.{until}.{new_id()}"
    return f"{told}.{crypto.digest(_PURPOSE, told)}"


async def use(shown: str) -> Pass:
    """Return what a pass says, and use it up. Raises `NotAllowed` for one that is not ours, too old or used."""
    told, _, signature = shown.rpartition(".")
    parts = told.split(".")
    if len(parts) != 6 or not signature.isascii() or not crypto.matches(crypto.digest(_PURPOSE, told), signature):
        raise NotAllowed("This page has no pass for the line. Reload it and try again.", code="no_pass")
    door, about, org_id, user_id, until, _ = parts
    if int(until) < clock.now().timestamp():
        raise NotAllowed("This took too long. Try again.", code="pass_expired")
    try:
        found = Pass(Door(door), parse_id(about), parse_id(org_id), parse_id(user_id))
        await rate_limits.hit("voice.pass", 1, _REMEMBERED, about=shown)
    except (Invalid, ValueError) as error:
        raise NotAllowed("This page is older than the installation. Reload it.", code="no_pass") from error
    except LimitReached as error:
        raise NotAllowed("This line was opened already. Try again.", code="pass_used") from error
    return found
