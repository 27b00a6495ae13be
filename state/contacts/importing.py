"""Bring a file in, step by step: how it is read, what its columns are, what would happen, how far it is."""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Any, ClassVar, TypedDict
from uuid import UUID

import reflex as rx

from backend.contacts import service as contacts
from backend.contacts.schemas import FieldRow, ImportPlan, ImportView, PreviewRow
from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.organizations import service as organizations
from backend.organizations.schemas import PlaceOption
from backend.vocab import ImportStatus, MemberRole
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState

NO_JOB: ImportView = {
    "id": "", "filename": "", "size_bytes": 0, "status": "", "encoding": "", "delimiter": "", "has_header": True,
    "mapping": [], "policy": "skip", "country": "", "tag_ids": [], "total_rows": 0, "done_rows": 0, "created": 0,
    "updated": 0, "skipped": 0, "failed": 0, "error": "", "by": "", "at": "", "finished_at": "",
}  # fmt: skip
SETTINGS = ("delimiter", "encoding", "policy", "country")


class Column(TypedDict):
    """One column of the file: what stands over it, its first values, and the field it is taken for."""

    place: int
    header: str
    sample: str
    target: str


class ImportState(SessionState):
    """The page that brings contacts in."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"import.progress", "resync"})

    job: ImportView = NO_JOB
    columns: list[Column] = []
    preview: list[PreviewRow] = []
    counts: dict[str, int] = {"created": 0, "updated": 0, "skipped": 0, "failed": 0}
    own_fields: list[FieldRow] = []
    countries: list[PlaceOption] = []
    recent: list[ImportView] = []
    is_checking: bool = False
    checked: int = 0
    """How many rows were looked at."""
    is_loaded: bool = False
    can_edit: bool = False
    error: str = ""
    _check: int = 0

    @rx.event
    @answers
    async def load(self) -> Any:
        """Show the import the address names, or the earlier ones."""
        principal = await self._principal()
        self.can_edit = principal.member_role != MemberRole.SUPPORT
        self.is_loaded, self.error = True, ""
        if not self.can_edit:
            return None
        hub.subscribe(self.router.session.client_token, principal, ImportState)
        wanted = str(self.router.url.query_parameters.get("id", ""))
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.own_fields = await contacts.fields(session)
                self.recent = [one for one in await contacts.imports(session, principal) if one["id"] != wanted]
                self.job = await contacts.get_import(session, principal, _id(wanted)) if wanted else NO_JOB
        self.countries = organizations.find_countries("", self.job["country"])
        if self.job["status"] == ImportStatus.UPLOADED:
            self.columns, self.preview, self.is_checking = [], [], True
            return ImportState.check
        return None

    @rx.event(background=True)
    @answers
    async def check(self) -> None:
        """Say what the columns hold at once, and what every row would become as they are looked at."""
        async with self:
            principal = await self._principal()
            import_id, mine = self.job["id"], self._check + 1
            self._check, self.is_checking, self.checked = mine, True, 0
        try:
            async with aclosing(contacts.plan_import(principal, _id(import_id))) as plans:
                async for plan in plans:
                    async with self:
                        if not self._is_wanted(mine, import_id):
                            return
                        self._show(plan)
        finally:
            async with self:
                if self._check == mine:
                    self.is_checking = False

    @rx.event
    @answers
    async def change(self, name: str, value: str) -> Any:
        """Change one setting of how the file is read."""
        if name not in SETTINGS:
            raise Invalid("This cannot be changed here.")
        return await self._configure({name: value})

    @rx.event
    @answers
    async def set_header(self, is_header: bool) -> Any:
        """Say whether the first row names the columns."""
        return await self._configure({"has_header": is_header})

    @rx.event
    @answers
    async def map_column(self, place: int, target: str) -> Any:
        """Say which field a column is; whichever column was it before is left out."""
        await self._principal()
        mapping = ["" if one == target else one for one in self.job["mapping"]]
        mapping += [""] * (place + 1 - len(mapping))
        if not 0 <= place < 200:
            raise Invalid("There is no such column.")
        mapping[place] = target
        return await self._configure({"mapping": mapping})

    @rx.event
    @answers
    async def tag_all(self, names: str) -> Any:
        """Put tags on everybody who comes in."""
        return await self._configure({"tags": [part for part in names.split(",") if part.strip()]})

    @rx.event
    @answers
    async def find_countries(self, query: str) -> None:
        """Offer the countries that begin with what was typed."""
        await self._principal()
        self.countries = organizations.find_countries(query[:60], self.job["country"])

    @rx.event
    @answers
    async def start(self) -> None:
        """Begin."""
        principal = await self._principal()
        self.error = ""
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    self.job = await contacts.start_import(session, principal, _id(self.job["id"]))
        except Invalid as error:
            self.error = error.message

    @rx.event
    @answers
    async def cancel(self) -> None:
        """Stop, or put the file away before it began."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.job = await contacts.cancel_import(session, principal, _id(self.job["id"]))

    async def _configure(self, given: dict[str, Any]) -> Any:
        principal = await self._principal()
        self.error = ""
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.job = await contacts.configure_import(session, principal, _id(self.job["id"]), given)
        self.is_checking = True
        return ImportState.check

    def _is_wanted(self, check: int, import_id: str) -> bool:
        """Whether a check still says what this page asks: no setting changed since, and nobody left or began."""
        is_here = self.router.url.path.startswith("/contacts/import")
        return (
            is_here
            and (check, import_id) == (self._check, self.job["id"])
            and self.job["status"] == ImportStatus.UPLOADED
        )

    def _show(self, plan: ImportPlan) -> None:
        mapping = self.job["mapping"]
        if not plan["done"]:
            self.columns = [
                {
                    "place": place,
                    "header": header,
                    "sample": " · ".join(value for value in plan["samples"][place] if value)[:120],
                    "target": mapping[place] if place < len(mapping) else "",
                }
                for place, header in enumerate(plan["headers"])
            ][:100]
        if len(plan["rows"]) != len(self.preview) or not plan["done"]:
            self.preview = [{**row, "cells": [cell[:60] for cell in row["cells"][:8]]} for row in plan["rows"]]
        self.checked = plan["done"]
        self.counts = {
            "created": plan["created"],
            "updated": plan["updated"],
            "skipped": plan["skipped"],
            "failed": plan["failed"],
        }

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self.router.url.path.startswith("/contacts/import"):
            hub.leave(self.router.session.client_token, ImportState)
            return
        if not self.job["id"]:
            return
        if any(self.job["id"] in news.subjects or "resync" in news.kinds for news in batch):
            principal = await self._principal()
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    self.job = await contacts.get_import(session, principal, _id(self.job["id"]))


def _id(text: str) -> UUID:
    return parse_id(text, "import")
