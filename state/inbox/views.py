"""Hold the filters a person keeps under names."""

from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.inbox import service as inbox
from backend.inbox.schemas import ViewRow
from state.errors import answers
from state.hub import News
from state.session import SessionState


class ViewsState(SessionState):
    """The saved views, the person's own and the team's."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"views.changed", "resync"})

    views: list[ViewRow] = []
    errors: dict[str, str] = {"name": ""}

    async def _load(self, session: Any, principal: Principal) -> None:
        self.views = await inbox.views(session, principal)

    @rx.event
    @answers
    async def save(self, name: str, query: str, is_shared: bool) -> Any:
        """Keep the filter of an address under a name."""
        principal = await self._principal()
        self.errors = {"name": ""}
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                view = await inbox.save_view(session, principal, name, query, is_shared)
                await self._load(session, principal)
        return rx.toast(f"View “{view['name']}” saved")

    @rx.event
    @answers
    async def share(self, view_id: str, is_shared: bool) -> None:
        """Show a view to the team, or keep it to oneself."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await inbox.change_view(session, principal, parse_id(view_id), is_shared=is_shared)
                await self._load(session, principal)

    @rx.event
    @answers
    async def delete(self, view_id: str) -> Any:
        """Delete a view; it can be saved again."""
        principal = await self._principal()
        gone = next((view for view in self.views if view["id"] == view_id), None)
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await inbox.delete_view(session, principal, parse_id(view_id))
                await self._load(session, principal)
        if gone is None:
            return None
        undo = ViewsState.save(gone["name"], gone["query"], gone["is_shared"])
        return rx.toast(f"View “{gone['name']}” deleted", action={"label": "Undo", "on_click": undo})

    async def _hear(self, batch: Sequence[News]) -> None:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await self._load(session, principal)
