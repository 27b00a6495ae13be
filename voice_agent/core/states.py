"""Say what state a call is in, and where every event leads from every state.

The table is whole: each event is either a move or named among those that leave a state as it is (late, doubled, or of
no meaning there), so that no order of events can leave a call undefined.
"""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a call stands, seen from the agent."""

    RINGING = "ringing"
    ANSWERED = "answered"
    GREETING = "greeting"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"
    TOOL = "tool"
    HOLD = "hold"
    TRANSFERRING = "transferring"
    CLOSING = "closing"
    ENDED = "ended"


class Kind(StrEnum):
    """What can happen in a call."""

    ANSWERED = "answered"
    """The line is open: whoever picked up can hear us."""
    OPENED = "opened"
    """The agent begins, with its greeting or an answer of the model's own."""
    CALLER_SPOKE = "caller_spoke"
    CALLER_PAUSED = "caller_paused"
    TURN_TAKEN = "turn_taken"
    """The caller has said what they wanted to say: the words are in the event."""
    AGENT_SPOKE = "agent_spoke"
    """The first sound of a speech left."""
    AGENT_AUDIO = "agent_audio"
    """More of a speech left."""
    AGENT_FINISHED = "agent_finished"
    """A speech was heard to its end, or was broken off."""
    TOOL_STARTED = "tool_started"
    TOOL_FINISHED = "tool_finished"
    HELD = "held"
    RESUMED = "resumed"
    TRANSFER_STARTED = "transfer_started"
    TRANSFER_DONE = "transfer_done"
    TRANSFER_FAILED = "transfer_failed"
    MACHINE = "machine"
    """An answering machine picked up."""
    SCREENED = "screened"
    """A screening service asks who is calling."""
    BEEP = "beep"
    """The machine records from here on."""
    CREDITED = "credited"
    """Money was asked for and kept back for this call, perhaps none."""
    CLOSE_ASKED = "close_asked"
    """Somebody in charge wants the call to end politely: a tool, a person, a worker that drains."""
    BROKEN = "broken"
    """The model or the voice is down, and so is what stands in for it."""
    HUNG_UP = "hung_up"
    """The line is gone, whoever hung up."""
    TICK = "tick"
    """Time has passed."""


_R, _A, _G, _L = State.RINGING, State.ANSWERED, State.GREETING, State.LISTENING
_T, _S, _TOOL, _H = State.THINKING, State.SPEAKING, State.TOOL, State.HOLD
_X, _C, _E = State.TRANSFERRING, State.CLOSING, State.ENDED

# What is the same wherever the agent and the caller talk.
_TALK: Mapping[Kind, State] = {
    Kind.HELD: _H,
    Kind.TRANSFER_STARTED: _X,
    Kind.CLOSE_ASKED: _C,
    Kind.HUNG_UP: _E,
}

MOVES: Mapping[State, Mapping[Kind, State]] = {
    _R: {Kind.ANSWERED: _A, Kind.CLOSE_ASKED: _C, Kind.HUNG_UP: _E},
    _A: {
        Kind.OPENED: _G,
        # Callers who speak first are answered; the greeting is no longer owed.
        Kind.TURN_TAKEN: _T,
        Kind.AGENT_SPOKE: _S,
        **_TALK,
    },
    _G: {Kind.AGENT_FINISHED: _L, Kind.TURN_TAKEN: _T, Kind.TOOL_STARTED: _TOOL, **_TALK},
    _L: {Kind.TURN_TAKEN: _T, Kind.AGENT_SPOKE: _S, Kind.TOOL_STARTED: _TOOL, **_TALK},
    _T: {Kind.AGENT_SPOKE: _S, Kind.TOOL_STARTED: _TOOL, **_TALK},
    _S: {Kind.AGENT_FINISHED: _L, Kind.TURN_TAKEN: _T, Kind.TOOL_STARTED: _TOOL, **_TALK},
    # What a tool came back with is thought about before anything is said.
    _TOOL: {Kind.TOOL_FINISHED: _T, **_TALK},
    _H: {Kind.RESUMED: _L, Kind.TRANSFER_STARTED: _X, Kind.CLOSE_ASKED: _C, Kind.HUNG_UP: _E},
    # The caller always comes back to somebody: to the person, or to the agent, who has to say what happened.
    _X: {
        Kind.TRANSFER_DONE: _E,
        Kind.TRANSFER_FAILED: _T,
        # Who was rung takes the caller on this very line.
        Kind.HELD: _H,
        Kind.CLOSE_ASKED: _C,
        Kind.HUNG_UP: _E,
    },
    # A call that is being closed ends when the line is gone; nothing reopens it.
    _C: {Kind.HUNG_UP: _E},
    _E: {},
}

