"""Dial in as a customer does: the stand-in of the carrier rings, asks our API what to do, and opens the stream."""

import asyncio
from collections.abc import Container
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from aiohttp import web
from sqlmodel import col, select

from backend.api.app import create_api
from backend.core.config import settings
from backend.core.tenancy import unit_of_work
from backend.models.calls import CallEvent
from tests.backend.calls.conftest import CALLER
from voice_agent import server
from voice_agent.worker import Worker

FUNCTIONS = "/functions/v1"
# The slowest step is an answer in tones: forty milliseconds a character.
PATIENT_S = 60.0


@asynccontextmanager
async def api():
    """Serve the product's API where the carrier looks for it."""
    # The carrier forgets an idle connection after five seconds; who serves it must not do so first.
    config = uvicorn.Config(
        create_api(), host="127.0.0.1", port=settings().port, log_level="error", timeout_keep_alive=75
    )
    serving = uvicorn.Server(config)
    task = asyncio.create_task(serving.serve())
    while not serving.started:
        assert not task.done(), task
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        serving.should_exit = True
        await task


@asynccontextmanager
async def voice(worker: Worker):
    """Serve a worker's streams where the carrier's instructions say; ends as a process does that was told to."""
    runner = web.AppRunner(server.app(worker), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", settings().voice_port).start()
    try:
        yield runner
    finally:
        await runner.cleanup()


@asynccontextmanager
async def at_work(worker: Worker):
    """Serve a worker's streams while it hears what is asked of its calls."""
    listening = asyncio.create_task(worker.listen())
    async with voice(worker):
        yield worker
    listening.cancel()


async def over(line: Any, worker: Worker, eventually: Any, run_jobs: Any) -> Any:
    """Return the one call of a test once it is over, in its record and in the worker."""

    async def is_over():
        await run_jobs()
        (record,) = await line.calls()
        return record if record.status == "completed" and not worker.calls else None

    return await eventually(is_over, PATIENT_S)


async def connect(vendor: httpx.AsyncClient, number: str) -> None:
    """Give a number of the carrier's our addresses."""
    credentials = (settings().signalwire_project_id, settings().signalwire_api_token.get_secret_value())
    numbers = (await vendor.get("/api/relay/rest/phone_numbers", auth=credentials)).json()["data"]
    found = next(one for one in numbers if one["number"] == number)
    ours = f"{settings().public_url}{FUNCTIONS}"
    addresses = {
        "call_request_url": f"{ours}/webhook-inbound-call",
        "call_status_callback_url": f"{ours}/webhook-call-status",
    }
    told = await vendor.put(f"/api/relay/rest/phone_numbers/{found['id']}", json=addresses, auth=credentials)
    told.raise_for_status()


class Customer:
    """Somebody with a telephone, in one call."""

    def __init__(self, vendor: httpx.AsyncClient, eventually: Any) -> None:
        self._vendor, self._eventually, self._sid = vendor, eventually, ""
        # Calls of tests before this one, which the carrier still knows.
        self._former: frozenset[str] = frozenset()

    async def dial(self, number: str) -> None:
        """Call a business, and stay on the line."""
        await self.reaches(CALLER, talks_ms=600_000)
        self._former = frozenset(one["sid"] for one in await self.calls())
        rung = await self._vendor.post("/sandbox/calls", json={"from": CALLER, "to": number})
        rung.raise_for_status()
        self._sid = rung.json()["sid"]

    def follows(self, sid: str) -> None:
        """Be the one who is called in a call of ours."""
        self._sid = sid

    async def reaches(self, number: str, **behaviour: Any) -> None:
        """Say how another telephone takes calls."""
        (await self._vendor.put(f"/sandbox/lines/{number}", json=behaviour)).raise_for_status()

    async def elsewhere(self, number: str, known: Container[str] = ()) -> "Customer":
        """Return whoever holds the telephone that the carrier rang last under a number, in a call not `known`.

        What it rang before this customer dialled is known.
        """

        async def rung():
            found = [one["sid"] for one in await self.calls() if one["to"] == number]
            return next((sid for sid in found if sid not in known and sid not in self._former), None)

        other = Customer(self._vendor, self._eventually)
        other._sid = await self._eventually(rung, PATIENT_S)
        return other

    def takes(self, sid: str) -> None:
        """Be the one whom a call of the business rings."""
        self._sid = sid

    async def calls(self) -> list[dict[str, Any]]:
        """Return every call that the carrier knows, the newest first."""
        found: list[dict[str, Any]] = (await self._vendor.get("/sandbox/calls")).json()
        return found

    async def call(self) -> dict[str, Any]:
        """Return how the carrier sees the call."""
        return (await self._vendor.get(f"/sandbox/calls/{self._sid}")).json()

    async def hears(self, part: str, times: int = 1) -> list[str]:
        """Wait until words were heard, and return everything that was."""

        async def heard():
            lines = (await self.call())["heard"]
            return lines if sum(part in one for one in lines) >= times else None

        return await self._eventually(heard, PATIENT_S)

    async def says(self, text: str) -> None:
        """Say something."""
        (await self._vendor.post(f"/sandbox/calls/{self._sid}/say", json={"text": text})).raise_for_status()

    async def presses(self, digits: str) -> None:
        """Press keys."""
        (await self._vendor.post(f"/sandbox/calls/{self._sid}/press", json={"digits": digits})).raise_for_status()

    async def hangs_up(self) -> None:
        """Put the phone down."""
        (await self._vendor.post(f"/sandbox/calls/{self._sid}/hang-up")).raise_for_status()

    async def is_put_down(self) -> dict[str, Any]:
        """Wait until the call is over, and return it."""

        async def over():
            call = await self.call()
            return call if call["status"] == "completed" else None

        return await self._eventually(over, PATIENT_S)


async def told(line: Any, kind: str = "") -> list[CallEvent]:
    """Return what the log of the business's calls holds, in order."""
    with line.org.scope():
        async with unit_of_work() as session:
            query = select(CallEvent).where(CallEvent.org_id == line.org.org_id)
            found = (await session.exec(query.order_by(col(CallEvent.at), col(CallEvent.id)))).all()
            return [one for one in found if kind in ("", one.kind)]
