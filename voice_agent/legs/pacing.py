"""Send what the agent says at the pace it is heard, a blink ahead: who breaks in finds nothing left to be heard.

A carrier plays everything it was sent. So a frame leaves only when the one before it is about to be played out, and
what was sent too early to be taken back is at most `LEAD_S` and one frame. A wire that forgets at once what it holds
may be given more.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from livekit import rtc
from livekit.agents.voice import io

from voice_agent.legs import ulaw

FRAME_S = ulaw.FRAME_S
LEAD_S = 0.04
# A carrier that does not say when it has played what it was sent is believed to have done so this much later.
_PATIENCE_S = 0.3
# How often it is told that a speech goes on.
_TELL_S = 0.5
# Nobody speaks faster, in characters a second (quick speech has some twenty): of a speech whose sound was still being
# made when it was broken off no more can have been heard.
_FASTEST = 25.0


@dataclass(frozen=True)
class Coding:
    """How sound is written on a wire: samples a second, bytes of a frame of 20 ms, and a byte of silence.

    `encode` and `decode` are from and to int16 samples, as bytes.
    """

    rate: int
    frame: int
    silence: bytes
    encode: Callable[[bytes], bytes]
    decode: Callable[[bytes], bytes]


PCMU = Coding(ulaw.RATE, ulaw.FRAME, b"\xff", ulaw.encode, ulaw.decode)
PCM_24K = Coding(24_000, round(24_000 * FRAME_S) * 2, b"\0", bytes, bytes)


class Wire(Protocol):
    """Where paced sound goes."""

    async def send_sound(self, frame: bytes) -> None:
        """Send one frame of 20 ms, in the wire's coding."""

    async def send_mark(self) -> asyncio.Future[None]:
        """Mark the end of a speech; the future is done when it was played."""

    async def send_clear(self) -> None:
        """Have thrown away what was sent and not played."""


class Words(io.TextOutput):
    """The words of the speech that is being said, as they are written."""

    def __init__(self) -> None:
        super().__init__(label="words", next_in_chain=None)
        self._text = ""
        self._is_whole = False

    async def capture_text(self, text: str) -> None:
        """Take more of a speech, or the beginning of the next."""
        self._text = text if self._is_whole else self._text + text
        self._is_whole = False

    def flush(self) -> None:
        """Know that the speech has no more words."""
        self._is_whole = True

    def heard(self, played_s: float, made_s: float) -> str:
        """Return the words that were heard to their end when so much was played of the sound that was made."""
        count = min(len(self._text) * played_s / made_s, played_s * _FASTEST) if made_s else 0.0
        if count >= len(self._text):
            return self._text
        return self._text[: int(count) + 1].rpartition(" ")[0].rstrip()


class PacedMouth(io.AudioOutput):
    """An output of a session whose sound leaves in real time; `now` and `sleep` are the loop's but in tests."""

    def __init__(
        self,
        wire: Wire,
        now: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        coding: Coding = PCMU,
        lead_s: float = LEAD_S,
    ) -> None:
        super().__init__(
            label="telephone",
            capabilities=io.AudioOutputCapabilities(pause=True),
            sample_rate=coding.rate,
        )
        self._wire, self._lead_s = wire, lead_s
        self.coding = coding
        """How sound is written on the wire."""
        self.volume = 1.0
        """How loud the voice is: 0 is silence, 1 as it was made."""
        self.words = Words()
        """What is being said, for a speech that is broken off: of it only what was heard counts as said."""
        self._now = now or asyncio.get_running_loop().time
        self._sleep = sleep
        self._waiting = bytearray()
        self._is_whole = False
        self._has_more = asyncio.Event()
        self._may_play = asyncio.Event()
        self._may_play.set()
        self._played_s = self._told_s = self._made_s = 0.0
        # When what was sent so far will have been played.
        self._played_out_at = 0.0
        self._speaking: asyncio.Task[None] | None = None
        self._clearing: set[asyncio.Task[None]] = set()

    @property
    def is_speaking(self) -> bool:
        """Whether a speech is being heard, or held up."""
        return self._speaking is not None

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """Take sound of the speech that is being made, as fast as it is made."""
        await super().capture_frame(frame)
        self._waiting += self.coding.encode(self._as_loud(bytes(frame.data)))
        if self._speaking is None:
            self._is_whole, self._made_s = False, 0.0
            self._speaking = asyncio.get_running_loop().create_task(self._speak())
        self._made_s += frame.duration
        self._has_more.set()

    def _as_loud(self, sound: bytes) -> bytes:
        if self.volume == 1.0:
            return sound
        louder = np.frombuffer(sound, np.int16) * self.volume
        return bytes(np.clip(louder, -32_768, 32_767).astype(np.int16).tobytes())

    def flush(self) -> None:
        """Know that the speech has no more sound."""
        super().flush()
        self._is_whole = True
        self._has_more.set()

    def clear_buffer(self) -> None:
        """Break the speech off, also at the carrier."""
        if self._speaking is None:
            return
        self._speaking.cancel()
        clearing = asyncio.get_running_loop().create_task(self._wire.send_clear())
        self._clearing.add(clearing)
        clearing.add_done_callback(self._clearing.discard)
        # What the carrier had not played is lost.
        ahead = max(0.0, self._played_out_at - self._now())
        self._finish(max(0.0, self._played_s - ahead), interrupted=True)

    def pause(self) -> None:
        """Hold the speech up; what was sent is heard to its end, a blink later."""
        super().pause()
        self._may_play.clear()

    def resume(self) -> None:
        """Go on where the speech was held up."""
        super().resume()
        self._may_play.set()

    async def _speak(self) -> None:
        self._played_s = self._told_s = 0.0
        self.on_playback_started(created_at=time.time())
        size = self.coding.frame
        while len(self._waiting) >= size or not self._is_whole:
            if len(self._waiting) < size:
                self._has_more.clear()
                await self._has_more.wait()
                continue
            await self._send(bytes(self._waiting[:size]))
            del self._waiting[:size]
        if self._waiting:
            await self._send(bytes(self._waiting).ljust(size, self.coding.silence))
        heard = await self._wire.send_mark()
        still = max(0.0, self._played_out_at - self._now()) + _PATIENCE_S
        await asyncio.wait({heard}, timeout=still)
        self._finish(self._played_s, interrupted=False)

    async def _send(self, frame: bytes) -> None:
        await self._may_play.wait()
        # A line that ran dry is played again from the moment more comes.
        self._played_out_at = max(self._played_out_at, self._now())
        early = self._played_out_at - self._lead_s - self._now()
        if early > 0:
            await self._sleep(early)
            await self._may_play.wait()
        await self._wire.send_sound(frame)
        self._played_out_at = max(self._played_out_at, self._now()) + FRAME_S
        self._played_s += FRAME_S
        if self._played_s - self._told_s >= _TELL_S:
            lasted, began = self._played_s - self._told_s, self._told_s
            self._told_s = self._played_s
            self.on_playback_progressed(started_at=time.time() - lasted, offset=began, duration=lasted)

    def _finish(self, played_s: float, interrupted: bool) -> None:
        self._waiting.clear()
        self._speaking = None
        self._may_play.set()
        heard = self.words.heard(played_s, self._made_s) if interrupted else None
        self.on_playback_finished(playback_position=played_s, interrupted=interrupted, synchronized_transcript=heard)
