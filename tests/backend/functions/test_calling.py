"""A function is called once, guarded, signed, with its secrets, and everything of it is in the log."""

import hashlib
import hmac
import json
from uuid import UUID

import pytest

from backend.core.config import settings
from backend.core.errors import Conflict, Invalid, LimitReached, NotAllowed
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.functions import calling, definitions, templates
from backend.functions import service as functions
from backend.functions.schemas import CallSetting
from backend.models.functions import ToolCall
from backend.vendors import http, openai_models
from backend.vocab import MemberRole, ToolCallStatus

BOOK = {
    "name": "book_visit",
    "description": "Book a visit on a day.",
    "http_method": "POST",
    "body_schema": [
        {"name": "day", "type": "string", "required": True},
        {"name": "people", "type": "integer", "required": False},
    ],
    "max_retries": 2,
}
ORDER = {
    "name": "look_up_order",
    "description": "Look up an order by its number.",
    "http_method": "GET",
    "body_schema": [{"name": "number", "type": "string", "required": True}],
    "response_variables": [
        {"name": "status", "json_path": "$.order.status"},
        {"name": "first", "json_path": "$.order.items[0].name"},
    ],
}


@pytest.fixture
async def business(sandbox, monkeypatch):
    """The system of a business, which this installation may reach."""
    monkeypatch.setattr(settings(), "private_origins", sandbox.url)
    await sandbox.client.delete("/business/requests")
    return sandbox


async def save(org, given, url, function_id="", **more):
    with org.scope():
        async with unit_of_work() as session:
            wanted = {**given, "endpoint_url": url, **more}
            return await functions.save_shared(session, org.owner, wanted, function_id)


async def call(org, found, arguments, key="", limit_s=10.0):
    setting = CallSetting(org.org_id, channel="sms", known={"contact.name": "Mia"})
    return await functions.call(found, arguments, setting, key or str(new_id()), limit_s)


async def asked(business):
    return (await business.client.get("/business/requests")).json()["requests"]


async def test_what_is_picked_of_an_answer_is_told_and_the_rest_is_logged(db, org, business):
    found = await save(org, ORDER, f"{business.url}/business/orders/{{{{number}}}}")
    outcome = await call(org, found, {"number": "1042"})
    assert (outcome.status, outcome.data) == ("ok", {"status": "shipped", "first": "Whitening kit"})
    with org.scope():
        async with unit_of_work() as session:
            (row,) = await functions.calls(session, UUID(found["id"]))
    assert (row["status"], row["http_status"], row["attempts"]) == ("ok", 200, 1)
    assert row["arguments"] == {"number": "1042"}
    assert json.loads(row["answer"])["order"]["arrives"] == "Friday"
    assert row["url"].endswith("/business/orders/1042")


async def test_a_body_carries_arguments_with_their_types_the_channel_and_the_conversation(db, org, business):
    found = await save(org, BOOK, f"{business.url}/business/bookings")
    await call(org, found, {"day": "Friday", "people": 3})
    templated = await save(
        org, {**BOOK, "name": "book_table"}, f"{business.url}/business/bookings",
        body_template='{"day": "{{day}}", "people": "{{people}}", "for": "{{contact.name}} ({{people}})"}',
    )  # fmt: skip
    await call(org, templated, {"day": 'Fri", "x": "', "people": 3})
    plain, filled = [json.loads(one["content"]) for one in await asked(business)]
    assert (plain["day"], plain["people"], plain["channel"]) == ("Friday", 3, "sms")
    assert plain["session_id"]
    assert filled == {"day": 'Fri", "x": "', "people": 3, "for": "Mia (3)"}


async def test_header_values_are_secret_and_stay_with_their_server(db, org, business):
    url = f"{business.url}/business/bookings"
    found = await save(org, BOOK, url, headers=[{"name": "Authorization", "value": "Bearer s3cret"}])
    assert "s3cret" not in json.dumps(found)
    changed = await save(org, {"description": "Other words."}, url, found["id"], headers=[{"name": "authorization"}])
    await call(org, changed, {"day": "Friday"})
    assert (await asked(business))[0]["headers"]["authorization"] == "Bearer s3cret"
    with pytest.raises(Invalid) as refused:
        await save(org, {}, "http://mallory.example/", found["id"], headers=[{"name": "Authorization"}])
    assert refused.value.field == "headers"
    # Nor does a definition that names the secret under another address get it.
    stolen = {**changed, "endpoint_url": "http://mallory.example/"}
    assert (await call(org, stolen, {"day": "Friday"})).message.startswith("The header “authorization” has no value")


async def test_a_call_is_signed_over_exactly_what_is_sent(db, org, business):
    with org.scope():
        async with unit_of_work() as session:
            secret = await functions.renew_signing(session, org.owner)
    await call(org, await save(org, BOOK, f"{business.url}/business/bookings"), {"day": "Fri é"})
    order = await save(org, ORDER, f"{business.url}/business/orders/1042")
    await call(org, order, {"number": "a b"})
    for one in await asked(business):
        said = f"{one['headers']['x-magpipe-timestamp']}.{one['content'] or one['query']}".encode()
        wanted = hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()
        assert one["headers"]["x-magpipe-signature"] == wanted


