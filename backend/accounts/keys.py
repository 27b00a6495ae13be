"""Keep API keys: a program signs in with one on behalf of a member, with that member's role as it is now.

A key is `mgp_` and 40 hexadecimal digits (160 random bits), shown once; the table holds its keyed hash. Only a person
who signed in makes and revokes keys: a key that leaked could otherwise make itself heirs that outlive it, or shut the
real programs out.
"""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.accounts import fields
from backend.accounts.schemas import KeyRow, NewKey
from backend.core import audit, clock, crypto
from backend.core.errors import Invalid, NotFound, NotSignedIn
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, platform_scope, unit_of_work
from backend.models.accounts import ApiKey
from backend.models.organizations import OrganizationMember
from backend.vocab import MemberRole

PREFIX = "mgp_"
MOST_ACTIVE = 10
NAME_LIMIT = 64
_DIGITS = 40
_USED_EVERY = timedelta(minutes=1)

_HOLDER = text("""
select k.id, k.last_used_at, k.org_id, u.id as user_id, u.name, u.email, m.role
from api_keys k
join users u on u.id = k.user_id and u.account_status = 'active' and u.email_verified_at is not null
join organization_members m on m.user_id = u.id and m.org_id = k.org_id and m.status = 'approved'
where k.key_hash = :key_hash and k.is_active
""")


async def create_key(session: AsyncSession, principal: Principal, name: str) -> NewKey:
    """Make a key for the person in their organization and return it; it is never shown again.

    Editors and owners who signed in. Raises `NotAllowed`, `Invalid` for the name or beyond ten active keys.
    """
    principal.require_person()
    principal.require(MemberRole.EDITOR)
    name = fields.name(name, what="The key’s name")
    if len(name) > NAME_LIMIT:
        raise Invalid(f"The key’s name has at most {NAME_LIMIT} characters.", field="name")
    own = (
        select(OrganizationMember)
        .where(OrganizationMember.org_id == org_id_of(session), OrganizationMember.user_id == principal.user_id)
        .with_for_update(key_share=True)  # two keys at once are counted one after the other
    )
    (await session.exec(own)).one()
    active = select(func.count()).where(
        ApiKey.org_id == org_id_of(session), ApiKey.user_id == principal.user_id, col(ApiKey.is_active)
    )
    if (await session.exec(active)).one() >= MOST_ACTIVE:
        raise Invalid(f"You have {MOST_ACTIVE} active keys. Revoke one first.", code="too_many_keys")
    key = PREFIX + secrets.token_hex(_DIGITS // 2)
    row = ApiKey(
        org_id=org_id_of(session),
        user_id=principal.user_id,
        name=name,
        key_prefix=key[: len(PREFIX) + 4],
        key_hash=_hash(key),
    )
    session.add(row)
    await session.flush()
    await audit.record(session, principal, "ui:key:created", row.id, {"name": name, "prefix": row.key_prefix})
    return NewKey(key=key, id=str(row.id), name=name, key_prefix=row.key_prefix, created_at=row.created_at.isoformat())


async def list_keys(session: AsyncSession, principal: Principal) -> list[KeyRow]:
    """Return the person's keys of this organization, the revoked too, newest first; an owner sees everybody's."""
    query = (
        select(ApiKey, OrganizationMember.full_name)
        .join(
            OrganizationMember,
            (col(OrganizationMember.user_id) == col(ApiKey.user_id))
            & (col(OrganizationMember.org_id) == col(ApiKey.org_id)),
            isouter=True,
        )
        .where(ApiKey.org_id == org_id_of(session), *_reach(principal))
        .order_by(col(ApiKey.created_at).desc(), col(ApiKey.id).desc())
        .limit(200)
    )
    return [
        KeyRow(
            id=str(key.id),
            name=key.name,
            key_prefix=key.key_prefix,
            owner=owner or "",
            created_at=key.created_at.isoformat(),
            last_used_at=key.last_used_at.isoformat() if key.last_used_at else "",
            is_active=key.is_active,
            is_yours=key.user_id == principal.user_id,
        )
        for key, owner in (await session.exec(query)).all()
    ]


async def revoke_key(session: AsyncSession, principal: Principal, key_id: str | UUID) -> None:
    """Stop a key for good. A person revokes their own, an owner anybody's. Raises `NotFound`, `NotAllowed`."""
    principal.require_person()
    query = select(ApiKey).where(
        ApiKey.id == parse_id(key_id, "key_id"), ApiKey.org_id == org_id_of(session), *_reach(principal)
    )
    key = (await session.exec(query)).first()
    if key is None:
        raise NotFound("This key does not exist.")
    if key.is_active:
        key.is_active = False
        session.add(key)
        await session.flush()
        await audit.record(session, principal, "ui:key:revoked", key.id, {"prefix": key.key_prefix})


async def key_holder(key: str) -> Principal:
    """Return who a key acts for, with their role as it is now, and never their power over the platform.

    Raises `NotSignedIn`. An edge: it opens its own transaction, before the organization is known.
    """
    refused = NotSignedIn("This API key is not valid.")
    if not key.startswith(PREFIX) or len(key) != len(PREFIX) + _DIGITS:
        raise refused
    now = clock.now()
    with platform_scope("find who holds an API key"):
        async with unit_of_work() as session:
            row: Any = (await session.execute(_HOLDER, {"key_hash": _hash(key)})).one_or_none()
            if row is None:
                raise refused
            if row.last_used_at is None or now - row.last_used_at > _USED_EVERY:
                await session.execute(update(ApiKey).where(col(ApiKey.id) == row.id).values(last_used_at=now))
    return Principal(row.user_id, row.org_id, row.name, row.email, MemberRole(row.role), is_key=True)


def _reach(principal: Principal) -> list[Any]:
    return [] if principal.member_role == MemberRole.OWNER else [ApiKey.user_id == principal.user_id]


def _hash(key: str) -> str:
    return crypto.digest("api_key", key)
