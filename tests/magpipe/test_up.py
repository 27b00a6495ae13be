"""The whole product comes up from one command, mends what dies, refuses a second start, and stops leaving nothing."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import psutil
import pytest

from tests.installation import ROOT, Installation, installation

NAMES = ("web", "jobs", "sandbox", "database")
COMMAND = [sys.executable, "-m", "magpipe", "up"]


@pytest.fixture(scope="module")
def up() -> Iterator[Installation]:
    with installation() as running:
        yield running


def environment(up: Installation, **changed: str) -> dict[str, str]:
    """Return what this installation was started with, where it matters for another start."""
    port, sandbox_port = (url.rsplit(":", 1)[1] for url in (up.url, up.sandbox_url))
    ours = {"ENVIRONMENT": "development", "DATABASE_URL": "", "DATA_DIR": str(up.data_dir), "PUBLIC_URL": ""}
    return os.environ | ours | {"PORT": port, "SANDBOX_PORT": sandbox_port} | changed


def wait_for(up: Installation, words: str, within_s: float = 40) -> None:
    deadline = time.monotonic() + within_s
    while words not in up.output():
        assert time.monotonic() < deadline, up.output()[-3000:]
        time.sleep(0.1)


def test_says_where_it_is_how_to_sign_in_and_what_to_try(up):
    said = up.output()
    assert f"Magpipe is running at {up.url}" in said
    assert re.search(r"Demo login: \S+@\S+  password: \S+", said)
    assert re.search(r"text \+\d{11}\.", said)
    assert httpx.get(up.url).status_code == 200


def test_second_start_on_the_same_data_is_refused(up):
    done = subprocess.run(COMMAND, env=environment(up), cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert f"already running on {up.data_dir} at {up.url} (process {up.supervisor.pid})" in done.stderr


def test_start_on_a_busy_port_names_the_port(up, tmp_path):
    env = environment(up, DATA_DIR=str(tmp_path))
    done = subprocess.run(COMMAND, env=env, cwd=ROOT, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert f"Port {up.url.rsplit(':', 1)[1]} is in use" in done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_killed_process_is_back_and_the_product_answers(up, name):
    up.kill(name)
    wait_for(up, f"{name} died (killed by SIGKILL)")
    wait_for(up, f"{name} is back")
    assert httpx.get(f"{up.url}/ping").status_code == 200


def test_interrupt_leaves_no_process_and_the_next_start_builds_nothing(up):
    children = [up.pid(name) for name in NAMES]
    up.supervisor.send_signal(signal.SIGINT)
    assert up.supervisor.wait(40) == 0
    assert not [pid for pid in children if psutil.pid_exists(pid)]
    with (up.data_dir / "up.log").open("wb") as log:
        up.supervisor = subprocess.Popen(COMMAND, env=environment(up), cwd=ROOT, stdout=log, stderr=log)
    try:
        wait_for(up, "Magpipe is running at")
        for step in ("Build the front end", "Update the database", "Set up the demo"):
            assert step not in up.output()
    finally:
        up.supervisor.send_signal(signal.SIGTERM)
        assert up.supervisor.wait(40) == 0
