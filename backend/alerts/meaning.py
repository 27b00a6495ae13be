"""Tell how alike messages are to a topic: cosine similarity of embeddings, part by part.

A long message says several things, and its meaning as a whole is like none of them; so each of its sentences is
compared as well, with the topic and with each example, and the best pair counts.
"""

import re
from collections.abc import Sequence

from backend.alerts.schemas import Likeness
from backend.knowledge import service as knowledge

# Sentences beyond these are rarely what a message is about, and each costs milliseconds.
MOST_PARTS = 8
LONGEST = 1000
LEAST_WORDS = 2
_ENDS = re.compile(r"(?<=[.!?…])\s+|\n+")
Vectors = Sequence[Sequence[float]]


def parts(message: str) -> list[str]:
    """Return a message as a whole and its sentences, each once."""
    whole = " ".join(message.split())[:LONGEST]
    said = [" ".join(one.split()) for one in _ENDS.split(message[:LONGEST].strip())]
    found = [one for one in said if len(one.split()) >= LEAST_WORDS]
    return list(dict.fromkeys(one for one in [whole, *found] if one))[:MOST_PARTS]


async def vectors_of(texts: Sequence[str]) -> dict[str, list[float]]:
    """Return one vector per text, of the model in use. Raises `VendorError`; call it outside any transaction."""
    wanted = list(dict.fromkeys(texts))
    return dict(zip(wanted, await knowledge.embed(wanted), strict=True))


def likeness(said: Sequence[str], said_vectors: Vectors, phrases: Sequence[str], phrase_vectors: Vectors) -> Likeness:
    """Return the best pair of a part of a message and a phrase of a topic. Vectors are of unit length."""
    best = Likeness(0.0, "", "")
    for part, ours in zip(said, said_vectors, strict=True):
        for phrase, theirs in zip(phrases, phrase_vectors, strict=True):
            score = sum(a * b for a, b in zip(ours, theirs, strict=True))
            if score > best.score:
                best = Likeness(round(min(score, 1.0), 4), phrase, part)
    return best
