"""Read the person behind a session in one statement."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

# The organization is the one they chose last, while they are an approved member of it; else their oldest membership.
_FIND = """
select s.id as session_id, s.last_seen_at, u.id as user_id, u.name, u.email, u.platform_role, m.org_id, m.role
from user_sessions s
join users u on u.id = s.user_id and u.account_status = 'active' and u.email_verified_at is not null
left join lateral (
    select org_id, role from organization_members
    where user_id = u.id and status = 'approved'
    order by (org_id = u.current_organization_id) desc nulls last, created_at
    limit 1
) m on true
where {key} and s.revoked_at is null and s.expires_at > :now
"""
_BY_TOKEN = text(_FIND.format(key="s.token_hash = :token_hash"))
_BY_ID = text(_FIND.format(key="s.id = :session_id"))


async def by_token(session: AsyncSession, token_hash: str, now: datetime) -> Any:
    """Return the row behind a token, or None when the session or the account has ended."""
    return (await session.execute(_BY_TOKEN, {"token_hash": token_hash, "now": now})).one_or_none()


async def by_id(session: AsyncSession, session_id: UUID, now: datetime) -> Any:
    """Return the row of a session, or None when the session or the account has ended."""
    return (await session.execute(_BY_ID, {"session_id": session_id, "now": now})).one_or_none()
