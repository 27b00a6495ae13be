"""Make agents: anew, as a copy or from a file; put them into the bin, and take them out of it."""

from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import (
    fields,
    portable,
    queries,
    removal,
    validation,
    versions,
)
from backend.agents.prompts import NAMES, default_prompt
from backend.agents.records import VOICE, action, announce, changed, get, is_known_voice, locked, require_known
from backend.agents.schedule import timezones
from backend.core import audit, realtime
from backend.core.config import settings
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.functions import definitions
from backend.knowledge import service as knowledge
from backend.models.agents import AgentConfig
from backend.models.organizations import Organization
from backend.numbers import e164
from backend.vocab import AgentType, MemberRole

MOST_AGENTS = 100


async def create(
    session: AsyncSession,
    principal: Principal,
    agent_type: AgentType | str,
    name: str = "",
    *,
    is_active: bool = True,
    **given: Any,
) -> AgentConfig:
    """Make an agent with its type's default instructions and publish it as version 1, so that it works at once.

    The first one becomes the organization's default. Raises `Invalid` that names the field, and `Conflict` at
    `MOST_AGENTS`.
    """
    principal.require(MemberRole.EDITOR)
    org_id = org_id_of(session)
    if agent_type not in set(AgentType):
        raise Invalid(f"Choose one of: {', '.join(AgentType)}.", field="agent_type")
    kind = AgentType(agent_type)
    total = await _room(session)
    values = fields.checked(
        {
            "system_prompt": default_prompt(kind),
            "llm_model": settings().chat_model,
            "schedule_timezone": await _timezone(session),
            **given,
            "name": name or await _free_name(session, NAMES[kind]),
            "agent_type": kind,
        }
    )
    await require_known(session, values)
    made = AgentConfig(
        org_id=org_id, name=values["name"], is_default=total == 0, is_active=validation.flag(is_active, "is_active")
    )
    fields.put(made, values)
    session.add(made)
    await session.flush()
    await versions.record(session, made, principal)
    await audit.record(session, principal, action(principal, "created"), made.id, {"name": made.name, "type": kind})
    await announce(session, made.id)
    return made


async def duplicate(session: AsyncSession, principal: Principal, agent_id: UUID) -> AgentConfig:
    """Make a copy that is switched off, draft and own texts included. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    source = await get(session, agent_id)
    live = fields.published(source)
    name = await _free_name(session, f"{source.name[: fields.NAME_LIMIT - 10]} copy")
    copied = {field: value for field, value in live.items() if field not in ("name", "agent_type")}
    if not await is_known_voice(session, str(live[VOICE])):
        # It was removed since, and the agent speaks with the recommended one.
        del copied[VOICE]
    copied["custom_functions"] = definitions.copies(live["custom_functions"])
    made = await create(session, principal, source.agent_type, name, is_active=False, **copied)
    made.draft = {field: value for field, value in source.draft.items() if field != "name"}
    if "custom_functions" in made.draft:
        made.draft["custom_functions"] = definitions.copies(made.draft["custom_functions"])
    session.add(made)
    for text in await queries.own_sources(session, source.org_id, source.id):
        await knowledge.add_text(session, principal, text.title, text.content, made.id)
    return made


async def export_file(session: AsyncSession, principal: Principal, agent_id: UUID) -> tuple[str, str]:
    """Return the name and the content of the file that holds an agent's draft and own texts. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    agent = await get(session, agent_id)
    texts = await queries.own_sources(session, agent.org_id, agent.id)
    values = fields.drafted(agent)
    return portable.file_name(values["name"]), portable.written(values, [(one.title, one.content) for one in texts])


async def import_file(session: AsyncSession, principal: Principal, text: str) -> AgentConfig:
    """Make an agent from such a file, switched off. Raises `Invalid` that names the field or line, and `Conflict`."""
    principal.require(MemberRole.EDITOR)
    values, texts = portable.read(text)
    kind, name = values.pop("agent_type"), await _free_name(session, values.pop("name"))
    made = await create(session, principal, kind, name, is_active=False, **values)
    for title, content in texts:
        await knowledge.add_text(session, principal, title, content, made.id)
    return made


async def delete(session: AsyncSession, principal: Principal, agent_id: UUID) -> None:
    """Put an agent into the bin, from which `restore` takes it for a month; its numbers are left without one.

    When it was the default, the oldest other agent becomes it. Past turns keep its name. Raises `NotFound`.
    """
    principal.require(MemberRole.EDITOR)
    doomed = await locked(session, agent_id)
    served = await removal.remove(session, doomed)
    numbers = [e164.display(number.phone_number) for number in served]
    await changed(session, principal, doomed, "deleted", {"name": doomed.name, "numbers": numbers})
    if served:
        await realtime.announce(session, doomed.org_id, "numbers.changed")


async def restore(session: AsyncSession, principal: Principal, agent_id: UUID) -> AgentConfig:
    """Bring a deleted agent back, with those of its numbers nobody else serves now. Raises `NotFound`, `Conflict`."""
    principal.require(MemberRole.EDITOR)
    found = await queries.agent(session, org_id_of(session), agent_id, for_update=True, is_deleted=True)
    if found is None:
        raise NotFound("This agent was not deleted, or is gone for good.")
    await _room(session)
    again = await removal.bring_back(session, found)
    numbers = [e164.display(number.phone_number) for number in again]
    await changed(session, principal, found, "restored", {"name": found.name, "numbers": numbers})
    if again:
        await realtime.announce(session, found.org_id, "numbers.changed")
    return found


async def _room(session: AsyncSession) -> int:
    """Return how many agents there are. Raises `Conflict` when there may not be another."""
    _, total = await queries.agents(session, org_id_of(session), limit=1)
    if total >= MOST_AGENTS:
        raise Conflict(f"There are {MOST_AGENTS} agents already. Delete one first.", code="too_many_agents")
    return total


async def _free_name(session: AsyncSession, wanted: str) -> str:
    taken = await queries.names(session, org_id_of(session))
    if wanted not in taken:
        return wanted
    return next(name for count in range(2, len(taken) + 3) if (name := f"{wanted} {count}") not in taken)


async def _timezone(session: AsyncSession) -> str:
    organization = await session.get(Organization, org_id_of(session))
    zone = organization.timezone if organization else ""
    return zone if zone in timezones() else "UTC"
