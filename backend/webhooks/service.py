"""Keep what vendors tell us, as it came, before anything acts on it (DESIGN law 4); all of it in platform scope."""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.platform import InboundEvent

_STORE = text(
    "insert into inbound_events"
    " (id, created_at, updated_at, source, kind, external_id, payload, received_at, outcome)"
    " values (:id, :now, :now, :source, :kind, :external_id, cast(:payload as jsonb), :now, '')"
    " on conflict (source, kind, external_id) do nothing returning id"
)
_FINISH = text("update inbound_events set processed_at = :now, updated_at = :now, outcome = :outcome where id = :id")
_DROP = text("update inbound_events set payload = payload - cast(:taken as text[]) where id = :id")


async def store(session: AsyncSession, event: InboundEvent) -> bool:
    """Insert a webhook's event; False when the vendor's id is there already."""
    # Plain SQL on the session's connection: on the hottest path the mapper would cost more than the database.
    connection = await session.connection()
    values = {
        "id": event.id,
        "now": event.received_at,
        "source": event.source,
        "kind": event.kind,
        "external_id": event.external_id,
        "payload": json.dumps(event.payload),
    }
    return (await connection.execute(_STORE, values)).first() is not None


async def get(session: AsyncSession, event_id: UUID) -> InboundEvent | None:
    """Return one stored webhook, or None."""
    return await session.get(InboundEvent, event_id)


async def finish(session: AsyncSession, event_id: UUID, outcome: str, now: datetime, taken: Sequence[str] = ()) -> None:
    """Mark a stored webhook as handled; what was `taken` of it into tables of its own is kept there or nowhere."""
    await session.execute(_FINISH, {"now": now, "outcome": outcome, "id": event_id})
    if taken:
        await session.execute(_DROP, {"taken": list(taken), "id": event_id})
