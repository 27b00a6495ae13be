"""Give the tenancy tests their world and the web process they attack."""

from collections.abc import AsyncIterator

import pytest

from tests.tenancy import world as worlds


@pytest.fixture(scope="module")
async def world(queue: None) -> AsyncIterator[worlds.World]:
    """Two businesses, really committed, taken away when the module's tests are done."""
    made = await worlds.build()
    yield made
    await worlds.take_away(made)
