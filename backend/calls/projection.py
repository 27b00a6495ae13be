"""Read from what happened in a call how it stands: the same answer for its events in any order, any number of times.

Carriers tell us on their best effort: callbacks come twice, late, in another order, or never. So nothing here depends
on which came first: each part of the answer is a minimum, a maximum or a choice by rank over the set of events.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from backend.vocab import CallStatus, Disposition


class Kind(StrEnum):
    """The events that say how a call stands; sources may add others, which are kept and change nothing of it."""

    INITIATED = "call.initiated"
    RINGING = "call.ringing"
    ANSWERED = "call.answered"
    ENDED = "call.ended"
    """`status` is one of the five ends, `reason` says why in words, `duration_s` what the source measured.

    Of a call by one's own telephone it is that telephone's end, which was open for `own_s`.
    """
    REFUSED = "call.refused"
    """We did not take the call: `disposition` and `reason`."""
    AGENT_JOINED = "agent.joined"
    AGENT_LEFT = "agent.left"
    """The agent put the phone down, or was about to: `ending` says why."""
    AGENT_LOST = "agent.lost"
    """The agent's line broke off in the middle of the call: `reason`."""
    PERSON_JOINED = "person.joined"
    FORWARD_STARTED = "forward.started"
    FORWARD_ENDED = "forward.ended"
    """`status` as of an end; `completed` means that somebody answered."""
    TRANSFERRED = "transfer.completed"
    RETURNED = "caller.returned"
    """Nobody answered whom the caller was put through to, and the caller is back with the agent."""
    MACHINE_FOUND = "machine.detected"
    """`result` is `voicemail` or `screening`: as the carrier guesses, or as the agent heard."""
    OWN_ANSWERED = "own_phone.answered"
    """The person who calls picked up their own telephone; whoever they call was not rung yet."""
    CALLEE_ENDED = "callee.ended"
    """The telephone of whoever they call was put down, or not picked up: as an end, while theirs may still be open."""
    CALLEE_SPOKE = "callee.spoke"
    """Somebody whom we called talked with the agent."""
    PEOPLE_RUNG = "people.rung"
    """Browsers of the team ring for the caller, who waits on the line."""
    PEOPLE_MISSED = "people.missed"
    """Nobody of the team took the caller: `reason` says why."""
    VOICEMAIL_LEFT = "voicemail.left"
    """The caller left a message: `reason`."""
    HANG_UP_ASKED = "hang_up.asked"
    """A person wants the call to end: `reason` says who."""


CARRIER = "carrier"
# A machine has said its greeting to the end; nothing of how the call stands changes by it.
MACHINE_RECORDS = "machine.records"
# Of several ends before an answer, the one that says most.
_ENDS = (CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.CANCELED, CallStatus.FAILED, CallStatus.COMPLETED)
ENDED = frozenset(_ENDS)
_REASONS = {
    CallStatus.BUSY: "The line was busy.",
    CallStatus.NO_ANSWER: "Nobody answered.",
    CallStatus.CANCELED: "The call was given up before anybody answered.",
    CallStatus.FAILED: "The call could not be connected.",
}
# What an agent's account of the end says of an answering machine.
_LEFT = (Kind.AGENT_LEFT, Kind.ENDED)
_AT_MACHINE = {
    "voicemail_left": "An answering machine picked up, and the agent left a message.",
    "machine": "An answering machine picked up, and the agent hung up.",
}
_MACHINE = "An answering machine picked up."
_SCREENED = "A service asked who was calling, and nobody picked up."
_RUNG = (Kind.PEOPLE_RUNG, Kind.PEOPLE_MISSED)
_NOBODY_TOOK = "Nobody of the team took the call."
_UNANSWERED = {
    CallStatus.BUSY: Disposition.BUSY,
    CallStatus.NO_ANSWER: Disposition.NO_ANSWER,
    CallStatus.CANCELED: Disposition.CANCELED,
    CallStatus.FAILED: Disposition.FAILED,
}


@dataclass(frozen=True)
class Event:
    """One thing that happened; `source` and `event_id` together tell it from every other of the call."""

    source: str
    event_id: str
    kind: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Standing:
    """How a call stands. `disposition` is empty while nobody can tell what came of it."""

    status: CallStatus
    started_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    duration_s: int
    disposition: str
    reason: str


def project(events: Iterable[Event]) -> Standing:
    """Return how the call stands after these events."""
    # Two tellings of one event may differ (a callback that is sent again has another time): the smaller one counts.
    by_id: dict[tuple[str, str], Event] = {}
    for event in sorted(events, key=_order):
        by_id.setdefault((event.source, event.event_id), event)
    known = sorted(by_id.values(), key=_order)
    by_kind: dict[str, list[Event]] = {}
    for event in known:
        by_kind.setdefault(event.kind, []).append(event)

    started_at = min((event.at for event in known if event.kind in set(Kind)), default=None)
    ends = by_kind.get(Kind.ENDED, [])
    # The carrier's word on the end outweighs that of whoever hung up; its clock also stops the money.
    told = [event for event in ends if event.source == CARRIER] or ends
    answers = [event.at for kind in _ANSWERS for event in by_kind.get(kind, [])]
    ended_at = min((event.at for event in told), default=None)
    answered_at = min(answers, default=None)
    callee = by_kind.get(Kind.CALLEE_ENDED, [])
    measured = max((_seconds(event) for event in callee or told), default=0)
    if answered_at is None and ended_at is not None and measured:
        # The callback that said it was answered got lost.
        answered_at = ended_at - timedelta(seconds=measured)
    if answered_at is not None and ended_at is not None:
        # The carrier writes whole seconds, we write parts of them.
        ended_at = max(ended_at, answered_at)

    status = _status(by_kind, told, answered_at)
    duration_s = 0
    if answered_at is not None and ended_at is not None:
        duration_s = measured or round((ended_at - answered_at).total_seconds())
    disposition, reason = _disposition(by_kind, told, status)
    return Standing(status, started_at, answered_at, ended_at, duration_s, disposition, reason)


