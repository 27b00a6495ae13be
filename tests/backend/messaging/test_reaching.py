"""Whom texts come from and go to when a person is blocked, deleted, or has several numbers."""

import pytest

from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.contacts.schemas import ContactFilter
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.errors import Refused
from backend.core.tenancy import unit_of_work
from backend.messaging import service as messaging
from backend.vocab import Channel

FIRST, SECOND = "+14155550111", "+14155550222"


async def contact_of(line, number):
    with line.org.scope():
        async with unit_of_work() as session:
            return await contacts.find_by_phone(session, number)


async def merged(line):
    """Let one person text from two numbers, and merge them."""
    await line.receive("From my old phone", sender=FIRST)
    await line.receive("From my new phone", sender=SECOND)
    keep, drop = await contact_of(line, FIRST), await contact_of(line, SECOND)
    with line.org.scope():
        async with unit_of_work() as session:
            await contacts.merge(session, line.org.owner, keep.id, drop.id)
    return keep


async def send(line, to, body="Hello"):
    with line.org.scope():
        async with unit_of_work() as session:
            return await messaging.send_from_person(
                session, line.org.owner, sender_number=line.number.phone_number, recipient_number=to, body=body
            )


async def test_a_blocked_persons_text_is_kept_without_answer_or_notice(line, jobs_waiting):
    await line.receive("Hello", sender=FIRST)
    contact = await contact_of(line, FIRST)
    with line.org.scope():
        async with unit_of_work() as session:
            await contacts.block(session, line.org.owner, contact.id)
            await conversations.mark_read(
                session, await conversations.of_contact(session, contact.id), line.org.owner.user_id
            )
    answers = len(await jobs_waiting("agents.answer_text"))
    assert await line.receive("Answer me!", sender=FIRST) == "blocked"
    assert await line.receive("HELP", sender=FIRST) == "blocked"
    assert len(await jobs_waiting("agents.answer_text")) == answers
    assert await line.texts("outbound") == []
    assert (await line.row())["unread"] == 0
    assert [text.content for text in await line.texts("inbound")] == ["Hello", "Answer me!", "HELP"]
    with pytest.raises(Refused) as refusal:
        await send(line, FIRST)
    assert refusal.value.code == "blocked"


async def test_a_blocked_persons_stop_is_kept_all_the_same(line):
    await line.receive("Hello", sender=FIRST)
    contact = await contact_of(line, FIRST)
    with line.org.scope():
        async with unit_of_work() as session:
            await contacts.block(session, line.org.owner, contact.id)
    await line.receive("STOP", sender=FIRST)
    with line.org.scope():
        async with unit_of_work() as session:
            state = await compliance.opt_out_state(session, line.number.phone_number, FIRST)
    assert state is not None
    assert state.is_opted_out
    assert await line.texts("outbound") == []


async def test_who_was_deleted_and_texts_is_back_with_their_conversation(line):
    await line.receive("Hello", sender=FIRST)
    contact = await contact_of(line, FIRST)
    with line.org.scope():
        async with unit_of_work() as session:
            await contacts.delete(session, line.org.owner, [contact.id])
            assert (await contacts.page(session, ContactFilter())).rows == []
    await line.receive("Still there?", sender=FIRST)
    assert [item["body"] for item in await line.timeline()] == ["Hello", "Still there?"]
    with line.org.scope():
        async with unit_of_work() as session:
            assert len((await contacts.page(session, ContactFilter())).rows) == 1


async def test_a_merged_person_is_answered_at_the_number_they_wrote_from_last(line):
    keep = await merged(line)
    await line.receive("Me again", sender=SECOND)
    assert [text.sender_number for text in await line.texts("inbound")] == [FIRST, SECOND, SECOND]
    assert (await send(line, FIRST)).recipient_number == SECOND
    await line.receive("And now from here", sender=FIRST)
    assert (await send(line, FIRST)).recipient_number == FIRST
    assert (await send(line, SECOND)).recipient_number == SECOND, "another number was chosen on purpose"
    assert {text.contact_id for text in await line.texts()} == {keep.id}


async def test_a_stop_from_one_number_of_a_merged_person_is_kept_for_that_number(line):
    keep = await merged(line)
    await line.receive("STOP", sender=SECOND)
    confirmation = (await line.texts("outbound"))[-1]
    assert confirmation.recipient_number == SECOND
    with line.org.scope():
        async with unit_of_work() as session:
            contact = await contacts.get(session, keep.id)
            for number, code in ((SECOND, "opted_out"), (FIRST, "")):
                verdict = await compliance.may_contact(
                    session,
                    contact,
                    Channel.SMS,
                    "service",
                    clock.now(),
                    sender=line.number.phone_number,
                    recipient=number,
                )
                assert verdict.code == code
