"""Connect servers of tools, keep what they offer, and call their tools.

A server's tools are looked at when it is connected, when somebody asks, and every few hours. An agent's list holds each
tool as it was allowed; one that changed since is called by nobody.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import addresses, audit, clock, rate_limits, realtime
from backend.core.config import settings
from backend.core.errors import Conflict, Invalid, NotFound, Refused, VendorError
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, platform_scope, unit_of_work
from backend.mcp_servers import definitions, queries
from backend.mcp_servers.definitions import allowed, written
from backend.mcp_servers.schemas import ServerRow, ToolRow
from backend.models.mcp_servers import McpServer
from backend.vendors import http, mcp_client
from backend.vendors.mcp_client import Called
from backend.vocab import MemberRole

__all__ = [
    "CHANGED",
    "MOST_SERVERS",
    "Called",
    "allowed",
    "call",
    "connect",
    "look",
    "look_at_due",
    "remove",
    "replace_value",
    "rows",
    "written",
]

CHANGED = "mcp_servers.changed"
MOST_SERVERS = 20
NAME_LIMIT, URL_LIMIT, VALUE_LIMIT = 60, 2000, 4000
LOOK_LIMIT_S = 15.0
# Quicker than anyone reads what came of it.
LOOKS, WINDOW = 30, timedelta(minutes=10)
LOOKED_AFTER, LOOKED_AT_ONCE = timedelta(hours=6), 20
# What a model is handed of an answer, as of a function's.
ANSWER_LIMIT = 10_000
# Headers that say how a request travels are not a person's to set.
_OURS = frozenset(
    {"host", "content-length", "content-type", "accept", "connection", "transfer-encoding", "mcp-session-id"}
)
_CHANGED_SINCE = "This tool changed since somebody allowed it, so it is not called before it is allowed again."


async def rows(session: AsyncSession, principal: Principal | None = None) -> list[ServerRow]:
    """Return the organization's servers with what they offer, by name; for a person with addresses they may see."""
    found = [_row(one) for one in await queries.servers(session, org_id_of(session))]
    return [{**one, "url": addresses.shown(one["url"], principal)} if principal else one for one in found]


async def connect(
    principal: Principal, name: str, url: str, header_name: str = "", header_value: str = ""
) -> ServerRow:
    """Keep a server, once it answered with its tools, and return it. Opens its own transactions.

    Raises `Invalid` that names the field, `Conflict` (`duplicate`, `too_many`), `VendorError` when the server does not
    answer as it should. Nothing is kept then.
    """
    principal.require(MemberRole.EDITOR)
    called = " ".join(name.split())
    if not called or len(called) > NAME_LIMIT:
        raise Invalid(f"Give the server a name of at most {NAME_LIMIT} letters.", field="name")
    address = _address(url)
    headers = _headers(header_name, header_value)
    with org_scope(principal.org_id):
        await rate_limits.hit("mcp_servers.looks", LOOKS, WINDOW, about=principal.org_id)
        async with unit_of_work() as session:
            _require_room(await queries.servers(session, principal.org_id), address)
        try:
            tools = await _looked(address, headers)
        except http.AddressRefused as refused:
            raise Invalid(refused.message, field="url") from None
        try:
            async with unit_of_work() as session:
                known = await queries.servers(session, principal.org_id)
                _require_room(known, address)
                made = McpServer(
                    org_id=principal.org_id,
                    name=called,
                    slug=_free_slug(called, {one.slug for one in known}),
                    url=address,
                    header_name=next(iter(headers), ""),
                    header_value=next(iter(headers.values()), ""),
                    tools=tools,
                    checked_at=clock.now(),
                )
                session.add(made)
                await session.flush()
                # Some servers take their key in the address, and what is audited stays.
                known_as = {"name": called, "origin": http.checked_origin(address)}
                await audit.record(session, principal, "ui:mcp_server:connected", made.id, known_as)
                await _announce(session)
                return _row(made)
        except IntegrityError:
            # Somebody connected the same in this very moment.
            raise _taken() from None


