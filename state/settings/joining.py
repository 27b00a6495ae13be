"""Show an invitation to the person it was sent to."""

import reflex as rx

from backend.core.errors import Invalid, NotFound
from backend.core.tenancy import platform_scope, unit_of_work
from backend.organizations import service as organizations
from state.errors import answers
from state.session import SessionState


class JoiningState(SessionState):
    """The page behind an invitation's link."""

    id: str = ""
    organization: str = ""
    role: str = ""
    invited_by: str = ""
    email: str = ""
    state: str = ""
    """Empty while loading, then open, expired or gone."""

    @rx.event
    @answers
    async def load(self) -> None:
        """Read the invitation in the address, if it is for this person's email."""
        person = await self._person()
        self.email, self.state = person.email, ""
        wanted = self.router.url.query_parameters.get("id", "")
        try:
            with platform_scope("show a person their invitation"):
                async with unit_of_work() as session:
                    found = await organizations.invitation(session, wanted, person.email)
        except (NotFound, Invalid):
            self.state = "gone"
            return
        self.id, self.organization = found["id"], found["organization"]
        self.role, self.invited_by, self.state = found["role"], found["invited_by"], found["state"]
