"""The telephone at the far end of a media stream: speaks in tones what its owner says, and hears what it is told.

Sound that comes late is played late, as a telephone with a patient buffer does, so that a busy machine garbles no word.

Sound crosses the socket as carriers send it: PCMU at 8 kHz in frames of 20 ms, base64 in JSON (SignalWire's and
Twilio's media streams). What arrives is played in real time, so that what is cleared before it was played is not heard.
"""

import asyncio
import base64
import json
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from backend.sandbox import spoken
from backend.sandbox.calls import BEEP, Call

RATE, FRAME_S = 8_000, 0.02
FRAME = round(RATE * FRAME_S)
_SILENCE = b"\xff" * FRAME
# A speech that stops for longer than this in its middle is over.
_PATIENCE = round(2.0 / FRAME_S)


def _decoded() -> Any:
    """Return what each byte of µ-law stands for (ITU-T G.711, table 2a)."""
    code = ~np.arange(256) & 0xFF
    size = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -size, size).astype(np.int16)


_LINEAR = _decoded()
# For every sample the byte that comes closest to it.
_BY_SIZE = np.argsort(_LINEAR.astype(np.int32), kind="stable")
_BETWEEN = (_LINEAR[_BY_SIZE].astype(np.int32)[1:] + _LINEAR[_BY_SIZE].astype(np.int32)[:-1]) / 2


def to_ulaw(samples: spoken.Samples) -> bytes:
    """Return int16 samples as µ-law."""
    found: bytes = _BY_SIZE[np.searchsorted(_BETWEEN, samples)].astype(np.uint8).tobytes()
    return found


def from_ulaw(data: bytes) -> spoken.Samples:
    """Return µ-law as int16 samples."""
    return _LINEAR[np.frombuffer(data, np.uint8)]


class Telephone:
    """One telephone while it is joined with a stream: `frames` goes out, `take` is given every message that came."""

    def __init__(self, call: Call, stream_sid: str, changed: Callable[[], None]) -> None:
        self._call = call
        self._sid = stream_sid
        self._changed = changed
        self._saying: spoken.Samples = np.zeros(0, np.int16)
        self._is_to_beep = False
        self._listener = spoken.Listener(RATE)
        # Sound that came and was not played yet, and the marks that stand in it, as (bytes before it, name).
        self._waiting = bytearray()
        self._marks: deque[tuple[int, str]] = deque()
        # Frames that passed without sound in the middle of a speech.
        self._late = _PATIENCE
        self._sent = 0
        self._told = 1

    def take(self, message: str | bytes) -> list[dict[str, Any]]:
        """Take a message of the other end and return what is to be told back at once."""
        told = json.loads(message)
        kind = told.get("event")
        if kind == "media":
            self._waiting += base64.b64decode(told["media"]["payload"])
            self._call.most_waiting_ms = max(self._call.most_waiting_ms, len(self._waiting) * 1000 // RATE)
        elif kind == "mark":
            self._marks.append((len(self._waiting), str(told["mark"]["name"])))
        elif kind == "clear":
            self._call.notes.append("cleared")
            self._waiting.clear()
            self._late = _PATIENCE
            cleared = [name for _, name in self._marks]
            self._marks.clear()
            return [self._mark(name) for name in cleared]
        else:
            self._call.notes.append(f"{kind} is nothing a stream is told")
        return []

    def step(self) -> list[dict[str, Any]]:
        """Let 20 ms pass: play what waits, speak what the owner says, and return what the other end is sent."""
        told = [self._key(key) for key in self._call.take_keys()]
        self._play()
        while self._marks and self._marks[0][0] <= 0:
            told.append(self._mark(self._marks.popleft()[1]))
            self._late = _PATIENCE
        for text in self._call.take_said():
            self._is_to_beep = self._is_to_beep or text == BEEP
            sound = spoken.beep(RATE) if text == BEEP else spoken.say(text, RATE)
            self._saying = np.concatenate([self._saying, sound])
        part, self._saying = self._saying[:FRAME], self._saying[FRAME:]
        if self._is_to_beep and not len(self._saying):
            self._is_to_beep = False
            self._call.has_beeped.set()
        sound = to_ulaw(part).ljust(FRAME, b"\xff") if len(part) else _SILENCE
        self._sent += 1
        media = {
            "track": "inbound",
            "chunk": str(self._sent),
            "timestamp": str(round(self._sent * FRAME_S * 1000)),
            "payload": base64.b64encode(sound).decode(),
        }
        return [*told, self._message("media", media=media)]

    def _play(self) -> None:
        part = bytes(self._waiting[:FRAME])
        del self._waiting[:FRAME]
        self._late = 0 if part else self._late + 1
        if not part and self._late < _PATIENCE:
            return
        self._marks = deque((before - len(part), name) for before, name in self._marks)
        for line in self._listener.hear(from_ulaw(part.ljust(FRAME, b"\xff"))):
            self._call.hear(line)
            self._changed()
        if self._listener.is_loud:
            self._call.spoken_to.set()

    def _mark(self, name: str) -> dict[str, Any]:
        return self._message("mark", mark={"name": name})

    def _key(self, key: str) -> dict[str, Any]:
        return self._message("dtmf", dtmf={"track": "inbound_track", "digit": key, "duration": "100"})

    def _message(self, event: str, **more: Any) -> dict[str, Any]:
        self._told += 1
        return {"event": event, "sequenceNumber": str(self._told), "streamSid": self._sid, **more}


async def hold(socket: Any, phone: Telephone) -> None:
    """Carry sound both ways in real time until the other end closes."""

    async def speak() -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            for message in phone.step():
                await socket.send(json.dumps(message))
            # A telephone keeps its own time; what was held up is made up for, but for long stops.
            due = max(due + FRAME_S, loop.time() - 0.2)
            await asyncio.sleep(max(0.0, due - loop.time()))

    speaking = asyncio.create_task(speak())
    try:
        async for message in socket:
            for answer in phone.take(message):
                await socket.send(json.dumps(answer))
    finally:
        speaking.cancel()
        await asyncio.gather(speaking, return_exceptions=True)
