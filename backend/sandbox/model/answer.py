"""The stand-in model: reads a chat request and decides what to say or which tool to call.

It makes nothing up: an answer is small talk, sentences it was given, a tool's own words, or that it does not know.
"""

import re
from dataclasses import dataclass
from typing import Any

from backend.sandbox.model import (
    call_notes,
    editing,
    errands,
    phrases,
    remembering,
    results,
    smalltalk,
    structured,
    testing,
    tools,
    translating,
    whispers,
)
from backend.sandbox.model.persona import Persona, read_persona
from backend.sandbox.model.prompt import Prompt, last_tool_results, read
from backend.sandbox.model.retrieval import Answer, Index
from backend.sandbox.model.words import asks, language_of

_WHY = re.compile(r"^- Why you call: (.+)$", re.MULTILINE)
_STATEMENT_WORDS = 4  # "opening hours" is a question without its mark; "I am running late" is not


@dataclass(frozen=True)
class Reply:
    """Words to say, or one tool to call."""

    text: str = ""
    call: tools.Call | None = None


def reply(body: dict[str, Any]) -> Reply:
    """Answer a validated chat-completions body."""
    if tidied := editing.edited(body.get("messages") or []):
        return Reply(tidied)
    if marked := translating.translated(body.get("messages") or []):
        return Reply(marked)
    if said := testing.taken_part(body.get("messages") or []):
        return Reply(said)
    prompt = read(body)
    if (memory := remembering.kept(prompt)) is not None:
        return Reply(call=tools.Call(remembering.KEEP, memory))
    if (notes := call_notes.kept(prompt)) is not None:
        return Reply(call=tools.Call(call_notes.KEEP, notes))
    if (lines := translating.kept(prompt)) is not None:
        return Reply(call=tools.Call(translating.KEEP, lines))
    persona = read_persona(prompt.system)
    language = language_of(prompt.user_texts[-3:])
    if prompt.response_format.get("type") in ("json_object", "json_schema"):
        return Reply(structured.answer(prompt, _words(prompt, persona, language)))
    finished = last_tool_results(prompt.said)
    if finished and all(tools.saves(name) for name, _ in finished):
        return Reply(_after_saving(prompt, persona, language, finished))
    if finished:
        return Reply(results.tell(prompt, finished, language))
    forced = tools.forced_call(prompt)
    if forced:
        return Reply(call=forced)
    if structured.is_summary_request(prompt):
        return Reply(structured.summary_of(prompt.question))
    if errands.is_for_errands(prompt):
        return _errand(prompt, persona, language)
    turn = _turn(prompt, persona, language)
    return Reply(whispers.followed(prompt.system, turn.text), turn.call)


def _errand(prompt: Prompt, persona: Persona, language: str) -> Reply:
    """Answer a member of the team: do what they ask with a tool, or ask for what is missing."""
    chosen = errands.choose(prompt)
    if isinstance(chosen, tools.Call):
        return Reply(call=chosen)
    if isinstance(chosen, tools.Missing):
        return Reply(phrases.say(language, "missing", field=tools.label_of(chosen.field)))
    small = smalltalk.reply_to(prompt.question, persona, language)
    return Reply(small or phrases.say(language, "no_tool"))


def _after_saving(prompt: Prompt, persona: Persona, language: str, finished: list[tuple[str, str]]) -> str:
    """Answer what else the message said; what a note-taking tool replies is meant for the model, not for people."""
    found = _knowledge_answer(prompt, persona)
    if found is None and not asks(prompt.question) and not any(results.failure(content) for _, content in finished):
        return phrases.say(language, "saved")
    return _words(prompt, persona, language, found)


def _turn(prompt: Prompt, persona: Persona, language: str) -> Reply:
    question = prompt.question
    if prompt.tool_choice != "none" and (wanted := remembering.chosen(prompt)) is not None:
        return Reply(call=tools.Call(*wanted))
    offered = phrases.is_phrase(prompt.last_answer, "unknown", "partly", "noted", "nothing_found")
    wants_person = tools.asks_for_person(question) or tools.asks_for_somebody(prompt, question)
    wants_person = wants_person or (offered and smalltalk.is_yes(question))
    if wants_person or (tools.is_upset(question) and any(tools.is_handover(tool) for tool in prompt.tools)):
        call = tools.handover_call(prompt, question) if prompt.tool_choice != "none" else None
        return (
            Reply(call=call) if call else Reply(phrases.say(language, "left_for_team" if offered else "offer_person"))
        )
    if offered and smalltalk.is_no(question):
        return Reply(phrases.say(language, "all_right"))
    found = _knowledge_answer(prompt, persona)
    chosen = tools.choose(prompt, is_answered=found is not None)
    if isinstance(chosen, tools.Call):
        return Reply(call=chosen)
    if isinstance(chosen, tools.Missing):
        return Reply(phrases.say(language, "missing", field=tools.label_of(chosen.field)))
    return Reply(_words(prompt, persona, language, found))


def _knowledge_answer(prompt: Prompt, persona: Persona) -> Answer | None:
    if not prompt.question:
        return None
    earlier = prompt.user_texts[-2] if len(prompt.user_texts) > 1 else ""
    return Index(prompt.passages, persona).answer(prompt.question, earlier)


def _words(prompt: Prompt, persona: Persona, language: str, found: Answer | None = None) -> str:
    """Return what to say when no tool is called."""
    question = prompt.question
    goes_on = not question or prompt.said[-1].role == "assistant"
    if goes_on and (why := _WHY.search(prompt.system)):
        return phrases.say(language, "why", why=why[1].rstrip(".") + ".")
    if not question:
        return smalltalk.reply_to("hello", persona, language) or ""
    small = smalltalk.reply_to(question, persona, language)
    if small:
        return small
    found = found or _knowledge_answer(prompt, persona)
    if found is None:
        return phrases.say(
            language, "unknown" if asks(question) or len(question.split()) < _STATEMENT_WORDS else "noted"
        )
    return found.text if found.is_whole else f"{found.text} {phrases.say(language, 'partly')}"
