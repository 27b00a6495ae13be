"""Drive the call core on a clock that only moves when a test moves it."""

from voice_agent.core.call import Call
from voice_agent.core.cost_clock import Component, CostClock
from voice_agent.core.messages import Command, Event, Line, Say
from voice_agent.core.rules import CallRules
from voice_agent.core.states import Kind, State

PER_MINUTE = {Component.VOICE: 70_000, Component.TELEPHONY: 15_000}


class Driven:
    """A call and its clock: `at` seconds after it rang, commands collected with their moment."""

    def __init__(self, call_rules: CallRules | None = None, reserved: int = 10_000_000) -> None:
        self.clock = CostClock(PER_MINUTE, reserved)
        self.call = Call(call_rules or CallRules(), self.clock, 0.0)
        self.at = 0.0
        self.done: list[tuple[float, Command]] = []

    def tell(self, kind: Kind, text: str = "", **more: object) -> list[Command]:
        done = self.call.handle(Event(kind, text, **more), self.at)
        self.done += [(self.at, one) for one in done]
        return done

    def wait(self, seconds: float) -> list[Command]:
        """Let time pass as a driver does: a tick at each moment the call asks for."""
        until, heard = self.at + seconds, []
        while (due := self.call.next_at()) is not None and due <= until:
            self.at = max(self.at, due)
            heard += self.tell(Kind.TICK)
            again = self.call.next_at()
            assert again is None or again > self.at, "a call must not ask for the same moment twice"
        self.at = until
        return heard

    def talking(self) -> "Driven":
        """Bring the call to where the caller has the word."""
        self.tell(Kind.ANSWERED)
        self.tell(Kind.OPENED, "Hello")
        self.tell(Kind.AGENT_SPOKE)
        self.tell(Kind.AGENT_FINISHED, "Hello")
        assert self.call.state == State.LISTENING
        return self


def lines(done: list[Command]) -> list[Line]:
    return [one.line for one in done if isinstance(one, Say)]
