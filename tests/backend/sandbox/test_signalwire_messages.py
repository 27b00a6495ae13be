"""Texts through the compatibility API: what is accepted, listed, delivered and reported."""

import base64
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest


async def test_accepted_text_is_queued_in_the_vendors_fields(vendor: Any) -> None:
    answer = await vendor.send("Hello there")
    assert answer.status_code == 201
    made = answer.json()
    assert made["status"] == "queued"
    assert (made["from"], made["to"], made["body"]) == (vendor.business, vendor.customer, "Hello there")
    assert (made["direction"], made["num_segments"], made["num_media"]) == ("outbound-api", 1, 0)
    assert made["account_sid"] == "sandbox-project"
    assert parsedate_to_datetime(made["date_created"]) - datetime.now(UTC) < timedelta(seconds=5)
    assert made["error_code"] is None


async def test_text_is_also_accepted_without_json_suffix(vendor: Any) -> None:
    form = {"From": vendor.business, "To": vendor.customer, "Body": "x"}
    assert (await vendor.client.post(vendor.messages.removesuffix(".json"), data=form)).status_code == 201


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"To": ""}, 21604),
        ({"From": ""}, 21603),
        ({"To": "555"}, 21211),
        ({"To": "+14155550199; DROP TABLE texts"}, 21211),
        ({"From": "dental"}, 21212),
        ({"From": "+14155550100"}, 21606),
        ({"To": "+14155550132"}, 21266),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"MediaUrl": "file:///etc/passwd"}, 21620),
        ({"StatusCallback": "nowhere"}, 21609),
    ],
)
async def test_bad_text_is_refused_with_the_vendors_code(vendor: Any, fields: dict[str, str], code: int) -> None:
    answer = (
        await vendor.send(**{"body": "Hello", **fields}) if "Body" not in fields else await vendor.send(fields["Body"])
    )
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert answer.json()["status"] == 400
    assert (await vendor.client.get(vendor.messages)).json()["messages"] == []


async def test_stranger_is_refused(vendor: Any) -> None:
    async with httpx.AsyncClient(base_url=vendor.url) as stranger:
        answers = [
            await stranger.get(vendor.messages),
            await stranger.get(vendor.messages, auth=("sandbox-project", "wrong")),
            await stranger.get(vendor.messages, headers={"authorization": "Basic !!!"}),
        ]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert answers[0].json()["code"] == 20003
    other = await vendor.client.get("/api/laml/2010-04-01/Accounts/somebody-else/Messages.json")
    assert other.status_code == 404


async def test_statuses_are_reported_in_order_and_signed(vendor: Any, product: Any, until: Any) -> None:
    from signalwire.core.security.webhook_validator import validate_webhook_signature

    sid = (await vendor.send(StatusCallback=f"{product.url}/status?org=1&x=ü")).json()["sid"]
    await until(lambda: len(product.statuses()) == 3)
    assert product.statuses() == ["queued", "sent", "delivered"]
    for hook in product.received:
        assert hook.form["MessageSid"] == sid
        url = f"{product.url}/status?org=1&x=ü"
        assert validate_webhook_signature("sandbox-signing-key", hook.signature, url, hook.body)
        assert not validate_webhook_signature("sandbox-signing-key", hook.signature, url + "&y", hook.body)
    await vendor.texts(lambda found: found[0]["status"] == "delivered")
    stored = (await vendor.client.get(vendor.messages.replace(".json", f"/{sid}.json"))).json()
    assert stored["status"] == "delivered"
    assert stored["date_sent"]


async def test_customers_text_is_posted_signed_and_listed(vendor: Any, product: Any, until: Any) -> None:
    from signalwire.core.security.webhook_validator import validate_webhook_signature

    await vendor.connect(message_request_url=f"{product.url}/inbound")
    body = "Héllo + 50% & <b>=\n😀"
    sent = await vendor.text(body)
    await until(lambda: len(product.received) == 1)
    hook = product.received[0]
    assert (hook.form["From"], hook.form["To"], hook.form["Body"]) == (vendor.customer, vendor.business, body)
    assert hook.form["MessageSid"] == hook.form["SmsSid"] == sent["sid"]
    assert (hook.form["AccountSid"], hook.form["NumMedia"]) == ("sandbox-project", "0")
    assert validate_webhook_signature("sandbox-signing-key", hook.signature, hook.url, hook.body)
    assert not validate_webhook_signature("another-key", hook.signature, hook.url, hook.body)
    listed = (await vendor.client.get(vendor.messages)).json()["messages"]
    assert [(item["sid"], item["direction"], item["status"]) for item in listed] == [
        (sent["sid"], "inbound", "received")
    ]


async def test_picture_reaches_the_product_behind_credentials(vendor: Any, product: Any, until: Any) -> None:
    await vendor.connect(message_request_url=f"{product.url}/inbound")
    picture = base64.b64encode(b"\x89PNG mine").decode()
    sent = await vendor.text("", media=[{"content_type": "image/png", "data": picture}])
    await until(lambda: len(product.received) == 1)
    form = product.received[0].form
    assert (form["NumMedia"], form["MediaContentType0"]) == ("1", "image/png")
    fetched = await vendor.client.get(form["MediaUrl0"])
    assert fetched.content == b"\x89PNG mine"
    assert fetched.headers["content-type"] == "image/png"
    async with httpx.AsyncClient() as stranger:
        assert (await stranger.get(form["MediaUrl0"])).status_code == 401
    media = await vendor.client.get(vendor.messages.replace(".json", f"/{sent['sid']}/Media.json"))
    assert media.json()["media_list"][0]["content_type"] == "image/png"


