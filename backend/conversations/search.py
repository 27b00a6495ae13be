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


@dataclass(frozen=True)
class Asked:
    """One search: `said` is asked of messages, `known` of contacts; both in PostgreSQL's tsquery language."""

    said: str
    known: str


def asked(org_id: UUID, text: str) -> Asked | None:
    """Return what to ask for, or None when the text holds no word."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not "\u0300" <= one <= "\u036f").lower()
    words = [word[:LONGEST_WORD] for word in _WORD.findall(plain)][:MOST_WORDS]
    if not words:
        return None
    # A number that was typed with its spaces is one number, and its parts stand in no message.
    digits = re.sub(r"[\s()+.-]", "", plain)
    known = [digits] if digits.isdecimal() and len(digits) >= 3 else words
    own = org_id.hex[-12:]
    return Asked(
        said=" & ".join(f"'{own}{word}':*" for word in words),
        known=" & ".join(f"'{word}':*" for word in known),
    )
