"""Choose the embedding model of this installation: the local one without a key, else the model service's.

Each model has a column of its own in `knowledge_chunks`, because vectors of two models cannot be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from backend.core.config import settings
from backend.models.knowledge import LOCAL_DIMENSIONS, OPENAI_DIMENSIONS
from backend.vendors import local_embeddings, openai_models


@dataclass(frozen=True)
class Space:
    """A vector space: the column that holds it, and how alike two texts must be to count as related at all."""

    column: str
    dimensions: int
    least_similarity: float


# Unrelated English sentences come out below .12 in MiniLM (measured on the sandbox's sample texts).
LOCAL = Space("embedding_local", LOCAL_DIMENSIONS, 0.15)
# The reference product's threshold for text-embedding-3-small (backend.md §11).
OPENAI = Space("embedding_openai", OPENAI_DIMENSIONS, 0.25)


@dataclass(frozen=True)
class Vector:
    """A question as a vector, with the space it lives in."""

    space: Space
    values: tuple[float, ...]

    @cached_property
    def spelled(self) -> str:
        """The vector as PostgreSQL reads it; seven digits are what its four bytes hold. One question asks it often."""
        return f"[{','.join(f'{value:.7g}' for value in self.values)}]"


def space() -> Space:
    """Return the vector space in use."""
    return LOCAL if settings().uses_local_embeddings else OPENAI


async def embed(texts: Sequence[str]) -> list[list[float]]:
    """Return one vector per text in the space in use. Raises `VendorError` when the service fails.

    Takes long for many texts: never call it inside a transaction.
    """
    if settings().uses_local_embeddings:
        return await local_embeddings.embed(texts)
    return await openai_models.embed(settings().embedding_model, texts, OPENAI_DIMENSIONS)


async def warm_up() -> None:
    """Load what embedding needs before anybody asks; with a service there is nothing to load."""
    if settings().uses_local_embeddings:
        await local_embeddings.embed(["ready"])
