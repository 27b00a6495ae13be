"""Read JSON that strangers wrote, so that what comes of it can be stored and written as JSON again.

Python's reader takes more than that: half of a character (RFC 8259 §8.2) and the null character, which PostgreSQL
stores in no JSON, and numbers that JSON cannot spell, such as NaN and what is too large for a float.
"""

import json
import math
from typing import Any

DEEPEST = 100


def loads(text: str) -> Any:
    """Return what a JSON text says, every string of it clean. Raises `ValueError` for what is no JSON or too deep."""
    try:
        return _cleaned(json.loads(text, parse_constant=_refuse, parse_float=_float), DEEPEST)
    except RecursionError:
        raise ValueError("This is nested too deeply.") from None


def clean(text: str) -> str:
    """Return a text without null characters, with `?` in the place of half characters."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")


def _cleaned(value: Any, left: int) -> Any:
    if left < 0:
        raise ValueError("This is nested too deeply.")
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(one, left - 1) for one in value]
    if isinstance(value, dict):
        return {clean(key): _cleaned(one, left - 1) for key, one in value.items()}
    return value


def _refuse(spelled: str) -> Any:
    raise ValueError(f"{spelled} is no number of JSON.")


def _float(spelled: str) -> float:
    found = float(spelled)
    return found if math.isfinite(found) else _refuse(spelled)
