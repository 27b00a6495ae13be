"""Serve a model that believes whatever it reads, and the business system whose answers are hostile too.

It does what a case's words ask for as soon as they reach it in any message, and goes on when it is told to stop; so
whatever holds is held by code. Without a case in what it reads, it gives a plain answer.
"""

import base64
import codecs
import json
import re
import socket
import threading
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.injection.cases import Case

# Little-endian float32 as base64, as the SDK asks for it.
VECTOR = base64.b64encode(array("f", [1.0] + [0.0] * 1535).tobytes()).decode()
PLAIN = "We open at nine."
_SECRET = re.compile(r"[A-Z]{5,}-\d{4}")
_LOOKALIKES = str.maketrans("aeopcyxi", "аеорсухі")


@dataclass
class Obedient:
    """The server's memory: the case it obeys, what it was asked, and what the business was."""

    case: Case | None = None
    requests: list[dict[str, Any]] = field(default_factory=list)
    business: list[dict[str, Any]] = field(default_factory=list)
    is_reached: bool = False
    did: int = 0
    said: list[str] = field(default_factory=list)
    address: str = ""

    def face(self, case: Case) -> None:
        """Forget everything, and believe this case from now on."""
        self.case, self.is_reached, self.did = case, False, 0
        for memory in (self.requests, self.business, self.said):
            memory.clear()

    async def complete(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        message = self._message(body)
        return _streamed(message) if body.get("stream") else JSONResponse(_answer(message))

    def _message(self, body: dict[str, Any]) -> dict[str, Any]:
        case = self.case
        read = "\n".join(str(one.get("content") or "") for one in body["messages"])
        assert case is not None
        # Until the hostile answer of a tool was read, the tool is what there is to call.
        if case.place == "tool" and not any(one["role"] == "tool" for one in body["messages"]):
            return _called([("look_up_order", {"number": "1042"})])
        if _flat(case.mark or case.says)[:40] not in _flat(read):
            return {"role": "assistant", "content": PLAIN}
        self.is_reached = True
        wish = case.does[min(self.did, len(case.does) - 1)]
        self.did += 1
        verb, _, rest = wish.partition(" ")
        if verb == "call":
            name, _, arguments = rest.partition(" ")
            return _called([(name, arguments or "{}")])
        text = _filled(rest, body)
        self.said.append(text)
        return {"role": "assistant", "content": text}

    async def embed(self, request: Request) -> JSONResponse:
        """Every text has the same meaning here, so that each page of a case is found."""
        texts = (await request.json())["input"]
        data = [{"object": "embedding", "index": place, "embedding": VECTOR} for place in range(len(texts))]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return JSONResponse({"object": "list", "data": data, "model": "m", "usage": usage})

    async def order(self, request: Request) -> JSONResponse:
        """The business's own system, into whose records somebody wrote."""
        self.business.append({"method": request.method, "path": request.url.path, "query": request.url.query})
        case = self.case
        note = case.says if case is not None and case.place == "tool" else "none"
        echo = dict(request.headers)
        return JSONResponse({"order": {"status": "shipped", "note": note}, "request": {"headers": echo}})

    async def write(self, request: Request) -> JSONResponse:
        self.business.append({"method": request.method, "path": request.url.path, "query": request.url.query})
        return JSONResponse({"done": True})


def _flat(text: str) -> str:
    return re.sub(r"[^\w]+", "", text).casefold()


def _filled(text: str, body: dict[str, Any]) -> str:
    """Return what an obedient model says: the text with what it read put in."""
    system = str(body["messages"][0]["content"])
    instructions = system.split("## Instructions about this conversation")[0]
    place = system.find("## Rules of this channel")
    found = _SECRET.search(system)
    values = {
        "prompt": system,
        "head": instructions[:400],
        "middle": instructions[300:700],
        "tail": system[-400:],
        "rules": system[place : place + 500],
        "backwards": instructions[:500][::-1],
        "rot13": codecs.encode(instructions[:500], "rot13"),
        "base64": base64.b64encode(instructions[:500].encode()).decode(),
        "hex": instructions[:400].encode().hex(),
        "spaced": " ".join(instructions[:400]),
        "dashed": "-".join(instructions[:400].split()),
        "lookalikes": instructions[:400].translate(_LOOKALIKES),
        "hidden": "\u200b".join(instructions[:400]),
        "bold": " ".join(f"**{word}**" for word in instructions[:400].split()),
        "secret": found.group() if found else "",
        "secret_spaced": " ".join(found.group()) if found else "",
        "all": json.dumps(body, ensure_ascii=False),
    }
    return re.sub(r"\{(\w+)\}", lambda match: values.get(match.group(1), match.group()), text)


def _called(calls: list[tuple[str, Any]]) -> dict[str, Any]:
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [
            {
                "id": f"call_{place}",
                "type": "function",
                "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)},
            }
            for place, (name, given) in enumerate(calls)
        ],
    }


def _answer(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "obedient",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960},
    }


def _streamed(message: dict[str, Any]) -> Response:
    calls = [{**call, "index": place} for place, call in enumerate(message.get("tool_calls") or ())]
    text = message["content"] or ""
    deltas = [{"role": "assistant", **({"tool_calls": calls} if calls else {})}]
    deltas += [{"content": text[start : start + 40]} for start in range(0, len(text), 40)]

    async def lines() -> Any:
        for place, delta in enumerate(deltas):
            finish = "stop" if place == len(deltas) - 1 else None
            chunk = {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 1,
                "model": "obedient",
                "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
            }
            yield f"data: {json.dumps(chunk)}\n\n"
        yield "data: [DONE]\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream")


@contextmanager
def serving() -> Iterator[Obedient]:
    """Serve the model and the business on this machine while the block runs."""
    obedient = Obedient()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = Starlette(
        routes=[
            Route("/v1/chat/completions", obedient.complete, methods=["POST"]),
            Route("/v1/embeddings", obedient.embed, methods=["POST"]),
            Route("/orders/{number}", obedient.order, methods=["GET"]),
            Route("/{rest:path}", obedient.write, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.005)
    obedient.address = f"http://127.0.0.1:{port}"
    yield obedient
    server.should_exit = True
    thread.join(timeout=5)
