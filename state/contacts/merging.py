"""Merge a contact with another, on its page or in the inbox: find it, see what would happen, choose what stays."""

from collections.abc import Mapping
from datetime import date
from typing import Any, TypedDict

import reflex as rx

from backend.contacts import service as contacts
from backend.contacts.schemas import FieldRow, MergeField
from backend.conversations import service as conversations
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164
from state.errors import answers
from state.session import SessionState

FOUND = 8


class Candidate(TypedDict):
    """Somebody who may be merged."""

    value: str
    label: str
    hint: str


class Difference(MergeField):
    """One field two contacts differ in, with the name of a field the business invented."""

    label: str


class MergeState(SessionState):
    """The dialog that merges."""

    is_open: bool = False
    keep_id: str = ""
    found: list[Candidate] = []
    other_id: str = ""
    keep_name: str = ""
    drop_name: str = ""
    fields: list[Difference] = []
    choices: dict[str, str] = {}
    moves: dict[str, int] = {}

    @rx.event
    @answers
    async def begin(self, keep_id: str, other_id: str) -> None:
        """Open the dialog for the contact that stays; with another one, compare them at once."""
        await self._principal()
        await self._begin(keep_id, other_id)

    @rx.event
    @answers
    async def begin_conversations(self, keep_id: str, other_id: str) -> None:
        """Open the dialog for the people of two conversations."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                keep, other = [
                    await conversations.get(session, parse_id(each, "conversation")) for each in (keep_id, other_id)
                ]
        await self._begin(str(keep.contact_id), str(other.contact_id))

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Close the dialog."""
        await self._principal()
        self.is_open = is_open

    @rx.event
    @answers
    async def find(self, text: str) -> None:
        """Offer the contacts that hold what was typed."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                known = await contacts.search(session, text[:80], FOUND + 1)
        self.found = [
            {
                "value": str(one.id),
                "label": one.name or e164.display(one.phone_number or "") or one.email or one.company,
                "hint": e164.display(one.phone_number) if one.name and one.phone_number else one.email or "",
            }
            for one in known
            if str(one.id) != self.keep_id
        ][:FOUND]

    @rx.event
    @answers
    async def compare(self, other_id: str) -> None:
        """Show in what two contacts differ and what would move."""
        if other_id:
            await self._compare(other_id)
        else:
            await self._principal()
            self.other_id, self.fields = "", []

    @rx.event
    @answers
    async def choose(self, key: str, choice: str) -> None:
        """Say whose value of a field stays."""
        await self._principal()
        if key in self.choices:
            self.choices = {**self.choices, key: choice}

    @rx.event
    @answers
    async def merge(self) -> Any:
        """Merge; pages that show either hear of it."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await contacts.merge(
                    session,
                    principal,
                    parse_id(self.keep_id, "contact"),
                    parse_id(self.other_id, "contact"),
                    self.choices,
                )
        self.is_open = False
        return rx.toast(f"{self.drop_name} is part of {self.keep_name} now.")

    async def _begin(self, keep_id: str, other_id: str) -> None:
        self.keep_id, self.found, self.other_id, self.fields = keep_id, [], "", []
        self.is_open = True
        if other_id:
            await self._compare(other_id)

    async def _compare(self, other_id: str) -> None:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                plan = await contacts.preview_merge(
                    session, parse_id(self.keep_id, "contact"), parse_id(other_id, "contact")
                )
                own = {f"custom_fields.{one['key']}": one for one in await contacts.fields(session)}
        self.other_id = plan["drop_id"]
        self.keep_name, self.drop_name = plan["keep_name"], plan["drop_name"]
        if other_id not in [one["value"] for one in self.found]:
            self.found = [{"value": other_id, "label": self.drop_name, "hint": ""}]
        self.fields, self.moves = [_shown(field, own) for field in plan["fields"]], plan["moves"]
        self.choices = {field["key"]: field["default"] for field in plan["fields"]}


def _shown(field: MergeField, own: Mapping[str, FieldRow]) -> Difference:
    kept, dropped, invented = field["kept"], field["dropped"], own.get(field["key"])
    if field["key"] == "phone_number":
        kept, dropped = [e164.display(number) if number else "" for number in (kept, dropped)]
    if invented and invented["kind"] == "date":
        kept, dropped = [_day(written) if written else "" for written in (kept, dropped)]
    return {**field, "kept": kept, "dropped": dropped, "label": invented["label"] if invented else ""}


def _day(written: str) -> str:
    """Return a day as people write it."""
    day = date.fromisoformat(written)
    return f"{day.day} {day:%B %Y}"
