"""Keep an organization's agents: make, change, switch on and off, and find the one that answers a number.

Changing an agent needs the editor role, is written to the audit log and tells open screens (`agents.changed`). Every
change of behaviour is a new version, which each of its turns records.
"""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import prompt_builder, queries, schedule, validation
from backend.agents.models import Model, models
from backend.agents.playground import try_message
from backend.agents.prompts import NAMES, default_prompt
from backend.agents.schedule import Hours, timezones
from backend.agents.schemas import AgentView, Customer
from backend.agents.specs import spec_of
from backend.agents.turns import get as turn
from backend.core import audit, clock, realtime
from backend.core.config import settings
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.knowledge import service as knowledge
from backend.models.agents import AgentConfig
from backend.models.numbers import ServiceNumber
from backend.models.organizations import Organization
from backend.numbers import e164
from backend.vocab import AgentType, MemberRole

__all__ = [
    "FIELDS",
    "Hours",
    "Model",
    "after_hours_words",
    "create",
    "default_prompt",
    "delete",
    "duplicate",
    "for_texts",
    "get",
    "hours_now",
    "list_all",
    "list_page",
    "models",
    "numbers_served",
    "preview_prompt",
    "set_active",
    "timezones",
    "try_message",
    "turn",
    "update",
    "view",
]

FIELDS = validation.FIELDS
MOST_AGENTS = 100


async def list_all(session: AsyncSession) -> list[AgentConfig]:
    """Return every agent, newest first."""
    return (await queries.agents(session, org_id_of(session)))[0]


async def list_page(
    session: AsyncSession, *, agent_type: str = "", is_active: bool | None = None, limit: int = 50, offset: int = 0
) -> tuple[list[AgentConfig], int]:
    """Return one page of agents, newest first, and how many fit the filters."""
    return await queries.agents(
        session, org_id_of(session), agent_type=agent_type, is_active=is_active, limit=limit, offset=offset
    )


async def get(session: AsyncSession, agent_id: UUID) -> AgentConfig:
    """Return one agent. Raises `NotFound`."""
    found = await queries.agent(session, org_id_of(session), agent_id)
    if found is None:
        raise NotFound("This agent does not exist.")
    return found


async def create(
    session: AsyncSession, principal: Principal, agent_type: AgentType | str, name: str = "", **fields: Any
) -> AgentConfig:
    """Make an agent with its type's default instructions; the first one becomes the organization's default.

    Raises `Invalid` that names the field, and `Conflict` at `MOST_AGENTS`.
    """
    principal.require(MemberRole.EDITOR)
    org_id = org_id_of(session)
    if agent_type not in set(AgentType):
        raise Invalid(f"Choose one of: {', '.join(AgentType)}.", field="agent_type")
    kind = AgentType(agent_type)
    _, total = await queries.agents(session, org_id, limit=1)
    if total >= MOST_AGENTS:
        raise Conflict(f"There are {MOST_AGENTS} agents already. Delete one first.", code="too_many_agents")
    name = name or await _free_name(session, NAMES[kind])
    given = validation.checked({"name": name, **fields})
    made = AgentConfig(
        org_id=org_id,
        agent_type=kind,
        is_default=total == 0,
        **{
            "system_prompt": default_prompt(kind),
            "llm_model": settings().chat_model,
            "schedule_timezone": await _timezone(session),
            **given,
        },
    )
    session.add(made)
    await session.flush()
    await audit.record(session, principal, _action(principal, "created"), made.id, {"name": made.name, "type": kind})
    await _announce(session, made.id)
    return made


async def update(
    session: AsyncSession, principal: Principal, agent_id: UUID, expected_version: int | None = None, **changes: Any
) -> AgentConfig:
    """Change an agent; each change of its behaviour makes a new version, and changing nothing does not.

    With `expected_version` a change over somebody else's raises `Conflict` (`changed_meanwhile`), whose details hold
    `changed_by` and `version`. Raises `NotFound`, and `Invalid` that names the field.
    """
    principal.require(MemberRole.EDITOR)
    given = validation.checked(changes)
    found = await _locked(session, agent_id)
    if expected_version is not None and expected_version != found.version:
        editor = await queries.last_editor(session, found.org_id, found.id)
        raise Conflict(
            f"{editor or 'Somebody'} changed this agent a moment ago. Load it again to see the change.",
            code="changed_meanwhile",
            details={"changed_by": editor, "version": found.version},
        )
    new = {field: value for field, value in given.items() if getattr(found, field) != value}
    if not new:
        return found
    for field, value in new.items():
        setattr(found, field, value)
    if set(new) != {"is_active"}:
        found.version += 1
    found.updated_at = clock.now()
    session.add(found)
    await session.flush()
    await audit.record(
        session, principal, _action(principal, "updated"), found.id, {"fields": sorted(new), "version": found.version}
    )
    await _announce(session, found.id)
    return found


