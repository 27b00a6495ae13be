"""A visitor writes, is answered in the same session, and finds everything again after a reload."""

import asyncio

from backend.chat.live import Stream
from backend.core.tenancy import unit_of_work
from backend.knowledge import jobs as knowledge_jobs
from backend.knowledge import service as knowledge
from backend.vocab import TurnStatus
from tests.backend.chat.conftest import Desk, Visitor, hear

HOURS = "We open Monday to Friday from 9:00 to 17:00 and on Saturday from 10:00 to 14:00."


async def teach(desk: Desk) -> None:
    with desk.org.scope():
        async with unit_of_work() as session:
            source = await knowledge.add_text(session, desk.org.owner, "Hours", HOURS)
        await knowledge_jobs.index(str(desk.org.org_id), str(source.id))


async def test_a_message_is_answered_from_what_the_business_wrote(desk, visitor, sandbox, working, eventually):
    await teach(desk)
    await visitor.open()
    assert (await visitor.say("When do you open on Saturday?")).status_code == 200

    async def answered():
        return [line for line in await visitor.read() if line["who"] == "ai"]

    # The model's libraries load with the first question of a run.
    (line,) = await eventually(answered)
    assert "10:00" in line["text"]
    assert line["name"] == "Ava"
    (turn,) = await desk.turns()
    assert (turn.channel, turn.status, turn.reply) == ("chat", TurnStatus.ANSWERED, line["text"])
    (contact,) = await desk.contacts()
    assert contact.is_visitor
    (chat,) = await desk.sessions()
    items = await desk.timeline(chat.conversation_id)
    assert [(item["channel"], item["direction"]) for item in items] == [("chat", "inbound"), ("chat", "outbound")]


async def test_an_answer_is_shown_while_it_is_written_and_then_whole(desk, visitor, sandbox, working, monkeypatch):
    await teach(desk)
    await visitor.open()
    pieces, written, calm = [], set(), Stream.grow

    async def grow(stream, text):
        """Write the first two words, and write on once each was shown."""
        await calm(stream, text)
        if text and len(written) < 2:
            written.add(text)
            while sum(len(piece["text"]) for piece in pieces) < len(text):
                await asyncio.sleep(0.01)

    monkeypatch.setattr(Stream, "grow", grow)
    async with visitor.socket() as socket:
        await hear(socket, "ready")
        await visitor.say("When do you open on Saturday?")
        while True:
            said = await next_of(socket)
            if said["t"] == "piece":
                pieces.append(said)
            if said["t"] == "news" and any(line["who"] == "ai" for line in said["messages"]):
                break
        (line,) = [line for line in said["messages"] if line["who"] == "ai"]
        assert len(pieces) >= 2
        assert line["text"].startswith(pieces[0]["text"])
        assert {piece["turn"] for piece in pieces} == {line["turn"]}


async def next_of(socket):
    import json

    return json.loads(await asyncio.wait_for(socket.recv(), 60))


async def test_a_message_sent_twice_is_stored_once(desk, visitor):
    await visitor.open()
    body = {"token": visitor.token, "id": "same", "text": "Hello"}
    first, second = await asyncio.gather(visitor.call("message", body), visitor.call("message", body))
    assert first.json()["message"]["id"] == second.json()["message"]["id"]
    assert len(await desk.messages()) == 1


async def test_first_messages_at_once_wait_for_each_other_and_are_all_stored(desk, visitor):
    await visitor.open()
    bodies = [{"token": visitor.token, "id": f"first-{number}", "text": f"Hello {number}"} for number in range(8)]
    stored = await asyncio.gather(*(visitor.call("message", body) for body in bodies))
    assert [answer.status_code for answer in stored] == [200] * 8
    assert len(await desk.messages()) == 8


async def test_a_reload_finds_the_session_again_and_others_do_not(desk, visitor):
    await visitor.open()
    await visitor.say("Hello")
    again = Visitor(visitor.url, visitor.key, token=visitor.token)
    assert [line["text"] for line in (await again.open())["messages"]] == ["Hello"]
    stranger = Visitor(visitor.url, visitor.key)
    assert (await stranger.open())["messages"] == []
    assert len(await desk.sessions()) == 2


async def test_a_socket_that_comes_back_gets_what_it_missed_and_nothing_twice(desk, visitor):
    await visitor.open()
    await visitor.say("One")
    (chat,) = await desk.sessions()
    await desk.reply(chat.conversation_id, "Two")
    async with visitor.socket(after=1) as socket:
        ready = await hear(socket, "ready")
        assert [line["text"] for line in ready["messages"]] == ["joined", "Two"]
        await desk.reply(chat.conversation_id, "Three")
        told: list[str] = []
        # Who read what is news as well, without a message.
        while not told:
            told = [line["text"] for line in (await hear(socket, "news"))["messages"]]
        assert told == ["Three"]


async def test_several_messages_at_once_get_one_answer(desk, visitor, sandbox, run_jobs):
    await visitor.open()
    for text in ("Hello", "I have a question", "Do you have parking?"):
        await visitor.say(text)
    await run_jobs()
    assert len([line for line in await visitor.read() if line["who"] == "ai"]) == 1
    assert [turn.status for turn in await desk.turns()] == ["skipped", "skipped", "answered"]
