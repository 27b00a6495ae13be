"""Shape what mailboxes hand out: their settings, an email's line on the timeline, and where a reply belongs."""

from dataclasses import dataclass
from typing import Any, TypedDict
from uuid import UUID

from backend.models.mailboxes import AgentEmailConfig, EmailFile, EmailMessage

# What a line of the timeline carries of the quoted part; the whole stays with the record.
QUOTED_SHOWN = 6000


class MailboxView(TypedDict):
    """A mailbox as screens show it; times are ISO 8601 or empty."""

    id: str
    agent_id: str
    address: str
    public_address: str
    sender_name: str
    mode: str
    is_active: bool
    tested_at: str
    verified_at: str


@dataclass(frozen=True)
class Thread:
    """Where an email belongs: what it answers, and all that went before."""

    id: UUID
    subject: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reach:
    """How a contact is written to: `subject` is empty for the first email, `mode` what their mailbox's agent does."""

    subject: str
    mode: str


def mailbox_view(mailbox: AgentEmailConfig) -> MailboxView:
    """Return a mailbox in plain JSON."""
    return MailboxView(
        id=str(mailbox.id),
        agent_id=str(mailbox.agent_id),
        address=mailbox.address,
        public_address=mailbox.public_address,
        sender_name=mailbox.sender_name,
        mode=mailbox.mode,
        is_active=mailbox.is_active,
        tested_at=mailbox.tested_at.isoformat() if mailbox.tested_at else "",
        verified_at=mailbox.verified_at.isoformat() if mailbox.verified_at else "",
    )


def item_data(message: EmailMessage, files: list[EmailFile] | None = None, **extra: Any) -> dict[str, Any]:
    """Return what the timeline keeps of an email beside its words.

    `session_id` sets its thread apart from other talks with the person, as it does for web chats.
    """
    data: dict[str, Any] = {
        "subject": message.subject,
        "from": message.from_address,
        "to": list(message.to_addresses),
        "cc": list(message.cc_addresses),
        "session_id": str(message.thread_id),
        **extra,
    }
    if files:
        data["media"] = [file_data(one) for one in files]
    return {name: value for name, value in data.items() if value not in ("", [], None, False)}


def file_data(file: EmailFile) -> dict[str, str]:
    """Return a file as a timeline shows it, served at `/api/media/{id}`."""
    return {
        "id": str(file.id),
        "content_type": file.content_type,
        "status": "failed" if file.error else "kept",
        "error": file.error,
        "name": file.name,
    }


def reply_subject(subject: str) -> str:
    """Return the subject of an answer: with one `Re:`, however many the mail had."""
    bare = subject.strip()
    while bare[:3].lower() == "re:":
        bare = bare[3:].strip()
    return f"Re: {bare}" if bare else "Re: your message"
