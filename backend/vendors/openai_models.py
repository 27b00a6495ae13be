"""Reach language and embedding models over OpenAI's API, or any server that speaks it (by base URL).

One call is one request: nothing is retried here, because who calls knows what a second try may cost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from backend.core import strict_json
from backend.core.config import settings
from backend.core.errors import VendorError

VENDOR = "OpenAI"
CONNECT_TIMEOUT_S = 3.0
EMBED_TIMEOUT_S = 20.0
# OpenAI takes 2,048 inputs and 300,000 tokens a request; a passage of ours is at most a few hundred tokens.
EMBED_BATCH = 128
# Gets the answer's text so far; an answer that is begun anew starts from the empty text.
OnText = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class ToolCall:
    """A tool the model asks for. `arguments` is None when it sent something that is not a JSON object."""

    id: str
    name: str
    arguments: dict[str, Any] | None
    raw_arguments: str


@dataclass(frozen=True)
class Completion:
    """What the model answered: text, tool calls or both, with what it cost in tokens."""

    text: str
    tool_calls: tuple[ToolCall, ...]
    finish_reason: str
    model: str
    tokens_in: int
    tokens_out: int


@lru_cache(maxsize=4)
def _client(base_url: str, key: str) -> Any:
    from openai import AsyncOpenAI, Timeout

    return AsyncOpenAI(
        api_key=key,
        base_url=base_url,
        max_retries=0,
        timeout=Timeout(EMBED_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
    )


def _ours() -> Any:
    return _client(settings().openai_base_url, settings().openai_api_key.get_secret_value())


async def complete(
    model: str,
    messages: Sequence[Mapping[str, Any]],
    *,
    tools: Sequence[Mapping[str, Any]] = (),
    temperature: float = 0.7,
    max_tokens: int = 300,
    timeout_s: float = 8.0,
    on_text: OnText | None = None,
) -> Completion:
    """Ask `model` for the next message; `messages` and `tools` have the shapes of OpenAI's chat API.

    With `on_text` the answer is streamed, and `on_text` gets the text so far whenever it grows. The whole request
    takes at most `timeout_s`. Raises `VendorError`, retryable when waiting may mend it, and
    `may_have_happened` when the model may have worked on it and be charged for.
    """
    options: dict[str, Any] = {"tools": list(tools)} if tools else {}
    with _errors_explained():
        async with asyncio.timeout(timeout_s):
            request = {
                "model": model,
                "messages": list(messages),
                "temperature": temperature,
                "max_tokens": max_tokens,
                "timeout": timeout_s,
                **options,
            }
            if on_text is not None:
                return await _streamed(request, on_text)
            answer = await _ours().chat.completions.create(**request)
    return _completion(answer, model)


async def _streamed(request: dict[str, Any], on_text: OnText) -> Completion:
    """Put an answer together from its pieces; tool calls come in pieces as well, by their place."""
    text, finish, model, usage = "", "", "", None
    calls: dict[int, list[str]] = {}
    await on_text("")
    stream = await _ours().chat.completions.create(**request, stream=True, stream_options={"include_usage": True})
    async with stream:
        async for chunk in stream:
            model, usage = getattr(chunk, "model", "") or model, getattr(chunk, "usage", None) or usage
            for choice in getattr(chunk, "choices", None) or ():
                finish = choice.finish_reason or finish
                if choice.delta is None:
                    continue
                if choice.delta.content:
                    text += choice.delta.content
                    await on_text(text)
                for piece in choice.delta.tool_calls or ():
                    call = calls.setdefault(piece.index, ["", "", ""])
                    call[0] = piece.id or call[0]
                    if piece.function is not None:
                        call[1] += piece.function.name or ""
                        call[2] += piece.function.arguments or ""
    if not finish and not text and not calls:
        raise _unreadable()
    return Completion(
        text=text,
        tool_calls=tuple(_tool_called(*calls[place]) for place in sorted(calls)),
        finish_reason=finish,
        model=model or request["model"],
        tokens_in=getattr(usage, "prompt_tokens", 0) or 0,
        tokens_out=getattr(usage, "completion_tokens", 0) or 0,
    )


def _completion(answer: Any, model: str) -> Completion:
    # Servers that only resemble the API leave fields out; what is missing counts as empty, not as a crash.
    choices = getattr(answer, "choices", None)
    if not choices or choices[0].message is None:
        raise _unreadable()
    message, usage = choices[0].message, getattr(answer, "usage", None)
    return Completion(
        text=message.content or "",
        tool_calls=tuple(_tool_call(call) for call in message.tool_calls or () if call.type == "function"),
        finish_reason=choices[0].finish_reason or "",
        model=getattr(answer, "model", "") or model,
        tokens_in=getattr(usage, "prompt_tokens", 0) or 0,
        tokens_out=getattr(usage, "completion_tokens", 0) or 0,
    )


def _tool_call(call: Any) -> ToolCall:
    return _tool_called(call.id, call.function.name, call.function.arguments or "")


def _tool_called(call_id: str, name: str, raw: str) -> ToolCall:
    raw = strict_json.clean(raw) or "{}"
    try:
        arguments = strict_json.loads(raw)
    except ValueError:
        arguments = None
    return ToolCall(call_id, strict_json.clean(name), arguments if isinstance(arguments, dict) else None, raw)


async def embed(model: str, texts: Sequence[str], dimensions: int) -> list[list[float]]:
    """Return one vector per text (`dimensions` floats, unit length), in order. Raises `VendorError`."""
    vectors: list[list[float]] = []
    for start in range(0, len(texts), EMBED_BATCH):
        # An empty input is an error there; a space is not.
        batch = [text.strip() or " " for text in texts[start : start + EMBED_BATCH]]
        with _errors_explained():
            async with asyncio.timeout(EMBED_TIMEOUT_S):
                answer = await _ours().embeddings.create(model=model, input=batch, dimensions=dimensions)
        found = getattr(answer, "data", None) or []
        if len(found) != len(batch):
            raise _unreadable()
        vectors.extend(item.embedding for item in sorted(found, key=lambda item: item.index))
    return vectors


@contextmanager
def _errors_explained() -> Iterator[None]:
    """Turn the SDK's errors inside the block into `VendorError`; anything else is a bug and passes through."""
    import httpx2  # the SDK's own HTTP library
    import openai

    try:
        yield
    except openai.APIStatusError as error:
        status = error.status_code
        # An exhausted quota also answers 429, and no waiting mends that.
        passing = (status in (408, 409, 429) or status >= 500) and error.code != "insufficient_quota"
        raise VendorError(
            f"The model service refused the request (status {status}).",
            vendor=VENDOR,
            code=f"model_status_{status}",
            is_retryable=passing,
            may_have_happened=status >= 500,
            details={"status": status},
        ) from error
    except (TimeoutError, openai.APITimeoutError) as error:
        raise VendorError(
            "The model did not answer in time.",
            vendor=VENDOR,
            code="model_timeout",
            is_retryable=True,
            may_have_happened=True,
        ) from error
    except openai.APIConnectionError as error:
        raise VendorError(
            "The model service cannot be reached.",
            vendor=VENDOR,
            code="model_unreachable",
            is_retryable=True,
            may_have_happened=not isinstance(error.__cause__, httpx2.ConnectError),
        ) from error
    except (openai.APIError, ValueError) as error:
        raise _unreadable() from error


def _unreadable() -> VendorError:
    return VendorError(
        "The model service answered in a form we cannot read.",
        vendor=VENDOR,
        code="model_unreadable",
        is_retryable=True,
        may_have_happened=True,
    )
