"""Strangers send the chat's addresses whatever they like: it answers what is wrong, and breaks nowhere."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text as sql
from starlette.websockets import WebSocketDisconnect

from backend.api.app import create_api
from backend.chat import limits, tickets
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.chat import ChatSession
from tests.hostile.test_endpoints import assert_is_refusal
from tests.hostile.values import BROKEN_BODIES, MARKUP, NOT_TEXT, NULLS, WORDS, as_json

ORIGIN = {"Origin": "https://www.shop.example", "Content-Type": "text/plain"}
KEY, TOKEN = "<key>", "<token>"
ABOUT: dict[str, Any] = {
    "visitor": "v-1",
    "name": "Dana",
    "email": "dana@example.com",
    "user_id": "42",
    "hash": "0" * 64,
    "page": "https://www.shop.example/",
    "title": "Shop",
    "lang": "en-US",
    "info": {"screen": "1x1"},
}
BODIES: dict[str, dict[str, Any]] = {
    "/api/chat/session": {"key": KEY, "token": TOKEN, **ABOUT},
    "/api/chat/message": {"token": TOKEN, "id": "c1", "text": "Hello", "files": [], **ABOUT},
    "/api/chat/poll": {"token": TOKEN, "after": 0, "seen": 0},
    "/api/chat/end": {"token": TOKEN},
    "/functions/v1/webhook-chat-message": {
        "widgetKey": KEY,
        "agentId": "",
        "sessionId": "",
        "visitorId": "v-1",
        "requestGreeting": True,
        "visitorName": "Dana",
        "visitorEmail": "dana@example.com",
        "pageUrl": "https://www.shop.example/",
        "browserInfo": {"a": 1},
        "token": TOKEN,
    },
}
FIELDS = [(path, field) for path, body in BODIES.items() for field in body]


@pytest.fixture
async def place(world, monkeypatch) -> dict[str, str]:
    """The key of a widget that is on, and a token of a session of it; the limits are not what is tried here."""
    for name in ("PER_MINUTE", "PER_DAY", "SESSIONS_PER_HOUR", "ADDRESS_PER_HOUR", "WIDGET_PER_DAY"):
        monkeypatch.setattr(limits, name, 1_000_000)
    ids = world.theirs.ids
    with platform_scope("open a widget for a test"):
        async with unit_of_work() as session:
            await session.execute(
                sql("update chat_widgets set widget_key = 'wgt_' || left(md5(id::text), 24) where id = :id"),
                {"id": ids["chat_widgets"]},
            )
            key = (
                await session.execute(
                    sql("select widget_key from chat_widgets where id = :id"), {"id": ids["chat_widgets"]}
                )
            ).scalar_one()
            await session.execute(
                sql("update chat_sessions set status = 'active' where id = :id"), {"id": ids["chat_sessions"]}
            )
            chat = await session.get(ChatSession, ids["chat_sessions"], populate_existing=True)
            assert chat is not None
            return {KEY: key, TOKEN: tickets.issue(chat)}


def filled(body: dict[str, Any], place: dict[str, str]) -> dict[str, Any]:
    return {name: place.get(value, value) if isinstance(value, str) else value for name, value in body.items()}


@pytest.mark.parametrize(("path", "field"), FIELDS)
async def test_a_forged_field_is_answered_and_breaks_nothing(client, place, path, field):
    for value in (*NOT_TEXT, *NULLS, *WORDS, None):
        answer = await client.post(path, content=as_json({**filled(BODIES[path], place), field: value}), headers=ORIGIN)
        assert answer.status_code < 500, (field, value, answer.text)
        if answer.status_code >= 400:
            assert_is_refusal(answer)


@pytest.mark.parametrize("path", BODIES)
async def test_what_is_no_body_is_refused(client, path):
    for body in BROKEN_BODIES:
        answer = await client.post(path, content=body, headers=ORIGIN)
        assert 400 <= answer.status_code < 500
        assert_is_refusal(answer)


@pytest.mark.parametrize("query", ["", "key=", "key=wgt_nobody", "key=%00", "key=" + "a" * 5000, f"key={MARKUP}"])
async def test_an_unknown_widget_is_refused(client, query):
    answer = await client.get(f"/api/chat/widget?{query}", headers=ORIGIN)
    assert answer.status_code in (400, 404)
    assert_is_refusal(answer)


@pytest.mark.parametrize("file_id", ["x", "..%2f..%2fetc%2fpasswd", "01a2034a-5ccd-702a-879f-0f0ed683d468"])
@pytest.mark.parametrize("query", ["", "o=x&e=1&s=1", "o=01a2034a5ccd702a879f0f0ed683d468&e=99999999999&s=%C3%A9"])
async def test_a_forged_file_address_opens_nothing(client, file_id, query):
    answer = await client.get(f"/api/chat/file/{file_id}?{query}", headers=ORIGIN)
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "hello", ["", "{", "[]", "7", "null", '{"token": 5}', '{"token": "x.y"}', "x" * 100_000, '{"after": "1"}']
)
def test_a_socket_that_cannot_say_who_it_is_is_closed(hello, database):
    with (
        TestClient(create_api()) as client,
        client.websocket_connect("/api/chat/socket", headers={"Origin": ORIGIN["Origin"]}) as socket,
    ):
        socket.send_text(hello)
        assert json.loads(socket.receive_text())["t"] == "refused"
        with pytest.raises(WebSocketDisconnect) as ended:
            socket.receive_text()
        assert ended.value.code == 4401


def test_a_socket_of_no_page_is_not_opened(database):
    with (
        TestClient(create_api()) as client,
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/api/chat/socket"),
    ):
        pass
