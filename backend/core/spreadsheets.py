"""Know tables as spreadsheets write and read them: rows of CSV that run nothing, and what stands between cells."""

import csv
from collections.abc import Sequence
from io import StringIO
from itertools import islice

# What a spreadsheet would run (OWASP, “CSV injection”). The number sign of E.164 with digits alone runs nothing.
RUNS = ("=", "+", "-", "@", "\t", "\r")
# Spreadsheets read CSV as UTF-8 only behind it.
BYTE_ORDER_MARK = "\ufeff"
DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 30


def line(cells: Sequence[str], *, trusted: bool = False) -> str:
    """Return one row as CSV (RFC 4180), no cell of which a spreadsheet would run unless all are `trusted`."""
    out = StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([cell if trusted else neutral(cell) for cell in cells])
    return out.getvalue()


def neutral(cell: str) -> str:
    """Return a cell that a spreadsheet shows and does not run; phone numbers in E.164 stay as they are."""
    if cell.startswith(RUNS) and not _is_number(cell):
        return f"'{cell}"
    return cell


def _is_number(cell: str) -> bool:
    return cell[0] in "+-" and cell[1:].isascii() and cell[1:].replace(".", "", 1).isdigit()


def delimiter_of(text: str) -> str:
    """Return the character that cuts the first rows into the most columns of which each row has as many."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            rows = [
                row
                for row in islice(csv.reader(StringIO(text, newline=""), delimiter=delimiter), _SAMPLE_ROWS)
                if any(cell.strip() for cell in row)
            ]
        except csv.Error:
            continue
        widths = [len(row) for row in rows]
        if not widths or max(widths) < 2:
            continue
        usual = max(set(widths), key=widths.count)
        score = widths.count(usual) / len(widths) * min(usual, 20) if usual > 1 else 0
        if score > best_score:
            best, best_score = delimiter, score
    return best
