"""Keep the teams that conversations are given to: make, rename and delete them, and say who is in which."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.organizations import service as organizations
from backend.vocab import MemberRole, MemberStatus
from state.errors import answers
from state.hub import News, hub
from state.loading import Loading
from state.removal import Removal
from state.session import SessionState

NEW = "new"


class Mate(TypedDict):
    """A person of a team."""

    user_id: str
    name: str
    is_away: bool


class TeamCard(TypedDict):
    """A team with its people; `member_ids` are their accounts."""

    id: str
    name: str
    members: list[Mate]
    member_ids: list[str]
    is_anybody_there: bool


class Colleague(TypedDict):
    """Somebody who can be on a team."""

    id: str
    name: str


class TeamsState(Loading, Removal, SessionState):
    """The cards of `/team/teams`."""

    HEARS: ClassVar[frozenset[str]] = frozenset({"teams.changed", "members.changed", "resync"})

    rows: list[TeamCard] = []
    people: list[Colleague] = []
    is_owner: bool = False
    naming: str = ""
    """The team whose name is being written, `new` for a new one, empty for none."""
    naming_name: str = ""
    errors: dict[str, str] = {"name": ""}

    @rx.event
    @answers
    async def load(self) -> None:
        """Show every team."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, TeamsState)
        self.naming = self.doomed_id = ""
        await self._load(self._show(principal))

    @rx.event
    @answers
    async def open_naming(self, team_id: str) -> None:
        """Open the form for a team's name; `new` for a new team."""
        await self._principal()
        self.naming_name = next((row["name"] for row in self.rows if row["id"] == team_id), "")
        self.naming, self.errors = team_id, {"name": ""}

    @rx.event
    @answers
    async def close_naming(self, is_open: bool) -> None:
        """Close the form."""
        await self._principal()
        if not is_open:
            self.naming = ""

    @rx.event
    @answers
    async def save(self, form: dict[str, Any]) -> None:
        """Make the team, or give it its new name; owners only."""
        principal = await self._principal()
        self.errors = {"name": ""}
        name = str(form.get("name", ""))
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                if self.naming == NEW:
                    await organizations.create_team(session, principal, name)
                else:
                    await organizations.rename_team(session, principal, parse_id(self.naming, "team"), name)
        self.naming = ""
        await self._show(principal)

    @rx.event
    @answers
    async def put(self, team_id: str, user_id: str, is_member: bool) -> None:
        """Put a person on a team, or take them off; owners only."""
        principal = await self._principal()
        change = organizations.add_to_team if is_member else organizations.remove_from_team
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await change(session, principal, parse_id(team_id, "team"), parse_id(user_id, "member"))
        await self._show(principal)

    @rx.event
    @answers
    async def ask_delete(self, team_id: str) -> None:
        """Ask whether a team shall be deleted, by its name."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                team = await organizations.team(session, parse_id(team_id, "team"))
        self.doomed_id, self.doomed_name = str(team.id), team.name

    @rx.event
    @answers
    async def delete(self) -> Any:
        """Delete the team the person was asked about; owners only."""
        principal = await self._principal()
        doomed = self._doomed()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await organizations.delete_team(session, principal, parse_id(doomed, "team"))
        await self._show(principal)
        return rx.toast(f"The team {self.doomed_name} is deleted")

    async def _hear(self, batch: Sequence[News]) -> None:
        await self._show(await self._principal())

    async def _show(self, principal: Principal) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                teams = await organizations.teams(session)
                members = await organizations.members(session, principal)
        self.rows = [
            {
                "id": team["id"],
                "name": team["name"],
                "members": [{**mate} for mate in team["members"]],
                "member_ids": [mate["user_id"] for mate in team["members"]],
                "is_anybody_there": any(not mate["is_away"] for mate in team["members"]),
            }
            for team in teams
        ]
        self.people = [
            {"id": row["user_id"], "name": row["name"] or row["email"]}
            for row in members
            if row["state"] == MemberStatus.APPROVED
        ]
        self.is_owner = principal.member_role == MemberRole.OWNER
        self.is_loaded = True
