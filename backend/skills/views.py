"""Show skills, runs and people as screens and the API take them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from backend.core.errors import Invalid
from backend.models.contacts import Contact
from backend.models.skills import AgentSkill, SkillDelivery, SkillRun
from backend.numbers import e164
from backend.skills import checking, judging, timing
from backend.skills.catalogue import BY_SLUG, EVENT, EVERY_TYPE, Skill
from backend.skills.judging import Judged, Meant, Work
from backend.skills.reports import Report
from backend.skills.schemas import PersonRow, RunRow, SkillCard, SkillSettings, Trial
from backend.skills.wording import NAMES
from backend.vocab import DeliveryOutcome

PEOPLE_SHOWN = 100


def card(skill: Skill, row: AgentSkill | None, counts: tuple[int, int]) -> SkillCard:
    """Return a skill as an agent's page shows it."""
    return SkillCard(
        slug=skill.slug,
        definition_id=str(skill.id),
        name=skill.name,
        description=skill.description,
        category=skill.category,
        icon=skill.icon,
        needs=skill.needs,
        is_outreach=skill.is_outreach,
        id=str(row.id) if row else "",
        is_enabled=bool(row and row.is_enabled),
        is_ready=row is not None and not missing(skill, row),
        missing=missing(skill, row) if row else "",
        next_at=_at(row.next_look_at) if row and row.is_enabled and row.trigger_type != EVENT else "",
        last_at=_at(row.last_executed_at) if row else "",
        sent_week=counts[0],
        waiting=counts[1],
    )


def missing(skill: Skill, row: AgentSkill) -> str:
    """Return what a skill lacks to be switched on, in words, or nothing."""
    if skill.secret_title and not row.secret:
        return f"{skill.secret_title}: This is needed before the skill can be switched on."
    try:
        checking.config(skill, row.config, is_complete=True)
    except Invalid as error:
        title = str(skill.properties.get(error.field or "", {}).get("title", ""))
        return f"{title}: {error.message}" if title else error.message
    return ""


def settings(work: Work) -> SkillSettings:
    """Return what a skill is set to, and what may be set."""
    row, skill = work.row, work.skill
    return SkillSettings(
        slug=skill.slug,
        name=skill.name,
        needs=skill.needs,
        is_outreach=skill.is_outreach,
        is_record=skill.is_record,
        secret_title=skill.secret_title,
        has_secret=bool(row.secret),
        schema=skill.schema,
        names=[*NAMES, *skill.extra_names],
        triggers=list(skill.triggers),
        config=dict(row.config),
        audience={**checking.AUDIENCE, **row.audience},
        sending_window={**timing.WINDOW, **row.sending_window},
        trigger_type=row.trigger_type,
        schedule_config=dict(row.schedule_config or skill.schedule),
        delivery_channels=list(row.delivery_channels),
        recipients=list(row.recipients),
        daily_limit=row.daily_limit,
        timezone=work.zone,
    )


def trial(work: Work, judged: Sequence[tuple[Meant, Judged]], room: int) -> Trial:
    """Return what a run would do now; `room` is how many the limit leaves for today."""
    sends = [(one, verdict) for one, verdict in judged if verdict.outcome == DeliveryOutcome.WAITING]
    first = sends[0] if sends else None
    return Trial(
        found=len(judged),
        would_send=len(sends),
        left_out=len(judged) - len(sends),
        over_limit=max(0, len(sends) - room),
        preview=first[1].body if first else judging.example(work) if work.skill.is_outreach else "",
        preview_for=name_of(first[0].contact) if first else "",
        people=[_tried(one, verdict, work.skill.channels[0]) for one, verdict in judged[:PEOPLE_SHOWN]],
        report="",
    )


def report_trial(report: Report) -> Trial:
    """Return what the team would be told now."""
    return Trial(
        found=0,
        would_send=0,
        left_out=0,
        over_limit=0,
        preview="",
        preview_for="",
        people=[],
        report=f"{report.summary}\n\n{report.body}".strip(),
    )


def run_row(run: SkillRun, tally: Mapping[str, int]) -> RunRow:
    """Return one run of the history."""
    sent = tally.get(DeliveryOutcome.SENT, 0) + tally.get(DeliveryOutcome.WOULD_SEND, 0)
    waiting, left_out = tally.get(DeliveryOutcome.WAITING, 0), tally.get(DeliveryOutcome.LEFT_OUT, 0)
    return RunRow(
        id=str(run.id),
        trigger=run.trigger_type,
        status=run.status,
        is_dry_run=run.is_dry_run,
        started_by=run.started_by,
        summary=run.summary,
        error=run.error_message,
        at=_at(run.started_at or run.created_at),
        took_ms=_took_ms(run),
        sent=sent,
        waiting=waiting,
        left_out=left_out,
        other=sum(tally.values()) - sent - waiting - left_out,
    )


