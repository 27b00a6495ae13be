"""Deepgram's speech to text, live over a WebSocket and for whole recordings, for voices that speak in tones.

It hears what the stand-in for voices says (`spoken`), through a telephone as well; people's voices it does not know.
"""

import asyncio
import hmac
import io
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import av
import numpy as np
from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from backend.sandbox.spoken import Listener, Samples
from backend.sandbox.world import World

# An interim result about as often as the service sends them.
_INTERIM_S = 0.2
# The documented default of `endpointing`, and the time without audio or KeepAlive after which a stream is closed.
_ENDPOINTING_MS = 10
_PATIENCE_S = 10.0
_RATES = range(8_000, 48_001)


def routes() -> list[BaseRoute]:
    """Return the routes of speech to text."""
    return [WebSocketRoute("/v1/listen", _listen), Route("/v1/listen", _recording, methods=["POST"])]


def _is_known(headers: Headers, world: World) -> bool:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "token" and hmac.compare_digest(key.encode(), world.settings.deepgram_key.encode())


def _refusal(status: int, code: str, message: str) -> JSONResponse:
    return JSONResponse({"err_code": code, "err_msg": message, "request_id": str(uuid.uuid4())}, status)


def _no_key() -> JSONResponse:
    return _refusal(401, "INVALID_AUTH", "Invalid credentials.")


async def _listen(socket: WebSocket) -> None:
    world: World = socket.app.state.world
    if not _is_known(socket.headers, world):
        await socket.send_denial_response(_no_key())
        return
    try:
        hearing = _Hearing(socket.query_params)
    except ValueError as wrong:
        await socket.send_denial_response(_refusal(400, "Bad Request", str(wrong)))
        return
    await socket.accept(headers=[(b"dg-request-id", hearing.id.encode())])
    try:
        while True:
            message = await asyncio.wait_for(socket.receive(), _PATIENCE_S)
            if message["type"] == "websocket.disconnect":
                return
            told, is_over = hearing.take(message)
            for one in told:
                await socket.send_json(one)
            if is_over:
                await socket.close()
                return
    except TimeoutError:
        # What the service itself says of a stream that nobody speaks into.
        await socket.close(1011, "NET-0001")
    except (WebSocketDisconnect, RuntimeError):
        return


