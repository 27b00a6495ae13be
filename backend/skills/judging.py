"""Find the people a skill is meant for, and judge each: who gets what when, or why not.

The same code answers before anything is saved (the audience), in a dry run, when a run plans, and once more in the
moment a message leaves; so what people see before is what happens.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import service as compliance
from backend.compliance.schemas import Purpose
from backend.contacts import service as contacts
from backend.core.tenancy import org_id_of
from backend.models.agents import AgentConfig
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.models.numbers import ServiceNumber
from backend.models.organizations import Organization
from backend.models.skills import AgentSkill
from backend.skills import audiences, checking, notes, queries, timing, wording
from backend.skills.catalogue import BY_SLUG, CALENDAR, FOLLOW_UP, REMINDER, REVIEW, Skill
from backend.vocab import AnswerMode, Channel, DeliveryOutcome

MOST_FOUND = 200
# A conversation that ended longer ago is not followed up: a day is how long a machine may have stood still.
FOLLOW_UP_PATIENCE = timedelta(hours=24)
# How long a message may wait for the window before it makes no sense any more.
PATIENCE = timedelta(days=3)
# Between two messages that skills start to one person; reminders, which people wait for, are not counted.
PERSON_GAP = timedelta(hours=20)
# How much earlier a reminder may come when its own hour is outside the window, as over a weekend.
EARLIEST_DAYS = 4
REASONS = {
    "no_sender": "This agent has no active number to write from.",
    "with_person": "A person is handling this conversation.",
    "unhappy": "They sounded unhappy in the end.",
    "asked_recently": "They got a message of this kind not long ago.",
    "no_window": "No hour of the window comes before it would be too late.",
    "limit": "The limit of the day was reached until it was too late.",
    "answered": "They wrote or called meanwhile.",
    "moved": "The appointment was moved or cancelled.",
    "gone": "This contact was deleted.",
    "nothing_to_say": "The message would be empty.",
}


@dataclass(frozen=True)
class Work:
    """A skill with all that its judgements need; `row` may be unsaved."""

    row: AgentSkill
    skill: Skill
    agent: AgentConfig
    organization: Organization

    @property
    def zone(self) -> str:
        """The zone of the business."""
        return self.agent.schedule_timezone or self.organization.timezone

    @property
    def window(self) -> Mapping[str, object]:
        """When customers may be written to."""
        return self.row.sending_window or timing.WINDOW

    @property
    def audience(self) -> dict[str, object]:
        """Whom it is for."""
        return {**checking.AUDIENCE, **self.row.audience}


@dataclass(frozen=True)
class Meant:
    """One person a skill is meant for: why (`occasion`, once ever), and between when it makes sense."""

    contact: Contact
    conversation: Conversation | None
    occasion: str
    at: datetime
    until: datetime
    context: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """What is to become of one person: waiting until `due_at` with words ready, or left out with a reason."""

    outcome: DeliveryOutcome
    code: str = ""
    reason: str = ""
    due_at: datetime | None = None
    number: ServiceNumber | None = None
    recipient: str = ""
    body: str = ""


async def load(session: AsyncSession, row: AgentSkill) -> Work:
    """Return a skill with its agent and organization."""
    agent, organization = await queries.owner_of(session, row)
    return Work(row, BY_SLUG[row.skill], agent, organization)


async def meant(session: AsyncSession, work: Work, now: datetime, *, contact_id: UUID | None = None) -> list[Meant]:
    """Return up to `MOST_FOUND` people a skill is meant for now and has not been meant for before."""
    if work.skill.slug == REMINDER:
        from_calendar = work.row.config.get("appointments_from", CALENDAR) == CALENDAR
        find = _with_bookings if from_calendar else _with_dates
        return await find(session, work, now, contact_id)
    return await _after_talks(session, work, now, contact_id)


async def judge(session: AsyncSession, work: Work, one: Meant, now: datetime) -> Judged:
    """Return what is to become of one person now."""
    contact, conversation = one.contact, one.conversation
    if contact.deleted_at is not None:
        return left_out("gone")
    if work.skill.is_record:
        body = await notes.written(session, work.row.config, conversation, contact)
        return Judged(DeliveryOutcome.WAITING, due_at=max(one.at, now), recipient=work.skill.name, body=body)
    if work.skill.ends_on_answer and conversation is not None:
        if work.audience["skip_with_person"] and _is_with_person(conversation, now):
            return left_out("with_person")
        if work.audience["skip_unhappy"] and await audiences.mood(session, conversation.id) == "negative":
            return left_out("unhappy")
    number = await queries.sender(
        session, work.row.org_id, work.agent.id, conversation.id if conversation is not None else None
    )
    recipient = await contacts.reply_number(session, contact)
    if number is None:
        return left_out("no_sender")
    verdict = await compliance.may_contact(
        session, contact, Channel.SMS, purpose(work), now, sender=number.phone_number, recipient=recipient
    )
    if not verdict.allowed:
        return Judged(DeliveryOutcome.LEFT_OUT, verdict.code, verdict.message)
    if await was_asked(session, work, contact, now):
        return left_out("asked_recently")
    body = words(work, contact, one.context)
    if not body or body == wording.OPT_OUT_LINE:
        return left_out("nothing_to_say")
    due_at = _due(work, one, recipient, now)
    if due_at is None:
        return left_out("no_window")
    return Judged(DeliveryOutcome.WAITING, due_at=due_at, number=number, recipient=recipient, body=body)


def purpose(work: Work) -> Purpose:
    """Return why a skill reaches somebody: only to those who opted in counts as marketing."""
    return Purpose.MARKETING if work.row.config.get("only_opted_in") else Purpose.SERVICE


def words(work: Work, contact: Contact, context: Mapping[str, str]) -> str:
    """Return the message as this contact would get it."""
    values = {
        "contact.name": contact.name,
        "contact.first_name": contact.first_name or contact.name.partition(" ")[0],
        "contact.phone": contact.phone_number or "",
        "business.name": work.agent.organization_name or work.organization.name,
        "business.owner": work.agent.owner_name,
        "agent.name": work.agent.name,
        "review_url": str(work.row.config.get("review_url", "")),
        **context,
    }
    return wording.filled(str(work.row.config.get("message_template", "")), values)


def example(work: Work) -> str:
    """Return the message as somebody made up would get it, for when nobody is meant."""
    somebody = Contact(org_id=work.row.org_id, name="Dana Ruiz", first_name="Dana", phone_number="+14155550142")
    return words(work, somebody, _moment_words(datetime(2026, 11, 23, 14, 30, tzinfo=UTC)))


def left_out(code: str) -> Judged:
    """Return that somebody is left out, and why."""
    return Judged(DeliveryOutcome.LEFT_OUT, code, REASONS[code])


def _is_with_person(conversation: Conversation, now: datetime) -> bool:
    if conversation.needs_person:
        return True
    paused_until = conversation.paused_until
    return conversation.answer_mode == AnswerMode.HUMAN and (paused_until is None or paused_until > now)


async def was_asked(session: AsyncSession, work: Work, contact: Contact, now: datetime) -> bool:
    """Tell whether a skill wrote to somebody so lately that this one may not."""
    if work.skill.slug == REMINDER:
        return False
    org_id = org_id_of(session)
    recent = await queries.last_sent(session, org_id, contact.id, (FOLLOW_UP, REVIEW))
    if recent is not None and recent > now - PERSON_GAP:
        return True
    if work.skill.slug != REVIEW:
        return False
    asked = await queries.last_sent(session, org_id, contact.id, (REVIEW,))
    return asked is not None and asked > now - timedelta(days=work.row.config["min_days_since_last_request"])


def _due(work: Work, one: Meant, recipient: str, now: datetime) -> datetime | None:
    zones = timing.zones_of(recipient, work.zone)
    due_at = timing.next_inside(work.window, zones, max(one.at, now), one.until)
    if due_at is not None or work.skill.slug != REMINDER:
        return due_at
    for days in range(1, EARLIEST_DAYS + 1):
        sooner = max(one.at - timedelta(days=days), now)
        due_at = timing.next_inside(work.window, zones, sooner, one.until)
        if due_at is not None:
            return due_at
    return None


async def _after_talks(session: AsyncSession, work: Work, now: datetime, contact_id: UUID | None) -> list[Meant]:
    config = work.row.config
    if "delay_minutes" in config:
        delay = timedelta(minutes=config["delay_minutes"])
        oldest = max(work.row.enabled_at or now - FOLLOW_UP_PATIENCE, now - delay - FOLLOW_UP_PATIENCE)
    else:
        # A visit is over an hour after its last word; before, a request for a review would interrupt it.
        delay = timedelta(hours=1)
        oldest = now - timedelta(days=config["lookback_days"])
    found = await audiences.talks(
        session,
        **_asked(work, contact_id),
        oldest=oldest,
        newest=now - delay,
        agent=work.agent.id,
        every_agent=not work.audience["only_agent"],
    )
    people, talks = await _both(session, work, found)
    return [
        Meant(
            people[row.contact_id],
            talks[row.conversation_id],
            f"talk:{row.item_id}",
            row.ended_at + delay,
            max(row.ended_at + delay, now) + PATIENCE,
        )
        for row in found
        if row.contact_id in people and row.conversation_id in talks
    ]


async def _with_dates(session: AsyncSession, work: Work, now: datetime, contact_id: UUID | None) -> list[Meant]:
    name = str(work.row.config["date_field"])
    before = timedelta(hours=work.row.config["reminder_hours_before"])
    # A day begins up to 14 hours earlier than here, and 12 later.
    furthest = now + before + timedelta(days=EARLIEST_DAYS + 1)
    found = await audiences.dates(
        session,
        **_asked(work, contact_id),
        date_field=name,
        first=(now - timedelta(days=1)).date().isoformat(),
        last=furthest.date().isoformat(),
    )
    people, talks = await _both(session, work, found)
    meant_for = []
    for row in found:
        contact = people.get(row.contact_id)
        if contact is None:
            continue
        day = date.fromisoformat(row.day)
        (zone, *_) = timing.zones_of(contact.phone_number or "", work.zone)
        begins = datetime.combine(day, time(0), ZoneInfo(zone))
        if begins <= now or begins - before - timedelta(days=EARLIEST_DAYS) > now:
            continue
        meant_for.append(
            Meant(
                contact,
                talks.get(row.conversation_id),
                f"date:{name}:{row.day}:{row.contact_id}",
                begins - before,
                begins,
                {"day": row.day, **_appointment_words(day)},
            )
        )
    return meant_for


async def _with_bookings(session: AsyncSession, work: Work, now: datetime, contact_id: UUID | None) -> list[Meant]:
    before = timedelta(hours=work.row.config["reminder_hours_before"])
    found = await audiences.bookings(
        session, **_asked(work, contact_id), now=now, furthest=now + before + timedelta(days=EARLIEST_DAYS)
    )
    people, talks = await _both(session, work, found)
    return [
        Meant(
            people[row.contact_id],
            talks.get(row.conversation_id),
            f"booking:{row.booking_id}:{int(row.starts_at.timestamp())}",
            row.starts_at - before,
            row.starts_at,
            {
                "booking": str(row.booking_id),
                "starts_at": row.starts_at.isoformat(),
                **_moment_words(row.starts_at.astimezone(ZoneInfo(row.timezone or work.zone))),
            },
        )
        for row in found
        if row.contact_id in people
    ]


def _asked(work: Work, contact_id: UUID | None) -> dict[str, object]:
    return {
        "org": work.row.org_id,
        "skill": work.row.id,
        "contact": contact_id,
        "tags_any": list(work.audience["tags_any"]),  # type: ignore[call-overload]
        "tags_none": list(work.audience["tags_none"]),  # type: ignore[call-overload]
        "limit": MOST_FOUND,
    }


async def _both(
    session: AsyncSession, work: Work, found: list[object]
) -> tuple[dict[UUID, Contact], dict[UUID, Conversation]]:
    org_id = work.row.org_id
    people = await queries.contacts_by_id(session, org_id, [row.contact_id for row in found])  # type: ignore[attr-defined]
    ids = [row.conversation_id for row in found if row.conversation_id is not None]  # type: ignore[attr-defined]
    return people, await queries.conversations_by_id(session, org_id, ids)


def _moment_words(begins: datetime) -> dict[str, str]:
    """Return a moment as the clock on the customer's wall shows it."""
    return {**_appointment_words(begins.date()), "appointment.time": f"at {begins:%I:%M %p}".replace(" 0", " ")}


def _appointment_words(day: date) -> dict[str, str]:
    return {
        "appointment.date": f"{day:%A}, {day:%B} {day.day}",
        "appointment.weekday": f"{day:%A}",
    }
