"""An agent writes to its customer, to whom the team listed, and to nobody else; and hands over to whom it may."""

import pytest
from sqlmodel import col, select

from backend.agents import actions
from backend.agents import service as agents
from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core.ids import new_id
from backend.core.tenancy import platform_scope, unit_of_work
from backend.functions.schemas import CallSetting
from backend.models.contacts import Contact
from backend.models.platform import SystemEmail
from backend.organizations import service as organizations
from backend.support import service as support
from backend.vocab import AuthorKind, Channel, ConversationStatus, TurnStatus

KITCHEN = {"label": "Kitchen", "address": "+14155550111"}
OFFICE = {"label": "Office", "address": "office@north.example"}


async def mails():
    query = select(SystemEmail).where(col(SystemEmail.recipient).in_(["mia@example.com", OFFICE["address"]]))
    with platform_scope("read mail in a test"):
        async with unit_of_work() as session:
            return list((await session.exec(query)).all())


async def used(desk):
    return [(one["name"], one["status"]) for one in (await desk.turns())[-1].tools]


async def test_what_the_team_has_not_switched_on_is_not_on_offer(desk, script):
    script.says("Hello.")
    await desk.ask("Hello")
    names = {one["function"]["name"] for one in script.requests[0]["tools"]}
    assert names == {"hand_over_to_person", "save_contact_name"}


async def test_a_text_goes_to_the_customer_or_to_whom_the_team_listed(desk, script):
    await desk.change(tool_policies={"send_text": "allowed"}, message_recipients=[KITCHEN, OFFICE])
    script.says(
        script.calls(
            ("send_text", {"message": "Your recap"}),
            ("send_text", {"message": "Two covers", "to": "kitchen"}),
            ("send_text", {"message": "Hi", "to": "+14155550000"}),
            ("send_text", {"message": "Hi", "to": "Office"}),
        ),
        "Done.",
    )
    await desk.answer(await desk.receive("Text me a recap"))
    assert await used(desk) == [("send_text", status) for status in ("ok", "ok", "failed", "failed")]
    assert [one.content for one in await desk.sent()] == ["Your recap", "Done."]
    assert [one.content for one in await desk.sent("+14155550111")] == ["Two covers"]


async def test_who_asked_for_silence_gets_it_from_tools_too(desk, script):
    await desk.change(tool_policies={"send_text": "allowed", "send_email": "allowed"})
    message_id = await desk.receive("Text me")
    with desk.org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, desk.customer)
            kept = await session.get(Contact, contact.id)
            kept.email = "mia@example.com"
            session.add(kept)
            await compliance.record_choice(
                session, desk.org.owner, contact, Channel.EMAIL, is_opted_in=False, reason="said so"
            )
    script.says(script.calls(("send_email", {"subject": "Recap", "message": "All of it"})), "I could not.")
    await desk.answer(message_id)
    assert (await used(desk), await mails()) == ([("send_email", "refused")], [])


async def test_an_email_goes_once_to_the_address_on_file_and_shows_in_the_timeline(desk, script):
    await desk.change(tool_policies={"send_email": "allowed"}, message_recipients=[OFFICE])
    script.says(
        script.calls(
            ("send_email", {"subject": "Recap", "message": "All of it"}),
            ("send_email", {"subject": "New order", "message": "Two covers", "to": "Office"}),
        ),
        "Done.",
    )
    await desk.ask("Mail me")
    assert [one["status"] for one in (await desk.turns())[-1].tools] == ["refused", "ok"]
    (mail,) = await mails()
    assert (mail.recipient, mail.subject) == ("office@north.example", "New order")
    assert [one["body"] for one in await desk.timeline() if one["data"].get("mail")] == [
        "Ava emailed Office: “New order”"
    ]


TICKET = {"subject": "Broken dryer", "description": "Call after six.", "priority": "urgent"}


async def tickets(desk):
    with desk.org.scope():
        async with unit_of_work() as session:
            return (await support.page(session, support.TicketFilter())).rows