async def replace_value(principal: Principal, server_id: UUID, header_value: str) -> ServerRow:
    """Ask a server with another secret from now on, once it lets us in with it. Raises as `connect` does."""
    principal.require(MemberRole.EDITOR)
    with org_scope(principal.org_id):
        await rate_limits.hit("mcp_servers.looks", LOOKS, WINDOW, about=principal.org_id)
        async with unit_of_work() as session:
            known = await _get(session, server_id)
        headers = _headers(known.header_name or "Authorization", header_value)
        if not headers:
            raise Invalid("Give the new value.", field="header_value")
        tools = await _looked(known.url, headers)
        async with unit_of_work() as session:
            stored = await _get(session, server_id, for_update=True)
            stored.header_name, stored.header_value = next(iter(headers.items()))
            stored.tools, stored.last_error, stored.checked_at = tools, "", clock.now()
            session.add(stored)
            await session.flush()
            await audit.record(session, principal, "ui:mcp_server:secret_replaced", server_id, {"name": stored.name})
            await _announce(session)
            return _row(stored)


async def look(principal: Principal, server_id: UUID) -> ServerRow:
    """Look at a server's tools again; a fault is kept for all to see. Raises `NotFound`, `LimitReached`."""
    principal.require(MemberRole.EDITOR)
    with org_scope(principal.org_id):
        await rate_limits.hit("mcp_servers.looks", LOOKS, WINDOW, about=principal.org_id)
        return await _look(server_id)


async def look_at_due() -> int:
    """Look at servers nobody looked at for hours, and return how many; what is wrong with one holds up no other."""
    with platform_scope("find servers of tools to look at"):
        async with unit_of_work() as session:
            due = await queries.due(session, clock.now() - LOOKED_AFTER, LOOKED_AT_ONCE)
    for org_id, server_id in due:
        with org_scope(org_id):
            try:
                await _look(server_id)
            except NotFound:
                continue
    return len(due)


async def remove(session: AsyncSession, principal: Principal, server_id: UUID) -> None:
    """Forget a server and its secret; its tools are offered to no model from now on. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    found = await _get(session, server_id, for_update=True)
    await session.delete(found)
    await session.flush()
    await audit.record(session, principal, "ui:mcp_server:removed", server_id, {"name": found.name})
    await _announce(session)


async def call(entry: Mapping[str, Any], arguments: Mapping[str, Any], limit_s: float) -> Called:
    """Call a tool of an agent's list, outside any transaction, in the organization scope of the caller.

    What came back is cut to what a model is handed. Raises `Refused` when the tool is not any more what was allowed,
    `NotFound` when its server is gone, `VendorError` (`may_have_happened` when the call left and no answer came).
    """
    async with unit_of_work() as session:
        server = await _get(session, UUID(str(entry["server_id"])))
        now = next((one for one in server.tools if one["name"] == entry["name"]), None)
        if now is None or now["fingerprint"] != entry["fingerprint"]:
            raise Refused(_CHANGED_SINCE, code="tool_changed")
        url, headers = server.url, _kept(server)
    came = await mcp_client.call_tool(url, headers, str(entry["name"]), arguments, limit_s)
    data = came.data
    if data is not None and len(json.dumps(data, ensure_ascii=False, default=str)) > ANSWER_LIMIT:
        data = None
    return Called(definitions.seen(came.text)[:ANSWER_LIMIT], data, came.is_error)


async def _look(server_id: UUID) -> ServerRow:
    async with unit_of_work() as session:
        known = await _get(session, server_id)
        url, headers = known.url, _kept(known)
    fault = ""
    tools: list[dict[str, Any]] | None = None
    try:
        tools = await _looked(url, headers)
    except VendorError as error:
        fault = error.message
    async with unit_of_work() as session:
        stored = await _get(session, server_id, for_update=True)
        if tools is not None:
            stored.tools = tools
        stored.last_error, stored.checked_at = fault, clock.now()
        session.add(stored)
        await session.flush()
        await _announce(session)
        return _row(stored)


async def _looked(url: str, headers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what a server offers, each tool once, as it is kept."""
    found: dict[str, dict[str, Any]] = {}
    for one in await mcp_client.list_tools(url, headers, LOOK_LIMIT_S):
        kept = definitions.tool(
            {
                "name": one.name,
                "title": one.title,
                "description": one.description,
                "schema": one.schema,
                "reads": one.reads,
            }
        )
        if kept is not None:
            found.setdefault(one.name, kept)
    return list(found.values())


