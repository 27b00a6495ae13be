"""OpenAI's chat completions, streamed or whole, answered by the stand-in model."""

import asyncio
import json
import re
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from backend.sandbox.model.answer import Reply, reply
from backend.sandbox.openai_wire import MODELS, Refused, check_key, check_model, count_tokens, read_body, refusal

_ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})
_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
# A streamed answer comes about as fast as a quick model writes, so that streaming can be seen.
_PACE_S = 0.02
_PIECE = re.compile(r"\S+\s*|\s+")


def routes() -> list[Route]:
    """Return the routes of chat and models."""
    return [
        Route("/v1/chat/completions", _completions, methods=["POST"]),
        Route("/v1/models", _models, methods=["GET"]),
        Route("/v1/models/{model}", _model, methods=["GET"]),
    ]


async def _completions(request: Request) -> Response:
    try:
        check_key(request)
        body = await read_body(request)
        model = check_model(body)
        _check_messages(body.get("messages"))
        _check_tools(body)
        limit = _limit(body)
    except Refused as refused:
        return refusal(refused)
    answered = await asyncio.to_thread(reply, body)
    completion = _Completion(model, body, answered, limit)
    if body.get("stream"):
        with_usage = bool((body.get("stream_options") or {}).get("include_usage"))
        return StreamingResponse(completion.stream(with_usage), media_type="text/event-stream")
    return JSONResponse(completion.whole())


def _check_messages(messages: Any) -> None:
    if not isinstance(messages, list) or not messages:
        raise Refused(400, "'messages' must be an array with at least one message.", "messages")
    owed: set[str] = set()
    for position, message in enumerate(messages):
        where = f"messages[{position}]"
        role = message.get("role") if isinstance(message, dict) else None
        if role not in _ROLES:
            raise Refused(400, f"Invalid value for '{where}.role': {role!r}.", where, "invalid_value")
        if role == "tool":
            if message.get("tool_call_id") not in owed:
                raise Refused(400, f"{where}: role 'tool' must answer a preceding message with 'tool_calls'.", where)
            owed.discard(message["tool_call_id"])
        elif owed:
            raise Refused(400, f"{where}: these tool_call_ids were not answered: {', '.join(sorted(owed))}.", where)
        if role == "assistant":
            owed = {str(call.get("id")) for call in message.get("tool_calls") or []}
        content = message.get("content")
        if not isinstance(content, (str, list)) and not (content is None and role == "assistant"):
            raise Refused(400, f"Invalid type for '{where}.content'.", f"{where}.content", "invalid_type")
        if content is None and not owed:
            raise Refused(400, f"'{where}' needs content or tool_calls.", where)
    if owed:
        raise Refused(400, f"These tool_call_ids were not answered: {', '.join(sorted(owed))}.", "messages")


def _check_tools(body: dict[str, Any]) -> None:
    tools = body.get("tools")
    if tools is None:
        if body.get("tool_choice") not in (None, "none"):
            raise Refused(400, "'tool_choice' is only allowed when 'tools' are specified.", "tool_choice")
        return
    if not isinstance(tools, list) or not tools:
        raise Refused(400, "'tools' must be a non-empty array.", "tools")
    names = set()
    for position, tool in enumerate(tools):
        function = tool.get("function") if isinstance(tool, dict) else None
        name = function.get("name") if isinstance(function, dict) else None
        where = f"tools[{position}].function.name"
        if not isinstance(name, str) or not _TOOL_NAME.fullmatch(name):
            raise Refused(400, f"Invalid '{where}': it must match ^[a-zA-Z0-9_-]{{1,64}}$.", where, "invalid_value")
        names.add(name)
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and (choice.get("function") or {}).get("name") not in names:
        raise Refused(400, "'tool_choice' names a tool that is not offered.", "tool_choice")


