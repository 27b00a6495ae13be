"""Measure the text webhook at 100 requests a second: verify, store, enqueue, answer.

The jobs process is held still meanwhile, because answering a hundred texts a second (with the stand-in model on the
same two cores) is another figure than taking them. The floor is a bare ASGI application under the same server that
makes one committed insert per request.
"""

import asyncio
import base64
import hashlib
import hmac
import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlencode
from uuid import uuid4

import httpx

from backend.core.config import SANDBOX_SIGNING_KEY
from tests.bench.measure import Row, ms
from tests.conftest import free_port
from tests.installation import Installation, installation

RATE = 100
SECONDS = 20
WARM_UP_S = 3


async def rows() -> list[Row]:
    """Start an installation, offer it signed texts at a steady rate, then do the same to the floor."""
    context = installation()
    up = await asyncio.to_thread(context.__enter__)
    jobs = up.pid("jobs")
    os.kill(jobs, signal.SIGSTOP)
    try:
        ours = await _offer(up.url + "/functions/v1/webhook-inbound-sms", up.demo["number"])
        port = free_port()
        floor = _start_floor(up, port)
        try:
            bare = await _offer(f"http://127.0.0.1:{port}/", up.demo["number"])
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
        )
    ]


def signed(url: str, form: dict[str, str]) -> dict[str, str]:
    """Return the carrier's signature header for a form posted to `url` (SignalWire's cXML scheme)."""
    message = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    mac = hmac.new(SANDBOX_SIGNING_KEY.encode(), message.encode(), hashlib.sha1)
    return {"X-SignalWire-Signature": base64.b64encode(mac.digest()).decode()}


async def _offer(url: str, number: str) -> list[float]:
    samples: list[float] = []

    async def post(client: httpx.AsyncClient, count: int) -> None:
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
        reply = await client.post(url, content=urlencode(form), headers=headers)
        samples.append(time.perf_counter() - start)
        if reply.status_code != 200:
            raise RuntimeError(f"the webhook answered {reply.status_code}: {reply.text[:300]}")

    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    async with httpx.AsyncClient(timeout=30, limits=limits) as client, asyncio.TaskGroup() as group:
        start = time.perf_counter()
        for count in range(RATE * SECONDS):
            await asyncio.sleep(max(0.0, start + count / RATE - time.perf_counter()))
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
