"""Emails the stand-in accepted, kept for people and tests to read."""

import json
import re
import sqlite3
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import getaddresses, parseaddr
from typing import Any

from backend.sandbox.database import Database

_CODE = re.compile(r"(?<![\w.,/:#+-])\d{6}(?!\w|[.,/:-]\d)")
_LINK = re.compile(r"https?://[^\s<>\"')]+")


@dataclass(frozen=True)
class Email:
    """One accepted message in Postmark's own fields; `received_at` is Unix seconds."""

    seq: int
    id: str
    recipients: list[str]
    message: dict[str, Any]
    received_at: float

    def text(self, field: str) -> str:
        """Return a field as text, empty when absent."""
        return str(self.message.get(field) or "")

    @property
    def sender(self) -> tuple[str, str]:
        """The address it came from, and the name."""
        name, address = parseaddr(self.text("From"))
        return address, name

    def header(self, name: str) -> str:
        """Return a header that was given, empty when there is none."""
        return header_in(self.message, name)

    @property
    def codes(self) -> list[str]:
        """The six-digit codes in the subject and text, in order, each once."""
        words = _LINK.sub(" ", f"{self.text('Subject')}\n{self.text('TextBody')}")
        return list(dict.fromkeys(_CODE.findall(words)))

    @property
    def links(self) -> list[str]:
        """The web addresses in the text, in order, each once."""
        return list(dict.fromkeys(link.rstrip(".,;") for link in _LINK.findall(self.text("TextBody"))))

    @property
    def files(self) -> list[dict[str, str]]:
        """The attachments, each with `Name`, `ContentType` and its `Content` in base64."""
        return list(self.message.get("Attachments") or [])


class Mailbox:
    """Storage of emails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, message: Mapping[str, Any]) -> Email:
        """Keep one message and return it with its new id."""
        recipients = addresses_in(message, "To", "Cc", "Bcc")
        email_id = str(uuid.uuid4())
        self._database.run(
            "INSERT INTO emails (id, recipients, message, received_at) VALUES (?,?,?,?)",
            email_id,
            json.dumps(recipients),
            json.dumps(dict(message)),
            time.time(),
        )
        found = self.find(email_id)
        if found is None:
            raise LookupError(email_id)
        return found

    def find(self, email_id: str) -> Email | None:
        """Return one email, or None."""
        row = self._database.row("SELECT * FROM emails WHERE id = ?", email_id)
        return _email(row) if row else None

    def newest(self, to: str = "", limit: int = 100, offset: int = 0) -> list[Email]:
        """Return emails newest first, narrowed to one recipient when named."""
        rows = self._database.rows(
            "SELECT * FROM emails WHERE ?1 = '' OR EXISTS (SELECT 1 FROM json_each(recipients) WHERE"
            " lower(json_each.value) = lower(?1)) ORDER BY seq DESC LIMIT ?2 OFFSET ?3",
            to.strip(),
            limit,
            offset,
        )
        return [_email(row) for row in rows]

    def count(self) -> int:
        """Return how many emails are kept."""
        row = self._database.row("SELECT count(*) FROM emails")
        return int(row[0]) if row else 0

    def set_active(self, address: str, active: bool) -> None:
        """Mark an address as good, or as one that bounced and may not be written to."""
        if active:
            self._database.run("DELETE FROM inactive_addresses WHERE address = ?", address.lower())
        else:
            self._database.run("INSERT OR IGNORE INTO inactive_addresses VALUES (?)", address.lower())

    def inactive_among(self, addresses: Sequence[str]) -> list[str]:
        """Return those addresses that bounced before."""
        inactive = {row["address"] for row in self._database.rows("SELECT address FROM inactive_addresses")}
        return [address for address in addresses if address.lower() in inactive]


def header_in(message: Mapping[str, Any], name: str) -> str:
    """Return a header of a message in Postmark's fields, empty when there is none."""
    given = message.get("Headers")
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict) and str(one.get("Name", "")).lower() == name.lower():
            return str(one.get("Value") or "")
    return ""


def addresses_in(message: Mapping[str, Any], *fields: str) -> list[str]:
    """Return the bare addresses of the named header fields."""
    values = [str(message.get(field) or "") for field in fields]
    return [address for _, address in getaddresses([value for value in values if value]) if address]


def _email(row: sqlite3.Row) -> Email:
    return Email(row["seq"], row["id"], json.loads(row["recipients"]), json.loads(row["message"]), row["received_at"])
