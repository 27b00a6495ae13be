"""Delivery: handed to the carrier once, whatever the carrier's answers look like, and never lost silently."""

from datetime import timedelta
from uuid import UUID

import pytest

from backend.compliance.schemas import Purpose
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.errors import Conflict, NotFound, VendorError
from backend.core.ids import new_id
from backend.core.tenancy import platform_scope, unit_of_work
from backend.messaging import delivery, queries
from backend.messaging import service as messaging
from backend.models.conversations import ConversationItem
from backend.models.messaging import SmsMessage
from backend.models.platform import InboundEvent
from backend.numbers import service as numbers
from backend.vocab import AnswerMode, AuthorKind
from backend.webhooks import service as webhooks

AGENT = Author(AuthorKind.AGENT, "Ava")


def unlike(words="Your table is ready"):
    """Return a body no other test sends: the sandbox's carrier remembers them all."""
    return f"{words} {new_id().hex}"


async def queue(line, body, **options) -> SmsMessage:
    with line.org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, line.customer)
            conversation = await conversations.for_contact(session, contact.id)
            return await messaging.queue_text(session, conversation, line.number, body, AGENT, **options)


async def deliver(line, message):
    await delivery.deliver(line.org.org_id, message.id, Purpose.REPLY)


async def reload(line, message) -> SmsMessage:
    with line.org.scope():
        async with unit_of_work() as session:
            return await queries.locked(session, line.org.org_id, message.id)


async def at_carrier(sandbox, body) -> list[dict]:
    found = (await sandbox.client.get("/sandbox/texts")).json()
    texts = found if isinstance(found, list) else found["texts"]
    return [text for text in texts if text["body"] == body]


async def report(line, message, status, *, sid="", code="", attempt="", error=""):
    """Let the carrier's status webhook arrive and be handled."""
    payload = {
        "MessageSid": sid or (await reload(line, message)).message_sid,
        "MessageStatus": status,
        "To": line.customer,
        "From": line.number.phone_number,
        "ErrorCode": code,
        "ErrorMessage": error,
        "_message": str(message.id),
        "_attempt": attempt,
    }
    with platform_scope("store a status for a test"):
        async with unit_of_work() as session:
            event = InboundEvent(source="signalwire", kind="sms.status", external_id=new_id().hex, payload=payload)
            await webhooks.store(session, event)
    await delivery.apply_status(event.id)
    with platform_scope("read an outcome for a test"):
        async with unit_of_work() as session:
            return (await webhooks.get(session, event.id)).outcome


async def faults(sandbox, *wanted):
    (await sandbox.client.put("/sandbox/faults", json=list(wanted))).raise_for_status()


async def test_a_queued_text_reaches_the_carrier_with_an_address_to_report_to(line, sandbox):
    body = unlike()
    message = await queue(line, body)
    assert (message.status, message.segments) == ("queued", 1)
    await deliver(line, message)
    stored = await reload(line, message)
    [text] = await at_carrier(sandbox, body)
    assert (text["from"], text["to"]) == (line.number.phone_number, line.customer)
    assert stored.message_sid == text["sid"]
    assert stored.status == "sending"


async def test_delivering_again_sends_nothing(line, sandbox):
    body = unlike()
    message = await queue(line, body)
    for _ in range(3):
        await deliver(line, message)
    assert len(await at_carrier(sandbox, body)) == 1


async def test_one_key_makes_one_text(line):
    first = await queue(line, "Only once", dedupe_key="turn:1")
    second = await queue(line, "Only once, says another", dedupe_key="turn:1")
    assert first.id == second.id
    assert len(await line.texts()) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"target": "signalwire.messages", "kind": "accept_then_error", "times": 1},
        {"target": "signalwire.messages", "kind": "garble", "times": 1},
    ],
)
async def test_a_text_the_carrier_took_without_saying_so_is_adopted_not_repeated(line, sandbox, fault):
    body = unlike()
    message = await queue(line, body)
    await faults(sandbox, fault)
    with pytest.raises(VendorError) as unknown:
        await deliver(line, message)
    assert unknown.value.is_retryable
    assert (await reload(line, message)).status == "sending"
    await deliver(line, message)
    [text] = await at_carrier(sandbox, body)
    assert (await reload(line, message)).message_sid == text["sid"]


async def test_a_text_the_carrier_did_not_take_is_sent_by_the_next_run(line, sandbox):
    body = unlike()
    message = await queue(line, body)
    await faults(sandbox, {"target": "signalwire.messages", "kind": "error", "status": 503, "times": 1})
    with pytest.raises(VendorError):
        await deliver(line, message)
    await deliver(line, message)
    assert len(await at_carrier(sandbox, body)) == 1