class _Hearing:
    """One live stream: its options, what is being heard, and what was said of it."""

    def __init__(self, options: QueryParams) -> None:
        if options.get("encoding", "linear16") != "linear16":
            raise ValueError("This stand-in hears linear16 alone.")
        rate = options.get("sample_rate", "16000")
        if not rate.isdigit() or int(rate) not in _RATES:
            raise ValueError("sample_rate is a number of samples a second.")
        self.id = str(uuid.uuid4())
        self._rate = int(rate)
        self._listener = Listener(self._rate)
        self._shows_interim = options.get("interim_results") == "true"
        self._says_start = options.get("vad_events") == "true"
        self._endpoint_s = _milliseconds(options.get("endpointing"), _ENDPOINTING_MS) / 1000
        self._utterance_s = _milliseconds(options.get("utterance_end_ms"), 0) / 1000
        self._at = self._loud_at = self._began_at = self._shown_at = 0.0
        self._said: list[str] = []
        self._is_speaking = False
        self._is_owing_end = False

    def take(self, message: Any) -> tuple[list[dict[str, Any]], bool]:
        """Return what is told of a message, and whether the stream is over."""
        if message.get("bytes") is not None:
            data: bytes = message["bytes"]
            return (list(self._hear(np.frombuffer(data[: len(data) // 2 * 2], np.int16))) if data else []), not data
        try:
            kind = json.loads(message.get("text") or "").get("type")
        except (ValueError, AttributeError):
            return [{"type": "Error", "description": "Could not deserialize the message."}], True
        if kind == "Finalize":
            return [self._result(is_final=True, is_end=True, from_finalize=True)], False
        if kind == "CloseStream":
            last = [self._result(is_final=True, is_end=True)] if self._said or self._listener.so_far else []
            return [*last, self._metadata()], True
        return [], False

    def _hear(self, samples: Samples) -> Iterator[dict[str, Any]]:
        ended = list(self._listener.hear(samples))
        self._at += len(samples) / self._rate
        if self._listener.is_loud or self._listener.is_hearing or ended:
            if not self._is_speaking:
                self._is_speaking, self._began_at = True, self._at - len(samples) / self._rate
                if self._says_start:
                    yield {"type": "SpeechStarted", "channel": [0], "timestamp": round(self._began_at, 3)}
            self._loud_at = self._at
        if self._listener.is_hearing and self._said:
            # The speaker goes on: what came before is final, and not the end.
            yield self._result(is_final=True, is_end=False)
        self._said += ended
        silence = self._at - self._loud_at
        if self._said and silence >= self._endpoint_s:
            yield self._result(is_final=True, is_end=True)
        elif self._shows_interim and self._listener.so_far and self._at - self._shown_at >= _INTERIM_S:
            self._shown_at = self._at
            yield self._result(is_final=False, is_end=False)
        if self._is_speaking and silence >= max(self._endpoint_s, self._utterance_s):
            self._is_speaking = False
            if self._is_owing_end and self._utterance_s:
                yield {"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": round(self._loud_at, 3)}
            self._is_owing_end = False

    def _result(self, is_final: bool, is_end: bool, from_finalize: bool = False) -> dict[str, Any]:
        text = " ".join([*self._said, *([self._listener.so_far] if not is_final or from_finalize else [])])
        if is_final:
            self._said = []
            self._is_owing_end = True
        return {
            "type": "Results",
            "channel_index": [0, 1],
            "start": round(self._began_at, 3),
            "duration": round(self._at - self._began_at, 3),
            "is_final": is_final,
            "speech_final": is_end,
            "from_finalize": from_finalize,
            "channel": {"alternatives": [_alternative(text, self._began_at, self._at)]},
            "metadata": {"request_id": self.id, "model_info": {"name": "stand-in"}, "model_uuid": self.id},
        }

    def _metadata(self) -> dict[str, Any]:
        return {
            "type": "Metadata",
            "request_id": self.id,
            "created": datetime.now(UTC).isoformat(),
            "duration": round(self._at, 3),
            "channels": 1,
        }


def _milliseconds(given: str | None, default: int) -> int:
    """Return a pause in milliseconds; “false” is none, which is as long as a stream."""
    if given == "false":
        return 1_000_000
    return int(given) if given and given.isdigit() else default


def _alternative(text: str, began: float, ended: float) -> dict[str, Any]:
    words = text.split()
    step = (ended - began) / max(1, len(words))
    return {
        "transcript": text,
        "confidence": 0.99 if text else 0.0,
        "words": [
            {
                "word": "".join(one for one in word.lower() if one.isalnum()) or word,
                "punctuated_word": word,
                "start": round(began + place * step, 3),
                "end": round(began + (place + 1) * step, 3),
                "confidence": 0.99,
            }
            for place, word in enumerate(words)
        ],
    }


def _samples(body: bytes) -> tuple[int, Samples]:
    """Return the first channel of a recording, in whichever container it lies."""
    with av.open(io.BytesIO(body), "r") as file:
        sound = file.streams.audio[0]
        change = av.AudioResampler("s16p", sound.layout, sound.rate)
        parts = [frame.to_ndarray()[0] for piece in file.decode(sound) for frame in change.resample(piece)]
    return sound.rate, np.concatenate([*parts, np.zeros(0, np.int16)])


async def _recording(request: Request) -> Response:
    if not _is_known(request.headers, request.app.state.world):
        return _no_key()
    try:
        rate, samples = _samples(await request.body())
    except (av.error.FFmpegError, IndexError):
        return _refusal(400, "Bad Request", "failed to process audio: corrupt or unsupported data")
    seconds = len(samples) / rate
    text = " ".join(Listener(rate).hear(np.concatenate([samples, np.zeros(rate, np.int16)])))
    return JSONResponse(
        {
            "metadata": {"request_id": str(uuid.uuid4()), "duration": round(seconds, 3), "channels": 1},
            "results": {"channels": [{"alternatives": [_alternative(text, 0.0, seconds)]}]},
        }
    )
