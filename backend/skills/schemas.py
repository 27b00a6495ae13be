"""Shape skills for screens and the API: plain rows that travel as they are."""

from typing import Any, TypedDict


class SkillCard(TypedDict):
    """One skill as an agent's page shows it; `id` is empty until somebody sets it up."""

    slug: str
    definition_id: str
    name: str
    description: str
    category: str
    icon: str
    needs: str
    is_outreach: bool
    id: str
    is_enabled: bool
    is_ready: bool
    missing: str
    next_at: str
    last_at: str
    sent_week: int
    waiting: int


class SkillSettings(TypedDict):
    """What somebody set a skill to, and what may be set."""

    slug: str
    name: str
    needs: str
    is_outreach: bool
    is_record: bool
    secret_title: str
    has_secret: bool
    schema: dict[str, Any]
    names: list[str]
    triggers: list[str]
    config: dict[str, Any]
    audience: dict[str, Any]
    sending_window: dict[str, Any]
    trigger_type: str
    schedule_config: dict[str, Any]
    delivery_channels: list[str]
    recipients: list[str]
    daily_limit: int
    timezone: str


class PersonRow(TypedDict):
    """What a run means, or meant, for one person."""

    id: str
    name: str
    address: str
    contact_id: str
    conversation_id: str
    channel: str
    outcome: str
    reason: str
    body: str
    at: str
    has_answered: bool


class RunRow(TypedDict):
    """One run in the history, with how many people came to what."""

    id: str
    trigger: str
    status: str
    is_dry_run: bool
    started_by: str
    summary: str
    error: str
    at: str
    took_ms: int
    sent: int
    waiting: int
    left_out: int
    other: int


class Trial(TypedDict):
    """What a run would do now: how many are meant, who gets it and who is left out, and the next message."""

    found: int
    would_send: int
    left_out: int
    over_limit: int
    preview: str
    preview_for: str
    people: list[PersonRow]
    report: str
