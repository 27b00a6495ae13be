"""A caller who speaks for long hears a soft word in a pause, where the agent shows that it listens."""

import numpy as np
import pytest
from livekit import rtc

from tests.voice_agent.test_filler import SETTINGS, filler  # noqa: F401 - words beside a session, and their line
from voice_agent.backchannel import SOFTLY, Backchannel
from voice_agent.core.listening import LONG_S, PAUSE_S
from voice_agent.legs.pacing import FRAME_S, PCMU

WORD = "I see."


@pytest.fixture
async def hearing(filler):  # noqa: F811
    """Return a maker of what listens, by changed fields, and the line its words go to."""
    made, line = filler
    beside = made()
    sound = await beside.prepare(WORD)

    def listening(**changed):
        return Backchannel({**SETTINGS, "backchannel_words": WORD, "backchannel_frequency": 1.0, **changed}, beside)

    yield listening, line, sound, beside
    beside.stop()


def hears(listening, seconds, loudness, is_their_turn=True):
    samples = np.full(round(PCMU.rate * FRAME_S), loudness, np.int16)
    for _ in range(round(seconds / FRAME_S)):
        listening.hear(rtc.AudioFrame(samples.tobytes(), PCMU.rate, 1, len(samples)), True, is_their_turn)


async def test_a_long_speech_is_answered_softly_by_one_word_in_its_pause(hearing, eventually):
    make, line, sound, _ = hearing
    listening = make(backchannel_enabled=True)
    hears(listening, LONG_S + 1, 4_000)
    hears(listening, PAUSE_S + 1, 0)

    async def is_said():
        return len(line.frames) * FRAME_S * PCMU.rate >= len(sound) / 2

    await eventually(is_said)
    said = np.frombuffer(b"".join(PCMU.decode(one) for one in line.frames), np.int16)
    whole = np.frombuffer(sound, np.int16)
    assert np.abs(said).max() == pytest.approx(SOFTLY * np.abs(whole).max(), rel=0.05)
    assert len(said) == pytest.approx(len(whole), abs=PCMU.rate * FRAME_S)


@pytest.mark.parametrize(
    ("changed", "is_their_turn"), [({}, True), ({"backchannel_enabled": True}, False)], ids=["off", "not their turn"]
)
async def test_nothing_is_said_where_it_is_off_or_somebody_else_has_the_word(hearing, changed, is_their_turn):
    make, _, _, beside = hearing
    listening = make(**changed)
    hears(listening, LONG_S + 1, 4_000, is_their_turn)
    hears(listening, PAUSE_S + 1, 0, is_their_turn)
    assert listening._filler._saying is None
    assert beside._saying is None
