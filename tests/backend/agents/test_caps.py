"""A conversation costs and talks at most what its agent allows in a day, and then people go on and know why."""

import asyncio
from datetime import timedelta

import pytest
from sqlmodel import select

from backend.agents import answering, caps
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.errors import Unavailable
from backend.core.tenancy import unit_of_work
from backend.models.agents import AgentTurn
from backend.vocab import AnswerMode, AuthorKind, Channel, TurnStatus
from tests.backend.agents.test_runtime import POLITE

# gpt-4.1-mini: 1,000 tokens read and 100 written, as the script says of each answer.
ONE_ANSWER = 560


async def limit(desk, *, answers: int = 60, dollars: float = 2.0) -> None:
    await desk.change(max_conversation_turns=answers, max_conversation_cost=dollars)


async def hand_back(desk) -> None:
    conversation = await desk.conversation()
    with desk.org.scope():
        async with unit_of_work() as session:
            member = Author(AuthorKind.MEMBER, desk.org.owner.name, desk.org.owner.user_id)
            await conversations.set_answer_mode(session, conversation.id, AnswerMode.AI, member)


async def set_spent(desk, micros: int, **changes) -> None:
    with desk.org.scope():
        async with unit_of_work() as session:
            for turn in (await session.exec(select(AgentTurn).where(AgentTurn.org_id == desk.org.org_id))).all():
                turn.cost_micros = micros
                for name, value in changes.items():
                    setattr(turn, name, value)
                session.add(turn)


async def test_after_the_last_answer_of_a_day_people_go_on_and_no_model_is_asked(desk, script):
    await limit(desk, answers=2)
    assert [await desk.ask("One"), await desk.ask("Two"), await desk.ask("Three")] == ["Yes.", "Yes.", POLITE]
    assert len(script.requests) == 2
    conversation = await desk.conversation()
    assert (conversation.needs_person, conversation.answer_mode) == (True, AnswerMode.HUMAN)
    turn = (await desk.turns())[-1]
    assert (turn.status, turn.cap, turn.is_unanswered) == (TurnStatus.HANDED_OFF, caps.ANSWERS, False)
    assert turn.reason == "the agent answered 2 times in a day, its limit in a conversation"
    assert any(turn.reason in item["body"] for item in await desk.timeline())
    assert await desk.ask("Four") == ""


async def test_when_people_hand_back_the_count_begins_anew(desk, script):
    await limit(desk, answers=1)
    assert [await desk.ask("One"), await desk.ask("Two")] == ["Yes.", POLITE]
    await hand_back(desk)
    assert [await desk.ask("Three"), await desk.ask("Four")] == ["Yes.", POLITE]


async def test_yesterday_does_not_count(desk, script):
    await limit(desk, answers=1)
    await desk.ask("One")
    await set_spent(desk, 0, created_at=clock.now() - caps.WINDOW - timedelta(minutes=1))
    assert await desk.ask("Two") == "Yes."


async def test_what_is_spent_is_spent(desk, script):
    await limit(desk, dollars=0.1)
    await desk.ask("One")
    await set_spent(desk, 100_000)
    assert await desk.ask("Two") == POLITE
    assert len(script.requests) == 1
    turn = (await desk.turns())[-1]
    assert (turn.cap, turn.cost_micros) == (caps.COST, 0)
    assert turn.reason == "its answers cost $0.10 in a day, the agent’s limit in a conversation"


async def test_the_last_money_is_never_overdrawn(desk, script):
    await limit(desk, dollars=0.1)
    await desk.ask("One")
    await set_spent(desk, 100_000 - 50)
    assert await desk.ask("Two") == POLITE
    assert len(script.requests) == 1
    turn = (await desk.turns())[-1]
    assert (turn.cap, turn.status) == (caps.COST, TurnStatus.HANDED_OFF)
    assert "$0.10 in a day" in turn.reason


async def test_answers_at_the_same_time_do_not_spend_the_same_money(open_desk, script):
    desk = open_desk
    await limit(desk, dollars=0.1)
    first, second = await desk.receive("One"), await desk.receive("Two")
    with desk.org.scope():
        async with unit_of_work() as session:
            claimed = await answering._claim(session, first, Channel.SMS)
        assert claimed is not None
        assert claimed.request.cost_micros == 100_000
        with pytest.raises(Unavailable):
            await answering.answer(second)
    assert script.requests == []
    with desk.org.scope():
        await answering.leases.let_go(claimed.turn_id)
    await desk.answer(first)
    await asyncio.gather(desk.answer(second), return_exceptions=True)
    turns = await desk.turns()
    assert [turn.status for turn in turns] == [TurnStatus.ANSWERED] * 2
    assert [turn.cost_micros for turn in turns] == [ONE_ANSWER] * 2


async def test_a_stranger_s_chat_spends_nothing_of_the_contact_s_own_conversation(desk, script):
    await limit(desk, answers=1)
    await desk.ask("One")
    await set_spent(desk, 0, part="a chat of somebody who typed this number")
    assert await desk.ask("Two") == "Yes."
