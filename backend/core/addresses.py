"""Show web addresses to people who may know where something goes, but not what opens it."""

from urllib.parse import urlsplit

from backend.core.principal import Principal
from backend.vocab import MemberRole


def shown(url: str, principal: Principal) -> str:
    """Return an address as a person may see it: below the editor role without sign-in and query, which hold keys."""
    if principal.member_role != MemberRole.SUPPORT:
        return url
    parts = urlsplit(url)
    server = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{server}{parts.path}{'?…' if parts.query else ''}"
