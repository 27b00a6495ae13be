"""Check what a team says of an agent's authority: the policy of each tool, whom it may write to and hand over to."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from backend.core.errors import Invalid
from backend.numbers import e164
from backend.vocab import ToolPolicy, TransferMode

MOST_POLICIES = 300
MOST_TARGETS = 20
MOST_RECIPIENTS = 20
LABEL_LIMIT, WHEN_LIMIT = 60, 200
TARGET_KINDS = ("person", "team", "agent")
EMAIL_LIMIT = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
_TOOL = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_EMAIL = re.compile(r"[^\s@<>()\[\]\\,;:\"]+@(?:[^\W_][\w-]*\.)+[^\W\d_][\w-]+")


def policies(value: Any, field: str) -> dict[str, str]:
    """Return the policies of tools by name; a tool that is not named has its usual one."""
    if not isinstance(value, Mapping) or len(value) > MOST_POLICIES:
        raise Invalid(f"Policies are an object of at most {MOST_POLICIES} tools.", field=field)
    for name, policy in value.items():
        if not isinstance(name, str) or not _TOOL.fullmatch(name):
            raise Invalid("A policy names a tool.", field=field)
        if policy not in list(ToolPolicy):
            raise Invalid(f"The policy of “{name}” is one of: {', '.join(ToolPolicy)}.", field=field)
    return {name: str(policy) for name, policy in sorted(value.items())}


def targets(value: Any, field: str) -> list[dict[str, str]]:
    """Return whom an agent may hand a conversation to: people, teams and agents, each by a label of its own."""
    return _labelled(value, field, MOST_TARGETS, _target)


def numbers(value: Any, field: str) -> list[dict[str, str]]:
    """Return the telephones an agent may put callers through to, each by a label of its own."""
    return _labelled(value, field, MOST_TARGETS, _number)


def recipients(value: Any, field: str) -> list[dict[str, str]]:
    """Return whom an agent may write to beside its customer: numbers and email addresses with labels."""
    return _labelled(value, field, MOST_RECIPIENTS, _recipient)


def is_email(address: str) -> bool:
    """Tell whether an address is one of email."""
    return len(address) <= EMAIL_LIMIT and _EMAIL.fullmatch(address) is not None


def _labelled(
    value: Any, field: str, most: int, check: Callable[[Mapping[str, Any], str], dict[str, str]]
) -> list[dict[str, str]]:
    if not isinstance(value, list) or len(value) > most or not all(isinstance(one, Mapping) for one in value):
        raise Invalid(f"This is a list of at most {most} rows.", field=field)
    found = [check(one, field) for one in value]
    labels = [one["label"].casefold() for one in found]
    for label in labels:
        if labels.count(label) > 1:
            raise Invalid("Two rows have one name. The agent tells them apart by it.", field=field, code="duplicate")
    return found


def _target(given: Mapping[str, Any], field: str) -> dict[str, str]:
    kind = given.get("kind")
    if kind not in TARGET_KINDS:
        raise Invalid(f"An agent hands over to one of: {', '.join(TARGET_KINDS)}.", field=field)
    try:
        target_id = str(UUID(str(given.get("id"))))
    except ValueError:
        raise Invalid("Choose whom the agent may hand over to.", field=field) from None
    when = _words(given.get("when") or "", WHEN_LIMIT, field)
    return {"kind": str(kind), "id": target_id, "label": _label(given, field), "when": when}


def _number(given: Mapping[str, Any], field: str) -> dict[str, str]:
    mode = given.get("mode") or TransferMode.WARM
    if mode not in list(TransferMode):
        raise Invalid(f"A caller is put through in one of these ways: {', '.join(TransferMode)}.", field=field)
    when = _words(given.get("when") or "", WHEN_LIMIT, field)
    number = e164.normalize(str(given.get("phone_number") or ""), field=field)
    return {"label": _label(given, field), "phone_number": number, "when": when, "mode": str(mode)}


def _recipient(given: Mapping[str, Any], field: str) -> dict[str, str]:
    address = str(given.get("address") or "").strip()
    if "@" not in address:
        return {"label": _label(given, field), "address": e164.normalize(address, field=field)}
    if not is_email(address):
        raise Invalid("Enter an email address, like dana@example.com, or a phone number.", field=field)
    return {"label": _label(given, field), "address": address.lower()}


def _label(given: Mapping[str, Any], field: str) -> str:
    label = _words(given.get("label") or "", LABEL_LIMIT, field)
    if not label:
        raise Invalid("Give each row a name the agent can use.", field=field)
    return label


def _words(value: Any, limit: int, field: str) -> str:
    if not isinstance(value, str):
        raise Invalid("This must be text.", field=field)
    found = " ".join(value.replace("\x00", "").split())
    if len(found) > limit:
        raise Invalid(f"At most {limit} characters.", field=field)
    return found
