"""A server of tools in the Model Context Protocol over streamable HTTP (revision 2025-06-18): a shop's stock and desk.

It can be told to ask for a key, to describe a tool otherwise than before, and to answer badly.
"""

import gzip
import json
from collections import deque
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

PROTOCOL = "2025-06-18"
SESSION = "mcp-session-id"
_STOCK = {"lamp": 4, "chair": 0, "table": 12}
_HUGE = 3_000_000
_KEPT = 200
# Error codes of JSON-RPC 2.0 §5.1.
_NO_METHOD, _BAD_PARAMS = -32601, -32602


class Manner(BaseModel):
    """How the server behaves; what is not named is as usual."""

    key: str = ""
    """What `Authorization: Bearer …` must say; empty asks for nothing."""
    description: str = "How many of an item are in stock."
    is_stream: bool = False
    """Whether answers come as server-sent events."""
    answer: str = ""
    """`huge`, `packed`, `error`, `redirect` or `nonsense` instead of what a tool says; `words:…` for those words."""
    tools: list[str] = ["look_up_stock", "create_ticket"]


def routes() -> list[Route]:
    """Return the server's one address, and those that steer it."""
    server = _Server()
    return [
        Route("/mcp", server.speak, methods=["POST"]),
        Route("/mcp", server.end, methods=["GET", "DELETE"]),
        Route("/sandbox/mcp", server.steer, methods=["GET", "PUT", "DELETE"]),
    ]


class _Server:
    def __init__(self) -> None:
        self._manner = Manner()
        self._called: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._tickets = 0

    async def speak(self, request: Request) -> Response:
        if refused := self._stranger(request):
            return refused
        try:
            said = json.loads(await request.body())
        except ValueError:
            said = None
        if not isinstance(said, dict) or not isinstance(said.get("method"), str):
            return JSONResponse(_error(None, -32700, "Parse error"), 400)
        if "id" not in said:
            return Response(status_code=202)
        if self._manner.answer == "redirect":
            return RedirectResponse("/sandbox/health", 307)
        if self._manner.answer == "nonsense":
            return JSONResponse({"hello": "world"})
        answer = self._answer(said["method"], said.get("params") or {}, said["id"])
        headers = {SESSION: "sandbox-session"} if said["method"] == "initialize" else {}
        if self._manner.answer == "packed" and said["method"] == "tools/call":
            packed = gzip.compress(json.dumps(answer).encode())
            return Response(packed, media_type="application/json", headers={**headers, "content-encoding": "gzip"})
        if self._manner.is_stream:
            body = f"event: message\ndata: {json.dumps(answer)}\n\n"
            return Response(body, media_type="text/event-stream", headers=headers)
        return JSONResponse(answer, headers=headers)

    async def end(self, request: Request) -> Response:
        """Let go of a session; a stream of its own is not offered (405, as the specification has it)."""
        return Response(status_code=200 if request.method == "DELETE" else 405)

    async def steer(self, request: Request) -> Response:
        """Say what was called; behave as told, or as usual again."""
        if request.method == "PUT":
            try:
                self._manner = Manner.model_validate_json(await request.body())
            except ValidationError as wrong:
                return JSONResponse({"error": {"message": str(wrong)}}, 422)
        if request.method == "DELETE":
            self._manner = Manner()
            self._called.clear()
        return JSONResponse({"manner": self._manner.model_dump(), "called": list(self._called)})

    def _stranger(self, request: Request) -> Response | None:
        wanted = self._manner.key
        if not wanted or request.headers.get("authorization") == f"Bearer {wanted}":
            return None
        return JSONResponse({"error": "invalid_token"}, 401, headers={"www-authenticate": "Bearer"})

    def _answer(self, method: str, params: dict[str, Any], number: Any) -> dict[str, Any]:
        if method == "initialize":
            result: dict[str, Any] = {
                "protocolVersion": PROTOCOL,
                "capabilities": {"tools": {"listChanged": False}},
                "serverInfo": {"name": "shop", "title": "The shop", "version": "1"},
            }
            return _result(number, result)
        if method == "ping":
            return _result(number, {})
        if method == "tools/list":
            return _result(number, {"tools": [one for one in self._tools() if one["name"] in self._manner.tools]})
        if method == "tools/call":
            return self._call(params, number)
        return _error(number, _NO_METHOD, "Method not found")

    def _tools(self) -> list[dict[str, Any]]:
        return [
            {
                "name": "look_up_stock",
                "title": "Look up stock",
                "description": self._manner.description,
                "inputSchema": {
                    "type": "object",
                    "properties": {"item": {"type": "string", "description": "Its name"}},
                    "required": ["item"],
                },
                "annotations": {"readOnlyHint": True},
            },
            {
                "name": "create_ticket",
                "description": "Open a ticket at the shop's desk.",
                "inputSchema": {
                    "type": "object",
                    "properties": {"subject": {"type": "string"}, "urgent": {"type": "boolean"}},
                    "required": ["subject"],
                },
            },
        ]

    def _call(self, params: dict[str, Any], number: Any) -> dict[str, Any]:
        name, given = params.get("name"), params.get("arguments") or {}
        self._called.append({"name": name, "arguments": given})
        if self._manner.answer == "error":
            return _result(number, {"content": [{"type": "text", "text": "The shop is closed."}], "isError": True})
        if self._manner.answer == "huge":
            return _result(number, {"content": [{"type": "text", "text": "x" * _HUGE}]})
        if self._manner.answer.startswith("words:"):
            return _result(number, {"content": [{"type": "text", "text": self._manner.answer.removeprefix("words:")}]})
        if name == "look_up_stock":
            count = _STOCK.get(str(given.get("item")), 0)
            words = f"{count} in stock"
            return _result(
                number,
                {
                    "content": [{"type": "text", "text": words}],
                    "structuredContent": {"item": given.get("item"), "count": count},
                },
            )
        if name == "create_ticket":
            self._tickets += 1
            return _result(number, {"content": [{"type": "text", "text": f"Ticket {self._tickets} is open."}]})
        return _error(number, _BAD_PARAMS, "Unknown tool")


def _result(number: Any, result: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "result": result}


def _error(number: Any, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": message}}
