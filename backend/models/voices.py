"""Copies of callers' voices that a vendor keeps for an organization, each with the consent it rests on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field

from backend.core import clock
from backend.core.crypto import EncryptedText
from backend.models.base import TenantRow, moment
from backend.vocab import VoiceCopyStatus


class VoiceCopy(TenantRow, table=True):
    """One voice. `sample` is kept until the vendor has it or will not have it, and empty from then on."""

    __tablename__ = "voice_copies"
    __table_args__ = (
        Index("voice_copies_org", "org_id", "id"),
        Index("voice_copies_contact", "contact_id"),
        Index("voice_copies_call", "call_id"),
    )

    contact_id: UUID = Field(foreign_key="contacts.id", ondelete="CASCADE")
    """Whose voice it is."""
    call_id: UUID | None = Field(default=None, foreign_key="call_records.id", ondelete="SET NULL")
    """The call in which they agreed and spoke."""
    name: str
    status: str = VoiceCopyStatus.SUBMITTING
    vendor_voice_id: str = ""
    asked: str = ""
    """What they were asked, word for word."""
    agreed: str = ""
    """What they answered, as it was heard."""
    agreed_at: datetime = moment(clock.now)
    sample: str = Field(default="", sa_type=EncryptedText)
    """A WAV file in base64."""
    speech_ms: int = 0
    """How much speech the sample had."""
    failure: str = ""
    """Why there is no voice, in words."""
