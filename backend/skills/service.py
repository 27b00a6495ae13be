"""Set up what agents do by themselves, see beforehand whom it reaches, and read what came of it.

A skill is off until somebody switches it on, which needs all of its settings; switched off it keeps them, nothing
leaves, and what waits is judged anew when it is switched on again. Changing one needs the editor role and is written
to the audit log; open screens hear `skills.changed`. The modules of this package hold the work; callers come here.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.contacts import service as contacts
from backend.core import audit, clock, jobs, realtime
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import new_id, parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, unit_of_work
from backend.models.skills import AgentSkill, SkillRun
from backend.skills import checking, delivering, judging, queries, reports, running, timing, views
from backend.skills.catalogue import ALL, BY_ID, BY_SLUG, DATE_FIELD, EVENT, ON_DEMAND, Skill
from backend.skills.delivering import CHANGED
from backend.skills.judging import Judged, Meant, Work
from backend.skills.running import cancel
from backend.skills.schemas import PersonRow, RunRow, SkillCard, SkillSettings, Trial
from backend.skills.views import PEOPLE_SHOWN, definition, execution, shown
from backend.tags import service as tags
from backend.vocab import FieldKind, MemberRole, RunStatus

__all__ = [
    "ALL",
    "CHANGED",
    "PEOPLE_SHOWN",
    "RUNS_SHOWN",
    "Trial",
    "by_definition",
    "cancel_run",
    "cards",
    "definition",
    "execution",
    "executions",
    "get",
    "list_all",
    "list_for_agent",
    "people_of",
    "remove",
    "run_now",
    "runs_of",
    "save",
    "set_enabled",
    "settings_of",
    "shown",
    "try_out",
]

RUNS_SHOWN = 25
WEEK = timedelta(days=7)


def by_definition(name: str) -> Skill:
    """Return a skill by its definition's id or its slug. Raises `NotFound`."""
    try:
        found = BY_ID.get(parse_id(name))
    except Invalid:
        found = BY_SLUG.get(name)
    if found is None:
        raise NotFound("This skill does not exist.")
    return found


async def get(session: AsyncSession, skill_id: UUID) -> AgentSkill:
    """Return one skill of an agent. Raises `NotFound`."""
    found = await queries.skill(session, org_id_of(session), skill_id)
    if found is None:
        raise NotFound("This skill was not set up.")
    return found


async def list_for_agent(session: AsyncSession, agent_id: UUID) -> list[AgentSkill]:
    """Return what was set up for an agent. Raises `NotFound` for an agent that does not exist."""
    agent = await agents.get(session, agent_id)
    return await queries.of_agent(session, agent.org_id, agent.id)


async def list_all(session: AsyncSession) -> list[AgentSkill]:
    """Return what was set up for any agent."""
    return await queries.of_agent(session, org_id_of(session), None)


async def cards(session: AsyncSession, agent_id: UUID) -> list[SkillCard]:
    """Return every skill there is, with how this agent has it. Raises `NotFound`."""
    rows = {row.skill: row for row in await list_for_agent(session, agent_id)}
    counts = await queries.counts(session, org_id_of(session), agent_id, clock.now() - WEEK)
    return [views.card(skill, row := rows.get(skill.slug), counts.get(row.id, (0, 0)) if row else (0, 0))
            for skill in ALL]  # fmt: skip


async def settings_of(session: AsyncSession, principal: Principal, agent_id: UUID, slug: str) -> SkillSettings:
    """Return what a skill of an agent is set to, or would be at first. Raises `NotFound`."""
    skill = by_definition(slug)
    agent = await agents.get(session, agent_id)
    row = next((one for one in await queries.of_agent(session, agent.org_id, agent.id) if one.skill == slug), None)
    row = row or _blank(skill, agent.org_id, agent.id, principal)
    work = await judging.load(session, row)
    return views.settings(work)


