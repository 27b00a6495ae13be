"""Read tables that people export from elsewhere, whatever their encoding and delimiter.

Nothing about a file is believed: its encoding, delimiter and whether it begins with names are found by looking at it.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from backend.core.errors import Invalid
from backend.core.spreadsheets import RUNS, delimiter_of

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
# A cell beyond this is a quote that was never closed, or no table at all.
CELL_LIMIT = 32_000
MOST_COLUMNS = 200
_SAMPLE_BYTES = 256_000


@dataclass(frozen=True)
class Layout:
    """How a file is to be read: a codec of Python, and one character between cells."""

    encoding: str
    delimiter: str


@dataclass(frozen=True)
class Record:
    """One row of a table: its number as a spreadsheet counts, and its cells without surrounding spaces."""

    number: int
    cells: tuple[str, ...]


def layout_of(path: Path) -> Layout:
    """Return how a file is best read. Raises `Invalid` (`empty`, `not_a_table`) for what is no table of text."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe\x00 \r\n\t"):
        raise Invalid("This file is empty.", field="file", code="empty")
    encoding = _encoding(head, path)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    strange = sum(1 for character in text[:4000] if ord(character) < 32 and character not in "\r\n\t\x00")
    if strange > len(text[:4000]) // 50:
        raise Invalid(
            "This is not a table of text. Save it as CSV in your spreadsheet first.", field="file", code="not_a_table"
        )
    return Layout(encoding, delimiter_of(text))


def records(path: Path, layout: Layout) -> Iterator[Record]:
    """Yield the rows of a file that hold anything. Raises `Invalid` (`unreadable`) that names the row it stops at."""
    with path.open(encoding=layout.encoding, errors="replace", newline="") as file:
        reader = csv.reader((line.replace("\x00", "") for line in file), delimiter=layout.delimiter)
        number = 0
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise _broken(number) from None
            if any(len(cell) > CELL_LIMIT for cell in cells):
                raise _broken(number)
            if len(cells) > MOST_COLUMNS:
                raise Invalid(f"Row {number} has more than {MOST_COLUMNS} columns.", field="file", code="unreadable")
            trimmed = tuple(_plain(cell) for cell in cells)
            if any(trimmed):
                yield Record(number, trimmed)


def _plain(cell: str) -> str:
    """Return a cell without surrounding spaces, and without the mark that kept a spreadsheet from running it."""
    cell = cell.strip().removeprefix("\ufeff")
    return cell[1:] if cell.startswith("'") and cell[1:2] in RUNS else cell


def _encoding(head: bytes, path: Path) -> str:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    # UTF-16 without its mark: Latin text has a zero in every second byte.
    pairs = head[: 2 * (len(head[:2000]) // 2)]
    if len(pairs) > 8 and pairs[1::2].count(0) > len(pairs) // 3:
        return "utf-16-le"
    if len(pairs) > 8 and pairs[0::2].count(0) > len(pairs) // 3:
        return "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(1_000_000):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _broken(number: int) -> Invalid:
    return Invalid(
        f"Row {number} cannot be read: a quotation mark there is never closed.", field="file", code="unreadable"
    )
