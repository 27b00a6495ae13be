"""Keep the sound of greetings, so that callers are greeted the moment the line is open, whatever the voice takes.

A greeting is synthesised once for its words and voice; another greeting, voice, speed or model is another sound.
"""

import asyncio
import contextlib
import hashlib
import json
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from livekit import rtc
from livekit.agents import APIError, tts

from voice_agent import gateway

# The fields of an agent that change how its greeting sounds.
_FIELDS = ("voice_id", "voice_speed", "voice_stability", "language")
_FRAME_S = 0.02
# Kept of a process's folder: the oldest are made again when they are needed.
_MOST = 500


class Greeting:
    """The sound of one call's greeting: kept from a call before, or made beside this one for the next."""

    def __init__(self, settings: Mapping[str, Any], voice: tts.TTS[Any]) -> None:
        """Take the agent's fields and its own voice, not what stands in for it."""
        self._settings, self._voice = settings, voice
        self._folder = gateway.settings().data_dir / "greetings"
        self._path = self._folder
        self._sound = b""
        self._making: asyncio.Task[None] | None = None

    async def prepare(self, text: str) -> None:
        """Have the sound of a text, as it is said, at hand; or begin to make it for the next call."""
        if not text:
            return
        voice = (self._voice.provider, self._voice.model, self._voice.sample_rate)
        named = [text, *voice, *(self._settings[one] for one in _FIELDS)]
        self._path = self._folder / f"{hashlib.sha256(json.dumps(named).encode()).hexdigest()}.pcm"
        self._sound = await asyncio.to_thread(self._read)
        if not self._sound:
            self._making = asyncio.create_task(self._make(text))

    def frames(self) -> AsyncIterator[rtc.AudioFrame] | None:
        """Return its sound as a voice gives it; None where it is not at hand."""
        return self._frames() if self._sound else None

    async def made(self) -> AsyncIterator[rtc.AudioFrame] | None:
        """Return its sound once it is made; None where the voice fails."""
        if self._making is not None:
            await self._making
        return self.frames()

    def stop(self) -> None:
        """Leave to another call what is still being made."""
        if self._making is not None:
            self._making.cancel()

    async def _frames(self) -> AsyncIterator[rtc.AudioFrame]:
        rate = self._voice.sample_rate
        size = 2 * round(rate * _FRAME_S)
        for start in range(0, len(self._sound), size):
            part = self._sound[start : start + size]
            yield rtc.AudioFrame(part, rate, 1, len(part) // 2)

    async def _make(self, text: str) -> None:
        sound = b""
        try:
            async with self._voice.synthesize(text) as speech:
                async for one in speech:
                    sound += bytes(one.frame.data)
        except APIError as error:
            # A voice that fails is tried again by the next call.
            gateway.log.info("voice.greeting_not_kept", error=str(error))
            return
        if sound:
            self._sound = sound
            await asyncio.to_thread(self._write, sound)

    def _read(self) -> bytes:
        try:
            return self._path.read_bytes()
        except OSError:
            return b""

    def _write(self, sound: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._path.with_suffix(f".{os.getpid()}")
        part.write_bytes(sound)
        # Whole or not at all, also where two calls make it at once.
        part.replace(self._path)
        _forget_oldest(self._folder)


def _forget_oldest(folder: Path) -> None:
    kept = sorted(folder.glob("*.pcm"), key=lambda one: one.stat().st_mtime)
    for one in kept[: max(0, len(kept) - _MOST)]:
        with contextlib.suppress(OSError):
            one.unlink()
