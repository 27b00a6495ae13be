"""The doctor shows one row for each check, a remedy for each red one, and tells scripts by its exit code."""

import asyncio
import io
import json

from rich.console import Console

from magpipe.doctor.report import Check, examine, failed, ok, show, skipped


async def green():
    return ok("answers in 1 ms")


async def red():
    return failed("at 1, newest is 2", "Run `magpipe migrate`.")


async def grey():
    return skipped("no key")


async def breaks():
    raise ConnectionRefusedError("connection refused")


async def hangs():
    await asyncio.sleep(60)


async def test_a_check_that_raises_or_hangs_is_red_and_the_others_still_run():
    checks = [
        Check("Database", breaks, "Start it."),
        Check("Queue", hangs, "Start a worker."),
        Check("Disk space", green, "Free some."),
    ]
    rows = await examine(checks, longest_s=0.05)
    assert [(row.name, row.status, row.fix) for row in rows] == [
        ("Database", "failed", "Start it."),
        ("Queue", "failed", "Start a worker."),
        ("Disk space", "ok", ""),
    ]
    assert "connection refused" in rows[0].detail


async def test_the_table_shows_every_row_and_a_fix_for_each_red_one():
    rows = await examine([Check("Disk", green, ""), Check("Migrations", red, ""), Check("Email", grey, "")])
    paper = io.StringIO()
    assert show(rows, as_json=False, console=Console(file=paper, width=120)) == 1
    page = paper.getvalue()
    for words in (
        "Disk",
        "answers in 1 ms",
        "✗ failed",
        "→ Run `magpipe migrate`.",
        "– skipped",
        "1 of 3 checks failed",
    ):
        assert words in page


async def test_json_carries_the_same_rows(capsys):
    rows = await examine([Check("Disk", green, ""), Check("Email", grey, "")])
    assert show(rows, as_json=True) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["ok"] is True
    assert [row["status"] for row in content["checks"]] == ["ok", "skipped"]


async def test_the_ground_is_found_sound(database):
    """Database, vectors, migrations and row security are green on what the migrations made."""
    from magpipe.doctor import ground

    wanted = {"Database", "Vector search", "Migrations", "Row security", "Disk space"}
    rows = await examine([check for check in ground.CHECKS if check.name in wanted])
    assert {row.name: row.status for row in rows} == dict.fromkeys(wanted, "ok"), rows
