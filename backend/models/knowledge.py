"""What a business taught its agents: sources, what was read of them, and the passages cut from it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC, VECTOR
from sqlalchemy import Column, Computed, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field

from backend.core import clock
from backend.core.crypto import EncryptedText
from backend.models.base import TenantRow, document, moment
from backend.vocab import CrawlStatus, GapStatus, PageStatus, SourceKind, SyncPeriod

LOCAL_DIMENSIONS = 384
OPENAI_DIMENSIONS = 1536


class KnowledgeSource(TenantRow, table=True):
    """Something one agent answers from, or all of them when `agent_id` is empty.

    What people typed or uploaded is in `content` (question-and-answer pairs also in `pairs`); of an address, pages
    are read. `login_headers` is a JSON object that never leaves the backend.
    """

    __tablename__ = "knowledge_sources"
    __table_args__ = (
        Index("knowledge_sources_org", "org_id", "created_at"),
        Index("knowledge_sources_due", "next_sync_at", postgresql_where=text("next_sync_at IS NOT NULL")),
    )

    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="CASCADE", index=True)
    kind: str = SourceKind.TEXT
    title: str
    content: str
    pairs: list[dict[str, Any]] = document(list)
    file_name: str = ""
    url: str = ""
    max_pages: int = 1
    crawl_depth: int = 0
    include_paths: list[str] = document(list)
    exclude_paths: list[str] = document(list)
    respects_robots: bool = True
    login_headers: str | None = Field(default=None, sa_type=EncryptedText)
    sync_period: str = SyncPeriod.NEVER
    next_sync_at: datetime | None = moment()
    last_synced_at: datetime | None = moment()
    sync_status: str = "pending"
    error_message: str = ""
    chunk_count: int = 0


class KnowledgeCrawl(TenantRow, table=True):
    """One reading of an address. `is_live` is the one agents answer from; a source has at most one other."""

    __tablename__ = "knowledge_crawls"

    source_id: UUID = Field(foreign_key="knowledge_sources.id", ondelete="CASCADE", index=True)
    status: str = CrawlStatus.RUNNING
    is_live: bool = False
    robots: str = ""
    embedded_count: int = 0
    reused_count: int = 0
    started_at: datetime = moment(clock.now)
    finished_at: datetime | None = moment()


class KnowledgePage(TenantRow, table=True):
    """One page of a crawl, and how its reading ended."""

    __tablename__ = "knowledge_pages"
    __table_args__ = (UniqueConstraint("crawl_id", "url"),)

    crawl_id: UUID = Field(foreign_key="knowledge_crawls.id", ondelete="CASCADE")
    source_id: UUID = Field(foreign_key="knowledge_sources.id", ondelete="CASCADE", index=True)
    url: str
    depth: int = 0
    title: str = ""
    status: str = PageStatus.WAITING
    error: str = ""
    attempts: int = 0
    text_hash: str = ""
    chunk_count: int = 0
    read_at: datetime | None = moment()


class KnowledgeGap(TenantRow, table=True):
    """A question an agent could not answer; those that ask the same share `group_id`. Goes with its conversation."""

    __tablename__ = "knowledge_gaps"
    __table_args__ = (Index("knowledge_gaps_org", "org_id", "status", "asked_at"),)

    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="CASCADE", index=True)
    turn_id: UUID = Field(foreign_key="agent_turns.id", ondelete="CASCADE", unique=True)
    group_id: UUID
    question: str
    status: str = GapStatus.OPEN
    asked_at: datetime = moment(clock.now)
    embedding_local: Any = Field(default=None, sa_column=Column(VECTOR(LOCAL_DIMENSIONS), nullable=True))
    embedding_openai: Any = Field(default=None, sa_column=Column(HALFVEC(OPENAI_DIMENSIONS), nullable=True))


class KnowledgeChunk(TenantRow, table=True):
    """A passage with its vector: one column per embedding model, filled by the model in use.

    Agents find those that are live; the others wait for their crawl to end and take the place of the live ones then.
    """

    __tablename__ = "knowledge_chunks"
    __table_args__ = (
        UniqueConstraint(
            "source_id", "page_id", "chunk_index", name="knowledge_chunks_place", postgresql_nulls_not_distinct=True
        ),
        Index("knowledge_chunks_org", "org_id"),
        Index("knowledge_chunks_page", "page_id"),
        Index("knowledge_chunks_same", "source_id", text("md5(content)")),
        Index(
            "knowledge_chunks_words",
            text("knowledge_words(org_id, search)"),
            postgresql_using="gin",
            postgresql_where=text("is_live"),
        ),
    )

    source_id: UUID = Field(foreign_key="knowledge_sources.id", ondelete="CASCADE")
    page_id: UUID | None = Field(default=None, foreign_key="knowledge_pages.id", ondelete="CASCADE")
    is_live: bool = True
    chunk_index: int
    content: str
    token_count: int = 0
    embedding_local: Any = Field(default=None, sa_column=Column(VECTOR(LOCAL_DIMENSIONS), nullable=True))
    embedding_openai: Any = Field(default=None, sa_column=Column(HALFVEC(OPENAI_DIMENSIONS), nullable=True))
    search: Any = Field(
        default=None, sa_column=Column(TSVECTOR, Computed("to_tsvector('simple', content)", persisted=True))
    )


def _nearest_first(space: str) -> Index:
    return Index(
        f"knowledge_vectors_{space}",
        f"embedding_{space}",
        postgresql_using="hnsw",
        postgresql_with={"m": 16, "ef_construction": 64},
        postgresql_ops={f"embedding_{space}": "halfvec_cosine_ops"},
    )


class KnowledgeVector(TenantRow, table=True):
    """The vectors of a live passage, by its id, without its text: what is searched by meaning.

    The database keeps them from `knowledge_chunks` itself, in half precision and of length one; nothing else writes
    here.
    """

    __tablename__ = "knowledge_vectors"
    __table_args__ = (
        Index("knowledge_vectors_org", "org_id"),
        _nearest_first("local"),
        _nearest_first("openai"),
    )

    id: UUID = Field(primary_key=True, foreign_key="knowledge_chunks.id", ondelete="CASCADE")
    source_id: UUID
    embedding_local: Any = Field(default=None, sa_column=Column(HALFVEC(LOCAL_DIMENSIONS), nullable=True))
    embedding_openai: Any = Field(default=None, sa_column=Column(HALFVEC(OPENAI_DIMENSIONS), nullable=True))
