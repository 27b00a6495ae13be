"""Functions on an agent's page: stored in its draft or for every agent, tried, and no secret reaches the tab."""

import json
from typing import Any

import pytest

from backend.agents import service as agents
from backend.core.config import settings
from backend.core.tenancy import unit_of_work
from backend.vocab import AgentType
from state.agents.function_editor import FunctionEditorState
from state.agents.function_trying import FunctionTryState, _readable
from state.agents.functions import FunctionsState
from state.agents.open_agent import AgentState
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


async def form_of(page: Tab, url: str, **more: str) -> dict[str, str]:
    editor = await page.state(FunctionEditorState)
    key = editor.body_schema[0]["key"]
    return {
        "function_name": "look_up_order",
        "function_description": "Look up an order.",
        "function_url": url,
        "function_timeout": "2.5",
        "function_retries": "0",
        f"name-{key}": "number",
        f"type-{key}": "string",
        f"required-{key}": "on",
        **more,
    }


async def test_a_function_is_saved_in_the_draft_with_its_secret_kept_out_of_the_tab(org: Any) -> None:
    page = await page_of(org)
    await page.call(FunctionEditorState.begin)
    await page.call(FunctionEditorState.add_row, "headers")
    header = (await page.state(FunctionEditorState)).headers[0]["key"]
    secret = {f"name-{header}": "X-Key", f"value-{header}": "s3cret"}
    await page.call(FunctionEditorState.save, await form_of(page, "https://a.example/", **secret))
    listed, opened = await page.state(FunctionsState), await page.state(AgentState)
    assert [(one["name"], one["needs_value"]) for one in listed.own] == [("look_up_order", False)]
    assert (opened.changed, opened._values["custom_functions"][0]["timeout_ms"]) == (1, 2500)
    await page.call(FunctionEditorState.edit, listed.own[0]["id"])
    editor = await page.state(FunctionEditorState)
    assert editor.headers[0]["has_value"]
    assert "s3cret" not in json.dumps([editor.headers, opened._values])


async def test_what_is_wrong_stands_at_its_field_and_nothing_is_stored(org: Any) -> None:
    page = await page_of(org)
    await page.call(FunctionEditorState.begin)
    for change, field in (
        ({"function_url": "a.example"}, "endpoint_url"),
        ({"function_timeout": "soon"}, "timeout_ms"),
    ):
        await page.call(FunctionEditorState.save, await form_of(page, "https://a.example/", **change))
        editor = await page.state(FunctionEditorState)
        assert [name for name, words in editor.errors.items() if words] == [field]
        assert editor.is_open
    assert (await page.state(FunctionsState)).own == []


async def test_a_name_that_is_taken_is_said_at_the_name(org: Any) -> None:
    page = await page_of(org)
    for is_shared in (False, False, True, True):
        await page.call(FunctionEditorState.begin)
        await page.call(FunctionEditorState.set_shared, is_shared)
        await page.call(FunctionEditorState.save, await form_of(page, "https://a.example/"))
        editor = await page.state(FunctionEditorState)
    assert [name for name, words in editor.errors.items() if words] == ["name"]
    listed = await page.state(FunctionsState)
    assert (len(listed.own), len(listed.shared), editor.is_open) == (1, 1, True)


async def test_a_try_says_what_is_wrong_and_shows_whatever_was_answered(
    org: Any, sandbox: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(settings(), "private_origins", sandbox.url)
    page = await page_of(org)
    await page.call(FunctionEditorState.begin)
    key = (await page.state(FunctionEditorState)).body_schema[0]["key"]
    form = await form_of(page, f"{sandbox.url}/business/bookings", **{f"type-{key}": "array"})
    await page.call(FunctionEditorState.save, form)
    (row,) = (await page.state(FunctionsState)).own
    await page.call(FunctionTryState.open, row["id"], "try")
    for given in ("", "7", "[1e999]", "[NaN]", "[" * 2000):
        await page.call(FunctionTryState.run, {"argument-number": given})
        tried = await page.state(FunctionTryState)
        assert (tried.error != "", tried.is_running, tried.result["id"]) == (True, False, ""), given
    await page.call(FunctionTryState.run, {"argument-number": r'["\ud83d\u0000x"]'})
    tried = await page.state(FunctionTryState)
    assert (tried.error, tried.result["arguments"]) == ("", '{"number": ["?x"]}')
    assert _readable(r'"\ud83d"') == '"?"'


async def test_one_for_every_agent_is_listed_apart_tried_and_removed(org: Any, sandbox: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(settings(), "private_origins", sandbox.url)
    page = await page_of(org)
    await page.call(FunctionEditorState.begin)
    await page.call(FunctionEditorState.set_shared, True)
    await page.call(FunctionEditorState.set_method, "GET")
    await page.call(FunctionEditorState.save, await form_of(page, f"{sandbox.url}/business/orders/{{{{number}}}}"))
    (row,) = (await page.state(FunctionsState)).shared
    await page.call(FunctionTryState.open, row["id"], "try")
    await page.call(FunctionTryState.run, {"argument-number": "1042"})
    tried = await page.state(FunctionTryState)
    assert (tried.result["http_status"], tried.error) == (200, "")
    assert '"status": "shipped"' in tried.result["answer"]
    await page.call(FunctionTryState.show, "calls")
    assert [one["who"] for one in (await page.state(FunctionTryState)).calls] == [org.owner.name]
    await page.call(FunctionsState.ask_remove, row["id"])
    await page.call(FunctionsState.remove)
    assert (await page.state(FunctionsState)).shared == []
