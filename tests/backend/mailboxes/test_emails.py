"""An email: stored once as plain words, believed only when proven, answered in its thread, and followed to its end."""

import base64

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.config import settings
from backend.core.errors import Invalid, Refused
from backend.core.tenancy import unit_of_work
from backend.mailboxes import service as mailboxes
from backend.mailboxes.schemas import Reach
from backend.messaging import service as messaging
from backend.models.mailboxes import EmailFile
from backend.vocab import Channel
from tests.backend.mailboxes.conftest import CUSTOMER, SIGNED, mail

QUOTING = (
    "Is the 10:00 free?\n\nOn Mon, 3 Nov 2026 at 09:00, North Dental <hello@northdental.example> wrote:\n> We are open."
)


async def waiting(session):
    found = await session.execute(text("select id from procrastinate_jobs where task_name = 'agents.answer_email'"))
    return list(found.scalars())


async def test_an_email_becomes_one_row_of_plain_words_one_line_and_one_job(desk):
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 20).decode()
    page = base64.b64encode(b"<script>alert(1)</script>").decode()
    payload = mail(
        desk.mailbox.address,
        QUOTING,
        Attachments=[
            {"Name": "../tooth.png", "ContentType": "image/png", "Content": picture},
            {"Name": "page.html", "ContentType": "image/png", "Content": page},
        ],
    )
    assert await desk.handle(payload) == "to_agent"
    assert await desk.handle({**payload, "MessageID": "again"}) == "duplicate"
    [email] = await desk.emails()
    assert (email.from_address, email.subject, email.is_proven) == (CUSTOMER, "Opening hours", True)
    assert email.body_text == QUOTING
    [item] = await desk.timeline()
    assert (item["body"], item["channel"], item["author_name"]) == ("Is the 10:00 free?", "email", "Dana Reyes")
    assert item["data"]["quoted"].startswith("On Mon, 3 Nov")
    assert [(one["name"], one["status"]) for one in item["data"]["media"]] == [
        ("tooth.png", "kept"),
        ("page.html", "failed"),
    ]
    with desk.org.scope():
        async with unit_of_work() as session:
            assert len(await waiting(session)) == 1
            kept = (await session.exec(select(EmailFile).order_by(col(EmailFile.position)))).all()
    assert [bool(one.path) for one in kept] == [True, False]


async def test_an_email_to_nobody_is_noted_and_nothing_else(desk):
    assert await desk.handle(mail("someone@mail.magpipe.example", "Hello")) == "unknown_mailbox"
    assert await desk.emails() == []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Spam-Tests": "DKIM_SIGNED,DKIM_VALID,SPF_PASS"},
        {"Received-SPF": "pass (forwarder) envelope-from=someone@elsewhere.example"},
        {"Received-SPF": "softfail envelope-from=dana@customer.example"},
    ],
)
async def test_an_address_is_believed_only_when_its_domain_vouches_for_it(desk, headers):
    await desk.receive("Where do I live?", headers=headers)
    [email] = await desk.emails()
    [item] = await desk.timeline()
    assert (email.is_proven, item["data"]["is_unverified"]) == (False, True)


async def test_a_second_header_of_proof_proves_nothing(desk):
    twice = [{"Name": "X-Spam-Tests", "Value": value} for value in SIGNED.values() for _ in range(2)]
    await desk.receive("Hello", Headers=[{"Name": "Message-ID", "Value": "<a@b.example>"}, *twice])
    assert [one.is_proven for one in await desk.emails()] == [False]


async def test_what_somebody_unproven_writes_is_a_thread_of_its_own(desk):
    await desk.receive("My code is 1234")
    [first] = await desk.emails()
    await desk.receive("What is my code?", headers={"In-Reply-To": first.message_id, "Message-ID": "<x@y.example>"})
    one, other = await desk.emails()
    assert one.thread_id != other.thread_id


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X-Auto-Response-Suppress": "All"},
        {"List-Id": "<news.example>"},
        {"Return-Path": "<>"},
    ],
)
async def test_what_a_machine_writes_is_kept_and_not_answered(desk, headers):
    assert (
        await desk.receive("Out of office", headers={**SIGNED, "Message-ID": "<a@b.example>", **headers})
        == "from_machine"
    )
    [item] = await desk.timeline()
    assert item["data"]["not_answered"]


@pytest.mark.parametrize("sender", ["mailer-daemon@host.example", "no-reply@shop.example"])
async def test_a_machines_address_is_not_answered(desk, sender):
    assert await desk.receive("Hello", sender=sender, FromFull={"Email": sender, "Name": ""}) == "from_machine"


