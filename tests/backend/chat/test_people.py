"""A person takes over a chat live: both sides see each other type and read, and the agent waits."""

import json
from datetime import timedelta

import pytest

from backend.chat import messages
from backend.chat import service as chat
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock, realtime
from backend.core.errors import Conflict
from backend.core.tenancy import unit_of_work
from backend.vocab import AnswerMode, AuthorKind
from tests.backend.chat.conftest import hear


async def spoken(desk, visitor):
    await visitor.open(name="Dana")
    await visitor.say("Hello")
    (session,) = await desk.sessions()
    return session


async def set_mode(desk, conversation_id, mode: AnswerMode) -> None:
    with desk.org.scope():
        async with unit_of_work() as session:
            member = Author(AuthorKind.MEMBER, desk.org.owner.name, desk.org.owner.user_id)
            await conversations.set_answer_mode(session, conversation_id, mode, member)


async def test_the_visitor_sees_who_joined_and_what_they_write(desk, visitor, run_jobs):
    session = await spoken(desk, visitor)
    async with visitor.socket(after=1) as socket:
        await hear(socket, "ready")
        await desk.reply(session.conversation_id, "Hi Dana, Ana here")
        said = await hear(socket, "news")
        while len(said["messages"]) < 2:
            more = await hear(socket, "news")
            said = {"messages": said["messages"] + more["messages"], "state": more["state"]}
        joined, line = said["messages"]
        assert (joined["who"], joined["text"], joined["name"]) == ("system", "joined", "Ana")
        assert (line["who"], line["name"], line["text"]) == ("person", "Ana", "Hi Dana, Ana here")
        assert said["state"]["mode"] == "human"
        assert said["state"]["person"] == "Ana"


async def test_the_agent_waits_five_minutes_after_a_person(desk, visitor, sandbox, run_jobs):
    session = await spoken(desk, visitor)
    await run_jobs()
    await desk.reply(session.conversation_id, "Hi")
    with desk.org.scope():
        async with unit_of_work() as opened:
            conversation = await conversations.get(opened, session.conversation_id)
    assert conversation.paused_until - clock.now() <= messages.PAUSE
    assert conversation.paused_until - clock.now() > messages.PAUSE - timedelta(minutes=1)
    before = len(await visitor.read())
    await visitor.say("Are you there?")
    await run_jobs()
    assert len(await visitor.read()) == before + 1
    await set_mode(desk, session.conversation_id, AnswerMode.AI)
    await visitor.say("What are your hours?")
    await run_jobs()
    assert (await visitor.read())[-1]["who"] == "ai"


async def test_a_reply_sent_twice_arrives_once(desk, visitor):
    session = await spoken(desk, visitor)
    first = await desk.reply(session.conversation_id, "Hi", client_key="k1")
    second = await desk.reply(session.conversation_id, "Hi", client_key="k1")
    assert first.id == second.id
    assert [line["text"] for line in await visitor.read()] == ["Hello", "joined", "Hi"]


async def test_nobody_writes_into_a_chat_its_visitor_ended(desk, visitor):
    session = await spoken(desk, visitor)
    await visitor.call("end", {"token": visitor.token})
    with pytest.raises(Conflict, match="left this chat"):
        await desk.reply(session.conversation_id, "Hi")


async def test_both_sides_see_each_other_type(desk, visitor, eventually, queue):
    session = await spoken(desk, visitor)
    changes: list[realtime.Change] = []
    import asyncio

    async def note(change: realtime.Change) -> None:
        changes.append(change)

    async def nothing() -> None:
        pass

    listening = asyncio.create_task(realtime.listen(note, nothing, "test"))

    async def heard():
        # A change is told to those who listen, and kept for nobody.
        with desk.org.scope():
            async with unit_of_work() as opened:
                await realtime.announce(opened, desk.org.org_id, "test.hello")
        return changes

    await eventually(heard)
    async with visitor.socket() as socket:
        await hear(socket, "ready")
        await socket.send('{"t":"typing"}')

        async def told():
            return [one for one in changes if one.kind == "chat.typing"]

        change, *_ = await eventually(told)
        assert change.subject == str(session.conversation_id)
        with desk.org.scope():
            async with unit_of_work() as opened:
                await chat.show_typing(opened, desk.org.owner, session.conversation_id)
        assert (await hear(socket, "typing"))["name"] == "Ana"
    listening.cancel()


async def test_reading_is_shown_to_the_other_side(desk, visitor, eventually):
    session = await spoken(desk, visitor)
    async with visitor.socket() as socket:
        await hear(socket, "ready")
        with desk.org.scope():
            async with unit_of_work() as opened:
                await conversations.mark_read(opened, session.conversation_id, desk.org.owner.user_id)
        while (await hear(socket, "news"))["state"]["team_read"] < 1:
            pass
        reply = await desk.reply(session.conversation_id, "Hi")
        await socket.send(json.dumps({"t": "seen", "seq": reply.seq}))

        async def seen():
            items = await desk.timeline(session.conversation_id)
            return [item for item in items if item["record_id"] == str(reply.id) and item["status"] == "read"]

        await eventually(seen)


async def test_a_chat_outside_the_agents_hours_gets_the_offline_message_once(desk, visitor, sandbox, run_jobs):
    await desk.change(offline_message="We sleep now.")
    with desk.org.scope():
        async with unit_of_work() as session:
            from sqlalchemy import text

            await session.execute(
                text("update agent_configs set is_active = false where id = :id"), {"id": desk.agent.id}
            )
    await visitor.open()
    await visitor.say("Hello")
    await run_jobs()
    (chat_session,) = await desk.sessions()
    with desk.org.scope():
        async with unit_of_work() as session:
            conversation = await conversations.get(session, chat_session.conversation_id)
    assert conversation.needs_person
    config = (await visitor.call(f"widget?key={visitor.key}")).json()
    assert (config["is_open"], config["offline"]) == (False, "We sleep now.")
