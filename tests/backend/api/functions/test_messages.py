"""Texts over the API: the contract's shapes, named errors, and nobody's texts but one's own."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import text as sql

from backend.core import clock
from backend.core.ids import new_id
from backend.core.tenancy import platform_scope, unit_of_work
from tests.backend.messaging.conftest import CUSTOMER, SHOP

NASTY = ["'; drop table users; --", "<script>alert(1)</script>", "\U0001f600", "%00", "../../etc/passwd", "a" * 5000]


@pytest.fixture
async def key(line, api):
    return await api.key_of(line.org.owner)


def letter(**changes):
    sent = {"serviceNumber": SHOP, "contactPhone": CUSTOMER, "message": "Your table is ready"}
    return {name: value for name, value in {**sent, **changes}.items() if value is not None}


async def test_a_text_is_sent_and_the_agent_waits(line, api, key, jobs_waiting):
    answer = await api.call("send-user-sms", letter(), key=key)
    assert answer.status_code == 200
    said = answer.json()
    assert said["success"] is True
    assert said["segments"] == 1
    assert said["paused_until"] > clock.now().isoformat()
    [text] = await line.texts()
    assert (str(text.id), text.status, text.sent_by_user_id) == (said["message_id"], "queued", line.org.owner.user_id)
    assert len(await jobs_waiting("messaging.deliver_text")) == 1


async def test_the_documented_names_work_too_and_unknown_fields_are_named(line, api, key):
    sent = {"from": SHOP, "to": "(415) 555-0199", "body": "Hi", "colour": "blue", "n" * 90: 1}
    answer = await api.call("send-sms", sent, key=key)
    assert answer.status_code == 200
    assert answer.json()["ignored_fields"] == ["colour", "n" * 64]


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"serviceNumber": None}, 400, "missing_param", "serviceNumber"),
        ({"contactPhone": None}, 400, "missing_param", "contactPhone"),
        ({"message": None}, 400, "missing_param", "message"),
        ({"message": ""}, 400, "missing_param", "message"),
        ({"message": "   "}, 422, "empty_message", "body"),
        ({"message": 5}, 400, "invalid_param", "message"),
        ({"message": ["a"]}, 400, "invalid_param", "message"),
        ({"message": "a\x00b"}, 400, "invalid_param", "message"),
        ({"message": "\ud800"}, 400, "invalid_param", "message"),
        ({"message": "a" * 1601}, 422, "message_too_long", "body"),
        ({"message": "a" * 20001}, 400, "invalid_param", "message"),
        ({"contactPhone": "hello"}, 422, "invalid_phone_number", "recipient_number"),
        ({"contactPhone": "+1415"}, 422, "invalid_phone_number", "recipient_number"),
        ({"contactPhone": SHOP}, 422, "invalid", "recipient_number"),
        ({"serviceNumber": "+12125550147"}, 404, "number_not_owned", None),
        ({"media_urls": "https://x.example/a.png"}, 400, "invalid_param", "media_urls"),
        ({"media_urls": ["http://127.0.0.1/a.png"]}, 422, "invalid", "media"),
        ({"scheduled_at": "tomorrow"}, 400, "invalid_param", "scheduled_at"),
        ({"scheduled_at": "2001-01-01T00:00:00Z"}, 400, "invalid_param", "scheduled_at"),
    ],
)
async def test_each_mistake_is_named_and_leaves_nothing(line, api, key, changes, status, code, field):
    answer = await api.http.post(
        "/functions/v1/send-user-sms",
        content=json.dumps(letter(**changes)),
        headers={"authorization": f"Bearer {key}"},
    )
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error.get("details", {}).get("field")) == (status, code, field)
    assert await line.texts() == []


@pytest.mark.parametrize("body", [b"", b"nope", b"[]", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5000])
async def test_a_body_that_is_no_object_is_said_so(line, api, key, body):
    answer = await api.http.post(
        "/functions/v1/send-user-sms", content=body, headers={"authorization": f"Bearer {key}"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_body")


@pytest.mark.parametrize(
    "function",
    [
        "send-user-sms", "send-sms", "schedule-sms", "list-messages", "get-message", "list-phone-numbers",
        "assign-phone-number", "scheduled-actions", "process-scheduled-actions",
    ],
)  # fmt: skip
async def test_nobody_gets_in_without_a_key(line, api, function):
    for headers in ({}, {"authorization": "Bearer mgp_" + "0" * 40}, {"authorization": "Basic YTpi"}):
        answer = await api.http.post(f"/functions/v1/{function}", json=letter(), headers=headers)
        assert answer.status_code == 401
    assert await line.texts() == []


async def test_an_opted_out_contact_is_refused_with_the_way_back(line, api, key):
    await line.receive("STOP")
    answer = await api.call("send-user-sms", letter(), key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "opted_out")
    assert "START" in answer.json()["error"]["message"]


async def test_the_same_key_sends_once_and_answers_the_same(line, api, key):
    answers = [await api.call("send-user-sms", letter(), key=key, Idempotency_Key="order-7") for _ in range(3)]
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert len(await line.texts()) == 1
    other = await api.call("send-user-sms", letter(message="Other"), key=key, Idempotency_Key="order-7")
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_key_reused")
    wrong = await api.call("send-user-sms", letter(), key=key, Idempotency_Key="")
    assert wrong.status_code == 422


async def test_the_same_key_plans_once_and_answers_the_same(line, api, key):
    at = clock.ahead(hours=2).isoformat()
    plan = {"scheduled_at": at, "parameters": {"to": CUSTOMER, "message": "Soon"}, "colour": "blue"}
    answers = [await api.call("scheduled-actions", plan, key=key, Idempotency_Key="plan-7") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert len(await line.texts()) == 1


async def test_a_refused_request_does_not_use_its_key_up(line, api, key):
    assert (await api.call("send-user-sms", letter(message=" "), key=key, Idempotency_Key="k")).status_code == 422
    assert (await api.call("send-user-sms", letter(), key=key, Idempotency_Key="k")).status_code == 200


async def test_two_at_once_with_one_key_send_one_text(open_line, api):
    key = await api.key_of(open_line.org.owner)
    answers = await asyncio.gather(
        *(api.call("send-user-sms", letter(), key=key, Idempotency_Key="once") for _ in range(4))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert len(await open_line.texts()) == 1


async def test_support_may_send_and_not_change_numbers(line, api, key):
    with platform_scope("make a member of support for a test"):
        async with unit_of_work() as session:
            await session.execute(
                sql("update organization_members set role = 'support' where user_id = :user"),
                {"user": line.org.owner.user_id},
            )
    assert (await api.call("send-user-sms", letter(), key=key)).status_code == 200
    sent = {"phone_number": SHOP, "agent_id": str(line.agent.id)}
    assert (await api.call("assign-phone-number", sent, key=key)).status_code == 403


async def test_texts_are_listed_newest_first_with_their_filters(line, api, key):
    began = clock.now().date()
    await line.receive("First")
    await line.receive("Second", sender="+14155550111")
    await api.call("send-user-sms", letter(message="Third"), key=key)
    page = (await api.call("list-messages", {"limit": 2}, key=key)).json()
    assert [message["body"] for message in page["messages"]] == ["Third", "Second"]
    assert (page["total"], page["has_more"]) == (3, True)
    rest = (await api.call("list-messages", {"limit": 2, "offset": 2}, key=key)).json()
    assert ([message["body"] for message in rest["messages"]], rest["has_more"]) == (["First"], False)

    async def bodies(**wanted):
        found = (await api.call("list-messages", wanted, key=key)).json()["messages"]
        return [message["body"] for message in found]

    assert await bodies(direction="outbound") == ["Third"]
    assert await bodies(phone_number="(415) 555-0111") == ["Second"]
    assert await bodies(thread_id=page["messages"][0]["thread_id"]) == ["Third", "First"]
    assert await bodies(to_date=(began - timedelta(days=1)).isoformat()) == []
    assert len(await bodies(from_date=began.isoformat(), to_date=clock.now().date().isoformat())) == 3


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"limit": 0}, "limit"), ({"limit": 201}, "limit"), ({"limit": "many"}, "limit"), ({"limit": True}, "limit"),
        ({"offset": -1}, "offset"), ({"offset": 10**12}, "offset"), ({"direction": "sideways"}, "direction"),
        ({"thread_id": "x"}, "thread_id"), ({"from_date": "soon"}, "from_date"), ({"from_date": 5}, "from_date"),
    ],
)  # fmt: skip
async def test_a_filter_that_makes_no_sense_is_named(line, api, key, wanted, field):
    answer = await api.call("list-messages", wanted, key=key)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (400, field)


async def test_one_text_has_its_whole_shape(line, api, key):
    sent = (await api.call("send-user-sms", letter(), key=key)).json()
    message = (await api.call("get-message", {"message_id": sent["message_id"]}, key=key)).json()
    assert message == {
        "id": sent["message_id"],
        "thread_id": sent["thread_id"],
        "from_number": SHOP,
        "to_number": CUSTOMER,
        "body": "Your table is ready",
        "direction": "outbound",
        "status": "queued",
        "is_ai_generated": False,
        "media_urls": [],
        "segments": 1,
        "error_code": None,
        "error_message": None,
        "created_at": sent["created_at"],
    }


async def test_a_strangers_texts_and_numbers_do_not_exist(line, api, make_org):
    await line.receive("Hello")
    [text] = await line.texts()
    stranger = await api.key_of((await make_org("Elsewhere")).owner)
    assert (await api.call("get-message", {"message_id": str(text.id)}, key=stranger)).status_code == 404
    assert (await api.call("list-messages", {}, key=stranger)).json()["total"] == 0
    listed = await api.call("list-messages", {"thread_id": str(text.conversation_id)}, key=stranger)
    assert listed.json()["messages"] == []
    assert (await api.call("send-user-sms", letter(), key=stranger)).status_code == 404
    numbers = (await api.call("list-phone-numbers", {}, key=stranger)).json()
    assert numbers == {"numbers": [], "total": 0, "has_more": False}


@pytest.mark.parametrize("nasty", NASTY)
async def test_any_words_in_any_field_never_break_the_server(line, api, key, nasty):
    for field in ("serviceNumber", "contactPhone", "message", "scheduled_at"):
        answer = await api.call("send-user-sms", letter(**{field: nasty}), key=key)
        assert answer.status_code < 500
    for function, field in (("get-message", "message_id"), ("list-messages", "phone_number"), ("list-messages", "q")):
        assert (await api.call(function, {field: nasty}, key=key)).status_code < 500
    answer = await api.call(
        "assign-phone-number", {"phone_number": nasty, "agent_id": nasty, "channel": nasty}, key=key
    )
    assert 400 <= answer.status_code < 500


async def test_numbers_are_listed_with_their_agents(line, api, key):
    [number] = (await api.call("list-phone-numbers", None, key=key)).json()["numbers"]
    assert (number["phone_number"], number["text_agent_name"], number["provider"]) == (SHOP, "Ava", "signalwire")
    none = (await api.call("list-phone-numbers", {"is_active": False}, key=key)).json()
    assert none["total"] == 0
    mine = (await api.call("list-phone-numbers", {"agent_id": str(line.agent.id)}, key=key)).json()
    assert mine["total"] == 1


async def test_an_agent_takes_the_channel_of_its_type(line, api, key):
    sent = {"phone_number": SHOP, "agent_id": str(line.agent.id)}
    answer = await api.call("assign-phone-number", sent, key=key)
    assert answer.json() == {
        "success": True,
        "phone_number": SHOP,
        "agent_id": str(line.agent.id),
        "channel": "sms",
        "is_active": True,
    }
    wrong = await api.call("assign-phone-number", {**sent, "channel": "fax"}, key=key)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "invalid_channel")
    voice = await api.call("assign-phone-number", {**sent, "channel": "inbound"}, key=key)
    assert voice.status_code == 422
    nobody = await api.call("assign-phone-number", {**sent, "agent_id": str(new_id())}, key=key)
    assert nobody.status_code == 404


async def test_plans_are_made_listed_and_taken_back(line, api, key):
    at = (clock.now() + timedelta(hours=2)).isoformat()
    parameters = {"recipient_phone": CUSTOMER, "message": "See you at two"}
    made = await api.call(
        "scheduled-actions", {"action_type": "send_sms", "scheduled_at": at, "parameters": parameters}, key=key
    )
    assert made.status_code == 201
    action = made.json()
    assert (action["status"], action["parameters"]["sender_number"]) == ("pending", SHOP)
    planned = await api.call("schedule-sms", letter(scheduled_at=at), key=key)
    assert planned.json()["status"] == "scheduled"
    listed = (await api.call("scheduled-actions?status=pending", key=key, method="GET")).json()
    assert (len(listed["data"]), listed["total"]) == (2, 2)
    assert (await api.call("process-scheduled-actions", {"action": "list"}, key=key)).json()["total"] == 2
    gone = await api.call(f"scheduled-actions/{action['id']}", {"status": "cancelled"}, key=key, method="PATCH")
    assert gone.json()["status"] == "cancelled"
    assert (await api.call("scheduled-actions?status=pending", key=key, method="GET")).json()["total"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "scheduled_at"),
        ({"scheduled_at": "2001-01-01"}, "scheduled_at"),
        ({"scheduled_at": "2999-01-01"}, "parameters"),
        ({"scheduled_at": "2999-01-01", "parameters": []}, "parameters"),
        ({"scheduled_at": "2999-01-01", "parameters": {}}, "recipient_phone"),
        ({"scheduled_at": "2999-01-01", "parameters": {"recipient_phone": CUSTOMER}}, "message"),
        ({"action_type": "call_contact", "scheduled_at": "2999-01-01", "parameters": {}}, "action_type"),
    ],
)
async def test_a_plan_that_lacks_something_names_it(line, api, key, body, field):
    answer = await api.call("scheduled-actions", body, key=key)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (400, field)


@pytest.mark.parametrize("action_id", ["x", "0", "01a20250-e8b8-7079-9130-f90d20bad43c"])
async def test_a_plan_that_is_not_there_cannot_be_taken_back(line, api, key, action_id):
    answer = await api.call(f"scheduled-actions/{action_id}", {"status": "cancelled"}, key=key, method="PATCH")
    assert answer.status_code == 404
