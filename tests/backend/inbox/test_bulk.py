"""Work on many conversations, and taking it back: exactly what was changed, and not what others changed since."""

import pytest
from sqlmodel import select

from backend.conversations import service as conversations
from backend.conversations.schemas import ListFilter
from backend.core import clock
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.inbox import bulk
from backend.inbox import jobs as inbox_jobs
from backend.inbox import service as inbox
from backend.models.inbox import BulkChange
from backend.organizations import service as organizations
from backend.vocab import ConversationStatus
from tests.backend.conversations.conversing import author, events, hear, tagged, teammate

PHONES = [f"+1415555{1000 + number}" for number in range(5)]


@pytest.fixture
async def many(db, org):
    return [await hear(org, phone) for phone in PHONES]


async def change(org, action, value="", ids=(), matching=None, who=None):
    with org.scope():
        async with unit_of_work() as session:
            return await inbox.change_many(
                session, who or org.owner, action, value, ids=[one.id for one in ids], matching=matching
            )


async def undo(org, token, who=None):
    from uuid import UUID

    with org.scope():
        async with unit_of_work() as session:
            return await inbox.undo_many(session, who or org.owner, UUID(token))


async def rows(org, many, who=None):
    with org.scope():
        async with unit_of_work() as session:
            return [(await conversations.row(session, one.id)).row_for(str((who or org.owner).user_id)) for one in many]


async def test_closing_the_selected_closes_those_and_is_undone(many, org):
    done = await change(org, "close", ids=many[:3])
    assert (done["status"], done["total"], done["done"]) == ("done", 3, 3)
    assert [row["status"] for row in await rows(org, many)] == ["closed"] * 3 + ["open"] * 2
    assert (await undo(org, done["token"]))["status"] == "undone"
    assert [row["status"] for row in await rows(org, many)] == ["open"] * 5
    assert await events(org, many[0]) == [
        "Ana Silva closed the conversation",
        "Ana Silva took the last change back",
    ]
    assert await events(org, many[4]) == []


async def test_undoing_leaves_what_others_changed_since(many, org):
    ben = await teammate(org, "Ben")
    done = await change(org, "assign", str(org.owner.user_id), ids=many[:2])
    with org.scope():
        async with unit_of_work() as session:
            await conversations.assign(session, many[0].id, ben.user_id, author(ben))
    await undo(org, done["token"])
    assert [row["assignee_id"] for row in await rows(org, many[:2])] == [str(ben.user_id), ""]


async def test_what_was_so_already_is_not_undone(many, org):
    await change(org, "close", ids=many[:1])
    done = await change(org, "close", ids=many[:2])
    await undo(org, done["token"])
    assert [row["status"] for row in await rows(org, many[:2])] == ["closed", "open"]


async def test_undoing_a_snooze_brings_the_moment_before_back(many, org):
    first, second = clock.ahead(days=1), clock.ahead(days=2)
    await change(org, "snooze", first.isoformat(), ids=many[:1])
    done = await change(org, "snooze", second.isoformat(), ids=many[:1])
    assert [row["snoozed_until"] for row in await rows(org, many[:1])] == [second.isoformat()]
    await undo(org, done["token"])
    [row] = await rows(org, many[:1])
    assert (row["status"], row["snoozed_until"]) == ("snoozed", first.isoformat())


async def test_tags_and_teams_go_on_many_and_come_off_again(many, org):
    tag_id = await tagged(org, "VIP")
    with org.scope():
        async with unit_of_work() as session:
            team = await organizations.create_team(session, org.owner, "Support")
            await conversations.tag(session, many[0].id, tag_id, author(org.owner))
    tag = await change(org, "tag", str(tag_id), ids=many[:2])
    team_change = await change(org, "assign_team", str(team.id), ids=many[:2])
    assert [(row["tag_ids"], row["team_name"]) for row in await rows(org, many[:2])] == [([str(tag_id)], "Support")] * 2
    await undo(org, team_change["token"])
    await undo(org, tag["token"])
    # The first one had the tag before, so it keeps it.
    assert [(row["tag_ids"], row["team_name"]) for row in await rows(org, many[:2])] == [([str(tag_id)], ""), ([], "")]


