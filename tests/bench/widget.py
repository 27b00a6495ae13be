"""Weigh the chat widget as it is served, hold 2,000 idle visitors on one web process, and lose them all at once.

The floor of a message's way back to its visitor is the same POST without anybody listening; that of the reconnects is
the time a restarted web process takes until it answers at all.
"""

import asyncio
import gzip
import json
import random
import time
from uuid import UUID

import httpx
import psutil
import psycopg
import websockets

from backend.chat import tickets
from backend.core.config import settings
from backend.core.ids import new_id
from backend.models.chat import ChatSession
from tests.bench.fan_out import _memory as memory_of
from tests.bench.measure import ROOT, Row, ms
from tests.installation import Installation, installation

VISITORS = 2_000
AT_ONCE = 50
MESSAGES = 30
ORIGIN = "https://www.shop.example"


async def rows() -> list[Row]:
    """Measure on an installation of its own."""
    context = installation()
    up = await asyncio.to_thread(context.__enter__)
    try:
        return [await _weight(up), *await _crowd(up)]
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)


async def _weight(up: Installation) -> Row:
    asked = {"Accept-Encoding": "gzip"}
    async with httpx.AsyncClient(base_url=up.url, headers=asked) as client, client.stream("GET", "/widget.js") as reply:
        served = len(b"".join([part async for part in reply.aiter_raw()]))
        encoding = reply.headers.get("content-encoding", "none")
    whole = (ROOT / "assets" / "widget.js").read_bytes()
    return Row(
        f"widget.js as served ({encoding})",
        "≤ 15 KB",
        f"{served / 1000:.1f} KB",
        f"{len(gzip.compress(whole, 9)) / 1000:.1f} KB",
        "the file alone, gzip -9",
    )


class _Visitor:
    """One idle visitor: keeps its socket as the widget does, and comes back after a loss with the widget's pauses."""

    def __init__(self, address: str, token: str) -> None:
        self._address, self.token = address, token
        self.is_here = asyncio.Event()
        self.heard: asyncio.Queue[float] = asyncio.Queue()
        self._fails = 0

    async def stay(self) -> None:
        """Stay connected until cancelled."""
        while True:
            try:
                socket = await websockets.connect(self._address, origin=ORIGIN, ping_interval=None)  # type: ignore[arg-type]
                await socket.send(json.dumps({"token": self.token, "after": 0}))
                while json.loads(await socket.recv())["t"] != "ready":
                    pass
                self._fails = 0
                self.is_here.set()
                async for said in socket:
                    if b'"t": "news"' in (said if isinstance(said, bytes) else said.encode()):
                        self.heard.put_nowait(time.perf_counter())
            except (OSError, websockets.WebSocketException):
                pass
            self.is_here.clear()
            self._fails += 1
            most = 30 if self._fails > 8 else min(10, 1.5 * 2**self._fails)
            await asyncio.sleep(0.5 + random.random() * most)


async def _crowd(up: Installation) -> list[Row]:
    tokens = await asyncio.to_thread(_tokens, up)
    address = up.url.replace("http", "ws") + "/api/chat/socket"
    visitors = [_Visitor(address, token) for token in tokens]
    web = psutil.Process(up.pid("web"))
    before, start = memory_of(web), time.perf_counter()
    staying: list[asyncio.Task[None]] = []
    try:
        for place in range(0, len(visitors), AT_ONCE):
            some = visitors[place : place + AT_ONCE]
            staying += [asyncio.create_task(visitor.stay()) for visitor in some]
            await _all_here(some, 60)
        arrived_s = time.perf_counter() - start
        await asyncio.sleep(3)
        each_kb = (memory_of(web) - before) / len(visitors) / 1024
        busy = await asyncio.to_thread(web.cpu_percent, 5.0) + sum(
            child.cpu_percent(0.1) for child in web.children(recursive=True)
        )
        waits, floor = await _messages(up, visitors)
        storm_s, start_s = await _storm(up, visitors)
    finally:
        for task in staying:
            task.cancel()
        await asyncio.gather(*staying, return_exceptions=True)
    return [
        Row(
            f"web chat: {VISITORS:,} idle visitors on one web process",
            "",
            f"{each_kb:.0f} KB each, {busy:.0f} % of a core; all connected in {arrived_s:.0f} s",
            "",
            f"{AT_ONCE} connecting at a time",
        ),
        Row(
            f"web chat: a message → shown back to its visitor, {VISITORS:,} others connected",
            "",
            ms(waits, 0.5, 0.95),
            ms(floor, 0.5, 0.95),
            "the POST alone",
        ),
        Row(
            f"web chat: {VISITORS:,} visitors lose the web process → all connected again",
            "≤ 30 s",
            f"{storm_s:.1f} s",
            f"{start_s:.1f} s",
            "the restarted process answers its first request",
        ),
    ]


async def _all_here(visitors: list[_Visitor], within_s: float) -> None:
    async with asyncio.timeout(within_s):
        await asyncio.gather(*(visitor.is_here.wait() for visitor in visitors))


async def _messages(up: Installation, visitors: list[_Visitor]) -> tuple[list[float], list[float]]:
    waits, floor = [], []
    async with httpx.AsyncClient(base_url=up.url, headers={"Origin": ORIGIN}, timeout=30) as client:
        for number, visitor in enumerate(random.sample(visitors, MESSAGES)):
            body = {"token": visitor.token, "id": f"b{number}", "text": "Hello"}
            start = time.perf_counter()
            (await client.post("/api/chat/message", content=json.dumps(body))).raise_for_status()
            floor.append(time.perf_counter() - start)
            async with asyncio.timeout(10):
                waits.append(await visitor.heard.get() - start)
            await asyncio.sleep(0.3)
    return waits, floor


async def _storm(up: Installation, visitors: list[_Visitor]) -> tuple[float, float]:
    """End the web process and return when everybody was back, and when the new one answered first."""
    start = time.perf_counter()
    up.kill("web")
    await asyncio.sleep(0.5)
    answered_s = 0.0
    async with httpx.AsyncClient(base_url=up.url, timeout=2) as client:
        while not answered_s:
            try:
                (await client.get("/ping")).raise_for_status()
                answered_s = time.perf_counter() - start
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
    await _all_here(visitors, 180)
    return time.perf_counter() - start, answered_s


def _tokens(up: Installation) -> list[str]:
    """Make the visitors' sessions in the installation's database and return their tokens, signed with its key."""
    secrets = dict(line.split("=", 1) for line in (up.data_dir / "secrets.env").read_text().splitlines() if "=" in line)
    settings().secret_key = type(settings().secret_key)(secrets["SECRET_KEY"])
    found = up.query("select org_id, id from chat_widgets where widget_key = %s", up.demo["widget"])
    org_id, widget_id = (UUID(str(value)) for value in found[0])
    made = [
        ChatSession(org_id=org_id, widget_id=widget_id, visitor_id=f"bench-{number}", id=new_id())
        for number in range(VISITORS)
    ]
    record = json.loads((up.data_dir / "run" / "owner.json").read_text())
    address = record["database_url"].replace("postgresql+psycopg://", "postgresql://")
    columns = list(ChatSession.model_fields)
    copying = f"copy chat_sessions ({', '.join(columns)}) from stdin"
    with psycopg.connect(address) as connection, connection.cursor() as cursor, cursor.copy(copying) as copy:
        for session in made:
            values = [getattr(session, name) for name in columns]
            copy.write_row([json.dumps(value) if isinstance(value, dict) else value for value in values])
    return [tickets.issue(session) for session in made]