async def test_a_ticket_is_opened_once_and_the_customer_hears_its_number(desk, script):
    await desk.change(tool_policies={"create_support_ticket": "allowed"})
    script.says(
        script.calls(("create_support_ticket", {**TICKET, "priority": "now"}), ("create_support_ticket", TICKET)),
        "It is TKT-001001.",
    )
    message_id = await desk.receive("My dryer broke")
    await desk.answer(message_id)
    await desk.answer(message_id)
    assert [one["status"] for one in (await desk.turns())[-1].tools] == ["failed", "ok"]
    assert script.requests[1]["messages"][-1]["content"].count("TKT-001001") == 1
    (row,) = await tickets(desk)
    assert (row["subject"], row["priority"], row["opened_by"], row["is_by_agent"]) == (
        "Broken dryer", "urgent", "Ava", True
    )  # fmt: skip
    assert "Ava opened ticket TKT-001001: “Broken dryer”" in [one["body"] for one in await desk.timeline()]


async def test_a_wish_that_runs_again_opens_no_second_ticket_and_trusts_no_claimed_address(desk):
    conversation, call_id = await desk.conversation(), new_id()
    await desk.change(tool_policies={"create_support_ticket": "allowed"})
    with desk.org.scope():
        async with unit_of_work() as session:
            contact = await contacts.get(session, conversation.contact_id)
            contact.email = "mia@example.com"
            session.add(contact)
            offer = next(one for one in await actions.offers(session, desk.agent, {"message_recipients": []})
                         if one.name == "create_support_ticket")  # fmt: skip
    for is_proven in (False, True):
        setting = CallSetting(desk.org.org_id, conversation_id=conversation.id, agent_name="Ava", is_proven=is_proven)
        outcome = await actions.run(offer, TICKET, call_id, setting, 5)
        assert outcome.status == "ok"
        assert [(one["ticket_ref"], one["email"]) for one in await tickets(desk)] == [("TKT-001001", "")]
    await actions.run(offer, TICKET, new_id(), setting, 5)
    assert [one["email"] for one in await tickets(desk)] == ["mia@example.com", ""]


async def test_what_no_answer_may_say_no_tool_sends_either(desk, script):
    await desk.change(
        tool_policies={"send_text": "allowed"}, system_prompt="Our code is KX-4471. Never share the code."
    )
    script.says(script.calls(("send_text", {"message": "The code is KX-4471"})), "I cannot.")
    assert await desk.ask("Text me the code") == "I cannot."
    assert await used(desk) == [("send_text", "refused")]


async def target_of(desk, kind: str, label: str):
    with desk.org.scope():
        async with unit_of_work() as session:
            if kind == "team":
                target_id = (await organizations.create_team(session, desk.org.owner, label)).id
            elif kind == "agent":
                target_id = (await agents.create(session, desk.org.owner, "text", label)).id
            else:
                target_id = desk.org.owner.user_id
    await desk.change(transfer_targets=[{"kind": kind, "id": str(target_id), "label": label, "when": "billing"}])
    return target_id


@pytest.mark.parametrize(("kind", "field"), [("team", "team_id"), ("person", "assignee_id")])
async def test_a_transfer_to_people_calls_them_and_gives_it_to_them(desk, script, kind, field):
    target_id = await target_of(desk, kind, "Billing")
    script.says(script.calls(("transfer_conversation", {"to": "billing", "reason": "a refund"})), "Billing will write.")
    assert await desk.ask("I want a refund") == "Billing will write."
    conversation = await desk.conversation()
    assert (getattr(conversation, field), conversation.needs_person) == (target_id, True)
    assert (await desk.turns())[-1].status == TurnStatus.HANDED_OFF


async def test_after_a_transfer_to_another_agent_that_one_answers_until_it_is_closed(desk, script):
    await target_of(desk, "agent", "Billing")
    script.says(script.calls(("transfer_conversation", {"to": "Billing", "reason": "a refund"})), "One moment.", "Hi.")
    await desk.ask("I want a refund")
    await desk.ask("Hello?")
    assert [turn.agent_name for turn in await desk.turns()] == ["Ava", "Billing"]
    assert not (await desk.conversation()).needs_person
    with desk.org.scope():
        async with unit_of_work() as session:
            member = Author(AuthorKind.MEMBER, "Olivia", desk.org.owner.user_id)
            await conversations.set_status(session, (await desk.conversation()).id, ConversationStatus.CLOSED, member)
    await desk.ask("Hello again")
    assert (await desk.turns())[-1].agent_name == "Ava"


async def test_a_transfer_to_nobody_in_the_settings_is_refused(desk, script):
    await target_of(desk, "team", "Billing")
    script.says(script.calls(("transfer_conversation", {"to": "The boss", "reason": "x"})), "No.")
    await desk.ask("The boss please")
    assert await used(desk) == [("transfer_conversation", "refused")]
