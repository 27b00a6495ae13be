"""A page at the other end of a browser's line, as `assets/voice-line.js` is one: plays what comes, and sends frames."""

import asyncio
import json

import aiohttp
import numpy as np

from backend.sandbox import spoken
from tests.voice_agent import dialling

RATE, FRAME = 24_000, 480


class Page:
    """The page, once its socket is open."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._listener = spoken.Listener(RATE)
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

    async def read(self) -> None:
        """Hear and read whatever comes, for as long as the line is open; whoever does waits for nothing else."""
        while not self._socket.closed:
            message = await self._socket.receive()
            if message.type == aiohttp.WSMsgType.BINARY:
                self.heard += self._listener.hear(np.frombuffer(message.data, np.int16))
            elif message.type == aiohttp.WSMsgType.TEXT:
                self.told.append(json.loads(message.data))

    async def until(self, event: str, **like: object) -> dict:
        """Return the first news of a kind that came, or comes, with these values."""
        read = 0
        async with asyncio.timeout(dialling.PATIENT_S):
            while True:
                for one in self.told[read:]:
                    if one["event"] == event and all(value in (one.get(name), ...) for name, value in like.items()):
                        return one
                read = len(self.told)
                await self._take()

    async def _take(self) -> None:
        message = await self._socket.receive()
        if message.type == aiohttp.WSMsgType.BINARY:
            self.heard += self._listener.hear(np.frombuffer(message.data, np.int16))
        else:
            assert message.type == aiohttp.WSMsgType.TEXT, (message, self.told)
            self.told.append(json.loads(message.data))
            if self.told[-1]["event"] == "mark":
                await self.send("mark", name=self.told[-1]["name"])

    async def hears(self, part: str) -> None:
        """Take what comes until words were heard."""
        async with asyncio.timeout(dialling.PATIENT_S):
            while not any(part in one for one in self.heard):
                await self._take()
