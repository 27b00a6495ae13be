"""Run skills: the clock starts each occasion once, people are planned once, and each message leaves once.

What guards this is in the database, so processes may be many and may die at any point: a run is unique to its occasion
(`skill_runs`), a person to theirs (`skill_deliveries`), and a text is queued in the transaction that marks it as sent.
What is due is claimed by the clock in rows, so a job that is lost comes again.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock, jobs, realtime
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of, org_scope, platform_scope, unit_of_work
from backend.models.skills import AgentSkill, SkillDelivery, SkillRun
from backend.skills import judging, queries, reports, timing
from backend.skills.catalogue import BY_SLUG, EVENT, REMINDER, SCHEDULE
from backend.skills.delivering import CHANGED
from backend.skills.judging import Judged, Meant, Work
from backend.vocab import Channel, DeliveryOutcome, RunStatus

CLAIM_LIMIT = 100
# How often a skill looks whether something happened; appointments are planned days before.
LOOK_EVERY, LOOK_AHEAD_EVERY = timedelta(minutes=1), timedelta(minutes=15)
# A message whose job did not settle it is claimed again after this.
LEASE = timedelta(minutes=5)
RUN, LOOK, DELIVER = "skills.run", "skills.look", "skills.deliver"


async def run_due() -> int:
    """Start what is due and claim messages that are; returns how many. Any number of processes may ask at once."""
    now = clock.now()
    with platform_scope("start skills that are due"):
        async with unit_of_work() as session:
            looks = await queries.claim_looks(session, now, CLAIM_LIMIT)
            for row, zone in looks:
                await _start(session, row, zone, now)
        async with unit_of_work() as session:
            claimed = await queries.claim_deliveries(session, now, LEASE, CLAIM_LIMIT)
            for org_id, delivery_id in claimed:
                key = f"skill-delivery:{delivery_id}"
                await jobs.defer(
                    session, DELIVER, lock=key, queueing_lock=key, org_id=str(org_id), delivery_id=str(delivery_id)
                )
    return len(looks) + len(claimed)


def first_look(row: AgentSkill, zone: str, now: datetime) -> datetime | None:
    """Return when a skill that is switched on now looks for the first time; None when only people start it."""
    if row.trigger_type == EVENT:
        return now
    return timing.next_run(row.schedule_config, zone, now) if row.trigger_type == SCHEDULE else None


async def look(org_id: UUID, skill_id: UUID) -> None:
    """See whether something happened that a skill is for, and plan a run when it did."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            row = await queries.skill(session, org_id, skill_id, lock=True)
            if row is None or not row.is_enabled:
                return
            work = await judging.load(session, row)
            found = await judging.meant(session, work, clock.now())
            if found:
                started = SkillRun(
                    org_id=org_id, agent_skill_id=row.id, occasion=f"event:{new_id()}", trigger_type=EVENT
                )
                session.add(started)
                await session.flush()
                await _plan(session, work, started, found)


async def run(org_id: UUID, run_id: UUID, contact_id: UUID | None = None) -> None:
    """Do one run that was started; a second time does nothing. With `contact_id` for that person alone."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            started = await queries.run(session, org_id, run_id, lock=True)
            if started is None or started.status not in (RunStatus.PENDING, RunStatus.RUNNING) or started.summary:
                return
            row = await queries.skill(session, org_id, started.agent_skill_id, lock=True)
            if row is None:
                return
            work = await judging.load(session, row)
            if work.skill.is_outreach or work.skill.is_record:
                await _plan(
                    session, work, started, await judging.meant(session, work, clock.now(), contact_id=contact_id)
                )
                return
            started.status, started.started_at = RunStatus.RUNNING, started.started_at or clock.now()
            session.add(started)
            memory, config, slug = dict(row.memory), dict(row.config), row.skill
        report = await reports.gather(slug, config, memory)
        async with unit_of_work() as session:
            started = await queries.run(session, org_id, run_id, lock=True)
            row = await queries.skill(session, org_id, row.id, lock=True)
            if started is None or row is None or started.status != RunStatus.RUNNING or started.summary:
                return
            await _tell(session, row, started, report)


async def give_up(org_id: UUID, run_id: UUID) -> None:
    """Fail a run that broke for good, visibly; running it again changes nothing."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            await queries.fail_run(session, run_id, "This run broke off. The next one looks again.", clock.now())
            await realtime.announce(session, org_id, CHANGED)


async def cancel(session: AsyncSession, run_id: UUID) -> int:
    """Take back what of a run has not left. Returns how many."""
    count = await queries.cancel_waiting(session, run_id)
    started = await queries.run(session, org_id_of(session), run_id, lock=True)
    if started is not None and started.status in (RunStatus.PENDING, RunStatus.RUNNING):
        started.status, started.completed_at = RunStatus.CANCELLED, clock.now()
        started.summary = started.summary or "Cancelled"
        session.add(started)
    await realtime.announce(session, org_id_of(session), CHANGED)
    return count


