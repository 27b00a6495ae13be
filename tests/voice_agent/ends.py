"""Both ends of a telephone line for a test: the caller's voice goes in, and what the agent says is heard."""

import asyncio
import time

import numpy as np
from livekit import rtc
from livekit.agents.voice import io

from backend.sandbox import spoken

RATE, FRAME_S = 8_000, 0.02


class Mouth(io.AudioInput):
    """The caller: silence in real time, and what they were told to say."""

    def __init__(self) -> None:
        super().__init__(label="caller")
        self._saying = np.zeros(0, np.int16)
        self._next = 0.0

    def say(self, text: str) -> None:
        """Have the caller say something from now on."""
        self._saying = np.concatenate([self._saying, spoken.say(text, RATE)])

    @property
    def is_saying(self) -> bool:
        """Whether there is something left to say."""
        return bool(len(self._saying))

    async def __anext__(self) -> rtc.AudioFrame:
        now = time.perf_counter()
        self._next = max(self._next + FRAME_S, now - 0.2)
        await asyncio.sleep(max(0.0, self._next - now))
        size = round(RATE * FRAME_S)
        part, self._saying = self._saying[:size], self._saying[size:]
        part = np.concatenate([part, np.zeros(size - len(part), np.int16)])
        return rtc.AudioFrame(part.tobytes(), RATE, 1, size)


class Ear(io.AudioOutput):
    """The caller's ear: hears in real time, and loses what is cleared."""

    def __init__(self) -> None:
        super().__init__(
            label="ear", capabilities=io.AudioOutputCapabilities(pause=True), sample_rate=24_000, next_in_chain=None
        )
        self.heard: list[str] = []
        self._listener = spoken.Listener(24_000)
        self._waiting = np.zeros(0, np.int16)
        self._played = 0.0
        self._playing: asyncio.Task[None] | None = None
        self._is_whole = asyncio.Event()
        self._may_play = asyncio.Event()
        self._may_play.set()

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        await super().capture_frame(frame)
        self._waiting = np.concatenate([self._waiting, np.frombuffer(bytes(frame.data), np.int16)])
        if self._playing is None:
            self._is_whole.clear()
            self._playing = asyncio.create_task(self._play())

    def flush(self) -> None:
        super().flush()
        self._is_whole.set()

    def clear_buffer(self) -> None:
        if self._playing is not None:
            self._playing.cancel()
            self._finish(interrupted=True)

    def pause(self) -> None:
        super().pause()
        self._may_play.clear()

    def resume(self) -> None:
        super().resume()
        self._may_play.set()

    async def _play(self) -> None:
        self._played = 0.0
        self.on_playback_started(created_at=time.time())
        size, began = round(24_000 * FRAME_S), time.perf_counter()
        while len(self._waiting) or not self._is_whole.is_set():
            if not self._may_play.is_set():
                await self._may_play.wait()
                began = time.perf_counter() - self._played
            part, self._waiting = self._waiting[:size], self._waiting[size:]
            self._hear(part)
            self._played += len(part) / 24_000
            await asyncio.sleep(max(0.001, began + self._played - time.perf_counter()))
        self._finish(interrupted=False)

    def _finish(self, interrupted: bool) -> None:
        self._waiting, self._playing = np.zeros(0, np.int16), None
        self._may_play.set()
        # What was broken off ends where it broke off, and the line is silent after it.
        self._hear(np.zeros(4_800, np.int16))
        self.on_playback_finished(playback_position=self._played, interrupted=interrupted)

    def _hear(self, part: np.ndarray) -> None:
        self.heard += self._listener.hear(part)