@pytest.mark.parametrize(
    "fault",
    [{"kind": "drop"}, {"kind": "error", "status": 502}, {"kind": "error", "status": 504}],
    ids=["drop", "502", "504"],
)
async def test_a_text_the_carrier_may_still_be_working_on_is_not_sent_again_before_it_has_settled(line, sandbox, fault):
    """A broken connection, or a gateway that lost patience, does not stop the work behind it."""
    body = unlike()
    message = await queue(line, body)
    await faults(sandbox, {"target": "signalwire.messages", "times": 1, **fault})
    for _ in range(2):
        with pytest.raises(VendorError) as patience:
            await deliver(line, message)
        assert (patience.value.code, patience.value.is_retryable) == ("no_answer", True)
    assert await at_carrier(sandbox, body) == []
    with clock.at(clock.now() + delivery.SETTLE):
        await deliver(line, message)
    assert len(await at_carrier(sandbox, body)) == 1


async def test_a_crash_after_sending_does_not_send_twice(line, sandbox):
    """The worker died between the carrier's yes and our note of it: the row says `sending`, without a sid."""
    body = unlike()
    message = await queue(line, body)
    await deliver(line, message)
    with line.org.scope():
        async with unit_of_work() as session:
            stored = await queries.locked(session, line.org.org_id, message.id)
            stored.message_sid, stored.status = "", "sending"
    await deliver(line, message)
    [text] = await at_carrier(sandbox, body)
    assert (await reload(line, message)).message_sid == text["sid"]


async def test_a_crash_before_sending_waits_for_the_carrier_to_settle_and_then_sends(line, sandbox):
    body = unlike()
    message = await queue(line, body)
    with line.org.scope():
        async with unit_of_work() as session:
            stored = await queries.locked(session, line.org.org_id, message.id)
            stored.status, stored.attempted_at, stored.attempts = "sending", clock.now(), 1
    with pytest.raises(VendorError) as patience:
        await deliver(line, message)
    assert patience.value.is_retryable
    assert await at_carrier(sandbox, body) == []
    with clock.at(clock.now() + delivery.SETTLE):
        await deliver(line, message)
    assert len(await at_carrier(sandbox, body)) == 1


async def test_the_same_words_to_the_same_person_are_two_texts(line, sandbox):
    """The second one's answer is lost; looking for it must not find the first."""
    body = unlike()
    first, second = await queue(line, body), await queue(line, body)
    await deliver(line, first)
    await faults(sandbox, {"target": "signalwire.messages", "kind": "accept_then_error", "times": 1})
    with pytest.raises(VendorError):
        await deliver(line, second)
    await deliver(line, second)
    sids = {text["sid"] for text in await at_carrier(sandbox, body)}
    assert len(sids) == 2
    assert {(await reload(line, one)).message_sid for one in (first, second)} == sids


async def test_a_refusal_of_the_carrier_is_final_and_said_in_words(line, sandbox):
    line.customer = "+14155550198"
    with line.org.scope():
        async with unit_of_work() as session:
            number = await session.merge(line.number)
            number.phone_number = "+12125550100"  # not a number of the carrier account
            line.number = number
    message = await queue(line, unlike())
    await deliver(line, message)
    stored = await reload(line, message)
    assert (stored.status, stored.error_code) == ("failed", "21606")
    assert "cannot send texts" in stored.error_message
    [item] = await line.timeline()
    assert (item["status"], item["data"]["error"]) == ("failed", stored.error_message)


async def test_a_carrier_that_stays_down_fails_the_text_in_words_and_a_retry_sends_it(line, sandbox):
    body = unlike()
    message = await queue(line, body)
    await faults(sandbox, {"target": "*", "kind": "error", "status": 503})
    for _ in range(delivery.MAX_ATTEMPTS):
        with pytest.raises(VendorError):
            await deliver(line, message)
    await deliver(line, message)
    failed = await reload(line, message)
    assert failed.status == "failed"
    assert "later" in failed.error_message
    await faults(sandbox)
    with line.org.scope():
        async with unit_of_work() as session:
            assert (await messaging.retry_failed(session, line.org.owner, message.id)).status == "queued"
    await deliver(line, message)
    assert len(await at_carrier(sandbox, body)) == 1
    [item] = await line.timeline()
    assert item["data"]["error"] == ""


