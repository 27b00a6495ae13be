"""Whoever talks through a widget stands on a page it allows, and reads one session: their own."""

import hashlib
import hmac
from datetime import timedelta

import pytest

from backend.agents import chat_post
from backend.agents import service as agents
from backend.chat import domains, tickets
from backend.chat import service as chat
from backend.core import clock
from backend.core.errors import Invalid, NotAllowed, NotFound, NotSignedIn
from backend.core.tenancy import unit_of_work
from backend.details import service as details
from tests.backend.chat.conftest import Visitor, hear, take_away


@pytest.mark.parametrize(
    ("allowed", "origin", "is_allowed"),
    [
        ([], "https://anything.example", True),
        (["shop.example"], "https://shop.example", True),
        (["shop.example"], "http://shop.example", True),
        (["shop.example"], "https://www.shop.example", False),
        (["shop.example"], "https://shop.example.evil.test", False),
        (["shop.example"], "https://evilshop.example", False),
        (["shop.example"], "https://shop.example:8443", False),
        (["shop.example:8443"], "https://shop.example:8443", True),
        (["*.shop.example"], "https://www.shop.example", True),
        (["*.shop.example"], "https://a.b.shop.example", True),
        (["*.shop.example"], "https://shop.example", False),
        (["*.shop.example"], "https://notshop.example", False),
        (["shop.example"], "http://localhost:5173", True),
        (["shop.example"], "null", False),
        ([], "null", False),
        ([], "", False),
        ([], "file://", False),
        ([], "https://user@shop.example", False),
        (["xn--caf-dma.example"], "https://xn--caf-dma.example", True),
    ],
)
def test_a_page_is_allowed_by_its_origin_alone(allowed, origin, is_allowed):
    if is_allowed:
        domains.require(origin, allowed)
    else:
        with pytest.raises(NotAllowed):
            domains.require(origin, allowed)


def test_this_machine_is_no_exception_in_production(monkeypatch):
    from backend.core.config import settings

    monkeypatch.setattr(settings(), "environment", "production")
    with pytest.raises(NotAllowed):
        domains.require("http://localhost:5173", ["shop.example"])
    domains.require("http://localhost:5173", ["shop.example", "localhost"])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Shop.Example ", "shop.example"),
        ("https://www.shop.example/about?x=1", "www.shop.example"),
        ("*.shop.example", "*.shop.example"),
        ("http://shop.example:8080", "shop.example:8080"),
        ("https://shop.example:443", "shop.example"),
        ("café.example", "xn--caf-dma.example"),
        ("localhost:3000", "localhost:3000"),
    ],
)
def test_a_site_is_kept_in_the_spelling_browsers_use(typed, kept):
    assert domains.checked([typed, typed]) == [kept]


@pytest.mark.parametrize(
    "typed", ["*", "*.*.example", "shop example", "a_b.example", "http://", "-x.example", "x" * 400]
)
def test_what_is_no_site_is_refused(typed):
    with pytest.raises(Invalid):
        domains.checked([typed])


async def test_a_page_that_is_not_listed_reaches_nothing(desk, visitor):
    await visitor.open()
    await visitor.say("Hello")
    await desk.change(allowed_domains=["shop.example"])
    for path, body in (
        ("session", {"key": visitor.key}),
        ("message", {"token": visitor.token, "id": "x", "text": "Hello"}),
        ("poll", {"token": visitor.token}),
        (f"widget?key={visitor.key}", None),
    ):
        reply = await visitor.call(path, body)
        assert reply.status_code == 403, path
        assert reply.json()["error"]["code"] == "domain_not_allowed"
    async with visitor.socket() as socket:
        assert (await hear(socket, "refused"))["code"] == "domain_not_allowed"
    assert len(await desk.messages()) == 1


async def test_a_request_of_no_page_is_refused(desk, visitor):
    visitor.origin = ""
    assert (await visitor.call("session", {"key": visitor.key})).status_code == 403
    assert await desk.sessions() == []


