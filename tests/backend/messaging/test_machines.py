"""Texts of short codes and sender names are kept and shown; no agent answers them, and no opt-out rule applies."""

import pytest

from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core.errors import Invalid, Refused
from backend.core.tenancy import unit_of_work
from backend.messaging import delivery
from backend.messaging import service as messaging
from backend.vocab import AnswerMode, AuthorKind
from tests.backend.messaging.test_delivery import at_carrier, reload, unlike

CODE = "Your code is 123456"


async def write_back(line, recipient, body="Thanks"):
    with line.org.scope():
        async with unit_of_work() as session:
            return await messaging.send_from_person(
                session,
                line.org.owner,
                sender_number=line.number.phone_number,
                recipient_number=recipient,
                body=body,
            )


@pytest.mark.parametrize("sender", ["72975", "123", "12345678", "BANK", "My Bank 24", "1800FLOWERS"])
async def test_a_machines_text_is_kept_under_its_own_name_and_not_answered(line, jobs_waiting, sender):
    assert await line.receive(CODE, sender=sender) == "from_machine"
    [text] = await line.texts()
    assert (text.sender_number, text.content, text.status) == (sender, CODE, "received")
    row = await line.row()
    assert (row["phone"], row["phone_display"], row["preview"], row["unread"]) == (sender, sender, CODE, 1)
    assert not row["needs_person"]
    message, event = await line.timeline()
    assert (message["author_name"], message["body"]) == (sender, CODE)
    assert "machine" in event["body"]
    assert await jobs_waiting("agents.answer_text") == []


async def test_the_reason_is_told_once_and_one_sender_has_one_conversation(line):
    for number in range(3):
        assert await line.receive(f"Code {number}", sender="72975") == "from_machine"
    await line.receive("Hello", sender="BANK")
    with line.org.scope():
        async with unit_of_work() as session:
            assert len((await conversations.page(session, line.org.owner.user_id)).rows) == 2
            contact = await contacts.find_by_phone(session, "72975")
            found = await conversations.for_contact(session, contact.id)
            items = await conversations.timeline(session, found.id)
    assert [item["kind"] for item in items] == ["message", "event", "message", "message"]


@pytest.mark.parametrize("body", ["STOP", "HELP", "START"])
async def test_opt_out_words_of_machines_mean_nothing(line, jobs_waiting, body):
    assert await line.receive(body, sender="72975") == "from_machine"
    assert await jobs_waiting("messaging.deliver_text") == []
    with line.org.scope():
        async with unit_of_work() as session:
            assert await compliance.opt_out_state(session, line.number.phone_number, "72975") is None


async def test_a_number_without_an_agent_says_nothing_to_a_machine(make_line, db, jobs_waiting):
    line = await make_line(has_agent=False)
    assert await line.receive(CODE, sender="BANK") == "from_machine"
    assert await jobs_waiting("messaging.deliver_text") == []


async def test_handing_a_machine_to_the_agent_does_not_make_it_answer(line, jobs_waiting):
    await line.receive(CODE, sender="72975")
    with line.org.scope():
        async with unit_of_work() as session:
            contact = await contacts.find_by_phone(session, "72975")
            conversation = await conversations.for_contact(session, contact.id)
            owner = Author(AuthorKind.MEMBER, "Ana", line.org.owner.user_id)
            await conversations.set_answer_mode(session, conversation.id, AnswerMode.AI, owner)
    assert await line.receive(CODE, sender="72975") == "from_machine"
    assert await jobs_waiting("agents.answer_text") == []
    assert (await line.row())["answer_mode"] == AnswerMode.HUMAN


async def test_a_short_code_that_wrote_can_be_answered(line, sandbox):
    await line.receive("Reply YES to confirm", sender="72975")
    message = await write_back(line, "72975", body := unlike("YES"))
    assert message.recipient_number == "72975"
    await delivery.deliver(line.org.org_id, message.id, "service")
    assert (await reload(line, message)).message_sid
    assert [text["to"] for text in await at_carrier(sandbox, body)] == ["72975"]


async def test_a_short_code_nobody_heard_from_is_no_number(line):
    with pytest.raises(Invalid) as refused:
        await write_back(line, "72975")
    assert refused.value.field == "recipient_number"


async def test_a_senders_name_cannot_be_answered_and_the_reason_is_told(line, jobs_waiting):
    await line.receive(CODE, sender="BANK")
    with pytest.raises(Refused, match="cannot be answered") as refused:
        await write_back(line, "BANK")
    assert refused.value.code == "one_way_sender"
    assert await jobs_waiting("messaging.deliver_text") == []


async def test_a_machine_that_was_merged_into_a_person_does_not_silence_their_agent(line, jobs_waiting):
    await line.receive("Hello")
    await line.receive(CODE, sender="72975")
    with line.org.scope():
        async with unit_of_work() as session:
            person = await contacts.find_by_phone(session, line.customer)
            machine = await contacts.find_by_phone(session, "72975")
            await contacts.merge(session, line.org.owner, person.id, machine.id)
            before = (await conversations.for_contact(session, person.id)).answer_mode
    assert await line.receive(CODE, sender="72975") == "from_machine"
    assert (await line.texts())[-1].sender_number == "72975"
    assert (await line.row())["answer_mode"] == before


async def test_the_contact_of_a_short_code_can_be_named(line):
    await line.receive(CODE, sender="72975")
    with line.org.scope():
        async with unit_of_work() as session:
            contact = await contacts.find_by_phone(session, "72975")
            given = {"first_name": "Parcel", "last_name": "Service", "phone_number": "72975"}
            changed = await contacts.update(session, line.org.owner, contact.id, given)
    assert (changed.name, changed.phone_number) == ("Parcel Service", "72975")
