"""Keep the files of imports: put them away, look at them, and read their rows off the event loop."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from pathlib import Path

from backend.contacts import csv_files, import_rows
from backend.contacts.csv_files import Layout, Record
from backend.core.config import settings
from backend.core.errors import Conflict, Invalid
from backend.models.contacts import ContactField, ContactImport

MOST_ROWS = 200_000
# One transaction: short enough that a person's text never waits for it, long enough that its overhead does not count.
BATCH = 500
_SAMPLED = 40


async def batches(job: ContactImport, known: Sequence[ContactField], done: int) -> AsyncIterator[list[import_rows.Row]]:
    """Yield the rows after the first `done` in batches, read off the event loop."""
    rows = _body(job)
    await asyncio.to_thread(lambda: sum(1 for _ in islice(rows, done)))
    while True:
        batch = await asyncio.to_thread(_understood, rows, job, known)
        if not batch:
            return
        yield batch


def _understood(rows: Iterator[Record], job: ContactImport, known: Sequence[ContactField]) -> list[import_rows.Row]:
    return [import_rows.read(record, job.mapping, job.country, known) for record in islice(rows, BATCH)]


def _body(job: ContactImport) -> Iterator[Record]:
    return islice(records(job), int(job.has_header), None)


def records(job: ContactImport) -> Iterator[Record]:
    """Return the rows of an import's file. Raises `Conflict` (`file_gone`) when it is not there any more."""
    if not path_of(job).exists():
        raise Conflict("The file is gone. Upload it again; rows taken in stay.", code="file_gone")
    return csv_files.records(path_of(job), Layout(job.encoding, job.delimiter))


def look(path: Path) -> tuple[Layout, list[tuple[str, ...]], int]:
    """Return the layout, the first rows and the number of rows of a file."""
    layout = csv_files.layout_of(path)
    sample, total = list[tuple[str, ...]](), 0
    for record in csv_files.records(path, layout):
        total += 1
        if len(sample) < _SAMPLED:
            sample.append(record.cells)
        if total > MOST_ROWS:
            raise Invalid(f"A file has at most {MOST_ROWS:,} rows. Split it.", field="file", code="too_large")
    return layout, sample, total


def sample(job: ContactImport) -> list[tuple[str, ...]]:
    """Return the first rows of an import's file."""
    return [record.cells for record in islice(records(job), _SAMPLED)]


def count(job: ContactImport) -> int:
    """Return how many rows an import's file has."""
    return sum(1 for _ in records(job))


def path_of(job: ContactImport) -> Path:
    """Return where an import's file lies: private, and never served."""
    return settings().data_dir / "imports" / str(job.org_id) / str(job.id)


def keep(path: Path, content: bytes) -> None:
    """Put a file away."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o600)


def forget(path: Path) -> None:
    """Delete a file, be it there or not."""
    path.unlink(missing_ok=True)


def name_of(filename: str) -> str:
    """Return a file's name as it is shown: without folders, on one line."""
    name = " ".join(filename.replace("\\", "/").rpartition("/")[2].split())
    return "".join(character for character in name if character.isprintable())[:120] or "contacts.csv"
