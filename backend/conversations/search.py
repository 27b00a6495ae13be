"""Turn what a person types into the two questions the database's text indexes answer.

Words are cut as the database cuts them (`search_words`, `plain_words` in the migrations): without case and accents, at
everything that is neither letter nor digit. Each is asked for by its beginning.
"""

import re
import unicodedata
from dataclasses import dataclass
from uuid import UUID

_WORD = re.compile(r"[^\W_]+")
MOST_WORDS = 8
LONGEST_WORD = 60
LEAST_DIGITS = 3


@dataclass(frozen=True)
class Asked:
    """One search: `said` is asked of messages, `known` of contacts; both in PostgreSQL's tsquery language."""

    said: str
    known: str


def asked(org_id: UUID, text: str) -> Asked | None:
    """Return what to ask for, or None when the text holds no word."""
    words = _words(text)[:MOST_WORDS]
    if not words:
        return None
    digits = _digits(text)
    own = org_id.hex[-12:]
    return Asked(
        said=" & ".join(f"'{own}{word}':*" for word in words),
        known=" & ".join(f"'{word}':*" for word in ([digits] if digits else words)),
    )


def _words(text: str) -> list[str]:
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not "\u0300" <= one <= "\u036f").lower()
    return [str(word)[:LONGEST_WORD] for word in _WORD.findall(plain)]


def _digits(text: str) -> str:
    """Return the number a text spells, however it is spaced: as one, for its parts stand in no message."""
    digits = re.sub(r"[\s()+.-]", "", text)
    return digits if digits.isdecimal() and len(digits) >= LEAST_DIGITS else ""


def fits(text: str, known: str, said: str) -> bool:
    """Whether a conversation whose person is `known` and whose last words are `said` answers a search.

    The twin of the indexes for one row: any part of what is known counts, of what was said the beginnings of words.
    """
    asked_words, digits = _words(text)[:MOST_WORDS], _digits(text)
    if not asked_words:
        return False
    known_words, said_words = _words(known), _words(said)
    parts = [digits] if digits else asked_words
    return all(any(part in word for word in known_words) for part in parts) or all(
        any(word.startswith(part) for word in said_words) for part in asked_words
    )
