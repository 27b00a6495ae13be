"""The carrier's webhooks: only its own signature over our own address opens them, and a bad one leaves nothing."""

from urllib.parse import urlencode

import pytest
from sqlalchemy import text as sql

from backend.core.config import settings
from backend.core.ids import new_id
from backend.core.tenancy import platform_scope, unit_of_work
from tests.backend.messaging.conftest import CUSTOMER, SHOP, sign

INBOUND, STATUS = "/functions/v1/webhook-inbound-sms", "/functions/v1/webhook-sms-status"
EMPTY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


def text_form(**changes):
    form = {"MessageSid": "SM1", "From": CUSTOMER, "To": SHOP, "Body": "Are you open?", "NumMedia": "0"}
    return {name: value for name, value in {**form, **changes}.items() if value is not None}


def status_form(**changes):
    form = {"MessageSid": "SM1", "MessageStatus": "delivered", "From": SHOP, "To": CUSTOMER, "ErrorCode": ""}
    return {name: value for name, value in {**form, **changes}.items() if value is not None}


async def post(api, path, form, *, signature=None, body=None, **headers):
    signed = sign(settings().public_url + path, form) if signature is None else signature
    return await api.http.post(
        path,
        content=urlencode(form) if body is None else body,
        headers={
            "content-type": "application/x-www-form-urlencoded",
            **({"x-signalwire-signature": signed} if signed else {}),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )


async def events():
    with platform_scope("count events for a test"):
        async with unit_of_work() as session:
            return (await session.execute(sql("select count(*) from inbound_events"))).scalar_one()


async def test_a_signed_text_is_stored_enqueued_and_answered_with_nothing_to_do(db, api, jobs_waiting):
    answer = await post(api, INBOUND, text_form())
    assert (answer.status_code, answer.content) == (200, EMPTY)
    assert answer.headers["content-type"].startswith("application/xml")
    assert await events() == 1
    assert len(await jobs_waiting("messaging.receive_text")) == 1


async def test_a_repeated_text_is_answered_the_same_and_does_nothing(db, api, jobs_waiting):
    answers = [await post(api, INBOUND, text_form()) for _ in range(3)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, EMPTY)}
    assert await events() == 1
    assert len(await jobs_waiting("messaging.receive_text")) == 1


async def test_each_status_of_a_text_is_its_own_event(db, api, jobs_waiting):
    for status in ("sent", "delivered", "sent"):
        await post(api, f"{STATUS}?message={new_id()}&attempt=1", status_form(MessageStatus=status))
    assert len(await jobs_waiting("messaging.apply_status")) == 2


@pytest.mark.parametrize(("path", "form"), [(INBOUND, text_form()), (STATUS, status_form())])
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"signature": ""}, 403),
        ({"signature": "bm90IG91cnM="}, 403),
        ({"signature": "0" * 40}, 403),
        ({"signature": "é".encode()}, 403),
        ({"signature": sign("https://elsewhere.example" + INBOUND, text_form())}, 403),
        ({"host": "elsewhere.example", "signature": sign("http://elsewhere.example" + INBOUND, text_form())}, 403),
        ({"body": "x=" + "a" * 1_000_000}, 413),
        ({"body": "x=" + "a" * 65_537}, 413),
        ({"body": b"Body=\xff\xfe"}, 400),
        ({"body": "Body=%ff%fe"}, 400),
        ({"body": "&".join(f"f{number}=1" for number in range(200))}, 400),
        ({"body": b""}, 403),
        ({"body": b"\x00" * 100}, 403),
        ({"body": '{"MessageSid": "SM1"}'}, 403),
    ],
)
async def test_what_is_not_the_carriers_is_refused_and_leaves_nothing(db, api, path, form, change, status):
    answer = await post(api, path, form, **change)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "request_id"}
    assert await events() == 0


async def test_the_signature_of_one_address_does_not_open_the_other(db, api):
    form = {**text_form(), **status_form()}
    stolen = sign(settings().public_url + INBOUND, form)
    assert (await post(api, STATUS, form, signature=stolen)).status_code == 403


async def test_the_marks_in_the_address_are_signed_too(db, api):
    form = status_form()
    ours = sign(settings().public_url + f"{STATUS}?message={new_id()}", form)
    assert (await post(api, f"{STATUS}?message={new_id()}", form, signature=ours)).status_code == 403


async def test_the_signature_of_an_empty_request_opens_nothing(db, api):
    """The SDK would take a signature over the address alone for any fields."""
    stolen = sign(settings().public_url + INBOUND, {})
    assert (await post(api, INBOUND, text_form(), signature=stolen)).status_code == 403


async def test_a_changed_field_breaks_the_signature(db, api):
    signed = sign(settings().public_url + INBOUND, text_form())
    assert (await post(api, INBOUND, text_form(Body="Pay me"), signature=signed)).status_code == 403


@pytest.mark.parametrize(
    ("path", "form", "field"),
    [
        (INBOUND, text_form(MessageSid=None), "MessageSid"),
        (INBOUND, text_form(MessageSid=""), "MessageSid"),
        (INBOUND, text_form(MessageSid="../../etc"), "MessageSid"),
        (INBOUND, text_form(MessageSid="a" * 65), "MessageSid"),
        (INBOUND, text_form(From=None), "From"),
        (INBOUND, text_form(To=" "), "To"),
        (STATUS, status_form(MessageStatus=None), "MessageStatus"),
        (STATUS, status_form(MessageStatus="<script>"), "MessageStatus"),
        (STATUS, status_form(MessageSid=None), "MessageSid"),
    ],
)
async def test_a_signed_request_without_a_field_names_it(db, api, path, form, field):
    answer = await post(api, path, form)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (400, field)
    assert await events() == 0


@pytest.mark.parametrize(
    "nasty",
    ["'; drop table users; --", "<img src=x onerror=alert(1)>", "\x00\x01", "\U0001f600" * 100, "%00", "a=b&c=d", "é"],
)
async def test_any_words_in_any_field_are_only_words(db, api, nasty):
    for field in ("From", "To", "Body", "NumMedia", "MediaUrl0"):
        form = text_form(**{"MessageSid": new_id().hex, field: nasty})
        assert (await post(api, INBOUND, form)).status_code == 200


@pytest.mark.parametrize("path", [INBOUND, STATUS])
async def test_reading_a_webhook_address_is_not_allowed(db, api, path):
    answer = await api.http.get(path)
    assert answer.status_code == 405
    assert (await api.http.put(path)).status_code == 405


async def test_a_preflight_is_answered_for_every_function(api):
    answer = await api.http.options("/functions/v1/send-user-sms")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "authorization" in answer.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in answer.headers


async def test_webhooks_at_once_are_stored_once(open_line, api):
    import asyncio

    form = text_form(MessageSid=new_id().hex)
    before = await events()
    answers = await asyncio.gather(*(post(api, INBOUND, form) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert await events() == before + 1