async def save(
    session: AsyncSession,
    principal: Principal,
    agent_id: UUID,
    skill: Skill,
    changes: Mapping[str, Any],
    *,
    is_enabled: bool | None = None,
) -> AgentSkill:
    """Set a skill of an agent up, or change it; what `changes` leaves out stays.

    Raises `NotFound`, and `Invalid` that names the setting; switched on it must be complete.
    """
    principal.require(MemberRole.EDITOR)
    agent = await agents.locked(session, agent_id)
    known = await queries.of_agent(session, agent.org_id, agent.id)
    row = next((one for one in known if one.skill == skill.slug), None)
    was_enabled = row is not None and row.is_enabled
    row = row or _blank(skill, agent.org_id, agent.id, principal)
    if row in known:
        row = await queries.skill(session, agent.org_id, row.id, lock=True) or row
    enabled = was_enabled if is_enabled is None else is_enabled
    await _set(session, row, skill, changes, is_complete=enabled)
    row.is_enabled = enabled
    session.add(row)
    await session.flush()
    work = await judging.load(session, row)
    if enabled and not was_enabled:
        row.enabled_at = clock.now()
    if not enabled:
        row.next_look_at = None
    elif not was_enabled or {"schedule_config", "trigger_type"} & set(changes):
        row.next_look_at = running.first_look(row, work.zone, clock.now())
    session.add(row)
    await session.flush()
    source = "api" if principal.is_key else "ui"
    await audit.record(session, principal, f"{source}:skill:changed", row.id, {"skill": skill.name, "is_on": enabled})
    await realtime.announce(session, agent.org_id, CHANGED, subject=str(agent.id))
    return row


async def set_enabled(session: AsyncSession, principal: Principal, skill_id: UUID, is_enabled: bool) -> AgentSkill:
    """Switch a skill on or off. Raises `NotFound`, and `Invalid` naming what it lacks to be switched on."""
    row = await get(session, skill_id)
    return await save(session, principal, row.agent_id, BY_SLUG[row.skill], {}, is_enabled=is_enabled)


