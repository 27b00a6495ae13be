"""Record who did what to what, in the transaction that does it."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock
from backend.core.ids import new_id
from backend.core.logging import redact
from backend.core.principal import Principal

_RECORD = text(
    "insert into audit_log"
    " (id, created_at, updated_at, org_id, actor_user_id, actor, action, subject_id, details, address) values"
    " (:id, :now, :now, :org_id, :actor_user_id, :actor, :action, :subject_id, cast(:details as jsonb), :address)"
)


async def record(
    session: AsyncSession,
    principal: Principal | None,
    action: str,
    subject: str | UUID = "",
    details: dict[str, Any] | None = None,
    *,
    address: str = "",
    actor_user_id: UUID | None = None,
    org_id: UUID | None = None,
) -> None:
    """Write one entry. `action` is `source:subject:verb`, as in `ui:session:revoked`.

    Without a principal the actor is `actor_user_id` (a person who is only signing in) or the system. The entry belongs
    to `org_id`, else to the session's organization, else to the principal's; without any it is the platform's. What
    looks like a secret in `details` is hidden.
    """
    scope_org: UUID | None = session.info["scope"].org_id
    known: dict[str, Any] = dict(details or {})
    if principal is not None and principal.session_id is not None:
        known["session_id"] = str(principal.session_id)
    await session.execute(
        _RECORD,
        {
            "id": new_id(),
            "now": clock.now(),
            "org_id": org_id or scope_org or (principal.org_id if principal else None),
            "actor_user_id": principal.user_id if principal else actor_user_id,
            "actor": principal.name if principal else "",
            "action": action,
            "subject_id": str(subject),
            "details": json.dumps(redact(known), default=str),
            "address": address,
        },
    )
