"""Say what a function is: its name, its typed parameters, and the request a call of it becomes.

A definition is plain JSON under the reference product's names. It stands in an agent's draft and versions, so it
holds no secret: the values of its headers are kept apart, and `headers` names them by id.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from backend.core.errors import Invalid
from backend.core.ids import new_id
from backend.core.json_schema import closed_object
from backend.functions.schemas import Offer
from backend.vocab import ToolKind

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# What has no body (RFC 9110 §9.3): its arguments travel in the address.
BODILESS = ("GET", "DELETE")
KINDS = ("string", "number", "integer", "boolean", "array", "object")
# What the product's own tools are called.
RESERVED = (
    "hand_over_to_person", "save_contact_name", "save_details", "transfer_conversation", "send_text", "send_email",
    "create_support_ticket",
    "check_availability", "book_appointment", "list_appointments", "reschedule_appointment", "cancel_appointment",
    "recall_memory", "correct_memory", "forget_memory",
)  # fmt: skip
MOST_FUNCTIONS = 50
MOST_PARAMETERS = 30
MOST_ROWS = 20
NAME_LIMIT, DESCRIPTION_LIMIT, URL_LIMIT, BODY_LIMIT, VALUE_LIMIT = 64, 500, 2000, 20_000, 2000
# The reference product's range and default of retries; its two minutes of time-out are longer than any customer waits.
TIMEOUT_LOW_MS, TIMEOUT_HIGH_MS, TIMEOUT_MS = 1000, 300_000, 10_000
MOST_RETRIES, RETRIES = 5, 2
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_PATH = re.compile(r"\$?\.?[\w-]+(?:\.[\w-]+|\[\d+\])*")
# RFC 9110 §5.6.2: what a header's name is made of.
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")
# These are ours to set: they say how the request travels, or that it came from us.
_OURS = frozenset(
    {
        "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect",
        "accept-encoding", "proxy-authorization", "x-magpipe-signature", "x-magpipe-timestamp", "idempotency-key",
    }
)  # fmt: skip


def checked(value: Any, field: str) -> list[dict[str, Any]]:
    """Return an agent's functions as they are stored. Raises `Invalid` that names the function at fault."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MOST_FUNCTIONS:
        raise Invalid(f"An agent has at most {MOST_FUNCTIONS} functions of its own.", field=field)
    found: list[dict[str, Any]] = []
    for one in value:
        try:
            found.append(definition(one))
        except Invalid as error:
            name = str(one.get("name", "")) if isinstance(one, Mapping) else ""
            raise Invalid(f"The function “{name[:NAME_LIMIT]}”: {error.message}", field=field) from None
    require_apart([one["name"] for one in found], field)
    return found


def require_apart(names: Sequence[str], field: str = "name") -> None:
    """Raise `Invalid` when two functions have one name."""
    for name in names:
        if names.count(name) > 1:
            raise Invalid(f"There is a function “{name}” already.", field=field, code="duplicate")


def definition(given: Any) -> dict[str, Any]:
    """Return one function as it is stored. Raises `Invalid` that names its field."""
    if not isinstance(given, Mapping):
        raise Invalid("A function is an object with a name, a description and an address.", field="name")
    method = _text(given, "http_method", 10, "POST").upper()
    if method not in METHODS:
        raise Invalid(f"The method is one of: {', '.join(METHODS)}.", field="http_method")
    parameters = _rows(given, "body_schema", _parameter, MOST_PARAMETERS)
    if len({one["name"] for one in parameters}) < len(parameters):
        raise Invalid("Two parameters have one name.", field="body_schema")
    return {
        "id": _id(given.get("id")),
        "name": _function_name(given),
        "description": _required(given, "description", DESCRIPTION_LIMIT, "Say when the agent shall call it."),
        "http_method": method,
        "endpoint_url": _url(given),
        "headers": _rows(given, "headers", _header),
        "query_params": _rows(given, "query_params", _query),
        "body_template": _template(given, method),
        "body_schema": parameters,
        "response_variables": _rows(given, "response_variables", _response),
        "timeout_ms": _whole(given, "timeout_ms", TIMEOUT_LOW_MS, TIMEOUT_HIGH_MS, TIMEOUT_MS),
        "max_retries": _whole(given, "max_retries", 0, MOST_RETRIES, RETRIES),
        "is_active": _flag(given, "is_active", True),
    }