async def test_somebody_who_leaves_while_a_text_waits_does_not_get_it(line, sandbox):
    body = unlike()
    message = await queue(line, body)
    await line.receive("STOP")
    await deliver(line, message)
    stored = await reload(line, message)
    assert (stored.status, stored.error_code) == ("failed", "opted_out")
    assert await at_carrier(sandbox, body) == []


async def test_a_text_does_not_leave_from_a_number_given_back_while_it_waited(line, sandbox):
    body = unlike()
    message = await queue(line, body)
    with line.org.scope():
        async with unit_of_work() as session:
            await numbers.release(session, line.org.owner, line.number.id)
    await deliver(line, message)
    stored = await reload(line, message)
    assert (stored.status, stored.error_code) == ("failed", "number_not_owned")
    assert await at_carrier(sandbox, body) == []


@pytest.mark.parametrize("order", [["queued", "sent", "delivered"], ["delivered", "sent", "queued"]])
async def test_statuses_in_any_order_end_right(line, sandbox, order):
    message = await queue(line, unlike())
    await deliver(line, message)
    for status in order:
        await report(line, message, status)
    stored = await reload(line, message)
    assert stored.status == "delivered"
    assert stored.delivered_at is not None
    [item] = await line.timeline()
    assert item["status"] == "delivered"


async def test_a_status_that_overtakes_our_own_answer_finds_its_text_by_its_marks(line, sandbox):
    message = await queue(line, unlike())
    with line.org.scope():
        async with unit_of_work() as session:
            stored = await queries.locked(session, line.org.org_id, message.id)
            stored.status, stored.attempted_at = "sending", clock.now()
            mark = str(int(stored.attempted_at.timestamp() * 1000))
    assert await report(line, message, "sent", sid="SM-early", attempt=mark) == "applied"
    assert (await reload(line, message)).message_sid == "SM-early"


async def test_a_late_status_of_an_abandoned_attempt_changes_nothing(line, sandbox):
    message = await queue(line, unlike())
    await deliver(line, message)
    old = (await reload(line, message)).message_sid
    await report(line, message, "undelivered", code="30003")
    with line.org.scope():
        async with unit_of_work() as session:
            await messaging.retry_failed(session, line.org.owner, message.id)
    assert await report(line, message, "delivered", sid=old, attempt="1") == "stale"
    assert (await reload(line, message)).status == "queued"
    await deliver(line, message)
    assert (await reload(line, message)).message_sid not in ("", old)


async def test_a_status_for_a_text_nobody_knows_is_noted(line):
    other = SmsMessage(
        org_id=line.org.org_id, conversation_id=new_id(), contact_id=new_id(), direction="outbound",
        sender_number="", recipient_number="",
    )  # fmt: skip
    assert await report(line, other, "sent", sid="SM-nobody") == "unknown_text"


async def test_an_opt_out_the_carrier_knows_of_is_kept_by_us(line, sandbox):
    message = await queue(line, unlike())
    await deliver(line, message)
    await report(line, message, "failed", code="21610")
    assert await line.receive("Hello") == "opted_out"
    assert any("with their carrier" in item["body"] for item in await line.timeline())


async def test_only_a_failed_text_of_ours_can_be_sent_again(line, make_org):
    message = await queue(line, unlike())
    with line.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(Conflict):
                await messaging.retry_failed(session, line.org.owner, message.id)
            with pytest.raises(NotFound):
                await messaging.retry_failed(session, line.org.owner, new_id())
    stranger = await make_org("Elsewhere")
    with stranger.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await messaging.retry_failed(session, stranger.owner, message.id)


async def test_a_burst_leaves_in_the_order_it_was_written(open_line, sandbox, run_jobs, eventually):
    line, mark = open_line, new_id().hex
    for number in range(12):
        await queue(line, f"{mark} {number}")
    await run_jobs()
    found = (await sandbox.client.get("/sandbox/texts")).json()
    texts = found if isinstance(found, list) else found["texts"]
    ours = [text["body"] for text in texts if text["body"].startswith(mark)]
    assert ours == [f"{mark} {number}" for number in range(12)]


async def test_a_text_whose_statuses_were_lost_is_asked_about(line, sandbox, eventually):
    body = unlike()
    await faults(sandbox, {"target": "carrier.status", "kind": "drop"})
    message = await queue(line, body)
    await deliver(line, message)

    async def has_arrived():
        return (await at_carrier(sandbox, body))[0]["status"] == "delivered"

    await eventually(has_arrived)
    sid = (await reload(line, message)).message_sid
    await delivery.ask_carrier(line.org.org_id, message.id, sid)
    assert (await reload(line, message)).status == "delivered"


