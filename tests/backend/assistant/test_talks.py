"""Talks with the assistant: whose they are, how an answer is written, stopped, failed and asked for again."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text as sql

from backend.assistant import answering, views
from backend.assistant import service as assistant
from backend.core.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.core.tenancy import unit_of_work


async def test_an_answer_streams_and_is_kept(office, model):
    model.says("You have two agents.")
    answer = await office.ask("Which agents are there?")
    assert (answer["role"], answer["body"], answer["status"]) == ("assistant", "You have two agents.", "done")
    grown = [text for text, _ in office.progress if text]
    assert grown[0] == "You "
    assert grown[-1].strip() == "You have two agents."
    assert [message["role"] for message in await office.read()] == ["user", "assistant"]
    with office.org.scope():
        async with unit_of_work() as session:
            (row,) = await assistant.talks(session, office.org.owner)
    assert row["title"] == "Which agents are there?"


async def test_tools_that_read_run_at_once_and_are_shown(office, model):
    await office.meet("Dana Ruiz", "+14155550188")
    model.says([("find_contacts", {"query": "dana"})], "Dana Ruiz, (415) 555-0188.")
    answer = await office.ask("Find Dana")
    assert "Dana Ruiz" in answer["tools"][0]["result"]
    assert ("", "find_contacts") in office.progress
    told = model.requests[1]["messages"][-1]
    assert told["role"] == "tool"
    assert "(415) 555-0188" in told["content"]


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("find_conversations", {"which": "unassigned"}, "No conversation fits"),
        ("list_agents", {}, "Ava answers texts, on"),
        ("read_agent", {"agent": "ava", "field": "name"}, "Ava"),
        ("list_numbers", {}, "(415) 555-0132"),
        ("list_planned_texts", {}, "No text is planned"),
        ("get_figures", {"period": "last 7 days"}, "0 texts received"),
        ("read_conversation", {"contact": "Dana Ruiz"}, "Nothing was said"),
        ("read_conversation", {"contact": "Nobody"}, "No contact is called"),
    ],
)
async def test_what_can_be_looked_up(office, model, name, arguments, expected):
    await office.meet("Dana Ruiz", "+14155550188")
    model.says([(name, arguments)], "There.")
    answer = await office.ask("Tell me")
    assert expected in answer["tools"][0]["result"]


async def test_the_talk_so_far_reaches_the_model_with_what_became_of_proposals(office, model):
    await office.meet("Dana Ruiz", "+14155550188")
    model.says([("send_text", {"recipient": "Dana", "message": "Hello"})], "Confirm it.")
    shown = (await office.ask("Text Dana Hello"))["proposals"][0]
    await office.confirm(shown["id"])
    model.says("Done.")
    await office.ask("Did it work?")
    told = model.requests[-1]["messages"]
    assert [one["role"] for one in told] == [
        "system",
        "user",
        "assistant",
        "tool",
        "assistant",
        "system",
        "user",
    ]
    assert told[5]["content"] == "Proposal send_text was confirmed and done."


async def test_a_talk_is_its_persons_alone(office, model, make_org):
    await office.ask("Which agents are there?")
    other = await make_org("Elsewhere")
    colleague = replace(office.org.owner, user_id=other.owner.user_id)
    with office.org.scope():
        async with unit_of_work() as session:
            assert await assistant.talks(session, colleague) == []
            for attempt in (
                assistant.read(session, colleague, office.talk_id),
                assistant.stop(session, colleague, office.talk_id),
                assistant.delete(session, colleague, office.talk_id),
                assistant.ask(session, colleague, "Hello", office.talk_id),
                assistant.ask_again(session, colleague, office.talk_id),
            ):
                with pytest.raises(NotFound):
                    await attempt
    with other.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await assistant.read(session, other.owner, office.talk_id)


async def test_programs_do_not_talk_with_the_assistant(office):
    with pytest.raises(NotAllowed):
        await office.begin("Hello", replace(office.org.owner, is_key=True))


@pytest.mark.parametrize("text", ["", "   \n", "x" * 2001])
async def test_a_question_has_words_and_an_end(office, text):
    with pytest.raises(Invalid):
        await office.begin(text)


async def test_while_an_answer_is_written_no_other_begins(office, model):
    await office.begin("First")
    with pytest.raises(Conflict) as refused:
        await office.begin("Second")
    assert refused.value.code == "still_writing"


async def test_a_stopped_answer_keeps_its_words_and_proposes_nothing(office, model, eventually):
    await office.meet("Dana Ruiz", "+14155550188")
    model.says([("send_text", {"recipient": "Dana", "message": "Hello"})], "I am about WAIT to finish.")
    begun = await office.begin("Text Dana Hello")
    writing = asyncio.create_task(assistant.answer(office.org.owner, begun, office.note))

    async def is_begun():
        return any("about" in text for text, _ in office.progress)

    await eventually(is_begun)
    with office.org.scope():
        async with unit_of_work() as session:
            await assistant.stop(session, office.org.owner, begun.conversation_id)
    await asyncio.wait_for(writing, 45)  # before the model goes on
    answer = (await office.read())[-1]
    assert (answer["status"], answer["body"].strip()) == ("stopped", "I am about")
    assert answer["proposals"] == []


async def test_an_answer_that_was_stopped_elsewhere_is_not_stored_over_it(office, model):
    model.says("Too late.")
    begun = await office.begin("Hello")
    with office.org.scope():
        async with unit_of_work() as session:
            await assistant.stop(session, office.org.owner, begun.conversation_id)
    await assistant.answer(office.org.owner, begun, office.note)
    answer = (await office.read())[-1]
    assert (answer["status"], answer["body"]) == ("stopped", "")


async def test_when_no_model_answers_it_says_so_and_can_be_asked_again(office, model):
    model.says(401)
    answer = await office.ask("Which agents are there?")
    assert answer["status"] == "failed"
    assert "did not answer" in answer["error"]
    model.says("Ava.")
    with office.org.scope():
        async with unit_of_work() as session:
            begun = await assistant.ask_again(session, office.org.owner, office.talk_id)
    await assistant.answer(office.org.owner, begun, office.note)
    messages = await office.read()
    assert [one["body"] for one in messages] == ["Which agents are there?", "Ava."]
    with office.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(Conflict):
                await assistant.ask_again(session, office.org.owner, office.talk_id)


async def test_an_answer_whose_process_died_is_failed_and_does_not_block(office, model):
    begun = await office.begin("Hello")
    late = views.LOST_AFTER + timedelta(seconds=1)
    with office.org.scope():
        async with unit_of_work() as session:
            await session.execute(
                sql("update assistant_messages set updated_at = updated_at - :late where id = :id"),
                {"late": late, "id": begun.message_id},
            )
    assert (await office.read())[-1]["status"] == "failed"
    model.says("Here I am.")
    assert (await office.ask("Hello again"))["body"] == "Here I am."


async def test_a_model_that_only_calls_tools_is_ended(office, model):
    model.says([("list_agents", {})])
    answer = await office.ask("Which agents are there?")
    assert answer["status"] == "failed"
    assert len(answer["tools"]) <= answering.MOST_ROUNDS
    assert len(model.requests) == answering.MOST_ROUNDS + 1


@pytest.mark.parametrize(
    "call",
    [
        ("no_such_tool", {}),
        ("send_text", "not json"),
        ("send_text", {"recipient": "Dana"}),
        ("send_text", {"recipient": "Dana", "message": 7}),
        ("send_text", {"recipient": "Dana", "message": "x", "org_id": "1"}),
        ("send_text", {"recipient": "Dana", "message": "x" * 1601}),
        ("send_text", {"recipient": "Dana", "message": "   "}),
        ("change_agent", {"agent": "Ava", "field": "llm_model", "value": "x"}),
        ("change_agent", {"agent": "Ava", "field": "name", "value": "x" * 200}),
    ],
)
async def test_a_malformed_call_is_refused_and_told_to_the_model(office, model, call):
    await office.meet("Dana Ruiz", "+14155550188")
    model.says([call], "That did not work.")
    answer = await office.ask("Do it for Dana")
    assert answer["status"] == "done"
    assert answer["tools"][0]["status"] in ("failed", "refused")
    assert answer["proposals"] == []


async def test_a_deleted_talk_is_gone(office, model):
    await office.ask("Hello")
    with office.org.scope():
        async with unit_of_work() as session:
            await assistant.delete(session, office.org.owner, office.talk_id)
            with pytest.raises(NotFound):
                await assistant.read(session, office.org.owner, UUID(str(office.talk_id)))
