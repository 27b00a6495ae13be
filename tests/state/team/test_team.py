"""The team's pages: who is found, who may change whom, who gets the work of who leaves, and who did what."""

from dataclasses import replace
from typing import Any

import pytest

from backend.conversations import service as conversations
from backend.core.errors import NotFound
from backend.core.tenancy import unit_of_work
from backend.organizations import service as organizations
from backend.vocab import MemberRole
from state.team import activity as activity_page
from state.team.activity import ActivityState
from state.team.leaving import LeavingState
from state.team.members import MembersState
from state.team.teams import NEW, TeamsState
from tests.backend.conversations.conversing import author, hear, teammate
from tests.state.tab import Tab, sign_in

pytestmark = pytest.mark.usefixtures("db")


async def members(org: Any, address: str = "/team", who: Any = None) -> tuple[Tab, MembersState]:
    page = (await sign_in(who or org.owner)).go(address)
    await page.call(MembersState.load)
    return page, await page.state(MembersState)


def id_of(state: MembersState, name: str) -> str:
    return next(row["id"] for row in state.rows if row["name"] == name)


async def doing(org: Any, work: Any, *args: Any) -> Any:
    with org.scope():
        async with unit_of_work() as session:
            return await work(session, *args)


async def test_members_are_found_by_name_email_and_status(db: None, org: Any) -> None:
    await teammate(org, "Leo Park")
    page, state = await members(org)
    await page.call(MembersState.invite, {"email": "mia@maple.example", "role": "editor", "full_name": "Mia Chen"})
    assert (state.total, state.invited, state.suspended) == (3, 1, 0)
    for address, names in (
        ("/team?q=PARK", ["Leo Park"]),
        ("/team?q=maple.ex", ["Mia Chen"]),
        ("/team?status=invited", ["Mia Chen"]),
        ("/team?status=suspended", []),
        ("/team?status=nonsense&q=leo", ["Leo Park"]),
    ):
        _, found = await members(org, address)
        assert [row["name"] for row in found.rows] == names
        assert found.total == 3


async def test_only_owner_is_marked_until_there_is_a_second(db: None, org: Any) -> None:
    await teammate(org, "Leo Park")
    page, state = await members(org)
    assert [row["is_last_owner"] for row in state.rows] == [True, False]
    await page.call(MembersState.change_role, id_of(state, "Leo Park"), "owner")
    assert [row["is_last_owner"] for row in state.rows] == [False, False]


async def test_suspension_offers_a_way_back_that_works(db: None, org: Any) -> None:
    await teammate(org, "Leo Park")
    page, state = await members(org)
    leo = id_of(state, "Leo Park")
    answer = await page.call(MembersState.act, "suspend", leo)
    assert "Undo" in str(answer)
    assert state.suspended == 1
    await page.call(MembersState.act, "reactivate", leo)
    assert state.suspended == 0


async def test_wrong_address_of_an_invitation_stands_at_its_field(db: None, org: Any) -> None:
    page, state = await members(org)
    await page.call(MembersState.open_invitation, True)
    await page.call(MembersState.invite, {"email": "no address", "role": "editor"})
    assert state.errors["email"]
    assert state.is_inviting


async def test_question_before_a_removal_says_what_waits_and_who_may_get_it(db: None, org: Any) -> None:
    leo, mia = await teammate(org, "Leo Park"), await teammate(org, "Mia Chen")
    team = await doing(org, organizations.create_team, org.owner, "Front")
    made = await hear(org, "+14155552101")
    await doing(org, conversations.assign, made.id, leo.user_id, author(org.owner))
    page, state = await members(org)
    await page.call(LeavingState.ask, id_of(state, "Leo Park"))
    asked = await page.state(LeavingState)
    assert (asked.kind, asked.name, asked.waiting, asked.hand_to) == ("other", "Leo Park", 1, "")
    assert {heir["label"] for heir in asked.people} == {"Ana Silva", "Mia Chen"}
    assert f"member:{mia.user_id}" in {heir["value"] for heir in asked.people}
    assert asked.teams == [{"value": f"team:{team.id}", "label": "Front"}]


