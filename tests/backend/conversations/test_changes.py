"""Snoozing, teams, turns, tags and notes: what each changes, what it says, and what it refuses."""

import asyncio
from datetime import timedelta

import pytest

from backend.conversations import jobs
from backend.conversations import service as conversations
from backend.conversations.schemas import ListFilter
from backend.core import clock
from backend.core.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.inbox import service as inbox
from backend.organizations import service as organizations
from backend.vocab import ConversationStatus
from tests.backend.conversations.conversing import author, events, hear, tagged, teammate

PHONE = "+14155550111"


async def state(org, conversation):
    with org.scope():
        async with unit_of_work() as session:
            return await conversations.get(session, conversation.id)


async def test_a_snoozed_conversation_comes_back_on_time_and_once(db, org):
    conversation = await hear(org, PHONE)
    until = clock.ahead(hours=2)
    with org.scope():
        async with unit_of_work() as session:
            await conversations.snooze(session, conversation.id, until, author(org.owner))
    assert (await state(org, conversation)).status == ConversationStatus.SNOOZED
    await jobs.wake_due(0)
    assert (await state(org, conversation)).status == ConversationStatus.SNOOZED
    with clock.at(until + timedelta(seconds=1)):
        await jobs.wake_due(0)
        await jobs.wake_due(0)
    woken = await state(org, conversation)
    assert (woken.status, woken.snoozed_until) == (ConversationStatus.OPEN, None)
    assert (await events(org, conversation)).count("The snooze is over") == 1


async def test_a_message_wakes_a_snoozed_conversation(db, org):
    conversation = await hear(org, PHONE)
    with org.scope():
        async with unit_of_work() as session:
            await conversations.snooze(session, conversation.id, clock.ahead(days=1), author(org.owner))
    await hear(org, PHONE, "One more thing")
    assert (await state(org, conversation)).status == ConversationStatus.OPEN


@pytest.mark.parametrize("span", [timedelta(), timedelta(minutes=-1), timedelta(days=400)])
async def test_a_snooze_needs_a_moment_within_a_year(db, org, span):
    conversation = await hear(org, PHONE)
    with org.scope(), pytest.raises(Invalid) as refused:
        async with unit_of_work() as session:
            await conversations.snooze(session, conversation.id, clock.now() + span, author(org.owner))
    assert refused.value.field == "until"


async def test_turns_go_round_and_pass_over_people_who_are_away(db, org):
    ben, cleo = await teammate(org, "Ben"), await teammate(org, "Cleo")
    conversation = await hear(org, PHONE)
    got = []
    with org.scope():
        async with unit_of_work() as session:
            team = await organizations.create_team(session, org.owner, "Support")
            for person in (ben, cleo):
                await organizations.add_to_team(session, org.owner, team.id, person.user_id)
            for _ in range(4):
                await conversations.assign_in_turn(session, conversation.id, team.id, author(org.owner))
                got.append((await conversations.get(session, conversation.id)).assignee_id)
            await inbox.set_preference(session, ben, "is_away", True)
            for _ in range(2):
                await conversations.assign_in_turn(session, conversation.id, team.id, author(org.owner))
                got.append((await conversations.get(session, conversation.id)).assignee_id)
            await inbox.set_preference(session, cleo, "is_away", True)
            with pytest.raises(Conflict):
                await conversations.assign_in_turn(session, conversation.id, team.id, author(org.owner))
            [row] = await organizations.teams(session)
    assert got == [ben.user_id, cleo.user_id, ben.user_id, cleo.user_id, cleo.user_id, cleo.user_id]
    assert [(one["name"], one["is_away"]) for one in row["members"]] == [("Ben", True), ("Cleo", True)]
    assert await found_by_team(org, team.id) == [str(conversation.id)]


async def found_by_team(org, team_id):
    with org.scope():
        async with unit_of_work() as session:
            page = await conversations.page(session, org.owner.user_id, ListFilter(team_id=team_id))
    return [row["id"] for row in page.rows]


async def test_two_turns_at_once_go_to_two_people(committed, org):
    ben, cleo = await teammate(org, "Ben"), await teammate(org, "Cleo")
    first, second = await hear(org, PHONE), await hear(org, "+14155550112")
    with org.scope():
        async with unit_of_work() as session:
            team = await organizations.create_team(session, org.owner, "Support")
            for person in (ben, cleo):
                await organizations.add_to_team(session, org.owner, team.id, person.user_id)

    async def give(conversation):
        with org.scope():
            async with unit_of_work() as session:
                await conversations.assign_in_turn(session, conversation.id, team.id, author(org.owner))

    await asyncio.gather(give(first), give(second))
    given = {(await state(org, one)).assignee_id for one in (first, second)}
    assert given == {ben.user_id, cleo.user_id}


