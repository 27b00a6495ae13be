"""SignalWire's compatibility REST API for recordings: list them, read one, and its sound as MP3 or WAV."""

import io
import wave
from email.utils import formatdate
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox import spoken
from backend.sandbox.calls import Call, Recording
from backend.sandbox.carrier import API_VERSION
from backend.sandbox.signalwire_messages import refusal, stranger
from backend.sandbox.world import World, world_of

_BASE = "/api/laml/" + API_VERSION + "/Accounts/{account}/Recordings"
_RATE = 8_000


def routes() -> list[Route]:
    """Return the routes of this API."""
    return [
        Route(_BASE, _recordings, methods=["GET"]),
        Route(_BASE + ".json", _recordings, methods=["GET"]),
        Route(_BASE + "/{sid}", _recording, methods=["GET"]),
    ]


async def _recordings(request: Request) -> Response:
    world = world_of(request)
    if refused := stranger(request, world):
        return refused
    of_call = request.query_params.get("CallSid")
    found = [(call, one) for call in world.calls.all() for one in call.recordings if of_call in (None, "", call.sid)]
    found.sort(key=lambda pair: pair[1].created_at, reverse=True)
    page = {"uri": request.url.path, "page": 0, "page_size": len(found), "next_page_uri": None}
    return JSONResponse({**page, "recordings": [_resource(call, one, world) for call, one in found]})


async def _recording(request: Request) -> Response:
    world = world_of(request)
    if refused := stranger(request, world):
        return refused
    sid, _, kind = request.path_params["sid"].partition(".")
    found = next(((call, one) for call in world.calls.all() for one in call.recordings if one.sid == sid), None)
    if found is None:
        return refusal(404, 20404, "The requested resource was not found")
    if kind == "json":
        return JSONResponse(_resource(*found, world))
    sound = spoken.say(found[1].text, _RATE)
    if kind == "mp3":
        return Response(_mp3(sound), media_type="audio/mpeg")
    return Response(_wav(sound), media_type="audio/x-wav")


def _resource(call: Call, one: Recording, world: World) -> dict[str, Any]:
    when = formatdate(one.created_at, usegmt=True)
    return {
        "sid": one.sid,
        "account_sid": world.settings.project,
        "call_sid": call.sid,
        "conference_sid": None,
        "channels": 1,
        "date_created": when,
        "date_updated": when,
        "start_time": when,
        "duration": str(round(spoken.seconds(one.text))),
        "source": "RecordVerb",
        "status": "completed",
        "error_code": None,
        "uri": f"/api/laml/{API_VERSION}/Accounts/{world.settings.project}/Recordings/{one.sid}.json",
    }


def _wav(sound: spoken.Samples) -> bytes:
    data = io.BytesIO()
    with wave.open(data, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(_RATE)
        file.writeframes(sound.tobytes())
    return data.getvalue()


def _mp3(sound: spoken.Samples) -> bytes:
    # Loaded by the first who wants it: the sandbox starts without.
    import av

    codec: Any = av.CodecContext.create("libmp3lame", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = _RATE, "mono", "s16p", 32_000
    codec.open()
    data, size = b"", codec.frame_size
    for at in range(0, len(sound), size):
        part = np.ascontiguousarray(sound[at : at + size]).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(part, format="s16p", layout="mono")
        frame.sample_rate, frame.pts = _RATE, at
        data += b"".join(bytes(packet) for packet in codec.encode(frame))
    return data + b"".join(bytes(packet) for packet in codec.encode(None))
