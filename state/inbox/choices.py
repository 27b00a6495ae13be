"""Hold what conversations can be filtered by and given to: agents, teams, teammates and tags."""

from collections.abc import Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.organizations import service as organizations
from backend.tags import service as tags
from backend.vocab import MemberStatus
from state.errors import answers
from state.hub import News
from state.session import SessionState


class Choice(TypedDict):
    """Something to choose, by its id."""

    id: str
    name: str


class TagChoice(TypedDict):
    """A tag to choose."""

    id: str
    name: str
    colour: str


class ChoicesState(SessionState):
    """The choices of the inbox; they change seldom and travel whole."""

    HEARS: ClassVar[frozenset[str]] = frozenset(
        {"agents.changed", "teams.changed", "tags.updated", "members.changed", "resync"}
    )

    agents: list[Choice] = []
    teams: list[Choice] = []
    team: list[Choice] = []
    """The people of the organization."""
    tags: list[TagChoice] = []
    me: str = ""

    async def _load(self, session: Any, principal: Principal) -> None:
        self.me = str(principal.user_id)
        self.agents = [{"id": str(one.id), "name": one.name} for one in await agents.list_all(session)]
        self.teams = [{"id": one["id"], "name": one["name"]} for one in await organizations.teams(session)]
        self.team = [
            {"id": member["user_id"], "name": member["name"] or member["email"]}
            for member in await organizations.members(session, principal)
            if member["state"] == MemberStatus.APPROVED and member["user_id"]
        ]
        self.tags = [
            {"id": one["id"], "name": one["name"], "colour": one["colour"]} for one in await tags.all_tags(session)
        ]

    @rx.event
    @answers
    async def make_tag(self, name: str) -> None:
        """Make a tag, so that it can be chosen."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await tags.ensure(session, [name[: tags.NAME_LIMIT]])
                await self._load(session, principal)

    async def _hear(self, batch: Sequence[News]) -> None:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await self._load(session, principal)
