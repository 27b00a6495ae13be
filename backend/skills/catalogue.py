"""The skills there are: what each does, what it needs, and what can be set, as a JSON schema.

A definition's id is made from its name, so that every installation and every release knows it by the same one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from backend.core.json_schema import closed_object
from backend.vocab import AgentType

FOLLOW_UP, REMINDER, REVIEW = "post_call_followup", "appointment_reminder", "review_request"
CRM = "auto_crm_update"
COMPETITORS, NEWS, SOCIAL = "competitor_monitoring", "daily_news_digest", "social_media_monitoring"
CALENDAR, DATE_FIELD = "calendar", "date_field"
EVENT, SCHEDULE, ON_DEMAND = "event", "schedule", "on_demand"
_NAMESPACE = UUID("5f0f8a52-1c38-4b52-9d0a-6f2b8f3f7d11")
EVERY_TYPE = tuple(AgentType)


@dataclass(frozen=True)
class Skill:
    """One skill. `is_outreach` writes to customers; the others report to the team."""

    slug: str
    name: str
    description: str
    category: str
    icon: str
    triggers: tuple[str, ...]
    channels: tuple[str, ...]
    properties: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...]
    is_outreach: bool
    events: tuple[str, ...] = ()
    ends_on_answer: bool = False
    """Whether a customer who writes meanwhile needs the message no more."""
    is_record: bool = False
    """Whether it writes about customers into another system, and nothing to them."""
    secret_title: str = ""
    """What opens that system, as a form asks for it."""
    integrations: tuple[str, ...] = ()
    needs: str = ""
    """What it works from and what it cannot see yet, in a sentence for people."""
    extra_names: tuple[str, ...] = ()
    """What its message may be filled with beside what is known of every contact."""
    schedule: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        """The definition's id, the same in every installation."""
        return uuid5(_NAMESPACE, self.slug)

    @property
    def schema(self) -> dict[str, Any]:
        """The settings as a JSON schema."""
        return closed_object(self.properties, self.required)


def _message(default: str) -> dict[str, Any]:
    return {"type": "string", "title": "Message", "format": "message", "minLength": 1, "maxLength": 1000,
            "default": default}  # fmt: skip


_CONSENT = {
    "type": "boolean",
    "title": "These customers agreed to hear from us",
    "description": "Nothing is sent without this. Whoever opted out is never written to.",
    "default": False,
    "const": True,
}
_OPTED_IN = {
    "type": "boolean",
    "title": "Only to customers who opted in to marketing",
    "description": "Off: to every customer in the audience who has not opted out.",
    "default": False,
}


def _lines(title: str, most: int, description: str, item_format: str = "") -> dict[str, Any]:
    items: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 500}
    if item_format:
        items["format"] = item_format
    return {"type": "array", "title": title, "description": description, "items": items, "minItems": 1,
            "maxItems": most, "default": []}  # fmt: skip


# What is read by the clock, or when asked to, and mailed to the team.
_report = partial(Skill, triggers=(SCHEDULE, ON_DEMAND), channels=("email",), is_outreach=False)

