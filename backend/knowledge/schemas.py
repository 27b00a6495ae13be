"""Shape knowledge for screens and for agents: a source as a plain row, a passage with where it came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

# Stands between the headings of a path: “Handbook › Visits › Opening hours”.
PATH_MARK = " › "


class SourceRow(TypedDict):
    """One source as a screen shows it. `agent_id` is empty when every agent of the organization reads it.

    Of an address, `pages_*` count those of its newest reading, and `has_pages` tells whether there is one.
    """

    id: str
    agent_id: str
    agent_name: str
    kind: str
    title: str
    url: str
    file_name: str
    status: str
    error: str
    chunk_count: int
    characters: int
    updated_at: str
    created_at: str
    sync_period: str
    last_synced_at: str
    next_sync_at: str
    pages_total: int
    pages_done: int
    pages_failed: int


class Pair(TypedDict):
    """A question and its answer."""

    question: str
    answer: str


class SourceText(SourceRow):
    """A source with its whole text, for the editor, and how its address is read; never its login headers' values."""

    content: str
    pairs: list[Pair]
    max_pages: int
    crawl_depth: int
    include_paths: list[str]
    exclude_paths: list[str]
    respects_robots: bool
    login_header_names: list[str]


class PageRow(TypedDict):
    """One page of an address."""

    id: str
    url: str
    title: str
    status: str
    error: str
    chunk_count: int
    read_at: str


class ChunkRow(TypedDict):
    """One passage as a screen shows it; `page` is the address it was read at."""

    id: str
    place: int
    path: str
    content: str
    tokens: int
    page: str


class GapRow(TypedDict):
    """Questions that ask the same: the newest of them, some others, how many there are, and which agent was asked."""

    id: str
    question: str
    variants: list[str]
    count: int
    asked_at: str
    agent_id: str
    agent_name: str


@dataclass(frozen=True)
class SiteWanted:
    """How an address shall be read. `kind` is page, site or sitemap; `login_headers` None leaves those there are."""

    kind: str
    url: str
    title: str = ""
    max_pages: int = 100
    crawl_depth: int = 2
    include_paths: tuple[str, ...] = ()
    exclude_paths: tuple[str, ...] = ()
    respects_robots: bool = True
    login_headers: Mapping[str, str] | None = None
    sync_period: str = "weekly"


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
    url: str = ""
