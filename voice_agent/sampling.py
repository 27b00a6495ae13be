"""Ask a caller for their voice, and take a sample of it: nothing is kept of a caller who did not agree.

What is asked is ours and always the same, and so is what counts as a yes: no model words the one or judges the other.
The agent is silent meanwhile. What the caller says is in the transcript as everything they say.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import wave
from typing import TYPE_CHECKING

import numpy as np

from voice_agent import gateway
from voice_agent.core import phrases
from voice_agent.core.messages import Line
from voice_agent.core.states import TALKING, Kind, State
from voice_agent.legs.port import Leg
from voice_agent.legs.taps import Side

if TYPE_CHECKING:
    from voice_agent.session import CallSession

# ElevenLabs makes little of less than ten seconds of speech, and more than half a minute of a telephone's adds nothing
# (https://elevenlabs.io/docs/product-guides/voices/voice-cloning/instant-voice-cloning).
LEAST_S, ENOUGH_S = 10.0, 30.0
# Nobody is kept longer than this, pauses included.
MOST_S = 60.0
# Who has said all that is needed has ended when they pause, who has said enough when they are silent, and who has not
# is given time to think of something.
PAUSE_S, ENDS_AFTER_S, GIVES_UP_AFTER_S = 1.0, 3.0, 16.0
# A recognizer tells the last words it heard within a second or two of their end; they are no turn of their own.
LAST_WORDS_S = 2.0
# How long an answer is waited for, and how often the question is put.
ANSWER_S, MOST_ASKED = 20.0, 2
# How loud a line is at least and at most where nobody speaks (root mean square of int16), and by how much speech is
# louder than that: a voice on a telephone lies between 1,000 and 8,000.
_SILENCE, _BACKGROUND, _OVER_FLOOR = 60.0, 1_000.0, 2.5
# Frames kept of the silence before the first word.
_BEFORE = 10
_BUSY = "The call is ending, or somebody else speaks with the caller."
_OVER = "The call ended before it was done."
_REFUSED = "The caller did not agree, so nothing was taken."
_UNCLEAR = "The caller did not say clearly that they agree, so nothing was taken."
_SHORT = "The caller spoke for {said:.0f} seconds, and {least:.0f} are needed. Nothing was kept."


class Sample:
    """What a caller says from now on, until it is enough, or they have ended.

    Speech is told from silence by the sound alone, so that it makes no difference when the sound comes.
    """

    def __init__(self) -> None:
        self.is_whole = asyncio.Event()
        self.speech_s = 0.0
        """How much of it was speech."""
        self._floor = _BACKGROUND
        self._parts: list[bytes] = []
        self._kept = 0
        self._rate = 0
        self._lasted_s = self._silent_s = 0.0

    def hear(self, side: Side, samples: bytes, rate: int) -> None:
        """Take sound of the line (see `legs.taps.Listener`); our own side is none of it."""
        if side != Side.CALLER or self.is_whole.is_set():
            return
        lasts = len(samples) / 2 / rate
        self._rate, self._lasted_s = rate, self._lasted_s + lasts
        self._parts.append(samples)
        loudness = float(np.sqrt(np.mean(np.frombuffer(samples, np.int16).astype(np.float64) ** 2)))
        self._floor = min(self._floor, max(loudness, _SILENCE))
        if loudness > _OVER_FLOOR * self._floor:
            self.speech_s, self._silent_s, self._kept = self.speech_s + lasts, 0.0, len(self._parts)
        else:
            self._silent_s += lasts
            if not self.speech_s:
                del self._parts[:-_BEFORE]
        if self._lasted_s >= MOST_S or self._silent_s >= self._patience:
            self.is_whole.set()

    @property
    def _patience(self) -> float:
        if self.speech_s >= ENOUGH_S:
            return PAUSE_S
        return ENDS_AFTER_S if self.speech_s >= LEAST_S else GIVES_UP_AFTER_S

    def wave(self) -> bytes:
        """Return it as a WAV file of 16 bits, without the silence after its last word."""
        file = io.BytesIO()
        with wave.open(file, "wb") as made:
            made.setnchannels(1)
            made.setsampwidth(2)
            made.setframerate(self._rate)
            made.writeframes(b"".join(self._parts[: self._kept]))
        return file.getvalue()


class Sampler:
    """What asks for a voice and takes it, in one call."""

    def __init__(self, call: gateway.CallBrief, held: CallSession, leg: Leg) -> None:
        self.is_on = False
        """Whether the caller is being asked, or heard."""
        self._call, self._held, self._leg = call, held, leg
        self._turns: asyncio.Queue[str] = asyncio.Queue()
        self._work: asyncio.Task[None] | None = None

    async def take(self) -> None:
        """Ask the caller, take what they speak and have it copied; the agent has them again whatever came of it.

        Raises `MagpipeError` that says why nothing was taken.
        """
        await gateway.allow_voice_sample(self._call.call_id)
        if self._held.core.state not in TALKING or self._held.agent.is_silent:
            raise gateway.Unavailable(_BUSY)
        self.is_on = self._held.agent.is_silent = True
        self._held.tell(Kind.HELD)
        self._work = asyncio.get_running_loop().create_task(self._take())
        try:
            await asyncio.wait({self._work})
            if self._work.cancelled():
                raise gateway.Unavailable(_OVER)
            self._work.result()
        finally:
            self.stop()
            self.is_on = False
            if self._held.core.state == State.HOLD:
                self._held.agent.is_silent = False
                self._held.tell(Kind.RESUMED)
                # The agent owes the caller what came of it.
                self._held.tell(Kind.TOOL_STARTED)

    def hear(self, text: str) -> None:
        """Take a turn of the caller's, which is no matter of the agent's."""
        self._held.keep_line("caller", text)
        self._turns.put_nowait(text)

    def stop(self) -> None:
        """Ask and hear no more: the call ends."""
        if self._work is not None:
            self._work.cancel()

    async def _take(self) -> None:
        asked, agreed = await self._agreed()
        agreed_at = gateway.clock.now()
        sample = Sample()
        # Who begins to speak before our words have ended is heard from their first word on.
        self._leg.taps.add(sample)
        try:
            await self._say(Line.SPEAK_SAMPLE)
            # A line that carries nothing at all ends it too.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(sample.is_whole.wait(), MOST_S)
        finally:
            self._leg.taps.remove(sample)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._turns.get(), LAST_WORDS_S)
        if sample.speech_s < LEAST_S:
            raise gateway.Invalid(_SHORT.format(said=sample.speech_s, least=LEAST_S))
        taken = gateway.VoiceSample(asked, agreed, agreed_at, sample.wave(), sample.speech_s)
        await gateway.submit_voice_sample(self._call.call_id, taken)

    async def _agreed(self) -> tuple[str, str]:
        """Return what was asked and how the caller agreed. Raises `Invalid` where they did not."""
        for _ in range(MOST_ASKED):
            asked = await self._say(Line.ASK_FOR_VOICE)
            try:
                answer = await asyncio.wait_for(self._turns.get(), ANSWER_S)
            except TimeoutError:
                continue
            says = phrases.agrees(answer, str(self._call.settings["language"]))
            if says is False:
                raise gateway.Invalid(_REFUSED)
            if says:
                return asked, answer
        raise gateway.Invalid(_UNCLEAR)

    async def _say(self, line: Line) -> str:
        """Say a line of ours to its end, and let go of what the caller said before it was heard."""
        text = self._held.spoken(line)
        # Nobody agrees to what they have not heard out.
        await self._held.session.say(text, allow_interruptions=False, add_to_chat_ctx=False)
        self._held.keep_line("agent", text)
        while not self._turns.empty():
            self._turns.get_nowait()
        return text
