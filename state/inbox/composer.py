"""Send a person's messages from the open conversation, keep what they write, and say why one may not be sent."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict
from uuid import UUID

import reflex as rx

from backend.chat import service as chat
from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.errors import Invalid, MagpipeError, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.inbox import service as inbox
from backend.inbox.schemas import DraftRow
from backend.mailboxes import service as mailboxes
from backend.messaging import service as messaging
from backend.numbers import service as numbers
from backend.vocab import Channel, ItemKind
from state.errors import answers
from state.hub import News
from state.inbox.moments import moment
from state.inbox.thread import author_of
from state.session import SessionState

# How many answers to sends travel at a time: a person cannot press send faster than this is read.
OUTCOMES = 10
MOST_FILES = 8


class Sender(TypedDict):
    """One of the organization's numbers, as a choice."""

    value: str
    label: str


class Outcome(TypedDict):
    """What became of one send: the stored message's id, why not, or who answered while it was written.

    `collision` is who, `collision_body` what; the same send with `is_sure` goes out all the same.
    """

    client_id: str
    record_id: str
    error: str
    collision: str
    collision_body: str


class ComposerState(SessionState):
    """The reply box's server side: channels to answer by, who sends, drafts kept, and what became of each send."""

    HEARS: ClassVar[frozenset[str]] = frozenset(
        {
            "item.added",
            "contact.updated",
            "conversation.merged",
            "conversation.renumbered",
            "numbers.changed",
            mailboxes.CHANGED,
            "resync",
        }
    )

    conversation_id: str = ""
    channels: list[str] = []
    """How to answer this person: `sms`, `chat` while they have one open, `email` with an address and a mailbox."""
    channel: str = ""
    mail_subject: str = ""
    """What an email to this person is about unless its writer says otherwise: the answer to their last one."""
    mail_mode: str = "off"
    """What the agent does with this person's emails: `auto`, `draft`, or `off` when it does nothing."""
    senders: list[Sender] = []
    sender: str = ""
    refusal: str = ""
    """Why this person may not be texted, in words; empty when they may."""
    outcomes: list[Outcome] = []
    drafts: list[DraftRow] = []
    """What this person was writing here when the conversation opened, on whatever device."""
    last_seq: int = 0

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
        if not is_same:
            self.drafts = await inbox.drafts(session, principal, conversation_id)
        self.conversation_id = str(conversation_id)
        self.outcomes = []
        await self._check(session)

    async def _check(self, session: Any) -> None:
        conversation = await conversations.get(session, UUID(self.conversation_id))
        contact = await contacts.get(session, conversation.contact_id)
        self.last_seq = conversation.last_seq
        verdict = await compliance.may_contact(session, contact, Channel.SMS, "reply", clock.now(), sender=self.sender)
        self.refusal = "" if verdict.allowed else verdict.message
        found = [Channel.SMS.value] if contact.phone_number else []
        if await chat.has_open(session, conversation.id):
            found.append(Channel.CHAT.value)
        reach = await mailboxes.reach_of(session, conversation.id)
        self.mail_subject, self.mail_mode = (reach.subject, reach.mode) if reach else ("", "off")
        if reach is not None:
            found.append(Channel.EMAIL.value)
        self.channels = found or [Channel.SMS.value]
        if self.channel not in found or conversation.last_channel in found:
            self.channel = conversation.last_channel if conversation.last_channel in found else self.channels[0]

    def _clear(self) -> None:
        self.conversation_id, self.drafts, self.outcomes = "", [], []

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
    async def send(
        self,
        conversation_id: str,
        client_id: str,
        body: str,
        sender: str,
        at: str,
        channel: str,
        files: list[str],
        began_seq: int,
        is_sure: bool,
        subject: str = "",
    ) -> None:
        """Send a message now, or a text at an ISO moment; the browser shows it at once under its own id.

        An email with another `subject` than the answer to their last one begins a thread.

        The same client id sends once, however often it arrives. When somebody else answered after `began_seq`, the
        newest item its writer had seen, nothing is sent before they are sure. Refusals come back as the outcome and
        stand at the message, so the words the person wrote are never lost.
        """
        outcome: Outcome = {
            "client_id": str(client_id)[:64],
            "record_id": "",
            "error": "",
            "collision": "",
            "collision_body": "",
        }
        principal = await self._principal()
        try:
            file_ids = [parse_id(one, "files") for one in files[: MOST_FILES + 1]]
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    conversation = await conversations.get(session, parse_id(conversation_id))
                    other = None
                    if began_seq > 0 and not is_sure:
                        other = await conversations.answered_since(
                            session, conversation.id, began_seq, but=principal.user_id
                        )
                    if other is not None:
                        outcome["collision"] = other["author_name"] or "Somebody"
                        outcome["collision_body"] = other["body"][:200]
                    elif channel == Channel.CHAT:
                        message = await chat.send_from_person(
                            session,
                            principal,
                            conversation_id=conversation.id,
                            body=body,
                            client_key=outcome["client_id"],
                            file_ids=file_ids,
                            seen_seq=began_seq,
                        )
                        outcome["record_id"] = str(message.id)
                    elif channel == Channel.EMAIL:
                        email = await mailboxes.send_from_person(
                            session,
                            principal,
                            conversation.id,
                            body,
                            subject=str(subject),
                            client_key=outcome["client_id"],
                            file_ids=file_ids,
                        )
                        outcome["record_id"] = str(email.id)
                    else:
                        contact = await contacts.get(session, conversation.contact_id)
                        text = await messaging.send_from_person(
                            session,
                            principal,
                            sender_number=sender,
                            recipient_number=contact.phone_number or "",
                            body=body,
                            file_ids=file_ids,
                            at=moment(at),
                            client_key=outcome["client_id"],
                        )
                        outcome["record_id"] = str(text.id)
                    if outcome["record_id"]:
                        await inbox.forget_draft(session, principal, conversation.id, "reply")
        except MagpipeError as error:
            outcome["error"] = error.message
        self.outcomes = [*self.outcomes[1 - OUTCOMES :], outcome]

    @rx.event
    @answers
    async def note(self, conversation_id: str, body: str, mentioned: list[str]) -> None:
        """Write a note that only the team sees; those it mentions are told."""
        principal = await self._principal()
        people = [parse_id(one, "mentioned") for one in mentioned[:20]]
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                conversation = parse_id(conversation_id)
                await conversations.write_note(session, conversation, body, people, author_of(principal))
                await inbox.forget_draft(session, principal, conversation, "note")

    @rx.event
    @answers
    async def save_draft(self, conversation_id: str, mode: str, body: str, channel: str, began_seq: int) -> None:
        """Keep what the person is writing; the browser sends it when they pause."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await inbox.save_draft(
                    session, principal, parse_id(conversation_id), mode, body, channel=channel, began_seq=began_seq
                )

    async def _hear(self, batch: Sequence[News]) -> None:
        if not self.conversation_id:
            return
        here = [news for news in batch if news.conversation == self.conversation_id]
        if any("conversation.merged" in news.kinds for news in here):
            self._clear()
            return
        is_stale = any({"numbers.changed", mailboxes.CHANGED, "resync"} & news.kinds for news in batch)
        # A contact who was given an address, or lost it, is reached by other channels.
        is_other = any({"conversation.renumbered", "contact.updated"} & news.kinds for news in here)
        ours = [item for news in here for item in news.items]
        # An event may be an opt-out; a message may come by another channel than the last one.
        if not (
            is_stale
            or is_other
            or any(item["kind"] == ItemKind.EVENT or item["channel"] != self.channel for item in ours)
        ):
            if ours:
                self.last_seq = max(self.last_seq, *(item["seq"] for item in ours))
            return
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    if is_stale:
                        await self._load(session, principal, UUID(self.conversation_id), self.sender)
                    else:
                        await self._check(session)
        except NotFound:
            # It was merged or erased, and the news of that is on its way or was lost.
            self._clear()
