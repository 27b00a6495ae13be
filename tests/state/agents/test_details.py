"""Details on an agent's page: stored in its draft or for every agent, and what is wrong stands at its field."""

from typing import Any

import pytest

from state.agents.details import DetailsState
from state.agents.open_agent import AgentState
from tests.state.agents.test_functions import page_of

pytestmark = pytest.mark.usefixtures("db")


async def test_details_are_saved_in_the_draft_or_for_every_agent_and_removed(org: Any) -> None:
    page = await page_of(org)
    await page.call(DetailsState.begin)
    await page.call(DetailsState.set_kind, "number")
    await page.call(DetailsState.save, {"detail_name": "party_size", "detail_low": "1", "detail_required": "on"})
    await page.call(DetailsState.begin)
    await page.call(DetailsState.set_shared, True)
    await page.call(DetailsState.save, {"detail_name": "email", "detail_format": "email", "detail_read_back": "on"})
    rows = (await page.state(DetailsState)).rows
    assert [(one["name"], one["is_shared"], one["low"]) for one in rows] == [
        ("party_size", False, "1"),
        ("email", True, ""),
    ]
    assert (await page.state(AgentState)).changed == 1
    for row in rows:
        await page.call(DetailsState.ask_remove, row["id"])
        await page.call(DetailsState.remove)
    assert (await page.state(DetailsState)).rows == []


async def test_what_is_wrong_with_a_detail_stands_at_its_field(org: Any) -> None:
    page = await page_of(org)
    await page.call(DetailsState.begin)
    for kind, form, field in (
        ("enum", {"detail_name": "a"}, "enum_options"),
        ("number", {"detail_name": "a", "detail_low": "few"}, "low"),
        ("text", {"detail_name": "A B"}, "name"),
    ):
        await page.call(DetailsState.set_kind, kind)
        await page.call(DetailsState.save, form)
        shown = await page.state(DetailsState)
        assert [name for name, words in shown.errors.items() if words] == [field]
        assert shown.is_open
