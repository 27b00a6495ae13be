"""List the library of templates as a person filtered it; the filters live in the page's address."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.templates import service as templates
from backend.templates.schemas import TemplateRow
from state.address import with_filters
from state.errors import answers
from state.hub import News, hub
from state.loading import Loading
from state.session import SessionState

PATH = "/settings/templates"
FILTERS = ("q", "kind", "folder")
EXCERPT = 200


class TemplateCard(TypedDict):
    """A template as a row of the list; `words` are the beginning of what it says."""

    id: str
    kind: str
    folder: str
    shortcut: str
    title: str
    words: str
    is_shared: bool
    is_default: bool
    may_change: bool
    used_by: str


class TemplatesState(Loading, SessionState):
    """The list of `/settings/templates`."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"templates.changed", "resync"})

    rows: list[TemplateCard] = []
    total: int = 0
    folder_choices: list[dict[str, str]] = []
    q: str = ""
    kind: str = ""
    folder: str = ""
    # Grows when the filters are cleared, so that the search field drops what was typed.
    drawing: int = 0

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the templates that fit the address."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, TemplatesState)
        wanted = self.router.url.query_parameters
        self.q, self.kind, self.folder = wanted.get("q", ""), wanted.get("kind", ""), wanted.get("folder", "")
        await self._load(self._show(principal))

    @rx.event
    @answers
    async def filter_by(self, name: str, value: str) -> Any:
        """Put one filter into the address, which shows the list anew."""
        await self._principal()
        if name not in FILTERS:
            raise Invalid("The list cannot be filtered by this.", field="name")
        # Kept at once: a second change may come before the address of the first is shown.
        setattr(self, name, value)
        kept = {each: getattr(self, each) for each in FILTERS}
        return rx.redirect(with_filters(PATH, kept, FILTERS), replace=True)

    @rx.event
    @answers
    async def clear_filters(self) -> Any:
        """Show every template."""
        await self._principal()
        self.q, self.kind, self.folder = "", "", ""
        self.drawing += 1
        return rx.redirect(PATH, replace=True)

    @rx.event
    @answers
    async def delete(self, template_id: str) -> Any:
        """Delete a template; that can be undone."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                gone = await templates.get(session, principal, parse_id(template_id))
                await templates.delete(session, principal, parse_id(template_id))
        await self._show(principal)
        kept = {name: value for name, value in gone.items() if name not in ("id", "is_mine", "may_change", "used_by")}
        return rx.toast(
            f"“{gone['title']}” is deleted.",
            action={"label": "Undo", "on_click": TemplatesState.restore(kept)},
        )

    @rx.event
    @answers
    async def restore(self, kept: dict[str, Any]) -> None:
        """Bring back what was just deleted."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await templates.save(session, principal, kept)
        await self._show(principal)

    async def _show(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found, self.total = await templates.templates(
                    session, principal, kind=self.kind, folder=self.folder, words=self.q
                )
                folders = await templates.folders(session, principal)
        self.folder_choices = [{"value": name, "label": name} for name in folders]
        self.rows = [_card(one) for one in found]
        self.is_loaded, self.has_failed = True, False

    async def _hear(self, batch: Sequence[News]) -> None:
        if self.is_loaded:
            await self._show(await self._principal())


def _card(one: TemplateRow) -> TemplateCard:
    said = " · ".join(words for words in (one["subject"], one["body"]) if words)
    return TemplateCard(
        id=one["id"],
        kind=one["kind"],
        folder=one["folder"],
        shortcut=one["shortcut"],
        title=one["title"],
        words=" ".join(said.split())[:EXCERPT],
        is_shared=one["is_shared"],
        is_default=one["is_default"],
        may_change=one["may_change"],
        used_by=", ".join(one["used_by"]),
    )
