"""Keep a set of processes running: start in order, restart what dies, stop in the reverse order."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from magpipe.console import Console
from magpipe.errors import StartError
from magpipe.process import Account, Child, spawn

FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 15.0
HEALTHY_AFTER_S = 30.0  # a process that ran this long starts over with a short wait


async def _at_once() -> bool:
    return True


@dataclass(frozen=True)
class Service:
    """What to run under a name, how to tell that it works, and how to end it."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] | None = None
    is_ready: Callable[[], Awaitable[bool]] = _at_once
    ready_within_s: float = 30.0
    before_start: Callable[[], None] | None = None
    stop_signal: int = signal.SIGTERM
    stop_grace_s: float = 5.0
    account: Callable[[], Account | None] = lambda: None
    cwd: str | None = None
    is_quiet: bool = False


@dataclass
class _Running:
    service: Service
    child: Child | None = None
    watcher: "asyncio.Task[None] | None" = None
    restarts: int = 0
    started: float = field(default_factory=time.monotonic)


class Supervisor:
    """Runs services until told to stop; belongs to the main thread's event loop (see `child_options`)."""

    def __init__(
        self,
        console: Console,
        *,
        on_start: Callable[[str, int], None] = lambda name, pid: None,
        first_wait_s: float = FIRST_WAIT_S,
        longest_wait_s: float = LONGEST_WAIT_S,
    ) -> None:
        self._console = console
        self._on_start = on_start
        self._first_wait_s = first_wait_s
        self._longest_wait_s = longest_wait_s
        self._running: dict[str, _Running] = {}
        self._is_stopping = False

    def pid(self, name: str) -> int | None:
        """Return the process id a service has now, or None between two lives."""
        child = self._running[name].child
        return child.pid if child else None

    def restarts(self, name: str) -> int:
        """Return how often a service has been started again."""
        return self._running[name].restarts

    async def start(self, service: Service) -> None:
        """Start a service, wait until it works, and keep it running from then on.

        Raises `StartError` with its last lines when it ends, or is not ready in time, on this first start.
        """
        entry = _Running(service)
        self._running[service.name] = entry
        await self._spawn(entry)
        if entry.child is None:
            raise StartError(f"{service.name} could not be started.")
        outcome = await self._outcome(entry, entry.child)
        if outcome != "ready":
            entry.child.kill()
            await entry.child.ended()
            late = f"did not answer within {service.ready_within_s:.0f} s"
            last = "\n".join(f"    {line}" for line in entry.child.last_lines[-12:])
            raise StartError(
                f"{service.name} {'ended at once' if outcome == 'ended' else late}. "
                f"Its last lines:\n{last or '    (none)'}"
            )
        entry.watcher = asyncio.create_task(self._watch(entry))

    async def stop(self) -> None:
        """Stop everything, last started first, each with its own grace; safe to call twice."""
        self._is_stopping = True
        for entry in reversed(list(self._running.values())):
            if entry.watcher is not None:
                entry.watcher.cancel()
            if entry.child is not None and entry.child.process.returncode is None:
                service = entry.service
                if not await entry.child.stop(service.stop_signal, service.stop_grace_s):
                    self._console.say(f"  {service.name} did not stop in {service.stop_grace_s:.0f} s and was killed.")
                await entry.child.ended()

    def kill(self) -> None:
        """End every process at once, without waiting: the second Ctrl-C."""
        self._is_stopping = True
        for entry in self._running.values():
            if entry.child is not None:
                entry.child.kill()

    async def _spawn(self, entry: _Running) -> None:
        service = entry.service
        if service.before_start is not None:
            service.before_start()
        entry.child = await spawn(
            service.command,
            on_line=lambda line: self._console.child(service.name, line, is_quiet=service.is_quiet),
            env=service.env,
            cwd=service.cwd,
            death_signal=service.stop_signal,
            account=service.account(),
        )
        entry.started = time.monotonic()
        self._on_start(service.name, entry.child.pid)

    async def _ready(self, service: Service) -> bool:
        deadline = time.monotonic() + service.ready_within_s
        while time.monotonic() < deadline:
            if await service.is_ready():
                return True
            await asyncio.sleep(0.05)
        return False

    async def _outcome(self, entry: _Running, child: Child) -> str:
        """Wait for the first of: the service works ("ready"), it ended ("ended"), its time is over ("late")."""
        ready = asyncio.create_task(self._ready(entry.service))
        ended = asyncio.create_task(child.process.wait())
        try:
            await asyncio.wait({ready, ended}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                return "ended"
            return "ready" if ready.result() else "late"
        finally:
            ready.cancel()
            ended.cancel()

    async def _watch(self, entry: _Running) -> None:
        """Wait for the end of a service and start it again, sooner or later by how often it has died."""
        service = entry.service
        failures = 0
        while entry.child is not None:
            code = await entry.child.ended()
            if self._is_stopping:
                return
            lived = time.monotonic() - entry.started
            failures = 1 if lived > HEALTHY_AFTER_S else failures + 1
            wait = min(self._first_wait_s * 2 ** (failures - 1), self._longest_wait_s)
            wait *= 1 + random.random() / 4
            story = f"{service.name} died ({_how(code)}) after {lived:.0f} s"
            self._console.say(f"! {story}; starting it again in {wait:.1f} s.")
            entry.child = None
            await asyncio.sleep(wait)
            entry.restarts += 1
            if not await self._start_again(entry):
                continue
            self._console.say(f"! {service.name} is back (process {self.pid(service.name)}).")

    async def _start_again(self, entry: _Running) -> bool:
        """Start until the system lets it begin; True when it works, False when it died meanwhile."""
        while entry.child is None:
            try:
                await self._spawn(entry)
            except (OSError, StartError) as error:
                self._console.say(f"! {entry.service.name} could not be started: {error}")
                await asyncio.sleep(self._longest_wait_s)
        outcome = await self._outcome(entry, entry.child)
        if outcome == "late":
            entry.child.kill()
        return outcome == "ready"


def _how(code: int) -> str:
    """Say in words how a process ended."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


def base_environment(overrides: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for children: ours, plain output, and the given values."""
    return dict(os.environ) | {"PYTHONUNBUFFERED": "1"} | dict(overrides)
