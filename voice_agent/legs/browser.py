"""Carry a person's voice between their browser and a call: one WebSocket, sound both ways, and news beside it.

Sound is PCM of 16 bits, one channel, 24 kHz, little-endian, in binary messages of 20 ms. Everything else is a JSON
object with an `event`. From the browser come `start` (with a pass), `key`, `say` (a line that was typed), `mark` (what
was sent up to it was played) and `bye`; to it go `mark`, `clear`, and whatever a screen is told (`tell`).
The other end is `assets/voice-line.js`.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp
from aiohttp import WSCloseCode, web
from livekit import rtc
from livekit.agents.voice import io

from voice_agent import gateway
from voice_agent.legs.around import Around
from voice_agent.legs.keys import press
from voice_agent.legs.media_stream import read
from voice_agent.legs.pacing import PCM_24K, PacedMouth
from voice_agent.legs.port import Gone
from voice_agent.legs.taps import Taps

# A frame of sound takes 960 bytes; several may come at once.
LARGEST_MESSAGE = 65_536
# A browser that went away without a word is noticed by pings it does not answer.
PING_S = 10.0
# The page forgets at once what it has not played, so it may hold enough to bridge a poor network.
_LEAD_S = 0.2
_RATE = PCM_24K.rate
_KEPT_FRAMES = 500
_LONGEST_LINE = 1_600
_KEYS = "0123456789*#"


async def opening(socket: web.WebSocketResponse, within_s: float) -> str:
    """Return the pass a browser begins with. Raises `Invalid` when none comes in time."""
    with contextlib.suppress(TimeoutError):
        message = await socket.receive(within_s)
        told = read(message.data) if message.type == aiohttp.WSMsgType.TEXT else {}
        if told.get("event") == "start" and isinstance(told.get("pass"), str):
            return str(told["pass"])
    raise gateway.Invalid("This page did not say what it calls about. Reload it.", code="no_start")


async def turn_away(socket: web.WebSocketResponse, reason: str) -> None:
    """Tell a browser why it is not let in, and close."""
    await send(socket, "refused", reason=reason)
    await socket.close(code=WSCloseCode.POLICY_VIOLATION)


async def send(socket: web.WebSocketResponse, event: str, **more: Any) -> None:
    """Send a browser some news; one that left in this very moment is no fault."""
    if not socket.closed:
        with contextlib.suppress(ConnectionError):
            await socket.send_str(json.dumps({"event": event, **more}))


class _Ear(io.AudioInput):
    """What the person says, frame by frame as it comes."""

    def __init__(self) -> None:
        super().__init__(label="browser")
        self._frames: asyncio.Queue[bytes] = asyncio.Queue(_KEPT_FRAMES)

    def hear(self, data: bytes) -> None:
        """Take sound of the microphone; the oldest is forgotten where nobody listens."""
        if self._frames.full():
            self._frames.get_nowait()
        self._frames.put_nowait(data)

    def forget(self) -> None:
        """Let go of what nobody listened to yet."""
        while not self._frames.empty():
            self._frames.get_nowait()

    async def __anext__(self) -> rtc.AudioFrame:
        data = await self._frames.get()
        return rtc.AudioFrame(data, _RATE, 1, len(data) // 2)


class BrowserLine:
    """The line to a person at a browser (see `legs.port.Leg`)."""

    def __init__(self, socket: web.WebSocketResponse, name: str) -> None:
        self.name = name
        self.taps = Taps(_RATE, bytes)
        self.ear = _Ear()
        self.mouth = PacedMouth(self, coding=PCM_24K, lead_s=_LEAD_S)
        self.around = Around(self.mouth.coding)
        self.said: Callable[[str], None] = lambda text: None
        """Is told of each line the person types instead of saying it."""
        self._socket = socket
        self._showing: set[asyncio.Task[None]] = set()
        self._marks: dict[str, asyncio.Future[None]] = {}
        self._marked = 0
        self._is_put_down = False

    async def carry(self, pressed: Callable[[str], None]) -> Gone:
        """Bring sound in until the line is gone; a message that cannot be understood is passed over."""
        has_said_bye = False
        while True:
            message = await self._socket.receive()
            if message.type == aiohttp.WSMsgType.BINARY:
                # Half a sample is no sound.
                if sound := message.data[: len(message.data) // 2 * 2]:
                    self.taps.caller(sound)
                    self.ear.hear(sound)
            elif message.type == aiohttp.WSMsgType.TEXT:
                told = read(message.data)
                has_said_bye = told.get("event") == "bye"
                if has_said_bye:
                    break
                self._take(told, pressed)
            else:
                break
        if self._is_put_down:
            return Gone.CLOSED
        is_leaving = has_said_bye or self._socket.close_code in (WSCloseCode.OK, WSCloseCode.GOING_AWAY)
        return Gone.STOPPED if is_leaving else Gone.LOST

    async def hang_up(self) -> None:
        """Close the line."""
        self._is_put_down = True
        await self._socket.close()

    async def press(self, keys: str) -> None:
        """Let keys be heard as their tones."""
        await press(self, keys)

    async def put_through(self, number: str, reason: str) -> None:
        """Refuse: a browser is joined with no telephone."""
        raise gateway.Unavailable("Nobody can be put through from here.")

    async def tell(self, event: str, **more: Any) -> None:
        """Tell the person's screen something."""
        await send(self._socket, event, **more)

    def show(self, event: str, **more: Any) -> None:
        """Tell the screen something without waiting for it, after what was shown before."""
        showing = asyncio.get_running_loop().create_task(self.tell(event, **more))
        self._showing.add(showing)
        showing.add_done_callback(self._showing.discard)

    async def send_sound(self, frame: bytes) -> None:
        """Send one frame."""
        self.taps.agent(frame)
        await self.send_beside(self.around.under(frame, self.mouth.is_speaking))

    async def send_beside(self, frame: bytes) -> None:
        """Send one frame that nobody who listens in hears."""
        if not self._socket.closed:
            with contextlib.suppress(ConnectionError):
                await self._socket.send_bytes(frame)

    async def send_mark(self) -> asyncio.Future[None]:
        """Mark a place in the sound; the future is done when it was played up to there."""
        self._marked += 1
        name = f"said-{self._marked}"
        played = self._marks[name] = asyncio.get_running_loop().create_future()
        await self.tell("mark", name=name)
        return played

    async def send_clear(self) -> None:
        """Have the page throw away what it has not played."""
        await self.tell("clear")

    def _take(self, told: Mapping[str, Any], pressed: Callable[[str], None]) -> None:
        match told.get("event"):
            case "mark":
                played = self._marks.pop(str(told.get("name")), None)
                if played is not None and not played.done():
                    played.set_result(None)
            case "key":
                key = str(told.get("digit") or "")
                if len(key) == 1 and key in _KEYS:
                    pressed(key)
            case "say":
                if text := " ".join(str(told.get("text") or "").split())[:_LONGEST_LINE]:
                    self.said(text)
