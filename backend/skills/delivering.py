"""Send a skill's messages, each once: judged anew as it leaves, and marked in the transaction that queues it.

A text is queued in that very transaction. A report's mail knows its occasion, so that a crash between its queueing and
its mark makes no second one. A note in another system carries a mark by which it is found there.
"""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock, realtime
from backend.core.errors import Invalid, Refused, VendorError
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.messaging import service as messaging
from backend.models.skills import AgentSkill, SkillDelivery
from backend.notifications import service as notifications
from backend.notifications.schemas import Mail
from backend.skills import audiences, judging, notes, queries, timing
from backend.skills.catalogue import REMINDER
from backend.skills.judging import REASONS, Judged, Meant, Work
from backend.vocab import AuthorKind, Channel, DeliveryOutcome, RunStatus

CHANGED = "skills.changed"
HUBSPOT = "hubspot"


async def deliver(org_id: UUID, delivery_id: UUID) -> None:
    """Send one message now, unless it is too late, not allowed any more, or not wanted; then it says why."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            delivery = await queries.delivery(session, org_id, delivery_id)
            if delivery is None or delivery.outcome != DeliveryOutcome.WAITING:
                return
            if delivery.channel == Channel.SMS:
                await _deliver_text(session, delivery)
                return
        await (_deliver_note(delivery) if delivery.channel == HUBSPOT else _deliver_mail(delivery))


async def _deliver_text(session: AsyncSession, delivery: SkillDelivery) -> None:
    """Judge a planned text anew, and queue it in the transaction that marks it as sent."""
    now, org_id = clock.now(), delivery.org_id
    row = await queries.skill(session, org_id, delivery.agent_skill_id)
    if row is None or not row.is_enabled or delivery.contact_id is None:
        return
    work = await judging.load(session, row)
    people = await queries.contacts_by_id(session, org_id, [delivery.contact_id])
    contact = people.get(delivery.contact_id)
    if contact is None:
        return
    found = await conversations.of_contact(session, contact.id)
    talks = await queries.conversations_by_id(session, org_id, [found]) if found else {}
    one = Meant(
        contact,
        talks.get(found) if found else None,
        delivery.occasion,
        now,
        delivery.expires_at or now,
        {str(name): str(value) for name, value in delivery.context.items()},
    )
    judged = await _judged_now(session, work, one, delivery, now)
    if judged.outcome == DeliveryOutcome.WAITING and judged.due_at is not None and judged.due_at <= now:
        if await _is_limit_reached(session, work, row, now):
            judged = _tomorrow(work, one, judged, now)
        else:
            kept = await _sent(session, work, one, delivery, judged, now)
            if kept is None:
                return
            judged = kept
    waiting = await _locked(session, delivery)
    if waiting is not None:
        await _settle(session, waiting, judged, now)


async def _judged_now(session: AsyncSession, work: Work, one: Meant, delivery: SkillDelivery, now: datetime) -> Judged:
    talk = one.conversation if work.skill.ends_on_answer else None
    if talk is not None and await audiences.has_been_in_touch_since(session, talk.id, delivery.created_at):
        return Judged(DeliveryOutcome.ANSWERED, "answered", REASONS["answered"])
    if "booking" in one.context:
        booking_id, starts_at = UUID(one.context["booking"]), datetime.fromisoformat(one.context["starts_at"])
        if not await audiences.stands(session, work.row.org_id, booking_id, starts_at):
            return Judged(DeliveryOutcome.LEFT_OUT, "moved", REASONS["moved"])
    elif work.skill.slug == REMINDER:
        name = str(work.row.config["date_field"])
        if str(one.contact.custom_fields.get(name, "")) != one.context.get("day"):
            return Judged(DeliveryOutcome.LEFT_OUT, "moved", REASONS["moved"])
    return await judging.judge(session, work, one, now)


async def _sent(
    session: AsyncSession, work: Work, one: Meant, known: SkillDelivery, judged: Judged, now: datetime
) -> Judged | None:
    """Queue a text; returns what became of it, or None when it is settled already or was switched off meanwhile.

    Rows are locked in the order everybody locks them: the contact, its conversation, then what is ours.
    """
    assert judged.number is not None
    try:
        async with session.begin_nested():
            conversation = await conversations.for_contact(session, one.contact.id)
            delivery = await _locked(session, known)
            row = await queries.skill(session, work.row.org_id, work.row.id)
            if row is None or not row.is_enabled or delivery is None:
                return None
            if await _is_limit_reached(session, work, row, now):
                return _tomorrow(work, one, judged, now)
            # Two skills may have judged at one moment; here, with the conversation locked, one comes first.
            if await judging.was_asked(session, work, one.contact, now):
                return judging.left_out("asked_recently")
            message = await messaging.queue_text(
                session,
                conversation,
                judged.number,
                judged.body,
                Author(AuthorKind.AGENT, work.agent.name, work.agent.id),
                agent_id=work.agent.id,
                dedupe_key=f"skill:{delivery.id}",
                purpose=judging.purpose(work),
                recipient=judged.recipient,
                created_via="skill",
                data={"is_automatic": True, "skill": work.skill.name, "agent_version": work.agent.version},
            )
            delivery.outcome, delivery.sent_at, delivery.due_at = DeliveryOutcome.SENT, now, None
            delivery.message_id, delivery.conversation_id = message.id, conversation.id
            delivery.body, delivery.recipient = judged.body, judged.recipient
            delivery.reason_code = delivery.reason = ""
            session.add(delivery)
            await session.flush()
            await _finish_run(session, delivery, now)
    except (Refused, Invalid) as refusal:
        return Judged(DeliveryOutcome.LEFT_OUT, refusal.code, refusal.message)
    return None


async def _deliver_note(known: SkillDelivery) -> None:
    """Write a note into another system; one whose fate is unknown is looked for there before it is written again."""
    async with unit_of_work() as session:
        delivery = await _locked(session, known)
        row = await queries.skill(session, known.org_id, known.agent_skill_id)
        if delivery is None or delivery.contact_id is None or row is None or not row.is_enabled:
            return
        contact = (await queries.contacts_by_id(session, known.org_id, [delivery.contact_id])).get(delivery.contact_id)
        if contact is None:
            return
        is_repeat, token, body = bool(delivery.context.get("tried")), row.secret or "", delivery.body
        delivery.context = {**delivery.context, "tried": "yes"}
        session.add(delivery)
    refusal = ""
    try:
        await notes.put(token, body, contact, known.id.hex, is_repeat=is_repeat)
    except VendorError as error:
        if error.is_retryable and known.expires_at is not None and clock.now() < known.expires_at:
            raise
        refusal = notes.STALE if error.code == "crm_setup" else error.message
    async with unit_of_work() as session:
        delivery = await _locked(session, known)
        if delivery is None:
            return
        now = clock.now()
        delivery.outcome = DeliveryOutcome.FAILED if refusal else DeliveryOutcome.SENT
        delivery.reason, delivery.sent_at, delivery.due_at = refusal, None if refusal else now, None
        session.add(delivery)
        await session.flush()
        await _finish_run(session, delivery, now)


async def _deliver_mail(report: SkillDelivery) -> None:
    """Queue a report's mail, then mark it: the mail knows its occasion, so a crash between makes no second one."""
    mail = Mail(
        str(report.context.get("subject", "")),
        tuple(report.body.split("\n\n")),
        last="You get this because a skill of an agent reports to you.",
    )
    with platform_scope("mail a skill's report"):
        async with unit_of_work() as session:
            await notifications.queue_email(session, report.recipient, mail, once=f"skill:{report.id}")
    async with unit_of_work() as session:
        delivery = await _locked(session, report)
        if delivery is None:
            return
        delivery.outcome, delivery.sent_at, delivery.due_at = DeliveryOutcome.SENT, clock.now(), None
        session.add(delivery)
        await session.flush()
        await _finish_run(session, delivery, clock.now())