def copies(rows: Sequence[Mapping[str, Any]], *, with_secrets: bool = True) -> list[dict[str, Any]]:
    """Return the same functions under ids of their own; without secrets, their headers wait for values."""
    return [
        {
            **one,
            "id": str(new_id()),
            "headers": [dict(header) if with_secrets else {**header, "secret": ""} for header in one["headers"]],
        }
        for one in rows
    ]


def offer(found: Mapping[str, Any]) -> Offer:
    """Return a stored function as an agent is offered it."""
    properties: dict[str, Any] = {}
    for one in found["body_schema"]:
        properties[one["name"]] = {"type": one["type"], "description": one["description"]}
        if one["options"]:
            properties[one["name"]]["enum"] = list(one["options"])
        if one["type"] == "array":
            properties[one["name"]]["items"] = {"type": "string"}
    return Offer(
        kind=ToolKind.FUNCTION,
        name=found["name"],
        description=found["description"],
        parameters=closed_object(properties, [one["name"] for one in found["body_schema"] if one["required"]]),
        definition=dict(found),
        is_reading=is_reading(found),
        label=found["name"].replace("_", " "),
    )


def fault(found: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
    """Return what is wrong with the arguments of a call, or an empty string."""
    known = {one["name"]: one for one in found["body_schema"]}
    unknown = sorted(set(arguments) - set(known))
    if unknown:
        return f"Unknown argument: {str(unknown[0])[:40]}."
    for name, one in known.items():
        if name not in arguments:
            if one["required"]:
                return f"Missing argument: {name}."
            continue
        if not _fits(one["type"], arguments[name]):
            return f"The argument {name} must be of the type {one['type']}."
        if one["options"] and arguments[name] not in one["options"]:
            return f"The argument {name} must be one of: {', '.join(one['options'])}."
    if len(json.dumps(arguments, ensure_ascii=False)) > BODY_LIMIT:
        return "The arguments are too long."
    return ""


def is_reading(found: Mapping[str, Any]) -> bool:
    """Tell whether a call changes nothing where it arrives (RFC 9110 §9.2.1)."""
    return bool(found["http_method"] == "GET")


def _fits(kind: str, value: Any) -> bool:
    if kind in ("number", "integer"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not (isinstance(value, int) or math.isfinite(value)):
            return False
        return kind == "number" or isinstance(value, int) or value.is_integer()
    wanted = {"string": str, "boolean": bool, "array": list, "object": dict}[kind]
    return isinstance(value, wanted)


def _text(given: Mapping[str, Any], name: str, limit: int, default: str = "") -> str:
    value = given.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise Invalid("This must be text.", field=name)
    found = value.replace("\x00", "").strip()
    if len(found) > limit:
        raise Invalid(f"At most {limit:,} characters.", field=name)
    return found


def _required(given: Mapping[str, Any], name: str, limit: int, instead: str) -> str:
    found = _text(given, name, limit)
    if not found:
        raise Invalid(instead, field=name)
    return found


def _function_name(given: Mapping[str, Any]) -> str:
    name = _required(given, "name", NAME_LIMIT, "Give the function a name.")
    if not _NAME.fullmatch(name):
        raise Invalid("Use lower-case letters, digits and _, beginning with a letter.", field="name")
    if name in RESERVED:
        raise Invalid("One of the agent’s own tools has this name. Choose another.", field="name")
    return name


def _url(given: Mapping[str, Any]) -> str:
    url = _required(given, "endpoint_url", URL_LIMIT, "Give the address to call.")
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or any(one.isspace() for one in url):
        raise Invalid("Give a whole web address, such as https://api.example.com/orders.", field="endpoint_url")
    # The model fills in what stands in braces: it may choose what is asked for, never who is asked.
    if "{{" in parts.netloc or "@" in parts.netloc:
        raise Invalid("The server’s name stands as it is, without variables or passwords.", field="endpoint_url")
    return url


def _template(given: Mapping[str, Any], method: str) -> str:
    template = _text(given, "body_template", BODY_LIMIT)
    if template and method in BODILESS:
        raise Invalid(f"{method} sends no body.", field="body_template")
    if template:
        try:
            json.loads(template)
        except (ValueError, RecursionError):
            raise Invalid(
                'Write JSON, with variables inside quotes: {"id": "{{order_id}}"}.', field="body_template"
            ) from None
    return template


def _rows(given: Mapping[str, Any], name: str, check: Any, most: int = MOST_ROWS) -> list[dict[str, Any]]:
    value = given.get(name)
    if value is None:
        return []
    # The reference product also takes headers and queries as an object.
    if isinstance(value, Mapping):
        value = [{"name": key, "value": one} for key, one in value.items()]
    if not isinstance(value, list) or len(value) > most or not all(isinstance(one, Mapping) for one in value):
        raise Invalid(f"This is a list of at most {most} rows.", field=name)
    return [check(one, name) for one in value]


def _parameter(given: Mapping[str, Any], field: str) -> dict[str, Any]:
    name = given.get("name")
    if not isinstance(name, str) or not _PARAMETER.fullmatch(name):
        raise Invalid("A parameter’s name has letters, digits and _, and begins with a letter.", field=field)
    kind = "string" if given.get("type") is None else given["type"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise Invalid(f"A parameter’s type is one of: {', '.join(KINDS)}.", field=field)
    options = [] if given.get("options") is None else given["options"]
    if not isinstance(options, list) or len(options) > MOST_ROWS or not all(isinstance(one, str) for one in options):
        raise Invalid(f"The choices of “{name}” are at most {MOST_ROWS} texts.", field=field)
    if options and kind != "string":
        raise Invalid(f"Only a text has choices; “{name}” is of the type {kind}.", field=field)
    return {
        "name": name,
        "type": kind,
        "description": _text(given, "description", DESCRIPTION_LIMIT),
        "required": _flag(given, "required", False),
        "options": [one[:80] for one in (option.replace("\x00", "").strip() for option in options) if one],
    }


def _header(given: Mapping[str, Any], field: str) -> dict[str, Any]:
    name = given.get("name") or given.get("key")
    if not isinstance(name, str) or not _HEADER.fullmatch(name):
        raise Invalid("A header’s name has letters, digits and hyphens.", field=field)
    if name.casefold() in _OURS:
        raise Invalid(f"The header “{name}” is set by us.", field=field)
    if given.get("value"):
        raise Invalid("The value of a header is secret; it is kept through the function itself.", field=field)
    secret = given.get("secret") or ""
    return {"name": name, "secret": _id(secret, field) if secret else ""}


def _query(given: Mapping[str, Any], field: str) -> dict[str, Any]:
    name = given.get("name")
    name = name.replace("\x00", "").strip() if isinstance(name, str) else ""
    if not name or len(name) > 100:
        raise Invalid("A query needs a name.", field=field)
    return {"name": name, "value": _text(given, "value", VALUE_LIMIT)}


def _response(given: Mapping[str, Any], field: str) -> dict[str, Any]:
    name, path = given.get("name"), given.get("json_path")
    if not isinstance(name, str) or not _PARAMETER.fullmatch(name):
        raise Invalid("What is read of an answer needs a name of letters, digits and _.", field=field)
    if not isinstance(path, str) or len(path) > 200 or not _PATH.fullmatch(path):
        raise Invalid("A path looks like $.order.status.", field=field)
    return {"name": name, "json_path": path}


def _whole(given: Mapping[str, Any], name: str, low: int, high: int, default: int) -> int:
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Invalid(f"Choose a whole number from {low:,} to {high:,}.", field=name)
    return value


def _flag(given: Mapping[str, Any], name: str, default: bool) -> bool:
    value = given.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise Invalid("This is either true or false.", field=name)
    return value


def _id(value: Any, field: str = "id") -> str:
    if value in (None, ""):
        return str(new_id())
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise Invalid("This is not an id.", field=field) from None
