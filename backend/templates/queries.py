"""Read templates, and the names that agents find out."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, select, text
from sqlmodel import col, func, or_
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.alerts import SemanticMatchAction
from backend.models.organizations import Organization
from backend.models.templates import MessageTemplate

# The details of one agent alone stand in its settings and its draft (backend.agents.fields).
_DETAILS = text("""
select distinct detail ->> 'name' from agent_configs,
    jsonb_array_elements(
        coalesce(nullif(settings -> 'dynamic_variables', 'null'), '[]')
        || coalesce(nullif(draft -> 'dynamic_variables', 'null'), '[]')
    ) as detail
where org_id = :org and deleted_at is null
""")


def _theirs(org_id: UUID, user_id: UUID) -> list[ColumnElement[bool]]:
    return [
        col(MessageTemplate.org_id) == org_id,
        or_(col(MessageTemplate.user_id) == user_id, col(MessageTemplate.is_shared)),
    ]


async def templates(
    session: AsyncSession,
    org_id: UUID,
    user_id: UUID,
    *,
    kind: str = "",
    folder: str = "",
    words: str = "",
    limit: int,
) -> tuple[list[MessageTemplate], int]:
    """Return the team's templates and the person's own by title, and how many fit."""
    conditions = _theirs(org_id, user_id)
    if kind:
        conditions.append(col(MessageTemplate.kind) == kind)
    if folder:
        conditions.append(col(MessageTemplate.folder) == folder)
    if words:
        like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        held = (MessageTemplate.title, MessageTemplate.shortcut, MessageTemplate.subject, MessageTemplate.body)
        conditions.append(or_(*(col(one).ilike(like) for one in held)))
    query = select(MessageTemplate).where(*conditions)
    order = (func.lower(col(MessageTemplate.title)), col(MessageTemplate.id))
    found = list((await session.execute(query.order_by(*order).limit(limit))).scalars())
    total = (await session.execute(select(func.count()).select_from(MessageTemplate).where(*conditions))).scalar_one()
    return found, int(total)


async def template(
    session: AsyncSession, org_id: UUID, user_id: UUID, template_id: UUID, *, for_update: bool = False
) -> MessageTemplate | None:
    """Return a template of the team or the person's own, or None."""
    query = select(MessageTemplate).where(*_theirs(org_id, user_id), col(MessageTemplate.id) == template_id)
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalars().first()


async def shared(session: AsyncSession, org_id: UUID, template_id: UUID) -> MessageTemplate | None:
    """Return a template of the team, or None."""
    query = select(MessageTemplate).where(
        col(MessageTemplate.org_id) == org_id,
        col(MessageTemplate.id) == template_id,
        col(MessageTemplate.is_shared),
    )
    return (await session.execute(query)).scalars().first()


async def folders(session: AsyncSession, org_id: UUID, user_id: UUID) -> list[str]:
    """Return the names of the folders a person sees, in order."""
    query = select(col(MessageTemplate.folder)).where(*_theirs(org_id, user_id), col(MessageTemplate.folder) != "")
    return sorted(set((await session.execute(query)).scalars()), key=str.casefold)


async def total(session: AsyncSession, org_id: UUID) -> int:
    """Return how many templates the organization has, everybody's own included."""
    query = select(func.count()).select_from(MessageTemplate).where(col(MessageTemplate.org_id) == org_id)
    return int((await session.execute(query)).scalar_one())


async def is_taken(session: AsyncSession, wanted: MessageTemplate, shortcut: str, *, is_shared: bool) -> bool:
    """Tell whether another template has the shortcut: among the team's, or among the person's own."""
    conditions = [
        col(MessageTemplate.org_id) == wanted.org_id,
        col(MessageTemplate.shortcut) == shortcut,
        col(MessageTemplate.is_shared) == is_shared,
        col(MessageTemplate.id) != wanted.id,
    ]
    if not is_shared:
        conditions.append(col(MessageTemplate.user_id) == wanted.user_id)
    return (await session.execute(select(MessageTemplate.id).where(*conditions).limit(1))).first() is not None  # type: ignore[call-overload]


async def users(session: AsyncSession, org_id: UUID, ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return the names of the alerts that send each of these templates."""
    query = (
        select(col(SemanticMatchAction.template_id), col(SemanticMatchAction.name))
        .where(col(SemanticMatchAction.org_id) == org_id, col(SemanticMatchAction.template_id).in_(ids))
        .order_by(col(SemanticMatchAction.name))
    )
    found: dict[UUID, list[str]] = {}
    for template_id, name in (await session.execute(query)).all():
        found.setdefault(template_id, []).append(name)
    return found


async def default_call(session: AsyncSession, org_id: UUID) -> MessageTemplate | None:
    """Return the call that is chosen first, locked, or None."""
    query = select(MessageTemplate).where(col(MessageTemplate.org_id) == org_id, col(MessageTemplate.is_default))
    return (await session.execute(query.with_for_update())).scalars().first()


async def detail_names(session: AsyncSession, org_id: UUID) -> set[str]:
    """Return the names of what single agents find out."""
    return {str(name) for name in (await session.execute(_DETAILS, {"org": org_id})).scalars() if name}


async def business_name(session: AsyncSession, org_id: UUID) -> str:
    """Return what the organization is called."""
    query = select(col(Organization.name)).where(col(Organization.id) == org_id)
    return str((await session.execute(query)).scalar_one_or_none() or "")
