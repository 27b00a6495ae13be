"""Put the sound of a place around what a line is sent: under the agent's voice, and where nobody speaks.

Only the other party hears it. Who listens in, the recording and every transcript have the voices alone.
"""

import asyncio
from typing import TYPE_CHECKING, Any

import numpy as np

from voice_agent.legs.pacing import FRAME_S, Coding

if TYPE_CHECKING:
    from voice_agent.legs.port import Leg

# So long after a frame the line is somebody's: speeches have no longer gaps between two of theirs.
_TAKEN_S = 0.06


class Around:
    """The place around one line; silence until it is somewhere."""

    def __init__(self, coding: Coding) -> None:
        self._coding = coding
        self._now = asyncio.get_running_loop().time
        self._sound: Any = np.zeros(0, np.int16)
        self._at = 0
        self._sent_at = float("-inf")

    def be(self, samples: bytes, volume: float) -> None:
        """Be at a place from now on: int16 samples that come round, at the rate of the line."""
        heard = np.frombuffer(samples, np.int16) * volume
        self._sound = np.clip(heard, -32768, 32767).astype(np.int16)
        self._at = 0

    def under(self, frame: bytes, is_voice: bool) -> bytes:
        """Return a frame that is about to be sent as it is heard there; what is no voice of the agent's stays alone."""
        self._sent_at = self._now()
        if not is_voice or not len(self._sound):
            return frame
        voice = np.frombuffer(self._coding.decode(frame), np.int16).astype(np.int32)
        return self._coding.encode(np.clip(voice + self._next(len(voice)), -32768, 32767).astype(np.int16).tobytes())

    async def play(self, leg: "Leg") -> None:
        """Let the place be heard where nothing else is sent, until cancelled."""
        size = round(self._coding.rate * FRAME_S)
        due = self._now()
        while True:
            if not leg.mouth.is_speaking and self._now() - self._sent_at > _TAKEN_S:
                await leg.send_beside(self._coding.encode(self._next(size).tobytes()))
            due = max(due + FRAME_S, self._now() - FRAME_S)
            await asyncio.sleep(max(0.0, due - self._now()))

    def _next(self, size: int) -> Any:
        """Return so many int16 samples of the place."""
        at: Any = (self._at + np.arange(size)) % len(self._sound)
        self._at = (self._at + size) % len(self._sound)
        return self._sound[at]
