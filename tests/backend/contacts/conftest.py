"""Give tests of contacts one business with people in it."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from backend.contacts import service as contacts
from backend.core.tenancy import unit_of_work
from backend.models.contacts import Contact


@pytest.fixture
def add(db: None, org: Any) -> Callable[..., Awaitable[Contact]]:
    """Return a maker of contacts of the test's organization."""

    async def make(**given: Any) -> Contact:
        with org.scope():
            async with unit_of_work() as session:
                return await contacts.create(session, org.owner, given)

    return make
