"""Calls that crossed the carrier: how each stands, what was heard in it, and how telephones behave when they ring.

They are kept in memory: a call does not outlive the process that carries it.
"""

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from typing import Literal

INBOUND, OUTBOUND = "inbound", "outbound-api"
# A telephone that was rung for one that is on the line already.
DIALLED = "outbound-dial"
# What a telephone does when it rings. A machine answers and takes messages, a screener asks who is calling first.
Answer = Literal["person", "machine", "screener", "busy", "no-answer", "failed"]
PICKS_UP = ("person", "machine", "screener")
# What stands among the words of a telephone for the beep of an answering machine.
BEEP = "\a"
ENDS = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
_KEPT = 500


@dataclass(frozen=True)
class Behaviour:
    """How a telephone takes calls: after `rings_ms` it does what `answers` says, and hangs up `talks_ms` later."""

    answers: Answer = "person"
    rings_ms: int = 50
    talks_ms: int = 10_000
    digits: str = ""
    """Keys its owner presses when asked to."""
    says: str = ""
    """What is said first into a stream: by its owner, or by the machine as its greeting."""
    lets_through: bool = True
    """Whether the owner of a telephone that is screened picks up in the end."""


@dataclass
class Recording:
    """What the carrier recorded in a call: somebody's words."""

    text: str
    sid: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_at: float = field(default_factory=time.time)


@dataclass
class Call:
    """One call as the carrier knows it; times are Unix seconds, `heard` is what the far telephone heard, in order."""

    direction: str
    from_number: str
    to_number: str
    url: str = ""
    status_callback: str = ""
    status_events: frozenset[str] = ENDS
    detects_machines: bool = False
    machine_callback: str = ""
    """Where it is told who picked up, while the call goes on; empty: it waits for that first."""
    timeout_s: float = 60.0
    """How long it rings."""
    sid: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "queued"
    answered_by: str = ""
    heard: list[str] = field(default_factory=list)
    talk: list[tuple[str, str]] = field(default_factory=list)
    """What the far telephone's owner (`customer`) and the other end (`business`) said, in order."""
    notes: list[str] = field(default_factory=list)
    created_at: float = field(default_factory=time.time)
    answered_at: float = 0.0
    ended_at: float = 0.0
    told: int = 0
    parent_sid: str = ""
    """The call for which this telephone was rung, to be joined with it."""
    most_waiting_ms: int = 0
    """The most sound of a media stream that ever waited to be played."""
    redirected_to: str = ""
    """Where a call that was sent elsewhere asks what follows."""
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)
    spoken_to: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when its owner hears words, from their first sound on, until something is made of that."""
    has_beeped: asyncio.Event = field(default_factory=asyncio.Event)
    has_picked_up: bool = False
    recordings: list[Recording] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)
    _keys: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        """Have the far telephone's owner say something, into whatever hears it next."""
        self._said.append(text)
        self.talk.append(("customer", text))

    def beep(self) -> None:
        """Have an answering machine beep after what it says."""
        self._said.append(BEEP)

    def hear(self, text: str) -> None:
        """Have its owner hear something."""
        self.heard.append(text)
        self.talk.append(("business", text))
        self.spoken_to.set()

    def take_said(self) -> list[str]:
        """Return what the owner has begun to say since the last look."""
        said, self._said = self._said, []
        return said

    def press(self, keys: str) -> None:
        """Have the owner press keys."""
        self._keys += keys

    def take_keys(self) -> list[str]:
        """Return the keys that were pressed since the last look."""
        keys, self._keys = self._keys, []
        return keys

    @property
    def has_ended(self) -> bool:
        """Whether nobody is on the line any more."""
        return self.status in ENDS

    @property
    def duration_s(self) -> int:
        """Whole seconds since it was answered, begun ones included, as carriers count."""
        return int(self.ended_at - self.answered_at) + 1 if self.answered_at and self.ended_at else 0


class Calls:
    """The newest calls, and what was said of telephones; one nobody spoke about is answered by a person."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}
        self._behaviours: dict[str, Behaviour] = {}

    def add(self, call: Call) -> Call:
        """Keep a call, and forget the oldest where there are too many."""
        self._calls[call.sid] = call
        while len(self._calls) > _KEPT:
            self._calls.pop(next(iter(self._calls)))
        return call

    def find(self, sid: str) -> Call | None:
        """Return a call by its id, or None."""
        return self._calls.get(sid)

    def all(self) -> list[Call]:
        """Return every call, newest first."""
        return list(self._calls.values())[::-1]

    def behaviour(self, number: str) -> Behaviour:
        """Return how a telephone, or a SIP address, takes calls."""
        return self._behaviours.get(number, Behaviour())

    def behave(self, number: str, behaviour: Behaviour) -> None:
        """Say how a telephone takes calls from now on."""
        self._behaviours[number] = behaviour
