"""How a call stands depends on what happened in it, and on nothing else: no order, no repetition."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from backend.calls.projection import Event, Kind, project
from backend.vocab import CallStatus, Disposition

BEGIN = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def told(kind, seconds, source="carrier", event_id="", **data):
    return Event(source, event_id or f"{source}:{kind}:{seconds}", kind, after(seconds), data)


ANSWERED = (
    told(Kind.INITIATED, 0),
    told(Kind.RINGING, 1),
    told(Kind.AGENT_JOINED, 2.2, source="worker"),
    told(Kind.ANSWERED, 2),
    told("transcript.line", 3, source="worker", text="Hello"),
    told(Kind.ENDED, 40.3, source="worker", status="completed", reason="Said goodbye"),
    told(Kind.ENDED, 41, status="completed", duration_s=39),
)


@pytest.mark.parametrize("log", [ANSWERED, ANSWERED[:4]], ids=["ended", "running"])
def test_a_log_says_the_same_in_every_order_and_any_number_of_times(log):
    expected = project(log)
    for order in permutations(log):
        assert project(order) == expected
        assert project((*order, *order[::-1], order[0])) == expected


def test_an_answered_call_has_its_times_from_the_carrier():
    standing = project(ANSWERED)
    assert standing.status == CallStatus.COMPLETED
    assert (standing.started_at, standing.answered_at, standing.ended_at) == (after(0), after(2), after(41))
    assert standing.duration_s == 39
    assert standing.disposition == Disposition.ANSWERED_BY_AGENT


BY_OWN_PHONE = (
    told(Kind.RINGING, 1),
    told(Kind.OWN_ANSWERED, 4),
    told(Kind.ANSWERED, 12),
    told(Kind.PERSON_JOINED, 12),
    told(Kind.CALLEE_ENDED, 73, status="completed", duration_s=61),
    told(Kind.ENDED, 74, status="completed", own_s=70),
)


@pytest.mark.parametrize("lost", [(), (Kind.ANSWERED, Kind.PERSON_JOINED), (Kind.OWN_ANSWERED,)])
def test_a_call_by_ones_own_phone_lasts_as_whoever_was_called_was_there(lost):
    log = [event for event in BY_OWN_PHONE if event.kind not in lost]
    expected = project(log)
    assert (expected.status, expected.disposition) == (CallStatus.COMPLETED, Disposition.ANSWERED_BY_PERSON)
    assert expected.duration_s == 61
    assert all(project(order) == expected for order in permutations(log))


def test_a_status_never_goes_back_from_its_end():
    ended = (told(Kind.INITIATED, 0), told(Kind.ENDED, 5, status="busy"))
    late = (*ended, told(Kind.RINGING, 6))
    assert project(late).status == project(ended).status == CallStatus.BUSY


def test_one_event_told_twice_with_other_times_counts_once_whatever_came_first():
    first = told(Kind.ANSWERED, 2, event_id="a")
    again = told(Kind.ANSWERED, 9, event_id="a")
    assert project((first, again)) == project((again, first))
    assert project((again, first)).answered_at == after(2)


@pytest.mark.parametrize(
    ("end", "disposition"),
    [
        ("busy", Disposition.BUSY),
        ("no_answer", Disposition.NO_ANSWER),
        ("failed", Disposition.FAILED),
        ("canceled", Disposition.CANCELED),
        ("completed", Disposition.NO_ANSWER),
    ],
)
def test_a_call_nobody_answered_says_why(end, disposition):
    standing = project((told(Kind.INITIATED, 0), told(Kind.ENDED, 20, status=end)))
    assert standing.disposition == disposition
    assert standing.reason
    assert standing.duration_s == 0
    assert standing.answered_at is None


def test_the_carriers_reason_is_kept():
    standing = project((told(Kind.INITIATED, 0), told(Kind.ENDED, 2, status="failed", reason="No such number.")))
    assert standing.reason == "No such number."


def test_a_lost_answer_is_seen_from_what_the_carrier_measured():
    standing = project((told(Kind.INITIATED, 0), told(Kind.ENDED, 30, status="completed", duration_s=12)))
    assert standing.status == CallStatus.COMPLETED
    assert standing.answered_at == after(18)
    assert standing.duration_s == 12


def test_a_call_we_did_not_take_says_so_although_the_line_was_open():
    refused = told(Kind.REFUSED, 0, source="magpipe", disposition="after_hours", reason="Closed until 9:00.")
    standing = project((refused, told(Kind.ANSWERED, 1), told(Kind.ENDED, 8, status="completed", duration_s=7)))
    assert standing.status == CallStatus.COMPLETED
    assert (standing.disposition, standing.reason) == ("after_hours", "Closed until 9:00.")


@pytest.mark.parametrize(("outcome", "expected"), [("completed", "forwarded"), ("no_answer", "forward_failed")])
def test_a_forwarded_call_says_whether_somebody_took_it(outcome, expected):
    log = [told(Kind.INITIATED, 0), told(Kind.FORWARD_STARTED, 0.1, source="magpipe", to="+14155550111")]
    assert project(log).disposition == ""
    log.append(told(Kind.FORWARD_ENDED, 20, status=outcome))
    assert project(log).disposition == expected


def test_a_machine_and_a_screener_are_no_person():
    voicemail = project((*ANSWERED, told(Kind.MACHINE_FOUND, 3, result="voicemail")))
    screened = project((*ANSWERED, told(Kind.MACHINE_FOUND, 3, result="screening")))
    assert (voicemail.disposition, screened.disposition) == ("voicemail", "screened_out")


SPOKE = told(Kind.CALLEE_SPOKE, 9, source="worker")
LEFT = told(Kind.AGENT_LEFT, 39, source="worker", ending="voicemail_left")


@pytest.mark.parametrize(
    ("more", "disposition", "reason"),
    [
        # The carrier guesses, and somebody talked with the agent.
        ((told(Kind.MACHINE_FOUND, 5, result="voicemail"), SPOKE), "answered_by_agent", ""),
        ((told(Kind.MACHINE_FOUND, 5, result="screening", source="worker"), SPOKE), "answered_by_agent", ""),
        # What the agent heard of a machine is no guess.
        (
            (told(Kind.MACHINE_FOUND, 5, result="voicemail", source="worker"), SPOKE, LEFT),
            "voicemail",
            "left a message",
        ),
        ((told(Kind.MACHINE_FOUND, 5, result="voicemail"), LEFT), "voicemail", "left a message"),
    ],
)
def test_who_picked_up_is_told_from_who_spoke_in_every_order(more, disposition, reason):
    log = (*(one for one in ANSWERED if one.kind != "transcript.line"), *more)
    found = {project(order) for order in (log, log[::-1], (*more, *log), (*log, *more))}
    assert len(found) == 1
    standing = found.pop()
    assert standing.disposition == disposition
    assert reason in standing.reason


@pytest.mark.parametrize("end", ["completed", "canceled", "no_answer"])
def test_a_telephone_that_stops_to_ring_because_we_hung_up_says_who_did(end):
    asked = told(Kind.HANG_UP_ASKED, 3, source="magpipe", reason="Ana ended the call.")
    standing = project((told(Kind.RINGING, 1), told(Kind.ENDED, 5, status=end), asked))
    assert (standing.disposition, standing.reason) == ("canceled", "Ana ended the call.")


def test_a_line_that_was_busy_before_we_hung_up_was_busy():
    asked = told(Kind.HANG_UP_ASKED, 3, source="magpipe", reason="Ana ended the call.")
    assert project((asked, told(Kind.ENDED, 5, status="busy"))).disposition == "busy"


def test_a_line_held_open_without_an_agent_is_a_failure():
    standing = project((told(Kind.ANSWERED, 1), told(Kind.ENDED, 9, status="completed", duration_s=8)))
    assert (standing.status, standing.disposition) == (CallStatus.COMPLETED, Disposition.FAILED)
    assert "never joined" in standing.reason