async def test_mail_from_a_mailbox_of_ours_is_a_loop_and_goes_nowhere(desk):
    ours = desk.mailbox.address
    assert await desk.receive("Hello", FromFull={"Email": ours, "Name": ""}) == "from_itself"
    assert await desk.emails() == []


async def test_two_machines_that_answer_each_other_are_stopped(desk, sandbox):
    for turn in range(9):
        assert await desk.receive(f"Thanks for number {turn}") == "to_agent"
        await desk.answer()
    assert await desk.receive("Thanks again") == "loop"
    assert [item["kind"] for item in await desk.timeline()][-1] == "event"


async def test_the_agent_answers_in_the_thread_once(desk, sandbox):
    await desk.receive("When are you open?")
    await desk.answer()
    await desk.answer()
    sent = await desk.deliver()
    [asked] = await desk.emails("inbound")
    assert (sent.status, sent.subject, sent.thread_id) == ("sent", "Re: Opening hours", asked.thread_id)
    token = settings().postmark_server_token.get_secret_value()
    where = f"/messages/outbound/{sent.vendor_id}/details"
    kept = (await sandbox.client.get(where, headers={"x-postmark-server-token": token})).json()
    assert kept["Metadata"]["reference"].startswith(str(sent.id))
    await desk.deliver()
    assert len(await desk.emails("outbound")) == 1
    assert await desk.report(sent, "Delivery") == "applied"
    assert [one.status for one in await desk.emails("outbound")] == ["delivered"]


async def test_a_draft_leaves_when_a_person_approves_it_and_once(db, make_desk, sandbox):
    desk = await make_desk("draft")
    await desk.receive("When are you open?")
    await desk.answer()
    assert await desk.emails("outbound") == []
    draft = (await desk.timeline())[-1]
    assert (draft["kind"], draft["status"], draft["data"]["subject"]) == ("draft", "pending", "Re: Opening hours")
    with desk.org.scope():
        async with unit_of_work() as session:
            [asked] = await desk.emails()
            for _ in range(2):
                sent = await mailboxes.approve_draft(
                    session, desk.org.owner, asked.conversation_id, draft["seq"], "We open at nine."
                )
    assert [one.id for one in await desk.emails("outbound")] == [sent.id]
    assert (sent.body_text, sent.to_addresses, sent.is_ai_generated) == ("We open at nine.", [CUSTOMER], False)


async def test_a_mailbox_that_is_off_leaves_its_mail_to_people(db, make_desk):
    assert await (await make_desk("off")).receive() == "mailbox_off"


@pytest.mark.parametrize("record", ["Bounce", "SpamComplaint"])
async def test_an_address_that_is_gone_or_complains_gets_no_more(desk, sandbox, record):
    await desk.receive("When are you open?")
    await desk.answer()
    sent = await desk.deliver()
    assert await desk.report(sent, record, Type="HardBounce" if record == "Bounce" else "SpamComplaint") == "opted_out"
    [ours] = await desk.emails("outbound")
    assert ours.status == ("undelivered" if record == "Bounce" else "sent")
    with desk.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(Refused):
                await mailboxes.send_from_person(session, desk.org.owner, sent.conversation_id, "Hello again")


async def test_a_passing_bounce_does_not_opt_out_and_can_be_sent_again(desk, sandbox):
    await desk.receive("When are you open?")
    await desk.answer()
    sent = await desk.deliver()
    assert await desk.report(sent, "Bounce", Type="SoftBounce") == "applied"
    with desk.org.scope():
        async with unit_of_work() as session:
            await mailboxes.retry_failed(session, desk.org.owner, sent.id)
    again = await desk.deliver()
    assert again.status == "sent"
    assert again.vendor_id != sent.vendor_id


async def test_a_word_of_leaving_opts_out_of_emails_alone(desk):
    assert await desk.receive("Unsubscribe") == "keyword"
    with desk.org.scope():
        async with unit_of_work() as session:
            contact, _ = await contacts.ensure_by_email(session, CUSTOMER)
            verdict = await compliance.may_contact(session, contact, Channel.EMAIL, "reply", clock.now(), sender="")
    assert (verdict.allowed, verdict.code) == (False, "opted_out")
    assert "Opted out of emails" in (await desk.timeline())[-1]["body"]


