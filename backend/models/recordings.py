"""Recordings of calls: where each lies, what made it, and how it stands."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from backend.core import clock
from backend.models.base import TenantRow, document, moment
from backend.vocab import RecordingStatus


class CallRecording(TenantRow, table=True):
    """What was recorded of one line of a call; a call has several when its caller was put through and came back."""

    __tablename__ = "call_recordings"
    __table_args__ = (
        UniqueConstraint("call_id", "source", "name"),
        Index("call_recordings_org_begun", "org_id", "started_at"),
        Index("call_recordings_unfinished", "updated_at", postgresql_where=text("status in ('recording','fetching')")),
    )

    call_id: UUID = Field(foreign_key="call_records.id", ondelete="CASCADE")
    source: str
    """`worker`, `carrier` or `livekit`."""
    name: str
    """What the source calls it: the worker the name of the line, a vendor its own id."""
    status: str = RecordingStatus.RECORDING
    vendor_url: str = ""
    path: str = ""
    """Below the media folder; set before the first sound, so that whoever erases the row finds the file."""
    content_type: str = ""
    size_bytes: int = Field(default=0, sa_type=BigInteger)
    duration_ms: int = 0
    channels: int = 0
    """Two: the caller on the left, our side on the right."""
    peaks: list[Any] = document(list)
    """How loud each channel is, one list of 0..100 for each."""
    started_at: datetime = moment(clock.now)
