"""Shape servers of tools as screens and the API see them; what a server is asked with never leaves."""

from typing import Any, TypedDict


class ToolRow(TypedDict):
    """One tool a server offers: `reads` as the server says, `called` as a model calls it."""

    name: str
    called: str
    title: str
    description: str
    schema: dict[str, Any]
    reads: bool
    fingerprint: str


class ServerRow(TypedDict):
    """One server in plain JSON. `error` is empty when the last look went well; times are ISO 8601 in UTC."""

    id: str
    name: str
    slug: str
    url: str
    header_name: str
    has_value: bool
    tools: list[ToolRow]
    error: str
    checked_at: str
