"""Run a whole installation for a test, exactly as `make up` does, in a folder and on ports of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from tests.conftest import PATIENT_S
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
# A cold start builds the front end; on two busy cores that takes up to two minutes.
STARTS_WITHIN_S = 420


class Installation:
    """A running installation: its addresses, its demo login, its database, and its processes by name."""

    def __init__(
        self, data_dir: Path, port: int, sandbox_port: int, voice_port: int, supervisor: subprocess.Popen[bytes]
    ) -> None:
        self.data_dir = data_dir
        self.voice_port = voice_port
        self.url = f"http://127.0.0.1:{port}"
        self.sandbox_url = f"http://127.0.0.1:{sandbox_port}"
        self.supervisor = supervisor

    @property
    def demo(self) -> dict[str, str]:
        """How to sign in to the demo workspace, and its number."""
        found: dict[str, str] = json.loads((self.data_dir / "demo.json").read_text())
        return found

    def output(self) -> str:
        """Return what the supervisor said so far."""
        return (self.data_dir / "up.log").read_text(errors="replace")

    def pid(self, name: str) -> int:
        """Return the process number of `database`, `sandbox`, `jobs`, `web` or `voice` as it runs now."""
        record = json.loads((self.data_dir / "run" / "owner.json").read_text())
        return int(record["children"][name][0])

    def kill(self, name: str) -> None:
        """End a process at once, as a crash would; the supervisor brings it back.

        One that is just being brought back is waited for: between two lives there is nothing to end.
        """
        deadline = time.monotonic() + PATIENT_S
        while True:
            try:
                os.kill(self.pid(name), signal.SIGKILL)
            except ProcessLookupError:
                assert time.monotonic() < deadline, f"{name} does not come back:\n{self.output()[-4000:]}"
                time.sleep(0.1)
            else:
                return

    @property
    def database_address(self) -> str:
        """Where the database is reached as its owner, past row security."""
        record = json.loads((self.data_dir / "run" / "owner.json").read_text())
        return str(record["database_url"]).replace("postgresql+psycopg://", "postgresql://")

    def query(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Read the database as its owner, past row security; waits while the database restarts."""
        deadline = time.monotonic() + PATIENT_S
        while True:
            try:
                with psycopg.connect(self.database_address, connect_timeout=5) as connection:
                    return connection.execute(statement, parameters).fetchall()  # type: ignore[arg-type]
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    @contextmanager
    def without(self, what: str) -> Iterator[None]:
        """Break whatever reads a table, or a column (`table.column`), while the block runs, as a bug would."""
        if not what:
            yield
            return
        table, _, column = what.partition(".")
        whole = f"alter table {table}"
        lost = f"{whole} rename {column} to {column}_away" if column else f"{whole} rename to {table}_away"
        found = f"{whole} rename {column}_away to {column}" if column else f"{whole}_away rename to {table}"
        with psycopg.connect(self.database_address, autocommit=True) as connection:
            connection.execute(lost)  # type: ignore[arg-type]
            try:
                yield
            finally:
                connection.execute(found)  # type: ignore[arg-type]

    def wait_until_up(self, within_s: float = STARTS_WITHIN_S) -> None:
        """Wait until the web process answers its health page."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if self.supervisor.poll() is not None:
                raise RuntimeError(f"the installation ended while starting:\n{self.output()[-4000:]}")
            try:
                if "Stop: Ctrl-C" in self.output() and httpx.get(f"{self.url}/api/health", timeout=2).is_success:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        raise RuntimeError(f"the installation did not start within {within_s:.0f} s:\n{self.output()[-4000:]}")


@contextmanager
def installation(*, holds_calls: bool = False) -> Iterator[Installation]:
    """Start an installation with the demo workspace, and stop it politely in the end.

    Its voice process takes four seconds of processor time to load, which only tests of calls spend.
    """
    data_dir = Path(tempfile.mkdtemp(prefix="magpipe-up-"))
    port, sandbox_port, voice_port = free_port(), free_port(), free_port()
    hidden = ("DATABASE_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "LOG_LEVEL", "ENVIRONMENT", "PUBLIC_URL")
    env = {name: value for name, value in os.environ.items() if name not in hidden}
    env |= {"DATA_DIR": str(data_dir), "PORT": str(port), "SANDBOX_PORT": str(sandbox_port), "PUBLIC_URL": ""}
    env |= {"VOICE_PORT": str(voice_port), "VOICE_CAPACITY": "5" if holds_calls else "0", "VOICE_DRAIN_S": "10"}
    with (data_dir / "up.log").open("wb") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "magpipe", "up"],
            cwd=ROOT,
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    made = Installation(data_dir, port, sandbox_port, voice_port, supervisor)
    try:
        made.wait_until_up()
        yield made
    finally:
        if supervisor.poll() is None:
            supervisor.send_signal(signal.SIGTERM)
            try:
                supervisor.wait(timeout=180)
            except subprocess.TimeoutExpired:
                os.killpg(supervisor.pid, signal.SIGKILL)
        # The logs stay for whoever looks into a failure; the database is 90 MB for each run.
        shutil.rmtree(data_dir / "postgres", ignore_errors=True)
