"""Answer a repeated request as the first time, when its caller marked it with an `Idempotency-Key`."""

from fastapi import Request
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import idempotency
from backend.core.idempotency import Remembered

HEADER = "idempotency-key"


async def claim(session: AsyncSession, request: Request, endpoint: str) -> Remembered | None:
    """Return what is known of a request with a key, its `status` 0 when it is new; None for one without.

    Raises `Conflict` when the key was used with another body, `Invalid` for a key that is none.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    return await idempotency.remember(session, endpoint, key, idempotency.request_hash(await request.body()))
