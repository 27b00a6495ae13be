"""The call core, on a clock that only moves when a test moves it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.voice_agent.core.driven import PER_MINUTE, Driven, lines
from voice_agent.core import rules
from voice_agent.core.cost_clock import Component, CostClock
from voice_agent.core.messages import CallPeople, Ending, Event, HangUp, Line, Reserve, Retry, Say, WrapUp
from voice_agent.core.rules import AtMachine, CallRules
from voice_agent.core.states import MOVES, STAYS, Kind, State, after


def test_every_event_is_defined_in_every_state():
    for state in State:
        assert set(MOVES[state]) | STAYS[state] == set(Kind), state
        assert not set(MOVES[state]) & STAYS[state], state


def test_a_line_that_is_gone_ends_the_call_in_every_state():
    assert {after(state, Kind.HUNG_UP) for state in State} == {State.ENDED}
    assert {after(State.ENDED, kind) for kind in Kind} == {State.ENDED}


EVENTS = st.tuples(
    st.builds(
        Event,
        st.sampled_from(Kind),
        st.sampled_from(
            ["", "mm-hm", "I need help", "Goodbye now", "Leave a message after the tone", "State your name"]
        ),
        st.integers(0, 3),
        st.integers(0, 100_000),
    ),
    st.floats(0, 40),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(EVENTS, max_size=25), st.booleans(), st.booleans())
def test_whatever_happens_a_call_ends_once_in_time_and_is_charged_no_longer(events, is_paid, is_ours):
    call_rules = CallRules(
        max_call_s=300,
        most_reminders=2,
        end_phrases=("goodbye now",),
        at_machine=AtMachine.LEAVE_MESSAGE,
        is_ours=is_ours,
        goes_on=is_ours,
        renewal_micros=50_000 if is_paid else 0,
    )
    driven, endings = Driven(call_rules, reserved=100_000), set()
    closing = False
    for event, pause in events:
        driven.wait(pause)
        driven.done += [(driven.at, one) for one in driven.call.handle(event, driven.at)]
        assert not (closing and driven.call.state not in (State.CLOSING, State.ENDED)), "nothing reopens a call"
        closing = closing or driven.call.state == State.CLOSING
        endings |= {driven.call.ending} - {None}
    # Left alone, it asks for the line to be put down within its limits.
    driven.wait(call_rules.ring_s + call_rules.max_call_s + 2 * rules.CLOSING_S)
    assert driven.call.state == State.ENDED or any(isinstance(one, HangUp) for _, one in driven.done)
    driven.tell(Kind.HUNG_UP)
    endings |= {driven.call.ending}
    assert driven.call.state == State.ENDED
    assert len(endings) == 1
    total = driven.clock.total(driven.at)
    assert driven.clock.total(driven.at + 3600) == total
    assert driven.wait(3600) == []
    assert driven.tell(Kind.TURN_TAKEN, "hello?") == []


def test_a_listening_sign_over_the_agents_words_takes_no_turn_and_the_same_word_in_silence_does():
    driven = Driven().talking()
    driven.tell(Kind.TURN_TAKEN, "What do you offer?")
    driven.tell(Kind.AGENT_SPOKE)
    driven.tell(Kind.TURN_TAKEN, "Mm-hm.")
    assert driven.call.state == State.SPEAKING
    driven.tell(Kind.TURN_TAKEN, "Stop, please")
    assert driven.call.state == State.THINKING
    driven.tell(Kind.AGENT_SPOKE)
    driven.tell(Kind.AGENT_FINISHED)
    driven.tell(Kind.TURN_TAKEN, "Okay")
    assert driven.call.state == State.THINKING


def test_an_answer_that_does_not_come_is_filled_then_retried_then_people_are_called():
    driven = Driven().talking()
    driven.tell(Kind.TURN_TAKEN, "Hello?")
    assert lines(driven.wait(1.5)) == [Line.ONE_MOMENT]
    driven.tell(Kind.AGENT_SPOKE, speech=driven.done[-1][1].speech)
    driven.tell(Kind.AGENT_FINISHED, speech=driven.done[-1][1].speech)
    assert driven.wait(2.5) == [Retry()]
    done = driven.wait(6)
    assert isinstance(done[0], CallPeople)
    assert done[0].reason.startswith("Call them back")
    assert lines(done) == [Line.APOLOGY]
    assert driven.call.ending == Ending.BROKEN


def test_the_watch_waits_while_the_caller_goes_on_speaking():
    driven = Driven().talking()
    driven.tell(Kind.TURN_TAKEN, "Hello")
    driven.tell(Kind.CALLER_SPOKE)
    assert driven.wait(20) == []
    driven.tell(Kind.CALLER_PAUSED)
    assert lines(driven.wait(1.5)) == [Line.ONE_MOMENT]


def test_a_speech_that_falls_silent_is_made_anew():
    driven = Driven().talking()
    driven.tell(Kind.TURN_TAKEN, "Tell me all")
    driven.tell(Kind.AGENT_SPOKE)
    driven.tell(Kind.AGENT_AUDIO)
    assert driven.wait(1.4) == []
    assert driven.wait(0.2) == [Retry()]


def test_while_tools_run_there_is_one_filler_and_no_reminder_and_the_last_result_is_thought_about():
    driven = Driven(CallRules(most_reminders=3)).talking()
    driven.tell(Kind.TURN_TAKEN, "Book it")
    driven.tell(Kind.TOOL_STARTED)
    driven.tell(Kind.TOOL_STARTED)
    assert lines(driven.wait(25)) == [Line.ONE_MOMENT]
    driven.tell(Kind.TOOL_FINISHED)
    assert driven.call.state == State.TOOL
    driven.tell(Kind.TOOL_FINISHED)
    assert driven.call.state == State.THINKING


def test_silence_is_reminded_of_as_often_as_the_agent_says_and_then_ends_politely():
    driven = Driven(CallRules(idle_s=4, most_reminders=2)).talking()
    assert lines(driven.wait(4)) == [Line.STILL_THERE]
    assert lines(driven.wait(4)) == [Line.STILL_THERE]
    assert lines(driven.wait(rules.LAST_WAIT_S)) == [Line.GOODBYE]
    assert driven.call.ending == Ending.SILENCE
    assert Driven(CallRules(most_reminders=0)).talking().wait(60) == []


def test_who_is_understood_is_not_silent_even_where_no_voice_was_noticed():
    driven = Driven(CallRules(idle_s=4, most_reminders=1)).talking()
    assert lines(driven.wait(4)) == [Line.STILL_THERE]
    driven.wait(3)
    driven.call.hears("I would like", driven.at)
    assert driven.wait(3.9) == []
    assert lines(driven.wait(0.1)) == [Line.STILL_THERE]
    driven.call.hears(" ", driven.at + 1)
    assert lines(driven.wait(rules.LAST_WAIT_S)) == [Line.GOODBYE]


def test_the_longest_call_is_announced_to_the_model_and_closed_with_words():
    driven = Driven(CallRules(max_call_s=300)).talking()
    assert driven.wait(300 - rules.WRAP_UP_S) == [WrapUp()]
    (last,) = driven.wait(rules.WRAP_UP_S)
    assert last == Say(last.speech, Line.TIME_UP, is_last=True)
    assert driven.tell(Kind.AGENT_FINISHED, speech=last.speech) == [HangUp(Ending.TIME_UP)]
    assert driven.call.state == State.CLOSING
    driven.tell(Kind.HUNG_UP)
    assert driven.call.ending == Ending.TIME_UP


def test_a_goodbye_that_hangs_does_not_keep_the_line():
    driven = Driven().talking()
    assert lines(driven.tell(Kind.CLOSE_ASKED)) == [Line.GOODBYE]
    assert driven.wait(rules.CLOSING_S) == [HangUp(Ending.AGENT)]


def test_the_agents_own_end_phrase_ends_the_call_after_it_was_heard():
    driven = Driven(CallRules(end_phrases=("have a great day",))).talking()
    driven.tell(Kind.TURN_TAKEN, "Thanks, have a great day")
    assert driven.call.state == State.THINKING
    driven.tell(Kind.AGENT_SPOKE)
    assert driven.tell(Kind.AGENT_FINISHED, "Thank you. Have a great day!") == [HangUp(Ending.AGENT)]


def test_a_failed_transfer_gives_the_caller_back_to_an_agent_that_owes_them_words():
    driven = Driven().talking()
    driven.tell(Kind.TRANSFER_STARTED)
    assert driven.wait(30) == []
    driven.tell(Kind.TRANSFER_FAILED)
    assert driven.call.state == State.THINKING
    assert lines(driven.wait(1.5)) == [Line.ONE_MOMENT]


def test_nobody_who_answers_ends_the_ringing_as_no_answer():
    driven = Driven(CallRules(ring_s=20))
    assert driven.wait(20) == [HangUp(Ending.NO_ANSWER)]
    driven.tell(Kind.HUNG_UP)
    assert driven.call.ending == Ending.NO_ANSWER
    assert driven.clock.total(driven.at) == 0


def test_a_call_asks_for_more_money_in_time_and_closes_politely_before_it_is_used_up():
    # Two minutes of 85,000 micro-dollars each.
    driven = Driven(CallRules(renewal_micros=85_000), reserved=170_000).talking()
    assert driven.wait(120 - rules.RENEW_S) == [Reserve(85_000)]
    driven.tell(Kind.CREDITED, micros=85_000)
    assert driven.wait(60) == [Reserve(85_000)]
    driven.tell(Kind.CREDITED, micros=0)
    done = driven.wait(rules.RENEW_S)
    assert lines(done) == [Line.TIME_UP]
    assert driven.call.ending == Ending.NO_CREDIT
    closed = next(at for at, one in driven.done if isinstance(one, Say) and one.is_last)
    assert driven.clock.total(closed) < 255_000


def test_costs_are_exact_by_component_and_stand_once_the_call_is_over():
    clock = CostClock(PER_MINUTE, 1_000_000, flat={Component.EXTRAS: 5_000})
    assert clock.total(10) == 0
    clock.start(10)
    clock.add(Component.EXTRAS, 10_000)
    assert clock.used(100) == {Component.VOICE: 105_000, Component.TELEPHONY: 22_500, Component.EXTRAS: 15_000}
    assert clock.lasts_until() == pytest.approx(10 + (1_000_000 - 15_000) * 60 / 85_000)
    clock.stop(100)
    assert clock.total(1_000) == 142_500
    assert clock.lasts_until() is None
    with pytest.raises(ValueError, match="never negative"):
        clock.add(Component.MODEL, -1)
