"""Make the sound of places: a loop of some seconds for each, out of shaped noise and small events, and no recording.

Everything is made on a circle of time, so that a loop has no seam. The same place sounds the same in every call.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np

# float64 samples of one channel.
Samples = Any

# Long enough that nobody waits for the same cup again.
LOOP_S = 16.0
# Every place is this loud at a volume of one (of 32,767): the agent's voice is some ten times as loud.
_LOUDNESS = 900.0
# What is heard of a place lies within a telephone's band, whatever line it is for.
_RATE = 8_000
# What swells and fades is reckoned so many times a second.
_BREATHS = 50
# No single event stands out by more than this over the place as a whole.
_MOST_OVER = 6.0


@cache
def loop(name: str, rate: int) -> bytes:
    """Return the sound of a place as int16 samples of one channel, at `rate` samples a second."""
    chance = np.random.default_rng(sum(name.encode()))
    made = _PLACES[name](_Circle(_RATE, chance))
    made = made / np.sqrt(np.mean(made**2))
    if rate != _RATE:
        made = _stretched(made, round(rate * LOOP_S))
    sound: bytes = (np.clip(made, -_MOST_OVER, _MOST_OVER) * _LOUDNESS).astype(np.int16).tobytes()
    return sound


class _Circle:
    """Time that comes round, in samples, and what can be put on it."""

    def __init__(self, rate: int, chance: np.random.Generator) -> None:
        self.rate, self.size, self.chance = rate, round(rate * LOOP_S), chance

    def noise(self, low: float, high: float, tilt: float = 0.0) -> Samples:
        """Return noise between two pitches in hertz, of a mean power of one; `tilt` takes from the higher ones."""
        hertz = np.fft.rfftfreq(self.size, 1 / self.rate)
        phase = self.chance.uniform(0, 2 * np.pi, len(hertz))
        power = np.where((hertz >= low) & (hertz <= high), np.maximum(hertz, 1.0) ** -tilt, 0.0)
        made = np.fft.irfft(power * np.exp(1j * phase), self.size)
        return made / np.sqrt(np.mean(made**2))

    def breath(self, slowest: float, fastest: float) -> Samples:
        """Return what swells and fades so many times a second: mostly around one, and never below nothing."""
        slow = _Circle(_BREATHS, self.chance).noise(slowest, fastest)
        return _stretched(np.maximum(0.0, 1.0 + 0.7 * slow), self.size)

    def murmur(self, people: int) -> Samples:
        """Return people who talk too far away to be understood: bands of noise that come and go as syllables do."""
        said = np.zeros(self.size)
        for _ in range(people):
            pitch = self.chance.uniform(220, 900)
            said += self.noise(pitch, pitch * 2.2, 1.0) * self.breath(1.5, 5.0) ** 2 * self.breath(0.1, 0.4)
        return said / np.sqrt(np.mean(said**2))

    def moments(self, most_apart_s: float) -> Iterator[int]:
        """Yield where something happens, at most so many seconds apart."""
        at = self.chance.uniform(0, most_apart_s)
        while at < LOOP_S:
            yield round(at * self.rate)
            at += self.chance.uniform(0.1, 1.0) * most_apart_s

    def put(self, sound: Samples, event: Samples, at: int) -> None:
        """Add an event to a sound, also over the seam."""
        places: Any = (at + np.arange(len(event))) % self.size
        sound[places] += event

    def ring(self, hertz: tuple[float, ...], lasts_s: float, loud: float) -> Samples:
        """Return what is struck and dies away."""
        at = np.arange(round(lasts_s * self.rate)) / self.rate
        tones = sum(np.sin(2 * np.pi * one * at) for one in hertz)
        return loud * tones * np.exp(-at * 6 / lasts_s)

    def sweep(self, begins: float, ends: float, lasts_s: float, loud: float) -> Samples:
        """Return a whistle from one pitch to another."""
        at = np.arange(round(lasts_s * self.rate)) / self.rate
        turns = begins * at + (ends - begins) * at**2 / (2 * lasts_s)
        return loud * np.sin(2 * np.pi * turns) * np.sin(np.pi * at / lasts_s) ** 2


def _stretched(sound: Samples, size: int) -> Samples:
    """Return the same circle in so many samples."""
    return np.interp(np.arange(size) * len(sound) / size, np.arange(len(sound)), sound, period=len(sound))


def _coffee_shop(time: _Circle) -> Samples:
    sound = time.murmur(7) + 0.25 * time.noise(80, 400, 1.0)
    for at in time.moments(2.5):
        cup = time.chance.uniform(1800, 2600)
        time.put(sound, time.ring((cup, cup * 1.37), 0.12, time.chance.uniform(0.4, 1.2)), at)
    return sound


def _convention_hall(time: _Circle) -> Samples:
    hall = time.murmur(24)
    # The walls give it back.
    echoes = sum(np.roll(hall, round(late * time.rate)) / (3 + 8 * late) for late in (0.11, 0.23, 0.37, 0.53))
    return hall + echoes + 0.3 * time.noise(60, 250, 1.0)


def _summer(time: _Circle) -> Samples:
    sound = 0.8 * time.noise(120, 900, 1.2) * time.breath(0.06, 0.3)
    for at in time.moments(1.8):
        bird, loud = time.chance.uniform(2200, 3100), time.chance.uniform(0.5, 1.6)
        for note in range(int(time.chance.integers(1, 5))):
            call = time.sweep(bird, bird * time.chance.uniform(0.85, 1.15), 0.07, loud)
            time.put(sound, call, at + round(note * 0.11 * time.rate))
    return sound


def _mountain(time: _Circle) -> Samples:
    wind = time.noise(90, 700, 1.3) * time.breath(0.06, 0.25) ** 2
    return wind + 0.35 * time.noise(500, 3200, 0.6) * time.breath(0.5, 3.0)


def _call_center(time: _Circle) -> Samples:
    sound = time.murmur(5) + 0.3 * time.noise(90, 300, 1.0)
    for at in time.moments(1.6):
        for key in range(int(time.chance.integers(3, 12))):
            click = time.ring((1400, 2300, 2900), 0.012, time.chance.uniform(0.4, 1.0))
            time.put(sound, click, at + round(key * time.chance.uniform(0.09, 0.16) * time.rate))
    return sound


_PLACES: Mapping[str, Callable[[_Circle], Samples]] = {
    "coffee-shop": _coffee_shop,
    "convention-hall": _convention_hall,
    "summer-outdoor": _summer,
    "mountain-outdoor": _mountain,
    "call-center": _call_center,
}
NAMES = tuple(_PLACES)