_JOINS = (Kind.AGENT_JOINED, Kind.PERSON_JOINED, Kind.TRANSFERRED)
_ANSWERS = (Kind.ANSWERED, *_JOINS)


def _order(event: Event) -> tuple[Any, ...]:
    return (event.at, event.kind, event.source, event.event_id, repr(sorted(event.data.items(), key=repr)))


def _seconds(event: Event) -> int:
    value = event.data.get("duration_s")
    return max(value, 0) if isinstance(value, int) else 0


def _status(by_kind: Mapping[str, list[Event]], told: list[Event], answered_at: datetime | None) -> CallStatus:
    if told:
        if answered_at is not None:
            return CallStatus.COMPLETED
        end = _end([*by_kind.get(Kind.CALLEE_ENDED, []), *told])
        if end == CallStatus.COMPLETED and by_kind.get(Kind.OWN_ANSWERED):
            return CallStatus.CANCELED
        # A call that nobody answered and the carrier calls completed rang until somebody gave up.
        return CallStatus.NO_ANSWER if end == CallStatus.COMPLETED else end
    # A line that is open while browsers ring is no conversation yet.
    is_waiting = bool(by_kind.get(Kind.PEOPLE_RUNG)) and not any(by_kind.get(kind) for kind in _JOINS)
    if answered_at is not None and not is_waiting:
        return CallStatus.IN_PROGRESS
    return CallStatus.RINGING if is_waiting or by_kind.get(Kind.RINGING) else CallStatus.INITIATED


def _end(told: list[Event]) -> CallStatus:
    given = {str(event.data.get("status")) for event in told}
    return next((end for end in _ENDS if end in given), CallStatus.COMPLETED)


def _disposition(by_kind: Mapping[str, list[Event]], told: list[Event], status: CallStatus) -> tuple[str, str]:
    """Return what came of the call and why, the strongest claim first."""
    if messages := by_kind.get(Kind.VOICEMAIL_LEFT):
        return Disposition.VOICEMAIL, _why(messages[0])
    if refused := by_kind.get(Kind.REFUSED):
        return str(refused[0].data.get("disposition") or Disposition.REFUSED), _why(refused[0])
    if moved := by_kind.get(Kind.TRANSFERRED):
        return Disposition.TRANSFERRED, _why(moved[0])
    if outcomes := by_kind.get(Kind.FORWARD_ENDED):
        is_taken = any(event.data.get("status") == CallStatus.COMPLETED for event in outcomes)
        return (Disposition.FORWARDED if is_taken else Disposition.FORWARD_FAILED), _why(outcomes[0])
    if machines := _machines(by_kind):
        is_screened = all(event.data.get("result") == "screening" for event in machines)
        left = {str(event.data.get("ending")) for kind in _LEFT for event in by_kind.get(kind, [])}
        if is_screened:
            return Disposition.SCREENED_OUT, _SCREENED
        return Disposition.VOICEMAIL, next((words for ending, words in _AT_MACHINE.items() if ending in left), _MACHINE)
    if by_kind.get(Kind.AGENT_JOINED):
        return Disposition.ANSWERED_BY_AGENT, next((_why(event) for event in by_kind.get(Kind.AGENT_LOST, [])), "")
    # Of a telephone that was put down somebody picked it up, also where that was never told.
    is_taken = any(event.data.get("status") == CallStatus.COMPLETED for event in by_kind.get(Kind.CALLEE_ENDED, []))
    if by_kind.get(Kind.PERSON_JOINED) or (is_taken and status == CallStatus.COMPLETED):
        return Disposition.ANSWERED_BY_PERSON, ""
    if status in (CallStatus.NO_ANSWER, CallStatus.CANCELED) and (asked := by_kind.get(Kind.HANG_UP_ASKED)):
        # A telephone that stops to ring because somebody of ours put the phone down is not one that nobody answered.
        return Disposition.CANCELED, _why(asked[0])
    if told and (rung := [event for kind in _RUNG for event in by_kind.get(kind, [])]):
        return Disposition.NO_ANSWER, next((_why(event) for event in reversed(rung) if _why(event)), _NOBODY_TOOK)
    if status in _UNANSWERED and not by_kind.get(Kind.FORWARD_STARTED):
        said = [*by_kind.get(Kind.CALLEE_ENDED, []), *told]
        # Of a telephone that was called back, how it ended says more than that its caller hung up.
        why = next((_why(event) for event in said if _why(event) and event.data.get("status") == status), "")
        why = why or next((_why(event) for event in told if _why(event)), "")
        return _UNANSWERED[status], why or _REASONS[status]
    if told and status == CallStatus.COMPLETED and not by_kind.get(Kind.FORWARD_STARTED):
        # Somebody held the line, but nobody of ours ever spoke.
        why = next((_why(event) for event in told if _why(event)), "")
        return Disposition.FAILED, why or "The call was answered, but the agent never joined it."
    return "", ""


def _machines(by_kind: Mapping[str, list[Event]]) -> list[Event]:
    """Return what says that no person picked up: guesses of the carrier count unless somebody spoke."""
    found = by_kind.get(Kind.MACHINE_FOUND, [])
    if by_kind.get(Kind.CALLEE_SPOKE):
        return [event for event in found if event.source != CARRIER and event.data.get("result") == "voicemail"]
    return found


def _why(event: Event) -> str:
    return str(event.data.get("reason") or "")
