"""Measure what agents' tools cost beside the bare requests they make, and a suite of tests beside its cases alone.

Functions, servers of tools and the calendar are called as a turn calls them: through the gate, which logs each call
before it leaves and after it came back, and through the guarded client. The sandbox answers from a process of its own.
"""

import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from backend.agents import calendar_tools, mcp_tools, tool_calls
from backend.agents import service as agents
from backend.calendars import service as calendars
from backend.core.config import settings
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.evals import jobs as eval_jobs
from backend.evals import service as evals
from backend.functions import service as functions
from backend.functions.schemas import CallSetting
from backend.mcp_servers import service as mcp_servers
from backend.models.agents import AgentConfig
from backend.vocab import AgentType
from tests.bench.knowledge_site import make_owner
from tests.bench.measure import ROOT, Row, ms, timed
from tests.ports import free_port

RUNS, CASES = 150, 12
ORDER = {
    "name": "look_up_order",
    "description": "Look up an order by its number.",
    "http_method": "GET",
    "body_schema": [{"name": "number", "type": "string", "required": True}],
}
CASE = {"opening": ["When do you open?", "And on Sunday?"], "checks": [{"kind": "never_said", "text": "KESTREL"}]}


async def rows() -> list[Row]:
    """Call each kind of tool in turn, then play a suite."""
    from backend.core import jobs

    owner = await make_owner("bench@tools.example")
    with sandbox() as url, org_scope(owner.org_id):
        async with httpx.AsyncClient(base_url=url, timeout=10) as bare, jobs.queue.open_async():
            async with unit_of_work() as session:
                agent = await agents.create(session, owner, AgentType.TEXT, "Ava")
            setting = CallSetting(owner.org_id)
            return [
                await _function(owner, setting, url, bare),
                await _server(owner, agent, setting, url, bare),
                await _calendar(owner, agent, setting, bare),
                await _suite(owner, agent.id),
            ]


async def _function(owner: Principal, setting: CallSetting, url: str, bare: httpx.AsyncClient) -> Row:
    async with unit_of_work() as session:
        endpoint = f"{url}/business/orders/{{{{number}}}}"
        found = await functions.save_shared(session, owner, {**ORDER, "endpoint_url": endpoint}, "")

    async def call() -> None:
        outcome = await functions.call(found, {"number": "1042"}, setting, str(new_id()), 10.0)
        assert outcome.status == "ok", outcome

    floor = await timed(lambda: bare.get("/business/orders/1042"), RUNS)
    return _row("a custom function, called", await timed(call, RUNS), floor, "the same request alone, kept alive")


async def _server(owner: Principal, agent: AgentConfig, setting: CallSetting, url: str, bare: httpx.AsyncClient) -> Row:
    server = await mcp_servers.connect(owner, "Shop", f"{url}/mcp")
    tool = next(one for one in server["tools"] if one["name"] == "look_up_stock")
    entry = mcp_servers.allowed(server["id"], server["slug"], tool)
    async with unit_of_work() as session:
        (offer,) = await mcp_tools.offers(session, agent, {"mcp_tools": [entry]})

    async def call() -> None:
        outcome = await tool_calls.caller(setting)(offer, {"item": "lamp"}, 10.0)
        assert outcome.status == "ok", outcome

    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    asked["params"] = {"name": "look_up_stock", "arguments": {"item": "lamp"}}
    floor = await timed(lambda: bare.post("/mcp", json=asked), RUNS)
    note = "one such request alone; the protocol makes several"
    return _row("a tool of an MCP server, called", await timed(call, RUNS), floor, note)


async def _calendar(owner: Principal, agent: AgentConfig, setting: CallSetting, bare: httpx.AsyncClient) -> Row:
    connected = await calendars.connect(owner, "cal_sandbox")
    start = datetime.now(UTC) + timedelta(days=7)
    kind = connected["kinds"][0]
    arguments = {"from_day": f"{start:%Y-%m-%d}", "to_day": f"{start + timedelta(days=6):%Y-%m-%d}"}
    async with unit_of_work() as session:
        values = {"appointments": [kind], "schedule_timezone": "America/New_York"}
        offer = next(
            one for one in await calendar_tools.offers(session, agent, values) if one.name == calendar_tools.FREE
        )

    async def call() -> None:
        outcome = await tool_calls.caller(setting)(offer, arguments, 10.0)
        assert outcome.status == "ok", outcome

    headers = {"Authorization": "Bearer cal_sandbox", "cal-api-version": "2024-09-04"}
    params = {
        "eventTypeId": str(kind["id"]),
        "start": f"{start:%Y-%m-%dT00:00:00Z}",
        "end": f"{start + timedelta(days=7):%Y-%m-%dT00:00:00Z}",
        "timeZone": "America/New_York",
    }
    floor = await timed(lambda: bare.get("/v2/slots", params=params, headers=headers), RUNS)
    return _row("free times of a week, looked up", await timed(call, RUNS), floor, "the same request alone, kept alive")


async def _suite(owner: Principal, agent_id: UUID) -> Row:
    """Play the same cases side by side, and one of them alone."""

    async def play(count: int) -> float:
        async with unit_of_work() as session:
            suite = await evals.save_suite(session, owner, name=f"Suite of {count}", agent_id=agent_id)
            for place in range(count):
                await evals.save_case(session, owner, suite_id=suite.id, name=f"Case {place}", definition=CASE)
            begun = await evals.run_suite(session, owner, agent_id, suite.id, 0)
        started = time.perf_counter()
        await eval_jobs.go_on(str(owner.org_id), begun["id"])
        took = time.perf_counter() - started
        async with unit_of_work() as session:
            head, _ = await evals.show_round(session, UUID(begun["id"]))
        assert head["passed"] == count, head
        return took

    await play(1)
    alone, whole = await play(1), await play(CASES)
    return Row(
        f"a suite of {CASES} tests of two questions each, model of the sandbox",
        "",
        f"{whole:.1f} s",
        f"{alone * CASES:.1f} s",
        f"one test alone, {CASES} times",
    )


def _row(what: str, ours: list[float], floor: list[float], note: str) -> Row:
    return Row(f"{what}, logged before and after", "", ms(ours, 0.5, 0.95), ms(floor, 0.5, 0.95), note)


@contextmanager
def sandbox() -> Iterator[str]:
    """Serve the vendors' stand-ins in a process of their own, and lead our calls to them while the block runs."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    ours: Any = settings()
    wanted: Mapping[str, str] = {"private_origins": url, "calcom_base_url": url, "openai_base_url": f"{url}/v1"}
    before = {name: getattr(ours, name) for name in wanted}
    database = Path(tempfile.mkdtemp(prefix="magpipe-bench-")) / "sandbox.sqlite3"
    command = [sys.executable, "-m", "backend.sandbox.serve", "--port", str(port), "--database", str(database)]
    server = subprocess.Popen(command, cwd=ROOT)
    try:
        for attempt in itertools.count():
            try:
                httpx.get(f"{url}/sandbox/health", timeout=2).raise_for_status()
                break
            except httpx.HTTPError:
                if attempt > 300 or server.poll() is not None:
                    raise
                time.sleep(0.1)
        for name, value in wanted.items():
            setattr(ours, name, value)
        yield url
    finally:
        for name, value in before.items():
            setattr(ours, name, value)
        server.terminate()
        server.wait(timeout=10)
