"""Give tests of tests the desk of the agents' tests, and a way to run a round to its end."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from backend.core.tenancy import unit_of_work
from backend.evals import jobs as eval_jobs
from backend.evals import service as evals
from tests.backend.agents.conftest import (  # noqa: F401 - fixtures
    desk,
    make_desk,
    open_desk,
    script,
    script_server,
    short_pauses,
)


@pytest.fixture
def suite_of() -> Callable[..., Awaitable[Any]]:
    """Return what makes a suite of an agent with cases, by name and definition."""

    async def make(desk: Any, **cases: Any) -> Any:  # noqa: F811
        with desk.org.scope():
            async with unit_of_work() as session:
                suite = await evals.save_suite(session, desk.org.owner, name="Suite", agent_id=desk.agent.id)
                for name, definition in cases.items():
                    await evals.save_case(session, desk.org.owner, suite_id=suite.id, name=name, definition=definition)
        return suite

    return make


@pytest.fixture
def run_suite() -> Callable[..., Awaitable[Any]]:
    """Return what runs a suite and returns its round and its runs by name, with what was said."""

    async def run(desk: Any, suite: Any, number: int = 0) -> Any:  # noqa: F811
        with desk.org.scope():
            async with unit_of_work() as session:
                begun = await evals.run_suite(session, desk.org.owner, desk.agent.id, suite.id, number)
        await eval_jobs.go_on(str(desk.org.org_id), begun["id"])
        with desk.org.scope():
            async with unit_of_work() as session:
                head, rows = await evals.show_round(session, UUID(begun["id"]))
                whole = {one["name"]: await evals.run(session, UUID(one["id"])) for one in rows}
        return head, whole

    return run
