"""A round of an agent's tests is compared with another one in the address, which shows both again."""

from typing import Any
from uuid import UUID

import pytest

from backend.core.tenancy import unit_of_work
from backend.evals import service as evals
from state.agents.proving import ProvingState
from state.agents.round import RoundState
from tests.state.agents.test_editing import made, opened

pytestmark = pytest.mark.usefixtures("db")


async def begun(org: Any, agent_id: UUID) -> list[str]:
    """Return the ids of two rounds of one suite, neither of which has run yet."""
    with org.scope():
        async with unit_of_work() as session:
            suite = await evals.save_suite(session, org.owner, name="Hours", agent_id=agent_id)
            await evals.save_case(
                session,
                org.owner,
                suite_id=suite.id,
                name="Sunday",
                definition={"opening": ["Are you open on Sunday?"], "checks": [{"kind": "said", "text": "no"}]},
            )
            return [(await evals.run_suite(session, org.owner, agent_id, suite.id))["id"] for _ in range(2)]


async def test_two_rounds_beside_each_other_are_kept_in_the_address(org: Any) -> None:
    agent_id = await made(org)
    before, after = await begun(org, agent_id)
    page = await opened(org, agent_id, f"tests&round={after}")
    shown = await page.state(RoundState)
    await page.call(RoundState.choose, shown.runs[0]["key"])
    to = await page.call(RoundState.compare, before)
    where = str(to.args[0][1])
    assert f"/agents/{agent_id}?tab=tests&round={after}&run={shown.runs[0]['run_id']}&with={before}" in where
    page = await opened(org, agent_id, where.partition("?tab=")[2].strip('"'))
    assert (await page.state(ProvingState)).view == "round"
    shown = await page.state(RoundState)
    assert (shown.other_id, shown.run_name, shown.runs[0]["change"]) == (before, "Sunday", "other")
    to = await page.call(RoundState.compare, "")
    assert "with=" not in str(to.args[0][1])
