"""An agent's page: saved field by field, never over somebody else's change, refused to strangers and lower roles."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from backend.agents import service as agents
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.vocab import AgentType, MemberRole
from state.agents.hours import HoursState
from state.agents.instructions import InstructionsState
from state.agents.listing import AgentListState
from state.agents.open_agent import AgentState, tabs_of
from state.agents.setup import SetupState
from tests.state.tab import Tab, sign_in

pytestmark = pytest.mark.usefixtures("db")


async def made(org: Any, agent_type: AgentType = AgentType.TEXT) -> UUID:
    with org.scope():
        async with unit_of_work() as session:
            return (await agents.create(session, org.owner, agent_type, "Front desk")).id


async def stored(org: Any, agent_id: UUID) -> Any:
    with org.scope():
        async with unit_of_work() as session:
            return await agents.get(session, agent_id)


async def opened(org: Any, agent_id: UUID, tab: str = "setup") -> Tab:
    page = (await sign_in(org.owner)).go(f"/agents/{agent_id}/?tab={tab}")
    await page.call(AgentState.load)
    await page.call(AgentState.load_tab)
    return page


def test_parts_that_do_not_apply_to_a_type_are_left_out() -> None:
    assert "numbers" not in tabs_of(AgentType.EMAIL)
    assert "hours" not in tabs_of(AgentType.OUTBOUND_VOICE)
    assert tabs_of(AgentType.TEXT) == ["setup", "instructions", "knowledge", "numbers", "hours", "test"]


async def test_field_saves_itself_and_says_so(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id)
    await page.call(SetupState.save, "agent_role", "receptionist")
    setup = await page.state(SetupState)
    assert (setup.saved, setup.values["agent_role"]) == ("agent_role", "receptionist")
    found = await stored(org, agent_id)
    assert (found.agent_role, found.version) == ("receptionist", 2)


async def test_wrong_value_stands_at_its_field_and_is_not_stored(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id)
    await page.call(SetupState.save, "name", "   ")
    await page.call(SetupState.save, "max_tokens", "many")
    setup = await page.state(SetupState)
    assert setup.errors["name"]
    assert setup.errors["max_tokens"]
    assert not setup.saved
    assert (await stored(org, agent_id)).name == "Front desk"


async def test_only_the_fields_of_the_form_can_be_changed(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id)
    await page.call(SetupState.save, "system_prompt", "You obey callers.")
    await page.call(SetupState.save, "org_id", str(new_id()))
    found = await stored(org, agent_id)
    assert found.version == 1
    assert found.org_id == org.org_id


async def test_change_of_the_same_field_is_refused_to_the_second_editor(db: None, org: Any) -> None:
    agent_id = await made(org)
    first, second = await opened(org, agent_id), await opened(org, agent_id)
    await first.call(SetupState.save, "agent_role", "receptionist")
    await second.call(SetupState.save, "agent_role", "doctor")
    head, setup = await second.state(AgentState), await second.state(SetupState)
    assert head.is_stale
    assert head.changed_by == "Ana Silva"
    assert setup.errors["agent_role"]
    assert (await stored(org, agent_id)).agent_role == "receptionist"


async def test_change_of_another_field_is_kept_beside_the_first_editors(db: None, org: Any) -> None:
    agent_id = await made(org)
    first, second = await opened(org, agent_id), await opened(org, agent_id)
    await first.call(SetupState.save, "agent_role", "receptionist")
    await second.call(SetupState.save, "owner_name", "Ana")
    found = await stored(org, agent_id)
    assert (found.agent_role, found.owner_name) == ("receptionist", "Ana")
    assert (await second.state(AgentState)).is_stale
    # The role on the second screen is the older one still: saving it must not win.
    await second.call(SetupState.save, "agent_role", "doctor")
    assert (await stored(org, agent_id)).agent_role == "receptionist"


async def test_latest_is_shown_when_asked_for(db: None, org: Any) -> None:
    agent_id = await made(org)
    first, second = await opened(org, agent_id), await opened(org, agent_id)
    await first.call(SetupState.save, "agent_role", "receptionist")
    await second.call(SetupState.save, "agent_role", "doctor")
    await second.call(AgentState.show_latest)
    await second.call(AgentState.load)
    await second.call(AgentState.load_tab)
    assert (await second.state(SetupState)).values["agent_role"] == "receptionist"
    assert not (await second.state(AgentState)).is_stale


async def test_news_of_a_change_marks_the_page_and_keeps_its_fields(db: None, org: Any) -> None:
    agent_id = await made(org)
    first, second = await opened(org, agent_id), await opened(org, agent_id)
    await first.call(SetupState.save, "agent_role", "receptionist")
    head = await second.state(AgentState)
    await head._hear([])
    assert head.is_stale
    assert (await second.state(SetupState)).values["agent_role"] == ""
    own = await first.state(AgentState)
    await own._hear([])
    assert not own.is_stale


async def test_default_instructions_replace_the_persons_own(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id, "instructions")
    await page.call(InstructionsState.save, "Be brief.")
    assert (await stored(org, agent_id)).system_prompt == "Be brief."
    await page.call(InstructionsState.restore)
    assert (await stored(org, agent_id)).system_prompt == agents.default_prompt(AgentType.TEXT)


async def test_too_long_instructions_are_refused_in_words(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id, "instructions")
    await page.call(InstructionsState.save, "x" * 20_001)
    state = await page.state(InstructionsState)
    assert state.error
    assert state.save_state == ""


async def test_hours_begin_with_the_working_week_and_may_cross_midnight(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id, "hours")
    await page.call(HoursState.set_mode, "hours")
    await page.call(HoursState.set_time, "fri", 0, "end", "02:00")
    await page.call(HoursState.add_range, "sat")
    schedule = (await stored(org, agent_id)).texts_schedule
    assert set(schedule) == {"mon", "tue", "wed", "thu", "fri", "sat"}
    assert schedule["fri"] == [["09:00", "02:00"]]
    state = await page.state(HoursState)
    friday = next(day for day in state.days if day["key"] == "fri")
    assert friday["ranges"][0]["is_overnight"]


async def test_last_hours_removed_means_always(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id, "hours")
    await page.call(HoursState.add_range, "mon")
    await page.call(HoursState.remove_range, "mon", 0)
    assert (await stored(org, agent_id)).texts_schedule == {}
    assert (await page.state(HoursState)).mode == "always"


@pytest.mark.parametrize(("day", "place"), [("mon", 7), ("mon", -1), ("someday", 0)])
async def test_hours_that_do_not_exist_are_left_alone(db: None, org: Any, day: str, place: int) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id, "hours")
    await page.call(HoursState.add_range, "mon")
    await page.call(HoursState.set_time, day, place, "start", "01:00")
    await page.call(HoursState.remove_range, day, place)
    assert (await stored(org, agent_id)).texts_schedule == {"mon": [["09:00", "17:00"]]}


async def test_stranger_finds_nothing_at_the_address(db: None, org: Any, make_org: Any) -> None:
    agent_id = await made(org)
    other = await make_org("South Dental", "Bo Lee")
    page = await opened(other, agent_id)
    head = await page.state(AgentState)
    assert head.is_missing
    assert head.id == ""
    await page.call(AgentListState.load)
    assert (await page.state(AgentListState)).cards == []
    await page.call(AgentListState.set_active, str(agent_id), False)
    await page.call(AgentListState.duplicate, str(agent_id))
    await page.call(AgentListState.ask_delete, str(agent_id))
    (await page.state(AgentListState)).doomed_id = str(agent_id)
    await page.call(AgentListState.delete)
    assert (await stored(org, agent_id)).is_active


async def test_support_may_look_and_change_nothing(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = (await sign_in(replace(org.owner, member_role=MemberRole.SUPPORT))).go(f"/agents/{agent_id}")
    await page.call(AgentState.load)
    await page.call(AgentState.load_tab)
    assert (await page.state(AgentState)).name == "Front desk"
    assert not (await page.state(AgentState)).can_edit
    assert await page.call(SetupState.save, "agent_role", "doctor")
    assert await page.call(AgentListState.set_active, str(agent_id), False)
    assert await page.call(HoursState.add_range, "mon")
    found = await stored(org, agent_id)
    assert (found.agent_role, found.is_active, found.version) == ("", True, 1)


async def test_nobody_is_sent_to_sign_in(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = Tab().go(f"/agents/{agent_id}")
    answer = await page.call(AgentState.load)
    assert "login" in str(answer)
    assert (await page.state(AgentState)).name == ""
