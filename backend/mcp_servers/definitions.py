"""Say what a tool of a server is, and which of them an agent may call: its field, in its draft and versions.

An agent's list holds each tool as it was when a person allowed it, words and schema and all, and a model is shown that
and nothing newer: what a server writes later reaches nobody before somebody allowed it again.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from backend.core.errors import Invalid

MOST_TOOLS = 60
# What OpenAI's chat API takes for the name of a function.
CALLED_LIMIT = 64
NAME_LIMIT, TITLE_LIMIT, DESCRIPTION_LIMIT, SCHEMA_LIMIT = 200, 120, 2000, 12_000
SLUG_LIMIT = 20
_CALLED = re.compile(r"[a-z][a-z0-9_]{0,19}-[A-Za-z0-9_-]{1,43}")
# Letters nobody sees can carry words that only a model reads.
_UNSEEN = frozenset({"Cf", "Co", "Cs", "Cn"})


def slug_of(name: str) -> str:
    """Return a name in letters a model can call tools by."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:SLUG_LIMIT].strip("_")
    return found if found[:1].isalpha() else f"s_{found}"[:SLUG_LIMIT].strip("_")


def called(slug: str, name: str) -> str:
    """Return how a model calls a tool: the hyphen keeps it apart from functions, whose names have none."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name)
    room = CALLED_LIMIT - len(slug) - 1
    if plain == name and len(plain) <= min(room, 43):
        return f"{slug}-{plain}"
    # What had to be changed could be another's name.
    return f"{slug}-{plain[: min(room, 43) - 7]}_{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def tool(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a tool a server offers as it is kept, or None when no model could be offered it."""
    name = given.get("name")
    schema = given.get("schema")
    if not isinstance(name, str) or not name.strip() or len(name) > NAME_LIMIT or not name.isprintable():
        return None
    if not isinstance(schema, Mapping) or schema.get("type", "object") != "object":
        return None
    found = {
        "name": name,
        "title": seen(str(given.get("title") or ""))[:TITLE_LIMIT],
        "description": seen(str(given.get("description") or ""))[:DESCRIPTION_LIMIT],
        "schema": _seen_deep({"type": "object", "properties": {}, **schema}),
        "reads": given.get("reads") is True,
    }
    if len(json.dumps(found["schema"], ensure_ascii=False)) > SCHEMA_LIMIT:
        return None
    return {**found, "fingerprint": fingerprint(found)}


def fingerprint(found: Mapping[str, Any]) -> str:
    """Return what changes when anything of a tool does that a model or a person goes by."""
    said = {key: found[key] for key in ("name", "title", "description", "schema", "reads")}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def seen(text: str) -> str:
    """Return a text without letters that a person does not see."""
    return "".join(one for one in text if one in "\n\t" or unicodedata.category(one) not in _UNSEEN | {"Cc"}).strip()


def allowed(server_id: str, slug: str, found: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry of an agent's list for a tool as it is now."""
    return {
        "server_id": server_id,
        "called": called(slug, found["name"]),
        **{key: found[key] for key in ("name", "title", "description", "schema", "reads", "fingerprint")},
    }


def written(found: Mapping[str, Any]) -> str:
    """Write a tool out, line by line, for people to compare with what it was."""
    return "\n".join(
        (
            found["title"] or found["name"],
            "",
            found["description"],
            "",
            "Only reads." if found["reads"] else "May change something.",
            json.dumps(found["schema"], indent=2, ensure_ascii=False, sort_keys=True),
        )
    )


def checked(value: Any, field: str) -> list[dict[str, Any]]:
    """Return an agent's list as it is stored. Raises `Invalid`."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MOST_TOOLS:
        raise Invalid(f"An agent may call at most {MOST_TOOLS} tools of servers.", field=field)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in value:
        entry = _entry(one, field)
        found[(entry["server_id"], entry["name"])] = entry
    names = [one["called"] for one in found.values()]
    if len(set(names)) < len(names):
        raise Invalid("Two tools would be called by one name. Rename one of their servers.", field=field)
    return list(found.values())


def _entry(given: Any, field: str) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise Invalid("A tool is an object with its server’s id and its name.", field=field)
    kept = tool(given)
    name = given.get("called")
    try:
        server_id = str(UUID(str(given.get("server_id"))))
    except ValueError:
        raise Invalid("A tool names its server by id.", field=field) from None
    if kept is None or not isinstance(name, str) or not _CALLED.fullmatch(name):
        raise Invalid("This is no tool that a model can be offered.", field=field)
    return {"server_id": server_id, "called": name, **kept}


def _seen_deep(value: Any) -> Any:
    if isinstance(value, str):
        return seen(value)
    if isinstance(value, Mapping):
        return {seen(str(key)): _seen_deep(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_seen_deep(one) for one in value]
    return value
