"""Say what a call asks of the line it runs over, whichever line that is."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from livekit.agents.voice import io

from voice_agent.legs.around import Around
from voice_agent.legs.pacing import PacedMouth
from voice_agent.legs.taps import Taps


class Gone(StrEnum):
    """How a line went away."""

    CLOSED = "closed"
    """We put it down."""
    STOPPED = "stopped"
    """The other side did: the caller hung up, or the carrier was told to take the caller elsewhere."""
    LOST = "lost"
    """It broke; the caller may still be there."""


class Leg(Protocol):
    """The line to the other party, open from the moment a call is given it."""

    name: str
    """Tells it from every other line of the same call."""
    taps: Taps
    """Who else hears what it carries."""
    around: Around
    """The place the other party hears around it."""

    @property
    def ear(self) -> io.AudioInput:
        """What the other party says."""

    @property
    def mouth(self) -> PacedMouth:
        """What they hear."""

    async def carry(self, pressed: Callable[[str], None]) -> Gone:
        """Bring sound both ways until the line is gone; `pressed` is told of each key."""

    async def send_sound(self, frame: bytes) -> None:
        """Let them hear a frame of 20 ms at once, written as `mouth.coding` says, beside what the mouth speaks."""

    async def send_beside(self, frame: bytes) -> None:
        """Let them alone hear a frame, which nobody who listens in does."""

    async def hang_up(self) -> None:
        """Put the phone down."""

    async def press(self, keys: str) -> None:
        """Press keys for the other party to take, a menu of theirs for one; `w` waits for half a second."""

    async def put_through(self, number: str, reason: str) -> None:
        """Join the caller with a telephone instead of us. Raises `MagpipeError` when that is not done."""
