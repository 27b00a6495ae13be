"""A beep is one steady tone of the right length; voices, keys and ringing are none."""

import numpy as np
import pytest

from backend.sandbox import spoken
from voice_agent.beeps import Beeps


def tone(rate: int, seconds: float, *hz: float, noise: float = 0.0) -> np.ndarray:
    at = np.arange(round(rate * seconds)) / rate
    wave = sum(np.sin(2 * np.pi * one * at) for one in hz) * 6_000
    return (wave + np.random.default_rng(7).normal(0, noise, len(at))).astype(np.int16)


def heard(sound: np.ndarray, rate: int, frame_s: float = 0.02) -> int:
    """Return how many beeps were heard, as the line brings the sound in."""
    beeps, size = Beeps(), round(rate * frame_s)
    sound = np.concatenate([np.zeros(rate, np.int16), sound, np.zeros(rate, np.int16)])
    return sum(beeps.hear(sound[at : at + size].tobytes(), rate) for at in range(0, len(sound), size))


@pytest.mark.parametrize("rate", [8_000, 24_000])
@pytest.mark.parametrize(("hz", "seconds"), [(440, 0.25), (1_000, 0.4), (1_400, 1.0), (2_100, 0.15)])
def test_a_beep_is_heard_once_when_it_ends(rate, hz, seconds):
    assert heard(tone(rate, seconds, hz, noise=200), rate) == 1
    assert heard(tone(rate, seconds, hz), rate, frame_s=0.03) == 1


@pytest.mark.parametrize(
    ("what", "sound"),
    [
        ("a key", tone(8_000, 0.3, 770, 1_336)),
        ("a telephone that rings", tone(8_000, 2.0, 440, 480)),
        ("a click", tone(8_000, 0.04, 1_000)),
        ("noise", tone(8_000, 1.0, noise=4_000)),
        ("the stand-ins' voice", spoken.say("Hello, you have reached UUUUUU, please leave a message.", 8_000)),
    ],
)
def test_what_is_no_beep_is_none(what, sound):
    assert heard(sound, 8_000) == 0, what