async def _locked(session: AsyncSession, known: SkillDelivery) -> SkillDelivery | None:
    """Lock a message that still waits, its skill first so that of the last two of a run one sees the other; or None."""
    await queries.skill(session, known.org_id, known.agent_skill_id, lock=True)
    delivery = await queries.delivery(session, known.org_id, known.id, lock=True)
    return delivery if delivery is not None and delivery.outcome == DeliveryOutcome.WAITING else None


async def _settle(session: AsyncSession, delivery: SkillDelivery, judged: Judged, now: datetime) -> None:
    """Store what became of a message that did not leave now: it waits for its hour, or ends with a reason."""
    delivery.outcome, delivery.due_at = judged.outcome, judged.due_at
    delivery.reason_code, delivery.reason = judged.code, judged.reason
    session.add(delivery)
    await session.flush()
    await _finish_run(session, delivery, now)


async def _finish_run(session: AsyncSession, delivery: SkillDelivery, now: datetime) -> None:
    if await queries.is_settled(session, delivery.run_id):
        started = await queries.run(session, delivery.org_id, delivery.run_id, lock=True)
        if started is not None and started.status == RunStatus.RUNNING:
            started.status, started.completed_at = RunStatus.COMPLETED, now
            session.add(started)
    await realtime.announce(session, delivery.org_id, CHANGED)


async def _is_limit_reached(session: AsyncSession, work: Work, row: AgentSkill, now: datetime) -> bool:
    return await queries.sent_since(session, row.id, midnight(work, now)) >= row.daily_limit


def midnight(work: Work, now: datetime) -> datetime:
    """Return when the day began where the business is: from then on its limit counts."""
    return now.astimezone(ZoneInfo(work.zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def _tomorrow(work: Work, one: Meant, judged: Judged, now: datetime) -> Judged:
    """Put a message off to the next day because of the limit, unless that is too late."""
    zones = timing.zones_of(judged.recipient, work.zone)
    due_at = timing.next_inside(work.window, zones, midnight(work, now) + timedelta(days=1), one.until)
    if due_at is None:
        return Judged(DeliveryOutcome.LEFT_OUT, "limit", REASONS["limit"])
    return Judged(DeliveryOutcome.WAITING, "limit", due_at=due_at)
