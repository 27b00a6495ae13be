"""Choosing the sentences that answer a question, or finding that none does."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backend.sandbox.model.persona import Persona
from backend.sandbox.model.prompt import Passage
from backend.sandbox.model.sentences import shorten
from backend.sandbox.model.words import asks, evidence, fold, is_weak, stem, terms, tokens

LONGEST_ANSWER = 320
"""Two text-message segments: the stand-in is brief on every channel."""

_TOPIC_WEIGHT = 1.6  # a topic in common says more than a word in common
_DAY_WEIGHT = 0.6
_WEAK_WEIGHT = 0.15
_TITLE_SHARE = 0.4  # a word in the heading counts, but less than in the sentence itself
_ENOUGH = 0.5  # share of the question's weight a sentence must cover to be told as an answer
_AS_GOOD = 0.8
_ONLY_IF_ASKED = frozenset({"#cancel", "#refund"})  # such a sentence answers no question about booking or buying
_BESIDE = 0.45
_SPLIT = re.compile(
    r"(?<=[?!])\s+|[.;]\s+|,?\s+(?:and|also|plus)\s+(?=(?:do|does|is|are|can|could|where|when|what|how|who|which)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Answer:
    """Sentences to tell, and whether every part of the question was answered."""

    text: str
    is_whole: bool = True


class Index:
    """Passages ready to be asked. Rare terms weigh more than common ones (inverse document frequency)."""

    def __init__(self, passages: Sequence[Passage], persona: Persona | None = None) -> None:
        self._passages = list(passages)
        self._terms = [evidence(passage.text) for passage in passages]
        self._titles = [set(terms(passage.title)) for passage in passages]
        self._frequency = Counter(term for found in self._terms for term in found)
        known = persona or Persona()
        self._own_names = {stem(word) for word in tokens(f"{known.name} {known.business}")}

    def weight(self, term: str) -> float:
        """Return how much a term decides; one that no passage holds counts like one that a single passage holds."""
        if is_weak(term) or term in self._own_names:
            return _WEAK_WEIGHT
        count = len(self._passages)
        rarity = math.log((count + 2) / (min(self._frequency[term] or 1, count) + 0.5)) + 0.5
        return rarity * (_TOPIC_WEIGHT if term.startswith("#") else _DAY_WEIGHT if term.startswith("@") else 1.0)

    def answer(self, question: str, earlier: str = "") -> Answer | None:
        """Answer each part of a question from the passages; None when no part can be."""
        parts = [part for part in _SPLIT.split(question) if terms(part)] or [question]
        told: list[str] = []
        is_whole = True
        for part in parts:
            found = self._answer_part(part) or (self._follow_up(part, earlier) if earlier else "")
            if found and found not in told:
                told.append(found)
            elif not found and asks(part):
                is_whole = False
        if not told:
            return None
        return Answer(shorten(" ".join(told), LONGEST_ANSWER), is_whole)

    def _follow_up(self, part: str, earlier: str) -> str:
        """Read "and on Sunday?" with the topic of the question before it."""
        wanted = terms(part)
        strong = [term for term in wanted if not is_weak(term)]
        if len(strong) > 2 or any(term.startswith("#") for term in strong):
            return ""
        topics = " ".join(term for term in terms(earlier) if term.startswith("#"))
        return self._best(wanted + topics.split()) if topics else ""

    def _answer_part(self, part: str) -> str:
        return self._best(terms(part))

    def _best(self, asked: Sequence[str]) -> str:
        wanted = list(dict.fromkeys(asked))
        if any(term.startswith("@") for term in wanted) and not any(term.startswith("#") for term in wanted):
            wanted.append("#hours")  # "and on Sunday?" is about being open
        total = sum(self.weight(term) for term in wanted)
        if not wanted or all(is_weak(term) for term in wanted):
            return ""
        scores = [self._score(wanted, position) / total for position in range(len(self._passages))]
        if not scores or max(scores) < _ENOUGH:
            return ""
        # Knowledge the business published goes before what the prompt says in passing.
        order = sorted(
            range(len(scores)),
            key=lambda position: (
                -round(scores[position], 3),
                not self._passages[position].is_knowledge,
                position,
            ),
        )
        return self._tell(order[0], scores)

    def _score(self, wanted: Sequence[str], position: int) -> float:
        score = 0.0
        for term in wanted:
            if term in self._terms[position]:
                score += self.weight(term)
            elif term in self._titles[position]:
                score += self.weight(term) * (1.0 if term.startswith("#") else _TITLE_SHARE)
        beside = (_ONLY_IF_ASKED & self._terms[position]) - set(wanted)
        return score * _BESIDE if beside else score

    def _tell(self, best: int, scores: Sequence[float]) -> str:
        """Tell the best sentence with its neighbours of the same source that answer as well, in their order."""
        top = self._passages[best]
        chosen = [
            position
            for position, passage in enumerate(self._passages)
            if position == best
            or (
                scores[position] >= max(_ENOUGH, scores[best] * _AS_GOOD)
                and (passage.source, passage.title) == (top.source, top.title)
                and abs(passage.position - top.position) <= 7
            )
        ]
        lines = list(dict.fromkeys(self._passages[position].text for position in chosen))
        if top.text not in lines[:1] and len(" ".join(lines)) > LONGEST_ANSWER:
            lines = [top.text]
        text = " ".join(
            line if line[-1] in ".!?…" else line + (";" if line is not lines[-1] else ".") for line in lines
        )
        if _is_fragment(top.text) and top.title and fold(top.title) not in fold(text):
            text = f"{top.title}: {text}"
        return shorten(text, LONGEST_ANSWER)


def _is_fragment(text: str) -> bool:
    return len(text) < 60 and text[-1] not in ".!?…"
