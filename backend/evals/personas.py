"""Play the customer of a test: a model writes what the persona would write next, until it has what it wanted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.agents import service as agents
from backend.vocab import Ending

WITHIN_S = 20.0
MOST_TOKENS = 160
LONGEST = 600
_DONE, _LEFT = "[DONE]", "[GAVE UP]"
_MARKS = re.compile(r"\[(?:DONE|GAVE UP)\]", re.IGNORECASE)

_TASK = """You play a customer who writes to a business. Write the customer's next message and nothing else: one or two
short sentences, in plain text, as people write messages. Never say that you play, and never answer for the business.

## Who you are

{persona}

## What you want

{goal}

## When it is over

When you have what you want, write only {done}. When it is clear that you will not get it, write only {left}."""


@dataclass(frozen=True)
class Said:
    """What the customer writes next, or how the conversation ends for them; and what the model cost."""

    text: str
    ending: str
    cost_micros: int


async def next_line(persona: str, goal: str, lines: Sequence[tuple[bool, str]]) -> Said:
    """Return the customer's next line; `lines` are (is the customer's, text). Raises `Unavailable`."""
    task = _TASK.format(
        persona=persona or "An ordinary customer.",
        goal=goal or "See what the business can do for you.",
        done=_DONE,
        left=_LEFT,
    )
    # To the model that plays, the customer is the assistant and the business is the user.
    messages: list[dict[str, Any]] = [{"role": "system", "content": task}]
    if not lines or lines[0][0]:
        messages.append({"role": "user", "content": "(Nothing was said yet. Write first.)"})
    messages += [{"role": "assistant" if is_theirs else "user", "content": text} for is_theirs, text in lines]
    thinking = agents.Thinking(temperature=0.7, max_tokens=MOST_TOKENS, within_s=WITHIN_S)
    answer, _ = await thinking.ask(messages)
    text = _MARKS.sub("", answer.text).strip().strip('"')[:LONGEST]
    ending = Ending.GAVE_UP if _LEFT in answer.text.upper() else ""
    if _DONE in answer.text.upper() or not text:
        ending = ending or Ending.REACHED
    # A last word with the mark behind it needs no answer.
    return Said("" if ending else text, ending, thinking.record.cost_micros)
