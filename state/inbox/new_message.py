"""Start a conversation by text or email: find the person or take an address, choose ours, write, send, go there."""

from typing import Any, TypedDict

import reflex as rx

from backend.contacts import service as contacts
from backend.core.errors import Invalid, MagpipeError
from backend.core.ids import new_id, parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.mailboxes import service as mailboxes
from backend.messaging import service as messaging
from backend.numbers import e164
from backend.numbers import service as numbers
from backend.vocab import Channel
from state.errors import answers
from state.inbox.composer import Sender
from state.session import SessionState


class Choice(TypedDict):
    """A person to write to, as a row of the combobox: `value` is their number or email address."""

    value: str
    label: str
    hint: str


class NewMessageState(SessionState):
    """The dialog. The text being written lives in the browser until it is sent."""

    is_open: bool = False
    channel: str = Channel.SMS.value
    to: str = ""
    people: list[Choice] = []
    senders: list[Sender] = []
    sender: str = ""
    boxes: list[Sender] = []
    """The organization's mailboxes that are on, by their agents; without one nothing is said of emails."""
    box: str = ""
    to_error: str = ""
    subject_error: str = ""
    body_error: str = ""
    _client_key: str = ""
    """Names what this opening of the dialog sends, so that pressing twice sends once."""

    @rx.event
    @answers
    async def set_open(self, is_open: bool) -> None:
        """Open the dialog empty, or close it."""
        principal = await self._principal()
        self.is_open = bool(is_open)
        self._begin(Channel.SMS)
        if not self.is_open:
            return
        self._client_key = new_id().hex
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                owned = [number for number in await numbers.list_all(session) if number["is_active"]]
                kept = [one for one in await mailboxes.list_all(session) if one.is_active]
        self.boxes = [{"value": str(one.agent_id), "label": one.public_address or one.address} for one in kept]
        if self.box not in [known["value"] for known in self.boxes]:
            self.box = self.boxes[0]["value"] if self.boxes else ""
        self.senders = [
            {"value": number["phone_number"], "label": number["friendly_name"] or number["display"]} for number in owned
        ]
        if self.sender not in [known["value"] for known in self.senders]:
            self.sender = self.senders[0]["value"] if self.senders else ""
        if self.boxes and not self.senders:
            self.channel = Channel.EMAIL.value

    @rx.event
    @answers
    async def choose_channel(self, channel: str) -> None:
        """Write a text or an email; whom to is chosen anew."""
        await self._principal()
        self._begin(Channel.EMAIL if channel == Channel.EMAIL else Channel.SMS)

    def _begin(self, channel: Channel) -> None:
        self.channel, self.to, self.people = channel.value, "", []
        self.to_error, self.subject_error, self.body_error = "", "", ""

    @rx.event
    @answers
    async def search(self, text: str) -> None:
        """Offer the people a text matches, and the number or address it spells."""
        principal = await self._principal()
        text = str(text)[:254]
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await contacts.search(session, text[:80])
        people: list[Choice] = []
        if self.channel == Channel.EMAIL:
            people = [
                {"value": one.email, "label": one.name or one.email, "hint": one.email} for one in found if one.email
            ]
            written = text.strip()
            if "@" in written[1:-1] and written.lower() not in [choice["value"] for choice in people]:
                people.append({"value": written, "label": written, "hint": ""})
            self.people = people
            return
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
        self.to, self.to_error = str(to)[:254], ""

    @rx.event
    @answers
    async def choose_sender(self, sender: str) -> None:
        """Write from another of the organization's numbers."""
        await self._principal()
        self.sender = str(sender)[:32]

    @rx.event
    @answers
    async def choose_box(self, box: str) -> None:
        """Write from another of the organization's mailboxes."""
        await self._principal()
        self.box = str(box)[:36]

    @rx.event
    @answers
    async def submit(self, form: dict[str, Any]) -> Any:
        """Send the message and go to its conversation; errors stand at their field."""
        principal = await self._principal()
        body, subject = str(form.get("body", "")), str(form.get("subject", ""))
        is_email = self.channel == Channel.EMAIL
        missing = "an email address" if is_email else "a phone number"
        self.to_error = "" if self.to else f"Choose a person, or type {missing} and choose it."
        self.subject_error = "Say what it is about." if is_email and not subject.strip() else ""
        self.body_error = "" if body.strip() else "Write a message."
        if self.to_error or self.subject_error or self.body_error:
            return None
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    if is_email:
                        conversation_id = await self._mail(session, principal, subject, body)
                    else:
                        conversation_id = await self._text(session, principal, body)
        except MagpipeError as error:
            is_about_person = error.field in ("recipient_number", "contactPhone", "to_email") or error.status == 403
            self.to_error, self.body_error = (error.message, "") if is_about_person else ("", error.message)
            return None
        self.is_open = False
        return rx.redirect(f"/inbox/{conversation_id}")

    async def _text(self, session: Any, principal: Principal, body: str) -> str:
        message = await messaging.send_from_person(
            session,
            principal,
            sender_number=self.sender,
            recipient_number=self.to,
            body=body,
            client_key=self._client_key,
        )
        return str(message.conversation_id)

    async def _mail(self, session: Any, principal: Principal, subject: str, body: str) -> str:
        email = await mailboxes.write(
            session,
            principal,
            to_email=self.to,
            subject=subject,
            body_text=body,
            agent_id=parse_id(self.box, "box"),
            client_key=self._client_key,
        )
        return str(email.conversation_id)
