"""Compare what is stored of memories with a question's vector."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import literal
from sqlalchemy.types import UserDefinedType


class _Spelled(UserDefinedType[str]):
    """A vector in words. Sent without a type it is read once, as what it is compared with; a cast reads it per row."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "HALFVEC"


@dataclass(frozen=True)
class Near:
    """A question's vector as PostgreSQL reads it, and the column of those it may be compared with."""

    column: str
    vector: str

    def distance(self, model: Any) -> Any:
        """Return how far the rows of a table are from it (cosine)."""
        return getattr(model, self.column).cosine_distance(literal(self.vector, _Spelled()))
