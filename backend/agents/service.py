"""Keep an organization's agents: make, change, publish, switch on and off, and find the one that answers a number.

People change a draft, field by field; customers are answered by the published version until the draft is published
as the next number. Changing an agent needs the editor role, is written to the audit log and tells open screens
(`agents.changed`). Every turn records the version that took it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import (
    comparison,
    drafts,
    fields,
    figures,
    prompt_builder,
    queries,
    readiness,
    schedule,
    validation,
    versions,
)
from backend.agents.analytics import CHANNELS, PERIODS, Moment, Report, Tally, report
from backend.agents.analytics import table as report_table
from backend.agents.authority import tools_of
from backend.agents.call_figures import CallTally
from backend.agents.comparison import FieldChange
from backend.agents.comparison import lines as line_changes
from backend.agents.figures import Figures
from backend.agents.improving import Proposal, improve
from backend.agents.making import create, delete, duplicate, export_file, import_file, restore
from backend.agents.models import Model, models
from backend.agents.playground import try_message
from backend.agents.prompts import default_prompt
from backend.agents.queries import OUTSIDE_HOURS
from backend.agents.records import LINKED, VOICE, announce, changed, get, locked, require_known
from backend.agents.rehearsing import Cast, Rehearsal, cast
from backend.agents.replaying import Scene, past_turns, scene
from backend.agents.schedule import SCHEDULES, Hours, timezones
from backend.agents.schemas import Customer
from backend.agents.specs import spec_of
from backend.agents.suggesting import Suggestion, suggest_reply, write_message
from backend.agents.thinking import Thinking
from backend.agents.trials import let_call as let_try_call
from backend.agents.turns import get as turn
from backend.agents.turns import tried
from backend.agents.versions import VersionRow
from backend.agents.voices import DEFAULT as DEFAULT_VOICE
from backend.agents.voices import ELEVENLABS, Voice, voices
from backend.core import clock
from backend.core.errors import Conflict
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.agents import AgentConfig
from backend.models.numbers import ServiceNumber
from backend.vocab import Channel, MemberRole

__all__ = [
    "CHANNELS",
    "DEFAULT_VOICE",
    "ELEVENLABS",
    "FIELDS",
    "FORM",
    "OUTSIDE_HOURS",
    "PERIODS",
    "SCHEDULES",
    "CallTally",
    "Cast",
    "FieldChange",
    "Figures",
    "Hours",
    "Model",
    "Moment",
    "Proposal",
    "Rehearsal",
    "Report",
    "Scene",
    "Suggestion",
    "Tally",
    "Thinking",
    "VersionRow",
    "Voice",
    "after_hours_words",
    "answering_as",
    "cast",
    "closed_words",
    "compare",
    "create",
    "default_prompt",
    "delete",
    "discard_draft",
    "draft",
    "duplicate",
    "edit",
    "export_file",
    "for_texts",
    "get",
    "hours_now",
    "import_file",
    "improve",
    "let_try_call",
    "line_changes",
    "list_all",
    "list_deleted",
    "list_page",
    "live_fields",
    "locked",
    "missing",
    "models",
    "numbers_served",
    "past_turns",
    "preview_prompt",
    "publish",
    "report",
    "report_table",
    "restore",
    "roll_back",
    "scene",
    "set_active",
    "suggest_reply",
    "timezones",
    "today",
    "tools_of",
    "tried",
    "try_message",
    "turn",
    "update",
    "version_rows",
    "view",
    "voices",
    "write_message",
]

# What the API may change: everything of a version, and whether the agent answers at all.
FIELDS = (*fields.NAMES, "is_active")
# Every field with what a form needs to know of it.
FORM = fields.ALL
# The field that names the agents whose memory an agent reads.


async def list_all(session: AsyncSession) -> list[AgentConfig]:
    """Return every agent, newest first."""
    return (await queries.agents(session, org_id_of(session)))[0]


async def list_deleted(session: AsyncSession) -> list[AgentConfig]:
    """Return the agents in the bin, newest first."""
    return (await queries.agents(session, org_id_of(session), is_deleted=True))[0]


async def list_page(
    session: AsyncSession, *, agent_type: str = "", is_active: bool | None = None, limit: int = 50, offset: int = 0
) -> tuple[list[AgentConfig], int]:
    """Return one page of agents, newest first, and how many fit the filters."""
    return await queries.agents(
        session, org_id_of(session), agent_type=agent_type, is_active=is_active, limit=limit, offset=offset
    )


async def update(
    session: AsyncSession, principal: Principal, agent_id: UUID, expected_version: int | None = None, **changes: Any
) -> AgentConfig:
    """Change what answers customers at once; each change makes a new version, and changing nothing does not.

    People edit the draft instead (`edit`); their unpublished changes stay what they are. With `expected_version` a
    change over somebody else's raises `Conflict` (`changed_meanwhile`), whose details hold `changed_by` and
    `version`. Raises `NotFound`, `Invalid` that names the field, and `Conflict` (`not_deployed`) as `set_active` does.
    """
    principal.require(MemberRole.EDITOR)
    wanted = dict(changes)
    is_active = validation.flag(wanted.pop("is_active"), "is_active") if "is_active" in wanted else None
    given = fields.checked(wanted)
    await require_known(session, given)
    found = await locked(session, agent_id)
    if expected_version is not None and expected_version != found.version:
        editor = await queries.last_editor(session, found.org_id, found.id)
        raise Conflict(
            f"{editor or 'Somebody'} changed this agent a moment ago. Load it again to see the change.",
            code="changed_meanwhile",
            details={"changed_by": editor, "version": found.version},
        )
    live = fields.published(found)
    new = {name: value for name, value in given.items() if live[name] != value}
    if new:
        await versions.raise_version(session, found, principal, new)
        drafts.mark(found, principal, new)
    names = sorted(new)
    if is_active is not None and is_active != found.is_active:
        await _switch(session, found, is_active)
        names.append("is_active")
    if names:
        await changed(session, principal, found, "updated", {"fields": names, "version": found.version})
    return found


async def edit(
    session: AsyncSession,
    principal: Principal,
    agent_id: UUID,
    changes: Mapping[str, Any],
    bases: Mapping[str, Any] | None = None,
) -> AgentConfig:
    """Change fields of an agent's draft; customers see nothing of it until it is published.

    `bases` holds for each field the value its editor began from; a field that somebody else changed meanwhile is not
    overwritten: `Conflict` (`changed_meanwhile`) names it, and its details hold `changed_by`, `theirs` and `yours`.
    Raises `NotFound`, and `Invalid` that names the field.
    """
    principal.require(MemberRole.EDITOR)
    await require_known(session, fields.checked({name: changes[name] for name in changes if name in (LINKED, VOICE)}))
    found = await locked(session, agent_id)
    if await drafts.edit(session, principal, found, changes, bases):
        await announce(session, found.id)
    return found


def draft(agent: AgentConfig) -> dict[str, Any]:
    """Return every field of an agent as the team edits it, unpublished changes included."""
    return fields.drafted(agent)


async def discard_draft(session: AsyncSession, principal: Principal, agent_id: UUID) -> AgentConfig:
    """Take back every unpublished change. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    found = await locked(session, agent_id)
    dropped = drafts.discard(found, principal)
    if dropped:
        await changed(session, principal, found, "draft_discarded", {"fields": dropped})
    return found


