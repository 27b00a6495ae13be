"""What all OpenAI endpoints share: keys, error bodies, reading JSON, counting tokens."""

import hmac
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from backend.sandbox.world import world_of

MODELS = (
    "gpt-4.1",
    "gpt-4.1-mini",
    "gpt-4.1-nano",
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-5-mini",
    "text-embedding-3-large",
    "text-embedding-3-small",
)


class Refused(Exception):
    """A request the API refuses, in OpenAI's own fields."""

    def __init__(self, status: int, message: str, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.param = param
        self.code = code


def refusal(refused: Refused) -> JSONResponse:
    """Return the error body of a refusal."""
    error = {
        "message": refused.message,
        "type": "invalid_request_error",
        "param": refused.param,
        "code": refused.code,
    }
    return JSONResponse({"error": error}, refused.status)


def check_key(request: Request) -> None:
    """Refuse a request that does not carry the key."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key:
        raise Refused(401, "You didn't provide an API key. Send it as a Bearer token in the Authorization header.")
    if not hmac.compare_digest(key.strip().encode(), world_of(request).settings.openai_key.encode()):
        raise Refused(401, "Incorrect API key provided.", code="invalid_api_key")


async def read_body(request: Request) -> dict[str, Any]:
    """Return the JSON object of a request."""
    try:
        body = json.loads(await request.body())
    except ValueError as wrong:
        raise Refused(400, "We could not parse the JSON body of your request.") from wrong
    if not isinstance(body, dict):
        raise Refused(400, "The body must be a JSON object.")
    return body


def check_model(body: dict[str, Any]) -> str:
    """Return the model named; any name that reads like a model's is accepted."""
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise Refused(400, "you must provide a model parameter", "model")
    return model


def count_tokens(text: str) -> int:
    """Return about how many tokens a text takes: four characters each, OpenAI's own rule of thumb."""
    return -(-len(text) // 4)