async def remove(session: AsyncSession, principal: Principal, skill_id: UUID) -> None:
    """Forget a skill of an agent with its history; texts that left stay in their conversations. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    row = await get(session, skill_id)
    await audit.record(session, principal, "ui:skill:removed", row.id, {"skill": BY_SLUG[row.skill].name})
    await session.delete(row)
    await session.flush()
    await realtime.announce(session, row.org_id, CHANGED, subject=str(row.agent_id))


async def run_now(
    session: AsyncSession, principal: Principal, skill_id: UUID, contact_id: UUID | None = None
) -> SkillRun:
    """Start a run by hand, in the background; for one contact alone when named.

    Raises `NotFound`, and `Conflict` (`switched_off`) for a skill that is off.
    """
    principal.require(MemberRole.EDITOR)
    row = await get(session, skill_id)
    if not row.is_enabled:
        raise Conflict("This skill is off. Switch it on first, or try it without sending.", code="switched_off")
    if contact_id is not None:
        await contacts.get(session, contact_id)
    started = SkillRun(
        org_id=row.org_id,
        agent_skill_id=row.id,
        occasion=f"hand:{new_id()}",
        trigger_type=ON_DEMAND,
        started_by=principal.name,
    )
    session.add(started)
    await session.flush()
    await jobs.defer(
        session, running.RUN, org_id=str(row.org_id), run_id=str(started.id), contact_id=str(contact_id or "")
    )
    await realtime.announce(session, row.org_id, CHANGED, subject=str(row.agent_id))
    return started


async def try_out(
    principal: Principal,
    agent_id: UUID,
    slug: str,
    changes: Mapping[str, Any] | None = None,
    *,
    is_kept: bool = False,
    contact_id: UUID | None = None,
) -> tuple[Trial, SkillRun | None]:
    """Return what a skill would do now, with `changes` that are not saved: who gets what, and who is left out and why.

    Nothing is sent. `is_kept` puts the trial into the history, for which the skill must be set up. It opens its own
    transactions, because a report reads the web; call it in the organization's scope. Raises `NotFound`, `Invalid`.
    """
    principal.require(MemberRole.EDITOR)
    skill = by_definition(slug)
    began = clock.now()
    async with unit_of_work() as session:
        agent = await agents.get(session, agent_id)
        stored = next(
            (one for one in await queries.of_agent(session, agent.org_id, agent.id) if one.skill == slug), None
        )
        row = AgentSkill(**(stored or _blank(skill, agent.org_id, agent.id, principal)).model_dump())
        await _set(session, row, skill, changes or {}, is_complete=True, skips_consent=True)
        work = await judging.load(session, row)
        has_people = skill.is_outreach or skill.is_record
        judged = await _judged(session, work, contact_id) if has_people else []
        spent = await queries.sent_since(session, row.id, delivering.midnight(work, began))
    if has_people:
        trial = views.trial(work, judged, max(0, row.daily_limit - spent) if skill.is_outreach else len(judged))
    else:
        trial = views.report_trial(await reports.gather(slug, row.config, row.memory))
    if not is_kept or stored is None:
        return trial, None
    async with unit_of_work() as session:
        started = SkillRun(
            org_id=row.org_id,
            agent_skill_id=row.id,
            occasion=f"trial:{new_id()}",
            trigger_type=ON_DEMAND,
            status=RunStatus.COMPLETED,
            is_dry_run=True,
            started_by=principal.name,
            summary=_summary(trial),
            result={"report": trial["report"]} if trial["report"] else {},
            started_at=began,
            completed_at=clock.now(),
        )
        session.add(started)
        await session.flush()
        await running.keep_trial(session, started, skill.channels[0], judged)
        await realtime.announce(session, row.org_id, CHANGED, subject=str(agent_id))
    return trial, started


async def runs_of(
    session: AsyncSession, skill_id: UUID, status: str = "", before: UUID | None = None
) -> tuple[list[RunRow], bool]:
    """Return up to `RUNS_SHOWN` runs, the newest first, and whether there are more. Raises `NotFound`."""
    row = await get(session, skill_id)
    found = await queries.runs(session, row.org_id, row.id, status, RUNS_SHOWN + 1, before)
    page = found[:RUNS_SHOWN]
    tallies = await queries.tallies(session, [one.id for one in page])
    return [views.run_row(one, tallies.get(one.id, {})) for one in page], len(found) > RUNS_SHOWN


async def people_of(session: AsyncSession, run_id: UUID) -> list[PersonRow]:
    """Return whom a run concerned and what came of it, at most `PEOPLE_SHOWN`. Raises `NotFound`."""
    run = await queries.run(session, org_id_of(session), run_id)
    if run is None:
        raise NotFound("This run does not exist.")
    found = await queries.people(session, run.org_id, run.id, PEOPLE_SHOWN)
    return [views.person(one, contact, has_answered) for one, contact, has_answered in found]


async def cancel_run(session: AsyncSession, principal: Principal, run_id: UUID) -> int:
    """Take back what of a run has not left, and return how many. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    run = await queries.run(session, org_id_of(session), run_id)
    if run is None:
        raise NotFound("This run does not exist.")
    count = await cancel(session, run.id)
    await audit.record(session, principal, "ui:skill:cancelled", run.agent_skill_id, {"messages": count})
    return count


async def executions(session: AsyncSession, skill_id: UUID, status: str, limit: int) -> list[dict[str, Any]]:
    """Return the newest runs in the API's shape. Raises `NotFound`."""
    row = await get(session, skill_id)
    found = await queries.runs(session, row.org_id, row.id, status, limit)
    tallies = await queries.tallies(session, [one.id for one in found])
    return [execution(one, BY_SLUG[row.skill], tallies.get(one.id, {})) for one in found]