async def test_removed_member_leaves_the_list_at_once(db: None, org: Any) -> None:
    mia = await teammate(org, "Mia Chen")
    await teammate(org, "Leo Park")
    page, state = await members(org)
    await page.call(LeavingState.ask, id_of(state, "Leo Park"))
    await page.call(LeavingState.choose, f"member:{mia.user_id}")
    await page.call(LeavingState.remove)
    assert {row["name"] for row in state.rows} == {"Ana Silva", "Mia Chen"}
    assert (await page.state(LeavingState)).member_id == ""


async def test_forged_heir_removes_nobody(db: None, org: Any, make_org: Any) -> None:
    await teammate(org, "Leo Park")
    other = await make_org("South Dental", "Sol Diaz")
    page, state = await members(org)
    await page.call(LeavingState.ask, id_of(state, "Leo Park"))
    await page.call(LeavingState.choose, f"member:{other.owner.user_id}")
    assert "Choose a person" in str(await page.call(LeavingState.remove))
    assert state.total == 2


async def test_lower_role_may_leave_but_asks_in_vain_about_others(db: None, org: Any) -> None:
    leo = await teammate(org, "Leo Park")
    page, state = await members(org, who=leo)
    assert not state.is_owner
    await page.call(LeavingState.ask, id_of(state, "Ana Silva"))
    asked = await page.state(LeavingState)
    assert asked.member_id == ""
    await page.call(LeavingState.ask, id_of(state, "Leo Park"))
    assert asked.kind == "you"
    assert "location.assign" in str(await page.call(LeavingState.remove))
    _, left = await members(org)
    assert [row["name"] for row in left.rows] == ["Ana Silva"]


async def test_withdrawn_invitation_is_gone(db: None, org: Any) -> None:
    page, state = await members(org)
    await page.call(MembersState.invite, {"email": "mia@maple.example", "role": "editor", "full_name": "Mia Chen"})
    await page.call(LeavingState.ask, id_of(state, "Mia Chen"))
    assert (await page.state(LeavingState)).kind == "invitation"
    await page.call(LeavingState.remove)
    assert state.invited == 0


async def teams(org: Any, who: Any = None) -> tuple[Tab, TeamsState]:
    page = (await sign_in(who or org.owner)).go("/team/teams")
    await page.call(TeamsState.load)
    return page, await page.state(TeamsState)


async def test_team_is_made_filled_renamed_and_deleted(db: None, org: Any) -> None:
    leo = await teammate(org, "Leo Park")
    page, state = await teams(org)
    await page.call(TeamsState.open_naming, NEW)
    await page.call(TeamsState.save, {"name": "Front"})
    [team] = state.rows
    assert (state.naming, team["name"], team["is_anybody_there"]) == ("", "Front", False)
    await page.call(TeamsState.put, team["id"], str(leo.user_id), True)
    assert [mate["name"] for mate in state.rows[0]["members"]] == ["Leo Park"]
    assert state.rows[0]["is_anybody_there"]
    await page.call(TeamsState.put, team["id"], str(leo.user_id), False)
    assert state.rows[0]["members"] == []
    await page.call(TeamsState.open_naming, team["id"])
    assert state.naming_name == "Front"
    await page.call(TeamsState.save, {"name": "Billing"})
    assert state.rows[0]["name"] == "Billing"
    await page.call(TeamsState.ask_delete, team["id"])
    assert state.doomed_name == "Billing"
    await page.call(TeamsState.delete)
    assert state.rows == []


async def test_taken_name_of_a_team_stands_at_its_field(db: None, org: Any) -> None:
    await doing(org, organizations.create_team, org.owner, "Front")
    page, state = await teams(org)
    await page.call(TeamsState.open_naming, NEW)
    await page.call(TeamsState.save, {"name": "front"})
    assert state.errors["name"]
    assert state.naming == NEW
    assert len(state.rows) == 1


async def test_lower_role_sees_teams_and_changes_none(db: None, org: Any) -> None:
    editor = replace(await teammate(org, "Leo Park", MemberRole.EDITOR), member_role=MemberRole.EDITOR)
    team = await doing(org, organizations.create_team, org.owner, "Front")
    page, state = await teams(org, editor)
    await page.call(TeamsState.put, str(team.id), str(editor.user_id), True)
    await page.call(TeamsState.open_naming, NEW)
    await page.call(TeamsState.save, {"name": "Mine"})
    assert not state.is_owner
    assert [(row["name"], row["members"]) for row in state.rows] == [("Front", [])]


