"""A text is answered once, from what the business wrote, by the agent or by people, and never by both."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from backend.agents import answering, queries
from backend.agents import service as agents
from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock, jobs
from backend.core.errors import NotFound, Unavailable
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.messaging import service as messaging
from backend.models.agents import AgentTurn
from backend.models.messaging import SmsMessage
from backend.vocab import AnswerMode, AuthorKind, Channel, TurnStatus

HOURS = "We open Monday to Friday from 9:00 to 17:00 and on Saturday from 10:00 to 14:00."


def member(desk) -> Author:
    return Author(AuthorKind.MEMBER, desk.org.owner.name, desk.org.owner.user_id)


async def set_mode(desk, mode: AnswerMode) -> None:
    conversation = await desk.conversation()
    with desk.org.scope():
        async with unit_of_work() as session:
            await conversations.set_answer_mode(session, conversation.id, mode, member(desk))


async def test_a_text_is_answered_from_what_the_business_wrote(desk, sandbox):
    await desk.teach("Hours", HOURS)
    reply = await desk.ask("When do you open on Saturday?")
    assert "10:00" in reply
    (turn,) = await desk.turns()
    assert (turn.status, turn.reply) == (TurnStatus.ANSWERED, reply)


async def test_a_turn_keeps_its_provenance(desk, sandbox):
    await desk.teach("Hours", HOURS)
    await desk.ask("When do you open on Saturday?")
    (stored,) = await desk.turns()
    with desk.org.scope():
        async with unit_of_work() as session:
            turn = await agents.turn(session, stored.id)
    assert turn["agent_name"] == "Ava"
    assert turn["agent_version"] == 1
    assert turn["sources"][0]["title"] == "Hours"
    assert turn["sources"][0]["quote"] == HOURS
    assert HOURS in turn["prompt"]
    assert turn["attempts"][0]["error"] == ""
    assert turn["tokens_in"] > 0
    assert turn["cost_micros"] > 0
    assert turn["finished_at"]
    reply = (await desk.timeline())[-1]
    assert reply["data"]["turn_id"] == turn["id"]
    assert reply["data"]["agent_version"] == 1
    assert reply["author_kind"] == "agent"


async def test_another_organization_cannot_read_a_turn(desk, sandbox, make_org):
    await desk.ask("Hello")
    (turn,) = await desk.turns()
    stranger = await make_org("Elsewhere")
    with stranger.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await agents.turn(session, turn.id)


async def test_an_unknown_answer_is_admitted_and_flagged(desk, sandbox):
    await desk.teach("Hours", HOURS)
    await desk.ask("Do you repair helicopters?")
    (turn,) = await desk.turns()
    assert turn.is_unanswered


async def test_running_the_job_twice_answers_once(desk, script):
    message_id = await desk.receive("Hello")
    await desk.answer(message_id)
    await desk.answer(message_id)
    assert len(await desk.sent()) == 1
    assert len(script.requests) == 1


async def test_two_jobs_at_once_answer_once(open_desk, script, eventually):
    message_id = await open_desk.receive("Hello")
    go_on = threading.Event()
    script.before_answer = lambda: go_on.wait(30)
    first = asyncio.create_task(open_desk.answer(message_id))

    async def thinks() -> int:
        return len(script.requests)

    try:
        await eventually(thinks)
        with pytest.raises(Unavailable):
            await open_desk.answer(message_id)
    finally:
        go_on.set()
    await first
    assert len(await open_desk.sent()) == 1
    await open_desk.answer(message_id)
    assert len(await open_desk.sent()) == 1


async def merge_into(desk, other: str, *, holds: asyncio.Event, after: asyncio.Event) -> None:
    """Merge the customer's contact into another's, set `holds`, and commit when `after` is set."""
    with desk.org.scope():
        async with unit_of_work() as session:
            keep, drop = [await contacts.find_by_phone(session, number) for number in (other, desk.customer)]
            await contacts.merge(session, desk.org.owner, keep.id, drop.id)
            holds.set()
            await after.wait()


async def both_known(desk) -> tuple[str, UUID]:
    """Have another contact with a conversation beside the customer's; return its number and the customer's text."""
    other = "+14155550188"
    message_id = await desk.receive("Hello")
    with desk.org.scope():
        async with unit_of_work() as session:
            await conversations.for_contact(session, (await contacts.ensure_by_phone(session, other)).id)
    return other, message_id


async def test_a_text_whose_conversation_is_merged_at_that_moment_is_answered_in_the_next_run(
    open_desk, script, blocked
):
    other, message_id = await both_known(open_desk)
    holds, done = asyncio.Event(), asyncio.Event()
    merging = asyncio.create_task(merge_into(open_desk, other, holds=holds, after=done))
    await holds.wait()
    answer = asyncio.create_task(open_desk.answer(message_id))
    await blocked()
    done.set()
    await merging
    with pytest.raises(Unavailable):
        await answer
    await open_desk.answer(message_id)
    assert len(await open_desk.sent()) == 1


async def test_a_text_whose_line_has_moved_on_is_not_answered_where_it_was(desk, script):
    other, message_id = await both_known(desk)
    with desk.org.scope():
        async with unit_of_work() as session:
            person = await contacts.find_by_phone(session, other)
            item = await queries.item_of(session, desk.org.org_id, message_id)
            item.conversation_id = await conversations.of_contact(session, person.id)
    with pytest.raises(Unavailable):
        await desk.answer(message_id)
    assert (await desk.turns(), script.requests) == ([], [])


async def test_who_writes_into_a_conversation_and_who_merges_it_do_not_wait_in_a_circle(open_desk, blocked):
    other, message_id = await both_known(open_desk)
    holds, done = asyncio.Event(), asyncio.Event()
    done.set()
    with open_desk.org.scope():
        async with unit_of_work() as session:
            where = (await session.get_one(SmsMessage, message_id)).conversation_id
        async with unit_of_work() as session:
            conversation = await conversations.locked(session, where)
            merging = asyncio.create_task(merge_into(open_desk, other, holds=holds, after=done))
            await blocked()
            await messaging.queue_text(session, conversation, open_desk.number, "Hello", member(open_desk))
    await merging
    assert len(await open_desk.sent()) == 1


async def test_a_turn_whose_process_died_is_taken_over_when_its_lease_ends(desk, script):
    message_id = await desk.receive("Hello")
    with desk.org.scope():
        async with unit_of_work() as session:
            assert await answering._claim(session, message_id, Channel.SMS) is not None
    with pytest.raises(Unavailable):
        await desk.answer(message_id)
    with clock.at(clock.now() + answering.leases.LEASE + timedelta(seconds=1)):
        await desk.answer(message_id)
    assert len(await desk.sent()) == 1


async def test_a_turn_that_broke_is_taken_up_at_once(desk, script, monkeypatch):
    message_id = await desk.receive("Hello")

    async def lost(*_: object) -> None:
        raise ConnectionError("the database went away")

    with monkeypatch.context() as patched:
        patched.setattr(answering.storing, "store", lost)
        with pytest.raises(ConnectionError):
            await desk.answer(message_id)
    await desk.answer(message_id)
    assert len(await desk.sent()) == 1


async def test_each_text_of_a_burst_is_answered_once_with_what_was_said_before_it(desk, script):
    script.says("First answer.", "Second answer.", "Third answer.")
    ids = [await desk.receive(body) for body in ("one", "two", "three")]
    for message_id in ids:
        await desk.answer(message_id)
    assert [text.content for text in await desk.sent()] == ["First answer.", "Second answer.", "Third answer."]
    said = [[(line["role"], line["content"]) for line in request["messages"][1:]] for request in script.requests]
    assert said[0] == [("user", "one")]
    assert said[1] == [("user", "one"), ("assistant", "First answer."), ("user", "two")]
    assert said[2][-3:] == [("user", "two"), ("assistant", "Second answer."), ("user", "three")]


async def test_people_who_answer_keep_the_agent_silent(desk, script):
    message_id = await desk.receive("Hello")
    await set_mode(desk, AnswerMode.HUMAN)
    await desk.answer(message_id)
    assert await desk.sent() == []
    (turn,) = await desk.turns()
    assert (turn.status, turn.reason) == (TurnStatus.SKIPPED, "People answer this conversation.")
    assert script.requests == []


async def test_taking_over_while_the_agent_writes_leaves_a_draft(open_desk, script):
    message_id = await open_desk.receive("Hello")
    loop = asyncio.get_running_loop()

    def take_over() -> None:
        asyncio.run_coroutine_threadsafe(set_mode(open_desk, AnswerMode.HUMAN), loop).result(timeout=60)

    script.says("I will help you.")
    script.before_answer = take_over
    await open_desk.answer(message_id)
    assert await open_desk.sent() == []
    (turn,) = await open_desk.turns()
    assert turn.status == TurnStatus.DRAFTED
    drafts = [item for item in await open_desk.timeline() if item["kind"] == "draft"]
    assert [draft["body"] for draft in drafts] == ["I will help you."]


async def test_draft_mode_sends_nothing(desk, script):
    message_id = await desk.receive("Hello")
    await set_mode(desk, AnswerMode.DRAFT)
    script.says("May I help?")
    await desk.answer(message_id)
    assert await desk.sent() == []
    draft = (await desk.timeline())[-1]
    assert (draft["kind"], draft["body"], draft["status"]) == ("draft", "May I help?", "pending")
    (turn,) = await desk.turns()
    assert turn.status == TurnStatus.DRAFTED


async def test_an_approved_draft_is_the_reply_of_its_turn(desk, script):
    await set_mode(desk, AnswerMode.DRAFT)
    await desk.ask("Hello")
    draft = (await desk.timeline())[-1]
    conversation = await desk.conversation()
    with desk.org.scope():
        async with unit_of_work() as session:
            sent = await messaging.approve_draft(session, desk.org.owner, conversation.id, draft["seq"], draft["body"])
    (turn,) = await desk.turns()
    assert turn.reply_message_id == sent.id


async def test_a_machine_is_not_answered_and_the_turn_says_why(desk, script):
    message_id = await desk.receive("Your code is 123456")
    with desk.org.scope():
        async with unit_of_work() as session:
            (await session.get_one(SmsMessage, message_id)).sender_number = "72975"
    await desk.answer(message_id)
    assert await desk.sent() == []
    (turn,) = await desk.turns()
    assert turn.status == TurnStatus.SKIPPED
    assert "machine" in turn.reason


async def test_an_opted_out_customer_gets_silence(desk, script):
    message_id = await desk.receive("Hello")
    with desk.org.scope():
        async with unit_of_work() as session:
            await compliance.handle_keyword(session, desk.number.phone_number, desk.customer, "STOP", message_id)
    await desk.answer(message_id)
    assert await desk.sent() == []
    assert (await desk.turns())[0].status == TurnStatus.SKIPPED


async def test_an_agent_that_is_switched_off_hands_the_text_to_people(desk, script):
    await desk.change(is_active=False)
    assert await desk.ask("Hello") == ""
    conversation = await desk.conversation()
    assert conversation.needs_person
    assert conversation.answer_mode == AnswerMode.HUMAN


async def test_the_voice_agent_answers_texts_when_the_text_slot_is_empty(desk, script):
    with desk.org.scope():
        async with unit_of_work() as session:
            voice = await agents.create(session, desk.org.owner, "inbound_voice", "Vera")
            number = await session.merge(desk.number)
            number.agent_id, number.text_agent_id = voice.id, None
            session.add(number)
    await desk.ask("Hello")
    assert (await desk.turns())[0].agent_name == "Vera"


SATURDAY = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


async def test_after_hours_the_customer_is_told_once_and_each_text_is_forwarded(open_desk, script, run_jobs, sandbox):
    owner = "+14155550188"
    await open_desk.change(
        texts_schedule=OFFICE, schedule_timezone="America/New_York", after_hours_sms_forwarding=owner
    )
    with clock.at(SATURDAY):
        first = await open_desk.ask("Are you there?")
        assert await open_desk.ask("Hello?") == ""
    assert "We open on Monday at 09:00" in first
    assert [turn.reason for turn in await open_desk.turns()] == ["Outside the agent's hours."] * 2
    assert script.requests == []
    from backend.agents import after_hours

    received = [turn.trigger_message_id for turn in await open_desk.turns()]
    with open_desk.org.scope():
        for message_id in (*received, received[0]):
            await after_hours.forward(message_id, owner)
    forwarded = [text.content for text in await open_desk.sent(owner)]
    assert len(forwarded) == 2
    assert forwarded[0].startswith("After-hours text from")
    assert forwarded[0].endswith("Are you there?")


async def test_during_the_hours_the_agent_answers(desk, script):
    await desk.change(texts_schedule=OFFICE, schedule_timezone="America/New_York")
    with clock.at(MONDAY):
        assert await desk.ask("Hello") == "Yes."


async def test_the_next_closed_period_is_told_again(desk, script):
    await desk.change(texts_schedule=OFFICE, schedule_timezone="America/New_York", after_hours_message="Closed!")
    with clock.at(SATURDAY):
        assert await desk.ask("Hello") == "Closed!"
        assert await desk.ask("Hello?") == ""
    with clock.at(MONDAY + timedelta(hours=9)):
        assert await desk.ask("Hello again") == "Closed!"


async def test_a_text_that_does_not_exist_or_is_foreign_does_nothing(desk, make_org, script):
    message_id = await desk.receive("Hello")
    stranger = await make_org("Elsewhere")
    with stranger.scope():
        await answering.answer(message_id)
        await answering.answer(new_id())
        async with unit_of_work() as session:
            assert (await session.exec(select(AgentTurn))).all() == []
    assert script.requests == []


async def test_the_queue_answers_and_the_carrier_delivers(open_desk, sandbox, run_jobs):
    await open_desk.teach("Hours", HOURS)
    message_id = await open_desk.receive("When do you open on Saturday?")
    with open_desk.org.scope():
        async with unit_of_work() as session:
            arguments = {"org_id": str(open_desk.org.org_id), "message_id": str(message_id)}
            await jobs.defer(session, "agents.answer_text", lock="one conversation", **arguments)
            await jobs.defer(session, "agents.answer_text", lock="one conversation", **arguments)
    await run_jobs()
    (reply,) = await open_desk.sent()
    assert reply.message_sid
    carried = (await sandbox.client.get("/sandbox/texts", params={"from": reply.sender_number})).json()
    texts = carried["texts"] if isinstance(carried, dict) else carried
    assert [text["body"] for text in texts if text["to"] == open_desk.customer].count(reply.content) == 1


async def test_what_breaks_every_time_ends_with_a_polite_text_and_people(open_desk, script, run_jobs, monkeypatch):
    message_id = await open_desk.receive("When do you open?")

    async def broken(*_: object) -> None:
        raise ValueError("a bug in every turn")

    with monkeypatch.context() as patched:
        patched.setattr(answering.runtime, "turn", broken)
        patched.setattr(jobs.queue.tasks["agents.answer_text"].retry_strategy, "attempts", 1)
        with open_desk.org.scope():
            async with unit_of_work() as session:
                arguments = {"org_id": str(open_desk.org.org_id), "message_id": str(message_id)}
                await jobs.defer(session, "agents.answer_text", **arguments)
        await run_jobs()
    (told,) = await open_desk.sent()
    assert "member of our team" in told.content
    conversation = await open_desk.conversation()
    assert conversation.needs_person
    assert conversation.answer_mode == AnswerMode.HUMAN
    (turn,) = await open_desk.turns()
    assert turn.status == TurnStatus.HANDED_OFF
    # Neither a second run of the last resort nor a retried dead letter says anything more.
    await open_desk.answer(message_id)
    with open_desk.org.scope():
        await answering.give_up(message_id)
    assert len(await open_desk.sent()) == 1


async def test_giving_up_says_nothing_where_people_answer_already(desk, script):
    message_id = await desk.receive("Hello")
    conversation = await desk.conversation()
    with desk.org.scope():
        async with unit_of_work() as session:
            await conversations.take_over(session, conversation.id, member(desk))
        await answering.give_up(message_id)
    assert await desk.sent() == []
    (turn,) = await desk.turns()
    assert turn.status == TurnStatus.SKIPPED


async def test_giving_up_leaves_an_answered_text_alone(desk, script):
    message_id = await desk.receive("Hello")
    await desk.answer(message_id)
    with desk.org.scope():
        await answering.give_up(message_id)
    assert len(await desk.sent()) == 1
    assert not (await desk.conversation()).needs_person
