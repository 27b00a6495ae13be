"""Tell what a few words are: a sign that somebody listens, a yes or a no, or the phrase that ends the call."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

# Signs of listening in the languages agents speak. “Yes” and “no” answer questions and are not among them.
LISTENING = frozenset(
    {
        "mm", "mhm", "mm hm", "mm hmm", "mmhm", "hm", "hmm", "uh huh", "uhuh", "uh", "um", "ah", "aha", "oh",
        "i see", "right", "okay", "ok", "sure", "got it", "go on", "gotcha", "yeah yeah",
        "d accord", "je vois", "hein", "ah bon", "entiendo", "vale", "ya veo", "claro", "ajá",
        "genau", "verstehe", "ach so",
    }
)  # fmt: skip
# What agrees to something and what refuses it, by language. Words that only go along (“okay”, “sure”) agree to nothing.
_YES: Mapping[str, frozenset[str]] = {
    "en": frozenset({"yes", "yeah", "yep", "i agree", "i do agree", "agreed", "you may", "i consent"}),
    "fr": frozenset({"oui", "d accord", "j accepte"}),
    "es": frozenset({"sí", "si", "de acuerdo", "acepto"}),
    "de": frozenset({"ja", "einverstanden", "sie dürfen"}),
}
_NO: Mapping[str, frozenset[str]] = {
    "en": frozenset({"no", "not", "nope", "never", "don t", "can t", "won t", "isn t", "rather not", "stop", "wait"}),
    "fr": frozenset({"non", "pas", "jamais", "attendez"}),
    "es": frozenset({"no", "nunca", "jamás", "espere"}),
    "de": frozenset({"nein", "nicht", "nie", "kein", "keine", "keinesfalls", "moment"}),
}
# Longer than this nobody only signals that they listen.
MOST_WORDS = 3


def plain(text: str) -> str:
    """Return words alone, in lower case, one space between them."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"[^\W_]+", text))


def is_listening_sign(text: str) -> bool:
    """Tell whether words said over the agent's only show that somebody listens."""
    said = plain(text)
    words = said.split()
    return said in LISTENING or (len(words) <= MOST_WORDS and all(word in LISTENING for word in words))


def agrees(text: str, language: str) -> bool | None:
    """Tell whether words agree to what was asked, or refuse it; None where they say neither clearly.

    Any word that may refuse does. English counts in every language, and every language where callers choose theirs.
    """
    spoken = _YES if language == "multi" else {"en", language[:2].lower()} & _YES.keys()
    if any(_holds(text, _NO[one]) for one in spoken):
        return False
    return True if any(_holds(text, _YES[one]) for one in spoken) else None


def ends_call(text: str, phrases: Iterable[str]) -> bool:
    """Tell whether a text holds one of the phrases that end a call, as whole words."""
    return _holds(text, phrases)


def _holds(text: str, phrases: Iterable[str]) -> bool:
    said = f" {plain(text)} "
    return any(f" {phrase} " in said for phrase in map(plain, phrases) if phrase)
