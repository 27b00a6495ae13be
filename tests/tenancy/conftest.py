"""Give the tenancy tests their world and the web process they attack."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.tenancy import world as worlds
from tests.tenancy.web import served


@pytest.fixture(scope="module")
async def world(queue: None, sandbox_server: str) -> AsyncIterator[worlds.World]:
    """Two businesses, really committed, taken away when the module's tests are done."""
    made = await worlds.build()
    yield made
    await worlds.take_away(made)


@pytest.fixture(scope="package")
def site(database: str, sandbox_server: str) -> Iterator[str]:
    """The web process, over HTTP and sockets."""
    with served() as address:
        yield address
