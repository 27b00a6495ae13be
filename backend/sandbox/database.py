"""SQLite storage of the stand-ins: one connection, short transactions, kept over restarts."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS numbers (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS phones (
    number TEXT PRIMARY KEY,
    is_reachable INTEGER NOT NULL DEFAULT 1,
    is_landline INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS texts (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    sid TEXT NOT NULL UNIQUE,
    direction TEXT NOT NULL,
    from_number TEXT NOT NULL,
    to_number TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    error_code INTEGER,
    error_message TEXT,
    num_segments INTEGER NOT NULL,
    status_callback TEXT NOT NULL DEFAULT '',
    webhook TEXT NOT NULL DEFAULT '',
    webhook_note TEXT NOT NULL DEFAULT '',
    created_at REAL NOT NULL,
    sent_at REAL,
    updated_at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS texts_from ON texts (from_number, seq);
CREATE INDEX IF NOT EXISTS texts_to ON texts (to_number, seq);
CREATE TABLE IF NOT EXISTS media (
    sid TEXT PRIMARY KEY,
    text_sid TEXT NOT NULL,
    position INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    source_url TEXT NOT NULL,
    content BLOB
);
CREATE INDEX IF NOT EXISTS media_text ON media (text_sid, position);
CREATE TABLE IF NOT EXISTS emails (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    recipients TEXT NOT NULL,
    message TEXT NOT NULL,
    received_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS inactive_addresses (address TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS letters (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL,
    webhook TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS forwarded_addresses (address TEXT PRIMARY KEY, target TEXT NOT NULL);
"""

_SEEDED = 1  # PRAGMA user_version once the first numbers were handed out


class Database:
    """One SQLite file; every method is short enough to run on the event loop."""

    def __init__(self, path: Path) -> None:
        name = str(path)
        if name != ":memory:":
            path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        # WAL with NORMAL never syncs per commit: a power cut may lose the last texts, a killed process may not.
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute("PRAGMA busy_timeout=5000")
        self._connection.executescript(_SCHEMA)

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return every row of a query."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return found

    def run(self, sql: str, *values: Any) -> int:
        """Execute one statement and return how many rows it changed."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the statements inside happen together or not at all."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def claim_first_start(self) -> bool:
        """Say once in the life of the file that it is new."""
        with self.transaction():
            row = self.row("PRAGMA user_version")
            if row is not None and row[0] >= _SEEDED:
                return False
            self._connection.execute(f"PRAGMA user_version={_SEEDED}")
            return True

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
