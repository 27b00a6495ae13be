"""Run every benchmark, print its rows beside their floors, and write them to `docs/performance.md`.

`make bench` runs all of them; `python -m tests.bench conversation_list jobs` runs those named and writes nothing.
"""

import asyncio
import os
import sys
import tempfile
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from tests.bench.measure import ROOT, Row, commit, machine

BENCHMARKS = (
    "conversation_list",
    "contacts_list",
    "calls_list",
    "job_queue",
    "knowledge_search",
    "knowledge_site",
    "retrieval",
    "memory",
    "tools",
    "routines",
    "injection",
    "analytics",
    "webhook",
    "fan_out",
    "painted",
    "page_weight",
    "lighthouse",
    "widget",
    "voice",
    "voice_memory",
)


def main() -> int:
    """Start a database of our own, run the benchmarks named (default all), print and write what was seen."""
    named = sys.argv[1:] or list(BENCHMARKS)
    from magpipe.database import running
    from tests.databases import migrate

    folder = Path(tempfile.mkdtemp(prefix="magpipe-bench-"))
    with running(folder / "pg") as cluster:
        cluster.create_database("bench")
        os.environ["DATABASE_URL"] = cluster.url("bench")
        migrate(cluster.url("bench"))
        rows = asyncio.run(_run(named))
    report = _report(rows)
    print(report)
    if not sys.argv[1:]:
        (ROOT / "docs" / "performance.md").write_text(report)
    return 0


async def _run(named: list[str]) -> list[Row]:
    from backend.core import db

    rows: list[Row] = []
    for name in named:
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        rows += await import_module(f"tests.bench.{name}").rows()
    await db.dispose()
    return rows


def _report(rows: list[Row]) -> str:
    lines = [
        "# Performance",
        "",
        "What `make bench` measured last; each figure stands beside its floor, measured in the same run.",
        "",
        f"- Hardware: {machine()}",
        f"- Commit: {commit()}",
        f"- Date: {datetime.now(UTC):%Y-%m-%d}",
        "",
        "| path | target | measured | floor | what the floor is |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {row.path} | {row.target} | {row.measured} | {row.floor} | {row.note} |" for row in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
