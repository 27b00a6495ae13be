"""Let an agent call tools of servers the organization connected: those on its list, as they were allowed.

A tool whose server says that it only reads is called freely; for any other a person is asked, unless the agent's
settings say otherwise. What comes back is a value, cut short, and never an instruction.
"""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import arguments as given
from backend.core.errors import VendorError
from backend.functions.schemas import CallSetting, Offer, Outcome
from backend.mcp_servers import service as mcp_servers
from backend.models.agents import AgentConfig
from backend.vocab import ToolCallStatus, ToolKind, ToolPolicy

ERROR_LIMIT = 500
UNSURE = "Nobody knows whether it was done; a person has to look."


async def offers(session: AsyncSession, agent: AgentConfig, values: Mapping[str, Any]) -> list[Offer]:
    """Return the tools on an agent's list that are still what was allowed."""
    entries: list[dict[str, Any]] = values["mcp_tools"]
    if not entries:
        return []
    servers = {one["id"]: one for one in await mcp_servers.rows(session)}
    found = []
    for entry in entries:
        server = servers.get(entry["server_id"])
        now = {tool["name"]: tool["fingerprint"] for tool in server["tools"]} if server else {}
        if server is not None and now.get(entry["name"]) == entry["fingerprint"]:
            found.append(_offer(server["name"], entry))
    return found


def fault(offer: Offer, arguments: Mapping[str, Any]) -> str:
    """Return what is wrong with the arguments of a call, or an empty string."""
    return given.fault(offer.parameters, arguments)


def words(offer: Offer, arguments: Mapping[str, Any]) -> str:
    """Return what a call would do, for the person who is asked."""
    return f"Call “{offer.definition['title'] or offer.definition['name']}” of {offer.definition['server']}"


async def run(
    offer: Offer, arguments: Mapping[str, Any], call_id: UUID, setting: CallSetting, limit_s: float
) -> Outcome:
    """Call the tool on its server; of a call that left and was not answered nobody knows whether it was done."""
    request = {"method": "tools/call", "url": str(offer.definition["server"])}
    try:
        came = await mcp_servers.call(offer.definition, arguments, limit_s)
    except VendorError as error:
        if error.may_have_happened and not offer.is_reading:
            return Outcome(call_id, ToolCallStatus.UNCERTAIN, f"{error.message} {UNSURE}", request=request)
        raise
    if came.is_error:
        words = f"The tool answered with an error. {came.text[:ERROR_LIMIT]}".strip()
        return Outcome(call_id, ToolCallStatus.FAILED, words, result=came.text, request=request)
    told = came.data if came.data is not None else came.text or "Done, and nothing was answered."
    said = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)
    return Outcome(call_id, ToolCallStatus.OK, "", told, result=said, request=request)


def _offer(server: str, entry: Mapping[str, Any]) -> Offer:
    return Offer(
        kind=ToolKind.MCP,
        name=entry["called"],
        description=entry["description"] or entry["title"] or entry["name"],
        parameters=dict(entry["schema"]),
        definition={key: entry[key] for key in ("server_id", "name", "title", "fingerprint")} | {"server": server},
        is_reading=entry["reads"],
        default=ToolPolicy.ALLOWED if entry["reads"] else ToolPolicy.ASK,
        label=f"{server}: {entry['title'] or entry['name']}",
    )
