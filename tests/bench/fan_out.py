"""Measure an inbound text's way into 100 open inboxes, the size of its patches, and what a tab costs the server.

The floor is a bare Socket.IO server that emits one small message to 100 clients, measured in the same run.
"""

import asyncio
import contextlib
import json
import random
import statistics
import time
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import psutil
import socketio
import uvicorn

from tests.bench.measure import Row, ms
from tests.bench.tabs import OpenTab, sign_in
from tests.bench.webhook import signed
from tests.installation import Installation, installation
from tests.ports import free_port

TABS = 100
TEXTS = 30


async def rows() -> list[Row]:
    """Open the tabs on a real installation, let customers write, and time the news in every tab."""
    floor = await _floor()
    context = installation()
    up = await asyncio.to_thread(context.__enter__)
    try:
        measured, sizes, per_tab_kb = await _measure(up)
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)
    return [
        Row(
            f"inbound text → change in {TABS} open inboxes (from the webhook's POST, queue and store included)",
            "p95 ≤ 200 ms",
            ms(measured, 0.5, 0.95),
            ms(floor, 0.5, 0.95),
            f"bare Socket.IO emit to {TABS} clients",
        ),
        Row(
            "UI update after a text: size of the patch", "median ≤ 2 KB", f"median {statistics.median(sizes):.0f} B", ""
        ),
        Row("UI state per tab: server memory", "≤ 300 KB", f"{per_tab_kb:.0f} KB", ""),
    ]


def _events() -> list[str]:
    from pages.frame import frame_events
    from state.inbox.page import InboxState

    handlers = [*frame_events(), InboxState.load]
    return [f"{handler.state_full_name}.{handler.fn.__name__}" for handler in handlers]


async def _measure(up: Installation) -> tuple[list[float], list[int], float]:
    cookie = await sign_in(up.url, up.demo["email"], up.demo["password"])
    arrivals: dict[str, dict[str, float]] = {}
    sizes: list[int] = []

    def hear(tab: OpenTab, update: Any, at: float) -> None:
        text = update if isinstance(update, str) else json.dumps(update)
        for marker in arrivals:
            if marker in text:
                if tab.token not in arrivals[marker]:
                    sizes.append(len(text.encode()))
                arrivals[marker].setdefault(tab.token, at)

    web = psutil.Process(up.pid("web"))
    events = _events()
    tabs = [OpenTab(up.url, cookie, hear) for _ in range(TABS)]
    first, rest = tabs[0], tabs[1:]
    await first.open("/inbox", events)
    await asyncio.sleep(2)
    before = _memory(web)
    for tab in rest:
        await tab.open("/inbox", events)
    await asyncio.sleep(5)
    per_tab_kb = (_memory(web) - before) / len(rest) / 1024

    samples: list[float] = []
    url = f"{up.url}/functions/v1/webhook-inbound-sms"
    async with httpx.AsyncClient(timeout=30) as client:
        for _ in range(TEXTS):
            marker = f"marker{uuid4().hex[:12]}"
            arrivals[marker] = {}
            form = {
                "MessageSid": str(uuid4()),
                "AccountSid": "sandbox-project",
                "From": f"+1415558{random.randrange(10_000):04d}",
                "To": up.demo["number"],
                "Body": marker,
                "NumMedia": "0",
            }
            headers = signed(url, form) | {"Content-Type": "application/x-www-form-urlencoded"}
            start = time.perf_counter()
            (await client.post(url, content=urlencode(form), headers=headers)).raise_for_status()
            deadline = start + 5
            while len(arrivals[marker]) < TABS and time.perf_counter() < deadline:
                await asyncio.sleep(0.01)
            if len(arrivals[marker]) < TABS:
                raise RuntimeError(f"only {len(arrivals[marker])} of {TABS} tabs heard of a text within 5 s")
            samples += [at - start for at in arrivals[marker].values()]
            await asyncio.sleep(1.0)
    for tab in tabs:
        await tab.close()
    return samples, sizes, per_tab_kb


def _memory(process: psutil.Process) -> int:
    """Return the private memory of a process and its children, in bytes."""
    return sum(each.memory_full_info().uss for each in [process, *process.children(recursive=True)])


async def _floor() -> list[float]:
    server = socketio.AsyncServer(async_mode="asgi")
    app = socketio.ASGIApp(server)
    port = free_port()
    runner = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    task = asyncio.create_task(runner.serve())
    while not runner.started:
        await asyncio.sleep(0.01)
    samples: list[float] = []
    started = 0.0

    def hear(_: Any) -> None:
        samples.append(time.perf_counter() - started)

    clients = []
    for _ in range(TABS):
        client = socketio.AsyncClient(reconnection=False)
        client.on("news", hear)
        await client.connect(f"http://127.0.0.1:{port}", transports=["websocket"])
        clients.append(client)
    for _ in range(TEXTS):
        started = time.perf_counter()
        await server.emit("news", {"text": "x" * 500})
        await asyncio.sleep(0.5)
    for client in clients:
        await client.disconnect()
    runner.should_exit = True
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(task, 10)
    return samples
