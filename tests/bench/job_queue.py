"""Measure durable jobs: from commit to start, and how many a second, beside the library's own no-op task."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from backend.core import jobs
from backend.core.ids import new_id
from backend.core.tenancy import org_scope, unit_of_work
from tests.bench.measure import Row, ms

LATENCY_JOBS = 200
THROUGHPUT_JOBS = 3_000

_started: dict[int, float] = {}
_done = asyncio.Event()
_expected = 0


def _mark(number: int) -> None:
    _started[number] = time.perf_counter()
    if len(_started) >= _expected:
        _done.set()


@jobs.task("bench.noop")
async def noop(number: int) -> None:
    """Note that the job started; nothing else."""
    _mark(number)


@jobs.queue.task(name="bench.bare_noop")
async def bare_noop(number: int) -> None:
    """Do the same without our wrapper."""
    _mark(number)


async def rows() -> list[Row]:
    """Run a worker in this process and measure ours and the bare task in turn."""
    async with jobs.queue.open_async():
        worker = asyncio.create_task(
            jobs.queue.run_worker_async(
                concurrency=10, install_signal_handlers=False, delete_jobs="successful", fetch_job_polling_interval=1.0
            )
        )
        await asyncio.sleep(0.5)
        ours = await _latency(_defer_ours)
        bare = await _latency(_defer_bare)
        our_rate = await _throughput("bench.noop")
        bare_rate = await _throughput("bench.bare_noop")
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
    return [
        Row(
            "durable job, enqueue → start",
            "p95 ≤ 50 ms",
            ms(ours, 0.5, 0.95),
            ms(bare, 0.5, 0.95),
            "bare queue, no-op, deferred outside a transaction",
        ),
        Row(
            "durable jobs a second, one worker process",
            "≥ 300",
            f"{our_rate:.0f}/s",
            f"{bare_rate:.0f}/s",
            "bare queue, no-op",
        ),
    ]


async def _defer_ours(number: int) -> None:
    with org_scope(new_id()):
        async with unit_of_work() as session:
            await jobs.defer(session, "bench.noop", number=number)


async def _defer_bare(number: int) -> None:
    await bare_noop.defer_async(number=number)


async def _latency(defer: Callable[[int], Awaitable[None]]) -> list[float]:
    _expect(LATENCY_JOBS)
    sent: dict[int, float] = {}
    for number in range(LATENCY_JOBS):
        await defer(number)
        sent[number] = time.perf_counter()
        await asyncio.sleep(0.02)
    await asyncio.wait_for(_done.wait(), 60)
    return [max(0.0, _started[number] - sent[number]) for number in sent]


async def _throughput(task: str) -> float:
    _expect(THROUGHPUT_JOBS)
    batch: list[dict[str, Any]] = [{"number": number} for number in range(THROUGHPUT_JOBS)]
    start = time.perf_counter()
    await jobs.queue.configure_task(task).batch_defer_async(*batch)
    await asyncio.wait_for(_done.wait(), 120)
    return THROUGHPUT_JOBS / (time.perf_counter() - start)


def _expect(count: int) -> None:
    global _expected
    _started.clear()
    _done.clear()
    _expected = count
