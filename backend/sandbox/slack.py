"""Slack's incoming webhooks: an address for each channel that takes JSON and answers `ok` in plain text.

What is posted is kept for tests to read. A path that ends in `gone` belongs to a webhook that was taken away.
"""

import json
from collections import deque
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

_KEPT = 200
_LONGEST = 40_000


def routes() -> list[Route]:
    """Return the routes of the webhooks, and the one that shows what was posted."""
    posted: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    async def post(request: Request) -> Response:
        if request.path_params["key"] == "gone":
            return PlainTextResponse("no_service", 404)
        try:
            body: Any = json.loads(await request.body())
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return PlainTextResponse("invalid_payload", 400)
        words = body.get("text")
        if not isinstance(words, str) or not words:
            return PlainTextResponse("no_text", 400)
        if len(words) > _LONGEST:
            return PlainTextResponse("msg_too_long", 400)
        posted.append({"channel": request.path_params["channel"], "text": words})
        return PlainTextResponse("ok")

    async def messages(request: Request) -> Response:
        if request.method == "DELETE":
            posted.clear()
        return JSONResponse({"messages": list(posted)})

    return [
        Route("/slack/services/{team}/{channel}/{key}", post, methods=["POST"]),
        Route("/slack/messages", messages, methods=["GET", "DELETE"]),
    ]
