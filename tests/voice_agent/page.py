"""A page at the other end of a browser's line, as `assets/voice-line.js` is one: plays what comes, and sends frames."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import aiohttp
import numpy as np

from backend.core.config import settings
from backend.sandbox import spoken
from tests.voice_agent import dialling

RATE, FRAME = 24_000, 480

T = TypeVar("T")


class Page:
    """The page, once its socket is open. It hears and reads all the time, as pages do: a line is pinged."""

    def __init__(self, http: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._http, self._socket = http, socket
        self._listener = spoken.Listener(RATE)
        self._came = asyncio.Condition()
        self._is_closed = False
        self.heard: list[str] = []
        self.told: list[dict] = []

    async def send(self, event: str, **more: str) -> None:
        await self._socket.send_str(json.dumps({"event": event, **more}))

    async def speak(self, text: str) -> None:
        """Speak into the microphone, at the pace of speech, and be silent for as long as a turn takes to be over."""
        samples = np.concatenate([spoken.say(text, RATE), np.zeros(RATE * 2, np.int16)])
        for begin in range(0, len(samples), FRAME):
            await self._socket.send_bytes(samples[begin : begin + FRAME].tobytes())
            await asyncio.sleep(0.015)

    async def break_off(self) -> None:
        """Be gone without a word."""
        await self._http.close()

    async def until(self, event: str, **like: object) -> dict:
        """Return the first news of a kind that came, or comes, with these values."""

        def found() -> dict | None:
            return next(
                (
                    one
                    for one in self.told
                    if one["event"] == event and all(value in (one.get(name), ...) for name, value in like.items())
                ),
                None,
            )

        return await self._wait_for(found)

    async def hears(self, part: str) -> None:
        """Wait until words were heard."""
        await self._wait_for(lambda: any(part in one for one in self.heard))

    async def _wait_for(self, look: Callable[[], T | None]) -> T:
        async with asyncio.timeout(dialling.PATIENT_S), self._came:
            await self._came.wait_for(lambda: look() or self._is_closed)
        found = look()
        assert found, (self.told, self.heard)
        return found

    async def read(self) -> None:
        """Hear and read whatever comes, for as long as the line is open."""
        try:
            async for message in self._socket:
                if message.type == aiohttp.WSMsgType.BINARY:
                    self.heard += self._listener.hear(np.frombuffer(message.data, np.int16))
                elif message.type == aiohttp.WSMsgType.TEXT:
                    self.told.append(json.loads(message.data))
                    if self.told[-1]["event"] == "mark":
                        await self.send("mark", name=self.told[-1]["name"])
                async with self._came:
                    self._came.notify_all()
        finally:
            self._is_closed = True
            async with self._came:
                self._came.notify_all()


@asynccontextmanager
async def opened(beyond: str = "") -> AsyncIterator[Page]:
    """A page whose line is open, and closed as pages close theirs; `beyond` is what its address ends with."""
    async with aiohttp.ClientSession() as http, http.ws_connect(settings().voice_browser_url + beyond) as socket:
        page = Page(http, socket)
        reading = asyncio.create_task(page.read())
        try:
            yield page
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
