"""Call as a carrier does, over a media stream, and time what is heard: fifty frames a second both ways."""

import asyncio
import base64
import contextlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
import numpy as np

from backend.sandbox.telephone import FRAME, FRAME_S, RATE, from_ulaw, to_ulaw
from tests.bench.telephone import constants, speech

_SILENCE = b"\xff" * FRAME
# Quieter than this a frame of the agent's is none of its speech; of int16.
_LOUD = 400
# What takes longer than this was not answered at all.
_PATIENCE_S = 10.0
# An agent that says nothing for so long has stopped.
_STOPPED_S = 0.5


def _frames(seconds: float) -> list[bytes]:
    sound = to_ulaw(speech.voiced(seconds, RATE))
    return [sound[at : at + FRAME].ljust(FRAME, b"\xff") for at in range(0, len(sound), FRAME)]


_SHORT, _LONG = _frames(constants.SHORT_QUESTION_S), _frames(constants.LONG_QUESTION_S)


@dataclass
class Seen:
    """What callers saw, in seconds: each turn's wait, each barge-in's last frame and `clear`, and what went wrong."""

    turns: list[float] = field(default_factory=list)
    stopped: list[float] = field(default_factory=list)
    cleared: list[float] = field(default_factory=list)
    unanswered: int = 0
    late: list[float] = field(default_factory=list)
    """How late frames were sent: the caller's own share of what went wrong."""


class Caller:
    """One call."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, sid: str, seen: Seen) -> None:
        self._socket, self._sid, self._seen = socket, sid, seen
        self._due = time.perf_counter()
        self._is_awaited = False
        self._first = self._last = self._sent = 0.0
        self._clear = 0.0

    async def begin(self, parameters: Mapping[str, str]) -> None:
        """Open the stream."""
        self._hearing = asyncio.create_task(self._hear())
        media = {"encoding": "audio/x-mulaw", "sampleRate": RATE, "channels": 1}
        start = {
            "streamSid": self._sid,
            "callSid": self._sid,
            "accountSid": "bench",
            "tracks": ["inbound"],
            "customParameters": dict(parameters),
            "mediaFormat": media,
        }
        await self._send({"event": "connected", "protocol": "Call", "version": "0.2.0"})
        await self._send({"event": "start", "sequenceNumber": "1", "streamSid": self._sid, "start": start})

    async def end(self) -> None:
        """Hang up."""
        await self._send({"event": "stop", "streamSid": self._sid, "stop": {"callSid": self._sid}})
        await self._socket.close()
        self._hearing.cancel()
        await asyncio.gather(self._hearing, return_exceptions=True)

    async def quiet(self, seconds: float) -> None:
        """Say nothing for a time."""
        for _ in range(round(seconds / FRAME_S)):
            await self._frame(_SILENCE)

    async def listen(self) -> None:
        """Say nothing until the agent has spoken and stopped."""
        began = time.perf_counter()
        while not self._last or time.perf_counter() - self._last < _STOPPED_S:
            await self._frame(_SILENCE)
            if not self._last and time.perf_counter() - began > _PATIENCE_S:
                return

    async def ask(self, is_long: bool = False) -> None:
        """Ask something, and see how long after the last sound of it the answer begins."""
        ended = await self._say(_LONG if is_long else _SHORT)
        if await self._answered() and not is_long:
            self._seen.turns.append(self._first - ended)

    async def break_in(self) -> None:
        """Have the agent begin a long answer, speak over it, and see how long it goes on."""
        await self.ask(is_long=True)
        await self.quiet(1.0)
        self._clear, began = 0.0, time.perf_counter()
        ended = await self._say(_SHORT)
        # An agent that is still speaking when its caller has finished was not stopped.
        if self._last < ended - 0.1:
            self._seen.stopped.append(self._last - began)
        await self._answered()
        if self._clear:
            self._seen.cleared.append(self._clear - began)
        await self.listen()

    async def _say(self, frames: list[bytes]) -> float:
        """Say something and return when its last sound left."""
        for frame in frames:
            await self._frame(frame)
        return self._sent

    async def _answered(self) -> bool:
        """Wait for the first sound of an answer, as long as there is patience."""
        self._first, self._is_awaited, began = 0.0, True, time.perf_counter()
        while not self._first and time.perf_counter() - began < _PATIENCE_S:
            await self._frame(_SILENCE)
        self._is_awaited = False
        self._seen.unanswered += not self._first
        return bool(self._first)

    async def _hear(self) -> None:
        with contextlib.suppress(aiohttp.ClientError, ConnectionError):
            async for message in self._socket:
                if message.type != aiohttp.WSMsgType.TEXT:
                    return
                told = json.loads(message.data)
                if told["event"] == "media":
                    self._take(base64.b64decode(told["media"]["payload"]))
                elif told["event"] == "clear":
                    self._clear = self._clear or time.perf_counter()
                elif told["event"] == "mark":
                    await self._send({"event": "mark", "streamSid": self._sid, "mark": told["mark"]})

    def _take(self, sound: bytes) -> None:
        if np.abs(from_ulaw(sound).astype(np.int32)).mean() > _LOUD:
            self._last = time.perf_counter()
            if self._is_awaited and not self._first:
                self._first = self._last

    async def _frame(self, sound: bytes) -> None:
        media = {"track": "inbound", "payload": base64.b64encode(sound).decode()}
        await self._send({"event": "media", "streamSid": self._sid, "media": media})
        # A telephone keeps its own time, but what was held up for long is not sent all at once.
        now = self._sent = time.perf_counter()
        self._due = max(self._due + FRAME_S, now - 0.1)
        self._seen.late.append(max(0.0, now - self._due))
        await asyncio.sleep(max(0.0, self._due - now))

    async def _send(self, message: Mapping[str, object]) -> None:
        with contextlib.suppress(ConnectionError):
            if not self._socket.closed:
                await self._socket.send_str(json.dumps(message))


async def hold(
    http: aiohttp.ClientSession,
    address: str,
    parameters: Mapping[str, str],
    seen: Seen,
    place: int,
    turns: int,
    barge_ins: int,
) -> None:
    """Hold one call from the greeting to the end; `place` spreads calls that begin together over a second."""
    await asyncio.sleep((place * 0.137) % 1.0)
    async with http.ws_connect(address, compress=0) as socket:
        caller = Caller(socket, f"stream-{place}-{time.monotonic_ns()}", seen)
        await caller.begin(parameters)
        await caller.listen()
        for _ in range(turns):
            await caller.ask()
            await caller.listen()
        for _ in range(barge_ins):
            await caller.break_in()
        await caller.end()
