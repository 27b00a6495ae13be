"""What happened with a contact, in one order, whoever wrote it down."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.errors import Invalid
from backend.core.tenancy import unit_of_work
from backend.vocab import AuthorKind, Channel, Direction, ItemKind

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
async def dana(db, org, add):
    with clock.at(NOON):
        contact = await add(name="Dana Ruiz", phone_number="+14155550101")
    steps = (
        lambda session: contacts.update(session, org.owner, contact.id, {"company": "Ruiz & Co"}),
        lambda session: contacts.add_tags(session, org.owner, [contact.id], ["VIP"]),
        lambda session: contacts.block(session, org.owner, contact.id, "Rude"),
        lambda session: contacts.unblock(session, org.owner, contact.id),
        lambda session: contacts.record_choice(
            session, org.owner, contact.id, Channel.SMS, is_opted_in=False, reason="Asked on the phone"
        ),
    )
    with org.scope():
        for minutes, step in enumerate(steps, 1):
            with clock.at(NOON + timedelta(minutes=minutes)):
                async with unit_of_work() as session:
                    await step(session)
        with clock.at(NOON + timedelta(minutes=10)):
            async with unit_of_work() as session:
                talk = await conversations.for_contact(session, contact.id)
                await conversations.append(
                    session,
                    talk,
                    kind=ItemKind.MESSAGE,
                    author=Author(AuthorKind.CONTACT, "Dana Ruiz"),
                    body="Hello",
                    channel=Channel.SMS,
                    direction=Direction.INBOUND,
                )
    return contact


async def test_messages_changes_and_choices_stand_in_one_order(org, dana):
    with org.scope():
        async with unit_of_work() as session:
            facts = await contacts.timeline(session, dana.id)
    assert [(fact["kind"], fact["body"]) for fact in facts] == [
        ("message", "Hello"),
        ("opted_out", "Asked on the phone"),
        ("unblocked", ""),
        ("blocked", "Rude"),
        ("tagged", "VIP"),
        ("updated", "company"),
        ("created", ""),
    ]
    assert facts[1]["by"] == org.owner.name


async def test_pages_of_the_timeline_follow_each_other(org, dana):
    seen, before = [], ""
    with org.scope():
        async with unit_of_work() as session:
            while page := await contacts.timeline(session, dana.id, before, 2):
                seen += [fact["kind"] for fact in page]
                before = page[-1]["at"]
            with pytest.raises(Invalid):
                await contacts.timeline(session, dana.id, "yesterday")
    assert seen == ["message", "opted_out", "unblocked", "blocked", "tagged", "updated", "created"]