def person(one: SkillDelivery, contact: Contact | None, has_answered: bool) -> PersonRow:
    """Return what a run meant for one person."""
    return PersonRow(
        id=str(one.id),
        name=name_of(contact) if contact else one.recipient,
        address=e164.display(one.recipient) if one.recipient.startswith("+") else one.recipient,
        contact_id=str(one.contact_id or ""),
        conversation_id=str(one.conversation_id or ""),
        channel=one.channel,
        outcome=one.outcome,
        reason=one.reason,
        body=one.body,
        at=_at(one.sent_at or one.due_at),
        has_answered=has_answered,
    )


def name_of(contact: Contact) -> str:
    """Return what a contact is called."""
    return contact.name or e164.display(contact.phone_number or "") or contact.email or "Somebody"


def definition(skill: Skill) -> dict[str, Any]:
    """Return a skill there is in the API's shape."""
    return {
        "id": str(skill.id),
        "slug": skill.slug,
        "name": skill.name,
        "description": skill.description,
        "category": skill.category,
        "icon": skill.icon,
        "supported_triggers": list(skill.triggers),
        "supported_events": list(skill.events),
        "supported_channels": list(skill.channels),
        "required_integrations": list(skill.integrations),
        "config_schema": skill.schema,
        "agent_type_filter": [str(kind) for kind in EVERY_TYPE],
        "is_active": True,
        "notice": skill.needs,
    }


def shown(row: AgentSkill) -> dict[str, Any]:
    """Return a skill of an agent in the API's shape."""
    skill = BY_SLUG[row.skill]
    return {
        "id": str(row.id),
        "agent_id": str(row.agent_id),
        "skill_definition_id": str(skill.id),
        "is_enabled": row.is_enabled,
        "config": dict(row.config),
        "audience": {**checking.AUDIENCE, **row.audience},
        "sending_window": {**timing.WINDOW, **row.sending_window},
        "trigger_type": row.trigger_type,
        "schedule_config": dict(row.schedule_config) or None,
        "delivery_channels": list(row.delivery_channels),
        "recipients": list(row.recipients),
        "daily_limit": row.daily_limit,
        "has_secret": bool(row.secret),
        "execution_count": row.execution_count,
        "last_executed_at": _at(row.last_executed_at) or None,
        "next_run_at": (_at(row.next_look_at) or None) if row.trigger_type != EVENT else None,
        "created_at": _at(row.created_at),
        "updated_at": _at(row.updated_at),
        "skill_definitions": definition(skill),
    }


def execution(run: SkillRun, skill: Skill, tally: Mapping[str, int]) -> dict[str, Any]:
    """Return a run in the API's shape."""
    return {
        "id": str(run.id),
        "agent_skill_id": str(run.agent_skill_id),
        "trigger_type": run.trigger_type,
        "status": run.status,
        "dry_run": run.is_dry_run,
        "result": {"summary": run.summary, "people": dict(tally), **run.result},
        "error_message": run.error_message or None,
        "execution_time_ms": _took_ms(run),
        "created_at": _at(run.created_at),
        "completed_at": _at(run.completed_at) or None,
        "skill_definitions": {"id": str(skill.id), "slug": skill.slug, "name": skill.name},
    }


def _tried(one: Meant, verdict: Judged, channel: str) -> PersonRow:
    is_sent = verdict.outcome == DeliveryOutcome.WAITING
    return PersonRow(
        id=one.occasion,
        name=name_of(one.contact),
        address=e164.display(verdict.recipient or one.contact.phone_number or ""),
        contact_id=str(one.contact.id),
        conversation_id=str(one.conversation.id) if one.conversation else "",
        channel=channel,
        outcome=DeliveryOutcome.WOULD_SEND if is_sent else verdict.outcome,
        reason=verdict.reason,
        body=verdict.body,
        at=_at(verdict.due_at),
        has_answered=False,
    )


def _took_ms(run: SkillRun) -> int:
    if run.started_at is None or run.completed_at is None:
        return 0
    return int((run.completed_at - run.started_at).total_seconds() * 1000)


def _at(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
