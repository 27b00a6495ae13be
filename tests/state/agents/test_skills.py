"""Skills on an agent's page: set up in a dialog, tried without sending, switched, and read in their history."""

from typing import Any

import pytest

from backend.agents import service as agents
from backend.contacts import service as contacts
from backend.core.tenancy import unit_of_work
from backend.vocab import AgentType
from state.agents.open_agent import AgentState
from state.agents.skill_editor import SkillEditorState
from state.agents.skill_history import SkillHistoryState
from state.agents.skills import SkillsState
from tests.state.tab import Tab, sign_in

pytestmark = pytest.mark.usefixtures("db")

FORM = {
    "skill-message_template": "Rate us: {{review_url}}",
    "skill-review_url": "https://rate.example/",
    "skill-lookback_days": "7",
    "skill-min_days_since_last_request": "30",
    "skill-consent_confirmed": "on",
    "audience-only_agent": "on",
    "window-mon": "on",
    "window-start": "09:00",
    "window-end": "18:00",
    "daily-limit": "20",
    "schedule-time": "10:00",
}


async def page_of(org: Any) -> Tab:
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, AgentType.TEXT, "Ava")
    page = (await sign_in(org.owner)).go(f"/agents/{agent.id}?tab=skills")
    await page.call(AgentState.load)
    await page.call(AgentState.load_tab)
    return page


async def card(page: Tab, slug: str = "review_request") -> Any:
    return next(one for one in (await page.state(SkillsState)).cards if one["slug"] == slug)


async def test_a_skill_is_set_up_tried_and_switched_on_and_off(org: Any) -> None:
    page = await page_of(org)
    asked = await page.call(SkillsState.set_enabled, "review_request", True)
    assert asked is not None, "what it lacks is asked for in its dialog"
    await page.call(SkillEditorState.edit, "review_request")
    await page.call(SkillEditorState.submit, {**FORM, "intent": "try"})
    editor = await page.state(SkillEditorState)
    assert (editor.tried["is_shown"], editor.tried["found"]) == (True, 0)
    assert editor.tried["preview"].startswith("Rate us: https://rate.example/")
    assert (await card(page))["id"] == ""
    await page.call(SkillEditorState.submit, {**FORM, "intent": "on"})
    assert not (await page.state(SkillEditorState)).is_open
    shown = await card(page)
    assert (shown["is_enabled"], shown["is_ready"], bool(shown["next_at"])) == (True, True, True)
    await page.call(SkillsState.run_now, "review_request")
    await page.call(SkillHistoryState.open, "review_request")
    history = await page.state(SkillHistoryState)
    assert [(run["status"], run["started_by"]) for run in history.runs] == [("pending", "Ana Silva")]
    await page.call(SkillHistoryState.cancel, history.runs[0]["id"])
    assert [run["status"] for run in history.runs] == ["cancelled"]
    await page.call(SkillsState.set_enabled, "review_request", False)
    assert (await card(page))["is_enabled"] is False
    await page.call(SkillsState.ask_remove, "review_request")
    await page.call(SkillsState.remove)
    assert (await card(page))["id"] == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"skill-message_template": "{{nobody}}"}, "message_template"),
        ({"skill-lookback_days": "soon"}, "lookback_days"),
        ({"skill-consent_confirmed": ""}, "consent_confirmed"),
        ({"window-start": "05:00"}, "sending_window"),
        ({"daily-limit": "0"}, "daily_limit"),
        ({"schedule-time": ""}, "schedule_config"),
    ],
)
async def test_what_is_wrong_stands_at_its_field(org: Any, change: dict[str, str], field: str) -> None:
    page = await page_of(org)
    await page.call(SkillEditorState.edit, "review_request")
    await page.call(SkillEditorState.submit, {**FORM, "intent": "on", **change})
    editor = await page.state(SkillEditorState)
    wrong = {one["name"] for one in editor.fields if one["error"]} | {
        name for name, said in editor.errors.items() if said
    }
    assert wrong == {field}
    assert (editor.is_open, editor.is_working) == (True, False)
    assert (await card(page))["id"] == ""


async def test_the_fields_are_those_of_the_skill(org: Any) -> None:
    with org.scope():
        async with unit_of_work() as session:
            await contacts.add_field(session, org.owner, "Next visit", "date")
    page = await page_of(org)
    await page.call(SkillEditorState.edit, "appointment_reminder")
    editor = await page.state(SkillEditorState)
    dates = next(one for one in editor.fields if one["name"] == "date_field")
    assert [one["label"] for one in dates["options"]] == ["Choose a field", "Next visit"]
    await page.call(SkillEditorState.edit, "competitor_monitoring")
    kinds = {one["name"]: one["kind"] for one in editor.fields}
    assert kinds == {"urls": "lines", "check_for": "choice", "digest_format": "choice"}
    assert [one["is_on"] for one in editor.recipients] == [True]
