"""Shape contacts for screens and callers: plain rows that travel as they are."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict
from uuid import UUID

from backend.compliance.schemas import ConsentRow
from backend.tags.schemas import TagRow

SEARCH_LIMIT = 100
# An address of a browser holds about this many ids.
MOST_IDS = 200


class Sort(StrEnum):
    """What the list of contacts can be ordered by."""

    NAME = "name"
    COMPANY = "company"
    CREATED = "created_at"
    UPDATED = "updated_at"
    ACTIVITY = "last_contact"


class Show(StrEnum):
    """Which contacts the list shows."""

    ALL = "all"
    BLOCKED = "blocked"
    OPTED_OUT = "opted_out"
    WHITELISTED = "whitelisted"
    DELETED = "deleted"


def _ids(listed: str) -> tuple[UUID, ...]:
    found = []
    for part in listed.split(",")[:MOST_IDS]:
        with suppress(ValueError):
            found.append(UUID(part))
    return tuple(found)


@dataclass(frozen=True)
class ContactFilter:
    """Which contacts somebody wants to see, and in which order. Empty values do not filter."""

    search: str = ""
    """Part of a name, a company, an address or a number."""
    tag_ids: tuple[UUID, ...] = ()
    """Contacts that carry every one of these."""
    show: Show = Show.ALL
    country: str = ""
    """ISO 3166 alpha-2."""
    ids: tuple[UUID, ...] = ()
    """These alone."""
    sort: Sort = Sort.NAME
    is_descending: bool = False

    @classmethod
    def of_query(cls, query: Mapping[str, str]) -> "ContactFilter":
        """Return the filter an address asks for; what it cannot mean is left out."""
        order = query.get("sort", "").removeprefix("-")
        return cls(
            search=query.get("q", "")[:SEARCH_LIMIT],
            tag_ids=_ids(query.get("tag", "")),
            show=Show(query["show"]) if query.get("show") in tuple(Show) else Show.ALL,
            country=query.get("country", "").upper() if len(query.get("country", "")) == 2 else "",
            ids=_ids(query.get("ids", "")),
            sort=Sort(order) if order in tuple(Sort) else Sort.NAME,
            is_descending=query.get("sort", "").startswith("-"),
        )


class ContactRow(TypedDict):
    """One line of the list. Times are ISO 8601 in UTC, ids are strings, absent values empty."""

    id: str
    name: str
    phone: str
    phone_display: str
    email: str
    company: str
    job_title: str
    city: str
    country: str
    tags: list[TagRow]
    is_blocked: bool
    is_opted_out: bool
    is_whitelisted: bool
    last_at: str
    created_at: str
    conversation_id: str


@dataclass(frozen=True)
class ContactPage:
    """One page of contacts; `next` is what asks for the following one, empty at the end."""

    rows: list[ContactRow]
    next: str


class FieldRow(TypedDict):
    """A field a business invented."""

    id: str
    key: str
    label: str
    kind: str
    choices: list[str]


class CustomValue(TypedDict):
    """A custom field with a contact's value, as text."""

    key: str
    label: str
    kind: str
    choices: list[str]
    value: str


class ContactView(TypedDict):
    """Everything about one contact that a page shows."""

    id: str
    name: str
    first_name: str
    last_name: str
    phone: str
    phone_display: str
    other_phones: list[str]
    email: str
    company: str
    job_title: str
    address: str
    city: str
    region: str
    country: str
    notes: str
    custom: list[CustomValue]
    tags: list[TagRow]
    is_blocked: bool
    blocked_at: str
    blocked_reason: str
    is_whitelisted: bool
    forward_to: str
    is_deleted: bool
    merged_into: str
    created_at: str
    updated_at: str
    conversation_id: str
    conversation_status: str
    last_at: str
    left_numbers: list[str]
    """Our numbers this person refuses texts from; an empty one stands for all of them."""
    consents: list[ConsentRow]


class Fact(TypedDict):
    """One line of what happened with a contact, newest first: a message, a call, a change, a choice.

    `call_id` and `summary` (what was noted of it) are a call's alone.
    """

    kind: str
    at: str
    body: str
    by: str
    channel: str
    direction: str
    status: str
    call_id: str
    summary: str


class MergeField(TypedDict):
    """One field two contacts differ in: both values and whose wins unless somebody says otherwise."""

    key: str
    kept: str
    dropped: str
    default: str


class MergePreview(TypedDict):
    """What a merge would do before it does it."""

    keep_id: str
    drop_id: str
    keep_name: str
    drop_name: str
    fields: list[MergeField]
    moves: dict[str, int]


class Suggestion(TypedDict):
    """A contact that may be the same person, and why."""

    id: str
    name: str
    phone_display: str
    email: str
    company: str
    reason: str


class ErasureView(TypedDict):
    """The report of an erasure."""

    id: str
    status: str
    by: str
    at: str
    finished_at: str
    counts: dict[str, int]


class ImportView(TypedDict):
    """An import as its page shows it. `mapping` names for each column the field it is, empty for one left out."""

    id: str
    filename: str
    size_bytes: int
    status: str
    encoding: str
    delimiter: str
    has_header: bool
    mapping: list[str]
    policy: str
    country: str
    tag_ids: list[str]
    total_rows: int
    done_rows: int
    created: int
    updated: int
    skipped: int
    failed: int
    error: str
    by: str
    at: str
    finished_at: str


class PreviewRow(TypedDict):
    """One row of a preview: what it would become, as it was understood, and why not when it cannot be taken."""

    number: int
    cells: list[str]
    fate: str
    problem: str
    field: str


class ImportPlan(TypedDict):
    """What an import would do: the columns with their first values, sample rows, and what `done` rows would become."""

    headers: list[str]
    samples: list[list[str]]
    rows: list[PreviewRow]
    done: int
    total: int
    created: int
    updated: int
    skipped: int
    failed: int
