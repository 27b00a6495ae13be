"""Who picks up a call of ours is told apart by what they say and what the carrier says, in whichever order it comes."""

from itertools import permutations

import pytest

from tests.voice_agent.core.driven import Driven, lines
from voice_agent.core import machines, rules
from voice_agent.core.messages import Ending, Event, GoOn, HangUp, Hush, Line, Note, PickedUp, Say
from voice_agent.core.rules import AtMachine, AtScreening, CallRules
from voice_agent.core.states import Kind, State

VOICEMAIL = "Hi, this is Dana. I can't take your call, please leave a message after the tone."
SCREENER = "Hi, if you record your name and reason for calling, I'll see if this person is available."


def calling(**changes: object) -> Driven:
    """Return a call of ours that was just picked up."""
    driven = Driven(CallRules(is_ours=True, at_machine=AtMachine.LEAVE_MESSAGE, **changes))
    assert driven.tell(Kind.ANSWERED) == []
    return driven


def notes(done: list[object]) -> list[PickedUp]:
    return [one.who for one in done if isinstance(one, Note)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (VOICEMAIL, Kind.MACHINE),
        ("The person you are calling is not available.", Kind.MACHINE),
        ("Your call has been forwarded to an automated voice messaging system.", Kind.MACHINE),
        ("You've reached the voice mail of Dana Ruiz.", Kind.MACHINE),
        ("Bonjour, laissez un message après le bip.", Kind.MACHINE),
        ("Ahora no puedo atender, deje su mensaje después de la señal.", Kind.MACHINE),
        ("Bitte hinterlassen Sie eine Nachricht nach dem Ton.", Kind.MACHINE),
        (SCREENER, Kind.SCREENED),
        (
            "The person you're calling uses a screening service. Please say your name and why you're calling.",
            Kind.SCREENED,
        ),
        ("Hello?", None),
        ("Hello, this is Dana.", None),
        ("She is not here. Would you like to leave a message?", None),
        ("Who is calling, please?", None),
        ("You've reached North Dental, how can I help?", None),
    ],
)
def test_machines_and_screening_services_are_told_from_people_by_what_they_say(text, found):
    assert machines.recognise(text) == found


def test_somebody_who_says_hello_hears_who_calls_and_then_why():
    driven = calling(goes_on=True)
    assert driven.tell(Kind.CALLER_SPOKE) == []
    assert driven.wait(5) == []
    driven.tell(Kind.CALLER_PAUSED)
    assert not driven.call.answers("Hello?")
    (said,) = driven.tell(Kind.TURN_TAKEN, "Hello?")
    assert said == Say(said.speech, Line.GREETING)
    driven.tell(Kind.AGENT_SPOKE, speech=said.speech)
    assert driven.tell(Kind.AGENT_FINISHED, "This is Ava.", speech=said.speech) == [GoOn()]
    driven.tell(Kind.AGENT_SPOKE)
    driven.tell(Kind.AGENT_FINISHED, "It is about Tuesday.")
    assert driven.call.answers("All right")
    assert driven.tell(Kind.TURN_TAKEN, "All right") == [Note(PickedUp.PERSON)]
    # A carrier that guesses late does not end a conversation.
    assert driven.tell(Kind.MACHINE) == []
    assert driven.call.state == State.THINKING


def test_who_breaks_into_the_opening_is_answered():
    driven = calling(goes_on=True)
    (said,) = driven.wait(rules.SPEAKS_FIRST_S)
    driven.tell(Kind.AGENT_SPOKE, speech=said.speech)
    assert driven.tell(Kind.TURN_TAKEN, "Who is this?") == []
    assert driven.tell(Kind.AGENT_FINISHED, speech=said.speech) == []
    assert driven.call.state == State.THINKING
    driven.tell(Kind.AGENT_SPOKE)
    driven.tell(Kind.AGENT_FINISHED, "Ava, for North Dental.")
    assert driven.tell(Kind.TURN_TAKEN, "All right") == [Note(PickedUp.PERSON)]


def test_a_greeting_that_goes_on_over_the_opening_is_still_taken_for_a_machines_when_the_carrier_says_so():
    driven = calling()
    (said,) = driven.tell(Kind.TURN_TAKEN, "Hello, this is Dana Ruiz.")
    driven.tell(Kind.AGENT_SPOKE, speech=said.speech)
    driven.tell(Kind.TURN_TAKEN, "I am away until Monday.")
    assert notes(driven.tell(Kind.MACHINE)) == [PickedUp.VOICEMAIL]


