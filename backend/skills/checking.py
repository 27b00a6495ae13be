"""Check what somebody set a skill to, against its schema and beyond it; each error names the field."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from backend.core.errors import Invalid
from backend.skills import wording
from backend.skills.catalogue import Skill

AUDIENCE: dict[str, Any] = {
    "only_agent": True,
    "tags_any": [],
    "tags_none": [],
    "skip_unhappy": True,
    "skip_with_person": True,
}
MOST_TAGS = 20
DAILY_LIMIT = 500


def config(skill: Skill, given: Mapping[str, Any], *, is_complete: bool) -> dict[str, Any]:
    """Return the settings with their defaults. Raises `Invalid` that names the field.

    What is required may be missing until the skill `is_complete`, which it must be to be switched on.
    """
    unknown = sorted(set(given) - set(skill.properties))
    if unknown:
        raise Invalid(f"{skill.name} has no setting “{unknown[0][:40]}”.", field=unknown[0][:64])
    found = {}
    for name, rule in skill.properties.items():
        value = given.get(name, rule.get("default"))
        needs = is_complete and name in skill.required
        found[name] = _value(skill, name, rule, value, is_needed=needs)
    return found


def audience(given: Mapping[str, Any], known_tags: frozenset[str]) -> dict[str, Any]:
    """Return whom a skill is for. Raises `Invalid` (`audience`)."""
    unknown = sorted(set(given) - set(AUDIENCE))
    if unknown:
        raise Invalid(f"An audience has no “{unknown[0][:40]}”.", field="audience")
    found = {**AUDIENCE, **given}
    for name in ("only_agent", "skip_unhappy", "skip_with_person"):
        if not isinstance(found[name], bool):
            raise Invalid(f"{name} must be true or false.", field="audience")
    for name in ("tags_any", "tags_none"):
        tags = found[name]
        if not isinstance(tags, list) or len(tags) > MOST_TAGS or not {str(tag) for tag in tags} <= known_tags:
            raise Invalid("One of these tags does not exist any more.", field="audience")
        found[name] = [str(tag) for tag in tags]
    return found


def choice(value: str, options: Sequence[str], field: str) -> str:
    """Return one of `options`. Raises `Invalid`."""
    if value not in options:
        raise Invalid(f"Choose one of: {', '.join(options)}.", field=field)
    return value


def channels(skill: Skill, given: Sequence[Any]) -> list[str]:
    """Return the channels a skill uses. Raises `Invalid` (`delivery_channels`)."""
    wanted = [one.get("type") if isinstance(one, Mapping) else one for one in given]
    if not wanted or any(one not in skill.channels for one in wanted):
        raise Invalid(f"{skill.name} goes by {' or '.join(skill.channels)}.", field="delivery_channels")
    return [one for one in skill.channels if one in wanted]


def limit(value: object) -> int:
    """Return how many customers are written to on one day at most. Raises `Invalid` (`daily_limit`)."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= DAILY_LIMIT:
        raise Invalid(f"Write a whole number from 1 to {DAILY_LIMIT}.", field="daily_limit")
    return value


def secret(value: object) -> str:
    """Return what opens another system. Raises `Invalid` (`secret`)."""
    said = value.strip() if isinstance(value, str) else ""
    if not said or len(said) > 500 or not said.isascii() or any(not one.isprintable() or one == " " for one in said):
        raise Invalid("This must be one line of plain letters.", field="secret")
    return said


def _value(skill: Skill, name: str, rule: Mapping[str, Any], value: Any, *, is_needed: bool) -> Any:
    match rule["type"]:
        case "boolean":
            if not isinstance(value, bool):
                raise Invalid("It is either true or false.", field=name)
            if is_needed and rule.get("const") is True and value is not True:
                raise Invalid("Confirm this before you switch the skill on.", field=name)
            return value
        case "integer":
            low, high = rule["minimum"], rule["maximum"]
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise Invalid(f"Write a whole number from {low:,} to {high:,}.", field=name)
            return value
        case "array":
            return _list(name, rule, value, is_needed=is_needed)
    return _text(skill, name, rule, value, is_needed=is_needed)


def _list(name: str, rule: Mapping[str, Any], value: Any, *, is_needed: bool) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Invalid("Write one on each line.", field=name)
    items = list(dict.fromkeys(item.strip() for item in value if item.strip()))
    if len(items) > rule["maxItems"]:
        raise Invalid(f"There is room for {rule['maxItems']}.", field=name)
    if is_needed and not items:
        raise Invalid("Write at least one.", field=name)
    inner = rule["items"]
    for item in items:
        if "enum" in inner and item not in inner["enum"]:
            raise Invalid(f"Choose among: {', '.join(inner['enum'])}.", field=name)
        if len(item) > inner.get("maxLength", 500) or "\x00" in item:
            raise Invalid("One of these is too long.", field=name)
        if inner.get("format") == "uri":
            _require_address(item, name)
    return items


def _text(skill: Skill, name: str, rule: Mapping[str, Any], value: Any, *, is_needed: bool) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise Invalid("Write text here.", field=name)
    said = value.strip()
    if is_needed and not said:
        raise Invalid("This is needed before the skill can be switched on.", field=name)
    if len(said) > rule.get("maxLength", 1000):
        raise Invalid(f"Write at most {rule['maxLength']} characters.", field=name)
    if "enum" in rule:
        return choice(rule.get("aliases", {}).get(said, said), rule["enum"], name)
    if said and rule.get("format") == "uri":
        _require_address(said, name)
    if said and rule.get("format") == "message":
        wording.require_known(said, skill.extra_names, name)
    return said


def _require_address(value: str, field: str) -> None:
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise Invalid(f"“{value[:60]}” is not a web address. It begins with https://.", field=field)
