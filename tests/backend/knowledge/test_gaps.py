"""Questions agents could not answer are gathered once, put together by meaning, and answered with one click."""

from uuid import UUID

import pytest
from sqlmodel import select

from backend.core.errors import Invalid, NotAllowed, NotFound
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import unit_of_work
from backend.knowledge import gap_jobs
from backend.knowledge import jobs as knowledge_jobs
from backend.knowledge import service as knowledge
from backend.models.agents import AgentConfig, AgentTurn
from backend.models.contacts import Contact
from backend.models.conversations import Conversation, ConversationItem
from backend.models.knowledge import KnowledgeGap, KnowledgeSource
from backend.vocab import MemberRole

FINE = [{"model": "m", "error": ""}]


async def agent_of(org) -> UUID:
    with org.scope():
        async with unit_of_work() as session:
            agent = AgentConfig(org_id=org.org_id, name="Ava")
            session.add(agent)
            return agent.id


async def asked(org, agent_id: UUID, question: str, attempts=FINE, is_unanswered: bool = True) -> None:
    with org.scope():
        async with unit_of_work() as session:
            contact = Contact(org_id=org.org_id, name="Dana")
            session.add(contact)
            await session.flush()
            conversation = Conversation(org_id=org.org_id, contact_id=contact.id)
            session.add(conversation)
            await session.flush()
            record_id = new_id()
            session.add(
                ConversationItem(
                    org_id=org.org_id,
                    conversation_id=conversation.id,
                    seq=1,
                    kind="message",
                    author_kind="contact",
                    body=question,
                    record_id=record_id,
                )
            )
            turn = AgentTurn(
                org_id=org.org_id,
                conversation_id=conversation.id,
                agent_id=agent_id,
                trigger_message_id=record_id,
                status="answered",
                is_unanswered=is_unanswered,
                attempts=attempts,
            )
            turn.finished_at = turn.created_at
            session.add(turn)


async def gaps_of(org) -> list:
    with org.scope():
        async with unit_of_work() as session:
            return await knowledge.open_gaps(session)


async def test_questions_that_ask_the_same_stand_together_and_the_frequent_come_first(db, org, make_org):
    ava = await agent_of(org)
    for question in (
        "Do you sell gift cards?",
        "Can I park my boat at your place?",
        "Do you have gift cards for sale?",
    ):
        await asked(org, ava, question)
    await asked(org, ava, "When do you open?", is_unanswered=False)
    await asked(org, ava, "Is the model down?", attempts=[{"model": "m", "error": "no answer"}])
    await gap_jobs.gather_gaps(0)
    await gap_jobs.gather_gaps(0)
    first, second = await gaps_of(org)
    assert (first["question"], first["variants"], first["count"], first["agent_name"]) == (
        "Do you have gift cards for sale?", ["Do you sell gift cards?"], 2, "Ava",
    )  # fmt: skip
    assert (second["question"], second["count"]) == ("Can I park my boat at your place?", 1)
    assert await gaps_of(await make_org("Elsewhere")) == []


async def test_an_answer_is_taught_found_and_takes_the_question_away(db, org):
    ava = await agent_of(org)
    await asked(org, ava, "Do you sell gift cards?")
    await asked(org, ava, "May I bring my dog?")
    await gap_jobs.gather_gaps(0)
    ids = {gap["question"]: UUID(gap["id"]) for gap in await gaps_of(org)}
    with org.scope():
        async with unit_of_work() as session:
            for question, answer in (("Do you sell gift cards?", "Yes, from $20."), ("May I bring my dog?", "Yes.")):
                await knowledge.answer_gap(session, org.owner, ids[question], question, answer, None)
            (source,) = (await session.exec(select(KnowledgeSource))).all()
        await knowledge_jobs.index(str(org.org_id), str(source.id))
        vector = await knowledge.vector_of("are there gift cards")
        async with unit_of_work() as session:
            found = await knowledge.search(session, "are there gift cards", ava, vector=vector)
    assert [pair["question"] for pair in source.pairs] == ["Do you sell gift cards?", "May I bring my dog?"]
    assert found[0].content == "Yes, from $20."
    assert await gaps_of(org) == []


async def test_an_answer_that_did_not_help_opens_the_question_again(db, org):
    ava = await agent_of(org)
    await asked(org, ava, "Do you sell gift cards?")
    await gap_jobs.gather_gaps(0)
    (gap,) = await gaps_of(org)
    with org.scope():
        async with unit_of_work() as session:
            await knowledge.answer_gap(session, org.owner, UUID(gap["id"]), gap["question"], "Yes.", ava)
    await asked(org, ava, "Do you sell gift cards?")
    await gap_jobs.gather_gaps(0)
    assert [one["count"] for one in await gaps_of(org)] == [1]


async def test_what_is_put_away_stays_away_and_can_be_brought_back(db, org):
    ava = await agent_of(org)
    await asked(org, ava, "Do you sell gift cards?")
    await gap_jobs.gather_gaps(0)
    (gap,) = await gaps_of(org)
    with org.scope():
        async with unit_of_work() as session:
            await knowledge.dismiss_gap(session, org.owner, UUID(gap["id"]))
    await asked(org, ava, "Do you sell gift cards?")
    await gap_jobs.gather_gaps(0)
    assert await gaps_of(org) == []
    with org.scope():
        async with unit_of_work() as session:
            await knowledge.reopen_gap(session, org.owner, UUID(gap["id"]))
    assert [one["count"] for one in await gaps_of(org)] == [2]


async def test_a_question_goes_with_its_conversation(db, org):
    await asked(org, await agent_of(org), "My name is Dana and I live at 5 Mill Lane, do you come there?")
    await gap_jobs.gather_gaps(0)
    with org.scope():
        async with unit_of_work() as session:
            await session.delete((await session.exec(select(Contact))).one())
        async with unit_of_work() as session:
            assert (await session.exec(select(KnowledgeGap))).all() == []


async def test_support_and_strangers_may_not_answer(db, org, make_org):
    await asked(org, await agent_of(org), "Do you sell gift cards?")
    await gap_jobs.gather_gaps(0)
    (gap,) = await gaps_of(org)
    support = Principal(org.owner.user_id, org.org_id, "Sam", "sam@example.com", MemberRole.SUPPORT)
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotAllowed):
                await knowledge.dismiss_gap(session, support, UUID(gap["id"]))
            with pytest.raises(Invalid):
                await knowledge.answer_gap(session, org.owner, UUID(gap["id"]), gap["question"], " ", None)
    stranger = await make_org("Elsewhere")
    with stranger.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await knowledge.answer_gap(session, stranger.owner, UUID(gap["id"]), "q", "a", None)
