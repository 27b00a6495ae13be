"""Feed the frame of every signed-in page: who is here, in which organization, and where else they could be."""

import reflex as rx

from backend.core.tenancy import platform_scope, unit_of_work
from backend.organizations import service as organizations
from backend.organizations.schemas import OrganizationRow
from backend.vocab import PlatformRole
from state.errors import answers
from state.session import SessionState


class FrameState(SessionState):
    """The rail's names and the organization switcher. `load` belongs to the `on_load` of every signed-in page."""

    user_name: str = ""
    org_name: str = ""
    role: str = ""
    organizations: list[OrganizationRow] = []
    is_operator: bool = False

    @rx.event
    @answers
    async def load(self) -> None:
        """Read the names; who belongs nowhere is sent to make an organization, who is not signed in to sign in."""
        principal = await self._principal()
        with platform_scope("list a person's own organizations"):
            async with unit_of_work() as session:
                mine = await organizations.mine(session, principal.user_id, principal.org_id)
        self.user_name, self.role = principal.name, principal.member_role
        self.org_name = next((row["name"] for row in mine if row["is_current"]), "")
        self.organizations = mine
        self.is_operator = principal.platform_role in (PlatformRole.ADMIN, PlatformRole.GOD)

    @rx.var
    def has_choice(self) -> bool:
        """Whether there is another organization to switch to."""
        return len(self.organizations) > 1
