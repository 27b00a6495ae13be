"""Write an agent as one file that people can read, and read it back: TOML, without ids, secrets or an organization.

The file holds every field under its API name and the texts that are the agent's own. `magpipe_agent` is the number of
this format; a reader refuses a newer one.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from backend.agents import fields
from backend.core.errors import Invalid
from backend.functions import definitions

FORMAT = 1
KEY = "magpipe_agent"
# An agent with the longest instructions and its texts stays below; a tab may send a million bytes at once.
SIZE_LIMIT = 800_000
TITLE_LIMIT = 120
MOST_TEXTS = 50
_HEAD = """# An agent of Magpipe. Change what you like; every field is named as in the API, and checked when it is read.
"""


def written(values: Mapping[str, Any], texts: Sequence[tuple[str, str]] = ()) -> str:
    """Return the file of an agent with these field values and (title, content) texts of its own."""
    parts = [_HEAD, f"{KEY} = {FORMAT}", ""]
    for field in fields.ALL:
        value = values[field.name]
        # What stands at its default says nothing, except what makes an agent itself.
        if field.group not in ("identity", "prompt") and field.name != "agent_type" and value == field.default:
            continue
        parts.append(f"{field.name} = {_value(_public(field.kind, value))}")
    for title, content in texts:
        parts += ["", "[[knowledge]]", f"title = {_value(title)}", f"content = {_value(content)}"]
    return "\n".join(parts) + "\n"


def read(text: str) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the checked field values and the texts of a file. Raises `Invalid` that names the field or the line."""
    if len(text.encode()) > SIZE_LIMIT:
        raise Invalid(f"The file is too large; an agent takes at most {SIZE_LIMIT // 1000} KB.", field="file")
    try:
        found = tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Invalid(f"This file cannot be read: {error}.", field="file") from None
    version = found.pop(KEY, None)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise Invalid(f"This is not the file of an agent: “{KEY}” is missing.", field="file")
    if version > FORMAT:
        raise Invalid("This file comes from a newer release. Update this installation first.", field="file")
    texts = _texts(found.pop("knowledge", []))
    for name in ("name", "agent_type", "system_prompt"):
        if name not in found:
            raise Invalid(f"{name}: this field is missing.", field=name)
    try:
        return fields.checked(_with_dates(found)), texts
    except Invalid as error:
        raise Invalid(f"{error.field}: {error.message}", field=error.field) from None


def _public(kind: str, value: Any) -> Any:
    """Return a value as it may leave the installation: ids of ours, of secrets and of connected services stay here."""
    if kind in ("targets", "agents", "appointments", "mcp_tools"):
        # People, teams, agents, calendars and servers are known by ids of this installation alone.
        return []
    if kind == "details":
        value = [{key: one for key, one in row.items() if key != "id" and one is not None} for row in value]
    if kind != "functions":
        return value
    return [
        {key: one for key, one in row.items() if key != "id"} for row in definitions.copies(value, with_secrets=False)
    ]


def file_name(name: str) -> str:
    """Return what the file of an agent of this name is called."""
    plain = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower())
    return f"{'-'.join(filter(None, plain.split('-'))) or 'agent'}.agent.toml"


def _texts(value: Any) -> list[tuple[str, str]]:
    if not isinstance(value, list) or len(value) > MOST_TEXTS:
        raise Invalid(f"knowledge: at most {MOST_TEXTS} texts.", field="knowledge")
    found = []
    for place, one in enumerate(value, start=1):
        title, content = (one.get("title"), one.get("content")) if isinstance(one, dict) else (None, None)
        if not isinstance(title, str) or not isinstance(content, str) or not title.strip() or not content.strip():
            raise Invalid(f"knowledge: text {place} needs a title and a content.", field="knowledge")
        if len(title) > TITLE_LIMIT:
            raise Invalid(f"knowledge: the title of text {place} is too long.", field="knowledge")
        found.append((title, content))
    return found


def _with_dates(found: dict[str, Any]) -> dict[str, Any]:
    """Take dates written as TOML's own, without quotes, for the text they stand for."""
    if isinstance(found.get("holidays"), list):
        found["holidays"] = [
            {**one, "date": str(one["date"])} if isinstance(one, dict) and "date" in one else one
            for one in found["holidays"]
        ]
    return found


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return _lines(value) if "\n" in value else _quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(str(key))} = {_value(one)}" for key, one in value.items()) + "}"
    return "[" + ", ".join(_value(one) for one in value) + "]"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    # JSON's strings are TOML's basic strings, except for the one control character JSON lets stand.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _lines(text: str) -> str:
    # TOML reads \r\n as it likes; a carriage return survives only as an escape.
    body = "\n".join(_quoted(line)[1:-1].replace('\\"', '"') for line in text.split("\n"))
    body = body.replace('""', '"\\"')
    # Of several quotes at the end each second one is escaped by now; the last must be in any case.
    if (len(text) - len(text.rstrip('"'))) % 2:
        body = body[:-1] + '\\"'
    return f'"""\n{body}"""'
