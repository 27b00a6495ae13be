"""Postmark's send API, and the mailbox people and tests read."""

from typing import Any

import httpx
import pytest

TOKEN = {"X-Postmark-Server-Token": "sandbox-postmark-token"}


def mail(**fields: Any) -> dict[str, Any]:
    """Return a message with a code in it."""
    return {
        "From": "Magpipe <hello@magpipe.test>",
        "To": "Dana <dana@example.com>",
        "Subject": "Your code",
        "TextBody": "Your code is 482913. Open https://magpipe.test/v?code=111222.",
        **fields,
    }


async def post(vendor: Any, path: str, body: Any, headers: dict[str, str] = TOKEN) -> httpx.Response:
    return await vendor.client.post(path, json=body, headers=headers)


async def test_mail_is_accepted_and_readable(vendor: Any) -> None:
    answer = await post(vendor, "/email", mail())
    assert answer.status_code == 200
    assert (answer.json()["ErrorCode"], answer.json()["Message"]) == (0, "OK")
    kept = (await vendor.client.get("/sandbox/mailbox", params={"to": "DANA@example.com"})).json()
    assert [item["id"] for item in kept] == [answer.json()["MessageID"]]
    assert kept[0]["codes"] == ["482913"]
    assert kept[0]["links"] == ["https://magpipe.test/v?code=111222"]
    assert (await vendor.client.get("/sandbox/mailbox?to=nobody@example.com")).json() == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"From": ""}, 300),
        ({"To": ""}, 300),
        ({"To": "not an address"}, 300),
        ({"TextBody": "", "HtmlBody": ""}, 300),
        ({"To": ", ".join(f"p{n}@example.com" for n in range(51))}, 300),
    ],
)
async def test_bad_mail_is_refused_and_not_kept(vendor: Any, fields: dict[str, str], code: int) -> None:
    answer = await post(vendor, "/email", mail(**fields))
    assert (answer.status_code, answer.json()["ErrorCode"]) == (422, code)
    assert (await vendor.client.get("/sandbox/mailbox")).json() == []


async def test_wrong_token_is_refused(vendor: Any) -> None:
    for headers in ({}, {"X-Postmark-Server-Token": "wrong"}):
        answer = await post(vendor, "/email", mail(), headers)
        assert (answer.status_code, answer.json()["ErrorCode"]) == (401, 10)


async def test_inactive_recipient_is_refused_until_active_again(vendor: Any) -> None:
    await vendor.client.put("/sandbox/mailbox/dana@example.com", json={"active": False})
    answer = await post(vendor, "/email", mail())
    assert (answer.status_code, answer.json()["ErrorCode"]) == (422, 406)
    assert "dana@example.com" in answer.json()["Message"]
    await vendor.client.put("/sandbox/mailbox/dana@example.com", json={"active": True})
    assert (await post(vendor, "/email", mail())).status_code == 200


async def test_batch_answers_each_message(vendor: Any) -> None:
    answer = await post(vendor, "/email/batch", [mail(), mail(To="")])
    assert answer.status_code == 200
    assert [item["ErrorCode"] for item in answer.json()] == [0, 300]


async def test_sent_mail_is_listed_newest_first(vendor: Any) -> None:
    for subject in ("first", "second"):
        await post(vendor, "/email", mail(Subject=subject))
    listed = (await vendor.client.get("/messages/outbound?count=1&offset=0", headers=TOKEN)).json()
    assert listed["TotalCount"] == 2
    assert [item["Subject"] for item in listed["Messages"]] == ["second"]
    assert listed["Messages"][0]["To"] == [{"Email": "dana@example.com", "Name": "Dana"}]