async def test_outgoing_picture_is_fetched_from_the_product(vendor: Any, product: Any, until: Any) -> None:
    sid = (await vendor.send("", MediaUrl=f"{product.url}/picture.png", StatusCallback=f"{product.url}/s")).json()[
        "sid"
    ]
    await until(lambda: "delivered" in product.statuses())
    media = (await vendor.client.get(vendor.messages.replace(".json", f"/{sid}/Media"))).json()["media_list"]
    content = await vendor.client.get(media[0]["uri"].removesuffix(".json"))
    assert content.content == product.picture


async def test_picture_that_cannot_be_fetched_fails_the_text(vendor: Any, product: Any, until: Any) -> None:
    await vendor.send("", MediaUrl=f"{product.url}/missing/x.png", StatusCallback=f"{product.url}/s")
    await until(lambda: "failed" in product.statuses())
    assert product.received[-1].form["ErrorCode"] == "11200"


@pytest.mark.parametrize(
    ("phone", "status", "code"),
    [({"reachable": False}, "undelivered", "30003"), ({"landline": True}, "failed", "30006")],
)
async def test_phone_that_cannot_receive_is_reported(
    vendor: Any, product: Any, until: Any, phone: dict[str, bool], status: str, code: str
) -> None:
    await vendor.client.post(f"/sandbox/phones/{vendor.customer}", json=phone)
    await vendor.send(StatusCallback=f"{product.url}/status")
    await until(lambda: status in product.statuses())
    last = product.received[-1].form
    assert (last["MessageStatus"], last["ErrorCode"]) == (status, code)
    assert last["ErrorMessage"]


async def test_failing_webhook_is_tried_once_more_at_the_fallback(vendor: Any, product: Any, until: Any) -> None:
    product.status = 500
    await vendor.connect(message_request_url=f"{product.url}/inbound", message_fallback_url=f"{product.url}/fallback")
    await vendor.text()
    await until(lambda: len(product.received) == 2)
    assert [hook.path for hook in product.received] == ["/inbound", "/fallback"]


async def test_text_nobody_took_stays_listed_until_the_business_reads_the_list(
    vendor: Any, product: Any, until: Any
) -> None:
    product.status = 500
    await vendor.connect(message_request_url=f"{product.url}/inbound")
    sid = (await vendor.text())["sid"]
    texts = await vendor.texts(lambda found: found[0]["webhook"] == "failed")
    assert texts[0]["webhook_note"] == "the webhook answered 500"
    listed = (await vendor.client.get(vendor.messages, params={"To": vendor.business})).json()["messages"]
    assert [item["sid"] for item in listed] == [sid]
    await vendor.texts(lambda found: found[0]["webhook"] == "fetched")


async def test_webhook_may_answer_with_a_message(vendor: Any, product: Any, until: Any) -> None:
    product.answer = "<Response><Message>Thank &amp; you</Message></Response>"
    await vendor.connect(message_request_url=f"{product.url}/inbound")
    await vendor.text()
    await until(lambda: bool(product.received))
    texts = await vendor.texts(lambda found: len(found) == 2 and found[1]["status"] == "delivered")
    assert (texts[1]["body"], texts[1]["direction"]) == ("Thank & you", "outbound-reply")


async def test_text_to_another_business_number_reaches_its_webhook(vendor: Any, product: Any, until: Any) -> None:
    await vendor.connect(message_request_url=f"{product.url}/inbound")
    await vendor.client.post(
        vendor.messages, data={"From": "+12125550147", "To": vendor.business, "Body": "From a colleague"}
    )
    await until(lambda: product.bodies() == ["From a colleague"])


async def test_listing_is_newest_first_and_pages_hold_still(vendor: Any) -> None:
    for number in range(5):
        await vendor.send(f"text {number}")
    first = (await vendor.client.get(vendor.messages, params={"PageSize": 2})).json()
    await vendor.send("text 5")
    second = (await vendor.client.get(first["next_page_uri"])).json()
    third = (await vendor.client.get(second["next_page_uri"])).json()
    pages = [[item["body"] for item in page["messages"]] for page in (first, second, third)]
    assert pages == [["text 4", "text 3"], ["text 2", "text 1"], ["text 0"]]
    assert third["next_page_uri"] is None


async def test_listing_is_narrowed_by_number_and_day(vendor: Any) -> None:
    await vendor.send("one")
    await vendor.send("two", To="+14155550177")
    await vendor.text("in")
    get = vendor.client.get
    today, tomorrow = (f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}" for days in (0, 1))

    async def bodies(**params: str) -> set[str]:
        return {item["body"] for item in (await get(vendor.messages, params=params)).json()["messages"]}

    assert await bodies(To="+14155550177") == {"two"}
    assert await bodies(From=vendor.customer) == {"in"}
    assert "in" in await bodies(DateSent=today)
    assert "in" in await bodies(**{"DateSent>=": today})
    assert await bodies(**{"DateSent>": tomorrow}) == set()
    assert await bodies(**{"DateSent<=": "2020-01-01"}) == set()
    assert (await get(vendor.messages, params={"DateSent": "soon"})).status_code == 400


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        *[("a" * 160, 1), ("a" * 161, 2), ("a" * 307, 3), ("é" * 160, 1), ("€" * 80, 1), ("€" * 81, 2)],
        *[("ж" * 70, 1), ("ж" * 71, 2), ("😀" * 35, 1), ("😀" * 36, 2)],
    ],
)
async def test_segments_are_counted_as_carriers_do(body: str, segments: int) -> None:
    from backend.sandbox.segments import count_segments

    assert count_segments(body) == segments
