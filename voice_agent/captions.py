"""Write down what is said in a call that people hold themselves, each line by its own recognizer, as it is spoken.

Only where the number says so (`CallBrief.writes_down`); what may be kept of the words is decided where they are stored.
A recognizer that fails costs the call nothing.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from livekit import rtc
from livekit.agents import stt

from voice_agent import gateway, vendors
from voice_agent.conference import Hearing

# A recognizer tells the last words it heard within a second of their end.
_LAST_WORDS_S = 1.0


class Captions:
    """The words of one call."""

    def __init__(self, call: gateway.CallBrief, line: str) -> None:
        """Take the call, and the name of the line by which its events are told apart."""
        self._call, self._line, self._count = call, line, 0

    @asynccontextmanager
    async def of(self, who: str, name: str = "") -> AsyncIterator[Hearing | None]:
        """Yield what takes the sound of somebody, `caller` or a `person` of a name; None where nothing is written."""
        if not self._call.writes_down:
            yield None
            return
        async with aiohttp.ClientSession() as http:
            ears = vendors.ears_of_people(self._call.settings, http)
            words = ears.stream()
            await self._tell(gateway.CAPTIONS_BEGAN, "captions", {})
            writing = asyncio.get_running_loop().create_task(self._write(words, who, name))
            try:
                yield _unless_over(words)
            finally:
                words.end_input()
                await asyncio.wait({writing}, timeout=_LAST_WORDS_S)
                writing.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await writing
                await words.aclose()
                await ears.aclose()

    async def _write(self, words: stt.RecognizeStream, who: str, name: str) -> None:
        try:
            async for event in words:
                is_whole = event.type == stt.SpeechEventType.FINAL_TRANSCRIPT
                if is_whole and event.alternatives and (text := event.alternatives[0].text.strip()):
                    self._count += 1
                    told = {"who": who, "text": text, "by": name}
                    await self._tell("transcript.line", f"line:{self._count}", told)
        except Exception as error:
            gateway.log.warning("voice.not_written_down", call=str(self._call.call_id), error=repr(error))

    async def _tell(self, kind: str, event_id: str, data: dict[str, str]) -> None:
        await gateway.tell(self._call.call_id, f"{self._line}:{event_id}", kind, data)


def _unless_over(words: stt.RecognizeStream) -> Hearing:
    """Return what gives a recognizer sound, for as long as it takes any."""

    def hear(frame: rtc.AudioFrame) -> None:
        with contextlib.suppress(RuntimeError):
            words.push_frame(frame)

    return hear
