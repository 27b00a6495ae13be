"""Record a line: the caller on the left, the agent on the right, both where they were heard in time.

Written as it goes, a second at a time and off the loop: what a process that dies leaves behind is whole up to its last
second. MP3 without a frame around it can be cut anywhere, is played by every browser and telephone, and at a constant
bit rate a place in it is a place in time.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Any

import av
import numpy as np

from voice_agent import gateway
from voice_agent.egress import Egress
from voice_agent.legs.livekit_room import RoomLine
from voice_agent.legs.port import Leg
from voice_agent.legs.taps import Side, Taps

CHUNK_S = 1.0
# Sound that is later than this after what came before it follows a silence, and does not only come unevenly.
_GAP_S = 0.2
# Softer than this is nobody's voice (a thousandth of the loudest).
_QUIET = 32
# What waits for a disk that has stopped; beyond it sound is lost rather than memory.
_MOST_WAITING = 60
# 32 kbit/s is 16 for each side of a telephone's 8 kHz; rooms carry three times the band.
_BIT_RATES = {8_000: 32_000}
_BIT_RATE = 64_000
# What the encoder puts before the first sample (LAME: 576 + 529 samples).
DELAY_SAMPLES = 1_105
# One thread for the calls of a process: an hour of them takes it half a minute each.
_writing = ThreadPoolExecutor(1, thread_name_prefix="recording")


class _Track:
    """One side of the line, as samples from the beginning of the recording on."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._parts: list[np.ndarray[Any, Any]] = []
        self._waiting = 0
        self.length = 0
        """Samples that came so far, written or not."""

    def add(self, samples: bytes, at_s: float) -> None:
        """Add sound that ended at a time of the recording."""
        found = np.frombuffer(samples, np.int16)
        began = round(at_s * self._rate) - len(found)
        if began - self.length > _GAP_S * self._rate:
            self.pad(began)
        elif self.length - began > _GAP_S * self._rate and not np.any(np.abs(found) > _QUIET):
            # Sound that came in a burst after the line stood still is late from then on: silences make up for it.
            return
        self._append(found)

    def pad(self, until: int) -> None:
        """Be silent up to a sample."""
        if until > self.length:
            self._append(np.zeros(until - self.length, np.int16))

    def take(self, count: int) -> np.ndarray[Any, Any]:
        """Return the oldest samples that were not taken; there are so many."""
        whole = np.concatenate(self._parts) if self._parts else np.zeros(0, np.int16)
        self._parts, self._waiting = [whole[count:]], self._waiting - count
        return whole[:count]

    def _append(self, found: np.ndarray[Any, Any]) -> None:
        self._parts.append(found)
        self._waiting += len(found)
        self.length += len(found)


class _Writer:
    """The file, on a thread of its own."""

    def __init__(self, path: Path, rate: int) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file: IO[bytes] = os.fdopen(handle, "wb", buffering=0)
        self._rate = rate
        self._codec: Any = av.CodecContext.create("libmp3lame", "w")
        self._codec.sample_rate, self._codec.layout, self._codec.format = rate, "stereo", "s16p"
        self._codec.bit_rate = _BIT_RATES.get(rate, _BIT_RATE)
        # Neither side may borrow bits from the other: who speaks softly stays on their own side. A bit reservoir would
        # make frames lean on those before them, which a file that is cut may have lost.
        self._codec.options = {"compression_level": "7", "joint_stereo": "0", "reservoir": "0"}
        self._codec.open()
        self._left: np.ndarray[Any, Any] = np.zeros((2, 0), np.int16)
        self._written = 0

    def write(self, sound: np.ndarray[Any, Any]) -> None:
        """Add samples of both sides."""
        self._left = np.concatenate([self._left, sound], axis=1)
        size = self._codec.frame_size
        while self._left.shape[1] >= size:
            self._encode(self._left[:, :size])
            self._left = self._left[:, size:]

    def close(self) -> None:
        """Write what is left, and end the file."""
        if self._left.shape[1]:
            self._encode(self._left)
        self._put(None)
        self._file.close()

    def _encode(self, sound: np.ndarray[Any, Any]) -> None:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="s16p", layout="stereo")
        frame.sample_rate, frame.pts = self._rate, self._written
        self._written += sound.shape[1]
        self._put(frame)

    def _put(self, frame: Any) -> None:
        self._file.write(b"".join(bytes(packet) for packet in self._codec.encode(frame)))


