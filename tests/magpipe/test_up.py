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

NAMES = ("web", "jobs", "voice", "sandbox", "database")
COMMAND = [sys.executable, "-m", "magpipe", "up"]
# The first start builds the front end where no other test has, or waits for the test that does.
pytestmark = pytest.mark.timeout(540)


@pytest.fixture(scope="module")
def up() -> Iterator[Installation]:
    with installation(holds_calls=True) as running:
        yield running


def environment(up: Installation, **changed: str) -> dict[str, str]:
    """Return what this installation was started with, where it matters for another start."""
    port, sandbox_port = (url.rsplit(":", 1)[1] for url in (up.url, up.sandbox_url))
    ours = {"ENVIRONMENT": "development", "DATABASE_URL": "", "DATA_DIR": str(up.data_dir), "PUBLIC_URL": ""}
    ports = {"PORT": port, "SANDBOX_PORT": sandbox_port, "VOICE_PORT": str(up.voice_port)}
    return os.environ | ours | ports | {"VOICE_CAPACITY": "5"} | changed


def wait_for(up: Installation, words: str, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while words not in up.output():
        assert time.monotonic() < deadline, up.output()[-3000:]
        time.sleep(0.1)


def test_says_where_it_is_how_to_sign_in_and_what_to_try(up):
    said = up.output()
    assert f"Magpipe is running at {up.url}" in said
    assert re.search(r"Demo login: \S+@\S+  password: \S+", said)
    assert re.search(r"text \+\d{11}\.", said)
    assert httpx.get(up.url, timeout=60).status_code == 200


def test_second_start_on_the_same_data_is_refused(up):
    done = subprocess.run(COMMAND, env=environment(up), cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert done.returncode == 1
    assert f"already running on {up.data_dir} at {up.url} (process {up.supervisor.pid})" in done.stderr


def test_start_on_a_busy_port_names_the_port(up, tmp_path):
    env = environment(up, DATA_DIR=str(tmp_path))
    done = subprocess.run(COMMAND, env=env, cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert done.returncode == 1
    assert f"Port {up.url.rsplit(':', 1)[1]} is in use" in done.stderr


def test_a_call_is_held_and_one_whose_process_dies_ends_with_its_reason(up):
    """The demo's phone desk greets; then the process is killed, and the caller is not left in silence."""
    wait_for(up, "Calls are answered.")
    with httpx.Client(base_url=up.sandbox_url, timeout=60) as carrier:
        carrier.put("/sandbox/lines/+14155550177", json={"talks_ms": 600_000}).raise_for_status()
        rung = carrier.post("/sandbox/calls", json={"from": "+14155550177", "to": up.demo["number"]})
        sid = rung.raise_for_status().json()["sid"]
        heard(carrier, sid, "Harbor Dental, how can I help?")
        # What the agent says waits for no log.
        deadline = time.monotonic() + 60
        while not up.query("select 1 from call_events where kind = 'agent.joined'"):
            assert time.monotonic() < deadline, up.output()[-3000:]
            time.sleep(0.1)
        up.kill("voice")
        heard(carrier, sid, "lost you")
    deadline = time.monotonic() + 60
    query = "select status, disposition, disposition_reason from call_records where status = 'completed'"
    while not (found := up.query(query)):
        assert time.monotonic() < deadline, up.output()[-3000:]
        time.sleep(0.1)
    assert found == [("completed", "answered_by_agent", "The agent's line broke off in the middle of the call.")]
    # What was kept back is let go of, and what the call cost is charged once, whoever tells of its end how often.
    waits_for(up, "select 1 from call_records where settled_at is not null and reserved_micros = 0 and cost_micros > 0")
    assert up.query("select count(*) from ledger_entries where key like 'call:%%'") == [(1,)]
    # What was recorded until then is kept: a job completes it once nobody has for a minute, which is let pass here.
    up.query("update call_records set ended_at = ended_at - interval '2 minutes' returning 1")
    up.query("update call_recordings set updated_at = updated_at - interval '2 minutes' returning 1")
    waits_for(up, "select 1 from call_recordings where status = 'ready' and duration_ms > 0")
    wait_for(up, "voice is back")


def waits_for(up: Installation, query: str, within_s: float = 180) -> None:
    deadline = time.monotonic() + within_s
    while not up.query(query):
        assert time.monotonic() < deadline, f"{query}\n{up.output()[-3000:]}"
        time.sleep(0.2)


def heard(carrier: httpx.Client, sid: str, words: str, within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while words not in " ".join((call := carrier.get(f"/sandbox/calls/{sid}").json())["heard"]):
        assert time.monotonic() < deadline, call
        time.sleep(0.1)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "voice"])
def test_killed_process_is_back_and_the_product_answers(up, name):
    up.kill(name)
    wait_for(up, f"{name} died (killed by SIGKILL)")
    wait_for(up, f"{name} is back")
    assert httpx.get(f"{up.url}/ping", timeout=60).status_code == 200


def test_interrupt_leaves_no_process_and_the_next_start_builds_nothing(up):
    children = [up.pid(name) for name in NAMES]
    up.supervisor.send_signal(signal.SIGINT)
    assert up.supervisor.wait(180) == 0
    assert not [pid for pid in children if psutil.pid_exists(pid)]
    with (up.data_dir / "up.log").open("wb") as log:
        up.supervisor = subprocess.Popen(COMMAND, env=environment(up), cwd=ROOT, stdout=log, stderr=log)
    try:
        wait_for(up, "Magpipe is running at")
        for step in ("Build the front end", "Update the database", "Set up the demo"):
            assert step not in up.output()
    finally:
        up.supervisor.send_signal(signal.SIGTERM)
        assert up.supervisor.wait(180) == 0
