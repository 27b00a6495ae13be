"""Ask before somebody leaves a team, and who gets the conversations they have."""

from typing import Any, TypedDict

import reflex as rx

from backend.conversations import service as conversations
from backend.core.errors import NotFound
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.organizations import service as organizations
from backend.vocab import MemberRole, MemberStatus
from state.errors import answers
from state.session import SessionState
from state.team.members import MembersState


class Heir(TypedDict):
    """Who may get the conversations: `member:<user id>` or `team:<id>`."""

    value: str
    label: str


class LeavingState(SessionState):
    """The question before a removal, a withdrawn invitation, or before a person leaves themselves."""

    member_id: str = ""
    """Whose removal waits for confirmation, empty for none."""
    name: str = ""
    kind: str = ""
    """`other`, `you`, or `invitation`."""
    waiting: int = 0
    """How many conversations that are not closed they have."""
    people: list[Heir] = []
    teams: list[Heir] = []
    hand_to: str = ""

    @rx.event
    @answers
    async def ask(self, member_id: str) -> None:
        """Ask whether somebody shall leave, and what becomes of their conversations."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                rows = await organizations.members(session, principal)
                leaver = next((row for row in rows if row["id"] == member_id), None)
                if leaver is None:
                    raise NotFound("This member does not exist.")
                if not leaver["is_you"]:
                    principal.require(MemberRole.OWNER)
                teams = await organizations.teams(session)
                user_id = leaver["user_id"]
                self.waiting = await conversations.waiting_with(session, parse_id(user_id)) if user_id else 0
        self.people = [
            {"value": f"member:{row['user_id']}", "label": row["name"] or row["email"]}
            for row in rows
            if row["state"] == MemberStatus.APPROVED and row["id"] != member_id
        ]
        self.teams = [{"value": f"team:{team['id']}", "label": team["name"]} for team in teams]
        self.kind = "you" if leaver["is_you"] else "other" if user_id else "invitation"
        self.name, self.hand_to = leaver["name"] or leaver["email"], ""
        self.member_id = leaver["id"]

    @rx.event
    @answers
    async def choose(self, hand_to: str) -> None:
        """Choose who gets their conversations; empty for nobody."""
        await self._principal()
        self.hand_to = hand_to

    @rx.event
    @answers
    async def close(self, is_open: bool) -> None:
        """Take the question back."""
        await self._principal()
        if not is_open:
            self.member_id = ""

    @rx.event
    @answers
    async def remove(self) -> Any:
        """Take the person who was asked about off the team; owners only, or a member themselves."""
        principal = await self._principal()
        member_id, self.member_id = self.member_id, ""
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await organizations.remove(session, principal, member_id, self.hand_to)
        if self.kind == "you":
            # A full load: what this tab holds belongs to an organization they have left.
            return rx.call_script("window.location.assign('/inbox')")
        members = await self.get_state(MembersState)
        await members._show()
        return rx.toast("The invitation is withdrawn" if self.kind == "invitation" else f"{self.name} is off the team")
