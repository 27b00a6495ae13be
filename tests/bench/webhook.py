"""Measure the text webhook at 100 requests a second: verify, store, enqueue, answer.

The jobs process is held still meanwhile, because answering a hundred texts a second (with the stand-in model on the
same two cores) is another figure than taking them. The floor is a bare ASGI application under the same server that
makes one committed insert per request. Beside both stands how long the disk itself took to keep 8 KB in the same
seconds, and how late the load was offered: a percentile above the disk's own, offered in time, is ours to explain.
"""

import asyncio
import base64
import hashlib
import hmac
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp
import httpx

from backend.core.config import SANDBOX_SIGNING_KEY
from tests.bench.measure import Row, ms
from tests.installation import Installation, installation
from tests.ports import free_port

RATE = 100
SECONDS = 20
WARM_UP_S = 3


async def rows() -> list[Row]:
    """Start an installation, offer it signed texts at a steady rate, then do the same to the floor."""
    context = installation()
    up = await asyncio.to_thread(context.__enter__)
    jobs = up.pid("jobs")
    os.kill(jobs, signal.SIGSTOP)
    late: list[float] = []
    try:
        with _disk(up.data_dir) as disk:
            ours = await _offer(up.url + "/functions/v1/webhook-inbound-sms", up.demo["number"], late)
        port = free_port()
        floor = _start_floor(up, port)
        try:
            with _disk(up.data_dir) as disk_of_floor:
                bare = await _offer(f"http://127.0.0.1:{port}/", up.demo["number"], late)
        finally:
            floor.terminate()
            floor.wait(timeout=10)
    finally:
        os.kill(jobs, signal.SIGCONT)
        await asyncio.to_thread(context.__exit__, None, None, None)
    return [
        Row(
            "webhook: verify, store, enqueue, answer, at 100 req/s (jobs process held)",
            "p50 ≤ 15 ms, p99 ≤ 150 ms",
            ms(ours, 0.5, 0.95, 0.99),
            ms(bare, 0.5, 0.95, 0.99),
            "bare ASGI app, one committed insert, same server",
        ),
        Row(
            "the disk meanwhile: 8 KB kept (fdatasync)",
            "",
            ms(disk, 0.5, 0.95, 0.99),
            ms(disk_of_floor, 0.5, 0.95, 0.99),
            f"while the floor ran; the load was offered late by {ms(late, 0.5, 0.99)}",
        ),
    ]


def signed(url: str, form: dict[str, str]) -> dict[str, str]:
    """Return the carrier's signature header for a form posted to `url` (SignalWire's cXML scheme)."""
    message = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    mac = hmac.new(SANDBOX_SIGNING_KEY.encode(), message.encode(), hashlib.sha1)
    return {"X-SignalWire-Signature": base64.b64encode(mac.digest()).decode()}


@contextmanager
def _disk(folder: Path) -> Iterator[list[float]]:
    """Write and flush 8 KB ten times a second inside the block, and collect how long each took."""
    samples: list[float] = []
    stop = threading.Event()

    def probe() -> None:
        with (folder / "bench_disk").open("w+b") as file:
            file.write(bytes(1_000_000))
            file.flush()
            os.fsync(file.fileno())
            while not stop.wait(0.1):
                start = time.perf_counter()
                os.pwrite(file.fileno(), bytes(8192), 8192 * (len(samples) % 100))
                os.fdatasync(file.fileno())
                samples.append(time.perf_counter() - start)

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        yield samples
    finally:
        stop.set()
        thread.join()


async def _offer(url: str, number: str, late: list[float]) -> list[float]:
    """Post texts at the steady rate, however long the answers take, and return each answer's seconds.

    The client must not be what is measured: httpx looks through all its connections for every request and never
    caught up after a stall of 0.8 s, while the server was idle.
    """
    samples: list[float] = []

    async def post(client: aiohttp.ClientSession, count: int) -> None:
        form = {
            "MessageSid": str(uuid4()),
            "AccountSid": "sandbox-project",
            "From": f"+1415557{count % 2000:04d}",
            "To": number,
            "Body": f"Are you open on Saturday? {count}",
            "NumMedia": "0",
        }
        headers = signed(url, form) | {"Content-Type": "application/x-www-form-urlencoded"}
        start = time.perf_counter()
        async with client.post(url, data=urlencode(form), headers=headers) as reply:
            text = await reply.text()
        samples.append(time.perf_counter() - start)
        if reply.status != 200:
            raise RuntimeError(f"the webhook answered {reply.status}: {text[:300]}")

    connections = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connections) as client, asyncio.TaskGroup() as group:
        start = time.perf_counter()
        for count in range(RATE * SECONDS):
            due = start + count / RATE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            late.append(time.perf_counter() - due)
            group.create_task(post(client, count))
    return samples[RATE * WARM_UP_S :]


FLOOR = """
import os
from contextlib import asynccontextmanager
from psycopg_pool import AsyncConnectionPool
pool = AsyncConnectionPool(os.environ["FLOOR_DATABASE"], min_size=4, max_size=10, open=False)
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    if pool.closed:
        await pool.open()
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    async with pool.connection() as connection:
        await connection.execute("insert into bench_floor (body) values (%s)", [body.decode()])
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/xml")]})
    await send({"type": "http.response.body", "body": b"<Response/>"})
"""


def _start_floor(up: Installation, port: int) -> subprocess.Popen[bytes]:
    import json

    import psycopg

    record = json.loads((up.data_dir / "run" / "owner.json").read_text())
    address = record["database_url"].replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address) as connection:
        connection.execute("create table if not exists bench_floor (id bigserial primary key, body text)")
    (up.data_dir / "bench_floor_app.py").write_text(FLOOR)
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "asgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--no-access-log",
            "--log-level",
            "warning",
            "bench_floor_app:app",
        ],
        cwd=up.data_dir,
        env={**os.environ, "FLOOR_DATABASE": address, "PYTHONPATH": str(up.data_dir)},
    )
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            httpx.post(f"http://127.0.0.1:{port}/", content=b"warm", timeout=2)
            return process
        except httpx.HTTPError:
            time.sleep(0.1)
    raise RuntimeError("the floor did not start")
