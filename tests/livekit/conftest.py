"""Run LiveKit's own server on loopback for these tests, with the product's settings on it."""

import asyncio
import json
import os
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from backend.core.config import settings
from tests.livekit import servers
from tests.voice_agent.conftest import line  # noqa: F401 - a business whose calls are really committed
from tests.voice_agent.dialling import PATIENT_S
from voice_agent.rooms import Rooms
from voice_agent.worker import Worker

KEY, SECRET = "devkey", "a secret of LiveKit's, for tests on loopback"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory) -> Iterator[str]:
    """Serve Redis, in which LiveKit's server and its SIP service meet, and return its address; empty without one."""
    if not os.environ.get("TEST_LIVEKIT") or servers.find_sip() is None:
        yield ""
        return
    port, folder = _free_port(), tmp_path_factory.mktemp("redis")
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with _running(command, folder / "log", lambda: _listens(port)):
        yield f"127.0.0.1:{port}"


@pytest.fixture(scope="session")
def livekit_server(tmp_path_factory, redis_server) -> Iterator[str]:
    """Serve LiveKit and return its address."""
    binary = servers.find() if os.environ.get("TEST_LIVEKIT") else None
    if binary is None:
        pytest.skip("A call through LiveKit's own server is tried by `make test-livekit`.")
    folder = tmp_path_factory.mktemp("livekit")
    port, media = _free_port(), _free_port()
    config = folder / "livekit.yaml"
    config.write_text(
        f"port: {port}\n"
        "bind_addresses: [127.0.0.1]\n"
        f"rtc: {{use_external_ip: false, node_ip: 127.0.0.1, udp_port: {media}, tcp_port: {_free_port()}}}\n"
        f"keys: {{{KEY}: {SECRET!r}}}\n"
        + (f"redis: {{address: {redis_server!r}}}\n" if redis_server else "")
        + "logging: {level: warn}\n"
    )
    with _running([str(binary), "--config", str(config)], folder / "log", lambda: _answers(port)):
        yield f"ws://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], path: Path, is_up: Callable[[], bool]) -> Iterator[None]:
    """Run a server until the block ends, which begins once it is up."""
    with path.open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while not is_up():
            assert process.poll() is None, path.read_text()
            assert time.monotonic() < deadline, f"{command[0]} did not start"
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}").is_success
    except httpx.HTTPError:
        return False


class SipService:
    """The stand-in of LiveKit's SIP service: `asked` waits for what the server wants next, `answers` answers it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def asked(self) -> dict[str, Any]:
        """Return what is wanted, as LiveKit's server says it."""
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(await asyncio.wait_for(self._process.stdout.readline(), PATIENT_S))
        return found

    def answers(self, words: str) -> None:
        """Answer: `ok`, or a SIP status such as `486 Busy Here`."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{words}\n".encode())


@pytest.fixture
async def sip(livekit, redis_server) -> AsyncIterator[SipService]:
    """LiveKit's SIP service, as far as its server sees it."""
    binary = servers.find_sip()
    if not redis_server or binary is None:
        pytest.skip("Calls out need Redis and a stand-in of LiveKit's SIP service, which Go builds.")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(str(binary), redis_server, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), PATIENT_S) == b"ready\n"
    yield SipService(process)
    process.terminate()
    await process.wait()


@pytest.fixture
def livekit(livekit_server, monkeypatch) -> str:
    """LiveKit's server, in the settings, with a trunk to ring by."""
    monkeypatch.setattr(settings(), "livekit_url", livekit_server)
    monkeypatch.setattr(settings(), "livekit_api_key", KEY)
    monkeypatch.setattr(settings(), "livekit_api_secret", SecretStr(SECRET))
    monkeypatch.setattr(settings(), "livekit_trunk_host", "sip.carrier.example")
    monkeypatch.setattr(settings(), "livekit_trunk_user", "magpipe")
    monkeypatch.setattr(settings(), "livekit_trunk_password", SecretStr("ours"))
    return livekit_server


@pytest.fixture
async def worker(livekit, sandbox):
    """A worker that LiveKit sends calls to."""
    made = Worker(2)
    rooms = Rooms(made)
    await rooms.start()
    await asyncio.wait_for(rooms.is_known.wait(), PATIENT_S)
    yield made
    await rooms.stop(5)
