"""Hear the beep of an answering machine: one steady tone, which speech never is, and its end.

Machines beep between 400 and 2,400 Hz for an eighth of a second to a second and a half. Keys are two tones at once, and
the tone of a telephone that rings lasts longer.
"""

from typing import Any

import numpy as np

_LOW_HZ, _HIGH_HZ = 350.0, 2_600.0
_SHORTEST_S, _LONGEST_S = 0.12, 1.6
# Of the sound of a window, the part that one tone and its skirts have; a voice with its overtones has less.
_PURE = 0.9
# Of full scale: a line's hum and noise stay below.
_QUIET = 0.004
_WINDOW_S = 0.02
# Windows this short tell tones apart by 50 Hz.
_SAME_HZ = 75.0


class Beeps:
    """Listens for beeps in the sound of a line; feed it as it comes."""

    def __init__(self) -> None:
        self._waiting: Any = np.zeros(0, np.float32)
        self._hz = 0.0
        self._lasts_s = 0.0

    def hear(self, samples: bytes, rate: int) -> bool:
        """Take int16 samples of one channel; True when a beep has just come to its end in them."""
        size = round(rate * _WINDOW_S)
        self._waiting = np.concatenate([self._waiting, np.frombuffer(samples, np.int16).astype(np.float32) / 32768])
        has_beeped = False
        while len(self._waiting) >= size:
            window, self._waiting = self._waiting[:size], self._waiting[size:]
            has_beeped = self._took(_tone(window, rate)) or has_beeped
        return has_beeped

    def _took(self, hz: float) -> bool:
        if hz and (not self._lasts_s or abs(hz - self._hz) <= _SAME_HZ):
            self._hz, self._lasts_s = hz, self._lasts_s + _WINDOW_S
            return False
        lasted, self._lasts_s = self._lasts_s, _WINDOW_S if hz else 0.0
        self._hz = hz
        return _SHORTEST_S <= lasted <= _LONGEST_S


def _tone(window: Any, rate: int) -> float:
    """Return the pitch of a window that is one tone, 0 for any other."""
    if float(np.sqrt(np.mean(window**2))) < _QUIET:
        return 0.0
    power = np.abs(np.fft.rfft(window * np.hanning(len(window)))) ** 2
    place = int(np.argmax(power))
    hz = place * rate / len(window)
    near = float(power[max(0, place - 2) : place + 3].sum())
    return hz if _LOW_HZ <= hz <= _HIGH_HZ and near > _PURE * float(power.sum()) else 0.0
