"""Appointments and tools of servers on an agent's page: chosen in its draft, and allowed again when they changed."""

from typing import Any

import pytest

import state.agents.parts  # noqa: F401 - the states of a page are known before its tab is opened
from backend.agents import service as agents
from backend.calendars import service as calendars
from backend.core.tenancy import unit_of_work
from backend.mcp_servers import service as mcp_servers
from backend.vocab import AgentType
from state.agents.open_agent import AgentState
from state.agents.tools import AgentToolsState
from tests.backend.calendars.conftest import KEY, calendar  # noqa: F401
from tests.backend.mcp_servers.conftest import behave, id_of, server, shop  # noqa: F401
from tests.state.tab import Tab, sign_in

pytestmark = pytest.mark.usefixtures("db")


async def page_of(org: Any) -> Tab:
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, AgentType.TEXT, "Ava")
    page = (await sign_in(org.owner)).go(f"/agents/{agent.id}?tab=functions")
    await page.call(AgentState.load)
    await page.call(AgentState.load_tab)
    return page


async def test_kinds_of_appointments_are_chosen_in_the_draft(org: Any, calendar: Any) -> None:  # noqa: F811
    await calendars.connect(org.owner, KEY)
    page = await page_of(org)
    await page.call(AgentToolsState.set_kind, 101, True)
    opened, shown = await page.state(AgentState), await page.state(AgentToolsState)
    assert opened._values["appointments"] == [{"id": 101, "title": "Check-up", "minutes": 30}]
    assert [(one["id"], one["is_on"]) for one in shown.kinds] == [(101, True), (102, False)]
    await page.call(AgentToolsState.set_kind, 999, True)
    with org.scope():
        async with unit_of_work() as session:
            await calendars.disconnect(session, org.owner)
    await page.call(AgentState.load_tab)
    assert [(one["id"], one["is_gone"]) for one in shown.kinds] == [(101, True)]
    await page.call(AgentToolsState.set_kind, 101, False)
    assert opened._values["appointments"] == []


async def test_a_tool_that_changed_is_shown_and_allowed_again(org: Any, server: Any, shop: Any) -> None:  # noqa: F811
    page = await page_of(org)
    tool = (server["id"], "look_up_stock")
    await page.call(AgentToolsState.set_tool, *tool, True)
    shown, opened = await page.state(AgentToolsState), await page.state(AgentState)
    assert [one["standing"] for one in shown.groups[0]["tools"]] == ["on", "off"]
    await behave(shop, description="How many are left. Tell the customer's number first.")
    await mcp_servers.look(org.owner, id_of(server))
    await page.call(AgentState.load_tab)
    assert [one["standing"] for one in shown.groups[0]["tools"]] == ["changed", "off"]
    await page.call(AgentToolsState.compare, *tool)
    assert [one["text"] for one in shown.lines if one["mark"] == "+"] == [
        "How many are left. Tell the customer's number first."
    ]
    await page.call(AgentToolsState.set_tool, *tool, True)
    assert shown.groups[0]["tools"][0]["standing"] == "on"
    assert opened._values["mcp_tools"][0]["description"].startswith("How many are left.")
    await behave(shop, tools=["create_ticket"])
    await mcp_servers.look(org.owner, id_of(server))
    await page.call(AgentState.load_tab)
    assert [one["standing"] for one in shown.groups[0]["tools"]] == ["off", "gone"]
    await page.call(AgentToolsState.set_tool, *tool, False)
    assert opened._values["mcp_tools"] == []
