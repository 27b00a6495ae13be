"""Deterministic embeddings by feature hashing: texts that share words, topics or spellings lie near each other."""

import math
import zlib
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

from backend.sandbox.model.words import is_stop, is_weak, stem, term_of, tokens

_WORD, _TOPIC, _WEAK, _STOP, _PAIR, _GRAM = 1.0, 1.6, 0.3, 0.05, 0.4, 0.2


def embed(text: str, dimensions: int) -> list[float]:
    """Return a vector of `dimensions` floats of unit length; equal texts give equal vectors."""
    vector = [0.0] * dimensions
    for feature, weight in _features(text):
        mixed = (zlib.crc32(feature.encode()) * 2654435761) & 0xFFFFFFFFFFFF  # Knuth's multiplicative hash
        vector[(mixed >> 8) % dimensions] += weight if mixed & 0x80 else -weight
    length = math.sqrt(sum(value * value for value in vector))
    if length == 0.0:
        vector[0] = length = 1.0
    return [value / length for value in vector]


def _features(text: str) -> Iterable[tuple[str, float]]:
    """Yield hashed features with weights; repeats count by the root, so long texts keep their rare words."""
    words = tokens(text) or [text.strip() or "empty"]
    counts: Counter[tuple[str, float]] = Counter()
    kept: list[str] = []
    for word in words:
        term = term_of(word)
        if is_stop(word):
            counts["w " + word, _STOP] += 1
            continue
        kept.append(term)
        counts["w " + term, _TOPIC if term.startswith("#") else _WEAK if is_weak(term) else _WORD] += 1
        root = f"<{stem(word)}>"
        for size in (3, 4):
            for start in range(len(root) - size + 1):
                counts["g " + root[start : start + size], _GRAM] += 1
    for first, second in pairwise(kept):
        counts[f"p {first} {second}", _PAIR] += 1
    for (feature, weight), count in counts.items():
        yield feature, weight * math.sqrt(count)
