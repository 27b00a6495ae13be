"""What happens to the work of somebody who leaves a team."""

import pytest
from sqlmodel import select

from backend.conversations import service as conversations
from backend.core.errors import Invalid
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.models.conversations import ConversationUnread
from backend.organizations import service as organizations
from backend.vocab import ConversationStatus
from tests.backend.conversations.conversing import author, events, hear, teammate


async def doing(org, work, *args, **named):
    with org.scope():
        async with unit_of_work() as session:
            return await work(session, *args, **named)


@pytest.fixture
async def leo(committed, org):
    return await teammate(org, "Leo Park")


@pytest.fixture
async def cases(org, leo):
    """Three conversations of Leo's: open, snoozed into the future, closed."""
    made = [await hear(org, f"+1415555{number}") for number in (2001, 2002, 2003)]
    for one in made:
        await doing(org, conversations.assign, one.id, leo.user_id, author(org.owner))
    await doing(org, conversations.set_status, made[2].id, ConversationStatus.CLOSED, author(org.owner))
    return made


async def leave(org, leo, run_jobs, hand_to=""):
    rows = await doing(org, organizations.members, org.owner)
    member_id = next(row["id"] for row in rows if row["user_id"] == str(leo.user_id))
    await doing(org, organizations.remove, org.owner, member_id, hand_to)
    await run_jobs()


async def assignees(org, cases):
    return [(await doing(org, conversations.get, one.id)).assignee_id for one in cases]


async def test_conversations_of_who_leaves_go_to_nobody_when_nobody_is_chosen(org, leo, cases, run_jobs):
    await leave(org, leo, run_jobs)
    assert await assignees(org, cases) == [None, None, None]
    assert "Ana Silva" in (await events(org, cases[0]))[-1]


async def test_who_is_about_to_leave_has_so_many_conversations_that_are_not_closed(org, leo, cases):
    assert await doing(org, conversations.waiting_with, leo.user_id) == 2
    assert await doing(org, conversations.waiting_with, org.owner.user_id) == 0


async def test_open_conversations_go_to_the_chosen_person_and_closed_ones_to_nobody(org, leo, cases, run_jobs):
    mia = await teammate(org, "Mia Chen")
    await leave(org, leo, run_jobs, f"member:{mia.user_id}")
    assert await assignees(org, cases) == [mia.user_id, mia.user_id, None]


async def test_a_team_gets_the_conversations_in_turn_and_who_left_is_passed_over(org, leo, cases, run_jobs):
    mia, noa = await teammate(org, "Mia Chen"), await teammate(org, "Noa Levi")
    team = await doing(org, organizations.create_team, org.owner, "Front")
    for person in (leo, mia, noa):
        await doing(org, organizations.add_to_team, org.owner, team.id, person.user_id)
    await leave(org, leo, run_jobs, f"team:{team.id}")
    first, second, closed = await assignees(org, cases)
    assert {first, second} == {mia.user_id, noa.user_id}
    assert closed is None
    [row] = await doing(org, organizations.teams)
    assert {mate["name"] for mate in row["members"]} == {"Mia Chen", "Noa Levi"}


async def test_a_team_with_nobody_there_gets_the_conversations_unassigned(org, leo, cases, run_jobs):
    team = await doing(org, organizations.create_team, org.owner, "Front")
    await leave(org, leo, run_jobs, f"team:{team.id}")
    assert await assignees(org, cases) == [None, None, None]
    assert (await doing(org, conversations.get, cases[0].id)).team_id == team.id


async def test_what_they_had_not_read_is_forgotten(org, leo, cases, run_jobs):
    await leave(org, leo, run_jobs)
    with org.scope():
        async with unit_of_work() as session:
            kept = select(ConversationUnread).where(ConversationUnread.user_id == leo.user_id)
            assert (await session.exec(kept)).all() == []


@pytest.mark.parametrize("wrong", ["member:{leo}", "member:{nobody}", "team:{nobody}", "member:x", "dog:{nobody}"])
async def test_nobody_outside_can_inherit_and_then_nobody_leaves(org, leo, cases, run_jobs, wrong):
    with pytest.raises(Invalid) as refused:
        await leave(org, leo, run_jobs, wrong.format(leo=leo.user_id, nobody=new_id()))
    assert refused.value.field == "hand_to"
    assert await assignees(org, cases) == [leo.user_id] * 3
    assert str(leo.user_id) in [row["user_id"] for row in await doing(org, organizations.members, org.owner)]
