"""Say what others give and see of copied voices."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID


@dataclass(frozen=True)
class Sample:
    """What a caller agreed to and spoke: the question and the answer word for word, and a WAV file."""

    asked: str
    agreed: str
    agreed_at: datetime
    wave: bytes
    speech_s: float


@dataclass(frozen=True)
class CopiedVoice:
    """A voice that agents may speak with: its id as agents store it, and its name."""

    id: str
    name: str


class VoiceCopyRow(TypedDict):
    """A copied voice as its organization sees it; times are ISO 8601 in UTC.

    `used_by` are the agents that speak with it, now or in their draft.
    """

    id: str
    name: str
    status: str
    failure: str
    contact_id: str
    call_id: str
    asked: str
    agreed: str
    agreed_at: str
    used_by: list[str]


@dataclass(frozen=True)
class Speaker:
    """Whose voice is copied, in which call, and who owns the copy."""

    org_id: UUID
    contact_id: UUID
    call_id: UUID
    name: str
