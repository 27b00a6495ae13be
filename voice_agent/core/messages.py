"""Name what goes into the call core and what it wants done."""

from dataclasses import dataclass
from enum import StrEnum

from voice_agent.core.states import Kind


@dataclass(frozen=True)
class Event:
    """Something that happened; what else there is to know depends on its kind."""

    kind: Kind
    text: str = ""
    """The words of a turn, of a speech that was heard to its end, or of a goodbye that was said."""
    speech: int = 0
    """Which of the core's own speeches it is about; 0 for an answer of the model."""
    micros: int = 0
    """How much money was kept back."""
    reason: str = ""


class Line(StrEnum):
    """What the core has said in its own words; the session has them in the agent's language."""

    GREETING = "greeting"
    OPENING = "opening"
    BACK = "back"
    STILL_THERE = "still_there"
    ONE_MOMENT = "one_moment"
    TIME_UP = "time_up"
    GOODBYE = "goodbye"
    APOLOGY = "apology"
    WHO_CALLS = "who_calls"
    VOICEMAIL = "voicemail"
    PUTTING_THROUGH = "putting_through"
    BACK_FROM_PERSON = "back_from_person"
    LOST_PERSON = "lost_person"
    BACK_FROM_HOLD = "back_from_hold"
    ASK_FOR_VOICE = "ask_for_voice"
    SPEAK_SAMPLE = "speak_sample"


class Ending(StrEnum):
    """Why a call ended, as its record keeps it."""

    AGENT = "agent_ended"
    CALLER = "caller_hung_up"
    TIME_UP = "time_up"
    NO_CREDIT = "no_credit"
    SILENCE = "silence"
    NO_ANSWER = "no_answer"
    MACHINE = "machine"
    VOICEMAIL = "voicemail_left"
    SCREENED = "screened"
    TRANSFERRED = "transferred"
    BROKEN = "broken"


@dataclass(frozen=True)
class Say:
    """Say a line. One that `is_last` cannot be interrupted, breaks off what is being said, and the call ends after."""

    speech: int
    line: Line
    is_last: bool = False


@dataclass(frozen=True)
class Retry:
    """Have the answer that does not come made anew by the vendor that stands in."""


@dataclass(frozen=True)
class WrapUp:
    """Tell the model that the call has to end soon."""


@dataclass(frozen=True)
class Reserve:
    """Keep back more money, and say with `Kind.CREDITED` how much it was."""

    micros: int


@dataclass(frozen=True)
class CallPeople:
    """Have people call back: the agent could not go on."""

    reason: str


@dataclass(frozen=True)
class GoOn:
    """Have the model go on from the opening."""


@dataclass(frozen=True)
class Hush:
    """Break off what is being said: nobody hears it."""


class PickedUp(StrEnum):
    """Who picked up a call of ours."""

    PERSON = "person"
    VOICEMAIL = "voicemail"
    SCREENING = "screening"


@dataclass(frozen=True)
class Note:
    """Keep who picked up."""

    who: PickedUp


@dataclass(frozen=True)
class HangUp:
    """Put the phone down."""

    ending: Ending


Command = Say | Retry | WrapUp | Reserve | CallPeople | GoOn | Hush | Note | HangUp
