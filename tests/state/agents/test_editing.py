"""An agent's page: saved field by field, never over somebody else's change, refused to strangers and lower roles."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.agents import service as agents
from backend.core import clock
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.vocab import AgentType, MemberRole
from state.agents.configure import ConfigureState
from state.agents.history import HistoryState, PublishState
from state.agents.listing import AgentListState
from state.agents.open_agent import AgentState
from state.agents.presence import AgentPresenceState
from state.agents.prompt import PromptState
from state.agents.proposal import ProposalState
from state.agents.schedule import ScheduleState
from state.hub import News
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


async def draft(org: Any, agent_id: UUID) -> dict[str, Any]:
    return agents.draft(await stored(org, agent_id))


async def opened(org: Any, agent_id: UUID, tab: str = "configure", who: Any = None) -> Tab:
    page = (await sign_in(who or org.owner)).go(f"/agents/{agent_id}/?tab={tab}")
    await page.call(AgentState.load)
    await page.call(AgentState.load_tab)
    return page


async def heard(page: Tab, agent_id: UUID) -> None:
    """Let a tab hear that the agent changed."""
    await (await page.state(AgentState))._hear(
        [News(frozenset({"agents.changed"}), subjects=frozenset({str(agent_id)}))]
    )


async def test_field_saves_itself_into_the_draft_and_says_so(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id)
    await page.call(ConfigureState.save, "agent_role", "receptionist", "")
    form, head = await page.state(ConfigureState), await page.state(AgentState)
    assert (form.saved, form.values["agent_role"], head.changed) == ("agent_role", "receptionist", 1)
    found = await stored(org, agent_id)
    assert (found.agent_role, found.version, agents.draft(found)["agent_role"]) == ("", 1, "receptionist")


async def test_wrong_value_stands_at_its_field_and_is_not_stored(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id)
    await page.call(ConfigureState.save, "name", "   ", "Front desk")
    await page.call(ConfigureState.save, "max_tokens", "many", "300")
    await page.call(ConfigureState.save, "voice_speed", "9", "1")
    form = await page.state(ConfigureState)
    assert all(form.errors[name] for name in ("name", "max_tokens", "voice_speed"))
    assert not form.saved
    assert (await stored(org, agent_id)).draft == {}


async def test_every_kind_of_field_is_stored_as_what_it_is(db: None, org: Any) -> None:
    agent_id = await made(org, AgentType.INBOUND_VOICE)
    page = await opened(org, agent_id)
    for name, value, base in (
        ("voice_speed", "1.2", "1"),
        ("max_idle_reminders", "3", "0"),
        ("ambient_sound", "coffee-shop", "off"),
        ("end_call_phrases", "bye, see you", ""),
        ("transfer_phone_number", "(415) 555-0132", ""),
    ):
        await page.call(ConfigureState.save, name, value, base)
    await page.call(ConfigureState.switch, "backchannel_enabled", True)
    found = await draft(org, agent_id)
    assert (found["voice_speed"], found["max_idle_reminders"], found["backchannel_enabled"]) == (1.2, 3, True)
    assert (found["ambient_sound"], found["end_call_phrases"]) == ("coffee-shop", ["bye", "see you"])
    assert found["transfer_phone_number"] == "+14155550132"


async def test_only_the_fields_of_the_form_can_be_changed(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id)
    for name in ("system_prompt", "org_id", "is_default", "texts_schedule"):
        await page.call(ConfigureState.save, name, str(new_id()), "")
        await page.call(ConfigureState.switch, name, True)
        await page.call(ScheduleState.save, name, str(new_id()), "")
    found = await stored(org, agent_id)
    assert (found.version, found.org_id, found.draft) == (1, org.org_id, {})


async def test_second_editor_of_a_field_sees_both_values_and_chooses(db: None, org: Any) -> None:
    agent_id = await made(org)
    first, second = await opened(org, agent_id), await opened(org, agent_id)
    await first.call(ConfigureState.save, "agent_role", "receptionist", "")
    await second.call(ConfigureState.save, "agent_role", "doctor", "")
    head, form = await second.state(AgentState), await second.state(ConfigureState)
    assert head.collision == {
        "field": "agent_role", "changed_by": "Ana Silva", "theirs": "receptionist", "yours": "doctor"
    }  # fmt: skip
    assert (form.saved, form.values["agent_role"]) == ("", "receptionist")
    assert (await draft(org, agent_id))["agent_role"] == "receptionist"
    await second.call(AgentState.keep_mine)
    assert (await draft(org, agent_id))["agent_role"] == "doctor"
    assert (head.collision["field"], form.values["agent_role"]) == ("", "doctor")


async def test_leaving_the_other_editors_value_keeps_it(db: None, org: Any) -> None:
    agent_id = await made(org)
    first, second = await opened(org, agent_id), await opened(org, agent_id)
    await first.call(ConfigureState.save, "agent_role", "receptionist", "")
    await second.call(ConfigureState.save, "agent_role", "doctor", "")
    await second.call(AgentState.keep_theirs)
    await second.call(AgentState.keep_mine)
    assert (await draft(org, agent_id))["agent_role"] == "receptionist"


async def test_change_of_another_field_is_kept_beside_the_first_editors(db: None, org: Any) -> None:
    agent_id = await made(org)
    first, second = await opened(org, agent_id), await opened(org, agent_id)
    await first.call(ConfigureState.save, "agent_role", "receptionist", "")
    await second.call(ConfigureState.save, "owner_name", "Ana", "")
    found = await draft(org, agent_id)
    assert (found["agent_role"], found["owner_name"]) == ("receptionist", "Ana")
    assert (await second.state(AgentState)).collision["field"] == ""


async def test_what_another_editor_changed_appears_by_itself(db: None, org: Any) -> None:
    agent_id = await made(org)
    first, second = await opened(org, agent_id), await opened(org, agent_id)
    await first.call(ConfigureState.save, "agent_role", "receptionist", "")
    await heard(second, agent_id)
    assert (await second.state(ConfigureState)).values["agent_role"] == "receptionist"
    # Whoever was typing meanwhile began from the value before.
    await second.call(ConfigureState.save, "agent_role", "doctor", "")
    assert (await second.state(AgentState)).collision["theirs"] == "receptionist"


async def test_others_on_the_page_are_seen_and_fall_silent(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id)
    await page.call(AgentPresenceState.here)
    seen = await page.state(AgentPresenceState)
    mine, theirs = str(org.owner.user_id), str(new_id())
    news = [f"{agent_id}|{theirs}|Ben", f"{agent_id}|{mine}|Ana", f"{new_id()}|{new_id()}|Cleo"]
    await seen._hear([News(frozenset({"agents.presence"}), subjects=frozenset(news))])
    assert [one["name"] for one in seen.others] == ["Ben"]
    with clock.at(clock.now() + timedelta(minutes=1)):
        await page.call(AgentPresenceState.here)
    assert seen.others == []


async def test_changed_name_is_offered_to_the_instructions_and_never_put_there(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id, "prompt")
    await page.call(
        PromptState.save, "system_prompt", "You work at North Dental.\nBe kind.", agents.default_prompt("text")
    )
    await page.call(ConfigureState.save, "organization_name", "North Dental", "")
    assert (await page.state(AgentState)).mention["old"] == ""
    await page.call(ConfigureState.save, "organization_name", "South Dental", "North Dental")
    assert (await page.state(AgentState)).mention == {"old": "North Dental", "new": "South Dental"}
    assert "North" in (await draft(org, agent_id))["system_prompt"]
    await page.call(ProposalState.show_mention)
    proposal = await page.state(ProposalState)
    assert [(line["mark"], line["text"]) for line in proposal.lines] == [
        ("-", "You work at North Dental."), ("+", "You work at South Dental."), (" ", "Be kind.")
    ]  # fmt: skip
    await page.call(ProposalState.accept)
    assert (await draft(org, agent_id))["system_prompt"].startswith("You work at South Dental.")
    assert (await page.state(AgentState)).mention["old"] == ""


async def test_draft_is_looked_at_published_compared_and_taken_back(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id)
    await page.call(ConfigureState.save, "agent_role", "receptionist", "")
    await page.call(PublishState.set_open, True)
    dialog = await page.state(PublishState)
    assert [(one["field"], one["before"], one["after"]) for one in dialog.changes] == [
        ("agent_role", "", "receptionist")
    ]
    await page.call(PublishState.publish, {"note": "A role"})
    head = await page.state(AgentState)
    assert (head.version, head.changed, dialog.is_open) == (2, 0, False)
    page.go(f"/agents/{agent_id}?tab=versions")
    await page.call(AgentState.load)
    await page.call(AgentState.load_tab)
    history = await page.state(HistoryState)
    assert [(one["number"], one["note"]) for one in history.versions] == [(2, "A role"), (1, "")]
    assert ((history.older, history.newer), history.changes[0]["field"]) == (("1", "2"), "agent_role")
    await page.call(HistoryState.ask_roll_back, 1)
    await page.call(HistoryState.roll_back)
    assert ((await stored(org, agent_id)).agent_role, head.version) == ("", 3)


async def test_draft_that_changed_under_the_dialog_is_shown_again_before_it_is_published(db: None, org: Any) -> None:
    agent_id = await made(org)
    first, second = await opened(org, agent_id), await opened(org, agent_id)
    await first.call(ConfigureState.save, "agent_role", "receptionist", "")
    await first.call(PublishState.set_open, True)
    await second.call(ConfigureState.save, "owner_name", "Ben", "")
    await first.call(PublishState.publish, {})
    dialog = await first.state(PublishState)
    assert (await stored(org, agent_id)).version == 1
    assert dialog.error
    assert {one["field"] for one in dialog.changes} == {"agent_role", "owner_name"}
    await first.call(PublishState.publish, {})
    assert (await stored(org, agent_id)).version == 2


async def test_discarded_draft_leaves_the_screen(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id)
    await page.call(ConfigureState.save, "agent_role", "receptionist", "")
    await page.call(PublishState.discard)
    assert ((await page.state(AgentState)).changed, (await page.state(ConfigureState)).values["agent_role"]) == (0, "")


async def test_type_changes_in_the_draft_once_it_is_confirmed(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id)
    await page.call(ConfigureState.ask_type, "email")
    assert (await draft(org, agent_id))["agent_type"] == "text"
    await page.call(ConfigureState.change_type)
    assert (await draft(org, agent_id))["agent_type"] == "email"
    assert (await page.state(AgentState)).agent_type == "email"


async def test_agent_that_nobody_can_reach_says_what_it_lacks(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id)
    await page.call(AgentState.set_active, False)
    await page.call(AgentState.set_active, True)
    head = await page.state(AgentState)
    assert not head.is_active
    assert "Deployment" in head.lacks
    await page.call(AgentListState.load)
    await page.call(AgentListState.set_active, str(agent_id), True)
    assert (await page.state(AgentListState)).lacking_id == str(agent_id)


async def test_deleted_agent_is_brought_back_from_the_list(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = (await sign_in(org.owner)).go("/agents?status=deleted")
    await page.call(AgentListState.load)
    await page.call(AgentListState.ask_delete, str(agent_id))
    assert "Undo" in str(await page.call(AgentListState.delete))
    listing = await page.state(AgentListState)
    assert ([one["id"] for one in listing.cards], listing.total, listing.binned) == ([str(agent_id)], 0, 1)
    await page.call(AgentListState.restore, str(agent_id))
    assert (listing.total, listing.binned) == (1, 0)


async def test_two_quick_changes_of_the_filters_both_reach_the_address(db: None, org: Any) -> None:
    page = (await sign_in(org.owner)).go("/agents")
    await page.call(AgentListState.load)
    await page.call(AgentListState.filter_by, "type", "text")
    assert "q=desk&type=text" in str(await page.call(AgentListState.filter_by, "q", "desk"))
    assert "cannot be filtered" in str(await page.call(AgentListState.filter_by, "cards", "none"))


async def test_file_that_cannot_be_an_agent_says_which_field_is_wrong(db: None, org: Any) -> None:
    page = (await sign_in(org.owner)).go("/agents")
    text = 'magpipe_agent = 1\nname = "A"\nagent_type = "text"\nsystem_prompt = "x"\n'
    await page.call(AgentListState.set_importing, True)
    await page.call(AgentListState.import_file, text + "temperature = 9\n")
    listing = await page.state(AgentListState)
    assert listing.import_error.startswith("temperature: ")
    assert "/agents/" in str(await page.call(AgentListState.import_file, text))
    assert not listing.is_importing


async def test_default_instructions_replace_the_persons_own_in_the_draft(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id, "prompt")
    await page.call(PromptState.save, "system_prompt", "Be brief.", agents.default_prompt(AgentType.TEXT))
    assert (await draft(org, agent_id))["system_prompt"] == "Be brief."
    await page.call(PromptState.restore)
    assert (await stored(org, agent_id)).draft == {}


async def test_too_long_instructions_are_refused_in_words(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id, "prompt")
    await page.call(PromptState.save, "system_prompt", "x" * 20_001, agents.default_prompt(AgentType.TEXT))
    state = await page.state(PromptState)
    assert state.errors["system_prompt"]
    assert state.saved == ""


async def test_model_proposes_and_only_accepting_changes_the_draft(db: None, org: Any, sandbox: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id, "prompt")
    await page.call(ProposalState.set_open, True)
    await page.call(ProposalState.improve, {"wish": "shorter"})
    proposal = await page.state(ProposalState)
    assert proposal.lines
    assert proposal.lost == []
    assert (await stored(org, agent_id)).draft == {}
    await page.call(ProposalState.accept)
    assert list((await stored(org, agent_id)).draft) == ["system_prompt"]


async def test_hours_begin_with_the_working_week_and_may_cross_midnight(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id, "schedule")
    await page.call(ScheduleState.set_mode, "hours")
    await page.call(ScheduleState.set_time, "fri", 0, "end", "02:00")
    await page.call(ScheduleState.add_range, "sat")
    schedule = (await draft(org, agent_id))["texts_schedule"]
    assert set(schedule) == {"mon", "tue", "wed", "thu", "fri", "sat"}
    assert schedule["fri"] == [["09:00", "02:00"]]
    state = await page.state(ScheduleState)
    friday = next(day for day in state.days if day["key"] == "fri")
    assert friday["ranges"][0]["is_overnight"]


async def test_each_channel_of_a_phone_agent_has_its_own_week(db: None, org: Any) -> None:
    agent_id = await made(org, AgentType.INBOUND_VOICE)
    page = await opened(org, agent_id, "schedule")
    await page.call(ScheduleState.add_range, "mon")
    await page.call(ScheduleState.choose_channel, "sms")
    assert (await page.state(ScheduleState)).mode == "always"
    await page.call(ScheduleState.add_range, "tue")
    found = await draft(org, agent_id)
    assert (list(found["calls_schedule"]), list(found["texts_schedule"])) == (["mon"], ["tue"])


async def test_holidays_are_added_with_and_without_hours_and_removed(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id, "schedule")
    await page.call(ScheduleState.add_holiday, {"holiday_date": "2026-12-25", "holiday_yearly": "on"})
    await page.call(
        ScheduleState.add_holiday,
        {"holiday_date": "2026-12-24", "holiday_name": "Eve", "holiday_start": "09:00", "holiday_end": "12:00"},
    )
    state = await page.state(ScheduleState)
    assert [(one["date"], one["hours"], one["is_yearly"]) for one in state.holidays] == [
        ("2026-12-24", "09:00–12:00", False), ("2026-12-25", "", True)
    ]  # fmt: skip
    await page.call(ScheduleState.add_holiday, {"holiday_date": "tomorrow"})
    assert "not a date" in state.errors["holidays"]
    await page.call(ScheduleState.remove_holiday, 0)
    await page.call(ScheduleState.remove_holiday, 7)
    assert [one["date"] for one in (await draft(org, agent_id))["holidays"]] == ["2026-12-25"]


async def test_last_hours_removed_means_always(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id, "schedule")
    await page.call(ScheduleState.add_range, "mon")
    await page.call(ScheduleState.remove_range, "mon", 0)
    assert (await draft(org, agent_id))["texts_schedule"] == {}
    assert (await page.state(ScheduleState)).mode == "always"


@pytest.mark.parametrize(("day", "place"), [("mon", 7), ("mon", -1), ("someday", 0)])
async def test_hours_that_do_not_exist_are_left_alone(db: None, org: Any, day: str, place: int) -> None:
    agent_id = await made(org)
    page = await opened(org, agent_id, "schedule")
    await page.call(ScheduleState.add_range, "mon")
    await page.call(ScheduleState.set_time, day, place, "start", "01:00")
    await page.call(ScheduleState.remove_range, day, place)
    assert (await draft(org, agent_id))["texts_schedule"] == {"mon": [["09:00", "17:00"]]}


@pytest.mark.parametrize(("former", "now"), [("hours", "schedule"), ("numbers", "deployment"), ("x", "configure")])
async def test_addresses_from_before_still_lead_to_their_part(db: None, org: Any, former: str, now: str) -> None:
    page = await opened(org, await made(org), former)
    assert (await page.state(AgentState)).tab == now


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
    assert await page.call(ConfigureState.save, "agent_role", "doctor", "")
    assert await page.call(AgentListState.set_active, str(agent_id), False)
    assert await page.call(ScheduleState.add_range, "mon")
    found = await stored(org, agent_id)
    assert (found.draft, found.is_active, found.version) == ({}, True, 1)


async def test_nobody_is_sent_to_sign_in(db: None, org: Any) -> None:
    agent_id = await made(org)
    page = Tab().go(f"/agents/{agent_id}")
    answer = await page.call(AgentState.load)
    assert "login" in str(answer)
    assert (await page.state(AgentState)).name == ""
