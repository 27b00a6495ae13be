"""A greeting is made once for its words and voice, and played from then on without asking anybody."""

import aiohttp
import numpy as np
import pytest

from backend.agents import fields
from backend.core.config import settings
from backend.sandbox import spoken
from voice_agent import vendors
from voice_agent.greetings import Greeting
from voice_agent.legs.pacing import PCMU

SETTINGS = {field.name: field.default for field in fields.ALL}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings(), "data_dir", tmp_path)


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as client:
        yield client


async def greeting(http, text="Good morning.", **changed):
    own = {**SETTINGS, **changed}
    found = Greeting(own, vendors.of(own, "gpt-4.1-mini", 300, http, PCMU.rate).own_voice)
    await found.prepare(text)
    return found


async def test_a_greeting_is_made_once_and_then_needs_no_voice(sandbox, http):
    first = await greeting(http)
    assert first.frames() is None
    await first._making
    await sandbox.client.put("/sandbox/faults", json=[{"target": "elevenlabs.speech", "kind": "error"}])
    sound = b"".join([bytes(frame.data) async for frame in (await greeting(http)).frames()])
    samples = np.concatenate([np.frombuffer(sound, np.int16), np.zeros(PCMU.rate, np.int16)])
    assert list(spoken.Listener(PCMU.rate).hear(samples)) == ["Good morning."]


@pytest.mark.parametrize(
    "changed",
    [{"text": "Good evening."}, {"voice_id": "CwhRBWXzGAHq8TQ4Fs17"}, {"voice_speed": 1.1}, {"language": "fr"}],
)
async def test_another_greeting_or_voice_is_another_sound(sandbox, http, changed):
    await (await greeting(http))._making
    other = await greeting(http, **changed)
    assert other.frames() is None
    other.stop()


async def test_a_voice_that_fails_leaves_nothing_behind(sandbox, http, tmp_path):
    await sandbox.client.put("/sandbox/faults", json=[{"target": "elevenlabs.speech", "kind": "drop"}])
    await (await greeting(http))._making
    assert not list(tmp_path.rglob("*.pcm"))
