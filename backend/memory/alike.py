"""Tell whether two facts say the same, by their words and their meaning.

Words alone miss rewordings, and meaning alone takes mornings for evenings: an embedding model puts two facts of one
kind near each other. So both are asked, and a number or a negation that only one of them holds makes two facts.
"""

from collections.abc import Collection
from dataclasses import dataclass

from backend.knowledge import service as knowledge
from backend.memory import proof

# Measured with MiniLM on pairs of facts (tests/backend/memory/test_alike.py). Rewordings come out from .57 on, and two
# facts of one kind reach .89 (morning and evening appointments), but those differ in a telling word.
SURELY, SOMEHOW, NEAR = 0.83, 0.55, 0.6
MOST_WORDS, MANY_WORDS = 0.8, 0.6


@dataclass(frozen=True)
class Print:
    """What a fact is known again by: the hash of its words, those of the telling ones, and its vector."""

    word_hash: str
    marks: Collection[str]
    vector: tuple[float, ...] = ()


def print_of(text: str, key: str, vector: tuple[float, ...] = ()) -> Print:
    """Return what a text is known again by; only prints under the same key can be compared."""
    return Print(proof.fingerprint(text, key), proof.marks(text, key), vector)


def is_same(one: Print, other: Print, key: str) -> bool:
    """Tell whether two facts say the same, so that the newer may take the other's place."""
    if one.word_hash == other.word_hash:
        return True
    if _contradict(one, other, key):
        return False
    words, meaning = proof.overlap(one.marks, other.marks), similarity(one.vector, other.vector)
    if words >= MOST_WORDS or (meaning >= SOMEHOW and words >= MANY_WORDS):
        return True
    return meaning >= SURELY and _speak_of_the_same(one, other)


def is_struck(struck: Print, wanted: Print, key: str) -> bool:
    """Tell whether a fact says in whatever words what was struck.

    Rather too often than too seldom: what is about the very same thing is taken for a rewording, unless it denies it.
    """
    if is_same(struck, wanted, key):
        return True
    if _contradict(struck, wanted, key) or not _speak_of_the_same(struck, wanted):
        return False
    return not struck.vector or not wanted.vector or similarity(struck.vector, wanted.vector) >= NEAR


def _contradict(one: Print, other: Print, key: str) -> bool:
    """Tell whether two facts differ in a number, or one denies what the other says."""
    ours, theirs = _numbers(one), _numbers(other)
    denied = proof.negation(key)
    return (bool(ours and theirs) and ours != theirs) or (denied in one.marks) != (denied in other.marks)


def _speak_of_the_same(one: Print, other: Print) -> bool:
    """Tell whether all telling words of one fact, which say what it is about, are among the other's."""
    ours, theirs = ({mark for mark in found.marks if ":" not in mark} for found in (one, other))
    return bool(ours and theirs) and (ours <= theirs or theirs <= ours)


def _numbers(one: Print) -> set[str]:
    return {mark for mark in one.marks if mark.startswith(proof.NUMBERED)}


def column() -> str:
    """Return the column that holds the vectors of the embedding model in use."""
    return knowledge.space().column


def similarity(one: Collection[float], other: Collection[float]) -> float:
    """Return the cosine of two vectors of unit length, 0 where one is missing."""
    if len(one) != len(other) or not one:
        return 0.0
    return sum(first * second for first, second in zip(one, other, strict=True))