async def test_reading_many_is_ones_own_and_gives_the_counts_back(many, org):
    ben = await teammate(org, "Ben")
    for one, phone in zip(many, PHONES, strict=True):
        assert one
        await hear(org, phone, "Again")
    done = await change(org, "read", ids=many[:3])
    assert [row["unread"] for row in await rows(org, many)] == [0, 0, 0, 2, 2]
    assert [row["unread"] for row in await rows(org, many, ben)] == [1] * 5
    await undo(org, done["token"])
    assert [row["unread"] for row in await rows(org, many)] == [2] * 5


async def test_marking_many_unread_is_undone(many, org):
    await change(org, "read", ids=many)
    done = await change(org, "unread", ids=many[:2])
    assert [row["unread"] for row in await rows(org, many)] == [1, 1, 0, 0, 0]
    await undo(org, done["token"])
    assert [row["unread"] for row in await rows(org, many)] == [0] * 5


async def test_all_that_match_are_changed_and_the_rest_is_not(many, org):
    await change(org, "assign", str(org.owner.user_id), ids=many[:2])
    done = await change(org, "close", matching=ListFilter(view="mine"))
    assert done["total"] == 2
    assert [row["status"] for row in await rows(org, many)] == ["closed", "closed", "open", "open", "open"]


async def test_large_work_goes_on_in_steps_and_comes_back_in_steps(many, org, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    started = await change(org, "close", matching=ListFilter())
    assert (started["status"], started["total"]) == ("running", 5)
    assert [row["status"] for row in await rows(org, many)] == ["open"] * 5
    await inbox_jobs.run_bulk(str(org.org_id), started["token"])
    assert [row["status"] for row in await rows(org, many)] == ["closed"] * 5
    assert (await undo(org, started["token"]))["status"] == "undoing"
    await inbox_jobs.undo_bulk(str(org.org_id), started["token"])
    assert [row["status"] for row in await rows(org, many)] == ["open"] * 5


async def test_large_work_that_runs_twice_changes_nothing_twice(many, org, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    started = await change(org, "close", matching=ListFilter(status="any"))
    with org.scope():
        async with unit_of_work() as session:
            from uuid import UUID

            await inbox.run_step(session, UUID(started["token"]), None)
    await inbox_jobs.run_bulk(str(org.org_id), started["token"])
    with org.scope():
        async with unit_of_work() as session:
            assert len((await session.exec(select(BulkChange))).all()) == 5
    assert [await events(org, one) for one in many] == [["Ana Silva closed the conversation"]] * 5


async def test_undo_ends_after_its_time_and_belongs_to_whoever_did_it(many, org):
    ben = await teammate(org, "Ben")
    done = await change(org, "close", ids=many[:1])
    with pytest.raises(NotFound):
        await undo(org, done["token"], ben)
    with clock.at(clock.ahead(minutes=11)), pytest.raises(Conflict):
        await undo(org, done["token"])


async def test_a_foreign_conversation_among_the_selected_is_passed_over(many, org, make_org):
    elsewhere = await make_org("Elsewhere")
    theirs = await hear(elsewhere, PHONES[0])
    done = await change(org, "close", ids=[many[0], theirs])
    assert done["done"] == 1
    assert [row["status"] for row in await rows(elsewhere, [theirs])] == [ConversationStatus.OPEN]


@pytest.mark.parametrize(
    ("action", "value"),
    [("destroy", ""), ("snooze", ""), ("snooze", "yesterday"), ("snooze", "2020-01-01T00:00:00+00:00"), ("tag", "")],
)
async def test_orders_that_make_no_sense_are_refused(many, org, action, value):
    with pytest.raises(Invalid):
        await change(org, action, value, ids=many[:1])


async def test_people_tags_and_teams_of_others_are_refused(many, org, make_org):
    elsewhere = await make_org("Elsewhere")
    for action, value in (("tag", await tagged(elsewhere, "T")), ("assign_team", new_id()), ("assign", new_id())):
        with pytest.raises((NotFound, Invalid)):
            await change(org, action, str(value), ids=many[:1])
