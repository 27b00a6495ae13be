"""Run the jobs process: every task of every domain, and the clock that enqueues the periodic ones."""

import asyncio
import signal
from importlib import import_module

import procrastinate

from backend.agents import jobs as turns
from backend.core import garbage, jobs, scheduler
from backend.core.logging import log

TASK_MODULES = (
    "backend.core.erasure",
    "backend.core.janitor",
    "backend.accounts.jobs",
    "backend.agents.jobs",
    "backend.alerts.jobs",
    "backend.approvals.jobs",
    "backend.assistant.erasure",
    "backend.calendars.erasure",
    "backend.calls.erasure",
    "backend.calls.jobs",
    "backend.chat.jobs",
    "backend.compliance.erasure",
    "backend.contacts.jobs",
    "backend.conversations.jobs",
    "backend.evals.jobs",
    "backend.functions.erasure",
    "backend.inbox.jobs",
    "backend.knowledge.crawl_jobs",
    "backend.knowledge.gap_jobs",
    "backend.knowledge.jobs",
    "backend.mailboxes.jobs",
    "backend.mcp_servers.jobs",
    "backend.memory.jobs",
    "backend.messaging.erasure",
    "backend.messaging.jobs",
    "backend.notifications.erasure",
    "backend.notifications.jobs",
    "backend.organizations.jobs",
    "backend.numbers.jobs",
    "backend.recordings.jobs",
    "backend.skills.jobs",
    "backend.translation.jobs",
    "backend.voice_copies.jobs",
)
# It frees the locks dead workers left, so it must not wait for one.
JANITOR = "core.requeue_stalled"
# Seconds between the runs of each periodic task; ten for what people wait for, an hour for housekeeping.
PERIODIC = {
    JANITOR: 15,
    "core.sweep": 3600,
    "core.sweep_histories": 3600,
    "calls.find_forgotten": 60,
    "chat.sweep": 3600,
    "contacts.tidy": 3600,
    "conversations.wake_due": 10,
    "inbox.sweep": 3600,
    "knowledge.gather_gaps": 60,
    "knowledge.sync_due": 60,
    "mcp_servers.look_at_due": 300,
    "memory.find_due": 10,
    "memory.tidy": 3600,
    "messaging.run_due": 10,
    "messaging.reconcile": 30,
    "numbers.connect_all": 300,
    "recordings.find_missed": 900,
    "recordings.find_unfinished": 30,
    "recordings.remove_old": 3600,
    "skills.run_due": 15,
}
CONCURRENCY = 10
# The supervisor and container platforms give 30 s between SIGTERM and SIGKILL.
GRACE_S = 25.0


def load_tasks() -> None:
    """Import every module that registers tasks or erasers. Raises ImportError when one is missing."""
    for module in TASK_MODULES:
        import_module(module)


def ticks() -> list[scheduler.Tick]:
    """Return the periodic tasks with their intervals; call `load_tasks` first."""
    return [
        scheduler.Tick(jobs.queue.tasks[name], every_s, may_overlap=name == JANITOR)
        for name, every_s in PERIODIC.items()
    ]


async def run(concurrency: int = CONCURRENCY) -> None:
    """Work until SIGTERM or SIGINT, then finish what is running; a lost database is waited for, not fatal."""
    load_tasks()
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await turns.warm_up()
    garbage.settle()
    wait_s = 0.5
    while not stopping.is_set():
        try:
            async with jobs.queue.open_async():
                clock = scheduler.start(ticks())
                try:
                    # What waited while nobody worked (lost webhooks, due texts) need not wait for a round moment.
                    for tick in ticks():
                        await scheduler.fire(tick)
                    await _work(concurrency, stopping)
                finally:
                    clock.shutdown(wait=False)
            wait_s = 0.5
        except (procrastinate.exceptions.ConnectorException, OSError) as error:
            log.warning("worker.disconnected", error=str(error).strip(), again_in_s=wait_s)
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, 5.0)


async def _work(concurrency: int, stopping: asyncio.Event) -> None:
    worker = asyncio.create_task(
        jobs.queue.run_worker_async(
            concurrency=concurrency,
            delete_jobs="successful",
            fetch_job_polling_interval=1.0,
            shutdown_graceful_timeout=GRACE_S,
            install_signal_handlers=False,
        )
    )
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({worker, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
        if not worker.done():
            worker.cancel()
        await asyncio.gather(stop, return_exceptions=True)
    try:
        await worker
    except asyncio.CancelledError:
        if not stopping.is_set():
            raise
