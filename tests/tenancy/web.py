"""Run the web process, and speak to its tabs as a browser does, or as somebody who only pretends to be one."""

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
import websockets

from backend.core.config import settings
from backend.core.ids import new_id
from magpipe.services import ROOT, web_command
from tests.conftest import PATIENT_S

STARTS_WITHIN_S = 180
ROOT_STATE = "reflex___state____state"
# A tab works through its events in order; a marker sent behind them comes back when they are done. Events that
# handlers send on go to the end of the line, so it takes one more marker for each link of such a chain.
LONGEST_CHAIN = 3


@contextmanager
def served() -> Iterator[str]:
    """Start the web process as `magpipe web` does, without the built pages, and return its address."""
    ours = settings()
    env = os.environ | {
        "__REFLEX_SKIP_COMPILE": "true",
        "REFLEX_ENV_MODE": "prod",
        "PUBLIC_URL": ours.public_url,
        "ENVIRONMENT": "development",
    }
    process = subprocess.Popen(web_command("127.0.0.1", ours.port), cwd=ROOT, env=env, start_new_session=True)
    try:
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not _answers(ours.public_url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the web process did not start")
            time.sleep(0.1)
        yield ours.public_url
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/ping", timeout=2).is_success
    except httpx.HTTPError:
        return False


class Tab:
    """One open tab: `call` sends an event as any client may, and returns all that came back, as text."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket
        self._marks = 0
        self.address = "/"

    async def load(self, address: str) -> str:
        """Stand at an address and load its page."""
        self.address = address
        return await self.call(f"{ROOT_STATE}.hydrate_and_load")

    async def call(self, name: str, payload: dict[str, Any] | None = None, settle_s: float = 0.0) -> str:
        """Call a handler by its full name; `settle_s` waits for what it does in the background."""
        await self.send(name, payload or {})
        said = await self.done()
        return f"{said}\n{await self.quiet(settle_s)}" if settle_s else said

    async def done(self) -> str:
        """Wait until all that was sent is worked through, and return what came back since."""
        return "\n".join([await self._marked() for _ in range(LONGEST_CHAIN)])

    async def heard(self, words: str, otherwise: str, within_s: float = PATIENT_S) -> str:
        """Wait until something comes by itself that holds `words`, and return all that came."""
        said = [""]
        try:
            async with asyncio.timeout(within_s):
                while words not in said[-1]:
                    said.append(await self._receive())
        except TimeoutError:
            raise AssertionError(f"{words} did not come. {otherwise}") from None
        return "\n".join(said)

    async def is_closed(self, within_s: float = PATIENT_S) -> bool:
        """Whether the server ends this connection soon."""
        try:
            async with asyncio.timeout(within_s):
                while True:
                    await self._receive()
        except websockets.ConnectionClosed:
            return True
        except TimeoutError:
            return False

    async def send(self, name: str, payload: dict[str, Any], mark: str = "") -> None:
        """Send an event from the tab's address and wait for nothing."""
        path, _, query = self.address.partition("?")
        parameters = dict(pair.split("=", 1) for pair in query.split("&")) if query else {}
        router = {"pathname": path, "asPath": self.address + mark, "query": parameters}
        event = {"name": name, "payload": payload, "router_data": router}
        await self._socket.send(f"42/_event,{json.dumps(['event', event])}")

    async def _marked(self) -> str:
        """Send a marker, which comes back as the address's fragment, and return what came before it."""
        self._marks += 1
        mark = f"mark-{self._marks}-"
        await self.send(f"{ROOT_STATE}.set_is_hydrated", {"value": True}, f"#{mark}")
        said = []
        async with asyncio.timeout(PATIENT_S):
            while True:
                said.append(await self._receive())
                if mark in said[-1]:
                    return "\n".join(said)

    async def quiet(self, seconds: float) -> str:
        """Return what comes by itself within some time."""
        said = []
        try:
            async with asyncio.timeout(seconds):
                while True:
                    said.append(await self._receive())
        except TimeoutError:
            return "\n".join(said)

    async def _receive(self) -> str:
        while True:
            message = await self._socket.recv()
            text = message if isinstance(message, str) else message.decode()
            if text == "2":
                await self._socket.send("3")
            else:
                return text


@asynccontextmanager
async def tab(cookie: str = "", *, token: str = "", query: str = "", **headers: str) -> AsyncIterator[Tab]:
    """Open a tab with a session cookie, or without; `query` stands in for the whole address's query."""
    ours = settings().public_url
    asked = query or urlencode({"token": token or new_id().hex, "EIO": "4", "transport": "websocket"})
    sent = {"Origin": ours, **headers} | ({"Cookie": f"mp_session={cookie}"} if cookie else {})
    address = f"{ours.replace('http', 'ws', 1)}/_event/?{asked}"
    async with websockets.connect(address, additional_headers=sent, max_size=None) as socket:
        assert str(await socket.recv()).startswith("0")
        await socket.send("40/_event,")
        while not str(await socket.recv()).startswith("40"):
            pass  # before it says that the tab is open, it may give it another token
        yield Tab(socket)
