"""Speak with OpenAI's voices, and give up on one that says nothing as soon as on any other vendor's."""

import asyncio
from typing import Any

from livekit.agents import APIConnectOptions, APITimeoutError, tts
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS
from livekit.plugins.openai import TTS
from livekit.plugins.openai.tts import ChunkedStream


class PromptVoice(TTS):
    """OpenAI's voice, whose first sound is waited for as long as a call waits for any voice's."""

    def synthesize(
        self, text: str, *, conn_options: APIConnectOptions = DEFAULT_API_CONNECT_OPTIONS
    ) -> tts.ChunkedStream:
        """Speak a text."""
        return _Prompt(tts=self, input_text=text, conn_options=conn_options)


class _Prompt(ChunkedStream):
    async def _run(self, output_emitter: tts.AudioEmitter) -> None:
        first = asyncio.create_task(_first_sound(output_emitter))
        speaking: asyncio.Task[Any] = asyncio.create_task(super()._run(output_emitter))
        try:
            done, _ = await asyncio.wait(
                {first, speaking}, timeout=self._conn_options.timeout, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                raise APITimeoutError
            await speaking
        finally:
            first.cancel()
            speaking.cancel()
            await asyncio.wait({first, speaking})


async def _first_sound(output_emitter: tts.AudioEmitter) -> None:
    while not output_emitter.pushed_duration():  # noqa: ASYNC110 - it tells nobody of what it was given
        await asyncio.sleep(0.05)