async def test_a_person_answers_the_thread_or_begins_another(desk):
    await desk.receive("When are you open?")
    [asked] = await desk.emails()
    with desk.org.scope():
        async with unit_of_work() as session:
            write = mailboxes.send_from_person
            reply = await write(session, desk.org.owner, asked.conversation_id, "At nine.", client_key="1")
            same = await write(session, desk.org.owner, asked.conversation_id, "At nine.", client_key="1")
            other = await write(
                session, desk.org.owner, asked.conversation_id, "Pay.", subject="Your bill\r\nBcc: x@y.z"
            )
    assert same.id == reply.id
    assert (reply.subject, reply.in_reply_to) == ("Re: Opening hours", asked.message_id)
    assert (other.subject, other.in_reply_to) == ("Your bill Bcc: x@y.z", "")
    assert other.thread_id != asked.thread_id


async def test_a_persons_email_carries_their_files_and_a_repeat_sends_them_once(desk, sandbox):
    await desk.receive("May I see the plan?")
    [asked] = await desk.emails()
    content = b"%PDF-1.7 the plan"
    with desk.org.scope():
        async with unit_of_work() as session:
            owner, where = desk.org.owner, asked.conversation_id
            chosen = await messaging.accept_file(session, owner, where, "../Plan für März.pdf", content)
            write = mailboxes.send_from_person
            sent = await write(session, owner, where, "Here it is.", client_key="1", file_ids=[chosen.id])
            same = await write(session, owner, where, "Here it is.", client_key="1", file_ids=[chosen.id])
            with pytest.raises(Invalid):
                await write(session, owner, where, "Again.", client_key="2", file_ids=[chosen.id])
    assert same.id == sent.id
    [line] = [one for one in await desk.timeline() if one["record_id"] == str(sent.id)]
    assert line["data"]["media"][0]["name"] == "Plan für März.pdf"
    sent = await desk.deliver()
    kept = await sandbox.client.get(f"/mailbox/{sent.vendor_id}/files/0")
    assert (kept.content, kept.headers["content-type"]) == (content, "application/pdf")


async def test_an_email_whose_file_is_gone_fails_and_says_why(desk, sandbox):
    await desk.receive("May I see the plan?")
    [asked] = await desk.emails()
    with desk.org.scope():
        async with unit_of_work() as session:
            owner, where = desk.org.owner, asked.conversation_id
            chosen = await messaging.accept_file(session, owner, where, "plan.pdf", b"%PDF-1.7")
            (settings().media_dir / chosen.path).unlink()
            await mailboxes.send_from_person(session, owner, where, "Here it is.", file_ids=[chosen.id])
    failed = await desk.deliver()
    assert (failed.status, failed.error_code) == ("failed", "file_gone")


async def test_people_may_write_first_to_an_address_while_a_mailbox_is_on(desk):
    with desk.org.scope():
        async with unit_of_work() as session:
            contact, _ = await contacts.ensure_by_email(session, CUSTOMER)
            conversation = (await conversations.for_contact(session, contact.id)).id
            assert await mailboxes.reach_of(session, conversation) == Reach("", "off")
            # Who has neither name nor number is called by their address.
            assert (await conversations.row(session, conversation)).row["phone_display"] == CUSTOMER
            with pytest.raises(Invalid):
                await mailboxes.send_from_person(session, desk.org.owner, conversation, "It is ready.")
            write = mailboxes.send_from_person
            sent = await write(session, desk.org.owner, conversation, "It is ready.", subject="Your bill")
    assert (sent.to_addresses, sent.subject, sent.in_reply_to) == ([CUSTOMER], "Your bill", "")
    await desk.receive()
    with desk.org.scope():
        async with unit_of_work() as session:
            assert await mailboxes.reach_of(session, conversation) == Reach("Re: Opening hours", "auto")
    await desk.change(is_active=False)
    with desk.org.scope():
        async with unit_of_work() as session:
            assert await mailboxes.reach_of(session, conversation) is None


async def test_the_test_that_comes_back_forwarded_verifies_the_mailbox(desk):
    with desk.org.scope():
        async with unit_of_work() as session:
            token = (await mailboxes.test(session, desk.org.owner, desk.mailbox.id)).test_token
    wrong = await desk.receive("A test", Subject="Fwd: Forwarding test 00000000")
    assert (wrong, await desk.receive("A test", Subject=f"Forwarding test {token}")) == ("to_agent", "test")
    with desk.org.scope():
        async with unit_of_work() as session:
            found = await mailboxes.of_agent(session, desk.agent.id)
    assert found.verified_at is not None
    assert len(await desk.emails()) == 1
