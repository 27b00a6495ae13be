"""A widget's key is no key to a free model: what a visitor, an address and a widget may ask is bounded."""

import httpx
import pytest

from backend.chat import limits
from backend.models.agents import AgentTurn
from tests.backend.chat.conftest import SITE, Visitor


async def test_a_visitor_who_writes_too_fast_is_asked_to_wait(desk, visitor):
    await visitor.open()
    replies = [await visitor.say(f"Message {number}") for number in range(limits.PER_MINUTE + 1)]
    assert [reply.status_code for reply in replies[:-1]] == [200] * limits.PER_MINUTE
    refused = replies[-1]
    assert refused.status_code == 429
    error = refused.json()["error"]
    assert error["code"] == "chat_limit"
    assert error["message"].startswith("You are writing faster than we can read. Try again in")
    assert int(refused.headers["retry-after"]) >= 1
    assert len(await desk.messages()) == limits.PER_MINUTE


async def test_an_address_starts_so_many_sessions_an_hour(desk, visitor, monkeypatch):
    monkeypatch.setattr(limits, "SESSIONS_PER_HOUR", 3)
    codes = [(await visitor.call("session", {"key": visitor.key})).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]


async def test_new_sessions_do_not_reset_what_an_address_may_ask(desk, visitor, monkeypatch):
    monkeypatch.setattr(limits, "ADDRESS_PER_HOUR", 4)
    codes = []
    for number in range(6):
        fresh = Visitor(visitor.url, visitor.key)
        await fresh.open()
        codes.append((await fresh.say(f"Write me an essay, part {number}")).status_code)
    assert codes == [200] * 4 + [429] * 2


async def test_a_chat_moves_so_often_an_hour_however_many_addresses_its_visitor_leaves(desk, visitor, monkeypatch):
    monkeypatch.setattr(limits, "ADDRESSES_PER_HOUR", 2)
    for number in range(4):
        known = Visitor(visitor.url, visitor.key)
        await known.open(email=f"{number}@example.com")
        await known.say("Hello")
    await visitor.open()
    await visitor.say("Hello")
    said = {"key": visitor.key, "token": visitor.token}
    codes = [(await visitor.call("session", {**said, "email": f"{n}@example.com"})).status_code for n in range(4)]
    assert codes == [200, 200, 429, 429]
    # Saying the same again is no news.
    assert (await visitor.call("session", {**said, "email": "1@example.com"})).status_code == 200


async def test_a_widget_answers_so_much_a_day_whoever_asks(desk, visitor, monkeypatch):
    monkeypatch.setattr(limits, "WIDGET_PER_DAY", 2)
    await visitor.open()
    codes = [(await visitor.say("Hello")).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


async def test_a_long_message_is_refused(desk, visitor):
    await visitor.open()
    reply = await visitor.say("x" * (limits.LONGEST_MESSAGE + 1))
    assert reply.status_code == 422
    assert await desk.messages() == []


async def test_an_answer_is_short_whatever_the_agent_allows(desk, visitor, sandbox, run_jobs):
    with desk.org.scope():
        from backend.core.tenancy import unit_of_work

        async with unit_of_work() as session:
            agent = await session.get(type(desk.agent), desk.agent.id)
            agent.max_tokens = 4000
            session.add(agent)
    await visitor.open()
    await visitor.say("Write a very long essay about whales")
    await run_jobs()
    (turn,) = await desk.all(AgentTurn)
    assert {attempt["max_tokens"] for attempt in turn.attempts} == {limits.MOST_TOKENS}
    assert "Decline other work" in turn.prompt


@pytest.mark.parametrize("message", ["Hello", ""])
async def test_the_function_is_bounded_too(desk, visitor, sandbox, working, monkeypatch, message):
    monkeypatch.setattr(limits, "SESSIONS_PER_HOUR", 2)
    async with httpx.AsyncClient(base_url=visitor.url, timeout=60, headers={"Origin": SITE}) as client:
        body = {"widgetKey": visitor.key, "visitorId": "v1"}
        body |= {"message": message} if message else {"requestGreeting": True}
        codes = [(await client.post("/functions/v1/webhook-chat-message", json=body)).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
