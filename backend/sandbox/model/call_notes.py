"""Write the notes of a telephone call: what its caller said first and how they sounded, and nothing beyond that."""

import re
from typing import Any

from backend.sandbox.model.prompt import Prompt
from backend.sandbox.model.sentences import shorten, split_sentences
from backend.sandbox.model.words import tokens

KEEP = "keep_call_notes"
_LINE = re.compile(r"^(caller|agent|person): (.*)$", re.MULTILINE)
_PROMISE = re.compile(r"\b(?:we|i)(?:'ll|’ll| will) ((?:call|text|send|email|check|get back)\b[^.!?]*)", re.IGNORECASE)
_BOOKED = re.compile(r"\b(?:booked|reserved|rescheduled|you(?:'re|’re| are) all set for)\b", re.IGNORECASE)
_WRONG = re.compile(r"\bwrong number\b", re.IGNORECASE)
_PLEASED = re.compile(r"\b(?:thanks|thank you|great|perfect|lovely|wonderful)\b", re.IGNORECASE)
_CROSS = re.compile(r"\b(?:angry|terrible|awful|unacceptable|ridiculous|complain\w*|upset|annoyed)\b", re.IGNORECASE)


def kept(prompt: Prompt) -> dict[str, Any] | None:
    """Return the notes of a call, or None when nobody asks for them."""
    if not any(tool.get("name") == KEEP for tool in prompt.tools) or "<call>" not in prompt.question:
        return None
    said = _LINE.findall(prompt.question)
    theirs = [text for who, text in said if who == "caller"]
    ours = [text for who, text in said if who != "caller"]
    sentences = [one for text in theirs for one in split_sentences(text) if len(tokens(one)) >= 3]
    promises = [match.group(1).strip() for text in ours for match in _PROMISE.finditer(text)]
    return {
        "summary": shorten("The caller said: " + " ".join(sentences[:2]), 220) if sentences else "",
        "outcome": _outcome(theirs, ours, promises),
        "sentiment": _mood(theirs),
        "action_items": [one[:1].upper() + one[1:] for one in promises[:3]],
    }


def _outcome(theirs: list[str], ours: list[str], promises: list[str]) -> str:
    if any(_WRONG.search(text) for text in theirs):
        return "wrong_number"
    if any(_BOOKED.search(text) for text in ours):
        return "booked"
    return "follow_up" if promises else "resolved"


def _mood(theirs: list[str]) -> str:
    said = " ".join(theirs)
    if _CROSS.search(said):
        return "negative"
    return "positive" if _PLEASED.search(said) else "neutral"
