"""What a business taught its agents: sources and the passages cut from them."""

from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC, VECTOR
from sqlalchemy import Column, Computed, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field

from backend.models.base import TenantRow

LOCAL_DIMENSIONS = 384
OPENAI_DIMENSIONS = 1536


class KnowledgeSource(TenantRow, table=True):
    """A text the business wrote for one agent, or for all of them when `agent_id` is empty."""

    __tablename__ = "knowledge_sources"
    __table_args__ = (Index("knowledge_sources_org", "org_id", "created_at"),)

    agent_id: UUID | None = Field(default=None, foreign_key="agent_configs.id", ondelete="CASCADE", index=True)
    title: str
    content: str
    sync_status: str = "pending"
    error_message: str = ""
    chunk_count: int = 0


class KnowledgeChunk(TenantRow, table=True):
    """A passage of a source with its vector: one column per embedding model, filled by the model in use."""

    __tablename__ = "knowledge_chunks"
    __table_args__ = (
        UniqueConstraint("source_id", "chunk_index"),
        Index("knowledge_chunks_org", "org_id"),
        Index("knowledge_chunks_search", "search", postgresql_using="gin"),
        Index(
            "knowledge_chunks_local",
            "embedding_local",
            postgresql_using="hnsw",
            postgresql_with={"m": 16, "ef_construction": 64},
            postgresql_ops={"embedding_local": "vector_cosine_ops"},
        ),
        Index(
            "knowledge_chunks_openai",
            "embedding_openai",
            postgresql_using="hnsw",
            postgresql_with={"m": 16, "ef_construction": 64},
            postgresql_ops={"embedding_openai": "halfvec_cosine_ops"},
        ),
    )

    source_id: UUID = Field(foreign_key="knowledge_sources.id", ondelete="CASCADE")
    chunk_index: int
    content: str
    token_count: int = 0
    embedding_local: Any = Field(default=None, sa_column=Column(VECTOR(LOCAL_DIMENSIONS), nullable=True))
    embedding_openai: Any = Field(default=None, sa_column=Column(HALFVEC(OPENAI_DIMENSIONS), nullable=True))
    search: Any = Field(
        default=None, sa_column=Column(TSVECTOR, Computed("to_tsvector('simple', content)", persisted=True))
    )
