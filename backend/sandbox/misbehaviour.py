"""ASGI layer that makes vendor requests slow, lost, refused or garbled when a fault says so."""

import asyncio
import json
from collections.abc import Mapping, MutableMapping
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from backend.sandbox.faults import Fault, FaultBoard

_HANG_MS = 60_000
_DELAY_MS = 2_000


def target_of(method: str, path: str) -> str | None:
    """Name the fault target a request belongs to, or None for the sandbox's own pages."""
    if path == "/v1/chat/completions":
        return "openai.chat"
    if path == "/v1/embeddings":
        return "openai.embeddings"
    if path == "/v1/audio/speech":
        return "openai.speech"
    if path == "/v1/audio/transcriptions":
        return "openai.transcription"
    if path == "/v1/listen":
        return "deepgram.listen"
    if path.startswith("/v1/text-to-speech/"):
        return "elevenlabs.speech"
    if path == "/v1/voices" or path.startswith("/v1/voices/"):
        return "elevenlabs.voices"
    if path.startswith("/api/laml/") and "/Messages" in path:
        return "signalwire.messages" if method == "POST" else "signalwire.history"
    if path.startswith("/api/laml/") and "/Calls" in path:
        return "signalwire.calls"
    if path.startswith("/api/laml/") and "/Recordings" in path:
        return "signalwire.recordings"
    if path.startswith("/api/relay/rest/phone_numbers"):
        return "signalwire.numbers"
    if path in ("/email", "/email/batch"):
        return "postmark.email"
    if path.startswith(("/business/orders", "/business/bookings")):
        return "business"
    if path == "/v2/scrape":
        return "firecrawl.scrape"
    if path.startswith("/slack/services/"):
        return "slack.webhook"
    if path.startswith("/crm/v3/"):
        return "hubspot.notes" if path == "/crm/v3/objects/notes" else "hubspot.crm"
    if path == "/v2/rerank":
        return "cohere.rerank"
    if path.startswith(("/v2/me", "/v2/event-types", "/v2/slots", "/v2/bookings")):
        return "calcom"
    if path == "/mcp":
        return "mcp"
    return None


def error_body(target: str, status: int) -> dict[str, Any]:
    """Return a failure in the words and shape of the vendor behind `target`."""
    text = "The service failed on command."
    if target.startswith("openai."):
        kind = "rate_limit_error" if status == 429 else "server_error"
        return {"error": {"message": text, "type": kind, "param": None, "code": None}}
    if target == "deepgram.listen":
        return {"err_code": "INTERNAL_SERVER_ERROR", "err_msg": text, "request_id": ""}
    if target.startswith("elevenlabs."):
        return {"detail": {"status": "internal_error", "message": text}}
    if target == "signalwire.numbers":
        return {"errors": [{"type": "server_error", "code": "server_error", "message": text, "attribute": None}]}
    if target == "firecrawl.scrape":
        return {"success": False, "code": "UNKNOWN_ERROR", "error": text}
    if target.startswith("hubspot."):
        return {"status": "error", "message": text, "category": "RATE_LIMITS" if status == 429 else "INTERNAL_ERROR"}
    if target == "cohere.rerank":
        return {"message": text}
    if target == "calcom":
        return {"status": "error", "error": {"code": "InternalServerErrorException", "message": text, "details": {}}}
    if target.startswith("signalwire."):
        return {"code": 20429 if status == 429 else 20500, "message": text, "status": status}
    return {"ErrorCode": 429 if status == 429 else 100, "Message": text}


class Misbehaviour:
    """Wraps the whole app. It must be outermost: dropping a connection needs the server's own `send`."""

    def __init__(self, app: ASGIApp, faults: FaultBoard) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_socket = scope["type"] == "websocket"
        method = "GET" if is_socket else scope.get("method", "")
        target = target_of(method, scope["path"]) if method else None
        met: dict[str, Fault] = {fault.kind: fault for fault in self._faults.take(target)} if target else {}
        if target is None or not met:
            await self._app(scope, receive, send)
            return
        if is_socket:
            await self._on_socket(target, met, scope, receive, send)
            return
        if "delay" in met:
            receive = await _taken(receive)
            await asyncio.sleep(met["delay"].delay_s(_DELAY_MS))
        if "timeout" in met:
            await _wait_for_disconnect(receive, met["timeout"].delay_s(_HANG_MS))
            await _drop(send)
        elif "drop" in met:
            await _drop(send)
        elif "error" in met:
            await _refuse(send, target, met["error"].status)
        elif "accept_then_error" in met:
            answer = await self._collect(scope, receive)
            if answer.status < 400:
                await _refuse(send, target, met["accept_then_error"].status)
            else:
                await answer.replay(send)
        elif "garble" in met:
            answer = await self._collect(scope, receive)
            await answer.garbled().replay(send)
        else:
            await self._app(scope, receive, send)

    async def _on_socket(
        self, target: str, met: Mapping[str, Fault], scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Show a fault on a WebSocket: late, refused, mute, or broken off at the first message it would send."""
        if "delay" in met:
            await asyncio.sleep(met["delay"].delay_s(_DELAY_MS))
        if "error" in met:
            refused = JSONResponse(error_body(target, met["error"].status), met["error"].status)
            await WebSocket(scope, receive, send).send_denial_response(refused)
            return
        is_mute = "timeout" in met
        is_cut = bool(met.keys() & {"drop", "garble", "accept_then_error"})

        async def told(message: Message) -> None:
            is_said = message["type"] == "websocket.send"
            if is_said and is_mute:
                return
            if is_said and is_cut:
                message = {"type": "websocket.close", "code": 1011, "reason": "The service failed on command."}
            await send(message)

        await self._app(scope, receive, told)

    async def _collect(self, scope: Scope, receive: Receive) -> "_Answer":
        answer = _Answer()
        await self._app(scope, receive, answer.take)
        return answer


class _Answer:
    """A response kept back."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def garbled(self) -> "_Answer":
        """Cut the body so that no JSON document survives and an event stream breaks in its middle."""
        self.body = self.body[: max(1, len(self.body) * 2 // 3)]
        event = self.body.rfind(b"data: ")
        if event >= 0:
            self.body = self.body[:event] + b'data: {"id": "cut\n\n'
        return self

    async def replay(self, send: Send) -> None:
        headers = [(name, value) for name, value in self.headers if name.lower() != b"content-length"]
        headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


async def _refuse(send: Send, target: str, status: int) -> None:
    body = json.dumps(error_body(target, status)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if status == 429:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _taken(receive: Receive) -> Receive:
    """Take a request's body now: a slow service acts on what it was sent, also when the caller has given up since."""
    messages = [await receive()]
    while messages[-1].get("more_body"):
        messages.append(await receive())
    messages.reverse()

    async def again() -> Message:
        return messages.pop() if messages else await receive()

    return again


async def _wait_for_disconnect(receive: Receive, seconds: float) -> None:
    """Say nothing until the caller gives up or the time is over."""

    async def gone() -> None:
        while True:
            message: MutableMapping[str, Any] = await receive()
            if message["type"] == "http.disconnect":
                return

    try:
        await asyncio.wait_for(gone(), seconds)
    except TimeoutError:
        return


async def _drop(send: Send) -> None:
    """Close the connection without a single byte, where the server lets us; else cut a promised body short."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is not None:
        transport.abort()
        for _ in range(3):  # connection_lost runs on the next turns of the loop; then the server knows it is gone
            await asyncio.sleep(0)
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