async def publish(
    session: AsyncSession, principal: Principal, agent_id: UUID, note: str = "", expected_revision: int | None = None
) -> AgentConfig:
    """Let the draft answer customers from now on, as the next version; without a draft nothing happens.

    With `expected_revision` (the draft's own, when the person looked at it) a draft that changed since raises
    `Conflict` (`changed_meanwhile`). Raises `NotFound`.
    """
    principal.require(MemberRole.EDITOR)
    found = await locked(session, agent_id)
    versions.require_same(found, expected_revision)
    new = {name: value for name, value in found.draft.items() if name in fields.BY_NAME}
    if new:
        # What was allowed when it was written need not be on offer any more.
        await versions.raise_version(session, found, principal, fields.checked(new), note)
        details = {"fields": sorted(new), "version": found.version, "note": note[: versions.NOTE_LIMIT]}
        await changed(session, principal, found, "published", details)
    return found


async def roll_back(
    session: AsyncSession, principal: Principal, agent_id: UUID, number: int, note: str = ""
) -> AgentConfig:
    """Publish what an agent was as version `number` under the next number; unpublished changes stay in the draft.

    Raises `NotFound`, and `Invalid` that names a field whose old value is no longer on offer.
    """
    principal.require(MemberRole.EDITOR)
    found = await locked(session, agent_id)
    wanted = await versions.snapshot(session, found, number) if number else {}
    live = fields.published(found)
    old = {name: value for name, value in wanted.items() if live[name] != value}
    if old:
        await versions.raise_version(session, found, principal, fields.checked(old), note, number)
        drafts.mark(found, principal, old)
        await changed(
            session, principal, found, "rolled_back", {"to": number, "version": found.version, "fields": sorted(old)}
        )
    return found


def live_fields(agent: AgentConfig) -> dict[str, Any]:
    """Return every field of an agent as it answers customers now."""
    return fields.published(agent)


async def answering_as(session: AsyncSession, agent: AgentConfig, number: int) -> dict[str, Any]:
    """Return every field of an agent as the published version `number` answers, or as it does now without that one."""
    found = await queries.version(session, agent.org_id, agent.id, number)
    return fields.completed(found.snapshot) if found else fields.published(agent)


async def version_rows(session: AsyncSession, agent_id: UUID, limit: int = 50, before: int = 0) -> list[VersionRow]:
    """Return published versions, newest first, below the number `before` when it is given. Raises `NotFound`."""
    return await versions.rows(session, await get(session, agent_id), limit, before)


