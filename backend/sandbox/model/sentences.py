"""Cutting text into sentences and short lines."""

import re

# A full stop ends a sentence when a space and a capital, digit or bracket follow, and it is not an abbreviation.
_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+(?=[\"'(\[]?[A-ZÀ-Þ0-9¿¡$€£])")
_ABBREVIATION = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|St|Ave|Rd|Blvd|No|Nos|Inc|Ltd|Co|vs|e\.g|i\.e|a\.m|p\.m|approx|ext|[A-Z])\.$"
)
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text; every line ends one, bullets lose their mark."""
    found: list[str] = []
    for line in text.splitlines():
        line = _BULLET.sub("", line).strip()
        if not line:
            continue
        open_piece = ""
        for piece in _END.split(line):
            open_piece = f"{open_piece} {piece}".strip()
            if not _ABBREVIATION.search(open_piece):
                found.append(open_piece)
                open_piece = ""
        if open_piece:
            found.append(open_piece)
    return found


def shorten(text: str, longest: int) -> str:
    """Return the text cut to `longest` characters at a sentence or word."""
    if len(text) <= longest:
        return text
    kept = ""
    for sentence in split_sentences(text):
        if len(kept) + len(sentence) + 1 > longest:
            break
        kept = f"{kept} {sentence}".strip()
    if kept:
        return kept
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
