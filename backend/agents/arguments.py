"""Check what a model gives a tool against the tool's JSON schema: names, types and choices of the first level."""

import json
from collections.abc import Mapping
from typing import Any

# More than any tool of ours takes, and less than what would fill a log.
LENGTH_LIMIT = 20_000
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def fault(parameters: Mapping[str, Any], arguments: Mapping[str, Any]) -> str:
    """Return what is wrong with the arguments of a call, or an empty string."""
    properties = parameters.get("properties") or {}
    for name in parameters.get("required") or ():
        if name not in arguments:
            return f"Missing argument: {name}."
    for name, value in arguments.items():
        schema = properties.get(name)
        if schema is None and parameters.get("additionalProperties") is False:
            return f"Unknown argument: {str(name)[:40]}."
        if isinstance(schema, Mapping) and (words := _fault(name, schema, value)):
            return words
    if len(json.dumps(arguments, ensure_ascii=False)) > LENGTH_LIMIT:
        return "The arguments are too long."
    return ""


def _fault(name: str, schema: Mapping[str, Any], value: Any) -> str:
    wanted = schema.get("type")
    kinds = [wanted] if isinstance(wanted, str) else wanted if isinstance(wanted, list) else []
    if kinds and not any(_is(value, kind) for kind in kinds if isinstance(kind, str)):
        return f"The argument {name} must be of the type {' or '.join(map(str, kinds))}."
    choices = schema.get("enum")
    if isinstance(choices, list) and value not in choices:
        return f"The argument {name} must be one of: {', '.join(map(str, choices))}."
    return ""


def _is(value: Any, kind: str) -> bool:
    if kind in ("number", "integer"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and (kind == "number" or float(value).is_integer())
    return isinstance(value, _TYPES.get(kind, (object,)))