@asynccontextmanager
async def of(leg: Leg, call: gateway.CallBrief) -> AsyncIterator[None]:
    """Record a line inside the block, where the call may be recorded; a recording that fails costs the call nothing."""
    recorder: Recorder | Egress | None = None
    begun = None
    try:
        is_room = isinstance(leg, RoomLine)
        begun = await gateway.begin_recording(call.call_id, leg.name, DELAY_SAMPLES / leg.taps.rate, is_room=is_room)
        if begun is not None:
            recorder = Recorder(leg.taps, begun.path)
            if begun.egress_path is not None:
                recorder = Egress(leg.name, begun.egress_path, instead=recorder)
            recorder.begin()
    except Exception as error:
        gateway.log.error("voice.not_recorded", call=str(call.call_id), error=repr(error))
    try:
        yield
    finally:
        if recorder is not None and begun is not None:
            await _end(recorder, begun)


async def _end(recorder: "Recorder | Egress", begun: gateway.Begun) -> None:
    try:
        if await recorder.end():
            await gateway.recording_made(begun)
    except Exception as error:
        # Whoever looks for unfinished recordings finds it.
        gateway.log.error("voice.recording_not_told", recording=str(begun.id), error=repr(error))


class Recorder:
    """One recording of one line, from `begin` until `end`; what goes wrong with it costs the call nothing."""

    def __init__(self, taps: Taps, path: Path, now: Callable[[], float] | None = None) -> None:
        """Take the line, and where the file is to be; `now` is the loop's time but in tests."""
        self._taps, self._path, self._rate = taps, path, taps.rate
        self._now = now or asyncio.get_running_loop().time
        self._tracks = {side: _Track(self._rate) for side in Side}
        self._began = 0.0
        self._taken = 0
        self._chunks: asyncio.Queue[np.ndarray[Any, Any] | None] = asyncio.Queue(_MOST_WAITING)
        self._work: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Hear the line from now on."""
        self._began = self._now()
        self._work = asyncio.get_running_loop().create_task(self._write())
        self._taps.add(self)

    def hear(self, side: Side, samples: bytes, rate: int) -> None:
        """Take sound as it passes (see `legs.taps.Listener`)."""
        at_s = self._now() - self._began
        self._tracks[side].add(samples, at_s)
        # The other side may have been silent, and then nothing came of it.
        due = min(round((at_s - _GAP_S) * self._rate), max(one.length for one in self._tracks.values()))
        if due - self._taken >= CHUNK_S * self._rate:
            self._hand_on(due)

    async def end(self) -> bool:
        """Hear no more, and wait until the file is whole."""
        self._taps.remove(self)
        self._hand_on(max(one.length for one in self._tracks.values()))
        if self._work is not None:
            ending = asyncio.ensure_future(self._chunks.put(None))
            # A file that failed takes nothing any more.
            await asyncio.wait({ending, self._work}, return_when=asyncio.FIRST_COMPLETED)
            ending.cancel()
            await self._work
        return True

    def _hand_on(self, until: int) -> None:
        count = until - self._taken
        if count <= 0:
            return
        for track in self._tracks.values():
            track.pad(until)
        chunk = np.stack([self._tracks[side].take(count) for side in Side])
        self._taken = until
        if self._chunks.full():
            gateway.log.error("voice.recording_lost_sound", path=self._path.name)
        else:
            self._chunks.put_nowait(chunk)

    async def _write(self) -> None:
        on_thread = asyncio.get_running_loop().run_in_executor
        try:
            writer = await on_thread(_writing, _Writer, self._path, self._rate)
            while (chunk := await self._chunks.get()) is not None:
                await on_thread(_writing, writer.write, chunk)
            await on_thread(_writing, writer.close)
        except (OSError, av.error.FFmpegError) as error:
            self._taps.remove(self)
            gateway.log.error("voice.recording_failed", path=self._path.name, error=repr(error))
