"""Answer calls with LiveKit's session and the vendors' plugins alone, on our line: the floor of our own worker."""

import argparse
import asyncio

import aiohttp
from aiohttp import web
from livekit.agents import Agent, AgentSession, TurnHandlingOptions, inference
from livekit.plugins import deepgram, elevenlabs, openai

from tests.bench.telephone import constants
from voice_agent.legs import media_stream
from voice_agent.legs.media_stream import MediaStream

_NO_CALL = "00000000-0000-0000-0000-000000000000"


class _Door:
    def __init__(self, vendors: str) -> None:
        self._vendors = vendors

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Carry one call."""
        from uuid import UUID

        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        start = await media_stream.opening(socket, 5)
        if start is None:
            return socket
        leg = MediaStream(socket, start, UUID(_NO_CALL), "bare")
        async with aiohttp.ClientSession() as http:
            session = self._session(http)
            session.input.audio, session.output.audio = leg.ear, leg.mouth
            carrying = asyncio.create_task(leg.carry(lambda _: None))
            await session.start(Agent(instructions="Help."), record=False)
            session.say(constants.GREETING)
            await carrying
            await session.aclose()
        return socket

    def _session(self, http: aiohttp.ClientSession) -> AgentSession[None]:
        return AgentSession(
            stt=deepgram.STT(api_key="bench", base_url=f"{self._vendors}/v1/listen", http_session=http),
            llm=openai.LLM(model="gpt-4.1-mini", api_key="bench", base_url=f"{self._vendors}/v1"),
            tts=elevenlabs.TTS(
                voice_id="EXAVITQu4vr4xnSDxMaL",
                api_key="bench",
                base_url=f"{self._vendors}/v1",
                encoding="pcm_24000",
                http_session=http,
            ),
            vad=inference.VAD(model="silero", min_silence_duration=constants.SILENCE_S),
            turn_handling=TurnHandlingOptions(
                turn_detection="vad",
                endpointing={"mode": "fixed", "min_delay": constants.WAIT_S, "max_delay": 1.2},
                interruption={"enabled": True, "mode": "vad", "min_duration": constants.INTERRUPTS_S},
                preemptive_generation={"enabled": True},
            ),
            aec_warmup_duration=None,
            user_away_timeout=None,
        )


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--vendors", required=True)
    given = options.parse_args()
    made = web.Application()
    made.add_routes([web.get("/voice/stream", _Door(given.vendors).stream)])
    made.add_routes([web.get("/voice/health", lambda _: web.Response())])
    web.run_app(made, host="127.0.0.1", port=given.port, print=None, access_log=None)
