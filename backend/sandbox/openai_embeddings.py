"""OpenAI's embeddings endpoint over the stand-in's hashed features."""

import asyncio
import base64
from array import array
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox.embeddings import embed
from backend.sandbox.openai_wire import Refused, check_key, check_model, count_tokens, read_body, refusal

_MOST_INPUTS = 2048
_LONGEST_INPUT = 8192 * 4  # OpenAI's limit is 8192 tokens; see count_tokens
_DIMENSIONS = {"text-embedding-3-large": 3072}
_USUAL = 1536


def routes() -> list[Route]:
    """Return the route of embeddings."""
    return [Route("/v1/embeddings", _embeddings, methods=["POST"])]


async def _embeddings(request: Request) -> Response:
    try:
        check_key(request)
        body = await read_body(request)
        model = check_model(body)
        texts = _inputs(body.get("input"))
        dimensions = _dimensions(body, model)
        as_base64 = _is_base64(body)
    except Refused as refused:
        return refusal(refused)
    vectors = await asyncio.to_thread(lambda: [embed(text, dimensions) for text in texts])
    data = [
        {"object": "embedding", "index": index, "embedding": _packed(vector) if as_base64 else vector}
        for index, vector in enumerate(vectors)
    ]
    used = sum(count_tokens(text) for text in texts)
    usage = {"prompt_tokens": used, "total_tokens": used}
    return JSONResponse({"object": "list", "data": data, "model": model, "usage": usage})


def _packed(vector: list[float]) -> str:
    """Return little-endian float32 as base64, the form SDKs ask for."""
    return base64.b64encode(array("f", vector).tobytes()).decode()


def _inputs(given: Any) -> list[str]:
    """Return the texts of an `input`: a text, texts, one list of tokens or several."""
    if isinstance(given, str):
        texts = [given]
    elif isinstance(given, list) and given and all(isinstance(item, int) for item in given):
        texts = [" ".join(map(str, given))]
    elif isinstance(given, list) and given:
        if not all(isinstance(item, (str, list)) for item in given):
            raise Refused(400, "'input' must hold texts or lists of tokens.", "input")
        texts = [item if isinstance(item, str) else " ".join(map(str, item)) for item in given]
    else:
        raise Refused(400, "'input' must be a text or a non-empty array.", "input")
    if len(texts) > _MOST_INPUTS:
        raise Refused(400, f"'input' may hold at most {_MOST_INPUTS} items.", "input")
    for text in texts:
        if not text:
            raise Refused(400, "'input' cannot be an empty string.", "input")
        if len(text) > _LONGEST_INPUT:
            raise Refused(400, "An input may have at most 8192 tokens.", "input", "context_length_exceeded")
    return texts


def _dimensions(body: dict[str, Any], model: str) -> int:
    most = _DIMENSIONS.get(model, _USUAL)
    wanted = body.get("dimensions")
    if wanted is None:
        return most
    if not isinstance(wanted, int) or not 1 <= wanted <= most:
        raise Refused(400, f"'dimensions' must be from 1 to {most}.", "dimensions")
    return wanted


def _is_base64(body: dict[str, Any]) -> bool:
    encoding = body.get("encoding_format") or "float"
    if encoding not in ("float", "base64"):
        raise Refused(400, "'encoding_format' must be float or base64.", "encoding_format")
    return bool(encoding == "base64")
