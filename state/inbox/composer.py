"""Send a person's texts from the open conversation, and say why when one may not be sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, TypedDict
from uuid import UUID

import reflex as rx

from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.errors import Invalid, MagpipeError
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.messaging import service as messaging
from backend.numbers import service as numbers
from backend.vocab import Channel, ItemKind
from state.errors import answers
from state.hub import News
from state.session import SessionState

# How many answers to sends travel at a time: a person cannot press send faster than this is read.
OUTCOMES = 10


class Sender(TypedDict):
    """One of the organization's numbers, as a choice."""

    value: str
    label: str


class Outcome(TypedDict):
    """What became of one send: the stored message's id, or why not."""

    client_id: str
    record_id: str
    error: str


class ComposerState(SessionState):
    """The reply box's server side. The text being written lives in the browser alone."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"item.added", "numbers.changed", "resync"})

    conversation_id: str = ""
    senders: list[Sender] = []
    sender: str = ""
    refusal: str = ""
    """Why this person may not be texted, in words; empty when they may."""
    outcomes: list[Outcome] = []

    async def _load(self, session: Any, principal: Principal, conversation_id: UUID, last_used: str) -> None:
        """Offer the organization's active numbers, first the one this person was last texted from."""
        owned = [number for number in await numbers.list_all(session) if number["is_active"]]
        self.senders = [
            {"value": number["phone_number"], "label": number["friendly_name"] or number["display"]} for number in owned
        ]
        offered = [sender["value"] for sender in self.senders]
        is_same = self.conversation_id == str(conversation_id)
        if not (is_same and self.sender in offered):
            self.sender = last_used if last_used in offered else next(iter(offered), "")
        self.conversation_id = str(conversation_id)
        self.outcomes = []
        await self._check(session)

    async def _check(self, session: Any) -> None:
        conversation = await conversations.get(session, UUID(self.conversation_id))
        contact = await contacts.get(session, conversation.contact_id)
        verdict = await compliance.may_contact(session, contact, Channel.SMS, "reply", clock.now(), sender=self.sender)
        self.refusal = "" if verdict.allowed else verdict.message

    @rx.event
    @answers
    async def choose_sender(self, sender: str) -> None:
        """Text from another of the organization's numbers."""
        principal = await self._principal()
        if not self.conversation_id or sender not in [known["value"] for known in self.senders]:
            raise Invalid("Choose one of your numbers.", field="sender")
        self.sender = sender
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await self._check(session)

    @rx.event
    @answers
    async def send(self, conversation_id: str, client_id: str, body: str, sender: str, at: str) -> None:
        """Send a text now, or at an ISO moment; the browser shows it at once under its own id.

        The same client id sends once, however often it arrives. Refusals come back as the outcome and stand at the
        message, so the words the person wrote are never lost.
        """
        outcome: Outcome = {"client_id": str(client_id)[:64], "record_id": "", "error": ""}
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    conversation = await conversations.get(session, parse_id(conversation_id))
                    contact = await contacts.get(session, conversation.contact_id)
                    message = await messaging.send_from_person(
                        session,
                        principal,
                        sender_number=str(sender),
                        recipient_number=contact.phone_number or "",
                        body=str(body),
                        at=moment(at),
                        client_key=outcome["client_id"],
                    )
                    outcome["record_id"] = str(message.id)
        except MagpipeError as error:
            outcome["error"] = error.message
        self.outcomes = [*self.outcomes[1 - OUTCOMES :], outcome]

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self.conversation_id:
            return
        is_stale = any({"numbers.changed", "resync"} & news.kinds for news in batch)
        has_event = any(
            item["kind"] == ItemKind.EVENT
            for news in batch
            if news.conversation == self.conversation_id
            for item in news.items
        )
        if not (is_stale or has_event):
            return
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                if is_stale:
                    await self._load(session, principal, UUID(self.conversation_id), self.sender)
                else:
                    await self._check(session)


def moment(at: str) -> datetime | None:
    """Return an ISO moment with its zone as a time, None for an empty one. Raises `Invalid` naming the field."""
    if not at:
        return None
    try:
        when = datetime.fromisoformat(str(at).replace("Z", "+00:00"))
    except ValueError:
        raise Invalid("Choose a date and a time.", field="at") from None
    if when.tzinfo is None:
        raise Invalid("Choose a date and a time.", field="at")
    return when