async def _judged(session: AsyncSession, work: Work, contact_id: UUID | None) -> list[tuple[Meant, Judged]]:
    now = clock.now()
    found = await judging.meant(session, work, now, contact_id=contact_id)
    return [(one, await judging.judge(session, work, one, now)) for one in found]


async def _set(
    session: AsyncSession,
    row: AgentSkill,
    skill: Skill,
    changes: Mapping[str, Any],
    *,
    is_complete: bool,
    skips_consent: bool = False,
) -> None:
    """Put changed settings into a row, every one checked. Raises `Invalid` that names the setting."""
    config = {**row.config, **changes.get("config", {})}
    if skips_consent and "consent_confirmed" in skill.properties:
        config["consent_confirmed"] = True
    row.config = checking.config(skill, config, is_complete=is_complete)
    if is_complete and row.config.get("appointments_from") == DATE_FIELD:
        await _require_date_field(session, str(row.config["date_field"]))
    if "audience" in changes:
        known = frozenset(one["id"] for one in await tags.all_tags(session))
        row.audience = checking.audience({**row.audience, **changes["audience"]}, known)
    if "sending_window" in changes:
        row.sending_window = timing.checked_window(changes["sending_window"])
    if "trigger_type" in changes:
        row.trigger_type = checking.choice(changes["trigger_type"], skill.triggers, "trigger_type")
    if "schedule_config" in changes and row.trigger_type != EVENT:
        row.schedule_config = timing.checked_schedule(changes["schedule_config"])
    if "delivery_channels" in changes:
        row.delivery_channels = checking.channels(skill, changes["delivery_channels"])
    if "daily_limit" in changes:
        row.daily_limit = checking.limit(changes["daily_limit"])
    if changes.get("secret") and skill.secret_title:
        row.secret = checking.secret(changes["secret"])
    if is_complete and skill.secret_title and not row.secret and not skips_consent:
        raise Invalid("This is needed before the skill can be switched on.", field="secret")
    needs_recipients = is_complete and not (skill.is_outreach or skill.is_record)
    if "recipients" in changes or needs_recipients:
        await _set_recipients(session, row, changes.get("recipients", row.recipients), needs_recipients)


async def _set_recipients(session: AsyncSession, row: AgentSkill, given: Sequence[str], is_needed: bool) -> None:
    members = await queries.members(session, row.org_id)
    # Who left the team meanwhile is left out; a stranger was never on it.
    kept = [user_id for user_id in dict.fromkeys(map(str, given)) if user_id in members]
    if any(user_id not in members and user_id not in row.recipients for user_id in map(str, given)):
        raise Invalid("This person is not on the team.", field="recipients")
    if is_needed and not kept:
        raise Invalid("Choose at least one person of the team.", field="recipients")
    row.recipients = kept


async def _require_date_field(session: AsyncSession, key: str) -> None:
    fields = await contacts.fields(session)
    if not any(one["key"] == key and one["kind"] == FieldKind.DATE for one in fields):
        raise Invalid("Choose a field of your contacts that holds a date.", field="date_field")


def _blank(skill: Skill, org_id: UUID, agent_id: UUID, principal: Principal) -> AgentSkill:
    return AgentSkill(
        org_id=org_id,
        agent_id=agent_id,
        skill=skill.slug,
        config=checking.config(skill, {}, is_complete=False),
        audience=dict(checking.AUDIENCE),
        sending_window=dict(timing.WINDOW),
        trigger_type=skill.triggers[0],
        schedule_config=dict(skill.schedule),
        delivery_channels=list(skill.channels),
        recipients=[] if skill.is_outreach or skill.is_record else [str(principal.user_id)],
    )


def _summary(trial: Trial) -> str:
    if trial["report"] or not trial["found"]:
        return "Tried without sending"
    return f"{trial['would_send']} would get it, {trial['left_out']} left out"
