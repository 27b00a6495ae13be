"""Whatever the mail service's webhooks carry, they break nothing, and without its password nothing is stored."""

import json

import pytest
from sqlalchemy import text as sql

from backend.core.config import SANDBOX_MAIL_SECRET
from backend.core.tenancy import platform_scope, unit_of_work
from backend.mailboxes.reading import InboundEmail
from backend.mailboxes.statuses import Report

PATHS = ("/functions/v1/webhook-inbound-email", "/functions/v1/webhook-email-status")
OURS = ("postmark", SANDBOX_MAIL_SECRET)
FIELDS = (
    *("From", "FromFull", "ToFull", "CcFull", "BccFull", "Subject", "TextBody", "HtmlBody", "Headers", "Attachments"),
    *("OriginalRecipient", "Metadata", "Type", "Description"),
)


@pytest.fixture(autouse=True)
async def nothing_left(committed):
    yield
    with platform_scope("take away what a test's webhooks left"):
        async with unit_of_work() as session:
            await session.execute(sql("delete from inbound_events where source = 'postmark'"))


async def stored() -> int:
    with platform_scope("look at what a webhook left, in a test"):
        async with unit_of_work() as session:
            found = await session.execute(sql("select count(*) from inbound_events where source = 'postmark'"))
            return int(found.scalar_one())


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("auth", [None, ("postmark", "wrong"), (SANDBOX_MAIL_SECRET, "")])
async def test_without_the_password_nothing_is_stored(client, path, auth):
    answered = await client.post(path, json={"MessageID": "a", "RecordType": "Bounce"}, auth=auth)
    assert (answered.status_code, await stored()) == (403, 0)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"\xff",
        b"{",
        b"null",
        b"{}",
        b'{"MessageID": "a", "x": NaN}',
        b'{"MessageID": 7}',
        b'{"MessageID": "../x"}',
        b"[" * 100_000,
    ],
)
async def test_what_cannot_be_read_is_refused_in_words(client, path, body):
    answered = await client.post(path, content=body, auth=OURS)
    assert (answered.status_code, await stored()) == (400, 0)
    assert answered.json()["error"]["message"]


async def test_a_repeated_webhook_is_answered_the_same_and_stored_once(client):
    mail = {"MessageID": "a-1", "Subject": "nul \x00, a literal \\u0000, half \ud800", "From": [float("1e308")]}
    answers = [await client.post(PATHS[0], content=json.dumps(mail), auth=OURS) for _ in range(2)]
    assert [one.json() for one in answers] == [{"success": True}] * 2
    assert await stored() == 1


@pytest.mark.parametrize("value", [None, 7, [], {}, [7], ["x"], [{"Name": 7}], "x", "<", "\ud800", "a" * 200_000])
def test_no_value_of_any_field_breaks_the_reading(value):
    for field in FIELDS:
        InboundEmail.of({"MessageID": "a", field: value})
        Report.of({"MessageID": "a", "RecordType": "Bounce", field: value})
