"""Bound what one turn may spend: each model call is made only as large as what is left pays for.

Before a call its worst case is reckoned, every token of the prompt and every token it may write. A call that failed
after the service may have begun on it is recorded as a read prompt, and what it may have written is held back as well,
because the service may charge both.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.agents import models
from backend.agents.schemas import TurnRecord

# Fewer tokens than this are no answer: one short sentence with its punctuation.
LEAST_TOKENS = 30
# The tokenizers of OpenAI's models take about four bytes of English for a token, and never less than one character of
# other scripts, which UTF-8 writes in two to four bytes. Three bytes a token errs on the dear side for both.
BYTES_PER_TOKEN = 3
# What the chat format adds to each message (OpenAI's cookbook: “How to count tokens”).
TOKENS_PER_MESSAGE = 4


class TooDear(Exception):
    """What the turn may spend is spent, or does not pay for another useful answer."""


@dataclass
class Budget:
    """What one turn may spend, beside the record of what it spent."""

    cost_micros: int
    tokens: int
    record: TurnRecord
    held_micros: int = 0
    held_tokens: int = 0

    @property
    def is_overdrawn(self) -> bool:
        """Whether the turn has cost more than it may."""
        record = self.record
        return record.cost_micros > self.cost_micros or record.tokens_in + record.tokens_out > self.tokens

    def room(self, model: str, prompt_tokens: int, wanted: int) -> int:
        """Return how many tokens `model` may write after such a prompt, at most `wanted`; 0 when too few are left."""
        spent = self.record.tokens_in + self.record.tokens_out + self.held_tokens
        room = min(wanted, self.tokens - spent - prompt_tokens)
        price = models.priced(model)
        if price is not None and price.micros_out:
            left_micros = self.cost_micros - self.record.cost_micros - self.held_micros
            room = min(room, (left_micros * 1_000_000 - prompt_tokens * price.micros_in) // price.micros_out)
        return room if room >= min(LEAST_TOKENS, wanted) else 0

    def charge(self, model: str, tokens_in: int, tokens_out: int) -> int:
        """Add a call to the record and return what it cost in micro-dollars."""
        cost = models.cost_micros(model, tokens_in, tokens_out)
        self.record.tokens_in += tokens_in
        self.record.tokens_out += tokens_out
        self.record.cost_micros += cost
        return cost

    def hold(self, model: str, tokens_out: int) -> None:
        """Keep back what a call that broke may have written."""
        self.held_tokens += tokens_out
        self.held_micros += models.cost_micros(model, 0, tokens_out)


def tokens_of(messages: Sequence[Mapping[str, Any]], tools: Sequence[Mapping[str, Any]] = ()) -> int:
    """Return about how many tokens a prompt takes, rather too many than too few."""
    size = sum(text_tokens(json.dumps(dict(message), ensure_ascii=False)) for message in messages)
    offered = text_tokens(json.dumps([dict(tool) for tool in tools], ensure_ascii=False)) if tools else 0
    return size + offered + TOKENS_PER_MESSAGE * len(messages)


def text_tokens(text: str) -> int:
    """Return about how many tokens a text takes, rather too many than too few."""
    return -(-len(text.encode()) // BYTES_PER_TOKEN)
