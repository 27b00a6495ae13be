"""Take what a client sent to an event handler as the handler's own annotations say, or refuse it.

Any client may call a handler with anything. Text loses what can be neither stored nor sent on: null characters, and
halves of characters (JSON can spell those, RFC 8259 §8.2).
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_origin

from backend.core.errors import Invalid

# What a number of the browser holds exactly (ECMA-262 §21.1.2.8).
LARGEST = 2**53 - 1


def kinds(handler: Callable[..., Any]) -> dict[str, Any]:
    """Return the types of a handler's arguments by name, in order, its state left out."""
    parameters = list(inspect.signature(handler).parameters.values())[1:]
    return {one.name: get_origin(one.annotation) or one.annotation for one in parameters}


def taken(
    wanted: Mapping[str, Any], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a call as they may be used. Raises `Invalid` for one of another kind."""
    by_place = [_fit(value, kind) for value, kind in zip(args, wanted.values(), strict=False)]
    return by_place + list(args[len(by_place) :]), {
        name: _fit(value, wanted.get(name)) for name, value in kwargs.items()
    }


def _fit(value: Any, kind: Any) -> Any:
    if kind is str:
        # An emptied field may come as nothing, and a field of digits as a number.
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            value = "" if value is None else str(value)
        return _whole(value) if isinstance(value, str) else _refuse()
    if kind is bool:
        return value if isinstance(value, bool) else _refuse()
    if kind is int:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return value if is_number and abs(value) <= LARGEST else _refuse()
    if kind in (dict, list):
        return _cleaned(value) if isinstance(value, kind) else _refuse()
    return _cleaned(value)


def _refuse() -> Any:
    raise Invalid("This page does not fit what it asked for. Reload it and try again.", code="malformed_event")


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, dict):
        return {_cleaned(name): _cleaned(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    return value


def _whole(text: str) -> str:
    if "\x00" in text:
        text = text.replace("\x00", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
