"""Answer a repeated request as the first time: one row per organization, endpoint and key a caller chose.

The row lives in the transaction that does the work: a second request with the key waits for the first to commit and
then finds its answer, or does the work itself when the first rolled back.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock
from backend.core.errors import Conflict, Invalid
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of

KEY_LIMIT = 200

_CLAIM = text(
    "insert into idempotency_keys"
    " (id, created_at, updated_at, org_id, endpoint, key, request_hash, response_status, response_body)"
    " values (:id, :now, :now, :org_id, :endpoint, :key, :request_hash, 0, '{}')"
    " on conflict (org_id, endpoint, key) do nothing returning id"
)
_FIND = text(
    "select id, request_hash, response_status, response_body from idempotency_keys"
    " where org_id = :org_id and endpoint = :endpoint and key = :key"
)
_ANSWER = text(
    "update idempotency_keys set response_status = :status, response_body = cast(:body as jsonb), updated_at = :now"
    " where id = :id"
)


@dataclass(frozen=True)
class Remembered:
    """A request with a key: `status` is 0 while it has no answer yet, else `status` and `body` are its answer."""

    id: UUID
    status: int
    body: dict[str, Any]


def request_hash(body: bytes) -> str:
    """Return the fingerprint of a request's body."""
    return hashlib.sha256(body).hexdigest()


async def remember(session: AsyncSession, endpoint: str, key: str, request_hash: str) -> Remembered:
    """Return what is known of this request, claiming the key when it is new (`status` 0: do the work, then `answer`).

    Raises `Conflict` when the key was used with another body, `Invalid` when it is empty or longer than 200
    characters.
    """
    if not key.strip() or len(key) > KEY_LIMIT:
        raise Invalid(f"An idempotency key has 1 to {KEY_LIMIT} characters.", field="Idempotency-Key")
    where = {"org_id": org_id_of(session), "endpoint": endpoint, "key": key}
    values = {"id": new_id(), "now": clock.now(), "request_hash": request_hash, **where}
    claimed = (await session.execute(_CLAIM, values)).scalar_one_or_none()
    if claimed is not None:
        return Remembered(claimed, 0, {})
    known = (await session.execute(_FIND, where)).one()
    if known.request_hash != request_hash:
        raise Conflict(
            "This idempotency key was used with a different request. Use a new key.", code="idempotency_key_reused"
        )
    return Remembered(known.id, known.response_status, known.response_body)


async def answer(session: AsyncSession, remembered: Remembered, status: int, body: dict[str, Any]) -> None:
    """Keep the answer of a request for whoever repeats it."""
    values = {"id": remembered.id, "status": status, "body": json.dumps(body), "now": clock.now()}
    await session.execute(_ANSWER, values)