async def activity(org: Any, address: str = "/team/activity", who: Any = None) -> tuple[Tab, ActivityState]:
    page = (await sign_in(who or org.owner)).go(address)
    await page.call(ActivityState.load)
    return page, await page.state(ActivityState)


async def test_activity_is_filtered_by_its_address_and_so_is_its_file(db: None, org: Any) -> None:
    await doing(org, organizations.create_team, org.owner, "Front")
    _, everything = await activity(org)
    assert (everything.stage, everything.is_filtered) == ("ready", False)
    assert [row["about"] for row in everything.rows] == ["Front"]
    days = "from=2020-01-01&to=2020-01-02&tz=America/New_York"
    _, past = await activity(org, f"/team/activity?subject=team&person={org.owner.user_id}&{days}")
    assert (past.rows, past.is_filtered) == ([], True)
    assert (past.since, past.until) == ("2020-01-01", "2020-01-02")
    assert f"person={org.owner.user_id}&subject=team" in past.file
    assert "from=2020-01-01T05%3A00%3A00%2B00%3A00&to=2020-01-03T05%3A00%3A00%2B00%3A00" in past.file
    _, wrong = await activity(org, "/team/activity?subject=nonsense&person=x&from=y")
    assert (wrong.is_filtered, wrong.file) == (False, "/api/activity.csv?")


async def test_filter_goes_into_the_address_with_the_readers_zone_for_days_alone(db: None, org: Any) -> None:
    page, _ = await activity(org, "/team/activity?subject=team")
    assert "subject=team&from=2026-11-01&tz=Asia%2FTokyo" in str(
        await page.call(ActivityState.filter_by, "from", "2026-11-01", "Asia/Tokyo")
    )
    page, _ = await activity(org, "/team/activity?subject=team")
    assert "tz=" not in str(await page.call(ActivityState.filter_by, "subject", "key", "Asia/Tokyo"))


async def test_second_filter_keeps_the_first_though_that_has_not_loaded_yet(db: None, org: Any) -> None:
    page, _ = await activity(org)
    await page.call(ActivityState.filter_by, "from", "2026-11-01", "UTC")
    assert "from=2026-11-01&to=2026-11-02" in str(await page.call(ActivityState.filter_by, "to", "2026-11-02", "UTC"))
    page, _ = await members(org)
    await page.call(MembersState.filter_by, "status", "invited")
    assert "q=leo&status=invited" in str(await page.call(MembersState.filter_by, "q", "leo"))


async def test_older_activity_follows_below_up_to_a_limit(db: None, org: Any, monkeypatch: Any) -> None:
    for number in range(52):
        team = await doing(org, organizations.create_team, org.owner, f"Team {number}")
        await doing(org, organizations.delete_team, org.owner, team.id)
    page, state = await activity(org)
    assert (len(state.rows), state.has_more) == (50, True)
    await page.call(ActivityState.load_more)
    assert len({row["id"] for row in state.rows}) == 100
    monkeypatch.setattr(activity_page, "MOST_ROWS", 100)
    await page.call(ActivityState.load)
    await page.call(ActivityState.load_more)
    assert not state.has_more


@pytest.mark.parametrize("role", [MemberRole.EDITOR, MemberRole.SUPPORT])
async def test_lower_roles_are_told_that_activity_is_for_owners(db: None, org: Any, role: MemberRole) -> None:
    who = replace(await teammate(org, "Leo Park", role), member_role=role)
    page, state = await activity(org, who=who)
    await page.call(ActivityState.load_more)
    assert (state.stage, state.rows, state.people) == ("owners", [], [])


async def test_members_of_another_organization_cannot_be_asked_about(db: None, org: Any, make_org: Any) -> None:
    other = await make_org("South Dental", "Sol Diaz")
    [stranger] = await doing(other, organizations.members, other.owner)
    page, _ = await members(org)
    await page.call(LeavingState.ask, stranger["id"])
    assert (await page.state(LeavingState)).member_id == ""
    with pytest.raises(NotFound):
        await doing(org, organizations.remove, org.owner, stranger["id"])
