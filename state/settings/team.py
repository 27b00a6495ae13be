"""Keep the team: see it, invite, change roles, suspend and remove."""

from typing import Any

import reflex as rx

from backend.accounts import service as accounts
from backend.core.errors import Invalid
from backend.core.tenancy import org_scope, unit_of_work
from backend.organizations import service as organizations
from backend.organizations.schemas import MemberRow
from backend.vocab import MemberRole
from state.errors import answers
from state.session import SessionState

ACTIONS = {
    "suspend": organizations.suspend,
    "reactivate": organizations.reactivate,
    "remove": organizations.remove,
    "send_again": organizations.send_again,
}


class TeamState(SessionState):
    """The Team section."""

    rows: list[MemberRow] = []
    is_owner: bool = False
    is_loaded: bool = False
    is_inviting: bool = False
    is_busy: bool = False
    errors: dict[str, str] = {"email": "", "role": ""}
    leaving: str = ""
    """Id of the member whose removal waits for confirmation, empty for none."""
    leaving_name: str = ""

    @rx.event
    @answers
    async def load(self) -> None:
        """Read the team and its open invitations."""
        self.is_inviting, self.leaving = False, ""
        await self._show()

    @rx.event
    @answers
    async def open_invitation(self, is_open: bool) -> None:
        """Show or hide the form to invite somebody."""
        await self._principal()
        self.is_inviting = is_open
        self.errors = {"email": "", "role": ""}

    @rx.event
    @answers
    async def invite(self, form: dict[str, Any]) -> Any:
        """Invite somebody by email; owners only."""
        principal = await self._principal()
        self.errors = {"email": "", "role": ""}
        address = accounts.email(str(form.get("email", "")))
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await organizations.invite(
                    session, principal, address, str(form.get("role", "")), str(form.get("full_name", ""))
                )
        self.is_inviting = False
        await self._show()
        return rx.toast(f"Invitation sent to {address}")

    @rx.event
    @answers
    async def change_role(self, member_id: str, role: str) -> None:
        """Give a member another role; owners only."""
        principal = await self._principal()
        try:
            with org_scope(principal.org_id):
                async with unit_of_work() as session:
                    await organizations.change_role(session, principal, member_id, role)
        finally:
            await self._show()

    @rx.event
    @answers
    async def act(self, action: str, member_id: str) -> Any:
        """Suspend, let in again, remove, or send an invitation again."""
        principal = await self._principal()
        if action not in ACTIONS:
            raise Invalid("This cannot be done here.")
        self.leaving = ""
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await ACTIONS[action](session, principal, member_id)
        await self._show()
        return rx.toast("Invitation sent again") if action == "send_again" else None

    @rx.event
    @answers
    async def ask_to_remove(self, member_id: str, name: str) -> None:
        """Ask before somebody is taken off the team; an empty id takes the question back."""
        await self._principal()
        self.leaving, self.leaving_name = member_id, name

    @rx.event
    @answers
    async def forget_removal(self, is_open: bool) -> None:
        """Close the question."""
        await self._principal()
        if not is_open:
            self.leaving = ""

    async def _show(self) -> None:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                self.rows = await organizations.members(session, principal)
        self.is_owner = principal.member_role == MemberRole.OWNER
        self.is_loaded = True
