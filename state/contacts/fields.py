"""Invent the fields a business keeps of its contacts."""

from typing import Any

import reflex as rx

from backend.contacts import service as contacts
from backend.contacts.schemas import FieldRow
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import FieldKind
from state.errors import answers
from state.removal import Removal
from state.session import SessionState


class OwnFieldsState(Removal, SessionState):
    """The dialog of own fields."""

    is_open: bool = False
    rows: list[FieldRow] = []
    kind: str = FieldKind.TEXT
    errors: dict[str, str] = {"label": "", "choices": "", "kind": ""}
    # Grows with each field made, so that the form begins empty again.
    drawing: int = 0

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Open the dialog with the fields there are, or close it."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.rows = await contacts.fields(session)
        self.is_open, self.errors = is_open, {"label": "", "choices": "", "kind": ""}

    @rx.event
    @answers
    async def choose_kind(self, kind: str) -> None:
        """Say what the new field holds."""
        await self._principal()
        self.kind = kind if kind in tuple(FieldKind) else FieldKind.TEXT

    @rx.event
    @answers
    async def add(self, form: dict[str, Any]) -> None:
        """Make a field."""
        principal = await self._principal()
        self.errors = {"label": "", "choices": "", "kind": ""}
        choices = str(form.get("choices") or "").splitlines()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await contacts.add_field(session, principal, str(form.get("label") or ""), self.kind, choices)
                self.rows = await contacts.fields(session)
        self.kind = FieldKind.TEXT
        self.drawing += 1

    @rx.event
    @answers
    async def ask_delete(self, field_id: str) -> None:
        """Ask whether a field shall go."""
        await self._principal()
        self.doomed_id = field_id
        self.doomed_name = next((row["label"] for row in self.rows if row["id"] == field_id), "")

    @rx.event
    @answers
    async def delete(self) -> None:
        """Delete the field the person was asked about."""
        principal = await self._principal()
        doomed = self._doomed()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await contacts.delete_field(session, principal, parse_id(doomed))
                self.rows = await contacts.fields(session)
