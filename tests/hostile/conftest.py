"""Give the hostile tests a business to attack and a client that sends whatever it is told."""

from collections.abc import AsyncIterator

import httpx
import pytest

from backend.api.app import create_api
from backend.api.limits import RequestLimits
from backend.api.session import SessionMiddleware
from backend.core.config import settings
from tests.tenancy import world as worlds


@pytest.fixture(scope="module")
async def world(queue: None, sandbox_server: str) -> AsyncIterator[worlds.World]:
    """Two businesses, really committed, taken away when the module's tests are done."""
    made = await worlds.build()
    yield made
    await worlds.take_away(made)


@pytest.fixture(scope="module")
async def client(queue: None) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole API behind its doors. A bug is answered as it would be to anyone, and not raised."""
    app = RequestLimits(SessionMiddleware(create_api()))
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50000), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=settings().public_url) as made:
        yield made
