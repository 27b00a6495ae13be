"""Press keys on a line that has none of its own: each is two tones in its sound."""

import asyncio
from typing import Protocol

import numpy as np

from voice_agent.legs.pacing import FRAME_S, Coding, PacedMouth

# Each key is two tones (ITU-T Q.23) of 120 ms with a pause of 60 ms: twice what Q.24 asks for.
_ROWS, _COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)
PAD = "123456789*0#"
# Waits before the next key.
WAIT, WAIT_S = "w", 0.5
_TONE_FRAMES, _PAUSE_FRAMES = 6, 3
_LOUD = 8_000


class Line(Protocol):
    """A line that carries sound frame by frame."""

    @property
    def mouth(self) -> PacedMouth:
        """What the other party hears."""

    async def send_sound(self, frame: bytes) -> None:
        """Let them hear a frame at once."""


async def press(line: Line, keys: str) -> None:
    """Let the other party hear keys, in real time; `w` waits for half a second."""
    coding = line.mouth.coding
    for key in keys:
        for frame in tones(key, coding) if key in PAD else [_silent(coding)] * round(WAIT_S / FRAME_S):
            await line.send_sound(frame)
            await asyncio.sleep(FRAME_S)


def tones(key: str, coding: Coding) -> list[bytes]:
    """Return a key as frames of a coding: its two tones, and the pause after them."""
    row, column = divmod(PAD.index(key), 3)
    size = round(coding.rate * FRAME_S)
    at = np.arange(size * _TONE_FRAMES) / coding.rate
    wave = sum(_LOUD * np.sin(2 * np.pi * hertz * at) for hertz in (_ROWS[row], _COLUMNS[column]))
    parts = np.asarray(wave, np.int16).reshape(_TONE_FRAMES, size)
    return [*(coding.encode(part.tobytes()) for part in parts), *[_silent(coding)] * _PAUSE_FRAMES]


def _silent(coding: Coding) -> bytes:
    return coding.silence * coding.frame
