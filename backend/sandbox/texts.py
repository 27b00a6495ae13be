"""Texts that crossed the carrier, in both directions, with their pictures."""

import sqlite3
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from backend.sandbox.database import Database
from backend.sandbox.segments import count_segments

INBOUND = "inbound"
OUTBOUND = "outbound-api"
REPLY = "outbound-reply"


@dataclass(frozen=True)
class Media:
    """One attachment. `content` is empty until an outbound picture was fetched from `source_url`."""

    sid: str
    text_sid: str
    content_type: str
    source_url: str
    content: bytes | None


@dataclass(frozen=True)
class NewMedia:
    """An attachment that is about to be stored: bytes from a customer, or an address to fetch."""

    content_type: str = "application/octet-stream"
    content: bytes | None = None
    source_url: str = ""


@dataclass(frozen=True)
class Text:
    """One message as the carrier knows it; times are Unix seconds."""

    seq: int
    sid: str
    direction: str
    from_number: str
    to_number: str
    body: str
    status: str
    error_code: int | None
    error_message: str | None
    num_segments: int
    status_callback: str
    webhook: str
    """Inbound only: pending, accepted, failed, fetched (by the list, after it failed), unrouted or dropped."""
    webhook_note: str
    created_at: float
    sent_at: float | None
    updated_at: float

    @property
    def is_inbound(self) -> bool:
        """Whether a customer sent it."""
        return self.direction == INBOUND


@dataclass(frozen=True)
class Search:
    """What a listing is narrowed to; None means any."""

    from_number: str | None = None
    to_number: str | None = None
    sent_from: float | None = None
    sent_until: float | None = None
    newest_seq: int | None = None


class Texts:
    """Storage of texts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        *,
        direction: str,
        from_number: str,
        to_number: str,
        body: str,
        media: Sequence[NewMedia] = (),
        status_callback: str = "",
    ) -> Text:
        """Store a new text: inbound ones as received with a pending webhook, outbound ones as queued."""
        sid, now, is_inbound = str(uuid.uuid4()), time.time(), direction == INBOUND
        with self._database.transaction():
            self._database.run(
                "INSERT INTO texts (sid, direction, from_number, to_number, body, status, num_segments,"
                " status_callback, webhook, created_at, sent_at, updated_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                sid,
                direction,
                from_number,
                to_number,
                body,
                "received" if is_inbound else "queued",
                count_segments(body),
                status_callback,
                "pending" if is_inbound else "",
                now,
                now if is_inbound else None,
                now,
            )
            for position, item in enumerate(media):
                self._database.run(
                    "INSERT INTO media (sid, text_sid, position, content_type, source_url, content)"
                    " VALUES (?,?,?,?,?,?)",
                    str(uuid.uuid4()),
                    sid,
                    position,
                    item.content_type,
                    item.source_url,
                    item.content,
                )
        return self.get(sid)

    def get(self, sid: str) -> Text:
        """Return a text that is known to exist."""
        found = self.find(sid)
        if found is None:
            raise LookupError(f"no text {sid}")
        return found

    def find(self, sid: str) -> Text | None:
        """Return the text with this id, or None."""
        row = self._database.row("SELECT * FROM texts WHERE sid = ?", sid)
        return _text(row) if row else None

    def set_status(self, sid: str, status: str, code: int | None = None, message: str | None = None) -> Text:
        """Move an outbound text to its next delivery status."""
        now = time.time()
        self._database.run(
            "UPDATE texts SET status = ?, error_code = ?, error_message = ?, updated_at = ?,"
            " sent_at = CASE WHEN ? = 'sent' THEN ? ELSE sent_at END WHERE sid = ?",
            status,
            code,
            message,
            now,
            status,
            now,
            sid,
        )
        return self.get(sid)

    def set_webhook(self, sid: str, state: str, note: str = "") -> Text:
        """Remember what became of an inbound text's webhook."""
        self._database.run("UPDATE texts SET webhook = ?, webhook_note = ? WHERE sid = ?", state, note, sid)
        return self.get(sid)

    def search(self, wanted: Search, limit: int, offset: int) -> list[Text]:
        """Return matching texts, newest first."""
        clauses = [
            ("from_number = ?", wanted.from_number),
            ("to_number = ?", wanted.to_number),
            ("sent_at >= ?", wanted.sent_from),
            ("sent_at < ?", wanted.sent_until),
            ("seq <= ?", wanted.newest_seq),
        ]
        where = " AND ".join(sql for sql, value in clauses if value is not None) or "1"
        values = [value for _, value in clauses if value is not None]
        rows = self._database.rows(
            f"SELECT * FROM texts WHERE {where} ORDER BY seq DESC LIMIT ? OFFSET ?",  # noqa: S608 - fixed clauses
            *values,
            limit,
            offset,
        )
        return [_text(row) for row in rows]

    def newest_seq(self) -> int:
        """Return the sequence number of the newest text, 0 when there is none."""
        row = self._database.row("SELECT coalesce(max(seq), 0) FROM texts")
        return int(row[0]) if row else 0

    def between(self, one: str, other: str, after_seq: int = 0, since: float = 0, limit: int = 500) -> list[Text]:
        """Return the last texts two phones exchanged, oldest first; an empty number means any."""
        rows = self._database.rows(
            "SELECT * FROM (SELECT * FROM texts WHERE seq > ?1 AND created_at > ?2 + 5e-7 AND ("
            " (?3 IN ('', from_number) AND ?4 IN ('', to_number))"
            " OR (?3 IN ('', to_number) AND ?4 IN ('', from_number)))"
            " ORDER BY seq DESC LIMIT ?5) ORDER BY seq",
            after_seq,
            since,
            one,
            other,
            limit,
        )
        return [_text(row) for row in rows]

    def threads(self, limit: int = 50) -> list[tuple[str, str, Text]]:
        """Return (customer, business number, last text) of every thread, most recent first."""
        rows = self._database.rows(
            "SELECT *, CASE WHEN direction = 'inbound' THEN from_number ELSE to_number END AS customer,"
            " CASE WHEN direction = 'inbound' THEN to_number ELSE from_number END AS business, max(seq)"
            " FROM texts GROUP BY customer, business ORDER BY max(seq) DESC LIMIT ?",
            limit,
        )
        return [(row["customer"], row["business"], _text(row)) for row in rows]

    def unfinished(self) -> list[Text]:
        """Return the texts a stopped process left half way, oldest first."""
        rows = self._database.rows(
            "SELECT * FROM texts WHERE webhook = 'pending' OR (direction <> 'inbound' AND status IN"
            " ('queued', 'sent')) ORDER BY seq"
        )
        return [_text(row) for row in rows]

    def media(self, text_sid: str) -> list[Media]:
        """Return a text's attachments in order."""
        rows = self._database.rows("SELECT * FROM media WHERE text_sid = ? ORDER BY position", text_sid)
        return [_media(row) for row in rows]

    def find_media(self, sid: str, text_sid: str) -> Media | None:
        """Return one attachment of a text, or None."""
        row = self._database.row("SELECT * FROM media WHERE sid = ? AND text_sid = ?", sid, text_sid)
        return _media(row) if row else None

    def keep_media(self, sid: str, content_type: str, content: bytes) -> None:
        """Store the bytes fetched for an outbound attachment."""
        self._database.run("UPDATE media SET content_type = ?, content = ? WHERE sid = ?", content_type, content, sid)


def _text(row: sqlite3.Row) -> Text:
    return Text(**{name: row[name] for name in Text.__dataclass_fields__})


def _media(row: sqlite3.Row) -> Media:
    return Media(**{name: row[name] for name in Media.__dataclass_fields__})
