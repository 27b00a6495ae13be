"""Say who is acting, for which organization, and what their role reaches."""

from dataclasses import dataclass
from uuid import UUID

from backend.core.errors import NotAllowed
from backend.vocab import MemberRole, PlatformRole

_MEMBER_RANK = {MemberRole.SUPPORT: 1, MemberRole.EDITOR: 2, MemberRole.OWNER: 3}
_PLATFORM_RANK = {PlatformRole.USER: 0, PlatformRole.SUPPORT: 1, PlatformRole.ADMIN: 2, PlatformRole.GOD: 3}


@dataclass(frozen=True)
class Principal:
    """A person (or their API key) acting for one organization."""

    user_id: UUID
    org_id: UUID
    name: str
    email: str
    member_role: MemberRole
    platform_role: PlatformRole = PlatformRole.USER
    session_id: UUID | None = None
    is_key: bool = False

    def require(self, role: MemberRole) -> None:
        """Raise `NotAllowed` unless the person's role includes `role` (owner > editor > support)."""
        if _MEMBER_RANK[self.member_role] < _MEMBER_RANK[role]:
            raise NotAllowed(f"This needs the {role} role. Ask an owner of the organization.")

    def require_person(self) -> None:
        """Raise `NotAllowed` for an API key: keys, the team and money are decided by somebody who signed in.

        A program holds its key where others may read it; a key that could make keys or members would outlive its
        revocation.
        """
        if self.is_key:
            raise NotAllowed("An API key cannot do this. Sign in and do it in Settings.", code="person_needed")

    def require_platform(self, role: PlatformRole) -> None:
        """Raise `NotAllowed` unless the person's platform role includes `role` (god > admin > support > user)."""
        if _PLATFORM_RANK[self.platform_role] < _PLATFORM_RANK[role]:
            raise NotAllowed("This page is for the platform’s operators.")