def _address(url: str) -> str:
    given = url.strip()
    parts = urlsplit(given) if len(given) <= URL_LIMIT and given.isprintable() else urlsplit("")
    try:
        origin = http.checked_origin(given)
    except VendorError:
        raise Invalid("Give the server’s whole address, such as https://tools.example.com/mcp.", field="url") from None
    if parts.scheme != "https" and origin not in settings().reachable_private_origins:
        raise Invalid("The address begins with https://, so that nobody reads along.", field="url")
    return parts._replace(fragment="").geturl()


def _headers(name: str, value: str) -> dict[str, str]:
    """Return the header a server is asked with, or nothing. Raises `Invalid` that names the field."""
    header, secret = name.strip() or "Authorization", value.strip()
    if not secret:
        return {}
    if not header.isascii() or not header.replace("-", "").isalnum() or len(header) > 80 or header.lower() in _OURS:
        raise Invalid("A header’s name has letters, digits and hyphens, such as X-Api-Key.", field="header_name")
    if len(secret) > VALUE_LIMIT or not secret.isascii() or not secret.isprintable():
        raise Invalid("The key is one line of plain letters.", field="header_value")
    if header.lower() == "authorization" and " " not in secret:
        secret = f"Bearer {secret}"
    return {header: secret}


def _kept(server: McpServer) -> dict[str, str]:
    return {server.header_name: server.header_value} if server.header_name and server.header_value else {}


def _require_room(known: Sequence[McpServer], address: str) -> None:
    if any(one.url == address for one in known):
        raise _taken()
    if len(known) >= MOST_SERVERS:
        raise Conflict(f"There are {MOST_SERVERS} servers already. Remove one first.", code="too_many")


def _taken() -> Conflict:
    return Conflict("This server is connected already.", code="duplicate", field="url")


def _free_slug(name: str, taken: set[str]) -> str:
    base = definitions.slug_of(name) or "server"
    found, number = base, 1
    while found in taken:
        number += 1
        found = f"{base[: definitions.SLUG_LIMIT - len(str(number))]}{number}"
    return found


async def _get(session: AsyncSession, server_id: UUID, *, for_update: bool = False) -> McpServer:
    found = await queries.server(session, org_id_of(session), server_id, for_update=for_update)
    if found is None:
        raise NotFound("This server is not connected any more.")
    return found


def _row(one: McpServer) -> ServerRow:
    return ServerRow(
        id=str(one.id),
        name=one.name,
        slug=one.slug,
        url=one.url,
        header_name=one.header_name,
        has_value=bool(one.header_value),
        tools=[
            ToolRow(
                name=tool["name"],
                called=definitions.called(one.slug, tool["name"]),
                title=tool["title"],
                description=tool["description"],
                schema=tool["schema"],
                reads=tool["reads"],
                fingerprint=tool["fingerprint"],
            )
            for tool in one.tools
        ],
        error=one.last_error,
        checked_at=one.checked_at.isoformat() if one.checked_at else "",
    )


async def _announce(session: AsyncSession) -> None:
    await realtime.announce(session, org_id_of(session), CHANGED)
