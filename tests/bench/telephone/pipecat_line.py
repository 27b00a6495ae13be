"""Answer calls with a pipecat pipeline, under a Python that has it: another framework with the same vendors' times."""

import argparse
import json
import sys
from pathlib import Path

# Run by its path under another Python: the constants are all it shares with us.
sys.path.insert(0, str(Path(__file__).parent))

import constants
import uvicorn
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.deepgram.stt import DeepgramSTTService
from pipecat.services.elevenlabs.tts import ElevenLabsTTSService
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_start import VADUserTurnStartStrategy
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

_RATE = 8_000


def app(vendors: str) -> FastAPI:
    """Return a server whose every socket is a call."""
    made = FastAPI()

    @made.get("/voice/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @made.websocket("/voice/stream")
    async def stream(socket: WebSocket) -> None:
        await socket.accept()
        told = json.loads(await socket.receive_text())
        while told["event"] != "start":
            told = json.loads(await socket.receive_text())
        await _hold(socket, told["streamSid"], vendors)

    return made


async def _hold(socket: WebSocket, sid: str, vendors: str) -> None:
    serializer = TwilioFrameSerializer(sid, params=TwilioFrameSerializer.InputParams(auto_hang_up=False))
    transport = FastAPIWebsocketTransport(
        socket, FastAPIWebsocketParams(audio_in_enabled=True, audio_out_enabled=True, serializer=serializer)
    )
    stt = DeepgramSTTService(
        api_key="bench", base_url=vendors.replace("http", "ws", 1), ttfs_p99_latency=constants.HEARD_S
    )
    llm = OpenAILLMService(
        api_key="bench",
        base_url=f"{vendors}/v1",
        settings=OpenAILLMService.Settings(model="gpt-4.1-mini", system_instruction="Help."),
    )
    tts = ElevenLabsTTSService(
        api_key="bench",
        url=vendors.replace("http", "ws", 1),
        settings=ElevenLabsTTSService.Settings(voice="EXAVITQu4vr4xnSDxMaL", model="eleven_flash_v2_5"),
    )
    context = LLMContext()
    params = LLMUserAggregatorParams(
        vad_analyzer=SileroVADAnalyzer(
            params=VADParams(start_secs=constants.INTERRUPTS_S, stop_secs=constants.SILENCE_S)
        ),
        user_turn_strategies=UserTurnStrategies(
            start=[VADUserTurnStartStrategy()],
            stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=constants.WAIT_S)],
        ),
    )
    pair = LLMContextAggregatorPair(context, user_params=params)
    line = Pipeline([transport.input(), stt, pair.user(), llm, tts, transport.output(), pair.assistant()])
    worker = PipelineWorker(line, params=PipelineParams(audio_in_sample_rate=_RATE, audio_out_sample_rate=_RATE))

    @transport.event_handler("on_client_connected")
    async def on_connected(*_: object) -> None:
        await worker.queue_frames([TTSSpeakFrame(constants.GREETING)])

    @transport.event_handler("on_client_disconnected")
    async def on_disconnected(*_: object) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--vendors", required=True)
    given = options.parse_args()
    logger.remove()
    uvicorn.run(app(given.vendors), host="127.0.0.1", port=given.port, log_level="error")
