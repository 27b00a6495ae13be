"""Speak text as sounds that carry it, and hear it back: the voice of the stand-ins, which needs no model of speech.

A line of text becomes tones of 20 ms, four bits each, between a tone that says where it begins and one that says where
it ends, over a low hum that detectors of voices take for one. It survives a telephone's 8 kHz, its µ-law and changes
of rate and loudness, and takes about as long as somebody who talks fast.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

# int16 samples of one channel.
Samples = Any

# Within a telephone's band (300 to 3,400 Hz), and multiples of 50 Hz, which do not disturb each other over 20 ms.
SYMBOL_S = 0.02
_HUM_HZ = (100, 200, 300, 400)
_BEGIN_HZ, _END_HZ, _MARK_HZ = 500, 3150, 3000
_DATA_HZ = tuple(600 + 150 * value for value in range(16))
_ALL_HZ = (*_DATA_HZ, _BEGIN_HZ, _MARK_HZ, _END_HZ)
_BEGIN, _MARK, _END = 16, 17, 18
# How many tones the beginning and the end last.
_BEGIN_LASTS, _END_LASTS = 4, 2
_LOUD = 9_000
_HUM = 2_500
# Of full scale; a line's noise stays below.
_QUIET = 0.002
# The part of a window’s power that a tone we sent has, at the least: half in the window it has a quarter of its power.
_CLEAR = 0.08


def say(text: str, rate: int) -> Samples:
    """Return the sound of a text, mono at `rate` samples a second; nothing for a blank text."""
    data = text.strip().encode()
    if not data:
        return np.zeros(0, np.int16)
    values = [_BEGIN] * _BEGIN_LASTS + [_MARK]
    for byte in data:
        values += [byte >> 4, byte & 15]
    values += [_END] * _END_LASTS
    length = _symbol(rate)
    at = np.arange(length * len(values)) / rate
    hz: Any = np.repeat([_ALL_HZ[value] for value in values], length)
    wave = _LOUD * np.sin(2 * np.pi * hz * at)
    for place, hum in enumerate(_HUM_HZ):
        wave += _HUM * np.sin(2 * np.pi * hum * at + place)
    return np.asarray(wave, np.int16)


def beep(rate: int) -> Samples:
    """Return the beep of an answering machine, with the silence before and after it."""
    tone = 8_000 * np.sin(2 * np.pi * 1_000 * np.arange(round(rate * 0.4)) / rate)
    return np.asarray(np.concatenate([np.zeros(rate // 4), tone, np.zeros(rate // 10)]), np.int16)


def seconds(text: str) -> float:
    """Return how long a text takes to say."""
    size = len(text.strip().encode())
    return (_BEGIN_LASTS + 1 + 2 * size + _END_LASTS) * SYMBOL_S if size else 0.0


def _symbol(rate: int) -> int:
    return round(rate * SYMBOL_S)


class Listener:
    """Hears lines of text in a stream of samples; feed it as they come."""

    def __init__(self, rate: int) -> None:
        self._length = _symbol(rate)
        # Eight places in each tone are tried to find where it begins.
        self._hop = max(1, self._length // 8)
        at = np.arange(self._length) / rate
        self._tones = np.exp(-2j * np.pi * np.outer(np.array(_ALL_HZ), at))
        self._waiting: Any = np.zeros(0, np.float64)
        self._begins = 0
        self._marks: list[float] = []
        self._values: list[int] | None = None
        self.is_loud = False
        """Whether the last samples were more than the silence of a line."""

    @property
    def is_hearing(self) -> bool:
        """Whether a line has begun and not ended."""
        return self._values is not None

    @property
    def so_far(self) -> str:
        """What was heard of the line that goes on."""
        return _text(self._values or [])

    def hear(self, samples: Samples) -> Iterator[str]:
        """Yield each line that ended; one that is broken off ends where it broke off."""
        self._waiting = np.concatenate([self._waiting, samples / 32768])
        while len(self._waiting) >= self._length + self._hop * 8:
            if self._values is None:
                self._seek()
                continue
            value = self._value(self._waiting[: self._length])
            self._waiting = self._waiting[self._length :]
            if value is not None and value < _BEGIN:
                self._values.append(value)
                continue
            heard, self._values = _text(self._values), None
            self._begins, self._marks = 0, []
            if heard:
                yield heard

    def _seek(self) -> None:
        """Look for where a line begins: the mark stands out most where its tone is met whole."""
        window = self._waiting[: self._length]
        power = self._power(window)
        if power is not None and power[_MARK] == power.max() and self._begins:
            self._marks.append(float(power[_MARK]))
            self._waiting = self._waiting[self._hop :]
            return
        if self._marks:
            best = int(np.argmax(self._marks))
            # The window has moved on past the mark by as many steps as were measured after the best.
            behind = len(self._marks) - best
            self._values, self._marks = [], []
            skip = self._length - behind * self._hop
            self._waiting = self._waiting[skip:]
            return
        self._begins = self._begins + 1 if power is not None and power[_BEGIN] == power.max() else 0
        self._waiting = self._waiting[self._hop :]

    def _power(self, window: Any) -> Any | None:
        """Return how strong each of our tones is, or None where there is none."""
        loudness = float(np.mean(window**2))
        self.is_loud = loudness > _QUIET**2
        if not self.is_loud:
            return None
        power: Any = np.abs(self._tones @ window / self._length) ** 2 * 2
        return power if float(power.max()) > _CLEAR * loudness else None

    def _value(self, window: Any) -> int | None:
        power = self._power(window)
        return None if power is None else int(np.argmax(power))


def _text(values: list[int]) -> str:
    pairs = zip(values[::2], values[1::2], strict=False)
    return bytes(high << 4 | low for high, low in pairs).decode(errors="ignore")
