"""Shape knowledge for screens and for agents: a source as a plain row, a passage with where it came from."""

from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

# Stands between the headings of a path: “Handbook › Visits › Opening hours”.
PATH_MARK = " › "


class SourceRow(TypedDict):
    """One source as a screen shows it. `agent_id` is empty when every agent of the organization reads it."""

    id: str
    agent_id: str
    title: str
    status: str
    error: str
    chunk_count: int
    characters: int
    updated_at: str


class SourceText(SourceRow):
    """A source with its whole text, for the editor."""

    content: str


@dataclass(frozen=True)
class Passage:
    """A passage found for a question. `ranks` says at which place (from 1) each way of searching found it."""

    chunk_id: UUID
    source_id: UUID
    title: str
    path: str
    content: str
    score: float
    similarity: float
    ranks: dict[str, int]
