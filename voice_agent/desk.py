"""Hold the calls of people themselves: a browser at one end, the carrier's stream at the other, nobody between.

Of a call they make the browser comes first and waits while the telephone rings; when it is picked up, its stream is
joined with the person who is called for. A caller who is taken was there before (`voice_agent/lobby.py`). Whichever end
goes takes the other with it, but for a caller whose person's line broke. Who is on the line is told to the call's log.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from livekit import rtc

from voice_agent import gateway
from voice_agent.core import rules
from voice_agent.core.cost_clock import Component
from voice_agent.legs import ulaw
from voice_agent.legs.browser import BrowserLine
from voice_agent.legs.media_stream import MediaStream
from voice_agent.legs.pacing import PCM_24K
from voice_agent.legs.port import Gone

if TYPE_CHECKING:
    from voice_agent.worker import Worker

# A telephone may be picked up before the browser's line is open, or while it is opened anew.
COMES_WITHIN_S = 15.0
# How much of what a person says may wait to be played to the telephone.
_MOST_AHEAD_S = 0.3
# Each key is two tones (ITU-T Q.23) of 120 ms with a pause of 60 ms: twice what Q.24 asks for.
_ROWS, _COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)
_PAD = "123456789*0#"
_TONE_FRAMES, _PAUSE_FRAMES = 6, 3
_LOUD = 8_000


class Desk:
    """One person at a browser who calls a telephone, or takes a caller."""

    def __init__(self, line: BrowserLine, call: gateway.CallBrief, user_id: UUID, *, takes: bool = False) -> None:
        self.call = call
        self.line = line
        self.user_id = user_id
        self._takes = takes
        self._gone: Gone | None = None
        self._keys: deque[str] = deque()
        self._has_keys = asyncio.Event()
        self._stream: MediaStream | None = None
        self._is_over = asyncio.Event()

    @property
    def is_waiting(self) -> bool:
        """Whether the telephone was not picked up yet."""
        return self._stream is None

    @property
    def is_there(self) -> bool:
        """Whether the person's line is open, and theirs is the call."""
        return self._gone is None and not self._is_over.is_set()

    async def hold(self) -> None:
        """Keep the person on the line until they leave or the telephone is put down."""
        carrying = asyncio.create_task(self.line.carry(self.press))
        over = asyncio.create_task(self._is_over.wait())
        await self.line.tell("ready", stand_ins=[])
        ends = {carrying, over}
        within_s = COMES_WITHIN_S if self._takes else None
        done, _ = await asyncio.wait(ends, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        if not done and self._stream is None:
            # The wait was over before this line was open.
            await self.turn_away("This caller is gone.")
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if carrying.done():
            self._gone = carrying.result()
            # A caller who is not spoken with yet, or whose person's line broke, is somebody else's to take.
            ends_call = not self._takes or (self._stream is not None and self._gone != Gone.LOST)
            if ends_call:
                await gateway.leave_desk(self.call)
            self._is_over.set()
            if ends_call and self._stream is not None:
                await self._stream.hang_up()
        else:
            await self.line.tell("ended", ending="put_down")
            await self.line.hang_up()
            await carrying

    def press(self, key: str) -> None:
        """Let the telephone hear a key; those pressed before it was picked up are not kept."""
        if self._stream is not None:
            self._keys.append(key)
            self._has_keys.set()

    async def turn_away(self, reason: str) -> None:
        """Tell the person why there is nobody for them to talk with."""
        await self.line.tell("refused", reason=reason)
        self._is_over.set()

    async def talk(self, stream: MediaStream, carrying: asyncio.Task[Gone]) -> bool:
        """Let a caller and the person hear each other until either is gone.

        False where the person's line is gone and the caller is still there to be taken: it broke, or they left before.
        """
        if not self.is_there:
            return False
        self._stream = stream
        # What the caller said while it rang was said to nobody.
        stream.ear.forget()
        await gateway.reserve(self.call.call_id, rules.BEGINS_MIN * self.call.per_minute.get(Component.TELEPHONY, 0))
        await self.line.tell("answered")
        pumps = [asyncio.create_task(pump) for pump in (self._to_person(stream), self._to_telephone(stream))]
        over = asyncio.create_task(self._is_over.wait())
        try:
            await asyncio.wait({carrying, over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*pumps, over):
                task.cancel()
        if not carrying.done():
            return self._gone != Gone.LOST
        self._is_over.set()
        gone = carrying.result()
        if gone != Gone.LOST:
            told = {"status": "completed", "ending": str(gone)}
            await gateway.tell(self.call.call_id, f"{stream.name}:ended", "call.ended", told)
        return True

    def show_key(self, key: str) -> None:
        """Show the person a key that the other end pressed."""
        self.line.show("key", digit=key)

    async def join(self, stream: MediaStream) -> None:
        """Let the telephone and the person hear each other until either is gone."""
        self._stream = stream
        if self._is_over.is_set():
            await stream.hang_up()
            return
        call_id, name = self.call.call_id, stream.name
        await gateway.tell(call_id, f"{name}:joined", "person.joined", {})
        await gateway.reserve(call_id, rules.BEGINS_MIN * self.call.per_minute.get(Component.TELEPHONY, 0))
        await self.line.tell("answered")
        pumps = [asyncio.create_task(pump) for pump in (self._to_person(stream), self._to_telephone(stream))]
        try:
            gone = await stream.carry(self.show_key)
        finally:
            for pump in pumps:
                pump.cancel()
            self._is_over.set()
        if gone != Gone.LOST:
            await gateway.tell(call_id, f"{name}:ended", "call.ended", {"status": "completed", "ending": str(gone)})

    async def _to_person(self, stream: MediaStream) -> None:
        change = rtc.AudioResampler(ulaw.RATE, PCM_24K.rate)
        waiting = bytearray()
        async for frame in stream.ear:
            for changed in change.push(frame):
                waiting += bytes(changed.data)
            while len(waiting) >= PCM_24K.frame:
                await self.line.send_sound(bytes(waiting[: PCM_24K.frame]))
                del waiting[: PCM_24K.frame]

    async def _to_telephone(self, stream: MediaStream) -> None:
        """Send what the person says, and keys instead of it while they sound."""
        change = rtc.AudioResampler(PCM_24K.rate, ulaw.RATE)
        now, waiting, played_out_at = asyncio.get_running_loop().time, bytearray(), 0.0
        # What was said while it rang was said to nobody.
        self.line.ear.forget()
        ear = aiter(self.line.ear)
        heard: asyncio.Task[rtc.AudioFrame] = asyncio.ensure_future(anext(ear))
        pressed = asyncio.ensure_future(self._has_keys.wait())
        try:
            while True:
                await asyncio.wait({heard, pressed}, return_when=asyncio.FIRST_COMPLETED)
                if pressed.done():
                    await self._dial_on(stream)
                    self.line.ear.forget()
                    pressed = asyncio.ensure_future(self._has_keys.wait())
                if not heard.done():
                    continue
                for changed in change.push(heard.result()):
                    waiting += ulaw.encode(bytes(changed.data))
                heard = asyncio.ensure_future(anext(ear))
                while len(waiting) >= ulaw.FRAME:
                    # A carrier plays all it is sent: after a stop of the network that would be late for good.
                    if played_out_at - now() < _MOST_AHEAD_S:
                        played_out_at = max(played_out_at, now()) + ulaw.FRAME_S
                        await stream.send_sound(bytes(waiting[: ulaw.FRAME]))
                    del waiting[: ulaw.FRAME]
        finally:
            heard.cancel()
            pressed.cancel()

    async def _dial_on(self, stream: MediaStream) -> None:
        self._has_keys.clear()
        while self._keys:
            for frame in tones(self._keys.popleft()):
                await stream.send_sound(frame)
                await asyncio.sleep(ulaw.FRAME_S)


class Desks:
    """The people of one process who make calls, by call."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._known: dict[UUID, Desk] = {}
        self._came = asyncio.Condition()

    @property
    def is_waiting(self) -> bool:
        """Whether somebody waits for the other end of their call."""
        return any(desk.is_waiting for desk in self._known.values())

    async def sit(self, line: BrowserLine, shown: gateway.Pass) -> None:
        """Hold a person's line to the call their pass is for. Raises `MagpipeError`."""
        takes = shown.door == gateway.Door.ANSWER
        call = await (gateway.taker(shown) if takes else gateway.desk(shown))
        before = self._known.get(call.call_id)
        if before is not None and before.is_there:
            raise gateway.Invalid("This call is held in another tab.", code="call_held")
        desk = Desk(line, call, shown.user_id, takes=takes)
        # A caller who waits is counted already, and with them whoever takes them.
        with contextlib.nullcontext() if takes else self._worker.engaged():
            async with self._came:
                self._known[call.call_id] = desk
                self._came.notify_all()
            try:
                await desk.hold()
            finally:
                if self._known.get(call.call_id) is desk:
                    del self._known[call.call_id]

    async def somebody(self, call_id: UUID) -> Desk:
        """Return who is at the line of a call, as soon as somebody is."""
        async with self._came:
            await self._came.wait_for(lambda: (desk := self._known.get(call_id)) is not None and desk.is_there)
            return self._known[call_id]

    async def join(self, stream: MediaStream, call: gateway.CallBrief) -> None:
        """Join a telephone that was picked up with the person who called it. Raises `Unavailable` for nobody there."""
        async with self._came:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._came.wait_for(lambda: call.call_id in self._known), COMES_WITHIN_S)
        desk = self._known.get(call.call_id)
        if desk is None:
            await gateway.leave_desk(call)
            raise gateway.Unavailable("Nobody is at the line of this call.")
        await desk.join(stream)


def tones(key: str) -> list[bytes]:
    """Return a key as frames of PCMU: its two tones, and the pause after them."""
    row, column = divmod(_PAD.index(key), 3)
    at = np.arange(ulaw.FRAME * _TONE_FRAMES) / ulaw.RATE
    wave = sum(_LOUD * np.sin(2 * np.pi * hertz * at) for hertz in (_ROWS[row], _COLUMNS[column]))
    sound = ulaw.encode(np.asarray(wave, np.int16).tobytes())
    frames = [sound[begin : begin + ulaw.FRAME] for begin in range(0, len(sound), ulaw.FRAME)]
    return [*frames, *[ulaw.SILENCE] * _PAUSE_FRAMES]