def view(agent: AgentConfig) -> AgentView:
    """Return an agent in plain JSON, under the reference product's names."""
    own = {field: getattr(agent, field) for field in FIELDS}
    stored = {
        "id": str(agent.id),
        "agent_type": agent.agent_type,
        "version": agent.version,
        "is_default": agent.is_default,
        "created_at": agent.created_at.isoformat(),
        "updated_at": agent.updated_at.isoformat(),
    }
    return cast(AgentView, {**stored, **own})


async def set_active(session: AsyncSession, principal: Principal, agent_id: UUID, is_active: bool) -> AgentConfig:
    """Have an agent answer, or stop it; texts that arrive meanwhile are handed to people. Raises `NotFound`."""
    return await update(session, principal, agent_id, is_active=is_active)


async def duplicate(session: AsyncSession, principal: Principal, agent_id: UUID) -> AgentConfig:
    """Make a copy that is switched off, with the texts of its own that the agent knows. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    source = await get(session, agent_id)
    copied = {field: getattr(source, field) for field in FIELDS if field not in ("name", "is_active")}
    name = await _free_name(session, f"{source.name[: validation.NAME_LIMIT - 10]} copy")
    made = await create(session, principal, source.agent_type, name, is_active=False, **copied)
    for text in await queries.own_sources(session, source.org_id, source.id):
        await knowledge.add_text(session, principal, text.title, text.content, made.id)
    return made


async def delete(session: AsyncSession, principal: Principal, agent_id: UUID) -> None:
    """Delete an agent and the texts that were its own; its numbers are left without one.

    When it was the default, the oldest other agent becomes it. Past turns keep its name. Raises `NotFound`.
    """
    principal.require(MemberRole.EDITOR)
    doomed = await _locked(session, agent_id)
    served = await queries.numbers_served(session, doomed.org_id, doomed.id)
    heir = await queries.oldest_other(session, doomed.org_id, doomed.id) if doomed.is_default else None
    await audit.record(
        session,
        principal,
        _action(principal, "deleted"),
        doomed.id,
        {"name": doomed.name, "numbers": [e164.display(number.phone_number) for number in served]},
    )
    await session.delete(doomed)
    await session.flush()
    if heir is not None:
        heir.is_default = True
        session.add(heir)
        await session.flush()
    await _announce(session, agent_id)
    if served:
        await realtime.announce(session, org_id_of(session), "numbers.changed")


async def for_texts(session: AsyncSession, number: ServiceNumber) -> AgentConfig | None:
    """Return the agent of a number's text slot, else of its voice slot, whether switched on or not."""
    agent_id = number.text_agent_id or number.agent_id
    return await queries.agent(session, number.org_id, agent_id) if agent_id else None


async def numbers_served(session: AsyncSession, agent_id: UUID) -> Sequence[ServiceNumber]:
    """Return the numbers that have this agent in any slot."""
    return await queries.numbers_served(session, org_id_of(session), agent_id)


async def preview_prompt(session: AsyncSession, agent_id: UUID) -> str:
    """Return the whole prompt as a model would read it now, for a customer not known yet and nothing looked up."""
    spec = await spec_of(session, await get(session, agent_id))
    return prompt_builder.build(spec, Customer(), clock.now(), ())


def hours_now(agent: AgentConfig) -> Hours:
    """Return whether the agent answers texts now, and when it opens next."""
    return schedule.hours(agent.texts_schedule, agent.schedule_timezone or "UTC", clock.now())


def after_hours_words(agent: AgentConfig, hours: Hours, business_name: str) -> str:
    """Return what a customer is told outside the agent's hours: the business's own words, else ours."""
    if agent.after_hours_message:
        return agent.after_hours_message
    name = agent.organization_name or business_name
    words = f"Thanks for your message. {name} is closed right now."
    if hours.opens_at is None:
        return f"{words} Our team will get back to you."
    opens = schedule.local(hours.opens_at, agent.schedule_timezone or "UTC")
    return f"{words} We open on {opens:%A} at {opens:%H:%M} and will answer then."


async def _locked(session: AsyncSession, agent_id: UUID) -> AgentConfig:
    found = await queries.agent(session, org_id_of(session), agent_id, for_update=True)
    if found is None:
        raise NotFound("This agent does not exist.")
    return found


async def _free_name(session: AsyncSession, wanted: str) -> str:
    taken = await queries.names(session, org_id_of(session))
    if wanted not in taken:
        return wanted
    return next(name for count in range(2, len(taken) + 3) if (name := f"{wanted} {count}") not in taken)


async def _timezone(session: AsyncSession) -> str:
    organization = await session.get(Organization, org_id_of(session))
    zone = organization.timezone if organization else ""
    return zone if zone in timezones() else "UTC"


def _action(principal: Principal, verb: str) -> str:
    """Name an action for the audit log; a program with an API key has no session."""
    return f"{'ui' if principal.session_id else 'api'}:agent:{verb}"


async def _announce(session: AsyncSession, agent_id: UUID) -> None:
    await realtime.announce(session, org_id_of(session), "agents.changed", subject=str(agent_id))
