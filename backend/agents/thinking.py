"""Let other work of the product think with the models that agents think with: the same retries, fallback and limits."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from backend.agents.budget import Budget, TooDear
from backend.agents.model_calls import CUT, ModelCalls, NoModelAnswered
from backend.agents.schemas import TurnRecord
from backend.core.config import settings
from backend.core.errors import Unavailable
from backend.vendors.openai_models import Completion, OnText

# Long answers of several tool rounds stay under it with any listed model; a loop that never ends does not.
COST_LIMIT_MICROS = 200_000
TOKEN_LIMIT = 200_000


class Thinking:
    """The model calls of one piece of work; what they took and cost stands in `record`."""

    def __init__(self, *, temperature: float, max_tokens: int, within_s: float, on_text: OnText | None = None) -> None:
        self.record = TurnRecord()
        deadline = asyncio.get_running_loop().time() + within_s
        purse = Budget(COST_LIMIT_MICROS, TOKEN_LIMIT, self.record)
        self._calls = ModelCalls(settings().chat_model, temperature, max_tokens, deadline, purse, on_text)
        self._round = 0

    async def ask(
        self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = ()
    ) -> tuple[Completion, bool]:
        """Return the next message, and whether it was cut off at its length limit.

        Raises `Unavailable` when no model answers (`no_model`) or the work costs more than it may (`too_dear`).
        """
        self._round += 1
        try:
            answer = await self._calls.ask(messages, tools, self._round)
        except NoModelAnswered:
            raise Unavailable("The language model did not answer. Try again in a minute.", code="no_model") from None
        except TooDear:
            raise Unavailable("This became too long. Ask for less at once.", code="too_dear") from None
        return answer, answer.finish_reason == CUT