def _limit(body: dict[str, Any]) -> int | None:
    limit = body.get("max_completion_tokens", body.get("max_tokens"))
    if limit is None:
        return None
    if not isinstance(limit, int) or limit < 1:
        raise Refused(400, "'max_tokens' must be an integer of at least 1.", "max_tokens", "integer_below_min_value")
    return limit


class _Completion:
    """One answer in OpenAI's objects."""

    def __init__(self, model: str, body: dict[str, Any], answered: Reply, limit: int | None) -> None:
        self._id = f"chatcmpl-{uuid.uuid4().hex}"
        self._created = int(time.time())
        self._model = model
        self._text = answered.text
        self._call = answered.call
        self._call_id = f"call_{uuid.uuid4().hex[:24]}"
        self._finish = "tool_calls" if answered.call else "stop"
        if limit is not None and not answered.call and count_tokens(self._text) > limit:
            self._text, self._finish = self._text[: limit * 4], "length"
        spoken = answered.call.name + answered.call.arguments_json() if answered.call else self._text
        asked = json.dumps([body["messages"], body.get("tools") or []], ensure_ascii=False)
        prompt, completion = count_tokens(asked), count_tokens(spoken)
        self._usage = {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        }

    def whole(self) -> dict[str, Any]:
        """Return the answer in one object."""
        message: dict[str, Any] = {"role": "assistant", "content": self._text, "refusal": None}
        if self._call:
            function = {"name": self._call.name, "arguments": self._call.arguments_json()}
            message["content"] = None
            message["tool_calls"] = [{"id": self._call_id, "type": "function", "function": function}]
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self._finish}
        return {**self._head("chat.completion"), "choices": [choice], "usage": self._usage}

    async def stream(self, with_usage: bool) -> AsyncIterator[str]:
        """Yield the answer as server-sent events, a word or a piece of arguments each."""
        for delta in self._deltas():
            yield self._event([self._choice(delta, None)], with_usage)
            await asyncio.sleep(_PACE_S)
        yield self._event([self._choice({}, self._finish)], with_usage)
        if with_usage:
            usage = {**self._head("chat.completion.chunk"), "choices": [], "usage": self._usage}
            yield f"data: {json.dumps(usage)}\n\n"
        yield "data: [DONE]\n\n"

    def _deltas(self) -> list[dict[str, Any]]:
        if self._call is None:
            words = [{"content": piece} for piece in _PIECE.findall(self._text)]
            return [{"role": "assistant", "content": "", "refusal": None}, *words]
        function = {"name": self._call.name, "arguments": ""}
        opening = {"index": 0, "id": self._call_id, "type": "function", "function": function}
        pieces = [
            {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
            for piece in _PIECE.findall(self._call.arguments_json())
        ]
        return [{"role": "assistant", "content": None, "tool_calls": [opening]}, *pieces]

    @staticmethod
    def _choice(delta: dict[str, Any], finish: str | None) -> dict[str, Any]:
        return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}

    def _event(self, choices: list[dict[str, Any]], with_usage: bool) -> str:
        chunk = {**self._head("chat.completion.chunk"), "choices": choices}
        if with_usage:
            chunk["usage"] = None
        return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"

    def _head(self, kind: str) -> dict[str, Any]:
        return {
            "id": self._id,
            "object": kind,
            "created": self._created,
            # As the real service answers with the version it used, ours says that nobody thought here.
            "model": f"{self._model} (local stand-in)",
            "service_tier": "default",
            "system_fingerprint": "sandbox",
        }


def _model_object(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 1735689600, "owned_by": "sandbox"}


async def _models(request: Request) -> Response:
    try:
        check_key(request)
    except Refused as refused:
        return refusal(refused)
    return JSONResponse({"object": "list", "data": [_model_object(name) for name in MODELS]})


async def _model(request: Request) -> Response:
    name = request.path_params["model"]
    try:
        check_key(request)
        if name not in MODELS:
            raise Refused(404, f"The model '{name}' does not exist", "model", "model_not_found")
    except Refused as refused:
        return refusal(refused)
    return JSONResponse(_model_object(name))
