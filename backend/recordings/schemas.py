"""Say what others see of recordings."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from uuid import UUID


@dataclass(frozen=True)
class Begun:
    """A recording that may be made, and where its file is to be."""

    id: UUID
    org_id: UUID
    path: Path
    egress_path: Path | None
    """Where LiveKit's egress service is to write it instead, for us to take up."""


class RecordingView(TypedDict):
    """A recording as a call's page shows it; its sound is at `/api/recordings/{id}`. `started_at` is ISO 8601."""

    id: str
    status: str
    source: str
    started_at: str
    duration_ms: int
    channels: int


class RecordingLink(TypedDict):
    """A recording for callers of the API: `url` opens it for an hour, and is null while it is made."""

    id: str
    url: str | None
    label: str
    duration_seconds: int
    source: str
    status: str
    created_at: str
