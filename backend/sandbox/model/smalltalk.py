"""What needs no knowledge: greetings, thanks, goodbyes, and questions about the assistant itself."""

import re

from backend.sandbox.model import phrases
from backend.sandbox.model.persona import Persona
from backend.sandbox.model.words import fold, tokens, word_set

_GREETINGS = word_set(
    """
    hi hello hey heya hiya yo good morning afternoon evening day there greetings howdy how are you doing
    today bonjour bonsoir salut coucou hola buenos buenas dias tardes noches hallo guten tag moin servus
    """
)
_GREETING_HEADS = word_set(
    """
    hi hello hey heya hiya yo good greetings howdy bonjour bonsoir salut coucou hola buenos buenas hallo
    guten moin servus
    """
)
_THANKS = re.compile(r"\b(?:thank you|thanks|thank u|thx|ty|cheers|merci|gracias|danke|much appreciated)\b")
_FILLER = word_set(
    """
    thank thanks you u thx ty cheers merci gracias danke so very much a lot great perfect ok okay cool
    awesome got it that is all no nope nothing else for your the help appreciated many schon vielen beaucoup
    muchas und et y have nice good day one bye goodbye see later then
    """
)
_BYE = re.compile(
    r"\b(?:bye|goodbye|good bye|see you|talk later|au revoir|adios|hasta luego|tschuss|auf wiedersehen)\b"
)
_BOT = re.compile(
    r"\b(?:are you|is this|am i (?:talking|speaking|texting|chatting) (?:to|with)|r u)\b[^?]{0,20}"
    r"\b(?:bot|robot|chatbot|human|real|person|ai|machine|computer|automated)\b"
    r"|\betes[- ]vous (?:un |une )?(?:robot|humain|vraie personne)|\b(?:es|eres) (?:usted )?(?:un )?(?:robot"
    r"|bot|humano|una persona)"
    r"|\b(?:sind sie|bist du) (?:ein )?(?:roboter|bot|mensch)"
)
_WHO = re.compile(
    r"\b(?:what can|how can|what do) you (?:do|help)\b|\b(?:who|what) (?:are|r) (?:you|u)\b|\bwho is this\b"
    r"|\bwhat(?:'s| is) your name\b|\bwho am i (?:talking"
    r"|speaking|texting)"
    r"|\b(?:chatgpt|gpt|language model|llm|openai|claude|gemini)\b|\bqui etes[- ]vous\b|\bquien (?:eres"
    r"|es usted)\b|\bwer (?:sind sie|bist du)\b"
)
_YES = word_set(
    """
    yes yeah yep yup sure ok okay please do oui si ja gerne bitte claro absolutely definitely that would be
    great
    """
)
_NO = word_set(
    """
    no nope nah non nein not now thanks thank you that's fine okay ok its it's
    """
)


def reply_to(text: str, persona: Persona, language: str) -> str | None:
    """Return the answer to small talk, or None when the text is about something."""
    folded, words = fold(text), tokens(text)
    if not words:
        return None
    known = {"name": persona.name, "business": persona.business}
    suffix = "_both" if all(known.values()) else "_name" if persona.name else "_business" if persona.business else ""
    if words == ["help"] or (len(words) <= 7 and words[0] in _GREETING_HEADS and _only(words, _GREETINGS, persona)):
        return phrases.say(language, "greeting" + suffix, **known)
    if len(words) <= 10 and _THANKS.search(folded) and set(words) <= _FILLER:
        return phrases.say(language, "goodbye" if _BYE.search(folded) else "welcome")
    if is_yes(text) or is_no(text) or words in (["cool"], ["great"], ["perfect"]):
        return phrases.say(language, "all_right")
    if len(words) <= 6 and _BYE.search(folded):
        return phrases.say(language, "goodbye")
    if asks_what_it_is(text):
        return phrases.say(language, "bot_business" if persona.business else "bot", **known)
    if len(words) <= 9 and _WHO.search(folded):
        return phrases.say(language, "identity" + suffix, **known)
    return None


def _only(words: list[str], allowed: frozenset[str], persona: Persona) -> bool:
    return all(word in allowed or word in tokens(persona.name) for word in words)


def asks_what_it_is(text: str) -> bool:
    """Say whether the writer asks if a machine answers."""
    return bool(_BOT.search(fold(text)))


def is_yes(text: str) -> bool:
    """Say whether a text agrees and nothing more."""
    words = tokens(text)
    return (0 < len(words) <= 6 and words[0] in _YES and words[0] not in ("do", "that", "please")) or words == [
        "please"
    ]


def is_no(text: str) -> bool:
    """Say whether a text declines and nothing more."""
    words = tokens(text)
    return 0 < len(words) <= 5 and words[0] in ("no", "nope", "nah", "non", "nein") and set(words) <= _NO


def is_goodbye(text: str) -> bool:
    """Say whether a text ends the conversation."""
    return len(tokens(text)) <= 6 and bool(_BYE.search(fold(text)))
