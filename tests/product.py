"""Run the whole product for a test: database, sandbox, jobs and web as real processes that can be killed.

One build serves any port of this machine, so a test shares the developer's and runs on free ports.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from magpipe import frontend, services
from magpipe.database import Cluster, running
from tests.conftest import free_port, migrate

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Product:
    """A running installation of its own, with its processes by name."""

    cluster: Cluster
    env: dict[str, str]
    data_dir: Path
    port: int
    sandbox_port: int
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the product answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        """Where the vendor stand-ins answer."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    def start(self, name: str) -> None:
        """Start `sandbox`, `jobs` or `web` and wait until it is ready (jobs: started)."""
        commands = {
            "sandbox": services.sandbox_command(self.sandbox_port, self.data_dir),
            "jobs": [sys.executable, "-m", "magpipe", "jobs"],
            "web": services.web_command("127.0.0.1", self.port),
        }
        env = self.env | (services.WEB_VARIABLES if name == "web" else {})
        log = (self.data_dir / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            commands[name], env=env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
        address = {"sandbox": f"{self.sandbox_url}/sandbox/health", "web": f"{self.url}/api/health"}.get(name)
        if address:
            self._wait(name, address)

    def kill(self, name: str, sign: int = signal.SIGKILL) -> None:
        """End a process and everything it started, at once by default."""
        process = self.processes[name]
        os.killpg(process.pid, sign)
        process.wait(timeout=30)

    def log(self, name: str) -> str:
        """Return what a process wrote so far."""
        return (self.data_dir / f"{name}.log").read_text(errors="replace")

    def stop(self) -> None:
        """End what still runs, politely first."""
        for name, process in self.processes.items():
            if process.poll() is None:
                try:
                    self.kill(name, signal.SIGTERM)
                except subprocess.TimeoutExpired:
                    self.kill(name)

    def _wait(self, name: str, address: str, within_s: float = 60) -> None:
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if self.processes[name].poll() is not None:
                raise RuntimeError(f"{name} ended while starting:\n{self.log(name)[-3000:]}")
            try:
                if httpx.get(address, timeout=2).status_code < 500:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise RuntimeError(f"{name} did not answer within {within_s} s:\n{self.log(name)[-3000:]}")


@contextmanager
def product(*, server_settings: Mapping[str, str] | None = None, with_pages: bool = True) -> Iterator[Product]:
    """Run an installation with an empty database; `with_pages` also builds the front end when it is stale."""
    port, sandbox_port = free_port(), free_port()
    data_dir = Path(tempfile.mkdtemp(prefix="magpipe-product-"))
    with running(data_dir / "pg", server_settings=dict(server_settings or {})) as cluster:
        cluster.create_database()
        env = {
            **os.environ,
            "ENVIRONMENT": "development",
            "DATA_DIR": str(data_dir),
            "DATABASE_URL": cluster.url(),
            "PORT": str(port),
            "SANDBOX_PORT": str(sandbox_port),
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "LOG_LEVEL": "INFO",
            "PATH": os.path.join(sys.prefix, "bin") + os.pathsep + os.environ["PATH"],
        }
        migrate(cluster.url())
        if with_pages:
            _build(env)
        made = Product(cluster, env, data_dir, port, sandbox_port)
        try:
            yield made
        finally:
            made.stop()


def _build(env: Mapping[str, str]) -> None:
    inputs = {name: env[name] for name in frontend.SETTINGS}
    if not frontend.is_current(ROOT, inputs):
        asyncio.run(frontend.build(ROOT, inputs, env, lambda _line: None))
