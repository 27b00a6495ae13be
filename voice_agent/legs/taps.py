"""Let others hear what a line carries, both sides of it: who records it, and who listens in."""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol


class Side(StrEnum):
    """Who is heard."""

    CALLER = "caller"
    AGENT = "agent"
    """The agent, and whoever of the team speaks in its place."""


class Listener(Protocol):
    """Somebody who hears a line."""

    def hear(self, side: Side, samples: bytes, rate: int) -> None:
        """Take sound as it passes: int16 samples of one side. Runs between two frames of the line, so it is brief."""


class Taps:
    """Who hears one line. Sound is taken as the line carries it, and decoded only when somebody listens."""

    def __init__(self, rate: int, decode: Callable[[bytes], bytes]) -> None:
        """Take the samples a second of the line's sound, and what makes int16 samples of it."""
        self.rate = rate
        self._decode = decode
        self._listeners: list[Listener] = []

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens."""
        return bool(self._listeners)

    def add(self, listener: Listener) -> None:
        """Let somebody hear the line from now on."""
        self._listeners.append(listener)

    def remove(self, listener: Listener) -> None:
        """Let somebody hear no more; nothing happens to one who does not."""
        if listener in self._listeners:
            self._listeners.remove(listener)

    def caller(self, sound: bytes) -> None:
        """Pass on what the other party says, as it arrives."""
        self._pass(Side.CALLER, sound)

    def agent(self, sound: bytes) -> None:
        """Pass on what they are sent, as it leaves."""
        self._pass(Side.AGENT, sound)

    def _pass(self, side: Side, sound: bytes) -> None:
        if self._listeners:
            samples = self._decode(sound)
            for listener in list(self._listeners):
                listener.hear(side, samples, self.rate)