ALL = (
    Skill(
        slug=FOLLOW_UP,
        name="Follow-up",
        description="Writes to a customer once, some time after a call, or messages your side had the last word of.",
        category="sales",
        icon="reply",
        triggers=(EVENT,),
        events=("conversation_ends", "call_ends"),
        channels=("sms",),
        needs="It follows texts, web chats, emails, and calls in which somebody was talked with.",
        is_outreach=True,
        ends_on_answer=True,
        properties={
            "message_template": _message(
                "Hi {{contact.first_name}}, thanks for being in touch with {{business.name}}. "
                "Is there anything else we can help with?"
            ),
            "delay_minutes": {
                "type": "integer",
                "title": "Minutes after the last message, or the end of the call",
                "minimum": 5,
                "maximum": 10_080,
                "default": 60,
            },
            "consent_confirmed": _CONSENT,
        },
        required=("message_template", "consent_confirmed"),
    ),
    Skill(
        slug=REMINDER,
        name="Appointment reminder",
        description="Reminds a customer of an appointment before it begins, once for each appointment.",
        category="operations",
        icon="calendar_clock",
        triggers=(EVENT,),
        events=("appointment_upcoming",),
        channels=("sms",),
        needs="It reminds of appointments your agents book in the connected calendar, or of a date in a field of your "
        "contacts. It sends texts and does not call.",
        is_outreach=True,
        properties={
            "message_template": _message(
                "Hi {{contact.first_name}}, a reminder of your appointment with {{business.name}} "
                "on {{appointment.date}} {{appointment.time}}."
            ),
            "appointments_from": {
                "type": "string",
                "title": "Where appointments stand",
                "enum": [CALENDAR, DATE_FIELD],
                "enumNames": ["In the calendar agents book in", "In a date field of contacts"],
                "default": CALENDAR,
            },
            "date_field": {
                "type": "string",
                "title": "The field that holds the date",
                "description": "Only for a date field: one of the kind date, made under Contacts.",
                "format": "date_field",
                "minLength": 1,
                "maxLength": 64,
                "default": "",
            },
            "reminder_hours_before": {
                "type": "integer",
                "title": "Hours before",
                "description": "Before it begins; with a date field before the day begins.",
                "minimum": 1,
                "maximum": 336,
                "default": 24,
            },
            "consent_confirmed": _CONSENT,
        },
        required=("message_template", "consent_confirmed"),
        extra_names=("appointment.date", "appointment.weekday", "appointment.time"),
    ),
    Skill(
        slug=REVIEW,
        name="Review request",
        description="Asks customers you have just served for a review, at most once in a while for each.",
        category="marketing",
        icon="star",
        triggers=(SCHEDULE, ON_DEMAND),
        channels=("sms",),
        needs="It asks customers of the last days’ messages, and of calls in which somebody was talked with.",
        is_outreach=True,
        ends_on_answer=True,
        properties={
            "message_template": _message(
                "Hi {{contact.first_name}}, thank you for choosing {{business.name}}. "
                "Would you tell others how it was? {{review_url}}"
            ),
            "review_url": {
                "type": "string",
                "title": "Address of your review page",
                "format": "uri",
                "minLength": 1,
                "maxLength": 500,
                "default": "",
            },
            "lookback_days": {
                "type": "integer",
                "title": "Customers of the last days",
                "minimum": 1,
                "maximum": 60,
                "default": 7,
            },
            "min_days_since_last_request": {
                "type": "integer",
                "title": "Days before somebody is asked again",
                "minimum": 1,
                "maximum": 730,
                "default": 30,
            },
            "only_opted_in": _OPTED_IN,
            "consent_confirmed": _CONSENT,
        },
        required=("message_template", "review_url", "consent_confirmed"),
        extra_names=("review_url",),
        schedule={"interval": "daily", "time": "10:00"},
    ),
    Skill(
        slug=CRM,
        name="CRM update",
        description="Writes a note into your HubSpot after a conversation or a call: what was said and found out.",
        category="sales",
        icon="notebook_pen",
        triggers=(EVENT,),
        events=("conversation_ends", "call_ends"),
        channels=("hubspot",),
        needs="It needs the token of a private app of your HubSpot that may read contacts and write notes. It follows "
        "messages, and calls in which somebody was talked with.",
        is_outreach=False,
        is_record=True,
        secret_title="Token of your HubSpot app",  # noqa: S106 - a label
        integrations=("hubspot",),
        properties={
            "delay_minutes": {
                "type": "integer",
                "title": "Minutes after the last message, or the end of the call",
                "minimum": 5,
                "maximum": 10_080,
                "default": 30,
            },
            "include_messages": {
                "type": "boolean",
                "title": "With the messages themselves",
                "description": "Off: only what was found out, what calls were about, and a link to the conversation.",
                "default": True,
            },
        },
        required=(),
    ),
    _report(
        slug=COMPETITORS,
        name="Competitor monitoring",
        description="Reads pages you name and tells your team what changed on them since the last time.",
        category="research",
        icon="eye",
        needs="It reads public pages without signing in, and keeps to what their owners allow readers.",
        properties={
            "urls": _lines("Pages to watch", 10, "One address on each line, ten at most.", "uri"),
            "check_for": {
                "type": "string",
                "title": "What to tell",
                "enum": ["any_changes", "pricing_changes", "new_content"],
                "enumNames": ["Every change", "Changed prices", "What is new"],
                # The reference product's fourth choice means the first.
                "aliases": {"all": "any_changes"},
                "default": "any_changes",
            },
            "digest_format": {
                "type": "string",
                "title": "How much of it",
                "enum": ["summary", "detailed"],
                "enumNames": ["The first lines", "All of it"],
                "default": "summary",
            },
        },
        required=("urls",),
        schedule={"interval": "daily", "time": "08:00"},
    ),
    _report(
        slug=NEWS,
        name="News digest",
        description="Collects what your sources wrote about your topics since the last digest, each article once.",
        category="research",
        icon="newspaper",
        needs="It reads the feeds you name (RSS or Atom). It does not search the web.",
        properties={
            "topics": _lines("Topics", 10, "One on each line. An article counts when it has all words of a topic."),
            "sources": _lines("Feeds", 5, "One address of an RSS or Atom feed on each line, five at most.", "uri"),
        },
        required=("topics", "sources"),
        schedule={"interval": "daily", "time": "07:00"},
    ),
    _report(
        slug=SOCIAL,
        name="Social media monitoring",
        description="Tells your team where people wrote about your keywords, each post once.",
        category="marketing",
        icon="radar",
        needs="It searches Reddit and Hacker News, which are open to readers. X, LinkedIn and Google are not.",
        properties={
            "keywords": _lines("Keywords", 10, "One on each line, ten at most."),
            "platforms": {
                "type": "array",
                "title": "Where to look",
                "items": {
                    "type": "string",
                    "enum": ["reddit", "hackernews"],
                    "enumNames": ["Reddit", "Hacker News"],
                },
                "minItems": 1,
                "maxItems": 2,
                "default": ["reddit", "hackernews"],
            },
        },
        required=("keywords", "platforms"),
        schedule={"interval": "hours", "every": 6},
    ),
)
BY_SLUG = {skill.slug: skill for skill in ALL}
BY_ID = {skill.id: skill for skill in ALL}
