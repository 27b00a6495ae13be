"""Words beside the session are heard whole where nobody speaks, and give way in the middle where somebody does."""

import aiohttp
import numpy as np
import pytest

from backend.agents import fields
from backend.core.config import settings
from backend.sandbox import spoken
from voice_agent import vendors
from voice_agent.filler import Filler
from voice_agent.legs.around import Around
from voice_agent.legs.pacing import PCMU, PacedMouth
from voice_agent.legs.taps import Taps

SETTINGS = {field.name: field.default for field in fields.ALL}
OPENAI_VOICE = "openai-alloy"


class Line:
    """A line that keeps what it is sent."""

    def __init__(self) -> None:
        self.mouth, self.taps, self.around = PacedMouth(self), Taps(PCMU.rate, PCMU.decode), Around(PCMU)
        self.frames: list[bytes] = []
        self.is_free_for = 10_000

    async def send_beside(self, frame: bytes) -> None:
        self.frames.append(frame)

    def is_free(self) -> bool:
        return len(self.frames) < self.is_free_for

    def heard(self) -> list[str]:
        sound = np.frombuffer(b"".join(PCMU.decode(one) for one in self.frames), np.int16)
        return list(spoken.Listener(PCMU.rate).hear(np.concatenate([sound, np.zeros(PCMU.rate, np.int16)])))


@pytest.fixture
async def filler(sandbox, tmp_path, monkeypatch):
    monkeypatch.setattr(settings(), "data_dir", tmp_path)
    line = Line()
    async with aiohttp.ClientSession() as http:

        def made(**changed):
            own = {**SETTINGS, **changed}
            return Filler(own, vendors.of(own, "gpt-4.1-mini", 300, http, PCMU.rate).own_voice, line, line.is_free)

        yield made, line


@pytest.mark.parametrize("voice", [SETTINGS["voice_id"], OPENAI_VOICE])
async def test_words_are_made_once_and_heard_whole_whatever_rate_the_voice_speaks_at(filler, sandbox, voice):
    made, line = filler
    first = made(voice_id=voice)
    first.say("One moment.")
    await first._saying
    assert line.heard() == ["One moment."]
    down = [{"target": one, "kind": "error"} for one in ("elevenlabs.speech", "openai.speech")]
    (await sandbox.client.put("/sandbox/faults", json=down)).raise_for_status()
    line.frames.clear()
    again = made(voice_id=voice)
    again.say("One moment.")
    await again._saying
    assert line.heard() == ["One moment."]


async def test_words_end_the_moment_somebody_else_has_the_word(filler):
    made, line = filler
    line.is_free_for = 5
    one = made()
    one.say("One moment.")
    await one._saying
    assert len(line.frames) == 5


async def test_a_voice_that_fails_says_nothing_and_is_asked_again(filler, sandbox):
    made, line = filler
    await sandbox.client.put("/sandbox/faults", json=[{"target": "elevenlabs.speech", "kind": "drop"}])
    one = made()
    one.say("One moment.")
    await one._saying
    assert not line.frames
    await sandbox.client.put("/sandbox/faults", json=[])
    one.say("One moment.")
    await one._saying
    assert line.heard() == ["One moment."]
