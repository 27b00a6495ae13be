"""The platform's mail: kept with the change that wants it, delivered once through a service that misbehaves."""

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlmodel import select

from backend.core import jobs
from backend.core.config import settings
from backend.core.errors import VendorError
from backend.core.ids import new_id
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.platform import SystemEmail
from backend.notifications import layout
from backend.notifications import service as notifications
from backend.notifications.schemas import Mail
from backend.vendors import postmark

MAIL = Mail("Your code", ("Here it is.",), code="123456", link="https://example.com/a?b=1&c=2", link_words="Go")


@pytest.fixture
def recipient():
    return f"dana.{new_id().hex[-12:]}@example.com"


async def queue(recipient, mail=MAIL, once=""):
    with platform_scope("queue a mail in a test"):
        async with unit_of_work() as session:
            return await notifications.queue_email(session, recipient, mail, once=once)


async def stored(recipient):
    with platform_scope("look in a test"):
        async with unit_of_work() as session:
            return (await session.exec(select(SystemEmail).where(SystemEmail.recipient == recipient))).all()


async def received(sandbox, recipient):
    return (await sandbox.client.get("/sandbox/mailbox", params={"to": recipient})).json()


async def fault(sandbox, **facts):
    answer = await sandbox.client.put("/sandbox/faults", json=[{"target": "postmark.email", "times": 1, **facts}])
    assert answer.status_code < 300, answer.text


async def test_a_mail_is_delivered_and_then_keeps_no_code(committed, sandbox, run_jobs, recipient):
    await queue(recipient)
    await run_jobs()
    [row] = await stored(recipient)
    [mail] = await received(sandbox, recipient)
    assert (row.status, row.vendor_id, row.text_body) == ("sent", mail["id"], "")
    assert mail["codes"] == ["123456"]


async def test_a_mail_of_a_change_that_failed_is_not_sent(committed, sandbox, run_jobs, recipient):
    with platform_scope("roll back in a test"), pytest.raises(ZeroDivisionError):
        async with unit_of_work() as session:
            await notifications.queue_email(session, recipient, MAIL)
            raise ZeroDivisionError
    await run_jobs()
    assert await received(sandbox, recipient) == []


async def test_a_mail_whose_answer_was_lost_is_not_sent_twice(committed, sandbox, recipient):
    await queue(recipient)
    [row] = await stored(recipient)
    await fault(sandbox, kind="accept_then_error", status=500)
    with pytest.raises(Exception, match="failed"):
        await notifications.deliver(row.id)
    await notifications.deliver(row.id)
    await notifications.deliver(row.id)
    assert len(await received(sandbox, recipient)) == 1
    assert (await stored(recipient))[0].status == "sent"


async def test_a_service_that_fails_is_tried_again(committed, sandbox, recipient):
    await queue(recipient)
    [row] = await stored(recipient)
    await fault(sandbox, kind="error", status=503)
    with pytest.raises(VendorError) as refusal:
        await notifications.deliver(row.id)
    assert refusal.value.is_retryable
    await notifications.deliver(row.id)
    assert len(await received(sandbox, recipient)) == 1


async def test_who_takes_no_mail_is_not_tried_again(committed, sandbox, recipient):
    await sandbox.client.put(f"/sandbox/mailbox/{recipient}", json={"active": False})
    await queue(recipient)
    [row] = await stored(recipient)
    await notifications.deliver(row.id)
    [row] = await stored(recipient)
    assert row.status == "failed"
    assert row.error_message.startswith("This address takes no mail")


async def test_a_wrong_token_is_said_at_once_and_the_mail_leaves_when_it_is_mended(
    committed, sandbox, run_jobs, recipient, monkeypatch
):
    with monkeypatch.context() as wrong:
        wrong.setattr(settings(), "postmark_server_token", SecretStr("a token of somebody else"))
        await queue(recipient)
        await run_jobs()
    [row] = await stored(recipient)
    assert (row.status, row.attempts) == ("held", 1)
    assert "POSTMARK_SERVER_TOKEN" in row.error_message
    assert "123456" in row.text_body
    [letter] = [job for job in await jobs.failed() if job.task == "accounts.deliver_email"]
    await jobs.retry(letter.id)
    await run_jobs()
    [row] = await stored(recipient)
    assert (row.status, row.error_message, row.text_body) == ("sent", "", "")
    assert len(await received(sandbox, recipient)) == 1


@pytest.mark.parametrize("kind", ["drop", "error"])
async def test_a_service_that_stays_away_ends_among_the_dead_letters_with_its_reason(
    committed, sandbox, run_jobs, recipient, kind
):
    await queue(recipient)
    [row] = await stored(recipient)
    with platform_scope("use up a job's attempts in a test"):
        async with unit_of_work() as session:
            await session.execute(text("update procrastinate_jobs set attempts = 20"))
    await fault(sandbox, kind=kind, **({"status": 503} if kind == "error" else {}))
    await run_jobs()
    [row] = await stored(recipient)
    assert row.status == "held"
    assert "mail service" in row.error_message
    assert [job.task for job in await jobs.failed()] == ["accounts.deliver_email"]


async def test_a_service_that_does_not_answer_in_time_is_asked_again(
    committed, sandbox, recipient, monkeypatch, eventually
):
    await queue(recipient)
    [row] = await stored(recipient)
    await fault(sandbox, kind="delay", delay_ms=1000)
    with monkeypatch.context() as hasty, pytest.raises(VendorError) as late:
        hasty.setattr(postmark, "_TIMEOUT", httpx.Timeout(60.0, read=0.5))
        await notifications.deliver(row.id)
    assert (late.value.is_retryable, late.value.may_have_happened) == (True, True)
    assert "Timeout" in (await stored(recipient))[0].error_message

    async def arrived():
        return await received(sandbox, recipient)

    await eventually(arrived)
    await notifications.deliver(row.id)
    assert len(await received(sandbox, recipient)) == 1
    assert (await stored(recipient))[0].status == "sent"


async def test_one_occasion_makes_one_mail(db, recipient):
    assert await queue(recipient, once="the same")
    assert not await queue(recipient, once="the same")
    assert len(await stored(recipient)) == 1


def test_nothing_a_person_typed_becomes_markup_or_a_header():
    mail = Mail(
        "Hello\r\nBcc: eve@example.com", ("<script>alert(1)</script>",), link="https://x.yz/?a='\"<", link_words="<b>"
    )
    html = layout.as_html(mail)
    assert "<script>" not in html
    assert "<b>" not in html
    assert '"<' not in html.replace('"><', "")
    assert mail.safe_subject == "Hello Bcc: eve@example.com"
