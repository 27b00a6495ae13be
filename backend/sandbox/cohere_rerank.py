"""Cohere's rerank API (v2): it puts documents in order by the words of the question they hold, the rarer the better.

A real one reads what they mean; this one stands in for its protocol.
"""

import json
import math
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox.model.words import is_stop, stem, tokens
from backend.sandbox.world import world_of


def routes() -> list[Route]:
    """Return the routes of this API."""
    return [Route("/v2/rerank", _rerank, methods=["POST"])]


async def _rerank(request: Request) -> Response:
    if request.headers.get("authorization") != f"Bearer {world_of(request).settings.rerank_key}":
        return JSONResponse({"message": "invalid api token"}, 401)
    try:
        asked: Any = json.loads(await request.body())
        question, documents, model = str(asked["query"]), [str(one) for one in asked["documents"]], str(asked["model"])
    except (ValueError, KeyError, TypeError):
        return JSONResponse({"message": "invalid request: query, documents and model are needed"}, 400)
    held = [_words(document) for document in documents]
    wanted = {word: math.log(1 + len(held) / (1 + sum(word in one for one in held))) for word in _words(question)}
    whole = sum(wanted.values()) or 1.0
    scores = [sum(weight for word, weight in wanted.items() if word in one) / whole for one in held]
    ranked = sorted(range(len(scores)), key=lambda place: (-scores[place], place))[: asked.get("top_n") or len(scores)]
    results = [{"index": place, "relevance_score": round(scores[place], 6)} for place in ranked]
    return JSONResponse({"id": "sandbox", "results": results, "meta": {"model": model}})


def _words(text: str) -> set[str]:
    return {stem(word) for word in tokens(text) if not is_stop(word)}
