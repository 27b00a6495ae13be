"""The one conversation with each person: order, unread, who answers, and pages that do not repeat or skip."""

import asyncio
from datetime import timedelta

import pytest

from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author, Cursor, ListFilter
from backend.core import clock
from backend.core.errors import Invalid, NotFound
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.vocab import AnswerMode, AuthorKind, ConversationStatus, Direction, ItemKind

PHONE = "+14155550111"


@pytest.fixture
def member(org):
    return Author(AuthorKind.MEMBER, org.owner.name, org.owner.user_id)


async def hear(org, phone=PHONE, body="Are you open on Sunday?"):
    """Let a customer write once and return their conversation."""
    with org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, phone)
            conversation = await conversations.for_contact(session, contact.id)
            await conversations.append(
                session,
                conversation,
                kind=ItemKind.MESSAGE,
                author=Author(AuthorKind.CONTACT, contact.name, contact.id),
                body=body,
                channel="sms",
                direction=Direction.INBOUND,
                status="received",
            )
            return conversation


async def test_a_person_has_one_conversation_however_often_they_write(db, org):
    first = await hear(org)
    second = await hear(org, body="And on Monday?")
    assert first.id == second.id
    with org.scope():
        async with unit_of_work() as session:
            items = await conversations.timeline(session, first.id)
    assert [(item["seq"], item["body"]) for item in items] == [(1, "Are you open on Sunday?"), (2, "And on Monday?")]


async def test_two_texts_at_once_make_one_conversation_with_two_places(committed, org):
    await asyncio.gather(*(hear(org, body=str(number)) for number in range(8)))
    with org.scope():
        async with unit_of_work() as session:
            page = await conversations.page(session, org.owner.user_id)
            [row] = page.rows
            items = await conversations.timeline(session, new_id().__class__(row["id"]))
    assert sorted(item["seq"] for item in items) == list(range(1, 9))
    assert row["unread"] == 8


async def test_unread_is_each_persons_own(db, org):
    conversation = await hear(org)
    stranger = new_id()
    with org.scope():
        async with unit_of_work() as session:
            assert await conversations.unread_total(session, org.owner.user_id) == 1
            assert await conversations.unread_total(session, stranger) == 0
            await conversations.mark_read(session, conversation.id, stranger)
            assert await conversations.unread_total(session, org.owner.user_id) == 1
            await conversations.mark_read(session, conversation.id, org.owner.user_id)
            assert await conversations.unread_total(session, org.owner.user_id) == 0
            await conversations.mark_unread(session, conversation.id, org.owner.user_id)
            assert await conversations.unread_total(session, org.owner.user_id) == 1


async def test_a_customers_message_reopens_a_closed_conversation(db, org, member):
    conversation = await hear(org)
    with org.scope():
        async with unit_of_work() as session:
            await conversations.set_status(session, conversation.id, ConversationStatus.CLOSED, member)
    again = await hear(org, body="One more thing")
    assert again.status == ConversationStatus.OPEN


async def test_taking_over_lasts_until_handed_back(db, org, member):
    conversation = await hear(org)
    with org.scope():
        async with unit_of_work() as session:
            await conversations.take_over(session, conversation.id, member)
            taken = await conversations.get(session, conversation.id)
            assert conversations.answering(taken, clock.ahead(days=30)) == AnswerMode.HUMAN
            assert taken.assignee_id == org.owner.user_id
            await conversations.set_answer_mode(session, conversation.id, AnswerMode.AI, member)
            assert conversations.answering(taken) == AnswerMode.AI


async def test_a_persons_reply_pauses_the_agent_for_ten_minutes(db, org, member):
    conversation = await hear(org)
    with org.scope():
        async with unit_of_work() as session:
            held = await conversations.locked(session, conversation.id)
            await conversations.pause_for_reply(session, held, member)
            now = clock.now()
            assert conversations.answering(held, now + timedelta(minutes=9)) == AnswerMode.HUMAN
            assert conversations.answering(held, now + timedelta(minutes=11)) == AnswerMode.AI


async def test_a_reply_does_not_shorten_a_take_over(db, org, member):
    conversation = await hear(org)
    with org.scope():
        async with unit_of_work() as session:
            held = await conversations.take_over(session, conversation.id, member)
            await conversations.pause_for_reply(session, held, member)
            assert held.paused_until is None


