"""The Connections section: what is connected is shown, what it is asked with never reaches the tab."""

import json
from dataclasses import replace
from typing import Any

import pytest

from backend.vocab import MemberRole
from state.settings.calendar import CalendarState
from state.settings.tool_servers import ToolServersState
from tests.backend.calendars.conftest import calendar  # noqa: F401
from tests.backend.mcp_servers.conftest import behave, shop  # noqa: F401
from tests.state.tab import Tab, sign_in

pytestmark = pytest.mark.usefixtures("db")


async def page_of(person: Any) -> Tab:
    page = (await sign_in(person)).go("/settings/connections")
    await page.call(ToolServersState.load)
    await page.call(CalendarState.load)
    return page


async def test_a_calendar_is_connected_checked_and_left(org: Any, calendar: Any) -> None:  # noqa: F811
    page = await page_of(org.owner)
    await page.call(CalendarState.connect, {"api_key": "cal_wrong"})
    shown = await page.state(CalendarState)
    assert (shown.is_connected, "opens no account" in shown.errors["api_key"], shown.is_working) == (False, True, False)
    await page.call(CalendarState.connect, {"api_key": "cal_sandbox"})
    assert (shown.account, len(shown.kinds), shown.errors["api_key"]) == ("office@north.example", 2, "")
    assert "cal_sandbox" not in json.dumps(shown.get_value("kinds")) + shown.account
    await calendar.client.put("/sandbox/faults", json=[{"target": "calcom", "kind": "error", "status": 503}])
    await page.call(CalendarState.look)
    assert (shown.is_connected, "failed for the moment" in shown.error) == (True, True)
    await page.call(CalendarState.disconnect)
    assert not shown.is_connected


async def test_a_server_is_added_shown_and_removed(org: Any, shop: Any) -> None:  # noqa: F811
    await behave(shop, key="s3cret")
    page = await page_of(org.owner)
    await page.call(ToolServersState.set_adding, True)
    shown = await page.state(ToolServersState)
    given = {"server_name": "Shop", "server_url": "https://127.0.0.1/mcp", "server_header_value": "s3cret"}
    await page.call(ToolServersState.connect, given)
    assert ("private network" in shown.errors["url"], shown.is_adding) == (True, True)
    await page.call(ToolServersState.connect, {**given, "server_url": f"{shop.url}/mcp", "server_header_value": "x"})
    assert ("does not let us in" in shown.fault, shown.is_adding) == (True, True)
    await page.call(ToolServersState.connect, {**given, "server_url": f"{shop.url}/mcp"})
    assert (shown.is_adding, shown.fault, [one["tools"] for one in shown.rows]) == (False, "", [2])
    (row,) = shown.rows
    await page.call(ToolServersState.show_tools, row["id"])
    assert [one["reads"] for one in shown.tools] == [True, False]
    assert "s3cret" not in json.dumps([shown.rows, shown.tools])
    await behave(shop, key="other")
    await page.call(ToolServersState.look, row["id"])
    assert "does not let us in" in shown.rows[0]["error"]
    await page.call(ToolServersState.ask_value, row["id"])
    await page.call(ToolServersState.replace_value, {"server_header_value": "other"})
    assert (shown.rows[0]["error"], shown.replacing["id"]) == ("", "")
    await page.call(ToolServersState.ask_remove, row["id"])
    await page.call(ToolServersState.remove)
    assert shown.rows == []


async def test_support_sees_and_changes_nothing(org: Any, calendar: Any) -> None:  # noqa: F811
    support = replace(org.owner, member_role=MemberRole.SUPPORT)
    page = await page_of(support)
    assert not (await page.state(CalendarState)).may_edit
    await page.call(CalendarState.connect, {"api_key": "cal_sandbox"})
    assert not (await page.state(CalendarState)).is_connected
