"""ElevenLabs' text to speech, live over a WebSocket and by request, and its voices, which speak in tones."""

import base64
import hmac
import io
import json
import secrets
import wave
from collections.abc import AsyncIterator, Iterator
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from backend.sandbox import spoken
from backend.sandbox.world import World, world_of

# A few of the service's premade voices (https://elevenlabs.io/docs/voices).
_VOICES = {
    "EXAVITQu4vr4xnSDxMaL": "Sarah",
    "9BWtsMINqrJLrRacOOus": "Aria",
    "CwhRBWXzGAHq8TQ4Fs17": "Roger",
    "JBFqnCBsd6RMkjVDRZzb": "George",
    "onwK4e9ZLuTAKqWW03F9": "Daniel",
}
# Every voice's id has this many characters; any of them speaks here.
_ID_LENGTH = 20
_PIECE_S = 0.25
_RATES = (8_000, 16_000, 22_050, 24_000, 44_100, 48_000)


def routes() -> list[BaseRoute]:
    """Return the routes of speech and voices."""
    return [
        WebSocketRoute("/v1/text-to-speech/{voice}/multi-stream-input", _multi),
        Route("/v1/text-to-speech/{voice}/stream", _whole, methods=["POST"]),
        Route("/v1/text-to-speech/{voice}", _whole, methods=["POST"]),
        Route("/v1/voices", _voices, methods=["GET"]),
        Route("/v1/voices/add", _add, methods=["POST"]),
        Route("/v1/voices/{voice}", _delete, methods=["DELETE"]),
    ]


class _Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.response = JSONResponse({"detail": {"status": code, "message": message}}, status)


def _checked(asked: Request | WebSocket) -> int:
    """Return the rate of the sound that is asked for."""
    _check_key(asked)
    voice = asked.path_params["voice"]
    if len(voice) != _ID_LENGTH or not voice.isalnum():
        raise _Refused(404, "voice_not_found", f"A voice with the voice_id {voice} was not found.")
    kind, _, rest = asked.query_params.get("output_format", "mp3_44100_128").partition("_")
    if kind != "pcm" or not rest.isdigit() or int(rest) not in _RATES:
        raise _Refused(400, "invalid_output_format", "This stand-in speaks pcm alone.")
    return int(rest)


def _check_key(asked: Request | WebSocket) -> None:
    world: World = asked.app.state.world
    if not hmac.compare_digest(asked.headers.get("xi-api-key", "").encode(), world.settings.elevenlabs_key.encode()):
        raise _Refused(401, "invalid_api_key", "Invalid API key")


async def _voices(request: Request) -> Response:
    try:
        _check_key(request)
    except _Refused as refused:
        return refused.response
    voices = [{"voice_id": one, "name": name, "category": "premade"} for one, name in _VOICES.items()]
    return JSONResponse({"voices": [*voices, *world_of(request).voices.values()]})


async def _add(request: Request) -> Response:
    """Make a voice of samples, as instant voice cloning does."""
    try:
        _check_key(request)
        async with request.form() as form:
            name = form.get("name")
            if not isinstance(name, str) or not name.strip():
                raise _Refused(422, "missing_name", "Field required: name")
            samples = [await one.read() for one in form.getlist("files") if isinstance(one, UploadFile)]
            if not samples or not all(map(_is_sound, samples)):
                raise _Refused(400, "invalid_content", "The samples are no sound that can be read.")
            labels = json.loads(str(form.get("labels") or "{}"))
    except _Refused as refused:
        return refused.response
    except ValueError:
        return _Refused(422, "invalid_labels", "The labels are no JSON object.").response
    voice_id = secrets.token_hex(_ID_LENGTH // 2)
    made = {"voice_id": voice_id, "name": name, "category": "cloned", "labels": labels}
    world_of(request).voices[voice_id] = made
    return JSONResponse({"voice_id": voice_id, "requires_verification": False})


async def _delete(request: Request) -> Response:
    try:
        _check_key(request)
        voice = request.path_params["voice"]
        if world_of(request).voices.pop(voice, None) is None:
            raise _Refused(400, "voice_does_not_exist", f"A voice with the voice_id {voice} does not exist.")
    except _Refused as refused:
        return refused.response
    return JSONResponse({"status": "ok"})


def _is_sound(sample: bytes) -> bool:
    try:
        with wave.open(io.BytesIO(sample)) as sound:
            return bool(sound.getnframes())
    except (wave.Error, EOFError):
        return False


async def _whole(request: Request) -> Response:
    try:
        rate = _checked(request)
        text = _text_of(await request.body())
    except _Refused as refused:
        return refused.response
    sound = spoken.say(text, rate).tobytes()

    async def pieces() -> AsyncIterator[bytes]:
        size = 2 * round(rate * _PIECE_S)
        for start in range(0, len(sound), size):
            yield sound[start : start + size]

    return StreamingResponse(pieces(), media_type="audio/pcm")


def _text_of(body: bytes) -> str:
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    text = given.get("text") if isinstance(given, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise _Refused(422, "missing_text", "Field required: text")
    return text


async def _multi(socket: WebSocket) -> None:
    try:
        rate = _checked(socket)
    except _Refused as refused:
        await socket.send_denial_response(refused.response)
        return
    await socket.accept()
    written: dict[str, str] = {}
    try:
        while True:
            message = json.loads(await socket.receive_text())
            if message.get("close_socket"):
                await socket.close()
                return
            context = str(message.get("context_id") or "default")
            written[context] = written.get(context, "") + str(message.get("text") or "")
            if message.get("flush") or message.get("close_context"):
                for piece in _spoken(written.pop(context), context, rate):
                    await socket.send_json(piece)
            if message.get("close_context"):
                await socket.send_json({"audio": None, "isFinal": True, "contextId": context})
    except ValueError:
        await socket.close(1008, "Invalid message")
    except (WebSocketDisconnect, RuntimeError):
        return


def _spoken(text: str, context: str, rate: int) -> Iterator[dict[str, Any]]:
    """Yield the sound of a text in pieces, each with where its characters stand in time."""
    text = text.strip()
    sound = spoken.say(text, rate)
    size = round(rate * _PIECE_S)
    pieces = range(0, len(sound), size)
    share = -(-len(text) // max(1, len(pieces)))
    for place, start in enumerate(pieces):
        part = sound[start : start + size]
        chars = list(text[place * share : (place + 1) * share])
        lasts = round(1000 * len(part) / rate / max(1, len(chars)))
        alignment = {
            "chars": chars,
            "charStartTimesMs": [1000 * start // rate + number * lasts for number in range(len(chars))],
            "charDurationsMs": [lasts] * len(chars),
        }
        yield {
            "audio": base64.b64encode(part.tobytes()).decode(),
            "contextId": context,
            "isFinal": False,
            "alignment": alignment if chars else None,
            "normalizedAlignment": alignment if chars else None,
        }
