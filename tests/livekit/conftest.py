"""Run LiveKit's own server on loopback for these tests, with the product's settings on it."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr

from backend.core.config import settings
from tests.livekit import servers
from tests.voice_agent.conftest import line  # noqa: F401 - a business whose calls are really committed

KEY, SECRET = "devkey", "a secret of LiveKit's, for tests on loopback"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def livekit_server(tmp_path_factory) -> Iterator[str]:
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
        "logging: {level: warn}\n"
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([str(binary), "--config", str(config)], stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 30
            while True:
                assert process.poll() is None, (folder / "log").read_text()
                assert time.monotonic() < deadline, "LiveKit's server did not start"
                try:
                    httpx.get(f"http://127.0.0.1:{port}").raise_for_status()
                    break
                except httpx.HTTPError:
                    time.sleep(0.1)
            yield f"ws://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def livekit(livekit_server, monkeypatch) -> str:
    """LiveKit's server, in the settings."""
    monkeypatch.setattr(settings(), "livekit_url", livekit_server)
    monkeypatch.setattr(settings(), "livekit_api_key", KEY)
    monkeypatch.setattr(settings(), "livekit_api_secret", SecretStr(SECRET))
    return livekit_server
