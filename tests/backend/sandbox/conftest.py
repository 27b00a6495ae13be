"""Serve a sandbox of the test's own over loopback, beside a small product that records its webhooks.

Starting a server takes longer than most tests, so one server stays up and each test puts its own sandbox on it.
"""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.sandbox.app import create_app
from backend.sandbox.serve import server
from backend.sandbox.settings import SandboxSettings
from tests.conftest import PATIENT_S
from tests.ports import free_port

AUTH = ("sandbox-project", "sandbox-token")
ACCOUNT = "/api/laml/2010-04-01/Accounts/sandbox-project"
MESSAGES = f"{ACCOUNT}/Messages.json"
BUSINESS = "+14155550132"
CUSTOMER = "+14155550199"


@contextlib.contextmanager
def running(made: uvicorn.Server) -> Iterator[None]:
    """Run a server on a thread of its own until the block ends."""
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENT_S
    while not made.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise RuntimeError("the server did not start")
        time.sleep(0.005)
    try:
        yield
    finally:
        made.should_exit = True
        thread.join(timeout=5)


@contextlib.contextmanager
def serving(port: int, database: Path = Path(":memory:"), **settings: Any) -> Iterator[str]:
    """Serve a sandbox and yield its address."""
    url = f"http://127.0.0.1:{port}"
    given = {"status_delay_ms": 0, "callback_retry_s": 0.05, **settings}
    with running(server(port, SandboxSettings(database=database, public_url=url, **given))):
        yield url


class Stage:
    """An ASGI app that plays another one, which each test brings along."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._app: ASGIApp | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._loop = asyncio.get_running_loop()
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})
        elif self._app is not None:
            await self._app(scope, receive, send)

    @contextlib.asynccontextmanager
    async def playing(self, app: ASGIApp) -> AsyncIterator[None]:
        """Start an app on the server's loop, and stop it after the block."""
        assert self._loop is not None
        inbox: asyncio.Queue[Message] = asyncio.Queue()
        outbox: asyncio.Queue[Message] = asyncio.Queue()

        async def tell(step: str) -> None:
            await inbox.put({"type": f"lifespan.{step}"})
            await outbox.get()

        life = app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, inbox.get, outbox.put)
        running_life = asyncio.run_coroutine_threadsafe(life, self._loop)
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(tell("startup"), self._loop))
        self._app = app
        try:
            yield
        finally:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(tell("shutdown"), self._loop))
            await asyncio.wrap_future(running_life)


