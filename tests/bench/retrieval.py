"""Measure what retrieval finds: 200 questions of ours over five documents as businesses have them.

A question counts as answered by the passage that holds the words its line names (`questions/questions.tsv`: document,
words, question). A fifth have no answer: of those it is said how often nothing comes as near as an answer does.
"""

import csv
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from backend.core.tenancy import org_scope, unit_of_work
from backend.knowledge import embedding, extraction
from backend.knowledge import jobs as knowledge_jobs
from backend.knowledge import service as knowledge
from backend.knowledge.schemas import Passage
from tests.bench.knowledge_site import make_owner
from tests.bench.measure import Row

FOLDER = Path(__file__).with_name("questions")
DEEP = 10


@dataclass(frozen=True)
class Question:
    """A question with the words of the passage that answers it; without words, nothing does."""

    document: str
    words: str
    text: str


def questions() -> list[Question]:
    """Return the question set."""
    with (FOLDER / "questions.tsv").open(newline="") as lines:
        return [Question(*line) for line in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


async def rows() -> list[Row]:
    """Teach the documents, ask everything three ways, and compare."""
    from backend.core import jobs

    owner = await make_owner("bench@retrieval.example")
    asked = questions()
    with org_scope(owner.org_id):
        async with jobs.queue.open_async():
            for path in sorted(FOLDER.glob("*.*")):
                if path.suffix == ".tsv":
                    continue
                text = extraction.read_file(path.name, path.read_bytes()).text
                async with unit_of_work() as session:
                    made = await knowledge.add_text(session, owner, path.stem, text)
                await knowledge_jobs.index(str(owner.org_id), str(made.id))
        by_words, by_meaning, both = [], [], []
        for question in asked:
            vector = await knowledge.vector_of(question.text)
            async with unit_of_work() as session:
                by_words.append(await knowledge.search(session, question.text, None, DEEP, vector=None))
                both.append(await knowledge.search(session, question.text, None, DEEP, vector=vector))
                found = await knowledge.search(session, question.text, None, 80, vector=vector)
            alone = sorted((one for one in found if "meaning" in one.ranks), key=lambda one: one.ranks["meaning"])
            by_meaning.append(alone[:DEEP])
    return [
        _row("hybrid", asked, both, "≥ each way alone"),
        _row("vectors alone", asked, by_meaning, ""),
        _row("full text alone", asked, by_words, ""),
        _silence(asked, both),
    ]


def _place(question: Question, found: list[Passage]) -> int:
    """Return at which place the answering passage stands, from 1; 0 when it was not found."""
    for place, passage in enumerate(found, start=1):
        if passage.title == question.document and question.words in f"{passage.path}\n{passage.content}":
            return place
    return 0


def _row(name: str, asked: list[Question], answers: list[list[Passage]], target: str) -> Row:
    places = [_place(question, found) for question, found in zip(asked, answers, strict=True) if question.words]

    def share(counts: Callable[[int], float]) -> float:
        return sum(map(counts, places)) / len(places)

    recall = share(lambda place: float(0 < place <= 5))
    first = share(lambda place: float(place == 1))
    # One passage answers, so the ideal gain is 1 and nDCG is the gain itself (Järvelin and Kekäläinen, 2002).
    gain = share(lambda place: 1 / math.log2(place + 1) if 0 < place <= DEEP else 0.0)
    return Row(
        f"retrieval, {name}: {len(places)} questions over five documents",
        target,
        f"recall@5 {recall:.3f}, nDCG@10 {gain:.3f}, first {first:.3f}",
        "",
    )


def _silence(asked: list[Question], answers: list[list[Passage]]) -> Row:
    """Say how well the best similarity tells questions without an answer: the best single line between the two."""
    best = [
        (bool(question.words), max((one.similarity for one in found), default=0.0))
        for question, found in zip(asked, answers, strict=True)
    ]
    lines = sorted({alike for _, alike in best})
    right = max(sum((alike >= line) == has_answer for has_answer, alike in best) for line in lines)
    unanswerable = [alike for has_answer, alike in best if not has_answer]
    unlike = sum(alike < embedding.space().least_similarity for alike in unanswerable)
    return Row(
        f"retrieval: {len(unanswerable)} questions without an answer",
        "",
        f"{right / len(best):.2f} told apart by similarity at the best line; nothing near found for {unlike}",
        "",
    )