async def test_handing_back_clears_the_call_for_a_person(db, org, member):
    conversation = await hear(org)
    with org.scope():
        async with unit_of_work() as session:
            held = await conversations.locked(session, conversation.id)
            await conversations.call_for_person(session, held, "the customer asked")
            assert held.needs_person
            assert conversations.answering(held) == AnswerMode.HUMAN
            await conversations.set_answer_mode(session, conversation.id, AnswerMode.AI, member)
            assert not held.needs_person


async def test_only_a_teammate_can_be_assigned(db, org, member):
    conversation = await hear(org)
    with org.scope(), pytest.raises(Invalid) as caught:
        async with unit_of_work() as session:
            await conversations.assign(session, conversation.id, new_id(), member)
    assert caught.value.field == "assignee_id"


async def test_another_organizations_conversation_does_not_exist(db, org, make_org, member):
    conversation = await hear(org)
    other = await make_org("Elsewhere")
    with other.scope():
        async with unit_of_work() as session:
            for attempt in (
                conversations.get(session, conversation.id),
                conversations.locked(session, conversation.id),
                conversations.take_over(session, conversation.id, member),
                conversations.mark_unread(session, conversation.id, other.owner.user_id),
            ):
                with pytest.raises(NotFound):
                    await attempt
            assert await conversations.timeline(session, conversation.id) == []


async def test_pages_neither_repeat_nor_skip(db, org):
    for number in range(23):
        await hear(org, phone=f"+1415555{number:04d}")
    seen: list[str] = []
    after: Cursor | None = None
    with org.scope():
        async with unit_of_work() as session:
            while True:
                page = await conversations.page(session, org.owner.user_id, after=after, limit=5)
                seen += [row["phone"] for row in page.rows]
                after = page.next
                if after is None:
                    break
    assert seen == [f"+1415555{number:04d}" for number in reversed(range(23))]


@pytest.mark.parametrize(("typed", "found"), [("dana", 1), ("0111", 1), ("(415) 555-0111", 1), ("nobody", 0), ("%", 0)])
async def test_a_name_or_part_of_a_number_finds_a_conversation(db, org, typed, found):
    conversation = await hear(org)
    with org.scope():
        async with unit_of_work() as session:
            await contacts.rename(session, conversation.contact_id, "Dana Ruiz")
            page = await conversations.page(session, org.owner.user_id, ListFilter(search=typed))
    assert len(page.rows) == found


async def test_views_show_what_they_say(db, org, member):
    first, second = await hear(org), await hear(org, phone="+14155550112")
    with org.scope():
        async with unit_of_work() as session:
            await conversations.assign(session, first.id, org.owner.user_id, member)
            await conversations.mark_read(session, second.id, org.owner.user_id)

            async def ids(view: str) -> list[str]:
                page = await conversations.page(session, org.owner.user_id, ListFilter(view=view))
                return [row["id"] for row in page.rows]

            assert await ids("mine") == [str(first.id)]
            assert await ids("unassigned") == [str(second.id)]
            assert await ids("unread") == [str(first.id)]


async def reply(session, conversation, member, body):
    """Let a teammate write and return the record the message points at."""
    record = new_id()
    await conversations.append(
        session,
        conversation,
        kind=ItemKind.MESSAGE,
        author=member,
        body=body,
        channel="sms",
        direction=Direction.OUTBOUND,
        status="queued",
        record_id=record,
    )
    return record


async def test_list_shows_that_the_newest_message_failed_whatever_happened_after_it(db, org, member):
    conversation = await hear(org)
    with org.scope():
        async with unit_of_work() as session:
            locked = await conversations.locked(session, conversation.id)
            record = await reply(session, locked, member, "We are closed on Sunday.")
            await conversations.note_event(session, locked, "Ana took over")
            await conversations.update_item(session, record, status="undelivered")
        async with unit_of_work() as session:
            [row] = (await conversations.page(session, org.owner.user_id)).rows
    assert row["last_status"] == "undelivered"


async def test_late_news_of_an_older_message_leaves_the_list_as_it_is(db, org, member):
    conversation = await hear(org)
    with org.scope():
        async with unit_of_work() as session:
            locked = await conversations.locked(session, conversation.id)
            older = await reply(session, locked, member, "We are closed on Sunday.")
            await reply(session, locked, member, "On Monday we open at nine.")
            await conversations.update_item(session, older, status="undelivered")
        async with unit_of_work() as session:
            [row] = (await conversations.page(session, org.owner.user_id)).rows
    assert row["last_status"] == "queued"
