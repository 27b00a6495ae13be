"""Shape the platform's own affairs for operators' screens."""

from typing import TypedDict


class DeadLetter(TypedDict):
    """A job that gave up. `about` is its arguments without personal text; `failed_at` is ISO 8601 in UTC or empty."""

    id: int
    task: str
    attempts: int
    about: str
    failed_at: str
