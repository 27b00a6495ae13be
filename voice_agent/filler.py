"""Have a caller hear a few words while an answer is made, and not after it, or while they speak for long.

LiveKit's session says one thing after the other: what it is told to say while an answer is owed is heard behind that
answer. So these words go to the line beside the session, from sound that is kept as a greeting's is, and give way to
whatever else is said. Listeners and the recording have them; the transcript and the model do not.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import numpy as np
from livekit import rtc
from livekit.agents import tts

from voice_agent.greetings import Greeting
from voice_agent.legs.pacing import FRAME_S, LEAD_S
from voice_agent.legs.port import Leg


class Filler:
    """The words beside the session in one call, one of them at a time."""

    def __init__(
        self, settings: Mapping[str, Any], voice: tts.TTS[Any], leg: Leg, may_speak: Callable[[], bool]
    ) -> None:
        """Take the agent's fields, its own voice, the line, and what tells whether nobody else has the word."""
        self._settings, self._voice, self._leg, self._may_speak = settings, voice, leg, may_speak
        self._sounds: dict[str, asyncio.Task[bytes]] = {}
        self._saying: asyncio.Task[None] | None = None

    def prepare(self, text: str) -> asyncio.Task[bytes]:
        """Have the sound of words at hand, now or as soon as it is made: int16 samples at the rate of the line."""
        found = self._sounds.get(text)
        if found is None or (found.done() and not found.result()):
            found = self._sounds[text] = asyncio.get_running_loop().create_task(self._make(text))
        return found

    def say(self, text: str, loudness: float = 1.0) -> None:
        """Have words heard as soon as their sound is at hand, where the agent says nothing by then.

        `loudness` is beside the agent's voice: 1 is as loud as it speaks in its turn.
        """
        self.hush()
        self._saying = asyncio.get_running_loop().create_task(self._say(text, loudness))

    def hush(self) -> None:
        """Break off what is being said; what was said last is not taken back."""
        if self._saying is not None:
            self._saying.cancel()

    def stop(self) -> None:
        """Say nothing more, and make no more sound: the call is over."""
        self.hush()
        for making in self._sounds.values():
            making.cancel()

    async def _make(self, text: str) -> bytes:
        kept = Greeting(self._settings, self._voice)
        try:
            await kept.prepare(text)
            frames = await kept.made()
        finally:
            kept.stop()
        return await _at_rate(frames, self._leg.mouth.coding.rate) if frames is not None else b""

    async def _say(self, text: str, loudness: float) -> None:
        mouth, loop = self._leg.mouth, asyncio.get_running_loop()
        # Whoever is told to hush does not unmake what the next call can use.
        samples = np.frombuffer(await asyncio.shield(self.prepare(text)), np.int16) * (mouth.volume * loudness)
        sound = np.clip(samples, -32_768, 32_767).astype(np.int16)
        size, due = round(mouth.coding.rate * FRAME_S), loop.time() - LEAD_S
        for start in range(0, len(sound), size):
            # Two sounds on one line, frame by frame, are none.
            if mouth.is_speaking or not self._may_speak():
                return
            part = sound[start : start + size].tobytes().ljust(2 * size, b"\0")
            await self._send(mouth.coding.encode(part))
            due = max(due + FRAME_S, loop.time() - LEAD_S)
            await asyncio.sleep(max(0.0, due - loop.time()))

    async def _send(self, frame: bytes) -> None:
        self._leg.taps.agent(frame)
        await self._leg.send_beside(self._leg.around.under(frame, is_voice=True))


async def _at_rate(frames: AsyncIterator[rtc.AudioFrame], rate: int) -> bytes:
    """Return sound at another rate; what is at that rate already stays as it is."""
    sound, resampler = b"", None
    async for frame in frames:
        if frame.sample_rate == rate:
            sound += bytes(frame.data)
            continue
        resampler = resampler or rtc.AudioResampler(frame.sample_rate, rate)
        sound += b"".join(bytes(one.data) for one in resampler.push(frame))
    return sound + (b"".join(bytes(one.data) for one in resampler.flush()) if resampler else b"")
