"""Move an email's status forward only, and say in plain words what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.vocab import MessageStatus

_RANK = {
    MessageStatus.QUEUED: 1,
    MessageStatus.SENDING: 2,
    MessageStatus.SENT: 3,
    MessageStatus.DELIVERED: 4,
    MessageStatus.UNDELIVERED: 5,
    MessageStatus.FAILED: 5,
}
BROKEN = "not_sent"
# Bounces after which an address takes no mail any more (postmarkapp.com/developer, bounce types).
_FOR_GOOD = frozenset({"HardBounce", "BadEmailAddress", "ManuallyDeactivated", "Unsubscribe"})
_WORDS = {
    "HardBounce": "This address does not exist or takes no mail.",
    "BadEmailAddress": "This is not an address that mail can be sent to.",
    "SoftBounce": "The mailbox could not take this email, perhaps because it is full. Send it again later.",
    "Transient": "The mail server did not take this email for now. Send it again later.",
    "Blocked": "The person’s mail server blocked this email.",
    "SpamNotification": "The person’s mail server took this email for unwanted.",
    "ManuallyDeactivated": "Mail to this address was switched off at the mail service.",
    "Unsubscribe": "This person asked for no more emails.",
    "DnsError": "The domain of this address cannot be found.",
}


@dataclass(frozen=True)
class Report:
    """What the mail service says became of one email of ours."""

    kind: str
    vendor_id: str
    reference: str
    bounce: str = ""
    said: str = ""

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "Report":
        """Read a stored webhook."""
        metadata = payload.get("Metadata")
        return cls(
            kind=str(payload.get("RecordType", "")),
            vendor_id=str(payload.get("MessageID", "")),
            reference=str(metadata.get("reference", "")) if isinstance(metadata, dict) else "",
            bounce=str(payload.get("Type", "")),
            said=str(payload.get("Description", ""))[:300],
        )

    @property
    def email_id(self) -> UUID | None:
        """Our id of the email, or None for one that is not of a mailbox."""
        try:
            return UUID(self.reference.partition(":")[0])
        except ValueError:
            return None

    @property
    def status(self) -> MessageStatus | None:
        """The status the email has now, or None when the report says nothing of it."""
        return {"Delivery": MessageStatus.DELIVERED, "Bounce": MessageStatus.UNDELIVERED}.get(self.kind)

    @property
    def is_refusal(self) -> bool:
        """Whether the address is to get no more mail: it is gone, or its owner called ours unwanted."""
        return self.kind == "SpamComplaint" or (self.kind == "Bounce" and self.bounce in _FOR_GOOD)

    @property
    def words(self) -> str:
        """What happened, for the team."""
        if self.kind == "SpamComplaint":
            return "The person marked this email as unwanted, so they get no more."
        return _WORDS.get(self.bounce) or self.said or "The person’s mail server did not take this email."


def reference(email_id: UUID, attempted_at: datetime | None) -> str:
    """Return what an email is found by at the mail service: ours, and not the one before a person's retry."""
    return f"{email_id}:{int(attempted_at.timestamp() * 1000) if attempted_at else 0}"


def may_follow(current: str, new: MessageStatus) -> bool:
    """Tell whether an email that stands at `current` may become `new`: only forward."""
    return _RANK.get(MessageStatus(current), 0) < _RANK[new]
