"""Keep filters of the inbox under names: a person's own, and those they share with the team."""

from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import realtime
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.inbox.schemas import ViewRow
from backend.models.inbox import SavedView
from backend.vocab import MemberRole

NAME_LIMIT = 60
QUERY_LIMIT = 500
MOST_VIEWS = 50


async def views(session: AsyncSession, principal: Principal) -> list[ViewRow]:
    """Return the person's views and the team's, by name."""
    query = (
        select(SavedView)
        .where(
            SavedView.org_id == org_id_of(session),
            or_(SavedView.user_id == principal.user_id, col(SavedView.is_shared)),
        )
        .order_by(func.lower(SavedView.name), col(SavedView.id))
    )
    return [_row(one, principal) for one in (await session.exec(query)).all()]


async def save_view(
    session: AsyncSession, principal: Principal, name: str, query: str, is_shared: bool = False
) -> ViewRow:
    """Keep a filter under a name. Raises `Invalid` naming `name`, `Conflict` at `MOST_VIEWS`."""
    principal.require(MemberRole.SUPPORT)
    own = select(func.count()).where(SavedView.org_id == org_id_of(session), SavedView.user_id == principal.user_id)
    if (await session.exec(own)).one() >= MOST_VIEWS:
        raise Conflict(f"You have {MOST_VIEWS} views already. Delete one first.", code="too_many_views")
    view = SavedView(
        org_id=org_id_of(session),
        user_id=principal.user_id,
        name=_checked_name(name),
        query=urlencode(parse_qsl(query.removeprefix("?")[:QUERY_LIMIT])),
        is_shared=is_shared,
    )
    session.add(view)
    await session.flush()
    await _announce(session, view)
    return _row(view, principal)


async def change_view(
    session: AsyncSession,
    principal: Principal,
    view_id: UUID,
    *,
    name: str | None = None,
    is_shared: bool | None = None,
) -> ViewRow:
    """Rename a view, share it, or keep it to oneself; only whose it is may. Raises `NotFound`, `Invalid`."""
    view = await _own(session, principal, view_id)
    if name is not None:
        view.name = _checked_name(name)
    if is_shared is not None:
        view.is_shared = is_shared
    session.add(view)
    await session.flush()
    await _announce(session, view)
    return _row(view, principal)


async def delete_view(session: AsyncSession, principal: Principal, view_id: UUID) -> None:
    """Delete a view; whose it is may, and an owner may delete a shared one. Raises `NotFound`."""
    view = await _own(session, principal, view_id, or_owner=True)
    await session.delete(view)
    await session.flush()
    await _announce(session, view)


async def _own(session: AsyncSession, principal: Principal, view_id: UUID, *, or_owner: bool = False) -> SavedView:
    query = select(SavedView).where(SavedView.org_id == org_id_of(session), SavedView.id == view_id)
    view = (await session.exec(query)).first()
    may = view is not None and (
        view.user_id == principal.user_id or (or_owner and view.is_shared and principal.member_role == MemberRole.OWNER)
    )
    if view is None or not may:
        raise NotFound("This view does not exist, or belongs to a teammate.")
    return view


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid("Give the view a name.", field="name")
    if len(name) > NAME_LIMIT:
        raise Invalid(f"A view’s name has at most {NAME_LIMIT} characters.", field="name")
    return name


def _row(view: SavedView, principal: Principal) -> ViewRow:
    return ViewRow(
        id=str(view.id),
        name=view.name,
        query=view.query,
        is_shared=view.is_shared,
        is_mine=view.user_id == principal.user_id,
    )


async def _announce(session: AsyncSession, view: SavedView) -> None:
    await realtime.announce(session, view.org_id, "views.changed", subject="" if view.is_shared else str(view.user_id))