async def test_teams_are_made_by_owners_and_have_names_of_their_own(db, org):
    support = await teammate(org, "Ben")
    with org.scope():
        async with unit_of_work() as session:
            team = await organizations.create_team(session, org.owner, "Support")
            with pytest.raises(Conflict):
                await organizations.create_team(session, org.owner, "  support ")
            with pytest.raises(NotAllowed):
                await organizations.create_team(session, support, "Sales")
            with pytest.raises(Invalid):
                await organizations.add_to_team(session, org.owner, team.id, new_id())
            await organizations.rename_team(session, org.owner, team.id, "Help")
            await organizations.delete_team(session, org.owner, team.id)
            assert await organizations.teams(session) == []


async def test_a_deleted_team_leaves_its_conversations_with_their_people(db, org):
    conversation = await hear(org, PHONE)
    with org.scope():
        async with unit_of_work() as session:
            team = await organizations.create_team(session, org.owner, "Support")
            await conversations.assign(session, conversation.id, org.owner.user_id, author(org.owner))
            await conversations.assign_team(session, conversation.id, team.id, author(org.owner))
            await organizations.delete_team(session, org.owner, team.id)
        async with unit_of_work() as session:
            left = await conversations.row(session, conversation.id)
    assert (left.row["team_id"], left.row["assignee_id"]) == ("", str(org.owner.user_id))


async def test_tags_are_put_on_once_and_taken_off(db, org, make_org):
    conversation, tag_id = await hear(org, PHONE), await tagged(org, "VIP")
    foreign = await tagged(await make_org("Elsewhere"), "Theirs")
    with org.scope():
        async with unit_of_work() as session:
            for _ in range(2):
                await conversations.tag(session, conversation.id, tag_id, author(org.owner))
            assert (await conversations.row(session, conversation.id)).row["tag_ids"] == [str(tag_id)]
            with pytest.raises(NotFound):
                await conversations.tag(session, conversation.id, foreign, author(org.owner))
            await conversations.untag(session, conversation.id, tag_id, author(org.owner))
            assert (await conversations.row(session, conversation.id)).row["tag_ids"] == []
    assert await events(org, conversation) == ["Ana Silva added the tag VIP", "Ana Silva removed the tag VIP"]


async def test_a_note_calls_those_it_names_and_nobody_else(db, org):
    ben, cleo = await teammate(org, "Ben Okri"), await teammate(org, "Cleo")
    conversation = await hear(org, PHONE)
    with org.scope():
        async with unit_of_work() as session:
            for person in (ben, cleo):
                await conversations.mark_read(session, conversation.id, person.user_id)
            note = await conversations.write_note(
                session,
                conversation.id,
                "@Ben  Okri can you call back?",
                [ben.user_id, cleo.user_id],
                author(org.owner),
            )
            row = await conversations.row(session, conversation.id)
            mine = await conversations.page(session, ben.user_id, ListFilter(view="mentions"))
            theirs = await conversations.page(session, cleo.user_id, ListFilter(view="mentions"))
    assert note.data["mentions"] == [{"id": str(ben.user_id), "name": "Ben Okri"}]
    assert row.row_for(str(ben.user_id))["mentioned"]
    assert not row.row_for(str(cleo.user_id))["unread"]
    assert row.row["preview"] == "Hello"
    assert (len(mine.rows), len(theirs.rows)) == (1, 0)


@pytest.mark.parametrize("body", ["", "   ", "x" * 5001])
async def test_a_note_has_something_to_say(db, org, body):
    conversation = await hear(org, PHONE)
    with org.scope(), pytest.raises(Invalid):
        async with unit_of_work() as session:
            await conversations.write_note(session, conversation.id, body, [], author(org.owner))


async def test_somebody_elsewhere_cannot_be_mentioned(db, org, make_org):
    stranger = (await make_org("Elsewhere")).owner
    conversation = await hear(org, PHONE)
    with org.scope(), pytest.raises(Invalid):
        async with unit_of_work() as session:
            await conversations.write_note(
                session, conversation.id, f"@{stranger.name} hello", [stranger.user_id], author(org.owner)
            )


async def test_a_brief_stands_beside_the_handing_back(db, org):
    conversation = await hear(org, PHONE)
    with org.scope():
        async with unit_of_work() as session:
            await conversations.take_over(session, conversation.id, author(org.owner))
            await conversations.set_answer_mode(
                session, conversation.id, "ai", author(org.owner), brief="Offer Tuesday, never Friday."
            )
            [*_, last] = await conversations.timeline(session, conversation.id)
    assert last["data"]["brief"] == "Offer Tuesday, never Friday."
