"""OpenAI's speech, whose voices speak in tones that carry the words, and its transcription, which hears them."""

import io
import wave

import numpy as np
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox import spoken
from backend.sandbox.openai_wire import Refused, check_key, check_model, read_body, refusal

# The rate of `pcm`, as documented.
_RATE = 24_000


def routes() -> list[Route]:
    """Return the routes of speech and of transcription."""
    return [
        Route("/v1/audio/speech", _speech, methods=["POST"]),
        Route("/v1/audio/transcriptions", _transcription, methods=["POST"]),
    ]


async def _speech(request: Request) -> Response:
    try:
        check_key(request)
        body = await read_body(request)
        check_model(body)
        text = body.get("input")
        if not isinstance(text, str) or not text.strip():
            raise Refused(400, "'input' must be a text that is not empty.", "input")
        if body.get("response_format", "mp3") != "pcm":
            raise Refused(400, "This stand-in speaks pcm alone.", "response_format")
    except Refused as refused:
        return refusal(refused)
    return Response(spoken.say(text, _RATE).tobytes(), media_type="audio/pcm")


async def _transcription(request: Request) -> Response:
    try:
        check_key(request)
        form = await request.form()
        check_model({"model": form.get("model")})
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Refused(400, "'file' must be a recording.", "file")
        with wave.open(io.BytesIO(await file.read())) as recording:
            rate, step = recording.getframerate(), recording.getnchannels()
            samples = np.frombuffer(recording.readframes(recording.getnframes()), np.int16)[::step]
    except (wave.Error, EOFError):
        return refusal(Refused(400, "This stand-in hears WAV alone.", "file"))
    except Refused as refused:
        return refusal(refused)
    text = " ".join(spoken.Listener(rate).hear(np.concatenate([samples, np.zeros(rate, np.int16)])))
    usage = {"type": "tokens", "input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    return JSONResponse({"text": text, "usage": usage})
