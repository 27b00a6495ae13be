"""Let callers wait for people of the team: they hear it ring until somebody is on the line, or nobody will be.

Who takes a caller is decided elsewhere (`backend/calls/ringing.py`); here the caller's line and the browser of whoever
took them are brought together. When the wait is over the line is put down, and the carrier asks what follows.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from voice_agent import gateway
from voice_agent.desk import Desk
from voice_agent.legs.media_stream import MediaStream
from voice_agent.legs.pacing import FRAME_S
from voice_agent.legs.port import Gone

if TYPE_CHECKING:
    from voice_agent.worker import Worker

# North America's ringback: 440 and 480 Hz, two seconds of six (ITU-T E.180, supplement 2).
_TONES, _RINGS_S, _EVERY_S, _LOUDNESS = (440.0, 480.0), 2.0, 6.0, 1_600
# A look that was not asked for: what is due is known even where nobody told of it.
_LOOK_EVERY_S = 5.0


class Lobby:
    """One caller who waits."""

    def __init__(self, worker: Worker, stream: MediaStream, call: gateway.CallBrief, wait_id: UUID) -> None:
        self.call_id = call.call_id
        self._worker = worker
        self._stream = stream
        self._wait_id = wait_id
        self._news = asyncio.Event()
        self._desk: Desk | None = None

    def look(self) -> None:
        """Know that something may be new of the wait."""
        self._news.set()

    async def hold(self) -> None:
        """Keep the caller until somebody spoke with them, nobody will, or they hang up."""
        carrying = asyncio.create_task(self._stream.carry(self._press))
        try:
            while desk := await self._somebody(carrying):
                if not await gateway.taken(self.call_id, self._wait_id, desk.user_id):
                    await desk.turn_away("Somebody else took this call.")
                    continue
                self._desk = desk
                if await desk.talk(self._stream, carrying):
                    break
                self._desk = None
                await gateway.ring_again(self.call_id, self._wait_id)
        finally:
            was_left = carrying.done()
            await self._stream.hang_up()
            gone = await carrying
        if was_left and gone != Gone.LOST and self._desk is None:
            await gateway.gave_up(self.call_id, self._wait_id)
            told = {"status": "completed", "ending": str(gone)}
            await gateway.tell(self.call_id, f"{self._stream.name}:ended", "call.ended", told)

    def _press(self, key: str) -> None:
        if self._desk is not None:
            self._desk.show_key(key)

    async def _somebody(self, carrying: asyncio.Task[Gone]) -> Desk | None:
        """Let it ring until somebody is there, and return them; None once the wait is over, or the caller is gone."""
        coming = asyncio.create_task(self._worker.desks.somebody(self.call_id))
        ringing = asyncio.create_task(self._ring())
        try:
            while True:
                self._news.clear()
                due_s = await gateway.due_of_wait(self.call_id, self._wait_id)
                if due_s is None or carrying.done():
                    return None
                news = asyncio.create_task(self._news.wait())
                await asyncio.wait(
                    {carrying, coming, news},
                    timeout=min(due_s, _LOOK_EVERY_S),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                news.cancel()
                if coming.done() and not carrying.done():
                    return coming.result()
        finally:
            coming.cancel()
            ringing.cancel()

    async def _ring(self) -> None:
        loop = asyncio.get_running_loop()
        coding = self._stream.mouth.coding
        size = round(coding.rate * FRAME_S)
        due, frames, every = loop.time(), 0, round(_EVERY_S / FRAME_S)
        while True:
            at = (np.arange(size) + frames * size) / coding.rate
            is_sounding = frames % every < _RINGS_S / FRAME_S
            wave = sum(np.sin(2 * np.pi * hertz * at) for hertz in _TONES) * (_LOUDNESS * is_sounding)
            await self._stream.send_sound(coding.encode(np.asarray(wave, np.int16).tobytes()))
            frames += 1
            due = max(due + FRAME_S, loop.time() - FRAME_S)
            await asyncio.sleep(max(0.0, due - loop.time()))
