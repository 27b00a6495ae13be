"""Shape tags for screens."""

from typing import TypedDict


class TagRow(TypedDict):
    """A tag; `count` is how many contacts carry it, where that was asked for."""

    id: str
    name: str
    colour: str
    count: int