async def test_a_private_address_is_not_called(db, org, sandbox):
    found = await save(org, BOOK, f"{sandbox.url}/business/bookings")
    outcome = await call(org, found, {"day": "Friday"})
    assert (outcome.status, outcome.message) == ("failed", "This address is inside a private network.")


@pytest.mark.parametrize(
    ("given", "path", "kind", "status", "sent"),
    [(ORDER, "orders/1042", "error", 500, 3), (BOOK, "bookings", "error", 500, 1), (BOOK, "bookings", "error", 503, 3),
     (BOOK, "bookings", "drop", 0, 1)],
)  # fmt: skip
async def test_only_what_changes_nothing_twice_is_sent_again(
    db, org, business, monkeypatch, given, path, kind, status, sent
):
    monkeypatch.setattr(calling, "PAUSE_S", 0.01)
    fault = {"target": "business", "kind": kind} | ({"status": status} if status else {})
    await business.client.put("/sandbox/faults", json=[fault])
    found = await save(org, given, f"{business.url}/business/{path}")
    outcome = await call(org, found, {"number": "1"} if given is ORDER else {"day": "Friday"})
    with org.scope():
        async with unit_of_work() as session:
            stored = await session.get(ToolCall, outcome.call_id)
    assert (outcome.status, stored.attempts) == ("failed", sent)


async def test_a_wish_is_sent_once_and_answers_the_same_again(db, org, business):
    found = await save(org, BOOK, f"{business.url}/business/bookings")
    first = await call(org, found, {"day": "Friday"}, "turn:1")
    again = await call(org, found, {"day": "Friday"}, "turn:1")
    assert first.data == again.data == {"booking": {"number": 1, "day": "Friday"}}
    assert len(await asked(business)) == 1


async def test_after_a_crash_a_call_that_may_have_happened_is_not_sent_again(db, org, business):
    for given, path, count in ((BOOK, "bookings", 0), (ORDER, "orders/1042", 1)):
        found = await save(org, given, f"{business.url}/business/{path}")
        arguments = {"day": "Friday"} if given is BOOK else {"number": "1"}
        with org.scope():
            async with unit_of_work() as session:
                running = {"status": ToolCallStatus.RUNNING, "authority": "policy"}
                session.add(ToolCall(org_id=org.org_id, key=path, name="x", arguments=arguments, **running))
        outcome = await call(org, found, arguments, path)
        assert (outcome.status == "ok", len(await asked(business))) == (count == 1, count)


async def test_a_slow_address_ends_in_time(db, org, business):
    await business.client.put("/sandbox/faults", json=[{"target": "business", "kind": "timeout", "delay_ms": 60_000}])
    found = await save(org, ORDER, f"{business.url}/business/orders/1042")
    outcome = await call(org, found, {"number": "1"}, limit_s=1.5)
    assert (outcome.status, outcome.message) == ("failed", "The address took too long to answer.")


async def test_every_agent_s_functions_have_names_of_their_own_and_need_an_editor(db, org, business):
    await save(org, BOOK, "https://a.example/")
    with pytest.raises(Conflict):
        await save(org, BOOK, "https://b.example/")
    helper = org.owner.__class__(org.owner.user_id, org.org_id, "Sam", "s@example.com", MemberRole.SUPPORT)
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotAllowed):
                await functions.save_shared(session, helper, {**ORDER, "endpoint_url": "https://a.example/"})
            with pytest.raises(NotAllowed):
                await functions.renew_signing(session, helper)


async def test_trying_is_limited(db, org, business, monkeypatch):
    monkeypatch.setattr(functions, "TRIES", 1)
    found = await save(org, ORDER, f"{business.url}/business/orders/1042")
    with pytest.raises(Invalid):
        await functions.try_call(org.owner, found, {}, CallSetting(org.org_id, is_test=True))
    row = await functions.try_call(org.owner, found, {"number": "1"}, CallSetting(org.org_id, is_test=True))
    assert (row["http_status"], row["is_test"]) == (200, True)
    with pytest.raises(LimitReached):
        await functions.try_call(org.owner, found, {"number": "1"}, CallSetting(org.org_id, is_test=True))


@pytest.mark.parametrize(
    ("said", "charset", "told"),
    [
        (rb'{"a\u0000": ["\ud83d", "b\u0000", 1]}', "utf-8", {"a": ["?", "b", 1]}),
        (b'{"a": NaN}', "utf-8", '{"a": NaN}'),
        (b'{"a": 1e999}', "utf-8", '{"a": 1e999}'),
        (b"[" * 2000 + b"]" * 2000, "utf-8", "[" * 2000 + "]" * 2000),
        (b'"ok"', "undefined", "ok"),
        (b'"ok"', "idna", "ok"),
        (b'"ok"', "\x00", "ok"),
        ('"Größe"'.encode("latin-1"), "ISO-8859-1", "Größe"),
    ],
)
def test_whatever_an_address_answers_can_be_told_and_kept(said, charset, told):
    outcome = calling._outcome(
        {**ORDER, "response_variables": []}, new_id(), http.Answer(200, said, "", charset, False), ""
    )
    assert (outcome.status, outcome.data) == ("ok", told)
    (json.dumps(outcome.data, ensure_ascii=False, allow_nan=False) + outcome.result).encode()


