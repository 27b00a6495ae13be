"""Open, change and close one ticket, in a dialog of the inbox and of the list of tickets."""

from typing import Any

import reflex as rx

from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core.errors import Invalid
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.numbers import e164
from backend.organizations import service as organizations
from backend.support import service as support
from backend.support.schemas import TicketRow
from backend.vocab import MemberStatus, TicketPriority, TicketStatus
from state.editor import Editor
from state.errors import answers
from state.session import SessionState

WRITTEN = ("subject", "description", "priority", "assigned_to", "due_date")


class TicketEditorState(Editor, SessionState):
    """The dialog of one ticket."""

    ticket_id: str = ""
    ref: str = ""
    status: str = ""
    conversation_id: str = ""
    customer: str = ""
    email: str = ""
    opened_by: str = ""
    opened_at: str = ""
    is_by_agent: bool = False
    values: dict[str, str] = dict.fromkeys(WRITTEN, "")
    people: list[dict[str, str]] = []
    errors: dict[str, str] = dict.fromkeys(WRITTEN, "")
    # Grows when the form is filled anew.
    drawing: int = 0

    @rx.event
    @answers
    async def begin(self, conversation_id: str) -> None:
        """Open the dialog for a new ticket of a conversation."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                conversation = await conversations.get(session, parse_id(conversation_id))
                contact = await contacts.get(session, conversation.contact_id)
        self.ticket_id = self.ref = self.status = self.email = self.opened_by = self.opened_at = ""
        self.conversation_id, self.is_by_agent = str(conversation.id), False
        self.customer = contact.name or e164.display(contact.phone_number or "") or (contact.email or "")
        self.values = {**dict.fromkeys(WRITTEN, ""), "priority": TicketPriority.MEDIUM}
        await self._show(principal)

    @rx.event
    @answers
    async def edit(self, ticket_id: str) -> None:
        """Open the dialog with a ticket."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await support.get(session, parse_id(ticket_id))
        self._take(found)
        await self._show(principal)

    @rx.event
    @answers
    async def save(self, form: dict[str, Any]) -> Any:
        """Store what was written and close the dialog; what is wrong stands at its field."""
        principal = await self._principal()
        self.errors = dict.fromkeys(self.errors, "")
        given = {name: str(form.get(f"ticket_{name}") or "") for name in WRITTEN}
        is_new = not self.ticket_id
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                if is_new:
                    talk = parse_id(self.conversation_id)
                    row = await support.open_by_person(session, principal, given, conversation_id=talk)
                else:
                    row = await support.change(session, principal, parse_id(self.ticket_id), given)
        self.is_open = False
        return rx.toast(f"{row['ticket_ref']} is {'open' if is_new else 'saved'}.")

    @rx.event
    @answers
    async def set_status(self, ticket_id: str, status: str) -> Any:
        """Close a ticket, or reopen it; closing can be undone."""
        principal = await self._principal()
        if status not in list(TicketStatus):
            raise Invalid("A ticket is open or closed.", field="status")
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                row = await support.change(session, principal, parse_id(ticket_id), {"status": status})
        self.is_open = False
        if status == TicketStatus.OPEN:
            return rx.toast(f"{row['ticket_ref']} is open again.")
        undo = TicketEditorState.set_status(row["id"], TicketStatus.OPEN.value)
        return rx.toast(f"{row['ticket_ref']} is closed.", action={"label": "Undo", "on_click": undo})

    def _take(self, found: TicketRow) -> None:
        self.ticket_id, self.ref, self.status = found["id"], found["ticket_ref"], found["status"]
        self.conversation_id, self.email = found["conversation_id"], found["email"]
        self.customer = found["contact_name"] or found["contact_phone"]
        self.opened_by, self.opened_at = found["opened_by"], found["created_at"]
        self.is_by_agent = found["is_by_agent"]
        self.values = {name: found[name] for name in WRITTEN}  # type: ignore[literal-required]

    async def _show(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                members = await organizations.members(session, principal)
        self.people = [
            {"value": one["user_id"], "label": one["name"] or one["email"]}
            for one in members
            if one["state"] == MemberStatus.APPROVED and one["user_id"]
        ]
        self.errors = dict.fromkeys(self.errors, "")
        self.drawing += 1
        self.is_open = True
