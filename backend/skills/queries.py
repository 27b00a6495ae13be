"""Read and claim rows of skills; the SQL behind runs and deliveries. Whom a skill is for is found in `audiences`."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.agents import AgentConfig
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.models.numbers import ServiceNumber
from backend.models.organizations import Organization, OrganizationMember
from backend.models.skills import AgentSkill, SkillDelivery, SkillRun
from backend.vocab import DeliveryOutcome, MemberStatus, RunStatus

_S, _R, _D = AgentSkill, SkillRun, SkillDelivery
# The number a customer had a text from or to last; who only ever called knows the one of the call.
_KNOWN_NUMBER = """
select coalesce(
    (select n.id from sms_messages m join service_numbers n on n.id = m.number_id and n.is_active
        where m.org_id = :org and m.conversation_id = :conversation order by m.id desc limit 1),
    (select n.id from call_records r join service_numbers n on n.id = r.number_id and n.is_active
        where r.org_id = :org and r.conversation_id = :conversation order by r.id desc limit 1))
"""


async def contacts_by_id(session: AsyncSession, org_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Return contacts by id."""
    query = select(Contact).where(Contact.org_id == org_id, col(Contact.id).in_(ids))
    return {one.id: one for one in (await session.exec(query)).all()}


async def conversations_by_id(session: AsyncSession, org_id: UUID, ids: Sequence[UUID]) -> dict[UUID, Conversation]:
    """Return conversations by id, as they stand now."""
    query = select(Conversation).where(Conversation.org_id == org_id, col(Conversation.id).in_(ids))
    found = await session.exec(query.execution_options(populate_existing=True))
    return {one.id: one for one in found.all()}


async def sender(
    session: AsyncSession, org_id: UUID, agent_id: UUID, conversation_id: UUID | None
) -> ServiceNumber | None:
    """Return the number a customer knows, else one that the agent serves, if it is active; or None."""
    if conversation_id is not None:
        known = await session.execute(text(_KNOWN_NUMBER), {"org": org_id, "conversation": conversation_id})
        number_id = known.scalars().first()
        if number_id is not None:
            return await session.get(ServiceNumber, number_id)
    serves = (
        (col(ServiceNumber.text_agent_id) == agent_id)
        | (col(ServiceNumber.agent_id) == agent_id)
        | (col(ServiceNumber.outbound_agent_id) == agent_id)
    )
    query = select(ServiceNumber).where(ServiceNumber.org_id == org_id, col(ServiceNumber.is_active), serves)
    return (await session.exec(query.order_by(col(ServiceNumber.created_at), col(ServiceNumber.id)).limit(1))).first()


async def last_sent(session: AsyncSession, org_id: UUID, contact_id: UUID, slugs: Sequence[str]) -> datetime | None:
    """Return when one of these skills, of any agent, last wrote to a contact, or None."""
    query = (
        select(func.max(_D.sent_at))
        .join(_S, col(_S.id) == col(_D.agent_skill_id))
        .where(_D.org_id == org_id, _D.contact_id == contact_id, col(_S.skill).in_(slugs))
    )
    return (await session.exec(query)).one()


async def sent_since(session: AsyncSession, agent_skill_id: UUID, since: datetime) -> int:
    """Return how many messages of a skill left since a moment."""
    query = select(func.count()).select_from(_D).where(_D.agent_skill_id == agent_skill_id, col(_D.sent_at) >= since)
    return int((await session.exec(query)).one())


async def of_agent(session: AsyncSession, org_id: UUID, agent_id: UUID | None) -> list[AgentSkill]:
    """Return the skills somebody set up for an agent, or for any that is not in the bin."""
    query = select(_S).where(_S.org_id == org_id).order_by(col(_S.id))
    if agent_id is not None:
        query = query.where(_S.agent_id == agent_id)
    else:
        query = query.join(AgentConfig, col(AgentConfig.id) == col(_S.agent_id))
        query = query.where(col(AgentConfig.deleted_at).is_(None))
    return list((await session.exec(query)).all())


