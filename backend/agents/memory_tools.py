"""Let customers ask what is remembered of them, put it right, and have it forgotten.

What a tool may do is decided here: it changes only what the customer themselves asked to change in this conversation,
in their own words. A page, a tool's answer or a model that has been talked into something changes nothing.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import tools
from backend.agents.schemas import Effect
from backend.agents.tools import Tool, ToolAnswer, ToolContext
from backend.memory import proof
from backend.memory import service as memory
from backend.memory.schemas import Asker, Recalled, Remembered
from backend.models.conversations import ConversationItem

RECALL, CORRECT, FORGET = "recall_memory", "correct_memory", "forget_memory"
CORRECTED, STRUCK, FORGOTTEN = "memory_corrected", "memory_struck", "memory_forgotten"
UNREAD = "memory_struck_unread"
EFFECTS = frozenset({CORRECTED, STRUCK, FORGOTTEN, UNREAD})
EVERYTHING = "everything"
MOST_TOLD = 12
# A fact is meant when half of its telling words, or of those that name it, are the other's.
_MEANT = 0.5
_ASKS_TO_FORGET = re.compile(
    r"\b(?:forget|delete|erase|remove|wipe|clear|stop (?:remembering|storing|keeping)"
    r"|(?:don't|do not) (?:remember|keep|store|save)|not (?:true|right|correct) (?:any ?more|any longer)"
    r"|oublie\w*|efface\w*|supprime\w*|olvid\w*|borr\w*|elimin\w*|vergiss|vergesse\w*|lösch\w*)\b",
    re.IGNORECASE,
)
_ASKING = proof.stems(
    "forget delete deleted erase remove wipe clear stop remembering remember storing store keeping keep save saved know"
    " don't yes please thanks thing things information data memory true right correct oublie efface supprime olvida"
    " borra elimina vergiss lösche bitte"
)
_ALL = re.compile(
    r"\b(?:everything|anything|all (?:of (?:it|that|this|my)|you (?:know|remember|have)|my|about me|data)|my data|tout"
    r"|todo|alles)\b",
    re.IGNORECASE,
)


def _recall(arguments: Mapping[str, Any], context: ToolContext) -> ToolAnswer:
    facts = _facts(context)
    if not facts:
        return ToolAnswer("ok", "Nothing is remembered about this customer yet.")
    told = "; ".join(one.text for one in facts[:MOST_TOLD])
    more = f" And {len(facts) - MOST_TOLD} more." if len(facts) > MOST_TOLD else ""
    return ToolAnswer("ok", f"Remembered about you: {told}.{more}")


def _correct(arguments: Mapping[str, Any], context: ToolContext) -> ToolAnswer:
    meant = _meant(arguments["fact"], _facts(context))
    if len(meant) != 1:
        return _unclear(meant)
    correction = proof.line(arguments["correction"]).rstrip(".")
    # Only the customer's newest message counts: an older one was what is to be put right.
    quote = proof.stands_in(context.customer_texts[-1:], arguments["quote"])
    if fault := proof.fault(correction, quote):
        return ToolAnswer("refused", f"{fault} Ask the customer how it is right.")
    value = json.dumps([meant[0].id, correction, quote])
    return ToolAnswer("ok", f"Corrected: {correction}.", Effect(CORRECTED, value))


def _forget(arguments: Mapping[str, Any], context: ToolContext) -> ToolAnswer:
    asked = context.customer_texts[-1] if context.customer_texts else ""
    before = context.customer_texts[-2] if len(context.customer_texts) > 1 else ""
    # “Yes” to “Shall I forget all of it?” rests on the message before.
    wish = asked if _ASKS_TO_FORGET.search(asked) else before if len(asked.split()) <= 3 else ""
    if not _ASKS_TO_FORGET.search(wish):
        return ToolAnswer("refused", "The customer has not asked to have anything forgotten.")
    facts = _facts(context)
    if arguments["fact"].strip().casefold() == EVERYTHING:
        if not _ALL.search(wish):
            return ToolAnswer("refused", "The customer has not asked to have everything forgotten. Ask what they mean.")
        return ToolAnswer("ok", "Everything remembered about you is forgotten.", Effect(FORGOTTEN, ""))
    meant = _meant(arguments["fact"], facts)
    if not meant:
        return _forget_unread(arguments["fact"], wish)
    # “Forget that” names nothing, so what was spoken of is meant; “forget my address” names something else.
    if (proof.stems(wish) - _ASKING) and not any(_names(wish, one) for one in meant):
        return ToolAnswer("refused", "The customer asked to have something else forgotten. Ask what they mean.")
    said = "; ".join(one.text for one in meant)
    return ToolAnswer("ok", f"Forgotten for good: {said}.", Effect(STRUCK, json.dumps([one.id for one in meant])))


def _forget_unread(fact: str, wish: str) -> ToolAnswer:
    """Strike what the customer names although nothing like it is remembered: it may be said and not read yet."""
    words = proof.line(fact).rstrip(".")
    named = proof.stems(wish) - _ASKING
    if not named or len(proof.stems(words) & named) / len(named) < _MEANT:
        return ToolAnswer("ok", "Nothing like that is remembered.")
    return ToolAnswer("ok", f"Not remembered, and it will not be: {words}.", Effect(UNREAD, words))


def _facts(context: ToolContext) -> tuple[Remembered, ...]:
    return context.remembered.facts if context.remembered is not None else ()


def _meant(words: str, facts: Sequence[Remembered]) -> list[Remembered]:
    """Return the facts that words mean: the one they spell, else those that share most of their telling words."""
    exact = [one for one in facts if proof.plain(one.text) == proof.plain(words).rstrip(".")]
    return exact or [one for one in facts if _names(words, one)]


def _names(words: str, fact: Remembered) -> bool:
    named, told = proof.stems(words) - {proof.NEGATED}, proof.stems(fact.text) - {proof.NEGATED}
    return bool(named and told) and len(named & told) / min(len(named), len(told)) >= _MEANT


def _unclear(meant: Sequence[Remembered]) -> ToolAnswer:
    if not meant:
        return ToolAnswer("refused", "Nothing like that is remembered.")
    return ToolAnswer("refused", f"Ask which one is meant: {'; '.join(one.text for one in meant)}.")


_FACT = {"type": "string", "description": "The remembered fact, in the words it is remembered by"}
TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            RECALL,
            "Look up what is remembered about the customer, when they ask what you know or remember about them.",
            {},
            (),
            _recall,
            "Tell what is remembered",
        ),
        Tool(
            CORRECT,
            "Put something remembered about the customer right, when they say that it is different now.",
            {
                "fact": _FACT,
                "correction": {"type": "string", "description": "How it is right, as a short statement"},
                "quote": {"type": "string", "description": "The customer's own words that say so, copied exactly"},
            },
            ("fact", "correction", "quote"),
            _correct,
            "Correct what is remembered",
        ),
        Tool(
            FORGET,
            "Forget something about the customer for good, when they ask to have it forgotten or deleted.",
            {"fact": {**_FACT, "description": f"{_FACT['description']}, or “{EVERYTHING}”"}},
            ("fact",),
            _forget,
            "Forget what is remembered",
        ),
    )
}


def schemas(remembered: Recalled | None) -> list[dict[str, Any]]:
    """Return the tools as a model is offered them; none where nobody is remembered."""
    return [tool.offer().schema() for tool in TOOLS.values()] if remembered is not None else []


def call(name: str, arguments: Mapping[str, Any] | None, context: ToolContext) -> ToolAnswer:
    """Check a call of one of these tools and return what comes of it; never raises.

    Everybody may ask what is remembered of them and have it put right, so no policy of an agent stands before it.
    """
    if arguments is None:
        return ToolAnswer("failed", "The arguments are not a JSON object.")
    tool = TOOLS[name]
    fault = tools.fault(tool.offer(), arguments)
    return ToolAnswer("failed", fault) if fault else tool.run(arguments, context)


async def apply(session: AsyncSession, effect: Effect, asker: Asker, item: ConversationItem | None) -> None:
    """Do what a customer asked for; `item` is their message, which proves a correction."""
    if effect.kind == FORGOTTEN:
        await memory.forget_as_told(session, asker, item)
    elif effect.kind == STRUCK:
        await memory.strike_as_told(session, asker, [UUID(one) for one in json.loads(effect.value)])
    elif effect.kind == UNREAD:
        await memory.strike_unread(session, asker, effect.value)
    elif effect.kind == CORRECTED:
        fact_id, content, quote = json.loads(effect.value)
        await memory.correct_as_told(session, asker, UUID(fact_id), content, quote, item)
