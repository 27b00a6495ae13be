"""Run one child process that cannot outlive its parent, with its output read line by line."""

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The operating system's user a child runs as, when it is not ours."""

    uid: int
    gid: int
    name: str


def child_options(*, death_signal: int = signal.SIGTERM, account: Account | None = None) -> dict[str, Any]:
    """Return Popen arguments for an own process group, a parent's death signal and an own user.

    On Linux the kernel sends `death_signal` when the thread that started the child dies, so children are
    only ever started from the main thread. Elsewhere a leftover child is found and ended by the next start.
    """
    parent = os.getpid()

    def prepare() -> None:
        if _libc is not None:
            _libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
            if os.getppid() != parent:  # the parent died before the kernel knew whom to watch
                os._exit(1)

    options: dict[str, Any] = {"process_group": 0, "preexec_fn": prepare, "stdin": subprocess.DEVNULL}
    if account is not None:
        options |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return options


def end_group(pid: int, how: int = signal.SIGKILL) -> None:
    """Signal every process of the group that `pid` leads; a group that is gone is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, how)


@dataclass
class Child:
    """A running process and the task that reads its output to the end."""

    process: asyncio.subprocess.Process
    reader: "asyncio.Task[None]"
    last_lines: list[str] = field(default_factory=list)

    @property
    def pid(self) -> int:
        """The process's id, which is also its group's."""
        return self.process.pid

    async def ended(self) -> int:
        """Wait for the end and return the exit code; whatever the process left in its group is killed.

        A worker that survives its killed master would keep the port, so the group never outlives its leader.
        """
        code = await self.process.wait()
        end_group(self.pid)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self.reader), 1)
        self.reader.cancel()
        return code

    def kill(self) -> None:
        """Kill the process and everything in its group, without waiting."""
        if self.process.returncode is None:
            end_group(self.pid)

    async def stop(self, how: int, grace_s: float) -> bool:
        """Ask the process to end and kill its group after `grace_s`; True when it went by itself."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(how)
        try:
            await asyncio.wait_for(self.process.wait(), grace_s)
            return True
        except TimeoutError:
            end_group(self.pid)
            await self.process.wait()
            return False


async def spawn(
    command: Sequence[str],
    *,
    on_line: Callable[[str], None],
    env: Mapping[str, str] | None = None,
    cwd: str | None = None,
    death_signal: int = signal.SIGTERM,
    account: Account | None = None,
) -> Child:
    """Start `command` and call `on_line` with each line it writes (both streams, without the line end)."""
    # A pipe of our own: asyncio's would make the end of a killed master wait for its orphans to close theirs.
    reading, writing = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            stdout=writing,
            stderr=subprocess.STDOUT,
            **child_options(death_signal=death_signal, account=account),
        )
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    lines: list[str] = []

    def take(text: str) -> None:
        lines.append(text)
        del lines[:-40]
        on_line(text)

    return Child(process, asyncio.create_task(_read(reading, take)), lines)


async def _read(source: int, take: Callable[[str], None]) -> None:
    stream = asyncio.StreamReader(limit=1 << 20)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(source, "rb", 0)
    )
    try:
        while True:
            try:
                raw = await stream.readline()
            except ValueError:  # a line longer than the buffer: the reader has dropped it
                take("(a line of more than 1 MB was left out)")
                continue
            if not raw:
                return
            take(raw.decode(errors="replace").rstrip())
    finally:
        transport.close()