async def skill(session: AsyncSession, org_id: UUID, skill_id: UUID, *, lock: bool = False) -> AgentSkill | None:
    """Return one skill of an agent, or None; `lock` lets it change one at a time."""
    query = select(_S).where(_S.org_id == org_id, _S.id == skill_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.exec(query)).first()


async def owner_of(session: AsyncSession, found: AgentSkill) -> tuple[AgentConfig, Organization]:
    """Return the agent and the organization of a skill."""
    agent = (await session.exec(select(AgentConfig).where(AgentConfig.id == found.agent_id))).one()
    return agent, (await session.exec(select(Organization).where(Organization.id == found.org_id))).one()


async def claim_looks(session: AsyncSession, now: datetime, limit: int) -> list[tuple[AgentSkill, str]]:
    """Lock skills whose time has come and return them with their zones; platform scope, any number may ask at once."""
    query = (
        select(_S, AgentConfig.schedule_timezone, Organization.timezone)
        .join(AgentConfig, col(AgentConfig.id) == col(_S.agent_id))
        .join(Organization, col(Organization.id) == col(_S.org_id))
        .where(
            col(_S.is_enabled),
            col(_S.next_look_at) <= now,
            col(AgentConfig.is_active),
            col(AgentConfig.deleted_at).is_(None),
        )
        .order_by(col(_S.next_look_at))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=_S)
    )
    return [(found, own or home) for found, own, home in (await session.exec(query)).all()]


async def claim_deliveries(
    session: AsyncSession, now: datetime, lease: timedelta, limit: int
) -> list[tuple[UUID, UUID]]:
    """Take messages whose time has come for `lease` and return (organization, id); platform scope."""
    due = (
        select(_D.id)
        .join(_S, col(_S.id) == col(_D.agent_skill_id))
        .join(AgentConfig, col(AgentConfig.id) == col(_S.agent_id))
        .where(
            _D.outcome == DeliveryOutcome.WAITING,
            col(_D.is_dry_run).is_(False),
            col(_D.due_at) <= now,
            col(_S.is_enabled),
            col(AgentConfig.is_active),
            col(AgentConfig.deleted_at).is_(None),
        )
        .order_by(col(_D.due_at))
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True, of=_D)
    )
    ids = (await session.exec(due)).all()
    taken = update(_D).where(col(_D.id).in_(ids)).values(due_at=now + lease).returning(col(_D.org_id), col(_D.id))
    return [(org_id, delivery_id) for org_id, delivery_id in (await session.execute(taken)).all()] if ids else []


