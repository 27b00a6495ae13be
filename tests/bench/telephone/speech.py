"""Make sound that every detector of voices takes for somebody's: it says nothing, and has no pause."""

from typing import Any

import numpy as np

_HARMONICS = 27
_PITCH_HZ, _BAND_HZ = 120, 3400
_LOUD = 16_000


def voiced(seconds: float, rate: int) -> Any:
    """Return int16 samples of vowels that glide into each other: a throat of 120 Hz and three formants."""
    at = np.arange(round(seconds * rate)) / rate
    pitch = _PITCH_HZ + 25 * np.sin(2 * np.pi * 1.3 * at) + 8 * np.sin(2 * np.pi * 5 * at)
    phase = np.cumsum(pitch) / rate
    formants = (
        (1.0, 500 + 250 * np.sin(2 * np.pi * 2.1 * at), 80),
        (0.5, 1500 + 500 * np.sin(2 * np.pi * 1.7 * at + 1), 110),
        (0.25, 2500 + 100 * np.sin(2 * np.pi * 0.9 * at), 160),
    )
    wave: Any = np.zeros(len(at))
    for number in range(1, _HARMONICS + 1):
        hz = number * pitch
        strength = sum(share / (1 + ((hz - middle) / width) ** 2) for share, middle, width in formants)
        wave += np.where(hz < _BAND_HZ, strength / number**0.3 * np.sin(2 * np.pi * number * phase), 0.0)
    wave *= 0.75 + 0.25 * np.sin(2 * np.pi * 4 * at)
    return (wave / np.abs(wave).max() * _LOUD).astype(np.int16)
