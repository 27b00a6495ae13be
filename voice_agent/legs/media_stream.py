"""Carry a call over the carrier's media stream: a WebSocket the carrier opens to us, PCMU at 8 kHz both ways.

The protocol is SignalWire's and Twilio's (bidirectional <Connect><Stream>): `connected`, `start`, `media`, `dtmf`,
`mark` and `stop` come in, `media`, `mark` and `clear` go out, each a JSON object; sound is base64.
"""

import asyncio
import base64
import binascii
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
from aiohttp import web
from livekit import rtc
from livekit.agents.voice import io

from voice_agent import gateway
from voice_agent.legs import ulaw
from voice_agent.legs.around import Around
from voice_agent.legs.keys import press
from voice_agent.legs.pacing import PacedMouth
from voice_agent.legs.port import Gone
from voice_agent.legs.taps import Taps

# A frame of 20 ms takes 280 bytes; the longest message is the one that begins a stream.
LARGEST_MESSAGE = 65_536
# Carriers send fifty frames a second, silence included: a line without any is a dead one.
QUIET_S = 15.0
# Sound that nobody listened to yet is kept for ten seconds: what came in a burst after a stop is heard whole.
_KEPT_FRAMES = 500


@dataclass(frozen=True)
class Start:
    """How a stream begins: its name, and what our instructions gave it along."""

    stream_sid: str
    parameters: Mapping[str, str]


def read(text: str) -> Mapping[str, Any]:
    """Return a message; one without meaning is an empty one."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def part(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return what a message says under a name; nothing where that is no object."""
    found = message.get(name)
    return found if isinstance(found, dict) else {}


async def messages(socket: web.WebSocketResponse, quiet_s: float) -> AsyncIterator[Mapping[str, Any]]:
    """Yield what comes until the socket closes. Raises `TimeoutError` when nothing comes for `quiet_s`."""
    while True:
        message = await socket.receive(quiet_s)
        if message.type == aiohttp.WSMsgType.TEXT:
            yield read(message.data)
        elif message.type != aiohttp.WSMsgType.BINARY:
            return


async def opening(socket: web.WebSocketResponse, within_s: float) -> Start | None:
    """Return how the stream begins, or None when it does not begin as a stream does, in time."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            async for message in messages(socket, within_s):
                if message.get("event") == "start":
                    start = part(message, "start")
                    given = {str(name): str(value) for name, value in part(start, "customParameters").items()}
                    return Start(str(message.get("streamSid") or start.get("streamSid") or ""), given)
    return None


class _Ear(io.AudioInput):
    """What the caller says, frame by frame as it comes."""

    def __init__(self) -> None:
        super().__init__(label="telephone")
        self._frames: asyncio.Queue[bytes] = asyncio.Queue(_KEPT_FRAMES)

    def hear(self, data: bytes) -> None:
        """Take sound of the line; the oldest is forgotten where nobody listens."""
        if self._frames.full():
            self._frames.get_nowait()
        self._frames.put_nowait(data)

    def forget(self) -> None:
        """Let go of what nobody listened to yet."""
        while not self._frames.empty():
            self._frames.get_nowait()

    async def __anext__(self) -> rtc.AudioFrame:
        data = await self._frames.get()
        return rtc.AudioFrame(ulaw.decode(data), ulaw.RATE, 1, len(data))


class MediaStream:
    """The line of a call over one socket (see `legs.port.Leg`)."""

    def __init__(self, socket: web.WebSocketResponse, start: Start, call_id: UUID, name: str) -> None:
        self.name = name
        self.ear = _Ear()
        self.mouth = PacedMouth(self)
        self.around = Around(self.mouth.coding)
        self.taps = Taps(ulaw.RATE, ulaw.decode)
        self._socket = socket
        self._sid = start.stream_sid
        self._call_id = call_id
        self._marks: dict[str, asyncio.Future[None]] = {}
        self._marked = 0
        self._is_put_down = False

    async def carry(self, pressed: Callable[[str], None]) -> Gone:
        """Bring sound in until the line is gone; a message that cannot be understood is passed over."""
        with contextlib.suppress(TimeoutError):
            async for message in messages(self._socket, QUIET_S):
                match message.get("event"):
                    case "media":
                        self._hear(part(message, "media"))
                    case "mark":
                        self._heard(str(part(message, "mark").get("name")))
                    case "dtmf":
                        key = str(part(message, "dtmf").get("digit") or "")
                        if len(key) == 1 and key in "0123456789*#ABCD":
                            pressed(key)
                    case "stop":
                        return Gone.CLOSED if self._is_put_down else Gone.STOPPED
        return Gone.CLOSED if self._is_put_down else Gone.LOST

    async def hang_up(self) -> None:
        """Close the socket: the carrier goes on with what its instructions say comes after."""
        self._is_put_down = True
        await self._socket.close()

    async def press(self, keys: str) -> None:
        """Let keys be heard as their tones."""
        await press(self, keys)

    async def put_through(self, number: str, reason: str) -> None:
        """Have the carrier take the caller to a telephone; the stream ends by that."""
        await gateway.put_through(self._call_id, number, reason)

    async def send_sound(self, frame: bytes) -> None:
        """Send one frame."""
        self.taps.agent(frame)
        await self.send_beside(self.around.under(frame, self.mouth.is_speaking))

    async def send_beside(self, frame: bytes) -> None:
        """Send one frame that nobody who listens in hears."""
        await self._send("media", media={"payload": base64.b64encode(frame).decode()})

    async def send_mark(self) -> asyncio.Future[None]:
        """Mark a place in the sound; the future is done when it was played up to there."""
        self._marked += 1
        name = f"said-{self._marked}"
        played = self._marks[name] = asyncio.get_running_loop().create_future()
        await self._send("mark", mark={"name": name})
        return played

    async def send_clear(self) -> None:
        """Have the carrier throw away what it has not played."""
        await self._send("clear")

    async def _send(self, event: str, **more: Any) -> None:
        if not self._socket.closed:
            # A caller who hung up in this very moment is no fault.
            with contextlib.suppress(ConnectionError):
                await self._socket.send_str(json.dumps({"event": event, "streamSid": self._sid, **more}))

    def _hear(self, media: Mapping[str, Any]) -> None:
        if media.get("track", "inbound") != "inbound":
            return
        with contextlib.suppress(binascii.Error, ValueError):
            if sound := base64.b64decode(str(media.get("payload") or ""), validate=True):
                self.taps.caller(sound)
                self.ear.hear(sound)

    def _heard(self, name: str) -> None:
        played = self._marks.pop(name, None)
        if played is not None and not played.done():
            played.set_result(None)
