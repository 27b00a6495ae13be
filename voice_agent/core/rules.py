"""Hold what a call keeps to: its limits, its patience, and what it does with machines."""

from dataclasses import dataclass
from enum import StrEnum

# The silence after which people wonder whether the line is dead; the order sets it.
WATCH_S = 1.5
# A filler buys the model time. What has not come by then is asked for again from the vendor that stands in, and after
# that there is nobody left to ask.
RETRY_AFTER_S, BROKEN_AFTER_S = 4.0, 10.0
# Said this long before the end, a hint leaves room for two or three turns.
WRAP_UP_S = 45.0
# Long enough for the longest goodbye; a vendor that hangs does not keep the line open.
CLOSING_S = 8.0
# More money is asked for a minute before it runs out, and the goodbye begins while it still pays for itself.
RENEW_S, LAST_WORDS_S = 60.0, 15.0
# Kept back when a call begins, and each time it is asked for more, in minutes of it.
BEGINS_MIN, RENEWS_MIN = 3, 2
# Greetings of answering machines rarely last longer; a message that begins without a beep is still a message.
BEEP_WAIT_S = 30.0
# A beep may be heard before the words in front of it are understood.
BEEP_COUNTS_S = 10.0
# A machine that has said all and is silent this long records, also where its beep was not made out.
RECORDS_AFTER_S = 6.0
# Nothing that picks up by itself talks longer than this before it is recognized.
MACHINES_SPEAK_S = 60.0
# A screening service rings somebody for as long as a telephone rings, and asks again once.
SCREENING_WAIT_S, MOST_ASKED = 45.0, 2
# People who pick up say so at once; who says nothing is spoken to.
SPEAKS_FIRST_S = 1.2
# A caller who says nothing after the last reminder is given this long, however short the usual wait is.
LAST_WAIT_S = 10.0
# Shorter waits than this remind people who only breathe in.
LEAST_IDLE_S = 1.0


class AtMachine(StrEnum):
    """What an agent does when an answering machine picks up."""

    HANG_UP = "hang_up"
    LEAVE_MESSAGE = "leave_message"


class AtScreening(StrEnum):
    """What an agent does when a screening service asks who is calling."""

    HANG_UP = "hang_up"
    TALK = "talk"


@dataclass(frozen=True)
class CallRules:
    """The policies of one call; times are seconds."""

    max_call_s: float = 1800.0
    idle_s: float = 2.0
    most_reminders: int = 0
    """0: it never reminds."""
    end_phrases: tuple[str, ...] = ()
    """What the agent says when it means to hang up."""
    ring_s: float = 30.0
    is_ours: bool = False
    """Whether we called: whoever picks up speaks first, and may be a machine."""
    waits_s: float = SPEAKS_FIRST_S
    """How long they are given to speak first."""
    goes_on: bool = False
    """Whether the model goes on after the opening, to say why we call."""
    at_machine: AtMachine = AtMachine.HANG_UP
    at_screening: AtScreening = AtScreening.TALK
    renewal_micros: int = 0
    """How much more is kept back at a time; 0 where calls are not paid for."""
