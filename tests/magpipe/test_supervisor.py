"""Processes are started in order, restarted when they die, and stopped cleanly; none outlives its supervisor."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from magpipe.console import Console
from magpipe.errors import StartError
from magpipe.supervisor import Service, Supervisor
from tests.conftest import PATIENT_S

SLEEPER = "import time; print('hello', flush=True); time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
)
PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).wait()"


def service(name: str, code: str, **more) -> Service:
    return Service(name, [sys.executable, "-c", code], **more)


async def never() -> bool:
    return False


async def has_line(log: Path, text: str) -> bool:
    return log.exists() and text in log.read_text()  # noqa: ASYNC240 - a file of a few bytes


async def until(condition, seconds: float = PATIENT_S):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.02)


@pytest.fixture
async def supervisor(tmp_path):
    supervisor = Supervisor(Console(tmp_path), first_wait_s=0.02, longest_wait_s=0.2)
    yield supervisor
    await supervisor.stop()


async def test_killed_process_is_restarted_and_says_so(supervisor, capsys):
    await supervisor.start(service("web", SLEEPER))
    first = supervisor.pid("web")
    os.kill(first, signal.SIGKILL)
    await until(lambda: supervisor.pid("web") not in (None, first))
    await until(lambda: supervisor.restarts("web") == 1)
    said = ""

    def is_back() -> bool:
        nonlocal said
        said += capsys.readouterr().out
        return "web is back" in said

    await until(is_back)
    assert "web died (killed by SIGKILL)" in said


async def test_process_that_keeps_dying_waits_longer_each_time(tmp_path, capsys):
    supervisor = Supervisor(Console(tmp_path), first_wait_s=0.05, longest_wait_s=10)
    await supervisor.start(service("jobs", "import time; time.sleep(.05)"))
    await until(lambda: supervisor.restarts("jobs") >= 3)
    waits = [
        float(line.split(" in ")[1].split(" s")[0])
        for line in capsys.readouterr().out.splitlines()
        if "!" in line and " in " in line
    ]
    await supervisor.stop()
    assert waits[2] > waits[0]


async def test_workers_of_a_killed_master_die_with_it(supervisor):
    await supervisor.start(service("web", PARENT))
    master = psutil.Process(supervisor.pid("web"))
    await until(lambda: master.children())
    worker = master.children()[0]
    master.kill()
    await until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)


async def test_first_start_that_fails_shows_the_last_lines(supervisor):
    with pytest.raises(StartError, match=r"(?s)jobs ended at once.*no such table"):
        await supervisor.start(
            service("jobs", "print('no such table'); raise SystemExit(3)", ready_within_s=PATIENT_S, is_ready=never)
        )


async def test_process_that_never_answers_is_given_up_in_time(supervisor):
    with pytest.raises(StartError, match="did not answer within 0 s"):
        await supervisor.start(service("web", SLEEPER, is_ready=never, ready_within_s=0.3))


async def test_stop_goes_in_reverse_order_and_lets_each_finish(tmp_path):
    diary = tmp_path / "diary"
    polite = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        f"    time.sleep(.1); open({str(diary)!r}, 'a').write(sys.argv[1] + ' '); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end); print('ready', flush=True)\n"
        "while True: time.sleep(1)\n"
    )
    supervisor = Supervisor(Console(tmp_path))
    for name in ("database", "jobs", "web"):
        is_ready = partial(has_line, tmp_path / f"{name}.log", "ready")
        await supervisor.start(
            Service(name, [sys.executable, "-c", polite, name], is_ready=is_ready, stop_grace_s=PATIENT_S)
        )
    await supervisor.stop()
    assert diary.read_text().split() == ["web", "jobs", "database"]


async def test_process_that_ignores_the_signal_is_killed_after_its_grace(tmp_path, capsys):
    supervisor = Supervisor(Console(tmp_path))
    is_ready = partial(has_line, tmp_path / "web.log", "deaf")
    await supervisor.start(service("web", STUBBORN, stop_grace_s=0.2, is_ready=is_ready))
    pid = supervisor.pid("web")
    await supervisor.stop()
    assert not psutil.pid_exists(pid)
    assert "was killed" in capsys.readouterr().out


async def test_lines_carry_the_name_and_are_kept_in_a_log(supervisor, tmp_path, capsys):
    await supervisor.start(service("sandbox", SLEEPER))
    await until(lambda: (tmp_path / "sandbox.log").exists() and "hello" in (tmp_path / "sandbox.log").read_text())
    assert "sandbox  | hello" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
async def test_children_die_when_the_supervisor_is_killed(tmp_path):
    owner = (
        "import asyncio, sys, pathlib\n"
        "from magpipe.console import Console\n"
        "from magpipe.supervisor import Service, Supervisor\n"
        "async def main():\n"
        f"    s = Supervisor(Console(pathlib.Path({str(tmp_path)!r})))\n"
        f"    await s.start(Service('web', [sys.executable, '-c', {SLEEPER!r}]))\n"
        "    print(s.pid('web'), flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    process = subprocess.Popen([sys.executable, "-c", owner], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    lines = (line for line in process.stdout if line.strip().isdigit())
    child = psutil.Process(int(next(lines)))
    process.kill()
    process.wait()
    process.stdout.close()
    await until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