async def test_a_phone_that_is_off_leaves_words_for_people(line, sandbox):
    message = await queue(line, unlike())
    await deliver(line, message)
    await report(line, message, "undelivered", code="30003", error="Unreachable destination handset")
    [item] = await line.timeline()
    assert item["status"] == "undelivered"
    assert "switched off" in item["data"]["error"]


async def test_a_draft_is_sent_once_and_not_after_it_was_discarded(line):
    await line.receive("Are you open on Sunday?")
    with line.org.scope():
        async with unit_of_work() as session:
            conversation_id = UUID((await conversations.page(session, line.org.owner.user_id)).rows[0]["id"])
            conversation = await conversations.locked(session, conversation_id)
            for body in ("Yes, from ten.", "No idea."):
                await conversations.append(session, conversation, kind="draft", author=AGENT, body=body)
            first = await messaging.approve_draft(session, line.org.owner, conversation_id, 2, "Yes, from ten.")
            again = await messaging.approve_draft(session, line.org.owner, conversation_id, 2, "Yes, from ten.")
            assert first.id == again.id
            assert first.is_ai_generated
            await messaging.discard_draft(session, line.org.owner, conversation_id, 3)
            with pytest.raises(Conflict):
                await messaging.approve_draft(session, line.org.owner, conversation_id, 3, "No idea.")
            with pytest.raises(Conflict):
                await messaging.discard_draft(session, line.org.owner, conversation_id, 2)
            with pytest.raises(NotFound):
                await messaging.approve_draft(session, line.org.owner, conversation_id, 1, "Not a draft")
    items = await line.timeline()
    assert [item["status"] for item in items if item["kind"] == "draft"] == ["approved", "discarded"]
    assert len(await line.texts("outbound")) == 1


async def test_a_draft_that_stands_where_another_stood_is_sent_too_and_only_by_who_saw_it(line):
    await line.receive("Are you open on Sunday?")
    with line.org.scope():
        async with unit_of_work() as session:
            conversation_id = UUID((await conversations.page(session, line.org.owner.user_id)).rows[0]["id"])
            conversation = await conversations.locked(session, conversation_id)
            for body in ("Yes.", "And on Monday."):
                await conversations.append(session, conversation, kind="draft", author=AGENT, body=body)
            first, second = [await conversations.item(session, conversation_id, seq) for seq in (2, 3)]
            await messaging.approve_draft(session, line.org.owner, conversation_id, 2, "Yes.", UUID(first["id"]))
            # A merge numbers the lines anew, so that the second draft may come to stand where the first did.
            for item_id, seq in ((first["id"], 99), (second["id"], 2)):
                (await session.get_one(ConversationItem, UUID(item_id))).seq = seq
                await session.flush()
            for decide, said in ((messaging.approve_draft, ["Yes."]), (messaging.discard_draft, [])):
                with pytest.raises(Conflict):
                    await decide(session, line.org.owner, conversation_id, 2, *said, item_id=UUID(first["id"]))
            await messaging.approve_draft(session, line.org.owner, conversation_id, 2, "And on Monday.")
    assert [text.content for text in await line.texts("outbound")] == ["Yes.", "And on Monday."]


async def test_a_rewritten_draft_is_the_persons_own_text(line):
    await line.receive("Are you open on Sunday?")
    with line.org.scope():
        async with unit_of_work() as session:
            conversation_id = UUID((await conversations.page(session, line.org.owner.user_id)).rows[0]["id"])
            conversation = await conversations.locked(session, conversation_id)
            await conversations.append(session, conversation, kind="draft", author=AGENT, body="Yes.")
            sent = await messaging.approve_draft(session, line.org.owner, conversation_id, 2, "Yes, from ten to two.")
    assert not sent.is_ai_generated
    assert (await line.timeline())[-1]["author_name"] == line.org.owner.name


async def test_a_persons_text_makes_the_agent_wait_ten_minutes(line):
    await line.receive("Hello")
    with line.org.scope():
        async with unit_of_work() as session:
            await messaging.send_from_person(
                session,
                line.org.owner,
                sender_number=line.number.phone_number,
                recipient_number="(415) 555-0199",
                body="Hi, Ana here",
            )
    row = await line.row()
    assert row["answer_mode"] == AnswerMode.HUMAN
    assert await line.receive("Hi Ana") == "people_answer"
    with clock.at(clock.now() + timedelta(minutes=10, seconds=1)):
        assert await line.receive("Still there?") == "to_agent"
