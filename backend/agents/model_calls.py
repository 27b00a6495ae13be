"""Get one answer from the language models in time and in budget: retry, then the fallback model, then give up."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.agents import budget
from backend.agents.budget import Budget, TooDear
from backend.agents.schemas import Attempt
from backend.core.config import settings
from backend.core.errors import VendorError
from backend.core.logging import log
from backend.vendors import openai_models
from backend.vendors.openai_models import Completion, OnText

CALL_LIMIT_S = 8.0
RETRIES = 2
MODELS = 2
# Kept back from the first model, so that one that hangs leaves the fallback its chance.
FALLBACK_SHARE_S = 8.0
# A call that is given less than this only wastes money.
LEAST_S = 1.0
PAUSES_S = (0.4, 1.0)
# Finish reason of a text that ran into `max_tokens` (OpenAI's chat API).
CUT = "length"


class NoModelAnswered(Exception):
    """Every model failed or the time is up; the attempts are in the turn's record."""


class ModelCalls:
    """The model calls of one turn: they share its deadline, and a model that failed is not asked again."""

    def __init__(
        self,
        model: str,
        temperature: float,
        max_tokens: int,
        deadline: float,
        purse: Budget,
        on_text: OnText | None = None,
    ) -> None:
        ours = settings()
        # An agent that uses the fallback model itself falls back to the usual one.
        named = dict.fromkeys(name for name in (model, ours.fallback_chat_model, ours.chat_model) if name)
        self._models = list(named)[:MODELS]
        self._temperature = temperature
        self._max_tokens = max_tokens
        self._deadline = deadline
        self._purse = purse
        self._on_text = on_text

    def left_s(self) -> float:
        """Return how many seconds the turn has left."""
        return self._deadline - asyncio.get_running_loop().time()

    @property
    def is_overdrawn(self) -> bool:
        """Whether the turn has cost more than it may, so that nothing of it is sent."""
        return self._purse.is_overdrawn

    async def ask(
        self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]], round_number: int
    ) -> Completion:
        """Return the next message. Raises `NoModelAnswered`, or `TooDear` before or after a call that was too dear."""
        prompt_tokens = budget.tokens_of(messages, tools)
        is_dear = False
        while self._models:
            kept_back = FALLBACK_SHARE_S if len(self._models) > 1 else 0.0
            for attempt in range(RETRIES + 1):
                limit = min(CALL_LIMIT_S, self.left_s() - kept_back)
                if limit < LEAST_S:
                    break
                room = self._purse.room(self._models[0], prompt_tokens, self._max_tokens)
                if not room:
                    is_dear = True
                    break
                call = _Call(self._models[0], round_number, prompt_tokens, room, limit)
                answer, error = await self._try(call, messages, tools)
                if answer is not None and self._purse.is_overdrawn:
                    raise TooDear
                if answer is not None:
                    return answer
                if error is None or not error.is_retryable:
                    break
                if attempt < RETRIES:
                    await asyncio.sleep(PAUSES_S[attempt] * (1 + random.random() / 4))
            self._models.pop(0)
        raise TooDear if is_dear else NoModelAnswered

    async def _try(
        self, call: "_Call", messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]]
    ) -> tuple[Completion | None, VendorError | None]:
        loop = asyncio.get_running_loop()
        started = loop.time()
        failure: VendorError | None = None
        answer: Completion | None = None
        try:
            answer = await openai_models.complete(
                call.model,
                messages,
                tools=tools,
                temperature=self._temperature,
                max_tokens=call.max_tokens,
                timeout_s=call.limit_s,
                on_text=self._on_text,
            )
        except VendorError as error:
            log.warning("agents.model_failed", model=call.model, code=error.code, round=call.round)
            failure = error
        ms = round((loop.time() - started) * 1000)
        record = self._purse.record
        record.model_ms += ms
        tokens_in, tokens_out, is_estimated = _spent(call, answer, failure)
        cost = self._purse.charge(call.model, tokens_in, tokens_out)
        if failure is not None and failure.may_have_happened:
            self._purse.hold(call.model, call.max_tokens)
        record.attempts.append(
            Attempt(
                model=call.model,
                round=call.round,
                ms=ms,
                error=_words(call, answer, failure),
                max_tokens=call.max_tokens,
                tokens_in=tokens_in,
                tokens_out=tokens_out,
                cost_micros=cost,
                is_estimated=is_estimated,
            )
        )
        if answer is not None:
            record.model = answer.model
        return answer, failure


@dataclass(frozen=True)
class _Call:
    """One request: what it may take and write."""

    model: str
    round: int
    prompt_tokens: int
    max_tokens: int
    limit_s: float


def _spent(call: _Call, answer: Completion | None, failure: VendorError | None) -> tuple[int, int, bool]:
    """Return (tokens read, tokens written, whether we guess) of one request."""
    if answer is None:
        # What was refused at the door is free; what broke behind it may be charged, and nobody says how much.
        is_charged = failure is not None and failure.may_have_happened
        return (call.prompt_tokens, 0, True) if is_charged else (0, 0, False)
    if answer.tokens_in or answer.tokens_out:
        return answer.tokens_in, answer.tokens_out, False
    written = answer.text + "".join(one.name + one.raw_arguments for one in answer.tool_calls)
    return call.prompt_tokens, min(budget.text_tokens(written), call.max_tokens), True


def _words(call: _Call, answer: Completion | None, failure: VendorError | None) -> str:
    if failure is not None:
        return failure.message
    if answer is not None and answer.finish_reason == CUT:
        return f"The answer was cut off at {call.max_tokens} tokens."
    return ""
