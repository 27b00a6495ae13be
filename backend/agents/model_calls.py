"""Get one answer from the language models in time: retry, then the fallback model, then say that none answered."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from typing import Any

from backend.agents import models
from backend.agents.schemas import TurnRecord
from backend.core.config import settings
from backend.core.errors import VendorError
from backend.core.logging import log
from backend.vendors import openai_models
from backend.vendors.openai_models import Completion

CALL_LIMIT_S = 8.0
RETRIES = 2
MODELS = 2
# Kept back from the first model, so that one that hangs leaves the fallback its chance.
FALLBACK_SHARE_S = 8.0
# A call that is given less than this only wastes money.
LEAST_S = 1.0
PAUSES_S = (0.4, 1.0)


class NoModelAnswered(Exception):
    """Every model failed or the time is up; the attempts are in the turn's record."""


class ModelCalls:
    """The model calls of one turn: they share its deadline, and a model that failed is not asked again."""

    def __init__(self, model: str, temperature: float, max_tokens: int, deadline: float, record: TurnRecord) -> None:
        ours = settings()
        # An agent that uses the fallback model itself falls back to the usual one.
        named = dict.fromkeys(name for name in (model, ours.fallback_chat_model, ours.chat_model) if name)
        self._models = list(named)[:MODELS]
        self._temperature = temperature
        self._max_tokens = max_tokens
        self._deadline = deadline
        self._record = record

    def left_s(self) -> float:
        """Return how many seconds the turn has left."""
        return self._deadline - asyncio.get_running_loop().time()

    async def ask(
        self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]], round_number: int
    ) -> Completion:
        """Return the next message. Raises `NoModelAnswered`."""
        while self._models:
            kept_back = FALLBACK_SHARE_S if len(self._models) > 1 else 0.0
            for attempt in range(RETRIES + 1):
                limit = min(CALL_LIMIT_S, self.left_s() - kept_back)
                if limit < LEAST_S:
                    break
                answer, error = await self._try(self._models[0], messages, tools, round_number, limit)
                if answer is not None:
                    return answer
                if error is None or not error.is_retryable:
                    break
                if attempt < RETRIES:
                    await asyncio.sleep(PAUSES_S[attempt] * (1 + random.random() / 4))
            self._models.pop(0)
        raise NoModelAnswered

    async def _try(
        self,
        model: str,
        messages: Sequence[Mapping[str, Any]],
        tools: Sequence[Mapping[str, Any]],
        round_number: int,
        limit_s: float,
    ) -> tuple[Completion | None, VendorError | None]:
        loop = asyncio.get_running_loop()
        started = loop.time()
        failure: VendorError | None = None
        answer: Completion | None = None
        try:
            answer = await openai_models.complete(
                model,
                messages,
                tools=tools,
                temperature=self._temperature,
                max_tokens=self._max_tokens,
                timeout_s=limit_s,
            )
        except VendorError as error:
            log.warning("agents.model_failed", model=model, code=error.code, round=round_number)
            failure = error
        ms = round((loop.time() - started) * 1000)
        record = self._record
        record.model_ms += ms
        record.attempts.append(
            {"model": model, "round": round_number, "ms": ms, "error": failure.message if failure else ""}
        )
        if answer is not None:
            record.model = answer.model
            record.tokens_in += answer.tokens_in
            record.tokens_out += answer.tokens_out
            record.cost_micros += models.cost_micros(model, answer.tokens_in, answer.tokens_out)
        return answer, failure
