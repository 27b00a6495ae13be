"""Run LiveKit's own server on loopback for these tests, with the product's settings on it."""

import asyncio
import itertools
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from backend.core.config import settings
from tests.livekit import servers
from tests.livekit.telephone import Telephone, free_port
from tests.voice_agent.conftest import line  # noqa: F401 - a business whose calls are really committed
from tests.voice_agent.dialling import PATIENT_S
from voice_agent.rooms import Rooms
from voice_agent.worker import Worker

WEBHOOK = "/functions/v1/webhook-livekit-egress"
KEY, SECRET = "devkey", "a secret of LiveKit's, for tests on loopback"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory) -> Iterator[str]:
    """Serve Redis, in which LiveKit's server and its SIP service meet, and return its address; empty without one."""
    if not os.environ.get("TEST_LIVEKIT") or not servers.can_call():
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
        + f"webhook: {{api_key: {KEY}, urls: [{settings().public_url + WEBHOOK!r}]}}\n"
        "logging: {level: warn}\n"
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


@pytest.fixture(scope="session")
def livekit_sip(tmp_path_factory, livekit_server, redis_server) -> Iterator[str]:
    """Serve LiveKit's SIP service and return where it is called."""
    binary = servers.find_sip()
    if not redis_server or binary is None:
        pytest.skip("Calls by SIP need LiveKit's SIP service, Redis and sipp.")
    folder = tmp_path_factory.mktemp("livekit-sip")
    port, health = free_port(), _free_port()
    config = folder / "sip.yaml"
    config.write_text(
        f"api_key: {KEY}\n"
        f"api_secret: {SECRET!r}\n"
        f"ws_url: {livekit_server}\n"
        f"redis: {{address: {redis_server!r}}}\n"
        f"sip_port: {port}\n"
        f"health_port: {health}\n"
        # Above what Linux gives to outgoing connections, below which tests have theirs.
        "rtp_port: 61000-65000\n"
        "nat_1_to_1_ip: 127.0.0.1\n"
        "listen_ip: 127.0.0.1\n"
        # A machine that is busy with tests takes calls too.
        "max_cpu_utilization: 1\n"
        "logging: {level: info}\n"
    )
    with _running([str(binary), "--config", str(config)], folder / "log", lambda: _answers(health)):
        yield f"127.0.0.1:{port}"


@pytest.fixture
def livekit(livekit_server, monkeypatch) -> str:
    """LiveKit's server, in the settings."""
    monkeypatch.setattr(settings(), "livekit_url", livekit_server)
    monkeypatch.setattr(settings(), "livekit_api_key", KEY)
    monkeypatch.setattr(settings(), "livekit_api_secret", SecretStr(SECRET))
    return livekit_server


@pytest.fixture
def sip(livekit, livekit_sip, monkeypatch) -> str:
    """LiveKit's SIP service, in the settings: it takes the carrier's calls, and rings by a trunk of the carrier's."""
    monkeypatch.setattr(settings(), "livekit_sip_domain", "sip.livekit.example")
    monkeypatch.setattr(settings(), "livekit_trunk_user", "magpipe")
    monkeypatch.setattr(settings(), "livekit_trunk_password", SecretStr("ours"))
    return livekit_sip


@pytest.fixture
def telephone(sip, tmp_path, monkeypatch) -> Callable[..., Telephone]:
    """Return what makes a telephone of the carrier's, to be used in an `async with`: the trunk rings the last one."""
    counted = itertools.count()

    def made(scenario: str, **settings_of_it: str) -> Telephone:
        found = Telephone(scenario, tmp_path / f"telephone-{next(counted)}", **settings_of_it)
        monkeypatch.setattr(settings(), "livekit_trunk_host", f"127.0.0.1:{found.port}")
        return found

    return made


@pytest.fixture
async def worker(livekit, sandbox):
    """A worker that LiveKit sends calls to."""
    made = Worker(2)
    rooms = Rooms(made)
    await rooms.start()
    await asyncio.wait_for(rooms.is_known.wait(), PATIENT_S)
    yield made
    await rooms.stop(5)
