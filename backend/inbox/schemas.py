"""Shape what a person keeps in the inbox for screens: plain strings, numbers and flags."""

from typing import TypedDict


class ViewRow(TypedDict):
    """A saved view: `query` is the query string of the inbox's address. `is_mine` says who may change it."""

    id: str
    name: str
    query: str
    is_shared: bool
    is_mine: bool


class DraftRow(TypedDict):
    """What a person was writing; `began_seq` is the newest item they had seen when they began."""

    mode: str
    channel: str
    body: str
    began_seq: int
    saved_at: str


class BulkRow(TypedDict):
    """Work on many conversations: `token` undoes it; `status` is running, done, undoing, undone or failed."""

    token: str
    action: str
    status: str
    total: int
    done: int


class PreferenceRow(TypedDict):
    """How a person wants to be reached."""

    has_sound: bool
    has_desktop: bool
    has_mail: bool
    """A mail for a mention that was not looked at."""
    is_away: bool
    language: str


class FileRow(TypedDict):
    """A file chosen for a message that is not sent yet; shown at `/api/inbox/chosen-files/{id}`."""

    id: str
    name: str
    content_type: str
    size_bytes: int