_TIME = {Kind.TICK, Kind.CREDITED, Kind.AGENT_AUDIO}
_CALLER = {Kind.CALLER_SPOKE, Kind.CALLER_PAUSED}
_LINE = {Kind.MACHINE, Kind.SCREENED, Kind.BEEP, Kind.BROKEN}
_LATE = {Kind.ANSWERED, Kind.OPENED}
_TURNS = {Kind.TURN_TAKEN, Kind.AGENT_SPOKE, Kind.AGENT_FINISHED}
_TOOLS = {Kind.TOOL_STARTED, Kind.TOOL_FINISHED}
_HOLDS = {Kind.HELD, Kind.RESUMED}
_ENDS = {Kind.TRANSFER_DONE, Kind.TRANSFER_FAILED}
_TRANSFERS = {Kind.TRANSFER_STARTED, *_ENDS}
_ALWAYS = _TIME | _CALLER | _LINE

STAYS: Mapping[State, frozenset[Kind]] = {
    _R: frozenset(_ALWAYS | _TURNS | _TOOLS | _HOLDS | _TRANSFERS | {Kind.OPENED}),
    _A: frozenset(_ALWAYS | _TOOLS | _ENDS | {Kind.ANSWERED, Kind.AGENT_FINISHED, Kind.RESUMED}),
    _G: frozenset(_ALWAYS | _LATE | _ENDS | {Kind.AGENT_SPOKE, Kind.TOOL_FINISHED, Kind.RESUMED}),
    _L: frozenset(_ALWAYS | _LATE | _ENDS | {Kind.AGENT_FINISHED, Kind.TOOL_FINISHED, Kind.RESUMED}),
    _T: frozenset(_ALWAYS | _LATE | _ENDS | {Kind.TURN_TAKEN, Kind.AGENT_FINISHED, Kind.TOOL_FINISHED, Kind.RESUMED}),
    _S: frozenset(_ALWAYS | _LATE | _ENDS | {Kind.AGENT_SPOKE, Kind.TOOL_FINISHED, Kind.RESUMED}),
    # What is said while a tool runs, by either side, waits for its result.
    _TOOL: frozenset(_ALWAYS | _LATE | _ENDS | _TURNS | {Kind.TOOL_STARTED, Kind.RESUMED}),
    _H: frozenset(_ALWAYS | _LATE | _ENDS | _TURNS | _TOOLS | {Kind.HELD}),
    _X: frozenset(_ALWAYS | _LATE | _TURNS | _TOOLS | {Kind.RESUMED, Kind.TRANSFER_STARTED}),
    _C: frozenset(_ALWAYS | _LATE | _TURNS | _TOOLS | _HOLDS | _TRANSFERS | {Kind.CLOSE_ASKED}),
    _E: frozenset(Kind),
}

TALKING = frozenset({_G, _L, _T, _S, _TOOL})
"""The states in which agent and caller are connected and the agent has the floor to keep up."""


def after(state: State, kind: Kind) -> State:
    """Return the state an event leads to."""
    return MOVES[state].get(kind, state)