async def test_a_widget_that_is_switched_off_answers_nobody(desk, visitor):
    await visitor.open()
    await desk.change(is_active=False)
    assert (await visitor.call(f"widget?key={visitor.key}")).status_code == 404
    assert (await visitor.say("Hello")).status_code == 404


async def test_a_token_opens_its_own_session_and_nothing_else(desk, visitor, make_desk):
    await visitor.open()
    await visitor.say("A secret")
    other = Visitor(visitor.url, visitor.key)
    await other.open()
    mine, theirs = visitor.token.split("."), other.token.split(".")
    for forged in (f"{mine[0]}.{theirs[1]}", mine[0], f"{mine[0]}.", "", "x.y", mine[0] + "é." + mine[1]):
        reply = await visitor.call("poll", {"token": forged})
        assert reply.status_code in (400, 401), forged
    elsewhere = await make_desk("Elsewhere")
    # A token of one widget does not resume a session of another's.
    stranger = Visitor(visitor.url, elsewhere.widget.widget_key, token=visitor.token)
    assert (await stranger.open())["messages"] == []
    await take_away(elsewhere)


async def test_a_token_ends_after_a_month_and_with_its_session(desk, visitor):
    await visitor.open()
    with clock.at(clock.now() + tickets.LIFETIME + timedelta(hours=1)), pytest.raises(NotSignedIn):
        tickets.read(visitor.token)
    await visitor.call("end", {"token": visitor.token})
    assert (await visitor.call("poll", {"token": visitor.token})).status_code == 401
    assert (await visitor.say("Hello")).status_code == 401


async def test_a_file_opens_by_its_signed_address_for_a_while(desk, visitor):
    await visitor.open()
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 64
    import httpx

    async with httpx.AsyncClient(base_url=visitor.url) as client:
        made = await client.post(
            "/api/chat/upload?name=../../tooth%22.html",
            content=png,
            headers={"Origin": visitor.origin, "Authorization": f"Bearer {visitor.token}"},
        )
        assert made.status_code == 201, made.text
        file = made.json()["file"]
        sent = await visitor.say("", files=[file["id"]])
        (shown,) = sent.json()["message"]["files"]
        found = await client.get(shown["url"])
        assert found.content == png
        assert found.headers["content-type"] == "image/png"
        assert found.headers["x-content-type-options"] == "nosniff"
        assert "tooth" in found.headers["content-disposition"]
        assert ".html" not in found.headers["content-disposition"]
        path, _, query = shown["url"].partition("?")
        forged = query[:-1] + ("1" if query.endswith("0") else "0")
        for wrong in (path, f"{path}?{forged}", shown["url"].replace("e=", "e=9")):
            assert (await client.get(wrong)).status_code == 404
        page = await client.post(
            "/api/chat/upload?name=a.png",
            content=b"<html><script>alert(1)</script>",
            headers={"Origin": visitor.origin, "Authorization": f"Bearer {visitor.token}"},
        )
        assert page.status_code == 422
        large = await client.post(
            "/api/chat/upload?name=a.png",
            content=png + b"0" * 10_600_000,
            headers={"Origin": visitor.origin, "Authorization": f"Bearer {visitor.token}"},
        )
        assert large.status_code == 413
    (chat_session,) = await desk.sessions()
    (item,) = await desk.timeline(chat_session.conversation_id)
    assert item["data"]["media"][0]["status"] == "kept"
    with clock.at(clock.now() + timedelta(days=3)), pytest.raises(NotFound):
        tickets.check_file(
            desk.org.org_id.hex, chat_session.id, query.split("e=")[1].split("&")[0], query.split("s=")[1]
        )