def test_a_machine_is_hung_up_on_without_a_word():
    for tell in (lambda one: one.tell(Kind.MACHINE), lambda one: one.tell(Kind.TURN_TAKEN, VOICEMAIL)):
        driven = Driven(CallRules(is_ours=True))
        driven.tell(Kind.ANSWERED)
        assert tell(driven) == [Note(PickedUp.VOICEMAIL), HangUp(Ending.MACHINE)]


@pytest.mark.parametrize(
    "order", list(permutations([(Kind.MACHINE, ""), (Kind.TURN_TAKEN, VOICEMAIL), (Kind.BEEP, "")]))
)
def test_a_message_is_left_once_after_the_beep_whatever_is_told_first(order):
    driven, done = calling(), []
    for kind, text in order:
        done += driven.tell(kind, text)
        # The opening is not said into a greeting, nor does the model answer one.
        assert not driven.call.answers("Press one for more options.")
    assert notes(done) == [PickedUp.VOICEMAIL]
    (said,) = [one for one in done if isinstance(one, Say)]
    assert said == Say(said.speech, Line.VOICEMAIL, is_last=True)
    assert driven.tell(Kind.AGENT_FINISHED, "Call us.", speech=said.speech) == [HangUp(Ending.VOICEMAIL)]


@pytest.mark.parametrize(("speaks", "within"), [(False, rules.RECORDS_AFTER_S), (True, rules.BEEP_WAIT_S)])
def test_a_machine_whose_beep_nobody_made_out_gets_its_message_too(speaks, within):
    driven = calling()
    driven.tell(Kind.TURN_TAKEN, VOICEMAIL)
    if speaks:
        driven.tell(Kind.CALLER_SPOKE)
    assert driven.wait(within - 0.1) == []
    assert lines(driven.wait(0.2)) == [Line.VOICEMAIL]


def test_an_agent_that_spoke_into_a_pause_of_the_greeting_falls_silent():
    driven = calling()
    (said,) = driven.tell(Kind.TURN_TAKEN, "Hello, you have reached Dana Ruiz.")
    driven.tell(Kind.AGENT_SPOKE, speech=said.speech)
    assert driven.call.hears("please leave a message", driven.at) == [Note(PickedUp.VOICEMAIL), Hush()]
    driven.tell(Kind.AGENT_FINISHED, speech=said.speech)
    # An answer that was on its way is broken off and moves nothing.
    driven.tell(Kind.AGENT_SPOKE)
    assert lines(driven.tell(Kind.BEEP)) == [Line.VOICEMAIL]


def test_a_screening_service_is_told_who_calls_and_who_picks_up_after_it_is_spoken_to():
    driven = calling()
    done = driven.tell(Kind.TURN_TAKEN, SCREENER)
    assert (notes(done), lines(done)) == ([PickedUp.SCREENING], [Line.WHO_CALLS])
    driven.tell(Kind.AGENT_SPOKE, speech=done[-1].speech)
    driven.tell(Kind.AGENT_FINISHED, "This is Ava.", speech=done[-1].speech)
    assert driven.tell(Kind.TURN_TAKEN, "Thanks, please stay on the line.") == []
    done = driven.tell(Kind.TURN_TAKEN, "Hello, Dana here")
    assert (notes(done), lines(done)) == ([PickedUp.PERSON], [Line.GREETING])


def test_a_screening_service_that_lets_nobody_through_is_left_or_takes_a_message():
    driven = calling()
    driven.tell(Kind.TURN_TAKEN, SCREENER)
    assert driven.wait(rules.SCREENING_WAIT_S) == [HangUp(Ending.SCREENED)]
    driven = calling()
    driven.tell(Kind.TURN_TAKEN, SCREENER)
    assert notes(driven.tell(Kind.TURN_TAKEN, VOICEMAIL)) == [PickedUp.VOICEMAIL]
    assert lines(driven.tell(Kind.BEEP)) == [Line.VOICEMAIL]


def test_an_agent_may_hang_up_on_screening_services():
    driven = calling(at_screening=AtScreening.HANG_UP)
    assert driven.tell(Kind.TURN_TAKEN, SCREENER) == [Note(PickedUp.SCREENING), HangUp(Ending.SCREENED)]


def test_in_a_call_that_came_in_nobody_is_taken_for_a_machine():
    driven = Driven(CallRules()).talking()
    assert driven.call.answers(VOICEMAIL)
    assert driven.tell(Kind.TURN_TAKEN, VOICEMAIL) == []
    assert driven.call.handle(Event(Kind.MACHINE), driven.at) == []
    assert driven.call.state == State.THINKING
