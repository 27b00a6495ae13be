"""OpenAI's text to speech; its voices speak in tones that carry the words."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backend.sandbox import spoken
from backend.sandbox.openai_wire import Refused, check_key, check_model, read_body, refusal

# The rate of `pcm`, as documented.
_RATE = 24_000


def routes() -> list[Route]:
    """Return the route of speech."""
    return [Route("/v1/audio/speech", _speech, methods=["POST"])]


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
