"""Sound leaves in real time and a blink ahead, whatever the pace it is made at; on a clock of the test's own."""

import asyncio

import numpy as np
import pytest
from livekit import rtc

from voice_agent.legs import ulaw
from voice_agent.legs.pacing import LEAD_S, PacedMouth, Words


class Carrier:
    """The other end: plays 20 ms in 20 ms, on a clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.at = 0.0
        self.frames: list[tuple[float, bytes]] = []
        self.cleared = 0
        self._ends_at = 0.0
        self.most_ahead_s = 0.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds
        await asyncio.sleep(0)

    async def send_sound(self, frame: bytes) -> None:
        self.frames.append((self.at, frame))
        self._ends_at = max(self._ends_at, self.at) + ulaw.FRAME_S
        self.most_ahead_s = max(self.most_ahead_s, self._ends_at - self.at)

    async def send_mark(self) -> asyncio.Future[None]:
        played = asyncio.get_running_loop().create_future()
        played.set_result(None)
        return played

    async def send_clear(self) -> None:
        self.cleared += 1


@pytest.fixture
async def carrier():
    return Carrier()


@pytest.fixture
async def mouth(carrier):
    made = PacedMouth(carrier, carrier.now, carrier.sleep)
    made.ended = []
    made.on("playback_finished", made.ended.append)
    return made


def sound(seconds: float) -> rtc.AudioFrame:
    size = round(seconds * ulaw.RATE)
    return rtc.AudioFrame(np.full(size, 1000, np.int16).tobytes(), ulaw.RATE, 1, size)


async def turns(count: int = 400) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_a_speech_made_at_once_leaves_in_real_time(carrier, mouth):
    await mouth.capture_frame(sound(1.01))
    mouth.flush()
    await asyncio.wait_for(mouth.wait_for_playout(), 60)
    assert len(carrier.frames) == 51
    assert carrier.most_ahead_s <= LEAD_S + ulaw.FRAME_S + 1e-9
    assert carrier.frames[-1][0] == pytest.approx(50 * ulaw.FRAME_S - LEAD_S)
    assert carrier.frames[-1][1].endswith(ulaw.SILENCE[: ulaw.FRAME // 2])
    (ended,) = mouth.ended
    assert not ended.interrupted
    assert ended.playback_position == pytest.approx(1.02)


async def test_a_speech_that_came_late_is_not_sent_in_a_burst(carrier, mouth):
    await mouth.capture_frame(sound(0.2))
    await turns()
    carrier.at += 3.0
    await mouth.capture_frame(sound(1.0))
    mouth.flush()
    await asyncio.wait_for(mouth.wait_for_playout(), 60)
    assert carrier.most_ahead_s <= LEAD_S + ulaw.FRAME_S + 1e-9


async def test_who_breaks_in_hears_no_more_and_what_was_heard_is_known(carrier, mouth):
    await mouth.capture_frame(sound(5.0))
    while carrier.at < 1.0:
        await asyncio.sleep(0)
    sent = len(carrier.frames)
    mouth.clear_buffer()
    await turns()
    assert carrier.cleared == 1
    assert len(carrier.frames) <= sent + 1
    (ended,) = mouth.ended
    assert ended.interrupted
    assert ended.playback_position == pytest.approx(carrier.at, abs=ulaw.FRAME_S)


async def test_only_the_words_that_were_heard_count_as_said(carrier, mouth):
    text = " ".join(["walnut"] * 8)
    await mouth.words.capture_text("An earlier speech, all of it.")
    mouth.words.flush()
    for part in (text[:20], text[20:]):
        await mouth.words.capture_text(part)
    await mouth.capture_frame(sound(5.5))
    while carrier.at < 1.5:
        await asyncio.sleep(0)
    mouth.clear_buffer()
    await turns()
    assert mouth.ended[0].synchronized_transcript == "walnut walnut"


@pytest.mark.parametrize(
    ("played_s", "made_s", "heard"),
    [
        (0.0, 2.0, ""),
        (0.1, 2.0, ""),
        (1.1, 2.0, "One two"),
        (2.0, 2.0, "One two three"),
        (0.0, 0.0, ""),
        (0.25, 0.4, "One"),
    ],
)
async def test_a_word_counts_when_it_was_heard_to_its_end(played_s, made_s, heard):
    words = Words()
    await words.capture_text("One two three")
    assert words.heard(played_s, made_s) == heard


async def test_a_speech_that_is_held_up_goes_on_where_it_stopped(carrier, mouth):
    await mouth.capture_frame(sound(1.0))
    mouth.flush()
    while carrier.at < 0.5:
        await asyncio.sleep(0)
    mouth.pause()
    await turns()
    sent = len(carrier.frames)
    carrier.at += 2.0
    await turns()
    assert len(carrier.frames) == sent
    mouth.resume()
    await asyncio.wait_for(mouth.wait_for_playout(), 60)
    assert len(carrier.frames) == 50


def test_ulaw_keeps_every_step_of_its_own_and_is_near_to_every_sample():
    every = bytes(range(256))
    again = ulaw.encode(ulaw.decode(every))
    # Two of them mean silence.
    assert [a for a, b in zip(again, every, strict=True) if a != b] in ([], [0xFF], [0x7F])
    samples = np.arange(-32768, 32768, dtype=np.int16)
    back = np.frombuffer(ulaw.decode(ulaw.encode(samples.tobytes())), np.int16).astype(int)
    assert np.all(np.abs(back - samples) <= np.maximum(16, np.abs(samples.astype(int)) / 16) + 640)


@pytest.mark.parametrize(("volume", "loudest"), [(1.0, 1000), (0.5, 500), (2.0, 2000), (0.0, 0)])
async def test_a_voice_is_as_loud_as_its_business_wants(carrier, mouth, volume, loudest):
    mouth.volume = volume
    await mouth.capture_frame(sound(0.1))
    mouth.flush()
    await asyncio.wait_for(mouth.wait_for_playout(), 60)
    heard = np.frombuffer(ulaw.decode(b"".join(frame for _, frame in carrier.frames)), np.int16)
    assert heard.max() == pytest.approx(loudest, rel=0.05)


async def test_a_voice_too_loud_for_the_line_is_cut_and_not_turned_over(carrier, mouth):
    mouth.volume = 2.0
    await mouth.capture_frame(rtc.AudioFrame(np.full(ulaw.RATE // 10, 30_000, np.int16).tobytes(), ulaw.RATE, 1, 800))
    mouth.flush()
    await asyncio.wait_for(mouth.wait_for_playout(), 60)
    assert np.frombuffer(ulaw.decode(carrier.frames[0][1]), np.int16).min() > 30_000
