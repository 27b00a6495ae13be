"""A turn never costs more than it may, whoever fails, and a reply that was too dear or cut off is not sent as it is."""

from dataclasses import replace

import pytest

from backend.agents import replies, runtime
from backend.agents.budget import LEAST_TOKENS, Budget, tokens_of
from backend.agents.schemas import TurnRecord
from backend.core.config import settings
from backend.vocab import TurnStatus
from tests.backend.agents.test_runtime import POLITE, faults, request

MINI = "gpt-4.1-mini"
DEAR = "The answer became too expensive."


def budget(cost_micros: int = 100_000, tokens: int = 1_000_000, **spent: int) -> Budget:
    return Budget(cost_micros, tokens, TurnRecord(**spent))


def test_a_call_may_write_what_the_rest_of_the_budget_pays_for_in_the_worst_case():
    # gpt-4.1-mini: 0.4 micro-dollars a token read, 1.6 a token written.
    assert budget(1000).room(MINI, 500, 300) == 300
    assert budget(1000).room(MINI, 1500, 300) == 250


@pytest.mark.parametrize(("left", "room"), [(600 + 48, LEAST_TOKENS), (600 + 47, 0)])
def test_a_call_that_could_say_too_little_is_not_made(left, room):
    assert budget(left).room(MINI, 1500, 300) == room


def test_a_model_without_a_price_is_bounded_by_tokens():
    assert budget(tokens=2000).room("llama3", 1900, 300) == 100
    assert budget(tokens=2000).room("llama3", 1990, 300) == 0


def test_what_a_broken_call_may_have_written_is_held_back():
    purse = budget(1000)
    purse.hold(MINI, 300)
    assert purse.room(MINI, 500, 300) == 200


def test_a_prompt_is_reckoned_rather_too_long_than_too_short():
    assert tokens_of([{"role": "user", "content": "word " * 1000}]) >= 1000
    assert tokens_of([{"role": "user", "content": "नमस्ते " * 100}]) >= 600


async def test_the_last_answer_is_made_only_as_long_as_the_rest_pays_for(script, monkeypatch):
    monkeypatch.setattr(runtime, "COST_LIMIT_MICROS", 2000)
    script.says(script.calls(("save_contact_name", {"name": "Dana"})), "Done.")
    script.usage = (3000, 100)
    wanted = request("I am Dana")
    record = await runtime.turn(replace(wanted, agent=replace(wanted.agent, max_tokens=1000)))
    first, second = script.requests
    assert 100 < second["max_tokens"] < first["max_tokens"] <= 1000
    assert record.attempts[1]["max_tokens"] == second["max_tokens"]


async def test_a_reply_that_was_too_dear_is_not_sent_but_handed_off(desk, script, monkeypatch):
    monkeypatch.setattr(runtime, "COST_LIMIT_MICROS", 1000)
    script.says("A very dear answer.")
    script.usage = (5000, 100)
    assert await desk.ask("Hello") == POLITE
    (turn,) = await desk.turns()
    assert (turn.status, turn.reason, turn.cost_micros) == (TurnStatus.HANDED_OFF, DEAR, 2160)
    assert (await desk.conversation()).needs_person


async def test_failed_tries_are_charged_as_read_prompts(script):
    script.says(500, "Hello.")
    record = await runtime.turn(request())
    failed, answered = record.attempts
    assert failed["is_estimated"]
    assert failed["tokens_in"] > 300
    assert failed["cost_micros"] > 0
    assert not answered["is_estimated"]
    assert record.tokens_in == failed["tokens_in"] + 1000
    assert record.cost_micros == failed["cost_micros"] + answered["cost_micros"]


async def test_a_try_that_was_refused_at_the_door_is_free(script):
    script.says(429, "Hello.")
    record = await runtime.turn(request())
    assert (record.attempts[0]["tokens_in"], record.attempts[0]["cost_micros"]) == (0, 0)


async def test_a_timed_out_try_is_charged(sandbox, monkeypatch):
    monkeypatch.setattr("backend.agents.model_calls.CALL_LIMIT_S", 1.0)
    await faults(sandbox, {"target": "openai.chat", "kind": "delay", "delay_ms": 3000, "times": 1})
    record = await runtime.turn(request())
    assert record.attempts[0]["tokens_in"] > 300


