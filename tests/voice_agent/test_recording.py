"""What is recorded of a line: both sides where they were heard, on disk as it goes, and never for want of a disk."""

import asyncio

import av
import numpy as np
import pytest

from voice_agent.legs import ulaw
from voice_agent.legs.taps import Taps
from voice_agent.recording import DELAY_SAMPLES, Recorder

RATE = ulaw.RATE


class Line:
    """A line on a clock of its own: 20 ms frames of tone or silence."""

    def __init__(self) -> None:
        self.now = 0.0
        self.taps = Taps(RATE, ulaw.decode)

    def run(self, seconds: float, caller: int = 0, agent: int | None = None) -> None:
        """Let time pass: the caller's side always carries something, the agent's only when it speaks."""
        for _ in range(round(seconds / ulaw.FRAME_S)):
            self.now += ulaw.FRAME_S
            self.taps.caller(self._frame(caller))
            if agent is not None:
                self.taps.agent(self._frame(agent))

    def _frame(self, hertz: int) -> bytes:
        at = np.arange(ulaw.FRAME) / RATE + self.now
        return ulaw.encode((9000 * np.sin(2 * np.pi * hertz * at)).astype(np.int16).tobytes())


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "org" / "recording"


def heard(path):
    """Return how loud each tenth of a second of both sides is, from 0 to 1, without what the encoder put before."""
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    sound = np.abs(np.concatenate(frames, axis=1).astype(np.float32))[:, DELAY_SAMPLES:]
    size = RATE // 10
    whole = sound.shape[1] // size * size
    return sound[:, :whole].reshape(2, -1, size).mean(axis=2)


def loud(side):
    return [index for index, value in enumerate(side) if value > 0.05]


async def test_each_side_is_heard_on_its_own_channel_when_it_spoke(line, path):
    recorder = Recorder(line.taps, path, lambda: line.now)
    recorder.begin()
    line.run(1.0)
    line.run(1.0, caller=440)
    line.run(1.0, agent=700)
    line.run(1.0)
    await recorder.end()
    caller, agent = heard(path)
    assert set(range(11, 19)) <= set(loud(caller)) <= set(range(9, 21))
    assert set(range(21, 29)) <= set(loud(agent)) <= set(range(19, 31))
    assert len(caller) == pytest.approx(40, abs=2)


async def test_what_came_in_a_burst_after_a_stop_does_not_shift_what_follows(line, path):
    recorder = Recorder(line.taps, path, lambda: line.now)
    recorder.begin()
    for _ in range(5):
        line.run(0.5)
        # The line stands still, and what was said meanwhile comes at once.
        line.now += 1.0
        at = line.now
        line.run(1.0)
        line.now = at
        line.run(1.5)
    line.run(1.0, caller=440)
    await recorder.end()
    caller, _ = heard(path)
    assert loud(caller)[0] == pytest.approx(150, abs=4)


async def test_what_a_worker_that_dies_wrote_can_be_played(line, path, eventually):
    recorder = Recorder(line.taps, path, lambda: line.now)
    recorder.begin()
    line.run(4.0, caller=440)

    async def written():
        return path.exists() and len(heard(path)[0]) >= 25

    # Nobody ends it.
    await eventually(written, 60)
    caller, agent = heard(path)
    assert len(loud(caller)) >= 24
    assert not loud(agent)
    await recorder.end()


async def test_a_recording_that_cannot_be_written_ends_quietly_and_hears_no_more(line, tmp_path, eventually):
    (tmp_path / "org").write_text("no folder")
    recorder = Recorder(line.taps, tmp_path / "org" / "recording", lambda: line.now)
    recorder.begin()
    line.run(2.0, caller=440)
    await asyncio.wait_for(recorder.end(), 60)
    assert not line.taps.is_heard


def test_nothing_is_decoded_where_nobody_listens():
    decoded = []
    taps = Taps(RATE, lambda sound: decoded.append(sound) or b"")
    taps.caller(b"\xff")
    taps.agent(b"\xff")
    assert not decoded
