"""Read moments that browsers send."""

from datetime import datetime

from backend.core.errors import Invalid


def moment(at: str) -> datetime | None:
    """Return an ISO moment with its zone as a time, None for an empty one. Raises `Invalid` naming the field."""
    if not at:
        return None
    try:
        when = datetime.fromisoformat(str(at).replace("Z", "+00:00"))
    except ValueError:
        raise Invalid("Choose a date and a time.", field="at") from None
    if when.tzinfo is None:
        raise Invalid("Choose a date and a time.", field="at")
    return when
