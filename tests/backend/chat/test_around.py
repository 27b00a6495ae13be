"""What stands around a chat: drafts people approve, leftovers that are forgotten, and the product's own pages."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text as sql

from backend.chat import leftovers
from backend.chat import service as chat
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.config import settings
from backend.core.errors import Conflict
from backend.core.tenancy import unit_of_work
from backend.models.chat import ChatFile
from backend.vocab import AnswerMode, AuthorKind, ItemKind
from tests.backend.chat.conftest import Visitor
from tests.tenancy.people import sign_in


@pytest.mark.parametrize("change", ["", " (checked)"])
async def test_a_draft_reaches_the_visitor_when_a_person_approves_it(desk, visitor, sandbox, run_jobs, change):
    await visitor.open()
    await visitor.say("Hello")
    (session,) = await desk.sessions()
    member = Author(AuthorKind.MEMBER, desk.org.owner.name, desk.org.owner.user_id)
    with desk.org.scope():
        async with unit_of_work() as opened:
            await conversations.set_answer_mode(opened, session.conversation_id, AnswerMode.DRAFT, member)
    await run_jobs()
    assert [line["who"] for line in await visitor.read()] == ["visitor"]
    (draft,) = [item for item in await desk.timeline(session.conversation_id) if item["kind"] == ItemKind.DRAFT]
    assert draft["channel"] == "chat"
    for _ in range(2):
        with desk.org.scope():
            async with unit_of_work() as opened:
                await chat.approve_draft(
                    opened, desk.org.owner, session.conversation_id, draft["seq"], draft["body"] + change
                )
    answers = [line for line in await visitor.read() if line["who"] in ("ai", "person")]
    assert [(line["who"], line["text"]) for line in answers] == [("person" if change else "ai", draft["body"] + change)]
    (turn,) = await desk.turns()
    assert str(turn.reply_message_id) == answers[0]["id"]


async def test_a_discarded_draft_is_not_sent(desk, visitor, sandbox, run_jobs):
    from backend.messaging import service as messaging

    await visitor.open()
    await visitor.say("Hello")
    (session,) = await desk.sessions()
    member = Author(AuthorKind.MEMBER, desk.org.owner.name, desk.org.owner.user_id)
    with desk.org.scope():
        async with unit_of_work() as opened:
            await conversations.set_answer_mode(opened, session.conversation_id, AnswerMode.DRAFT, member)
    await run_jobs()
    (draft,) = [item for item in await desk.timeline(session.conversation_id) if item["kind"] == ItemKind.DRAFT]
    with desk.org.scope():
        async with unit_of_work() as opened:
            await messaging.discard_draft(opened, desk.org.owner, session.conversation_id, draft["seq"])
        with pytest.raises(Conflict):
            async with unit_of_work() as opened:
                await chat.approve_draft(opened, desk.org.owner, session.conversation_id, draft["seq"], "Hello")


async def test_what_was_begun_and_left_is_forgotten_after_a_day(desk, visitor):
    await visitor.open()
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 64
    async with httpx.AsyncClient(base_url=visitor.url) as client:
        headers = {"Origin": visitor.origin, "Authorization": f"Bearer {visitor.token}"}
        await client.post("/api/chat/upload?name=a.png", content=png, headers=headers)
    (file,) = await desk.all(ChatFile)
    writer = Visitor(visitor.url, visitor.key)
    await writer.open()
    await writer.say("Hello")
    await leftovers.sweep()
    assert len(await desk.sessions()) == 2
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        await leftovers.sweep()
    assert [session.last_seq for session in await desk.sessions()] == [1]
    assert not (settings().media_dir / file.path).exists()


async def test_our_own_pages_carry_the_organizations_widget_and_vouch_for_its_members(desk, site):
    async with httpx.AsyncClient(base_url=site) as client:
        assert (await client.get("/api/chat/support")).status_code == 204
        await desk.change(is_portal_widget=True, hidden_paths=["/agents"])
        assert (await client.get("/api/chat/support")).status_code == 204
        from backend.core.tenancy import platform_scope

        with platform_scope("confirm an address for a test"):
            async with unit_of_work() as session:
                await session.execute(
                    sql("update users set email_verified_at = now() where id = :id"), {"id": desk.org.owner.user_id}
                )
        cookie = await sign_in(desk.org.owner)
        found = (await client.get("/api/chat/support", headers={"Cookie": f"mp_session={cookie}"})).json()
    assert found["key"] == desk.widget.widget_key
    assert {"/inbox", "/agents"} <= set(found["hidden"])
    owner = desk.org.owner
    assert found["visitor"]["hash"] == chat.identity_seal(desk.widget.identity_secret, owner.email)


async def test_visitors_of_our_public_pages_meet_the_operators_widget(desk, site, monkeypatch):
    monkeypatch.setattr(settings(), "support_widget_key", desk.widget.widget_key)
    async with httpx.AsyncClient(base_url=site) as client:
        found = (await client.get("/api/chat/support")).json()
        assert (found["key"], found["visitor"]) == (desk.widget.widget_key, None)
        await desk.change(is_active=False)
        assert (await client.get("/api/chat/support")).status_code == 204


async def test_our_own_pages_read_the_settings_although_browsers_name_no_origin_there(desk, visitor):
    await desk.change(allowed_domains=["shop.example"])
    visitor.origin = ""
    address = f"widget?key={visitor.key}"
    assert (await visitor.call(address)).status_code == 403
    assert (await visitor.call(address, **{"Sec-Fetch-Site": "cross-site"})).status_code == 403
    assert (await visitor.call(address, **{"Sec-Fetch-Site": "same-origin"})).status_code == 200
