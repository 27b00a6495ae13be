"""Write the JSON schemas that forms are drawn from and models are offered tools with."""

from collections.abc import Iterable, Mapping
from typing import Any


def closed_object(properties: Mapping[str, Mapping[str, Any]], required: Iterable[str]) -> dict[str, Any]:
    """Return the schema of an object that has these properties and no others; the properties are copied."""
    return {
        "type": "object",
        "properties": {name: dict(one) for name, one in properties.items()},
        "required": list(required),
        "additionalProperties": False,
    }
