"""Tell what a few words are: a caller's sign that they listen, or the phrase of the agent's that ends the call."""

import re
import unicodedata
from collections.abc import Iterable

# Signs of listening in the languages agents speak. “Yes” and “no” answer questions and are not among them.
LISTENING = frozenset(
    {
        "mm", "mhm", "mm hm", "mm hmm", "mmhm", "hm", "hmm", "uh huh", "uhuh", "uh", "um", "ah", "aha", "oh",
        "i see", "right", "okay", "ok", "sure", "got it", "go on", "gotcha", "yeah yeah",
        "d accord", "je vois", "hein", "ah bon", "entiendo", "vale", "ya veo", "claro", "ajá",
        "genau", "verstehe", "ach so",
    }
)  # fmt: skip
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


def ends_call(text: str, phrases: Iterable[str]) -> bool:
    """Tell whether a text holds one of the phrases that end a call, as whole words."""
    said = f" {plain(text)} "
    return any(f" {phrase} " in said for phrase in map(plain, phrases) if phrase)
