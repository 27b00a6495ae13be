"""Measure what a thousand calls leave behind in the memory of one voice process.

Each is greeted, asks once, is answered and hangs up, sixteen at a time. What the first hundred leave is what every
process comes to have; the slope is taken from there. BENCH_CALLS=200 holds so many instead.
"""

import asyncio
import os
import sys
from pathlib import Path

import aiohttp

from tests.bench.measure import Row
from tests.bench.telephone import caller, lines
from tests.bench.telephone.caller import Seen

CALLS, AT_ONCE, SETTLES = 1000, 16, 100
# A process that keeps what a call was made of keeps half a megabyte of it.
_TARGET = "≤ 10 KB a call"


async def rows() -> list[Row]:
    """Hold the calls, and look at the process after every hundred."""
    calls = int(os.environ.get("BENCH_CALLS", "") or CALLS)
    seen = Seen()
    with lines.vendors() as vendors:
        async with lines.ours(vendors) as up, aiohttp.ClientSession() as http:
            begun = _resident_kb(up.pid)
            sizes: list[tuple[int, int]] = []
            for done in range(0, calls, SETTLES):
                await _hold(http, up, seen, done, min(SETTLES, calls - done))
                sizes.append((done + SETTLES, _resident_kb(up.pid)))
                print(f"  {done + SETTLES} calls: {sizes[-1][1] // 1024} MB", file=sys.stderr, flush=True)
    return [
        Row(
            f"voice: memory of the process over {calls:,} calls, {AT_ONCE} at once",
            _TARGET,
            f"{_slope(sizes[1:] or sizes):.1f} KB a call",
            f"{begun // 1024} MB before the first call, {sizes[-1][1] // 1024} MB after the last",
            f"slope of the line through the figure after every hundred; {seen.unanswered} turns unanswered",
        )
    ]


async def _hold(http: aiohttp.ClientSession, up: lines.Ours, seen: Seen, first: int, count: int) -> None:
    places = iter(range(first, first + count))

    async def hold_some() -> None:
        for place in places:
            await caller.hold(http, up.address, await up.parameters(place), seen, place, 1, 0)

    await asyncio.gather(*(hold_some() for _ in range(AT_ONCE)))
    # What a call leaves is written after its end.
    await asyncio.sleep(2)


def _slope(points: list[tuple[int, int]]) -> float:
    """Return the slope of the line of least squares."""
    middle = sum(at for at, _ in points) / len(points)
    level = sum(size for _, size in points) / len(points)
    spread = sum((at - middle) ** 2 for at, _ in points)
    return sum((at - middle) * (size - level) for at, size in points) / spread if spread else 0.0


def _resident_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))
