"""Keep the members of a team: see and find them, invite, change roles, suspend; the filters live in the address."""

from collections.abc import Sequence
from typing import Any, ClassVar

import reflex as rx

from backend.accounts import service as accounts
from backend.core.errors import Invalid
from backend.core.tenancy import org_scope, unit_of_work
from backend.organizations import service as organizations
from backend.organizations.schemas import MemberRow
from backend.vocab import MemberRole, MemberStatus
from state.address import with_filters
from state.errors import answers
from state.hub import News, hub
from state.loading import Loading
from state.session import SessionState

ACTIONS = {
    "suspend": organizations.suspend,
    "reactivate": organizations.reactivate,
    "send_again": organizations.send_again,
}
PATH = "/team"
FILTERS = ("q", "status")
INVITED, SUSPENDED = "invited", "suspended"
OF_STATE = {"pending": INVITED, "expired": INVITED, "suspended": SUSPENDED}
# A list is a window of at most this many rows (STYLE, UI); the search reaches the others.
WINDOW = 100
NO_ERRORS = {"email": "", "role": ""}


class MemberCard(MemberRow):
    """A member as the page shows them; the last owner keeps the role and the place."""

    is_last_owner: bool


class MembersState(Loading, SessionState):
    """The list of `/team`."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"members.changed", "resync"})

    rows: list[MemberCard] = []
    total: int = 0
    invited: int = 0
    suspended: int = 0
    q: str = ""
    status: str = ""
    # Grows when the filters are cleared, so that the search field drops what was typed.
    drawing: int = 0
    is_owner: bool = False
    is_inviting: bool = False
    new_role: str = MemberRole.SUPPORT.value
    errors: dict[str, str] = NO_ERRORS

    @rx.event
    @answers
    async def load(self) -> None:
        """Show the members and open invitations that fit the address."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, MembersState)
        wanted = self.router.url.query_parameters
        self.q, self.status = wanted.get("q", ""), wanted.get("status", "")
        self.is_inviting = False
        await self._load(self._show())

    @rx.event
    @answers
    async def filter_by(self, name: str, value: str) -> Any:
        """Put one filter into the address, which shows the list anew."""
        await self._principal()
        # Taken over at once: the next change may come before this one has loaded.
        if name in FILTERS:
            setattr(self, name, value)
        return rx.redirect(with_filters(PATH, {"q": self.q, "status": self.status}, FILTERS), replace=True)

    @rx.event
    @answers
    async def clear_filters(self) -> Any:
        """Show everybody."""
        await self._principal()
        self.q = self.status = ""
        self.drawing += 1
        return rx.redirect(PATH, replace=True)

    @rx.event
    @answers
    async def open_invitation(self, is_open: bool) -> None:
        """Show or hide the form to invite somebody."""
        await self._principal()
        self.is_inviting, self.new_role, self.errors = is_open, MemberRole.SUPPORT.value, NO_ERRORS

    @rx.event
    @answers
    async def choose_role(self, role: str) -> None:
        """Choose the role of who is invited."""
        await self._principal()
        self.new_role = role

    @rx.event
    @answers
    async def invite(self, form: dict[str, Any]) -> Any:
        """Invite somebody by email; owners only."""
        principal = await self._principal()
        self.errors = NO_ERRORS
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
        """Suspend, let in again, or send an invitation again; owners only."""
        principal = await self._principal()
        if action not in ACTIONS:
            raise Invalid("This cannot be done here.")
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await ACTIONS[action](session, principal, member_id)
        await self._show()
        if action == "suspend":
            undo = {"label": "Undo", "on_click": MembersState.act("reactivate", member_id)}
            return rx.toast("Suspended. They are signed out everywhere.", action=undo)
        return rx.toast("Invitation sent again") if action == "send_again" else None

    async def _hear(self, batch: Sequence[News]) -> None:
        await self._show()

    async def _show(self) -> None:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await organizations.members(session, principal)
        owners = [row for row in found if row["role"] == MemberRole.OWNER and row["state"] == MemberStatus.APPROVED]
        cards: list[MemberCard] = [{**row, "is_last_owner": owners == [row]} for row in found]
        self.total = len(cards)
        self.invited = sum(OF_STATE.get(row["state"]) == INVITED for row in cards)
        self.suspended = sum(OF_STATE.get(row["state"]) == SUSPENDED for row in cards)
        self.rows = [row for row in cards if self._fits(row)][:WINDOW]
        self.is_owner = principal.member_role == MemberRole.OWNER
        self.is_loaded = True

    def _fits(self, row: MemberCard) -> bool:
        if self.status in (INVITED, SUSPENDED) and OF_STATE.get(row["state"]) != self.status:
            return False
        return self.q.strip().casefold() in f"{row['name']} {row['email']}".casefold()
