"""People hear of what they asked to hear of, once, where they asked, and with what they chose to have in it."""

import pytest
from sqlmodel import select

from backend.agents import service as agents
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core.errors import Invalid, LimitReached, NotFound
from backend.core.ids import new_id
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.messaging import SmsMessage
from backend.models.numbers import ServiceNumber
from backend.models.platform import SystemEmail
from backend.notifications import service as notifications
from backend.notifications import telling
from backend.vocab import AuthorKind, Channel, Direction, ItemKind

PHONE = "+14155550171"


@pytest.fixture
async def agent(db, org):
    with org.scope():
        async with unit_of_work() as session:
            made = await agents.create(session, org.owner, "text", "Ava")
            session.add(ServiceNumber(org_id=org.org_id, phone_number="+14155550135", text_agent_id=made.id))
            return made


async def wish(org, channel="email", agent_id=None, **changes):
    with org.scope():
        async with unit_of_work() as session:
            return await notifications.change_wishes(session, org.owner, agent_id, channel, **changes)


async def happens(org, kind="new_message", author=AuthorKind.CONTACT, agent=None, author_id=None):
    """Let something happen in a conversation, and tell of it as the job does."""
    with org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, "+14155550199")
            contact.name = "Dana Ruiz"
            conversation = await conversations.for_contact(session, contact.id)
            if agent is not None:
                conversation.agent_id = agent.id
            item = await conversations.append(
                session,
                conversation,
                kind=ItemKind.MESSAGE,
                author=Author(author, "x", author_id or contact.id),
                body="Are you open?",
                channel=Channel.SMS,
                direction=Direction.INBOUND if author == AuthorKind.CONTACT else Direction.OUTBOUND,
            )
        for _ in range(2):
            await telling.tell(kind, conversation.id, item.seq)
    return conversation.id


async def mails(address):
    with platform_scope("look in a test"):
        async with unit_of_work() as session:
            return (await session.exec(select(SystemEmail).where(SystemEmail.recipient == address))).all()


async def texts(org, to=PHONE):
    with org.scope():
        async with unit_of_work() as session:
            return (await session.exec(select(SmsMessage).where(SmsMessage.recipient_number == to))).all()


async def test_nobody_is_told_who_asked_for_nothing(agent, org):
    await happens(org)
    assert await mails(org.owner.email) == []


async def test_a_message_is_mailed_once_with_a_link_to_its_conversation(agent, org):
    await wish(org, enabled=True, inbound_messages=True)
    conversation_id = await happens(org, agent=agent)
    (mail,) = await mails(org.owner.email)
    assert mail.subject == "New message from Dana Ruiz"
    assert f"/inbox/{conversation_id}" in mail.text_body
    assert "Are you open?" in mail.text_body
    assert "Agent: Ava" in mail.text_body


async def test_a_text_goes_to_the_number_that_was_given_and_sets_off_no_further_notice(agent, org):
    await wish(org, "sms", enabled=True, all_messages=True, address="(415) 555-0171")
    await happens(org)
    (sent,) = await texts(org)
    assert sent.content.startswith("New message from Dana Ruiz: ")


@pytest.mark.parametrize(
    ("wishes", "kind", "is_told"),
    [
        ({"inbound_messages": True}, "new_message", True),
        ({"all_messages": True}, "new_message", True),
        ({"needs_person": True}, "new_message", False),
        ({"inbound_messages": True}, "outbound_message", False),
        ({"all_messages": True}, "outbound_message", True),
        ({"needs_person": True}, "needs_person", True),
        ({"needs_person": False, "all_messages": True}, "needs_person", False),
        ({"needs_person": True}, "needs_approval", True),
        ({"needs_person": False}, "new_ticket", True),
        ({"needs_person": True, "tickets": False}, "new_ticket", False),
        ({"enabled": False, "all_messages": True}, "new_message", False),
    ],
)
async def test_each_switch_tells_of_its_own_occasions(agent, org, wishes, kind, is_told):
    await wish(org, **{"enabled": True, **wishes})
    await happens(org, kind)
    assert bool(await mails(org.owner.email)) is is_told


async def test_an_agents_own_settings_go_before_the_defaults(agent, org):
    await wish(org, enabled=True, inbound_messages=True)
    own = await wish(org, agent_id=agent.id, enabled=False)
    assert (own["is_own"], own["email"]["inbound_messages"]) == (True, True)
    await happens(org, agent=agent)
    assert await mails(org.owner.email) == []
    with org.scope():
        async with unit_of_work() as session:
            back = await notifications.follow_defaults(session, org.owner, agent.id)
    assert (back["is_own"], back["email"]["enabled"]) == (False, True)
    await happens(org, agent=agent)
    assert len(await mails(org.owner.email)) == 1