async def compare(session: AsyncSession, agent_id: UUID, older: int, newer: int) -> list[FieldChange]:
    """Return how version `newer` differs from `older`; 0 is the draft. Raises `NotFound`."""
    agent = await get(session, agent_id)
    return comparison.changes(
        await versions.snapshot(session, agent, older), await versions.snapshot(session, agent, newer)
    )


def view(agent: AgentConfig) -> dict[str, Any]:
    """Return an agent as it answers customers, in plain JSON under the reference product's names."""
    return {
        "id": str(agent.id),
        "version": agent.version,
        "is_active": agent.is_active,
        "is_default": agent.is_default,
        "has_draft": bool(agent.draft),
        **fields.published(agent),
        "created_at": agent.created_at.isoformat(),
        "updated_at": agent.updated_at.isoformat(),
    }


async def set_active(session: AsyncSession, principal: Principal, agent_id: UUID, is_active: bool) -> AgentConfig:
    """Have an agent answer, or stop it; what arrives meanwhile is handed to people.

    Raises `NotFound`, and `Conflict` (`not_deployed`, with what is missing and a link) for one that nobody can reach.
    """
    return await update(session, principal, agent_id, is_active=is_active)


async def missing(session: AsyncSession, agent_id: UUID) -> str:
    """Return what an agent lacks to be reached, or an empty string: see `readiness.missing`. Raises `NotFound`."""
    return await readiness.missing(session, await get(session, agent_id))


async def today(session: AsyncSession) -> dict[str, Figures]:
    """Return what each agent did since midnight at the organization, by its id."""
    return await figures.today(session)


async def for_texts(session: AsyncSession, number: ServiceNumber) -> AgentConfig | None:
    """Return the agent of a number's text slot, else of its voice slot, whether switched on or not."""
    agent_id = number.text_agent_id or number.agent_id
    return await queries.agent(session, number.org_id, agent_id) if agent_id else None


async def numbers_served(session: AsyncSession, agent_id: UUID) -> Sequence[ServiceNumber]:
    """Return the numbers that have this agent in any slot."""
    return await queries.numbers_served(session, org_id_of(session), agent_id)


async def preview_prompt(session: AsyncSession, agent_id: UUID) -> str:
    """Return the draft's whole prompt as a model would read it now, for a customer not known and nothing looked up."""
    agent = await get(session, agent_id)
    spec = await spec_of(session, agent, fields.drafted(agent))
    return prompt_builder.build(spec, Customer(), clock.now(), ())


def hours_now(
    agent: AgentConfig, channel: Channel | str = Channel.SMS, values: Mapping[str, Any] | None = None
) -> Hours:
    """Return whether the agent answers a channel now, and when it opens next; `values` replace its own fields."""
    known = fields.published(agent) if values is None else values
    return schedule.hours(
        known[SCHEDULES[Channel(channel)]], known["schedule_timezone"] or "UTC", clock.now(), known["holidays"]
    )


def after_hours_words(agent: AgentConfig, hours: Hours, business_name: str) -> str:
    """Return what a customer who writes is told outside the agent's hours: the business's own words, else ours."""
    if agent.after_hours_message:
        return agent.after_hours_message
    name = agent.organization_name or business_name
    words = f"Thanks for your message. {name} is closed right now."
    if fields.published(agent)["after_hours_action"] == "take_message":
        return f"{words} Write what it is about and how to reach you, and our team will get back to you."
    if hours.opens_at is None:
        return f"{words} Our team will get back to you."
    return f"{words} We open on {_opening(agent, hours.opens_at)} and will answer then."


def closed_words(agent: AgentConfig, hours: Hours, business_name: str, *, takes_message: bool = False) -> str:
    """Return what a caller hears outside the agent's hours, before the beep where they may leave a message."""
    if agent.after_hours_message:
        return agent.after_hours_message
    words = f"Thank you for calling {agent.organization_name or business_name}. We are closed right now."
    if takes_message:
        return f"{words} Please leave a message after the tone, and our team will get back to you."
    if fields.published(agent)["after_hours_action"] == "take_message" or hours.opens_at is None:
        return f"{words} Our team will see that you called. Goodbye."
    return f"{words} We open on {_opening(agent, hours.opens_at)}. Goodbye."


def _opening(agent: AgentConfig, opens_at: datetime) -> str:
    opens = schedule.local(opens_at, agent.schedule_timezone or "UTC")
    day = f"{opens:%A}" if opens_at - clock.now() < timedelta(days=6) else f"{opens:%A}, {opens.day} {opens:%B},"
    return f"{day} at {opens:%H:%M}"


async def _switch(session: AsyncSession, agent: AgentConfig, is_active: bool) -> None:
    if is_active:
        await readiness.require(session, agent)
    agent.is_active, agent.updated_at = is_active, clock.now()
    session.add(agent)
    await session.flush()