@dataclass
class Vendor:
    """A running sandbox and a client that holds the project's credentials."""

    url: str
    client: httpx.AsyncClient
    messages = MESSAGES
    business = BUSINESS
    customer = CUSTOMER

    async def send(self, body: str = "Hello", **fields: Any) -> httpx.Response:
        """Send a text from the business to the customer through the compatibility API."""
        form = {"From": BUSINESS, "To": CUSTOMER, "Body": body} | fields
        return await self.client.post(MESSAGES, data=form)

    async def text(self, body: str = "Hello", **fields: Any) -> dict[str, Any]:
        """Send a text from the customer to the business."""
        answer = await self.client.post(
            "/sandbox/texts", json={"from": CUSTOMER, "to": BUSINESS, "body": body, **fields}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def texts(self, is_ready: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Return all texts once they are as expected, or as they are after a minute."""
        deadline = time.monotonic() + PATIENT_S
        while True:
            found: list[dict[str, Any]] = (await self.client.get("/sandbox/texts")).json()
            if is_ready(found) or time.monotonic() > deadline:
                return found
            await asyncio.sleep(0.01)

    async def faults(self, *faults: dict[str, Any]) -> None:
        """Replace the active faults."""
        answer = await self.client.put("/sandbox/faults", json=list(faults))
        assert answer.status_code == 200, answer.text

    async def connect(self, **settings: str) -> None:
        """Set the business number's webhook addresses."""
        numbers = (await self.client.get("/api/relay/rest/phone_numbers")).json()["data"]
        number = next(number for number in numbers if number["number"] == BUSINESS)
        answer = await self.client.put(f"/api/relay/rest/phone_numbers/{number['id']}", json=settings)
        assert answer.status_code == 200, answer.text


@dataclass
class Webhook:
    """One request the product received."""

    path: str
    url: str
    body: str
    form: dict[str, str]
    signature: str


@dataclass
class Product:
    """A product that records webhooks and answers as told."""

    url: str
    received: list[Webhook] = field(default_factory=list)
    status: int = 200
    answer: str = "<Response/>"
    answers: dict[str, str] = field(default_factory=dict)
    """Answers of single paths, before the one of all."""
    picture: bytes = b"\x89PNG picture"

    async def webhook(self, request: Request) -> Response:
        received = self.received
        body = (await request.body()).decode()
        form = {name: str(value) for name, value in (await request.form()).items()}
        signature = request.headers.get("x-signalwire-signature", "")
        received.append(Webhook(request.url.path, str(request.url), body, form, signature))
        is_fallback = request.url.path == "/fallback"
        answer = self.answers.get(request.url.path, self.answer)
        return Response(answer, 200 if is_fallback else self.status, media_type="application/xml")

    async def media(self, _request: Request) -> Response:
        return Response(self.picture, media_type="image/png")

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/picture.png", self.media),
                Route("/{path}", self.webhook, methods=["POST"]),
            ]
        )

    def statuses(self) -> list[str]:
        """The delivery statuses in the order they came."""
        return [hook.form["MessageStatus"] for hook in self.received if "MessageStatus" in hook.form]

    def bodies(self) -> list[str]:
        """The customers' texts in the order they came."""
        return [hook.form["Body"] for hook in self.received if "Body" in hook.form]


@pytest.fixture(scope="package")
def stage() -> Iterator[Stage]:
    """Keep one server up for all tests."""
    port = free_port()
    shared = Stage(port)
    with running(uvicorn.Server(uvicorn.Config(shared, host="127.0.0.1", port=port, log_level="error"))):
        yield shared


@pytest.fixture
async def vendor(stage: Stage) -> AsyncIterator[Vendor]:
    """Serve a fresh sandbox for one test."""
    settings = SandboxSettings(public_url=stage.url, status_delay_ms=0, callback_retry_s=0.05)
    async with (
        stage.playing(create_app(settings)),
        httpx.AsyncClient(base_url=stage.url, auth=AUTH, timeout=PATIENT_S) as client,
    ):
        yield Vendor(stage.url, client)


@pytest.fixture
def serve() -> Callable[..., contextlib.AbstractContextManager[str]]:
    """Return a function that serves a sandbox on a free port with settings of the test's choice."""

    def start(**settings: Any) -> contextlib.AbstractContextManager[str]:
        return serving(free_port(), **settings)

    return start


@pytest.fixture(scope="package")
def model_url() -> Iterator[str]:
    """Serve one sandbox for every test that only asks questions."""
    with serving(free_port()) as url:
        yield url


@pytest.fixture(scope="package")
def recording() -> Iterator[Product]:
    """Keep one recording product up for all tests."""
    port = free_port()
    shared = Product(f"http://127.0.0.1:{port}")
    with running(uvicorn.Server(uvicorn.Config(shared.app(), host="127.0.0.1", port=port, log_level="error"))):
        yield shared


@pytest.fixture
def product(recording: Product) -> Product:
    """Return the product, with nothing received and its usual answers."""
    # A new list: what an earlier test's sandbox still posts is noted in the old one.
    recording.received = []
    recording.status, recording.answer = 200, "<Response/>"
    recording.answers.clear()
    return recording


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Return a function that waits until a condition holds, at most a minute."""

    async def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENT_S
        while not condition():
            assert time.monotonic() < deadline, "it never happened"
            await asyncio.sleep(0.01)

    return wait
