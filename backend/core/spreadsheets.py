"""Write rows of CSV that a spreadsheet shows and does not run."""

import csv
from collections.abc import Sequence
from io import StringIO

# What a spreadsheet would run (OWASP, “CSV injection”). The number sign of E.164 with digits alone runs nothing.
RUNS = ("=", "+", "-", "@", "\t", "\r")
# Spreadsheets read CSV as UTF-8 only behind it.
BYTE_ORDER_MARK = "\ufeff"


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
