"""Shape templates for screens: what the library lists, and how one reads for somebody."""

from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID


class TemplateRow(TypedDict):
    """A template; its words still hold their places. `may_change` is about the person who asks."""

    id: str
    kind: str
    folder: str
    shortcut: str
    title: str
    subject: str
    body: str
    goal: str
    is_shared: bool
    is_mine: bool
    is_default: bool
    may_change: bool
    used_by: list[str]
    """The names of the alerts that send it."""


@dataclass(frozen=True)
class CallWords:
    """What a template says of one call: `purpose` is why it is made, `goal` what it is to bring about.

    `asked` are the names of places that only whoever has the call made can fill.
    """

    template_id: UUID
    title: str
    purpose: str
    goal: str
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    """How words read for one person. `missing` are places without a value, `unknown` names nobody knows."""

    subject: str
    body: str
    goal: str
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    segments: int
    is_unicode: bool
