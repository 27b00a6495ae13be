"""The audit view: who did what, found by person, subject and day, for owners alone."""

import csv
import io
from dataclasses import replace

import pytest

from backend.agents import service as agents
from backend.core import audit, clock
from backend.core.errors import NotAllowed
from backend.core.tenancy import unit_of_work
from backend.organizations import service as organizations
from backend.vocab import AgentType, MemberRole
from tests.backend.conversations.conversing import hear, teammate

EVERYTHING = organizations.ActivityFilter()


async def note(org, action, details=None, who=None):
    with org.scope():
        async with unit_of_work() as session:
            await audit.record(session, who or org.owner, action, "subject", details)


async def seen(org, wanted=EVERYTHING, who=None, **named):
    with org.scope():
        async with unit_of_work() as session:
            return await organizations.activity(session, who or org.owner, wanted, **named)


async def test_the_newest_is_first_and_words_tell_what_was_done(db, org):
    await note(org, "ui:member:role_changed", {"from": "support", "to": "editor"})
    await note(org, "api:agent:published", {"name": "Front desk", "session_id": "x"})
    first, second = (await seen(org)).rows[:2]
    assert (first["source"], first["subject"], first["verb"]) == ("api", "agent", "published")
    assert (first["about"], first["details"]) == ("Front desk", "")
    assert (second["actor"], second["verb"]) == ("Ana Silva", "role changed")
    assert second["details"] == "from: support, to: editor"


async def test_people_and_teams_are_called_by_their_names(db, org):
    with org.scope():
        async with unit_of_work() as session:
            team = await organizations.create_team(session, org.owner, "Front")
            await organizations.add_to_team(session, org.owner, team.id, org.owner.user_id)
            member = await organizations.invite(session, org.owner, "mia@maple.example", "editor", "Mia Chen")
            await audit.record(session, None, "ui:member:joined", member.id, actor_user_id=org.owner.user_id)
    joined, invited, added, _ = (await seen(org)).rows
    assert (joined["actor"], joined["about"]) == ("Ana Silva", "Mia Chen")
    assert (invited["about"], invited["details"]) == ("Mia Chen", "role: editor")
    assert (added["about"], added["details"]) == ("Front", "person: Ana Silva")


async def test_contacts_and_agents_are_called_by_their_names_and_many_by_their_number(db, org):
    conversation = await hear(org, "+14155552110", name="Dana Ruiz")
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, AgentType.TEXT, "Front desk")
            await audit.record(session, org.owner, "ui:agent:updated", agent.id, {"fields": ["agent_role", "team_id"]})
            begun = {"name": "TKT-001001", "fields": ["subject"]}
            await audit.record(session, org.owner, "ui:ticket:opened", "", begun)
            await audit.record(session, org.owner, "ui:contact:tagged", conversation.contact_id, {"count": 1})
            await audit.record(session, org.owner, "ui:contact:deleted", "", {"count": 3})
    deleted, tagged, opened, updated, _ = (await seen(org)).rows
    assert (deleted["about"], deleted["details"]) == ("3 contacts", "")
    assert tagged["about"] == "Dana Ruiz"
    assert (opened["about"], opened["details"]) == ("TKT-001001", "")
    assert (updated["about"], updated["details"]) == ("Front desk", "changed: role, team")


async def test_who_may_have_done_something_is_known_after_they_left(db, org):
    leo = await teammate(org, "Leo Park")
    with org.scope():
        async with unit_of_work() as session:
            rows = await organizations.members(session, org.owner)
            gone = next(row["id"] for row in rows if row["user_id"] == str(leo.user_id))
            await organizations.remove(session, org.owner, gone)
            found = await organizations.actors(session, org.owner)
            assert [one["name"] for one in found] == ["Ana Silva", "Leo Park"]
            with pytest.raises(NotAllowed):
                await organizations.actors(session, replace(org.owner, member_role=MemberRole.EDITOR))


async def test_pages_hold_everything_once(db, org):
    for number in range(7):
        await note(org, "ui:tag:updated", {"n": number})
    rows, after = [], None
    while True:
        page = await seen(org, organizations.ActivityFilter(subject="tag"), after=after, limit=3)
        rows += page.rows
        after = page.next
        if after is None:
            break
    assert [row["details"] for row in rows] == [f"n: {number}" for number in range(6, -1, -1)]


async def test_a_subject_does_not_find_one_whose_name_it_begins(db, org):
    await note(org, "ui:contact_field:created")
    await note(org, "ui:contact:tagged")
    found = await seen(org, organizations.ActivityFilter(subject="contact"))
    assert [row["verb"] for row in found.rows] == ["tagged"]


async def test_a_person_and_days_narrow_it(db, org, make_org):
    await note(org, "ui:tag:updated")
    mine = organizations.ActivityFilter(subject="tag", actor_id=str(org.owner.user_id))
    other = await make_org("South Dental", "Sol Diaz")
    assert len((await seen(org, mine)).rows) == 1
    assert (await seen(org, replace(mine, actor_id=str(other.owner.user_id)))).rows == []
    assert (await seen(org, replace(mine, until=clock.ago(days=1)))).rows == []
    assert (await seen(org, replace(mine, since=clock.ago(days=1)))).rows != []


async def test_another_organization_s_doings_are_not_seen(db, org, make_org):
    other = await make_org("South Dental", "Sol Diaz")
    await note(other, "ui:tag:deleted", {"name": "theirs"})
    assert "theirs" not in str((await seen(org)).rows)


@pytest.mark.parametrize("role", [MemberRole.EDITOR, MemberRole.SUPPORT])
async def test_only_owners_see_it(db, org, role):
    with pytest.raises(NotAllowed):
        await seen(org, who=replace(org.owner, member_role=role))


async def test_a_key_does_not_see_it(db, org):
    with pytest.raises(NotAllowed):
        await seen(org, who=replace(org.owner, is_key=True))


async def test_the_file_holds_every_row_and_runs_nothing(db, org):
    await note(org, "ui:tag:updated", {"name": "=HYPERLINK(1)"}, replace(org.owner, name="=Ana"))
    text = "".join([part async for part in organizations.export_activity(org.owner, EVERYTHING)])
    head, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert head[0] == "Time (UTC)"
    assert rows[0][1] == "'=Ana"
