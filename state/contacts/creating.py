"""Make one contact by hand."""

from typing import Any

import reflex as rx

from backend.contacts import service as contacts
from backend.core.errors import Conflict, Invalid
from backend.core.tenancy import org_scope, unit_of_work
from state.errors import answers
from state.session import SessionState

FIELDS = ("first_name", "last_name", "phone_number", "email", "company", "tags")


class NewContactState(SessionState):
    """The dialog of a new contact."""

    is_open: bool = False
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    known_id: str = ""
    """The contact who has the number already."""

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Open the dialog, or close it."""
        await self._principal()
        self.is_open, self.errors, self.known_id = is_open, dict.fromkeys(FIELDS, ""), ""

    @rx.event
    @answers
    async def create(self, form: dict[str, Any]) -> Any:
        """Add the contact and open its page, or say at the field what is wrong."""
        principal = await self._principal()
        given: dict[str, Any] = {name: str(form.get(name) or "") for name in FIELDS if name != "tags"}
        given["tags"] = [part for part in str(form.get("tags") or "").split(",") if part.strip()]
        self.errors, self.known_id = dict.fromkeys(FIELDS, ""), ""
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    made = await contacts.create(session, principal, given)
        except (Invalid, Conflict) as error:
            field = error.field if error.field in self.errors else "first_name"
            self.errors = {**self.errors, field: error.message}
            self.known_id = str(error.details.get("contact_id", ""))
            return None
        self.is_open = False
        return rx.redirect(f"/contacts/{made.id}")
