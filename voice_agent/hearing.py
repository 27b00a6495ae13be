"""Hear a caller through whichever recognizer answers: where one fails or goes deaf, the next hears it all again.

What was said since the last whole sentence is kept, so that words which went down with a vendor are not lost. Whoever
stands in stays for the rest of the call, unless it fails too.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from livekit import rtc
from livekit.agents import APIConnectionError, APIConnectOptions, inference, stt
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS, NOT_GIVEN, NotGivenOr

from voice_agent import gateway

# Sound that nobody has understood yet; longer sentences are rare.
_KEPT_S = 12.0
# Recognizers answer while people still speak: one that has nothing to say so long after a speech has heard nothing.
DEAF_S = 2.5
# What the next one, which hears it all again, makes nothing of in this time was noise.
_NOISE_S = 10.0
# Shorter sounds may well be no words.
_SPEECH_S = 0.8
# Silence that parts sentences for one that takes whole ones.
_BETWEEN_S = 0.6
# A recognizer that cannot be reached is not waited for.
_CONNECT_S = 3.0
# Each recognizer is tried so often in a row before the call counts as one that cannot be held.
_ROUNDS = 2


class Ears(stt.STT[Any]):
    """Several recognizers as one; the first hears as long as it can."""

    def __init__(self, recognizers: Sequence[stt.STT[Any]], hears: bool) -> None:
        """Take the recognizers in order; those of whole sentences take part where there is sound (`hears`)."""
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))
        self._recognizers: list[stt.STT[Any]] = []
        for one in recognizers:
            if one.capabilities.streaming:
                self._recognizers.append(one)
            elif hears:
                ears = inference.VAD(model="silero", min_silence_duration=_BETWEEN_S)
                self._recognizers.append(stt.StreamAdapter(stt=one, vad=ears))
        self._streams: set[_Stream] = set()
        self.place = 0
        """Which of them hears."""

    @property
    def model(self) -> str:
        """The model that hears."""
        return self._recognizers[self.place].model

    @property
    def provider(self) -> str:
        """The vendor that hears."""
        return self._recognizers[self.place].provider

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._recognizers)

    def stream(
        self,
        *,
        language: NotGivenOr[str] = NOT_GIVEN,
        conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS,
    ) -> stt.RecognizeStream:
        """Hear one call."""
        made = _Stream(self, conn_options)
        self._streams.add(made)
        return made

    def open(self) -> stt.RecognizeStream:
        """Return a stream of the one that hears."""
        options = APIConnectOptions(max_retry=0, timeout=_CONNECT_S)
        return self._recognizers[self.place].stream(conn_options=options)

    def give_up(self, reason: str) -> None:
        """Have the next one hear from now on, and what the last one did not understand."""
        self.place = (self.place + 1) % self.count
        gateway.log.warning("voice.recognizer_replaced", reason=reason, now=self.provider)
        for one in list(self._streams):
            one.begin_anew()

    def forget(self, stream: "_Stream") -> None:
        """Know that a stream is over."""
        self._streams.discard(stream)

    async def aclose(self) -> None:
        """Close those that were made of others."""
        for one in self._recognizers:
            if isinstance(one, stt.StreamAdapter):
                await one.aclose()

    async def _recognize_impl(self, *_: Any, **__: Any) -> stt.SpeechEvent:
        raise NotImplementedError("calls are heard as they go")


class _Stream(stt.RecognizeStream):
    """One call's hearing over every recognizer that takes part in it."""

    def __init__(self, ears: Ears, conn_options: APIConnectOptions) -> None:
        # Going on is this stream's own matter.
        super().__init__(stt=ears, conn_options=replace(conn_options, max_retry=0))
        self._ears = ears
        self._kept: deque[rtc.AudioFrame] = deque()
        self._kept_s = 0.0
        self._current: stt.RecognizeStream | None = None
        self._is_over = self._has_heard = False
        self._reading: asyncio.Task[None] | None = None

    def begin_anew(self) -> None:
        """Leave the recognizer that hears now."""
        if self._reading is not None:
            self._reading.cancel()

    async def _run(self) -> None:
        feeding = asyncio.create_task(self._feed())
        failures = 0
        try:
            while not (self._is_over and failures):
                before, self._has_heard = self._ears.place, False
                self._reading = asyncio.create_task(self._read())
                await asyncio.wait({self._reading})
                failure = None if self._reading.cancelled() else self._reading.exception()
                if self._is_over and failure is None:
                    return
                if self._ears.place != before:
                    # It was replaced, and did not fail of itself.
                    continue
                failures = 1 if self._has_heard else failures + 1
                if failures >= _ROUNDS * self._ears.count:
                    raise APIConnectionError("No recognizer can be reached.")
                self._ears.give_up(repr(failure))
        finally:
            if self._reading is not None:
                self._reading.cancel()
                await asyncio.wait({self._reading})
            feeding.cancel()
            self._ears.forget(self)

    async def _read(self) -> None:
        """Pass on what one recognizer hears until it ends."""
        stream = self._ears.open()
        try:
            for frame in self._kept:
                stream.push_frame(frame)
            self._current = stream
            if self._is_over:
                stream.end_input()
            async for event in stream:
                self._has_heard = True
                if event.type == stt.SpeechEventType.FINAL_TRANSCRIPT and event.alternatives:
                    self._kept.clear()
                    self._kept_s = 0.0
                self._event_ch.send_nowait(event)
        finally:
            self._current = None
            await stream.aclose()

    async def _feed(self) -> None:
        async for item in self._input_ch:
            if isinstance(item, rtc.AudioFrame):
                self._keep(item)
            # A recognizer that broke down in this moment is replaced, and hears it then.
            with contextlib.suppress(RuntimeError):
                if self._current is not None:
                    self._current.push_frame(item) if isinstance(item, rtc.AudioFrame) else self._current.flush()
        self._is_over = True
        with contextlib.suppress(RuntimeError):
            if self._current is not None:
                self._current.end_input()

    def _keep(self, frame: rtc.AudioFrame) -> None:
        self._kept.append(frame)
        self._kept_s += frame.duration
        while self._kept_s > _KEPT_S:
            self._kept_s -= self._kept.popleft().duration

    async def _metrics_monitor_task(self, event_aiter: Any) -> None:
        async for _ in event_aiter:
            pass


class Attention:
    """Notice a recognizer that says nothing of what the caller said, and have the next one hear it.

    Where that one makes nothing of it either it was noise, and the one before hears again.
    """

    def __init__(self, give_up: Callable[[str], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._give_up = give_up
        self._since: float | None = None
        self._waiting: asyncio.TimerHandle | None = None

    def spoke(self) -> None:
        """Take that the caller began to speak."""
        if self._since is None:
            self._since = self._loop.time()

    def paused(self) -> None:
        """Take that the caller stopped."""
        if self._since is None:
            return
        lasted, self._since = self._loop.time() - self._since, None
        if lasted >= _SPEECH_S and self._waiting is None:
            self._waiting = self._loop.call_later(DEAF_S, self._is_deaf)

    def understood(self) -> None:
        """Take that some of it was understood."""
        self.stop()

    def stop(self) -> None:
        """Wait for nothing more."""
        self._since = None
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _is_deaf(self) -> None:
        self._give_up("It said nothing of what the caller said.")
        self._waiting = self._loop.call_later(_NOISE_S, self._was_noise)

    def _was_noise(self) -> None:
        self._waiting = None
        self._give_up("What the caller was heard to say was noise.")
