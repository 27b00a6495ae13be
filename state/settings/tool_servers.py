"""Connect servers of tools, look at what they offer, and let them go; what they are asked with never comes out."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypedDict
from urllib.parse import urlsplit

import reflex as rx

from backend.agents import service as agents
from backend.core.errors import MagpipeError
from backend.core.ids import parse_id
from backend.core.tenancy import org_scope, unit_of_work
from backend.mcp_servers import service as mcp_servers
from backend.mcp_servers.schemas import ServerRow
from backend.vocab import MemberRole
from state.errors import answers
from state.hub import News, hub
from state.loading import Loading
from state.session import SessionState

FIELDS = ("name", "url", "header_name", "header_value")


class ServerCard(TypedDict):
    """One server of the list; `used_by` names the agents that may call something of it."""

    id: str
    name: str
    url: str
    host: str
    tools: int
    has_value: bool
    error: str
    checked_at: str
    used_by: str


class ToolCard(TypedDict):
    """One tool a server offers."""

    name: str
    title: str
    description: str
    reads: bool


NO_SERVER = ServerCard(id="", name="", url="", host="", tools=0, has_value=False, error="", checked_at="", used_by="")


class ToolServersState(Loading, SessionState):
    """The servers of the Connections section, and the dialogs of one."""

    HEARS: ClassVar[frozenset[str]] = frozenset({mcp_servers.CHANGED, "resync"})

    rows: list[ServerCard] = []
    may_edit: bool = False
    is_adding: bool = False
    is_working: bool = False
    looking: str = ""
    """Id of the server that is being looked at."""
    errors: dict[str, str] = dict.fromkeys(FIELDS, "")
    fault: str = ""
    """What went wrong with the server itself, while it was to be connected."""
    opened: ServerCard = NO_SERVER
    tools: list[ToolCard] = []
    replacing: ServerCard = NO_SERVER
    doomed: ServerCard = NO_SERVER

    @rx.event
    @answers
    async def load(self) -> None:
        """Read the servers."""
        principal = await self._principal()
        hub.subscribe(self.router.session.client_token, principal, ToolServersState)
        self.opened, self.replacing, self.doomed, self.tools = NO_SERVER, NO_SERVER, NO_SERVER, []
        self.is_adding, self.is_working, self.looking = False, False, ""
        await self._load(self._show())

    @rx.event
    @answers
    async def set_adding(self, is_open: bool) -> None:
        """Open the dialog of a new server, or close it."""
        await self._principal()
        self.is_adding, self.fault, self.errors = is_open, "", dict.fromkeys(FIELDS, "")

    @rx.event(background=True)
    @answers
    async def connect(self, form: dict[str, Any]) -> None:
        """Keep a server, once it answered with its tools."""
        given = [str(form.get(f"server_{field}", "")) for field in FIELDS]
        await self._try(lambda principal: mcp_servers.connect(principal, *given), "is_adding")

    @rx.event
    @answers
    async def ask_value(self, server_id: str) -> None:
        """Open the dialog of a server's secret."""
        await self._principal()
        self.replacing, self.fault, self.errors = self._card(server_id), "", dict.fromkeys(FIELDS, "")

    @rx.event
    @answers
    async def close_value(self, is_open: bool) -> None:
        """Leave the secret as it is."""
        await self._principal()
        if not is_open:
            self.replacing = NO_SERVER

    @rx.event(background=True)
    @answers
    async def replace_value(self, form: dict[str, Any]) -> None:
        """Ask the server with another secret from now on."""
        value, server_id = str(form.get("server_header_value", "")), self.replacing["id"]
        await self._try(lambda principal: mcp_servers.replace_value(principal, parse_id(server_id), value), "replacing")

    @rx.event(background=True)
    @answers
    async def look(self, server_id: str) -> None:
        """Look at what a server offers now."""
        async with self:
            principal = await self._principal()
            if self.looking:
                return
            self.looking = server_id
        try:
            await mcp_servers.look(principal, parse_id(server_id))
        finally:
            async with self:
                self.looking = ""
                await self._show()

    @rx.event
    @answers
    async def show_tools(self, server_id: str) -> None:
        """Show what a server offers."""
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = next((one for one in await mcp_servers.rows(session) if one["id"] == server_id), None)
        self.opened = self._card(server_id)
        self.tools = [_tool(one) for one in found["tools"]] if found else []

    @rx.event
    @answers
    async def close_tools(self, is_open: bool) -> None:
        """Close the list of tools."""
        await self._principal()
        if not is_open:
            self.opened, self.tools = NO_SERVER, []

    @rx.event
    @answers
    async def ask_remove(self, server_id: str) -> None:
        """Ask whether a server shall go, by its name."""
        await self._principal()
        self.doomed = self._card(server_id)

    @rx.event
    @answers
    async def close_remove(self, is_open: bool) -> None:
        """Leave the server where it is."""
        await self._principal()
        if not is_open:
            self.doomed = NO_SERVER

    @rx.event
    @answers
    async def remove(self) -> None:
        """Forget the server the person was asked about."""
        principal = await self._principal()
        doomed, self.doomed = self.doomed["id"], NO_SERVER
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await mcp_servers.remove(session, principal, parse_id(doomed))
        await self._show()

    async def _try(self, work: Any, dialog: str) -> None:
        """Do what asks a server; what is wrong stands in the dialog, which closes when all is well."""
        async with self:
            principal = await self._principal()
            if self.is_working:
                return
            self.is_working, self.fault, self.errors = True, "", dict.fromkeys(FIELDS, "")
        problem: MagpipeError | None = None
        try:
            await work(principal)
        except MagpipeError as error:
            problem = error
        finally:
            async with self:
                self.is_working = False
        async with self:
            if problem is not None and problem.field in self.errors:
                self.errors = {**self.errors, str(problem.field): problem.message}
            elif problem is not None:
                self.fault = problem.message
            elif dialog == "is_adding":
                self.is_adding = False
            else:
                self.replacing = NO_SERVER
            if problem is None:
                await self._show()

    def _card(self, server_id: str) -> ServerCard:
        return next((one for one in self.rows if one["id"] == server_id), NO_SERVER)

    async def _hear(self, batch: Sequence[News]) -> None:
        await self._show()

    async def _show(self) -> None:
        principal = await self._principal()
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await mcp_servers.rows(session, principal)
                users = {one.name: agents.draft(one)["mcp_tools"] for one in await agents.list_all(session)}
        self.rows = [_row(one, users) for one in found]
        self.may_edit = principal.member_role != MemberRole.SUPPORT
        self.is_loaded = True


def _row(one: ServerRow, users: Mapping[str, Sequence[Mapping[str, Any]]]) -> ServerCard:
    return ServerCard(
        id=one["id"],
        name=one["name"],
        url=one["url"],
        host=urlsplit(one["url"]).netloc,
        tools=len(one["tools"]),
        has_value=one["has_value"],
        error=one["error"],
        checked_at=one["checked_at"],
        used_by=", ".join(
            name for name, tools in users.items() if any(tool["server_id"] == one["id"] for tool in tools)
        ),
    )


def _tool(one: Mapping[str, Any]) -> ToolCard:
    return ToolCard(name=one["name"], title=one["title"], description=one["description"], reads=one["reads"])
