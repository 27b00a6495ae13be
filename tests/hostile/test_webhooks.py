"""Whatever the carrier's webhooks carry, signed or not, they break nothing, and words in them stay words."""

import asyncio
import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import text

from backend.core.config import settings
from backend.core.ids import new_id
from backend.core.tenancy import platform_scope, unit_of_work
from tests.hostile.values import MARKUP, NULLS, ODD, SQL
from tests.tenancy.world import OUR_NUMBER

INBOUND, STATUS = "/functions/v1/webhook-inbound-sms", "/functions/v1/webhook-sms-status"
CUSTOMER, SHOP = "+14155559012", "+14155559011"
FORMS: dict[str, dict[str, str]] = {
    INBOUND: {
        "MessageSid": "",
        "From": CUSTOMER,
        "To": SHOP,
        "Body": "Are you open?",
        "NumMedia": "1",
        "MediaUrl0": "https://media.invalid/a.png",
        "MediaContentType0": "image/png",
        "AccountSid": "a",
    },
    STATUS: {
        "MessageSid": "",
        "MessageStatus": "delivered",
        "From": SHOP,
        "To": CUSTOMER,
        "ErrorCode": "30003",
        "ErrorMessage": "Unreachable",
    },
}
REQUIRED = {INBOUND: ("MessageSid", "From", "To"), STATUS: ("MessageSid", "MessageStatus")}
LONG = ("a" * 60_000, "é" * 9_000, "👩" * 4_000)
NUMBERS = ("-1", "9" * 400, "1e9", "²", "٣", " 1 ", "NaN")
EVERYTHING = (SQL, MARKUP, ODD, *NULLS, *LONG, *NUMBERS, "", " ", "\r\nX-Injected: 1")


def sign(path: str, fields: list[tuple[str, str]]) -> str:
    """Return the carrier's signature of a form, computed here from its documentation and not by our code."""
    said = settings().public_url + path + "".join(name + value for name, value in sorted(fields))
    key = settings().signalwire_signing_key.get_secret_value().encode()
    return base64.b64encode(hmac.new(key, said.encode(), hashlib.sha1).digest()).decode()


async def post(client: httpx.AsyncClient, path: str, fields: dict[str, str] | list[tuple[str, str]]) -> httpx.Response:
    pairs = list(fields.items()) if isinstance(fields, dict) else fields
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-SignalWire-Signature": sign(path, pairs)}
    return await client.post(path, content=urlencode(pairs), headers=headers)


async def rows(query: str) -> list[Any]:
    with platform_scope("look at what a webhook left, in a test"):
        async with unit_of_work() as session:
            return list((await session.execute(text(query))).all())


@pytest.fixture
async def line(world, committed, sandbox):
    """A number whose agent is off, so that what is tested is the taking of texts and not the answering."""
    with platform_scope("switch an agent off in a test"):
        async with unit_of_work() as session:
            await session.execute(text("update agent_configs set is_active = false"))
    yield
    with platform_scope("take away what a test's webhooks left"):
        async with unit_of_work() as session:
            await session.execute(text("delete from inbound_events"))


@pytest.mark.parametrize(("path", "field"), [(path, field) for path, form in FORMS.items() for field in form])
async def test_any_value_in_any_field_is_taken_as_words_or_refused_by_name(client, line, run_jobs, path, field):
    taken = 0
    for value in EVERYTHING:
        form = {**FORMS[path], "MessageSid": new_id().hex, field: value}
        answer = await post(client, path, form)
        if answer.status_code == 200:
            taken += 1
            assert answer.headers["content-type"].startswith("application/xml")
        else:
            assert answer.status_code in (400, 413), f"{value[:60]!r}: {answer.text}"
            if answer.status_code == 400:
                assert answer.json()["error"]["details"]["field"] == field, f"{value[:60]!r}: {answer.text}"
    assert await rows("select count(*) from inbound_events") == [(taken,)]
    await run_jobs()
    # The address of an attachment may answer later; every other job is done.
    assert await rows("select task_name from procrastinate_jobs where task_name <> 'messaging.fetch_media'") == []
    assert await rows("select count(*) from inbound_events where processed_at is null") == [(0,)]


@pytest.mark.parametrize("words", [SQL, MARKUP, ODD])
async def test_a_customers_words_are_stored_as_they_came(client, line, run_jobs, words):
    sid = new_id().hex
    answer = await post(client, INBOUND, {"MessageSid": sid, "From": CUSTOMER, "To": SHOP, "Body": words})
    assert answer.status_code == 200
    await run_jobs()
    found = await rows(f"select content, id from sms_messages where message_sid = '{sid}'")
    assert [content for content, _ in found] == [words]
    ((body, kind),) = await rows(f"select body, kind from conversation_items where record_id = '{found[0][1]}'")
    assert (body, kind) == (words, "message")


