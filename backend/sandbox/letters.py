"""Emails customers write to the business, as the mail service hands them on, and where a business forwards its mail."""

import json
import sqlite3
import time
import uuid
from dataclasses import dataclass
from email.utils import formataddr, formatdate
from typing import Any

from backend.sandbox.database import Database
from backend.sandbox.mailbox import header_in

# What the mail service's spam filter says of a mail that its author's own domain signed, and of one nobody vouches for.
_SIGNED, _UNSIGNED = "DKIM_SIGNED,DKIM_VALID,DKIM_VALID_AU,SPF_PASS", "MISSING_MID"


@dataclass(frozen=True)
class Draft:
    """What a customer wrote; `answers` are the ids of the emails before it, oldest first."""

    sender: str
    sender_name: str
    recipient: str
    subject: str
    body: str
    answers: tuple[str, ...] = ()
    is_signed: bool = True
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Letter:
    """One email to the business in the fields of Postmark's inbound webhook; `created_at` is Unix seconds.

    `webhook` is pending, accepted, failed or unrouted.
    """

    id: str
    payload: dict[str, Any]
    webhook: str
    note: str
    created_at: float

    def text(self, field: str) -> str:
        """Return a field as text, empty when absent."""
        return str(self.payload.get(field) or "")

    @property
    def sender(self) -> tuple[str, str]:
        """The address it came from, and the name."""
        return self.text("From"), self.text("FromName")

    @property
    def recipient(self) -> str:
        """The address it was written to."""
        return str(self.payload["ToFull"][0]["Email"])

    def header(self, name: str) -> str:
        """Return a header, empty when there is none."""
        return header_in(self.payload, name)


class Letters:
    """Storage of customers' emails and of forwarded addresses."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, draft: Draft) -> Letter:
        """Keep an email, addressed as it arrives once the business forwarded it."""
        letter_id = str(uuid.uuid4())
        target = self.forwarded().get(draft.recipient.lower(), draft.recipient)
        payload = _payload(letter_id, draft, target)
        self._database.run(
            "INSERT INTO letters (id, payload, webhook, note, created_at) VALUES (?,?,'pending','',?)",
            letter_id,
            json.dumps(payload),
            time.time(),
        )
        found = self.find(letter_id)
        if found is None:
            raise LookupError(letter_id)
        return found

    def find(self, letter_id: str) -> Letter | None:
        """Return one email, or None."""
        row = self._database.row("SELECT * FROM letters WHERE id = ?", letter_id)
        return _letter(row) if row else None

    def newest(self, limit: int = 100) -> list[Letter]:
        """Return emails newest first."""
        return [_letter(row) for row in self._database.rows("SELECT * FROM letters ORDER BY seq DESC LIMIT ?", limit)]

    def unfinished(self) -> list[Letter]:
        """Return what was not handed on yet, oldest first."""
        return [
            _letter(row) for row in self._database.rows("SELECT * FROM letters WHERE webhook = 'pending' ORDER BY seq")
        ]

    def set_webhook(self, letter_id: str, state: str, note: str) -> None:
        """Note what became of handing an email on."""
        self._database.run("UPDATE letters SET webhook = ?, note = ? WHERE id = ?", state, note, letter_id)

    def forward(self, address: str, target: str) -> None:
        """Have mail to an address of the business forwarded from now on."""
        self._database.run(
            "INSERT INTO forwarded_addresses (address, target) VALUES (?1, ?2)"
            " ON CONFLICT (address) DO UPDATE SET target = ?2",
            address.lower(),
            target.lower(),
        )

    def forwarded(self) -> dict[str, str]:
        """Return the addresses a business forwards, each with where to."""
        return {row["address"]: row["target"] for row in self._database.rows("SELECT * FROM forwarded_addresses")}


def _payload(letter_id: str, draft: Draft, target: str) -> dict[str, Any]:
    """Return an email as Postmark's documentation of its inbound webhook shows it."""
    told = dict(draft.headers) or {"Message-ID": f"<{letter_id}@{draft.sender.rpartition('@')[2]}>"}
    if draft.answers:
        told |= {"In-Reply-To": draft.answers[-1], "References": " ".join(draft.answers)}
    told["X-Spam-Tests"] = _SIGNED if draft.is_signed else _UNSIGNED
    return {
        "FromName": draft.sender_name,
        "MessageStream": "inbound",
        "From": draft.sender,
        "FromFull": {"Email": draft.sender, "Name": draft.sender_name, "MailboxHash": ""},
        "To": formataddr(("", draft.recipient)),
        "ToFull": [{"Email": draft.recipient, "Name": "", "MailboxHash": ""}],
        "Cc": "",
        "CcFull": [],
        "Bcc": "",
        "BccFull": [],
        "OriginalRecipient": target,
        "Subject": draft.subject,
        "MessageID": letter_id,
        "ReplyTo": "",
        "MailboxHash": "",
        "Date": formatdate(),
        "TextBody": draft.body,
        "HtmlBody": "",
        "StrippedTextReply": "",
        "Tag": "",
        "Headers": [{"Name": name, "Value": value} for name, value in told.items()],
        "Attachments": [],
    }


def _letter(row: sqlite3.Row) -> Letter:
    return Letter(row["id"], json.loads(row["payload"]), row["webhook"], row["note"], row["created_at"])