async def test_tries_that_keep_failing_stop_when_the_budget_is_gone(script, monkeypatch):
    script.says(500)
    record = await runtime.turn(request())
    assert len(record.attempts) == 6
    monkeypatch.setattr(runtime, "COST_LIMIT_MICROS", 1500)
    record = await runtime.turn(request())
    assert (record.failure, record.reply) == (DEAR, POLITE)
    assert 1 <= len(record.attempts) < 6
    assert record.cost_micros <= 1500


async def test_when_the_model_is_too_dear_a_cheaper_fallback_may_answer(script, monkeypatch):
    monkeypatch.setattr(runtime, "COST_LIMIT_MICROS", 1500)
    monkeypatch.setattr(settings(), "fallback_chat_model", "gpt-4.1-nano")
    wanted = request()
    record = await runtime.turn(replace(wanted, agent=replace(wanted.agent, model="gpt-4o")))
    assert (record.reply, record.attempts[-1]["model"]) == ("Yes.", "gpt-4.1-nano")


async def test_a_service_that_tells_no_figures_is_charged_by_estimate(script):
    script.usage = None
    record = await runtime.turn(request())
    assert record.attempts[0]["is_estimated"]
    assert record.tokens_in > 300
    assert record.tokens_out == 2


async def test_an_answer_that_was_cut_off_is_asked_for_once_more_shorter(desk, script):
    script.says(script.cuts("We open at 9. On Saturdays we op"), "We open at 9, on Saturdays at 10.")
    assert await desk.ask("When do you open?") == "We open at 9, on Saturdays at 10."
    assert "cut off" in script.requests[1]["messages"][-1]["content"]
    (turn,) = await desk.turns()
    assert turn.status == TurnStatus.ANSWERED
    assert "cut off" in turn.attempts[0]["error"]
    assert "shorter" in turn.reason


async def test_an_answer_that_is_cut_off_twice_ends_after_its_last_whole_sentence(desk, script):
    script.says(script.cuts("We open at 9. On Saturdays we op"), script.cuts("Come at 9. Ask for Dr. No. And then br"))
    assert await desk.ask("When do you open?") == "Come at 9. Ask for Dr. No."
    (turn,) = await desk.turns()
    assert "last whole sentence" in turn.reason
    assert len(script.requests) == 2


async def test_half_a_sentence_is_handed_off(desk, script):
    script.says(script.cuts("We usually open at nine in the morn"))
    assert await desk.ask("When do you open?") == POLITE
    (turn,) = await desk.turns()
    assert turn.status == TurnStatus.HANDED_OFF
    assert "cut off" in turn.reason
    assert len(script.requests) == 2


async def test_when_nobody_shortens_a_cut_answer_its_whole_sentences_are_sent(script):
    script.says(script.cuts("We open at 9. On Saturdays we op"), 400)
    record = await runtime.turn(request())
    assert (record.reply, record.failure) == ("We open at 9.", "")


async def test_an_answer_cut_off_in_the_last_round_is_trimmed(script):
    script.says(*[script.calls(("save_contact_name", {"name": "Dana"}))] * 4, script.cuts("Hello Dana. Now we"))
    record = await runtime.turn(request("I am Dana"))
    assert record.reply == "Hello Dana."


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("One. Two. Thr", "One. Two."),
        ("Ask for Dr. Nort", ""),
        ("It costs 9.", ""),
        ("It costs 9.50 a mon", ""),
        ("Yes! Come in", "Yes!"),
        ("Our hours:\n1. Monday", ""),
        ("We open at 5 p.m. daily and", ""),
        ("He said “come in.” Then", "He said “come in.”"),
        ("九点开门。周六", "九点开门。"),
        ("¿Abierto? Sí. ¿Cuán", "¿Abierto? Sí."),
        ("no end at all", ""),
    ],
)
def test_only_certainly_whole_sentences_count(text, whole):
    assert replies.whole_sentences(text) == whole