async def test_a_typed_email_joins_the_contact_but_shows_the_agent_and_visitor_nothing_of_it(
    desk, visitor, sandbox, run_jobs
):
    owner = Visitor(visitor.url, visitor.key)
    await owner.open(email="dana@example.com", name="Dana")
    await owner.say("My card number is 4111")
    await run_jobs()
    street = {"name": "street", "description": "Where to deliver"}
    with desk.org.scope():
        async with unit_of_work() as session:
            await agents.update(
                session, desk.org.owner, desk.agent.id, dynamic_variables=[street], system_prompt="To {{street}}."
            )
            talk = (await desk.sessions())[0].conversation_id
            await keep(session, talk, "1 Pine St")
    await visitor.open(email="Dana@Example.com", name="Mallory")
    assert await visitor.read() == []
    await visitor.say("What did I tell you before?")
    await run_jobs()
    first, second = await desk.sessions()
    assert first.conversation_id == second.conversation_id
    assert len(await desk.contacts()) == 1
    prompts = [turn.prompt for turn in await desk.turns()]
    history = [line["text"] for line in await visitor.read()]
    assert not any(secret in text for text in [prompts[-1], *history] for secret in ("4111", "Pine"))
    items = await desk.timeline(second.conversation_id)
    assert items[-2]["data"]["is_unverified"]
    assert items[-1]["data"]["is_unverified"]
    # Nor may the stranger rename the contact.
    assert [contact.name for contact in await desk.contacts()] == ["Dana"]
    with desk.org.scope():
        async with unit_of_work() as session:
            message = next(one for one in await desk.messages() if one.session_id == second.id)
            visit = await chat.visit(session, message.id)
            seen = await chat.items_for_agent(session, visit, second.conversation_id, 50)
            assert not any("4111" in item.body for item in seen)
            assert not await chat.name_visitor(session, second.id, "Mallory")
            # What the agent finds out from the stranger is the stranger's own, and nothing the contact said changes.
            post = await chat_post.load(session, message.id)
            await keep(session, talk, "5 Evil St", post.parts[-1])
            assert (await details.found_in(session, talk))["street"].value == "1 Pine St"
            assert (await details.found_in(session, talk, post.parts))["street"].value == "5 Evil St"
            shown = {one["value"]: one["is_confirmed"] for one in await details.of_conversation(session, talk)}
            assert shown == {"1 Pine St": True, "5 Evil St": False}


async def keep(session, conversation_id, street, part=details.CERTAIN):
    found = [details.Found("street", "text", street)]
    await details.store(session, conversation_id, found, agent_id=None, agent_name="Ava", channel="chat", part=part)


async def test_a_signed_identity_goes_on_with_the_contacts_history(desk, visitor):
    await visitor.open(email="dana@example.com")
    await visitor.say("I need a new crown")
    seal = hmac.new(desk.widget.identity_secret.encode(), b"dana@example.com", hashlib.sha256).hexdigest()
    again = Visitor(visitor.url, visitor.key)
    await again.open(email="dana@example.com", hash=seal, user_id="42")
    await again.say("Hello again")
    first, second = await desk.sessions()
    assert (first.is_verified, second.is_verified) == (False, True)
    assert first.conversation_id == second.conversation_id
    with desk.org.scope():
        async with unit_of_work() as session:
            message = (await desk.messages())[-1]
            visit = await chat.visit(session, message.id)
            seen = await chat.items_for_agent(session, visit, second.conversation_id, 50)
    assert any("crown" in item.body for item in seen)


@pytest.mark.parametrize("seal", ["", "0" * 64, "é", "f" * 5000])
async def test_a_wrong_signature_proves_nothing(desk, visitor, seal):
    reply = await visitor.call("session", {"key": visitor.key, "email": "dana@example.com", "hash": seal})
    assert reply.status_code in (200, 400)
    assert not any(session.is_verified for session in await desk.sessions())


async def test_another_identity_on_the_same_page_starts_anew(desk, visitor):
    def seal(who: str) -> str:
        return chat.identity_seal(desk.widget.identity_secret, who)

    await visitor.open(email="dana@example.com", hash=seal("dana@example.com"))
    await visitor.say("Only for Dana")
    old = visitor.token
    opened = await visitor.open(email="lee@example.com", hash=seal("lee@example.com"))
    assert opened["messages"] == []
    assert (await visitor.call("poll", {"token": old})).status_code == 401
