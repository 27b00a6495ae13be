"""Keep the filters of a list in the page's address."""

from collections.abc import Mapping
from urllib.parse import urlencode


def with_filters(path: str, current: Mapping[str, str], allowed: tuple[str, ...], **changes: str) -> str:
    """Return `path` with the allowed filters of `current`, changed; an empty value takes a filter out."""
    wanted = {name: value for name, value in {**current, **changes}.items() if name in allowed and value}
    return f"{path}?{urlencode(wanted)}" if wanted else path
