"""Give API tests browsers: clients with their own cookies and address, before the whole stack but the pages."""

import random
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from backend.api.app import create_api
from backend.api.limits import RequestLimits
from backend.api.session import SessionMiddleware
from backend.core.config import settings
from backend.core.ids import new_id


async def _page(request: Any) -> HTMLResponse:
    seen = {name: value for name, value in request.headers.items() if name.startswith("x-mp") or name == "cookie"}
    return HTMLResponse(f"<p>a page</p>{sorted(seen)}")


@pytest.fixture(scope="session")
def application() -> Any:
    """Assemble the web process as `magpipe` does, with one plain page in place of the interface."""
    api = create_api()
    api.mount("", Starlette(routes=[Route("/{path:path}", _page, methods=["GET", "POST"])]))
    return RequestLimits(SessionMiddleware(api))


@dataclass
class Browser:
    """A person's browser: cookies, an address, and the habit of naming its origin."""

    client: httpx.AsyncClient
    sandbox: Any = None
    run_jobs: Any = None
    origin: str = field(default_factory=lambda: settings().public_url)

    async def post(self, path: str, body: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        return await self.client.post(path, json=body or {}, headers={"Origin": self.origin, **headers})

    async def open(self, path: str) -> httpx.Response:
        return await self.client.get(path, headers={"Accept": "text/html"})

    async def mails(self, address: str) -> list[dict[str, Any]]:
        """Return the mails to an address, newest first, once all that waits was sent."""
        await self.run_jobs()
        found = (await self.sandbox.client.get("/sandbox/mailbox", params={"to": address})).json()
        return found if isinstance(found, list) else found["emails"]

    async def code(self, address: str) -> str:
        """Return the newest code mailed to an address."""
        return (await self.mails(address))[0]["codes"][0]

    @property
    def token(self) -> str:
        return self.client.cookies.get("mp_session") or ""


@pytest.fixture
async def browsers(
    application: Any, committed: None, sandbox: Any, run_jobs: Any
) -> AsyncIterator[Callable[[], Browser]]:
    """Return a maker of browsers, each at its own address."""
    made: list[httpx.AsyncClient] = []

    def make(address: str = "") -> Browser:
        where = address or f"10.{random.randrange(1, 255)}.{random.randrange(255)}.{random.randrange(1, 255)}"
        transport = httpx.ASGITransport(app=application, client=(where, 50000))
        client = httpx.AsyncClient(transport=transport, base_url=settings().public_url, timeout=60)
        made.append(client)
        return Browser(client, sandbox, run_jobs)

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
def browser(browsers: Callable[[], Browser]) -> Browser:
    """Return one browser."""
    return browsers()


@pytest.fixture
def address() -> str:
    """Return an email address nobody has."""
    return f"dana.{new_id().hex[-12:]}@example.com"


@pytest.fixture
async def member(browsers: Callable[[], Browser], address: str) -> tuple[Browser, str]:
    """Return a signed-in browser with its address; the password is `PASSWORD`."""
    browser = browsers()
    await make_account(address)
    answer = await browser.post("/api/session/sign-in", {"email": address, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return browser, address


PASSWORD = "correct horse battery"


async def make_account(email: str, **facts: Any) -> Any:
    """Make a confirmed account with an organization and return its principal."""
    from backend.accounts import service as accounts
    from backend.core.tenancy import platform_scope, unit_of_work

    values = {"name": "Dana Ruiz", "password": PASSWORD, "organization": "North Dental", **facts}
    with platform_scope("make an account for a test"):
        async with unit_of_work() as session:
            return await accounts.create(session, email=email, **values)
