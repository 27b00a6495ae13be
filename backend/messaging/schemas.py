"""Shape texts: as they arrive from the carrier, and as the API and the screens show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from backend.models.messaging import MessageMedia, ScheduledAction, SmsMessage
from backend.vocab import MessageStatus

# The carrier's limit of attachments in one message: https://developer.signalwire.com (error 21623).
MOST_MEDIA = 8


class MessageView(TypedDict):
    """A text for API callers. Times are ISO 8601 in UTC."""

    id: str
    thread_id: str
    from_number: str
    to_number: str
    body: str
    direction: str
    status: str
    is_ai_generated: bool
    media_urls: list[str]
    segments: int
    error_code: str | None
    error_message: str | None
    created_at: str


class ScheduledView(TypedDict):
    """Something that is to happen later, for API callers."""

    id: str
    action_type: str
    scheduled_at: str
    status: str
    parameters: dict[str, Any]
    executed_at: str | None
    error_message: str | None
    retry_count: int
    created_at: str


@dataclass(frozen=True)
class InboundMedia:
    """An attachment as the carrier announces it."""

    url: str
    content_type: str


@dataclass(frozen=True)
class InboundText:
    """A text from a customer as the carrier posted it."""

    sid: str
    sender: str
    recipient: str
    body: str
    media: Sequence[InboundMedia]

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "InboundText":
        """Read the carrier's form fields."""
        announced = str(payload.get("NumMedia") or "0")
        count = min(int(announced) if announced.isdecimal() else 0, MOST_MEDIA)
        media = [
            InboundMedia(str(payload[f"MediaUrl{i}"]), str(payload.get(f"MediaContentType{i}") or ""))
            for i in range(count)
            if payload.get(f"MediaUrl{i}")
        ]
        return cls(
            sid=str(payload["MessageSid"]),
            sender=str(payload["From"]),
            recipient=str(payload["To"]),
            body=str(payload.get("Body") or ""),
            media=media,
        )


@dataclass(frozen=True)
class StatusReport:
    """What the carrier says became of a text. `message_id` and `attempt` come from the address we gave it."""

    sid: str
    status: str
    error_code: str
    error_message: str
    message_id: UUID | None
    attempt: str

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "StatusReport":
        """Read the carrier's form fields and our own marks."""
        try:
            message_id = UUID(str(payload.get("_message") or ""))
        except ValueError:
            message_id = None
        code = str(payload.get("ErrorCode") or "")
        return cls(
            sid=str(payload["MessageSid"]),
            status=str(payload["MessageStatus"]),
            error_code="" if code in ("0", "None", "null") else code,
            error_message=str(payload.get("ErrorMessage") or ""),
            message_id=message_id,
            attempt=str(payload.get("_attempt") or ""),
        )


@dataclass(frozen=True)
class MessageFilter:
    """Which texts an API caller wants; empty values do not filter."""

    thread_id: UUID | None = None
    direction: str = ""
    phone_number: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class MediaFile:
    """A kept attachment, ready to be served to somebody who may see it."""

    path: str
    content_type: str
    is_inline: bool
    filename: str


def message_view(message: SmsMessage, media: Sequence[MessageMedia] = ()) -> MessageView:
    """Return a text as API callers see it."""
    return MessageView(
        id=str(message.id),
        thread_id=str(message.conversation_id),
        from_number=message.sender_number,
        to_number=message.recipient_number,
        body=message.content,
        direction=message.direction,
        status=message.status,
        is_ai_generated=message.is_ai_generated,
        media_urls=[f"/api/media/{item.id}" for item in media],
        segments=message.segments,
        error_code=message.error_code or None,
        error_message=message.error_message or None,
        created_at=message.created_at.isoformat(),
    )


def scheduled_view(action: ScheduledAction) -> ScheduledView:
    """Return a scheduled action as API callers see it."""
    return ScheduledView(
        id=str(action.id),
        action_type=action.action_type,
        scheduled_at=action.scheduled_at.isoformat(),
        status=action.status,
        parameters=action.parameters,
        executed_at=action.executed_at.isoformat() if action.executed_at else None,
        error_message=action.error_message or None,
        retry_count=0,
        created_at=action.created_at.isoformat(),
    )


def item_data(message: SmsMessage, media: Sequence[MessageMedia] = (), **extra: Any) -> dict[str, Any]:
    """Return what a timeline shows beside a text: its size, its numbers, its attachments, what went wrong.

    `media` is a list of {id, content_type, status: pending|kept|failed}; a kept one is served at `/api/media/{id}`.
    """
    data: dict[str, Any] = {
        "segments": message.segments,
        "encoding": message.encoding,
        "service_number": message.recipient_number
        if message.status == MessageStatus.RECEIVED
        else message.sender_number,
    }
    if media:
        data["media"] = [media_data(item) for item in media]
    return {**data, **extra}


def media_data(item: MessageMedia) -> dict[str, Any]:
    """Return one attachment as a timeline shows it."""
    status = "kept" if item.path else "failed" if item.error else "pending"
    return {
        "id": str(item.id),
        "content_type": item.content_type,
        "status": status,
        **({"error": item.error} if item.error else {}),
    }
