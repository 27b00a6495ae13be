"""What a line of a conference hears: who speaks at once is heard at once, and silence parts nobody's words."""

import asyncio
from types import SimpleNamespace

import numpy as np
import pytest

from voice_agent.legs.pacing import PCM_24K
from voice_agent.mixing import Heard

SIZE = PCM_24K.frame // 2


def frame(loudness):
    return np.full(SIZE, loudness, np.int16).tobytes()


@pytest.fixture
async def line():
    """Hears for somebody, on a clock that stands until it is moved."""
    made = SimpleNamespace(mouth=SimpleNamespace(coding=PCM_24K, is_speaking=False), sent=[], at=0.0)
    made.heard = Heard(made)
    made.heard._now = lambda: made.at

    async def send_sound(sound):
        made.sent.append(int(np.frombuffer(sound, np.int16)[0]))

    made.send_sound = send_sound
    sending = asyncio.create_task(made.heard.carry())
    yield made
    sending.cancel()


async def after(line, *spoken):
    """Return how loud each frame is that was sent once these were said, each a fiftieth of a second after the last."""
    for voice, loudness in spoken:
        line.heard.hear(voice, frame(loudness), PCM_24K.rate)
        line.at += 0.02
    while line.heard._sending.qsize():
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    return line.sent


async def test_who_speaks_at_the_same_time_is_mixed_into_it(line):
    assert await after(line, ("ana", 1000), ("leo", 3000), ("ana", 1000)) == [1000, 4000]


async def test_silence_of_others_is_not_put_between_two_frames_that_are_late(line):
    await after(line, ("ana", 1000))
    line.at += 0.5
    assert await after(line, ("leo", 0), ("leo", 0), ("ana", 1000)) == [1000, 1000]


async def test_the_next_who_speaks_is_heard_at_once(line):
    await after(line, ("ana", 1000))
    line.at += 0.2
    assert await after(line, ("leo", 3000)) == [1000, 3000]


async def test_nobody_is_heard_over_the_agent(line):
    line.mouth.is_speaking = True
    assert await after(line, ("ana", 1000)) == []
