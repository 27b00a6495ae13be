"""Start a conversation: find the person or take a number, choose ours, write, send, and go there."""

from typing import Any, TypedDict

import reflex as rx

from backend.contacts import service as contacts
from backend.core.errors import Invalid, MagpipeError
from backend.core.ids import new_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.messaging import service as messaging
from backend.numbers import e164
from backend.numbers import service as numbers
from state.errors import answers
from state.inbox.composer import Sender
from state.session import SessionState


class Choice(TypedDict):
    """A person to write to, as a row of the combobox: `value` is their number."""

    value: str
    label: str
    hint: str


class NewMessageState(SessionState):
    """The dialog. The text being written lives in the browser until it is sent."""

    is_open: bool = False
    to: str = ""
    people: list[Choice] = []
    senders: list[Sender] = []
    sender: str = ""
    to_error: str = ""
    body_error: str = ""
    _client_key: str = ""
    """Names what this opening of the dialog sends, so that pressing twice sends once."""

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Open the dialog empty, or close it."""
        principal = await self._principal()
        self.is_open = bool(is_open)
        self.to, self.people, self.to_error, self.body_error = "", [], "", ""
        if not self.is_open:
            return
        self._client_key = new_id().hex
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                owned = [number for number in await numbers.list_all(session) if number["is_active"]]
        self.senders = [
            {"value": number["phone_number"], "label": number["friendly_name"] or number["display"]} for number in owned
        ]
        if self.sender not in [known["value"] for known in self.senders]:
            self.sender = self.senders[0]["value"] if self.senders else ""

    @rx.event
    @answers
    async def search(self, text: str) -> None:
        """Offer the people a text matches, and the number it spells."""
        principal = await self._principal()
        text = str(text)[:80]
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await contacts.search(session, text)
        people: list[Choice] = []
        for contact in found:
            if contact.phone_number:
                shown = e164.display(contact.phone_number)
                people.append({"value": contact.phone_number, "label": contact.name or shown, "hint": shown})
        try:
            number = e164.normalize(text)
        except Invalid:
            number = ""
        if number and number not in [choice["value"] for choice in people]:
            people.append({"value": number, "label": e164.display(number), "hint": ""})
        self.people = people

    @rx.event
    @answers
    async def choose(self, to: str) -> None:
        """Take one of the offered people."""
        await self._principal()
        self.to, self.to_error = str(to)[:32], ""

    @rx.event
    @answers
    async def choose_sender(self, sender: str) -> None:
        """Write from another of the organization's numbers."""
        await self._principal()
        self.sender = str(sender)[:32]

    @rx.event
    @answers
    async def submit(self, form: dict[str, Any]) -> Any:
        """Send the text and go to its conversation; errors stand at their field."""
        principal = await self._principal()
        body = str(form.get("body", ""))
        self.to_error = "" if self.to else "Choose a person, or type a phone number and choose it."
        self.body_error = "" if body.strip() else "Write a message."
        if self.to_error or self.body_error:
            return None
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    message = await messaging.send_from_person(
                        session,
                        principal,
                        sender_number=self.sender,
                        recipient_number=self.to,
                        body=body,
                        client_key=self._client_key,
                    )
                    conversation_id = str(message.conversation_id)
        except MagpipeError as error:
            is_about_person = error.field in ("recipient_number", "contactPhone") or error.status == 403
            self.to_error, self.body_error = (error.message, "") if is_about_person else ("", error.message)
            return None
        self.is_open = False
        return rx.redirect(f"/inbox/{conversation_id}")
