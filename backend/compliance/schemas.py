"""Shape the answers of the compliance rules."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypedDict


class Keyword(StrEnum):
    """What a word asks for."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    YES = "yes"


class Purpose(StrEnum):
    """Why the platform wants to reach somebody."""

    REPLY = "reply"
    SERVICE = "service"
    CONFIRMATION = "confirmation"
    """The one text an opted-out person may get: that their STOP was heard."""
    MARKETING = "marketing"


@dataclass(frozen=True)
class Verdict:
    """Whether a contact may be reached; when not, `code` is stable and `message` is for people."""

    allowed: bool
    code: str = ""
    message: str = ""


ALLOWED = Verdict(True)


@dataclass(frozen=True)
class OptOutState:
    """What one person last told one of our numbers."""

    is_opted_out: bool
    keyword: str
    changed_at: datetime


@dataclass(frozen=True)
class KeywordOutcome:
    """What a keyword changed: the line for the timeline and the text to answer with, either may be empty."""

    keyword: Keyword
    event: str = ""
    answer: str = ""


class ConsentRow(TypedDict):
    """One line of the ledger for a screen. `number` is empty for all of ours; ids are empty without such evidence."""

    id: str
    channel: str
    address: str
    number: str
    is_opted_in: bool
    source: str
    keyword: str
    reason: str
    by: str
    at: str
    message_id: str
    import_id: str
    row: int
