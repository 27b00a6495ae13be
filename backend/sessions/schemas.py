"""Shape sessions: who stands behind a cookie, which browser it is, and the rows of the session list."""

from dataclasses import dataclass
from typing import TypedDict
from uuid import UUID

from backend.core.errors import NotAllowed
from backend.core.principal import Principal
from backend.vocab import MemberRole, PlatformRole


@dataclass(frozen=True)
class Browser:
    """The browser a request came from, as far as it can be known."""

    address: str = ""
    user_agent: str = ""


@dataclass(frozen=True)
class SignedIn:
    """The person behind a valid session, and the organization they are working in, if any."""

    session_id: UUID
    user_id: UUID
    name: str
    email: str
    platform_role: PlatformRole
    org_id: UUID | None
    member_role: MemberRole | None

    def principal(self) -> Principal:
        """Return them as the one who acts. Raises `NotAllowed` while they belong to no organization."""
        if self.org_id is None or self.member_role is None:
            raise NotAllowed(
                "You do not belong to an organization. Make one, or ask to be invited.", code="no_organization"
            )
        return Principal(
            self.user_id, self.org_id, self.name, self.email, self.member_role, self.platform_role, self.session_id
        )


class SessionRow(TypedDict):
    """One line of the session list. Times are ISO 8601 in UTC."""

    id: str
    device: str
    address: str
    last_seen_at: str
    created_at: str
    is_current: bool
