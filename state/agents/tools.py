"""Choose what an agent books in the calendar, and which tools of servers it may call: fields of its draft."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypedDict

import reflex as rx

from backend.agents import service as agents
from backend.calendars import service as calendars
from backend.core.errors import NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.mcp_servers import service as mcp_servers
from backend.mcp_servers.schemas import ServerRow
from state.agents.open_agent import AgentState
from state.agents.policies import PoliciesState
from state.agents.proposal import Line, numbered
from state.errors import answers
from state.hub import News, hub
from state.session import SessionState


class BookedKind(TypedDict):
    """One kind of appointment: whether the agent books it, and whether the calendar still has it."""

    id: int
    title: str
    minutes: int
    is_on: bool
    is_gone: bool


class ServerTool(TypedDict):
    """One tool of a server: `standing` is off, on, changed or gone."""

    server_id: str
    name: str
    called: str
    title: str
    description: str
    reads: bool
    standing: str


class ToolGroup(TypedDict):
    """The tools of one server."""

    id: str
    name: str
    error: str
    tools: list[ServerTool]


class AgentToolsState(SessionState):
    """The appointments and the tools of servers in the Functions part of an agent's page."""

    HEARS: ClassVar[frozenset[str]] = frozenset({calendars.CHANGED, mcp_servers.CHANGED, "resync"})

    has_calendar: bool = False
    kinds: list[BookedKind] = []
    groups: list[ToolGroup] = []
    comparing: str = ""
    """How a model calls the tool whose change is shown, or an empty string."""
    lines: list[Line] = []
    _kinds: list[dict[str, Any]] = []
    _servers: list[ServerRow] = []

    async def _open(self, principal: Principal, values: Mapping[str, Any]) -> None:
        hub.subscribe(self.router.session.client_token, principal, AgentToolsState)
        self.comparing, self.lines = "", []
        await self._show(principal, values)

    @rx.event
    @answers
    async def set_kind(self, kind_id: int, is_on: bool) -> None:
        """Let the agent book a kind of appointment, or stop it."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        base = opened._own("appointments")
        left = [one for one in base if one["id"] != kind_id]
        found = next((one for one in self._kinds if one["id"] == kind_id), None)
        if is_on and found is None:
            raise NotFound("The calendar has no such kind of appointment any more.")
        changed = [*left, found] if is_on else left
        await opened._change(principal, {"appointments": changed}, {"appointments": base})
        await self._changed(principal, opened._values)

    @rx.event
    @answers
    async def set_tool(self, server_id: str, name: str, is_on: bool) -> None:
        """Allow a tool as it is now, or take it from the agent."""
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        base = opened._own("mcp_tools")
        left = [one for one in base if (one["server_id"], one["name"]) != (server_id, name)]
        server = next((one for one in self._servers if one["id"] == server_id), None)
        found = next((one for one in server["tools"] if one["name"] == name), None) if server else None
        if is_on and (server is None or found is None):
            raise NotFound("The server does not offer this tool any more.")
        changed = left if not is_on or server is None or found is None else [
            *left, mcp_servers.allowed(server_id, server["slug"], found)
        ]  # fmt: skip
        await opened._change(principal, {"mcp_tools": changed}, {"mcp_tools": base})
        self.comparing, self.lines = "", []
        await self._changed(principal, opened._values)

    @rx.event
    @answers
    async def compare(self, server_id: str, name: str) -> None:
        """Show what of a tool is not any more what was allowed."""
        await self._principal()
        opened = await self.get_state(AgentState)
        was = next(
            (one for one in opened._own("mcp_tools") if (one["server_id"], one["name"]) == (server_id, name)), None
        )
        server = next((one for one in self._servers if one["id"] == server_id), None)
        now = next((one for one in server["tools"] if one["name"] == name), None) if server else None
        if was is None or now is None:
            raise NotFound("The server does not offer this tool any more.")
        self.lines = numbered(agents.line_changes(mcp_servers.written(was), mcp_servers.written(now)))
        self.comparing = was["called"]

    @rx.event
    @answers
    async def close_comparing(self, is_open: bool) -> None:
        """Leave the tool as it is."""
        await self._principal()
        if not is_open:
            self.comparing, self.lines = "", []

    async def _changed(self, principal: Principal, values: Mapping[str, Any]) -> None:
        """Show what was chosen, and which tools that makes, each with its policy."""
        self._take(values)
        await (await self.get_state(PoliciesState))._show(principal, values)

    async def _hear(self, batch: Sequence[News]) -> None:
        principal = await self._principal()
        opened = await self.get_state(AgentState)
        if opened.id:
            await self._show(principal, opened._values)

    async def _show(self, principal: Principal, values: Mapping[str, Any]) -> None:
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                calendar = await calendars.view(session)
                self._servers = await mcp_servers.rows(session)
        self.has_calendar, self._kinds = calendar["is_connected"], [dict(one) for one in calendar["kinds"]]
        self._take(values)

    def _take(self, values: Mapping[str, Any]) -> None:
        booked = {one["id"]: one for one in values.get("appointments", [])}
        known = {one["id"]: one for one in self._kinds}
        self.kinds = [
            BookedKind(
                id=number,
                title=one["title"],
                minutes=one["minutes"],
                is_on=number in booked,
                is_gone=number not in known,
            )
            for number, one in {**known, **{key: one for key, one in booked.items() if key not in known}}.items()
        ]
        self.groups = _groups(self._servers, values.get("mcp_tools", []))


def _groups(servers: Sequence[ServerRow], entries: Sequence[Mapping[str, Any]]) -> list[ToolGroup]:
    groups = []
    for server in servers:
        allowed = {one["name"]: one for one in entries if one["server_id"] == server["id"]}
        offered = {one["name"] for one in server["tools"]}
        rows = [
            _tool(server["id"], one, _standing(allowed.get(one["name"]), one["fingerprint"])) for one in server["tools"]
        ]
        rows += [_tool(server["id"], one, "gone") for name, one in allowed.items() if name not in offered]
        groups.append(ToolGroup(id=server["id"], name=server["name"], error=server["error"], tools=rows))
    return groups


def _standing(entry: Mapping[str, Any] | None, fingerprint: str) -> str:
    if entry is None:
        return "off"
    return "on" if entry["fingerprint"] == fingerprint else "changed"


def _tool(server_id: str, one: Mapping[str, Any], standing: str) -> ServerTool:
    return ServerTool(
        server_id=server_id,
        name=one["name"],
        called=one["called"],
        title=one["title"] or one["name"],
        description=one["description"],
        reads=one["reads"],
        standing=standing,
    )