@pytest.mark.parametrize("path", FORMS)
async def test_names_of_fields_can_be_anything_too(client, line, run_jobs, path):
    for name in (SQL, MARKUP, ODD, *NULLS, "a" * 10_000, "", "_message", "__proto__", "MessageSid\x00"):
        form = {**FORMS[path], "MessageSid": new_id().hex, name: "a"}
        answer = await post(client, path, form)
        assert answer.status_code in (200, 400), f"{name[:60]!r}: {answer.text}"
    await run_jobs()
    assert await rows("select task_name from procrastinate_jobs where task_name <> 'messaging.fetch_media'") == []


@pytest.mark.parametrize(
    "query", ["message=%00", "message=%ff&attempt=%00", "%00=1", "message=" + "a" * 5000, "&&==", "message=x&message=y"]
)
async def test_the_marks_in_our_own_address_can_be_anything(client, line, run_jobs, query):
    answer = await post(client, f"{STATUS}?{query}", {**FORMS[STATUS], "MessageSid": new_id().hex})
    assert answer.status_code in (200, 400), answer.text
    await run_jobs()
    assert await rows("select count(*) from procrastinate_jobs") == [(0,)]


@pytest.mark.parametrize("path", FORMS)
async def test_a_field_sent_twice_breaks_nothing(client, line, path):
    for field in FORMS[path]:
        sid = new_id().hex
        form = [*{**FORMS[path], "MessageSid": sid}.items(), (field, "again")]
        assert (await post(client, path, form)).status_code in (200, 400, 403), field


@pytest.mark.parametrize("path", FORMS)
async def test_a_repeated_webhook_is_answered_the_same_and_stored_once(client, line, path):
    form = {**FORMS[path], "MessageSid": new_id().hex}
    answers = await asyncio.gather(*(post(client, path, form) for _ in range(5)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert await rows("select count(*) from inbound_events") == [(1,)]
    assert await rows("select count(*) from procrastinate_jobs") == [(1,)]


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize(
    "kind", ["", "application/json", "multipart/form-data; boundary=x", "text/plain; charset=utf-16"]
)
async def test_a_body_of_another_kind_opens_nothing(client, line, path, kind):
    """Signed over nothing, because none of its fields can be read."""
    bodies = (
        b'{"MessageSid": "SM1"}',
        b'--x\r\nContent-Disposition: form-data; name="MessageSid"\r\n\r\nSM1\r\n--x--',
        b"\x1f\x8b",
    )
    for body in bodies:
        headers = {"Content-Type": kind, "X-SignalWire-Signature": sign(path, [])}
        answer = await client.post(path, content=body, headers=headers)
        assert answer.status_code in (400, 403), answer.text
    assert await rows("select count(*) from inbound_events") == [(0,)]


async def test_a_text_belongs_to_the_business_of_its_number_alone(world, client, line, run_jobs):
    """A text to our number is ours, whatever else its fields claim."""
    elsewhere = f"select count(*) from sms_messages where org_id <> '{world.ours.org_id}'"
    before = await rows(elsewhere)
    claims = {"org_id": str(world.theirs.org_id), "number_id": world.theirs.ids["service_numbers"], "AccountSid": SHOP}
    await post(
        client, INBOUND, {"MessageSid": new_id().hex, "From": CUSTOMER, "To": OUR_NUMBER, "Body": "Hi", **claims}
    )
    await run_jobs()
    assert await rows(elsewhere) == before


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{port}/a.png",
        "http://localhost:{port}/a.png",
        "http://[::1]:{port}/a.png",
        "http://[::ffff:127.0.0.1]:{port}/a.png",
        "http://0.0.0.0:{port}/a.png",
        "http://2130706433:{port}/a.png",
        "http://0x7f.1:{port}/a.png",
        "http://user:pass@127.0.0.1:{port}/a.png",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/a.png",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/_a",
        "javascript:alert(1)",
        "//127.0.0.1:{port}/a",
        "http://",
        "http://127.0.0.1:99999/a",
        MARKUP,
        "a" * 9_000,
    ],
)
async def test_an_attachment_never_makes_us_ask_an_address_within(client, line, run_jobs, address):
    asked = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    url = address.format(port=server.sockets[0].getsockname()[1]) if "{port}" in address else address
    sid = new_id().hex
    form = {"MessageSid": sid, "From": CUSTOMER, "To": SHOP, "Body": "See", "NumMedia": "1", "MediaUrl0": url}
    async with server:
        assert (await post(client, INBOUND, form)).status_code == 200
        await run_jobs()
    assert asked == []
    found = await rows(
        "select path, error from message_media join sms_messages on sms_messages.id = message_id"
        f" where message_sid = '{sid}'"
    )
    assert [(path, bool(error)) for path, error in found] == [("", True)]
