"""Measure how soon a caller hears an answer, and how soon the agent falls silent when they speak over it.

From the caller's last loud frame to the agent's first, at the carrier's end of a media stream: our whole worker beside
LiveKit's session alone and beside a pipecat pipeline, each in a process of its own, against stand-ins of the vendors
whose times are constant. What the vendors take together is known, so that the rest is the line's own.
BENCH_CALLS=1 measures so many calls at once instead of 1, 10 and 16.
"""

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import aiohttp

from tests.bench.measure import Row, ms, percentile
from tests.bench.telephone import caller, constants, lines
from tests.bench.telephone.caller import Seen

AT_ONCE = (1, 10, 16)
# Turns and barge-ins of each call, so that every line is asked often enough for a tail.
_TURNS = {1: 20, 10: 6, 16: 5}
_BARGE_INS = {1: 5, 10: 2, 16: 2}
# What is begun for the first time is slower: it is done once before anything is counted.
_WARM_UP = (1, 2, 0)
_TARGET = "over the vendors' own p50 ≤ 15 ms, p95 ≤ 50 ms (p95 ≤ 100 ms at 16)"


class Measured:
    """What one line showed by the number of calls at once, and how long the vendors take in it."""

    def __init__(self, name: str, vendors_s: float) -> None:
        self.name, self.vendors_s = name, vendors_s
        self.seen: dict[int, Seen] = {}

    def turns(self, count: int) -> str:
        """Say how long a turn took, and what of it was not the vendors'."""
        seen = self.seen[count]
        if not seen.turns:
            return f"{self.name}: no turn was answered"
        over = [one - self.vendors_s for one in seen.turns]
        missed = f", {seen.unanswered} unanswered" if seen.unanswered else ""
        beyond = f"over the vendors' {self.vendors_s * 1000:.0f} ms: {ms(over, 0.5, 0.95)}"
        return f"{ms(seen.turns, 0.5, 0.95)} ({beyond}){missed}"

    def barge_ins(self) -> str:
        """Say how long the agent went on, over every number of calls."""
        stopped = [one for seen in self.seen.values() for one in seen.stopped]
        cleared = [one for seen in self.seen.values() for one in seen.cleared]
        if not stopped:
            return "the agent never stopped"
        words = ms(stopped, 0.5, 0.95)
        return f"{words}; `clear` after {ms(cleared, 0.5)}" if cleared else words


async def rows() -> list[Row]:
    """Call each line in turn, few and many at once."""
    counts = tuple(int(one) for one in os.environ.get("BENCH_CALLS", "").split(",") if one) or AT_ONCE
    gc.collect()
    gc.freeze()
    with lines.vendors() as vendors:
        our = await _measured(Measured("ours", constants.EARLY_S), lines.ours, vendors, counts)
        bare = await _measured(Measured("bare", constants.EARLY_S), lines.bare, vendors, counts)
        try:
            other = await _measured(Measured("pipecat", constants.LATE_S), lines.pipecat, vendors, counts)
        except RuntimeError as reason:
            print(reason, file=sys.stderr)
            other = None
    found = []
    for count in counts:
        late = percentile(our.seen[count].late, 0.99) * 1000
        beside = f"; pipecat {lines.PIPECAT}: {other.turns(count)}" if other else "; pipecat could not be installed"
        note = f"LiveKit's session alone on the same line{beside}; our callers were late by p99 {late:.0f} ms"
        what = f"voice: caller's last frame → agent's first, {count} call{'s' if count > 1 else ''} in a process"
        found.append(Row(what, _TARGET, our.turns(count), bare.turns(count), note))
    beside = f"; pipecat {lines.PIPECAT}: {other.barge_ins()}" if other else ""
    what = f"voice: caller's first frame → agent's last, {constants.INTERRUPTS_S * 1000:.0f} ms of speech stop it"
    note = f"LiveKit's session alone{beside}"
    found.append(Row(what, "≤ 300 ms", our.barge_ins(), bare.barge_ins(), note))
    return found


async def _measured(
    found: Measured,
    line: Callable[[str], AbstractAsyncContextManager[lines.Ours | lines.Other]],
    vendors: str,
    counts: tuple[int, ...],
) -> Measured:
    async with line(vendors) as up, aiohttp.ClientSession() as http:
        await _call(http, up, Seen(), *_WARM_UP)
        for count in counts:
            seen = found.seen[count] = Seen()
            await _call(http, up, seen, count, _TURNS.get(count, 5), _BARGE_INS.get(count, 2))
            print(f"  {found.name}, {count} at once: {found.turns(count)}", file=sys.stderr, flush=True)
    return found


async def _call(
    http: aiohttp.ClientSession, up: lines.Ours | lines.Other, seen: Seen, count: int, turns: int, barge_ins: int
) -> None:
    given = [await up.parameters(place) for place in range(count)]
    async with asyncio.TaskGroup() as group:
        for place, parameters in enumerate(given):
            group.create_task(caller.hold(http, up.address, parameters, seen, place, turns, barge_ins))
