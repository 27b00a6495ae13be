"""The system of a business that agents' functions call: orders to look up, and bookings to make.

It books once for each `Idempotency-Key`, as a careful server does, and remembers what it was asked.
"""

import json
from collections import deque
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_ORDERS: dict[str, dict[str, Any]] = {
    "1042": {"number": "1042", "status": "shipped", "arrives": "Friday", "items": [{"name": "Whitening kit"}]},
    "1043": {"number": "1043", "status": "being packed", "arrives": "Monday", "items": [{"name": "Night guard"}]},
}
_KEPT = 200


def routes() -> list[Route]:
    """Return the routes under /business."""
    business = _Business()
    return [
        Route("/business/orders/{number}", business.order, methods=["GET"]),
        Route("/business/bookings", business.book, methods=["POST"]),
        Route("/business/requests", business.requests, methods=["GET", "DELETE"]),
    ]


class _Business:
    def __init__(self) -> None:
        self._seen: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._booked: dict[str, int] = {}

    async def order(self, request: Request) -> Response:
        await self._note(request)
        found = _ORDERS.get(request.path_params["number"])
        if found is None:
            return JSONResponse({"error": "There is no such order."}, 404)
        return JSONResponse({"order": found})

    async def book(self, request: Request) -> Response:
        body = await self._note(request)
        if not isinstance(body, dict) or not body.get("day"):
            return JSONResponse({"error": "A booking needs a day."}, 422)
        key = request.headers.get("idempotency-key", "")
        number = self._booked.setdefault(key, len(self._booked) + 1) if key else len(self._booked) + 1
        return JSONResponse({"booking": {"number": number, "day": body["day"]}}, 201)

    async def requests(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._seen.clear()
            self._booked.clear()
        return JSONResponse({"requests": list(self._seen)})

    async def _note(self, request: Request) -> Any:
        content = await request.body()
        try:
            body = json.loads(content) if content else None
        except ValueError:
            body = None
        self._seen.append(
            {
                "method": request.method,
                "path": request.url.path,
                "query": request.url.query,
                "headers": dict(request.headers),
                "content": content.decode(errors="replace"),
            }
        )
        return body
