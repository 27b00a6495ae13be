"""A customer's text: stored once, words of leaving first, and whoever should answer is asked."""

import pytest
from sqlalchemy import text as sql

from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core.tenancy import platform_scope, unit_of_work
from backend.messaging import inbound, intake
from backend.messaging import service as messaging
from backend.models.numbers import ServiceNumber
from backend.models.organizations import Organization
from backend.vocab import AnswerMode, AuthorKind
from tests.backend.messaging.conftest import SHOP

AGENT = Author(AuthorKind.AGENT, "Ava")


async def conversation_of(session, line):
    contact = await contacts.ensure_by_phone(session, line.customer)
    return await conversations.for_contact(session, contact.id)


async def test_a_text_becomes_one_row_one_item_and_one_job_for_the_agent(line, jobs_waiting):
    assert await line.receive("Are you open?") == "to_agent"
    [text] = await line.texts()
    assert (text.direction, text.content, text.status) == ("inbound", "Are you open?", "received")
    [item] = await line.timeline()
    assert (item["body"], item["record_id"], item["author_kind"]) == ("Are you open?", str(text.id), "contact")
    assert item["data"]["segments"] == 1
    [(_, asked)] = await jobs_waiting("agents.answer_text")
    assert asked == {"org_id": str(line.org.org_id), "message_id": str(text.id)}


async def test_a_repeated_webhook_is_stored_and_handled_once(line, jobs_waiting):
    event_id = await line.store("Hello", sid="SM1")
    await line.store("Hello", sid="SM1")
    assert len(await jobs_waiting("messaging.receive_text")) == 1
    await inbound.receive(event_id)
    await inbound.receive(event_id)
    assert len(await line.texts()) == 1
    assert len(await jobs_waiting("agents.answer_text")) == 1


async def test_no_backlog_of_ours_goes_before_what_customers_write(line):
    await line.receive("Are you open?")
    with line.org.scope():
        async with unit_of_work() as session:
            conversation = await conversation_of(session, line)
            await messaging.queue_text(session, conversation, line.number, "Yes.", AGENT)
            many = {"purpose": "service", "created_via": "api"}
            await messaging.queue_text(session, conversation, line.number, "New prices!", AGENT, **many)
    await line.store("STOP")
    with platform_scope("look at the queue for a test"):
        async with unit_of_work() as session:
            payload = {"MessageSid": "SM9", "From": line.customer, "To": SHOP, "MessageStatus": "sent"}
            await intake.store(session, intake.WebhookKind.STATUS, payload)
            found = await session.execute(
                sql("select task_name from procrastinate_jobs where status = 'todo' order by priority desc, id")
            )
    assert [row.task_name for row in found][-5:] == [
        "messaging.receive_text",
        "messaging.deliver_text",
        "messaging.apply_status",
        "agents.answer_text",
        "messaging.deliver_text",
    ]


async def test_a_text_to_a_number_nobody_owns_is_noted_and_nothing_else(line):
    assert await line.receive("Hello", To="+12125550199") == "unknown_number"
    assert await line.texts() == []


async def test_a_text_to_a_number_that_is_off_is_kept_and_not_answered(line, jobs_waiting):
    with line.org.scope():
        async with unit_of_work() as session:
            (await session.get(ServiceNumber, line.number.id)).is_active = False
    assert await line.receive("Hello") == "number_inactive"
    assert len(await line.texts()) == 1
    assert await jobs_waiting("agents.answer_text") == []


@pytest.mark.parametrize("sender", [" ", "\x01", "?" * 300])
async def test_a_sender_that_says_nothing_is_kept_as_well(line, sender):
    assert await line.receive("Hello", sender=sender) == "from_machine"
    assert len(await line.texts()) == 1


@pytest.mark.parametrize("body", ["Hello", "STOP", "HELP"])
@pytest.mark.parametrize("has_agent", [True, False])
async def test_a_number_that_texts_itself_is_kept_and_not_answered(db, make_line, jobs_waiting, body, has_agent):
    line = await make_line(has_agent=has_agent)
    assert await line.receive(body, sender=line.number.phone_number) == "from_itself"
    assert [text.direction for text in await line.texts()] == ["inbound"]
    assert await jobs_waiting("agents.answer_text") == []


async def test_a_number_without_an_agent_answers_once_ever_and_calls_people(line, jobs_waiting):
    with line.org.scope():
        async with unit_of_work() as session:
            (await session.get(ServiceNumber, line.number.id)).text_agent_id = None
    assert await line.receive("Hello") == "no_agent"
    [sent] = await line.texts("outbound")
    assert sent.content == inbound.NOBODY_ASSIGNED
    row = await line.row()
    assert row["needs_person"]
    assert await line.receive("Anybody?") == "people_answer"
    with line.org.scope():
        async with unit_of_work() as session:
            conversation = await conversation_of(session, line)
            await conversations.set_answer_mode(
                session, conversation.id, AnswerMode.AI, Author(AuthorKind.MEMBER, "Ana", line.org.owner.user_id)
            )
    assert await line.receive("Hello again") == "no_agent"
    assert len(await line.texts("outbound")) == 1


async def test_while_people_answer_the_agent_is_not_asked(line, jobs_waiting):
    await line.receive("Hello")
    with line.org.scope():
        async with unit_of_work() as session:
            conversation = await conversation_of(session, line)
            await conversations.take_over(
                session, conversation.id, Author(AuthorKind.MEMBER, "Ana", line.org.owner.user_id)
            )
    assert await line.receive("Are you there?") == "people_answer"
    assert len(await jobs_waiting("agents.answer_text")) == 1


async def test_the_same_words_a_third_time_stop_the_agent_and_call_people(line, jobs_waiting):
    assert [await line.receive("I am out of office") for _ in range(3)] == ["to_agent", "to_agent", "loop"]
    assert (await line.row())["needs_person"]
    assert any("another machine" in item["body"] for item in await line.timeline())


async def test_nine_automatic_replies_in_two_minutes_stop_the_agent(line):
    await line.receive("Hello")
    with line.org.scope():
        async with unit_of_work() as session:
            conversation = await conversation_of(session, line)
            for number in range(9):
                await messaging.queue_text(
                    session, conversation, line.number, f"Reply {number}", Author(AuthorKind.AGENT, "Ava"), is_ai=True
                )
    assert await line.receive("Another question") == "loop"


@pytest.mark.parametrize(("balance", "outcome"), [(-49_999_999, "to_agent"), (-50_000_000, "no_balance")])
async def test_the_agent_answers_down_to_the_overdraft(line, balance, outcome):
    with line.org.scope():
        async with unit_of_work() as session:
            (await session.get(Organization, line.org.org_id)).balance_micros = balance
    assert await line.receive("Hello") == outcome
    assert (await line.row())["needs_person"] == (outcome == "no_balance")


async def test_markup_and_sql_are_words_like_any_other(line):
    nasty = "'); drop table contacts; -- <script>alert(1)</script> \U0001f600 {{contact.name}} %s \\"
    assert await line.receive(nasty) == "to_agent"
    [text] = await line.texts()
    assert text.content == nasty
    assert (await line.timeline())[0]["body"] == nasty


async def test_two_businesses_do_not_see_each_others_texts(line, make_line):
    other = await make_line("+12125550147", name="South Vets")
    await line.receive("For the dentist")
    await other.receive("For the vet")
    assert [text.content for text in await line.texts()] == ["For the dentist"]
    assert [text.content for text in await other.texts()] == ["For the vet"]
