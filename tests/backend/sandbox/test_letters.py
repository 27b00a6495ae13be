"""Customers' mail: handed on as Postmark does, forwarded where the business wants it, shown by thread with answers."""

import json
from typing import Any

import httpx
import pytest

from backend.mailboxes.reading import InboundEmail
from backend.sandbox.app import create_app
from backend.sandbox.settings import SandboxSettings

TOKEN = {"X-Postmark-Server-Token": "sandbox-postmark-token"}
LETTER = {"from": "dana@customer.example", "name": "Dana Ruiz", "to": "hello@shop.example", "text": "Are you open?"}


@pytest.fixture
async def desk(stage: Any, product: Any) -> Any:
    """A sandbox that hands customers' mail on to the product."""
    url = f"{product.url.replace('://', '://postmark:secret@')}/mail"
    async with (
        stage.playing(create_app(SandboxSettings(public_url=stage.url, inbound_mail_url=url))),
        httpx.AsyncClient(base_url=stage.url, timeout=60) as client,
    ):
        yield client


async def test_mail_to_a_forwarded_address_arrives_as_the_product_reads_it(desk: Any, product: Any, until: Any) -> None:
    await desk.put("/sandbox/forwarding/hello@shop.example", json={"to": "shop-1@mail.example"})
    await desk.post(
        "/sandbox/letters", json=LETTER | {"subject": "Hours", "answers": ["<1@a.example>", "<2@a.example>"]}
    )
    await desk.post("/sandbox/letters", json=LETTER | {"is_signed": False})
    await until(lambda: len(product.received) == 2)
    mails = [InboundEmail.of(json.loads(hook.body)) for hook in product.received]
    [first] = [mail for mail in mails if mail.is_proven]
    assert (first.sender, first.sender_name, first.text) == ("dana@customer.example", "Dana Ruiz", "Are you open?")
    assert (first.recipients[0], first.to) == ("shop-1@mail.example", ("hello@shop.example",))
    assert (first.in_reply_to, first.references) == ("<2@a.example>", ("<1@a.example>", "<2@a.example>"))


async def test_what_the_product_sends_to_a_forwarded_address_comes_back(desk: Any, product: Any, until: Any) -> None:
    await desk.put("/sandbox/forwarding/hello@shop.example", json={"to": "shop-1@mail.example"})
    test = {"From": "m@m.example", "To": "hello@shop.example", "Subject": "Forwarding test 7", "TextBody": "A test"}
    await desk.post("/email", json=test, headers=TOKEN)
    await until(lambda: len(product.received) == 1)
    mail = InboundEmail.of(json.loads(product.received[0].body))
    assert (mail.subject, mail.recipients[0]) == ("Forwarding test 7", "shop-1@mail.example")


async def test_an_answer_and_the_reply_to_it_stand_in_one_thread(desk: Any, product: Any, until: Any) -> None:
    form = {**LETTER, "subject": "Hours", "is_signed": "on"}
    page = await desk.post("/mailbox/write", data=form, follow_redirects=True)
    await until(lambda: len(product.received) == 1)
    asked = InboundEmail.of(json.loads(product.received[0].body))
    headers = {"Message-ID": "<9@mail.example>", "In-Reply-To": asked.message_id, "References": asked.message_id}
    answer = {
        "From": "Shop <shop-1@mail.example>",
        "To": LETTER["from"],
        "Subject": "Re: Hours",
        "TextBody": "At nine.",
    }
    answer |= {"Headers": [{"Name": name, "Value": value} for name, value in headers.items()]}
    sent = (await desk.post("/email", json=answer, headers=TOKEN)).json()
    thread = (await desk.get(str(page.url.raw_path.decode()))).text
    assert "At nine." in thread
    assert "Are you open?" in thread
    reply = {**form, "to": "shop-1@mail.example", "text": "Thank you", "answers": sent["MessageID"]}
    await desk.post("/mailbox/write", data=reply)
    await until(lambda: len(product.received) == 2)
    got = InboundEmail.of(json.loads(product.received[1].body))
    assert (got.written, got.references) == ("Thank you", (asked.message_id, "<9@mail.example>"))
    assert "> At nine." in got.quoted


@pytest.mark.parametrize("change", [{"to": "nobody"}, {"from": "a@b.example, c@d.example"}, {"text": " "}])
async def test_mail_that_cannot_go_says_why(desk: Any, change: dict[str, str]) -> None:
    answer = await desk.post("/mailbox/write", data={**LETTER, **change})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
