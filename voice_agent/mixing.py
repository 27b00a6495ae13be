"""Bring sound from one line to others: who listens in hears both sides of a call, and whoever speaks is heard by all.

Everything is written in the coding of the line it goes to, a frame of 20 ms at a time, in real time.
"""

import asyncio

import numpy as np
from livekit import rtc

from voice_agent.legs.pacing import FRAME_S, Coding
from voice_agent.legs.port import Leg
from voice_agent.legs.taps import Side

# Sound of one side that waits for the other's is forgotten from here on.
_MOST_FRAMES = 20
# What is softer is the noise of a line (of 32,767).
_SILENT = 200
# So long after its last sound a side still sets the pace: the agent's speeches have pauses, and the caller's frames
# come all the time.
_CALLER_LEADS_S, _AGENT_LEADS_S = 0.1, 1.0
# A line plays all it is sent: pauses are left out where it is behind, and words where it is far behind.
_BEHIND_S, _FAR_BEHIND_S = 0.06, 2.0


class _Frames:
    """Sound of any rate as frames of a line's rate, int16 samples each."""

    def __init__(self, coding: Coding) -> None:
        self._coding = coding
        self._size = round(coding.rate * FRAME_S) * 2
        self._resamplers: dict[int, rtc.AudioResampler] = {}
        self._waiting = bytearray()

    def take(self, samples: bytes, rate: int) -> None:
        """Take sound."""
        if rate == self._coding.rate:
            self._waiting += samples
            return
        if rate not in self._resamplers:
            self._resamplers[rate] = rtc.AudioResampler(rate, self._coding.rate)
        for frame in self._resamplers[rate].push(rtc.AudioFrame(samples, rate, 1, len(samples) // 2)):
            self._waiting += bytes(frame.data)

    @property
    def count(self) -> int:
        """How many whole frames wait."""
        return len(self._waiting) // self._size

    def next(self) -> bytes:
        """Return the oldest whole frame."""
        frame = bytes(self._waiting[: self._size])
        del self._waiting[: self._size]
        return frame

    def forget(self, but: int) -> None:
        """Forget the oldest frames until so many wait."""
        del self._waiting[: max(0, self.count - but) * self._size]


class Mix:
    """Both sides of a call in one sound, for a person's line (see `legs.taps.Listener`).

    Whoever speaks sets the pace, so that nothing is put between two frames of a speech that are late.
    """

    def __init__(self, line: Leg) -> None:
        self._line = line
        self._coding = line.mouth.coding
        self._sides = {side: _Frames(self._coding) for side in Side}
        self._spoke_at = dict.fromkeys(Side, float("-inf"))
        self._now = asyncio.get_running_loop().time
        self._sending: asyncio.Queue[bytes] = asyncio.Queue()

    def hear(self, side: Side, samples: bytes, rate: int) -> None:
        """Take sound of one side."""
        self._sides[side].take(samples, rate)
        take = self._take_caller if side == Side.CALLER else self._take_agent
        take()

    async def carry(self) -> None:
        """Send the mix as it is made, until cancelled."""
        while True:
            await self._line.send_sound(self._coding.encode(await self._sending.get()))

    def _take_caller(self) -> None:
        caller, agent = self._sides[Side.CALLER], self._sides[Side.AGENT]
        while caller.count:
            frame = caller.next()
            if not _is_silent(frame):
                self._spoke_at[Side.CALLER] = self._now()
            elif not agent.count and self._leads(Side.AGENT, _AGENT_LEADS_S):
                continue
            self._sending.put_nowait(_sum([frame, agent.next()]) if agent.count else frame)

    def _take_agent(self) -> None:
        agent = self._sides[Side.AGENT]
        self._spoke_at[Side.AGENT] = self._now()
        if self._leads(Side.CALLER, _CALLER_LEADS_S):
            # It is mixed into what the caller says, frame by frame.
            agent.forget(but=_MOST_FRAMES)
            return
        while agent.count:
            self._sending.put_nowait(agent.next())

    def _leads(self, side: Side, for_s: float) -> bool:
        return self._now() - self._spoke_at[side] < for_s


class Heard:
    """What one line of a conference hears: everybody who speaks, in one sound.

    Whoever speaks sets the pace, so that nothing is put between two frames of theirs that are late; who speaks at the
    same time is mixed into it. Nothing is held back, so what is said is heard at once.
    """

    def __init__(self, line: Leg) -> None:
        self._line = line
        self._coding = line.mouth.coding
        self._voices: dict[str, _Frames] = {}
        self._leader, self._led_at = "", float("-inf")
        self._now = asyncio.get_running_loop().time
        self._played_out_at = float("-inf")
        self._sending: asyncio.Queue[bytes] = asyncio.Queue()
        self._is_playing = False

    def hear(self, voice: str, samples: bytes, rate: int) -> None:
        """Take what somebody says."""
        frames = self._voices.setdefault(voice, _Frames(self._coding))
        frames.take(samples, rate)
        if self._line.mouth.is_speaking or self._is_playing:
            # Two sounds in one line, frame by frame, are none.
            for each in self._voices.values():
                each.forget(but=0)
        while frames.count:
            is_led = self._leader not in ("", voice)
            if is_led and self._now() - self._led_at < _CALLER_LEADS_S:
                # It is mixed into what the leader says.
                frames.forget(but=_MOST_FRAMES)
                return
            frame = frames.next()
            if not _is_silent(frame):
                self._leader, self._led_at = voice, self._now()
            elif is_led and self._now() - self._led_at < _AGENT_LEADS_S:
                continue
            self._put(
                [frame, *(other.next() for other in self._voices.values() if other.count and other is not frames)]
            )

    async def carry(self) -> None:
        """Send what is heard as it is made, until cancelled."""
        while True:
            await self._line.send_sound(self._coding.encode(await self._sending.get()))

    async def play(self, sound: list[bytes]) -> None:
        """Let frames of the line's own coding be heard instead of everybody, in real time."""
        self._is_playing = True
        try:
            for frame in sound:
                await self._line.send_sound(frame)
                await asyncio.sleep(FRAME_S)
        finally:
            self._is_playing = False

    def _put(self, frames: list[bytes]) -> None:
        now = self._now()
        self._played_out_at = max(self._played_out_at, now)
        mixed = _sum(frames) if len(frames) > 1 else frames[0]
        # A line plays all it is sent: after a stop of the network that would be late for good.
        if self._played_out_at - now < (_BEHIND_S if _is_silent(mixed) else _FAR_BEHIND_S):
            self._played_out_at += FRAME_S
            self._sending.put_nowait(mixed)


def _sum(frames: list[bytes]) -> bytes:
    heard = sum(np.frombuffer(frame, np.int16).astype(np.int32) for frame in frames)
    return bytes(np.clip(heard, -32768, 32767).astype(np.int16).tobytes())


def _is_silent(frame: bytes) -> bool:
    return bool(np.abs(np.frombuffer(frame, np.int16).astype(np.int32)).max(initial=0) < _SILENT)