async def test_what_was_not_picked_of_a_long_answer_is_never_told(db, org, business, monkeypatch):
    monkeypatch.setattr(calling, "ANSWER_LIMIT", 60)
    found = await save(org, ORDER, f"{business.url}/business/orders/1042")
    picked = {"status": "shipped", "first": "Whitening kit"}
    for _ in range(2):
        assert (await call(org, found, {"number": "1042"}, "turn:long")).data == picked
    monkeypatch.setattr(calling, "ANSWER_LIMIT", 20)
    short = (await call(org, found, {"number": "1042"})).data
    assert short == {"status": "shipped", "first": f"Whitening {calling._CUT}"}
    answer = http.Answer(200, b'{"order": {"secret": "never', "", "utf-8", True)
    assert calling._outcome(found, new_id(), answer, "").data == calling._UNREADABLE


def test_a_model_s_arguments_can_be_kept():
    def read(raw):
        return openai_models._tool_called("1", "book", raw).arguments

    assert read(r'{"day": "\ud83d\u0000x"}') == {"day": "?x"}
    assert [read('{"people": NaN}'), read('{"people": 1e999}'), read("[" * 2000)] == [None, None, None]


@pytest.mark.parametrize("value", ["..", ".", "../admin", "..\\x", "a/../../x", "a/b?c=d#e", "%2e%2e", "é"])
def test_an_argument_stays_in_its_place_of_the_address(value):
    found = definitions.definition({**ORDER, "endpoint_url": "https://api.example/orders/{{number}}/items"})
    try:
        url, _ = templates.request_of(found, {"number": value}, {}, {})
    except Invalid:
        assert value in ("..", ".", "../admin", "..\\x", "a/../../x")
        return
    assert value in ("a/b?c=d#e", "%2e%2e", "é")
    assert url.startswith("https://api.example/orders/")
    assert url.endswith("/items")
    assert url.count("/") == 5
    assert "?" not in url
    assert "#" not in url


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Look up"}, "name"),
        ({"name": "hand_over_to_person"}, "name"),
        ({"description": " "}, "description"),
        ({"http_method": "TRACE"}, "http_method"),
        ({"endpoint_url": "ftp://a.example"}, "endpoint_url"),
        ({"endpoint_url": "https://{{number}}.example/"}, "endpoint_url"),
        ({"endpoint_url": "https://me:pw@a.example/"}, "endpoint_url"),
        ({"headers": [{"name": "Host"}]}, "headers"),
        ({"headers": [{"name": "X\r\nY"}]}, "headers"),
        ({"headers": [{"name": "X", "value": "v"}]}, "headers"),
        ({"body_schema": [{"name": "a"}, {"name": "a"}]}, "body_schema"),
        ({"body_schema": [{"name": "a", "type": "date"}]}, "body_schema"),
        ({"http_method": "POST", "body_template": '{"a": {{number}}}'}, "body_template"),
        ({"response_variables": [{"name": "a", "json_path": "$..x"}]}, "response_variables"),
        ({"timeout_ms": 10}, "timeout_ms"),
        ({"max_retries": 9}, "max_retries"),
    ],
)
def test_a_definition_that_cannot_work_is_refused_at_its_field(change, field):
    with pytest.raises(Invalid) as refused:
        definitions.definition({**ORDER, "endpoint_url": "https://a.example/", **change})
    assert refused.value.field == field


def test_a_definition_holds_no_null_characters():
    given = {
        **ORDER,
        "endpoint_url": "https://a.example/",
        "query_params": [{"name": "a\x00b", "value": "c\x00"}],
        "body_schema": [{"name": "kind", "options": ["x\x00", "\x00"]}],
    }
    found = definitions.definition(given)
    assert found["query_params"] == [{"name": "ab", "value": "c"}]
    assert found["body_schema"][0]["options"] == ["x"]


@pytest.mark.parametrize(
    ("arguments", "is_right"),
    [
        ({"day": "Friday"}, True),
        ({"day": "Friday", "people": 2}, True),
        ({"day": 5}, False),
        ({"people": 2}, False),
        ({"day": "Friday", "people": True}, False),
        ({"day": "Friday", "people": 2.5}, False),
        ({"day": "Friday", "people": 10**400}, True),
        ({"day": "Friday", "people": float("nan")}, False),
        ({"day": "Friday", "people": float("inf")}, False),
        ({"day": "Friday", "admin": "yes"}, False),
    ],
)
def test_arguments_keep_to_their_schema(arguments, is_right):
    found = definitions.definition({**BOOK, "endpoint_url": "https://a.example/"})
    assert (definitions.fault(found, arguments) == "") == is_right
