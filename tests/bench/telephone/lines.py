"""Start what answers calls in a process of its own: our worker, a bare session, a pipecat pipeline; and the vendors."""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from backend.calls import tickets
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.agents import AgentConfig
from backend.models.numbers import ServiceNumber
from backend.models.organizations import Organization
from tests.backend.calls.conftest import SHOP, Line
from tests.bench.knowledge_site import make_owner
from tests.bench.measure import ROOT
from tests.bench.telephone import constants
from tests.conftest import Org
from tests.ports import free_port

# What another framework is measured with. Another version is another figure: it is named in the report.
PIPECAT = "1.14.0"
_PIPECAT_NEEDS = (f"pipecat-ai[websocket,openai,deepgram,elevenlabs]=={PIPECAT}", "uvicorn")
CAPACITY = 40
# Loading a model takes seconds on a busy machine.
_STARTS_WITHIN_S = 90.0


@contextmanager
def vendors() -> Iterator[str]:
    """Serve the vendors' stand-ins with constant times, and return their address."""
    port = free_port()
    with _process([sys.executable, "-m", "tests.bench.telephone.vendors", "--port", str(port)], port):
        yield f"http://127.0.0.1:{port}"


class Ours:
    """Our own worker, with a business whose agent it speaks for."""

    def __init__(self, address: str, pid: int, line: Line) -> None:
        self.address, self.pid = address, pid
        self._line = line

    async def parameters(self, place: int) -> Mapping[str, str]:
        """Keep a new call of one of fifty people, and return what lets a stream carry it."""
        self._line.caller = f"+1415555{place % 50:04d}"
        call_id: UUID = (await self._line.begin()).id
        return {"call_id": str(call_id), "ticket": tickets.issue(call_id)}


@asynccontextmanager
async def ours(vendors_url: str) -> AsyncIterator[Ours]:
    """Run `magpipe voice` as it is, its vendors at another address."""
    line = await _business()
    port = free_port()
    wanted = {
        "SANDBOX_PORT": vendors_url.rpartition(":")[2],
        "VOICE_PORT": str(port),
        "VOICE_CAPACITY": str(CAPACITY),
        "LOG_LEVEL": "ERROR",
    }
    with _process([sys.executable, "-m", "magpipe", "voice"], port, wanted) as server:
        # The model of embeddings is loaded beside the first call; what is measured is what comes after.
        await asyncio.sleep(5)
        yield Ours(_stream(port), server.pid, line)


class Other:
    """A line that needs no ticket."""

    def __init__(self, address: str, pid: int) -> None:
        self.address, self.pid = address, pid

    async def parameters(self, place: int) -> Mapping[str, str]:
        """Return nothing: whoever calls is let in."""
        return {}


@asynccontextmanager
async def bare(vendors_url: str) -> AsyncIterator[Other]:
    """Run LiveKit's session alone."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.telephone.bare", "--port", str(port), "--vendors", vendors_url]
    with _process(command, port) as server:
        yield Other(_stream(port), server.pid)


@asynccontextmanager
async def pipecat(vendors_url: str) -> AsyncIterator[Other]:
    """Run a pipecat pipeline. Raises `RuntimeError` where it cannot be installed."""
    port = free_port()
    python = await asyncio.to_thread(_pipecat_python)
    script = ROOT / "tests" / "bench" / "telephone" / "pipecat_line.py"
    with _process([str(python), str(script), "--port", str(port), "--vendors", vendors_url], port) as server:
        yield Other(_stream(port), server.pid)


def _pipecat_python() -> Path:
    """Return a Python that has pipecat: the one BENCH_PIPECAT names, else one of our own, kept for the next time."""
    if named := os.environ.get("BENCH_PIPECAT"):
        return Path(named)
    folder = ROOT / ".data" / f"bench-pipecat-{PIPECAT}"
    python = folder / "bin" / "python"
    if (folder / "complete").exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", *_PIPECAT_NEEDS],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"pipecat cannot be installed: {done.stderr.strip()[-200:]}")
    (folder / "complete").touch()
    return python


async def _business() -> Line:
    """Make a business with money for a thousand calls, and an agent that takes turns as every other line does."""
    owner = await make_owner(f"bench-{time.monotonic_ns()}@voice.example")
    org = Org(owner.org_id, owner)
    settings: dict[str, Any] = {
        "responsiveness": 1.0,
        "interrupt_sensitivity": round((0.7 - constants.INTERRUPTS_S) / 0.6, 4),
    }
    with platform_scope("give a benchmark's organization money"):
        async with unit_of_work() as session:
            organization = await session.get(Organization, owner.org_id)
            if organization is None:
                raise RuntimeError("the organization is gone")
            organization.balance_micros = 10_000_000_000
            session.add(organization)
    with org.scope():
        async with unit_of_work() as session:
            agent = AgentConfig(
                org_id=org.org_id,
                name="Ava",
                agent_type="inbound_voice",
                system_prompt="Help.",
                greeting=constants.GREETING,
                settings=settings,
            )
            session.add(agent)
            await session.flush()
            number = ServiceNumber(org_id=org.org_id, phone_number=SHOP, agent_id=agent.id)
            session.add(number)
    return Line(org, number, agent)


def _stream(port: int) -> str:
    return f"ws://127.0.0.1:{port}/voice/stream"


@contextmanager
def _process(
    command: Sequence[str], port: int, more: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; the block begins when it answers."""
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(more or {})})
    try:
        deadline = time.monotonic() + _STARTS_WITHIN_S
        while True:
            try:
                httpx.get(f"http://127.0.0.1:{port}/voice/health", timeout=2)
                break
            except httpx.HTTPError:
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{' '.join(command)} did not start") from None
                time.sleep(0.1)
        yield server
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