async def _start(session: AsyncSession, row: AgentSkill, zone: str, now: datetime) -> None:
    """Enqueue what a claimed skill does now, and say when it looks again; one that missed its time runs once."""
    nominal = row.next_look_at
    if row.trigger_type == EVENT:
        row.next_look_at = now + (LOOK_AHEAD_EVERY if row.skill == REMINDER else LOOK_EVERY)
        session.add(row)
        await jobs.defer(
            session, LOOK, queueing_lock=f"skill-look:{row.id}", org_id=str(row.org_id), skill_id=str(row.id)
        )
        return
    row.next_look_at = timing.next_run(row.schedule_config, zone, now) if row.trigger_type == SCHEDULE else None
    session.add(row)
    made = SkillRun(
        org_id=row.org_id,
        agent_skill_id=row.id,
        occasion=f"at:{nominal.isoformat() if nominal else ''}",
        trigger_type=SCHEDULE,
    )
    if await queries.start_run(session, made.model_dump()):
        await jobs.defer(session, RUN, org_id=str(row.org_id), run_id=str(made.id))


async def _plan(session: AsyncSession, work: Work, started: SkillRun, found: list[Meant]) -> None:
    """Store what becomes of each person, in the transaction that ends the planning."""
    now = clock.now()
    waiting = left_out = 0
    for one in found:
        judged = await judging.judge(session, work, one, now)
        if await queries.plan(session, _row(started, work.skill.channels[0], one, judged, is_dry_run=False)):
            waiting += judged.outcome == DeliveryOutcome.WAITING
            left_out += judged.outcome == DeliveryOutcome.LEFT_OUT
    started.started_at = started.started_at or now
    started.status = RunStatus.RUNNING if waiting else RunStatus.COMPLETED
    started.completed_at = None if waiting else now
    count = waiting + left_out
    started.summary = f"{_people(count)} in the audience, {left_out} left out" if count else "Nobody in the audience"
    session.add(started)
    await _count(session, work.row, now)


def _row(started: SkillRun, channel: str, one: Meant, judged: Judged, *, is_dry_run: bool) -> dict[str, Any]:
    return SkillDelivery(
        org_id=started.org_id,
        agent_skill_id=started.agent_skill_id,
        run_id=started.id,
        contact_id=one.contact.id,
        conversation_id=one.conversation.id if one.conversation else None,
        occasion=one.occasion,
        channel=channel,
        recipient=judged.recipient,
        body=judged.body,
        context=one.context,
        outcome=DeliveryOutcome.WOULD_SEND
        if is_dry_run and judged.outcome == DeliveryOutcome.WAITING
        else judged.outcome,
        reason_code=judged.code,
        reason=judged.reason,
        is_dry_run=is_dry_run,
        due_at=judged.due_at,
        expires_at=one.until,
    ).model_dump()


async def keep_trial(
    session: AsyncSession, started: SkillRun, channel: str, judged: list[tuple[Meant, Judged]]
) -> None:
    """Store the people of a dry run; nothing of it is ever sent."""
    for one, verdict in judged:
        await queries.plan(session, _row(started, channel, one, verdict, is_dry_run=True))


async def _tell(session: AsyncSession, row: AgentSkill, started: SkillRun, report: reports.Report) -> None:
    """Keep what a report learned and plan its mails, in one transaction."""
    now = clock.now()
    row.memory = report.memory
    members = await queries.members(session, row.org_id)
    count = 0
    if report.body:
        for user_id in row.recipients:
            if user_id not in members:
                continue
            planned = SkillDelivery(
                org_id=row.org_id,
                agent_skill_id=row.id,
                run_id=started.id,
                occasion=f"report:{started.id}:{user_id}",
                channel=Channel.EMAIL,
                recipient=members[user_id].email,
                body=report.body,
                context={"subject": f"{BY_SLUG[row.skill].name}: {report.summary}"},
                due_at=now,
                expires_at=now + judging.PATIENCE,
            )
            count += await queries.plan(session, planned.model_dump())
    started.summary, started.result = report.summary, report.result
    started.status = RunStatus.RUNNING if count else RunStatus.COMPLETED
    started.completed_at = None if count else now
    session.add(started)
    await _count(session, row, now)


async def _count(session: AsyncSession, row: AgentSkill, now: datetime) -> None:
    row.last_executed_at, row.execution_count = now, row.execution_count + 1
    session.add(row)
    await session.flush()
    await realtime.announce(session, row.org_id, CHANGED)


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
