"""Say how an installation is: one row for each check, what was seen, and what to do where it is red."""

import asyncio
import json
import traceback
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from rich.console import Console
from rich.table import Table

from backend.core.errors import MagpipeError

LONGEST_CHECK_S = 60.0
SIGNS = {"ok": "[green]✓ ok[/]", "failed": "[red]✗ failed[/]", "skipped": "[dim]– skipped[/]"}


@dataclass(frozen=True)
class Finding:
    """What one check saw; `fix` is empty unless it failed."""

    status: Literal["ok", "failed", "skipped"]
    detail: str
    fix: str = ""


@dataclass(frozen=True)
class Row(Finding):
    """A finding under its check's name."""

    name: str = ""


@dataclass(frozen=True)
class Check:
    """One thing to prove, and the general remedy when the proof itself breaks."""

    name: str
    look: Callable[[], Awaitable[Finding]]
    fix: str


def ok(detail: str) -> Finding:
    """Return a green finding."""
    return Finding("ok", detail)


def failed(detail: str, fix: str) -> Finding:
    """Return a red finding with its remedy."""
    return Finding("failed", detail, fix)


def skipped(why: str) -> Finding:
    """Return a finding that proves nothing, and why."""
    return Finding("skipped", why)


async def examine(checks: Sequence[Check], *, longest_s: float = LONGEST_CHECK_S) -> list[Row]:
    """Run the checks one after another; one that raises or hangs is a red row, and the others still run."""
    rows = []
    for check in checks:
        try:
            finding = await asyncio.wait_for(check.look(), longest_s)
        except TimeoutError:
            finding = failed(f"no answer within {longest_s:.0f} s", check.fix)
        except MagpipeError as error:
            finding = failed(error.message, check.fix)
        except Exception as error:
            seen = traceback.format_exception_only(error)[-1].strip().splitlines()[0]
            finding = failed(seen, check.fix)
        rows.append(Row(finding.status, finding.detail, finding.fix, check.name))
    return rows


def show(rows: Sequence[Row], *, as_json: bool, console: Console | None = None) -> int:
    """Print the rows as a table or JSON. Returns 1 when any is red, else 0."""
    reds = [row for row in rows if row.status == "failed"]
    if as_json:
        print(json.dumps({"ok": not reds, "checks": [asdict(row) for row in rows]}, indent=2))
        return bool(reds)
    console = console or Console()
    table = Table("Check", "Result", "What was seen", title="Magpipe doctor", title_justify="left")
    for row in rows:
        seen = f"{row.detail}\n[yellow]→ {row.fix}[/]" if row.fix else row.detail
        table.add_row(row.name, SIGNS[row.status], seen)
    console.print(table)
    console.print(f"{len(reds)} of {len(rows)} checks failed." if reds else "Everything that was checked works.")
    return bool(reds)