@pytest.mark.parametrize("has_answered", [False, True])
async def test_the_first_thing_an_agent_does_is_told_by_its_settings_whether_it_has_answered_or_not(
    agent, org, has_answered
):
    """A ticket, an approval, or a person called for: the job may run before the agent's first answer or after."""
    await wish(org, agent_id=agent.id, enabled=True)
    with org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, "+14155550199")
            conversation = await conversations.for_contact(session, contact.id)
            [number] = await agents.numbers_served(session, agent.id)
            text = SmsMessage(
                org_id=org.org_id,
                conversation_id=conversation.id,
                contact_id=contact.id,
                number_id=number.id,
                direction="inbound",
                sender_number="+14155550199",
                recipient_number=number.phone_number,
                content="Help",
            )
            session.add(text)
            await session.flush()
            await conversations.append(
                session,
                conversation,
                kind=ItemKind.MESSAGE,
                author=Author(AuthorKind.CONTACT, "", contact.id),
                body="Help",
                channel=Channel.SMS,
                direction=Direction.INBOUND,
                record_id=text.id,
            )
            told = [
                ("new_ticket", await conversations.note_event(session, conversation, "Opened", agent_id=str(agent.id))),
                ("needs_person", await conversations.note_event(session, conversation, "Handed to the team")),
            ]
            conversation.agent_id = agent.id if has_answered else None
            session.add(conversation)
        for kind, item in told:
            await telling.tell(kind, conversation.id, item.seq)
    mailed = await mails(org.owner.email)
    assert sorted(one.text_body.splitlines()[0] for one in mailed) == ["Agent: Ava", "Agent: Ava"]


async def test_whoever_wrote_it_is_not_told(agent, org):
    await wish(org, enabled=True, all_messages=True)
    await happens(org, "outbound_message", AuthorKind.MEMBER, author_id=org.owner.user_id)
    assert await mails(org.owner.email) == []


async def test_a_notice_holds_only_what_was_chosen(agent, org):
    await wish(org, enabled=True, inbound_messages=True, contents=["agent"], prefix="[desk]")
    await happens(org, agent=agent)
    (mail,) = await mails(org.owner.email)
    assert mail.subject == "[desk] New message from a customer"
    assert "Are you open" not in mail.text_body
    assert "Dana" not in mail.text_body


async def test_a_mail_goes_to_another_address_when_one_is_set(agent, org):
    address = f"desk.{new_id().hex[-8:]}@example.com"
    await wish(org, enabled=True, inbound_messages=True, address=address)
    await happens(org)
    assert len(await mails(address)) == 1


async def test_a_flood_is_held_back(agent, org, monkeypatch):
    monkeypatch.setattr(telling, "MOST_AN_HOUR", 3)
    await wish(org, enabled=True, inbound_messages=True)
    for _ in range(4):
        await happens(org)
    assert len(await mails(org.owner.email)) == 2


@pytest.mark.parametrize(
    ("channel", "changes", "field"),
    [
        ("push", {"enabled": True}, "channel"),
        ("sms", {"enabled": True}, "address"),
        ("sms", {"address": "12"}, "address"),
        ("email", {"address": "not an address"}, "address"),
        ("email", {"address": "a@b.example\nBcc: x@y.example"}, "address"),
        ("email", {"enabled": "yes"}, "enabled"),
        ("email", {"contents": ["secrets"]}, "contents"),
        ("email", {"prefix": "x" * 121}, "prefix"),
        ("email", {"user_id": "x"}, "user_id"),
    ],
)
async def test_bad_settings_are_refused_by_field(agent, org, channel, changes, field):
    with pytest.raises(Invalid) as refused:
        await wish(org, channel, **changes)
    assert refused.value.field == field


async def test_another_organizations_agent_has_no_settings(agent, org, make_org):
    stranger = await make_org("Elsewhere")
    with pytest.raises(NotFound):
        await wish(stranger, agent_id=agent.id, enabled=True)


async def test_tests_are_bounded_and_say_where_they_go(agent, org):
    with org.scope():
        async with unit_of_work() as session:
            assert await notifications.send_test(session, org.owner, None, "email") == org.owner.email
            with pytest.raises(Invalid):
                await notifications.send_test(session, org.owner, None, "sms")
            with pytest.raises(LimitReached):
                for _ in range(6):
                    await notifications.send_test(session, org.owner, None, "email")
        await telling.send_test(org.owner.user_id, "email", org.owner.email, "one")
    (mail,) = await mails(org.owner.email)
    assert mail.subject == "A test from Magpipe"
