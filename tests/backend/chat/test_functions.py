"""The documented chat functions keep their shapes, and ids alone open nobody's session."""

import httpx
import pytest
from sqlalchemy import text as sql

from backend.accounts import service as accounts
from backend.core.tenancy import platform_scope, unit_of_work
from tests.backend.chat.conftest import SITE, take_away

PATH = "/functions/v1/webhook-chat-message"


@pytest.fixture
async def api(site):
    async with httpx.AsyncClient(base_url=site, timeout=60) as client:
        yield client


async def key_of(desk) -> dict[str, str]:
    with platform_scope("confirm an address for a test"):
        async with unit_of_work() as session:
            await session.execute(
                sql("update users set email_verified_at = now() where id = :id"), {"id": desk.org.owner.user_id}
            )
    with desk.org.scope():
        async with unit_of_work() as session:
            made = await accounts.create_key(session, desk.org.owner, "server")
    return {"Authorization": f"Bearer {made['key']}"}


async def test_a_message_is_answered_in_the_same_request(desk, api, sandbox, working):
    body = {
        "widgetKey": desk.widget.widget_key,
        "visitorId": "v-1",
        "visitorName": "Dana",
        "pageUrl": "https://www.shop.example/prices",
        "browserInfo": {"userAgent": "test"},
        "message": "Hello",
    }
    reply = await api.post(PATH, json=body, headers={"Origin": SITE})
    assert reply.status_code == 200, reply.text
    said = reply.json()
    assert said["success"] is True
    assert said["isGreeting"] is False
    assert said["aiResponse"]
    assert {"sessionId", "messageId", "aiMessageId", "token"} <= set(said)
    again = await api.post(
        PATH, json={**body, "message": "And tomorrow?", "token": said["token"]}, headers={"Origin": SITE}
    )
    assert again.json()["sessionId"] == said["sessionId"]


async def test_an_address_given_with_a_later_message_leads_to_its_contact(desk, api, sandbox, working):
    body = {"widgetKey": desk.widget.widget_key, "message": "Hello"}
    said = [(await api.post(PATH, json=body, headers={"Origin": SITE})).json() for _ in range(2)]
    for one in said:
        more = {**body, "token": one["token"], "visitorEmail": "dana@example.com", "visitorName": "Dana"}
        assert (await api.post(PATH, json=more, headers={"Origin": SITE})).json()["sessionId"] == one["sessionId"]
    [dana] = [one for one in await desk.contacts() if one.deleted_at is None]
    assert (dana.email, dana.is_visitor) == ("dana@example.com", False)
    assert {one.contact_id for one in await desk.sessions()} == {dana.id}


async def test_snake_case_names_mean_the_same(desk, api, sandbox, working):
    body = {"widget_key": desk.widget.widget_key, "visitor_id": "v-1", "message": "Hello"}
    assert (await api.post(PATH, json=body, headers={"Origin": SITE})).json()["success"] is True


async def test_an_id_without_token_or_key_begins_a_new_session(desk, api, sandbox, working):
    body = {"widgetKey": desk.widget.widget_key, "visitorId": "v-1", "message": "My card number is 4111"}
    first = (await api.post(PATH, json=body, headers={"Origin": SITE})).json()
    for guess in ({"visitorId": "v-1"}, {"sessionId": first["sessionId"]}):
        said = await api.post(
            PATH, json={"widgetKey": body["widgetKey"], "message": "Repeat all", **guess}, headers={"Origin": SITE}
        )
        assert said.json()["sessionId"] != first["sessionId"]
    trusted = await api.post(
        PATH,
        json={"widgetKey": body["widgetKey"], "message": "Hi", "sessionId": first["sessionId"]},
        headers=await key_of(desk),
    )
    assert trusted.json()["sessionId"] == first["sessionId"]


async def test_a_server_needs_a_key_of_the_widgets_organization(desk, api, make_desk, sandbox, working):
    other = await make_desk("Elsewhere")
    body = {"widgetKey": desk.widget.widget_key, "message": "Hello"}
    assert (await api.post(PATH, json=body)).status_code == 403
    assert (await api.post(PATH, json=body, headers={"Authorization": "Bearer mgp_" + "0" * 40})).status_code == 401
    assert (await api.post(PATH, json=body, headers=await key_of(other))).status_code == 404
    assert (await api.post(PATH, json=body, headers=await key_of(desk))).status_code == 200
    by_agent = {"agentId": str(desk.agent.id), "message": "Hello"}
    assert (await api.post(PATH, json=by_agent, headers=await key_of(desk))).status_code == 200
    assert (await api.post(PATH, json=by_agent, headers=await key_of(other))).status_code == 404
    await take_away(other)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"widgetKey": "wgt_nobody"}, 404),
        ({"widgetKey": None}, 400),
        ({"message": None}, 400),
        ({"message": 5}, 400),
        ({"message": "x" * 2001}, 422),
        ({"visitorEmail": "no address"}, 422),
        ({"browserInfo": ["x"]}, 200),
    ],
)
async def test_what_is_wrong_is_named(desk, api, sandbox, working, change, status):
    body = {"widgetKey": desk.widget.widget_key, "message": "Hello", **change}
    assert (await api.post(PATH, json=body, headers={"Origin": SITE})).status_code == status


async def test_a_greeting_costs_no_model(desk, api):
    reply = await api.post(
        PATH, json={"widgetKey": desk.widget.widget_key, "requestGreeting": True}, headers={"Origin": SITE}
    )
    assert reply.json()["isGreeting"] is True
    assert reply.json()["aiResponse"] == "Hi! How can I help you today?"


async def test_an_agents_greeting_is_written_once_for_all(desk, api, sandbox, run_jobs):
    await desk.change(has_ai_greeting=True)
    body = {"widgetKey": desk.widget.widget_key, "requestGreeting": True}
    for _ in range(3):
        await api.post(PATH, json=body, headers={"Origin": SITE})
    await run_jobs()
    (widget,) = await desk.all(type(desk.widget))
    assert widget.greeting_version == desk.agent.version
    said = await api.post(PATH, json=body, headers={"Origin": SITE})
    assert said.json()["aiResponse"] == (widget.greeting_text or widget.welcome_message)


async def test_a_widget_is_made_and_its_sessions_listed_as_documented(desk, api, sandbox, working):
    key = await key_of(desk)
    made = await api.post(
        "/functions/v1/create-chat-widget", json={"agent_id": str(desk.agent.id), "name": "Shop"}, headers=key
    )
    assert made.status_code == 201
    widget = made.json()
    assert widget["widget_key"].startswith("wgt_")
    assert len(widget["widget_key"]) == 28
    assert (widget["primary_color"], widget["position"]) == ("#6366f1", "bottom-right")
    assert (widget["collect_visitor_name"], widget["collect_visitor_email"]) == (True, False)
    assert widget["agent_name"] == "Ava"
    assert widget["widget_key"] in widget["embed_code"]
    assert "identity_secret" not in widget
    await api.post(PATH, json={"widgetKey": widget["widget_key"], "message": "Hello"}, headers={"Origin": SITE})
    listed = await api.post("/functions/v1/list-chat-sessions", json={"widget_id": widget["id"]}, headers=key)
    (row,) = listed.json()["sessions"]
    assert listed.json()["total"] == 1
    assert (row["widget_name"], row["status"], row["message_count"]) == ("Shop", "active", 2)
    assert set(row) == {
        "id", "widget_id", "widget_name", "visitor_id", "visitor_name", "visitor_email", "status", "last_message",
        "last_message_at", "message_count", "page_url", "created_at",
    }  # fmt: skip
