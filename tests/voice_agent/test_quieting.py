"""Noise is taken out of what a caller says, as far as the agent's level asks, and the words stay."""

import numpy as np
import pytest
from livekit import rtc
from livekit.agents.voice import io

from backend.sandbox import spoken
from voice_agent.quieting import quieted

RATE, FRAME = 8_000, 160
SAID = "I want to book a table"


class Street(io.AudioInput):
    """A caller in the street: two seconds of its noise alone, then words over it."""

    def __init__(self):
        super().__init__(label="street")
        words = spoken.say(SAID, RATE)
        noise = np.random.default_rng(7).normal(0, 300, 2 * RATE + len(words) + RATE)
        noise[2 * RATE : 2 * RATE + len(words)] += words
        self._samples = np.clip(noise, -32768, 32767).astype(np.int16)

    async def __anext__(self):
        part, self._samples = self._samples[:FRAME], self._samples[FRAME:]
        if len(part) < FRAME:
            raise StopAsyncIteration
        return rtc.AudioFrame(part.tobytes(), RATE, 1, FRAME)


async def heard(level):
    sound = b"".join([bytes(frame.data) async for frame in quieted(Street(), level)])
    samples = np.frombuffer(sound, np.int16)
    noise = float(np.abs(samples[RATE : 2 * RATE].astype(float)).mean())
    return noise, list(spoken.Listener(RATE).hear(samples))


@pytest.mark.parametrize(("level", "share"), [("off", 1.0), ("low", 1.0), ("medium", 0.35), ("high", 0.2)])
async def test_a_level_leaves_so_much_of_the_noise_and_every_word(level, share):
    plain, _ = await heard("off")
    noise, words = await heard(level)
    assert noise <= plain * share * 1.01
    assert words == [SAID]


async def test_what_is_not_to_be_quieted_is_heard_as_it_is():
    street = Street()
    assert quieted(street, "off") is street