async def start_run(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Store a run unless its occasion has one; tells whether it was stored."""
    made = insert(_R).values(**values).on_conflict_do_nothing().returning(col(_R.id))
    return (await session.execute(made)).first() is not None


async def run(session: AsyncSession, org_id: UUID, run_id: UUID, *, lock: bool = False) -> SkillRun | None:
    """Return one run, or None."""
    query = select(_R).where(_R.org_id == org_id, _R.id == run_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.exec(query)).first()


async def plan(session: AsyncSession, values: dict[str, Any]) -> bool:
    """Store what a run means for one person, unless the occasion was taken before; tells whether it was stored."""
    made = insert(_D).values(**values).on_conflict_do_nothing().returning(col(_D.id))
    return (await session.execute(made)).first() is not None


async def delivery(
    session: AsyncSession, org_id: UUID, delivery_id: UUID, *, lock: bool = False
) -> SkillDelivery | None:
    """Return what a run means for one person, or None."""
    query = select(_D).where(_D.org_id == org_id, _D.id == delivery_id)
    if lock:
        query = query.with_for_update(key_share=True)
    return (await session.exec(query.execution_options(populate_existing=True))).first()


async def is_settled(session: AsyncSession, run_id: UUID) -> bool:
    """Tell whether nobody of a run waits any more."""
    query = select(_D.id).where(_D.run_id == run_id, _D.outcome == DeliveryOutcome.WAITING).limit(1)
    return (await session.exec(query)).first() is None


async def cancel_waiting(session: AsyncSession, run_id: UUID) -> int:
    """Take back what of a run has not left; returns how many."""
    query = (
        update(_D)
        .where(col(_D.run_id) == run_id, col(_D.outcome) == DeliveryOutcome.WAITING)
        .values(outcome=DeliveryOutcome.CANCELLED, due_at=None)
        .returning(col(_D.id))
    )
    return len((await session.execute(query)).all())


async def runs(
    session: AsyncSession, org_id: UUID, skill_id: UUID, status: str, limit: int, before: UUID | None = None
) -> list[SkillRun]:
    """Return the newest runs of a skill."""
    query = select(_R).where(_R.org_id == org_id, _R.agent_skill_id == skill_id)
    if status:
        query = query.where(_R.status == status)
    if before is not None:
        query = query.where(col(_R.id) < before)
    return list((await session.exec(query.order_by(col(_R.id).desc()).limit(limit))).all())


async def tallies(session: AsyncSession, run_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    """Return for each run how many people came to each outcome."""
    query = (
        select(_D.run_id, _D.outcome, func.count())
        .where(col(_D.run_id).in_(run_ids))
        .group_by(col(_D.run_id), col(_D.outcome))
    )
    found: dict[UUID, dict[str, int]] = {}
    for run_id, outcome, count in (await session.exec(query)).all():
        found.setdefault(run_id, {})[outcome] = count
    return found


async def people(session: AsyncSession, org_id: UUID, run_id: UUID, limit: int) -> list[Any]:
    """Return (delivery, contact or None, whether they wrote or called after it left) of a run, in its order."""
    query = (
        select(_D, Contact)
        .outerjoin(Contact, col(Contact.id) == col(_D.contact_id))
        .where(_D.org_id == org_id, _D.run_id == run_id)
        .order_by(col(_D.id))
        .limit(limit)
    )
    rows = (await session.exec(query)).all()
    answered = await session.execute(
        text(
            "select d.id from skill_deliveries d where d.run_id = :run and d.sent_at is not null and exists ("
            " select 1 from conversation_items x where x.conversation_id = d.conversation_id"
            " and x.kind in ('message', 'call') and x.direction = 'inbound' and x.happened_at > d.sent_at"
            " and x.data ->> 'is_unverified' is distinct from 'true')"
        ),
        {"run": run_id},
    )
    wrote = set(answered.scalars())
    return [(one, contact, one.id in wrote) for one, contact in rows]


async def counts(session: AsyncSession, org_id: UUID, agent_id: UUID, since: datetime) -> dict[UUID, tuple[int, int]]:
    """Return for each skill of an agent how much it sent since a moment, and how much of it waits."""
    query = (
        select(
            _D.agent_skill_id,
            func.count().filter(col(_D.sent_at) >= since),
            func.count().filter(col(_D.outcome) == DeliveryOutcome.WAITING),
        )
        .join(_S, col(_S.id) == col(_D.agent_skill_id))
        .where(_D.org_id == org_id, _S.agent_id == agent_id, col(_D.is_dry_run).is_(False))
        .group_by(col(_D.agent_skill_id))
    )
    return {skill_id: (sent, waiting) for skill_id, sent, waiting in (await session.exec(query)).all()}


async def members(session: AsyncSession, org_id: UUID) -> dict[str, OrganizationMember]:
    """Return the approved members by user id."""
    query = select(OrganizationMember).where(
        OrganizationMember.org_id == org_id, OrganizationMember.status == MemberStatus.APPROVED
    )
    return {str(one.user_id): one for one in (await session.exec(query)).all() if one.user_id}


async def fail_run(session: AsyncSession, run_id: UUID, words: str, now: datetime) -> None:
    """Mark a run that was given up."""
    await session.execute(
        update(_R)
        .where(col(_R.id) == run_id, col(_R.status).in_((RunStatus.PENDING, RunStatus.RUNNING)))
        .values(status=RunStatus.FAILED, error_message=words, completed_at=now)
    )
