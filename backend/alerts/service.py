"""Keep what agents listen for, try it on the past, and read what came of it.

An alert holds at once, without publishing. Changing one needs the editor role and is written to the audit log. A
change announces `alerts.changed`, with the agent as `subject`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.alerts import definitions, meaning, queries
from backend.alerts.occasions import message as note_message
from backend.alerts.schemas import AlertRow, Likeness, MatchRow, Saved, TriedRow
from backend.core import addresses, audit, clock, jobs, rate_limits, realtime
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.functions import service as functions
from backend.models.alerts import SemanticMatch, SemanticMatchAction
from backend.vocab import AlertAction, MatchStatus, MemberRole

__all__ = [
    "MOST_MATCHES",
    "MOST_TRIED",
    "USUAL",
    "VARIABLES",
    "AlertRow",
    "Likeness",
    "MatchRow",
    "Saved",
    "TriedRow",
    "alert",
    "alerts",
    "delete",
    "matches",
    "note_message",
    "retry",
    "save",
    "set_active",
    "try_out",
]

VARIABLES, USUAL = definitions.VARIABLES, definitions.USUAL
MOST_MATCHES = 30
# What a try reads of the past: some weeks of a small business, and a few seconds of this machine's own model.
MOST_TRIED = 200
# Embedded in portions, so that answers to customers are not kept waiting behind a try.
PORTION = 64
TRIES, WINDOW = 20, timedelta(minutes=10)
ACT = "alerts.act"


async def alerts(session: AsyncSession, principal: Principal, agent_id: UUID) -> list[AlertRow]:
    """Return an agent's alerts by name; addresses as the person may see them."""
    return [_shown(one, principal) for one in await queries.alerts(session, org_id_of(session), agent_id)]


async def alert(session: AsyncSession, principal: Principal, alert_id: UUID) -> AlertRow:
    """Return one alert, its address as the person may see it. Raises `NotFound`."""
    return _shown(await _found(session, alert_id), principal)


async def save(
    session: AsyncSession, principal: Principal, agent_id: UUID, given: Mapping[str, Any], alert_id: UUID | None = None
) -> Saved:
    """Make an alert of an agent, or change one; what `given` leaves out stays.

    Webhooks are signed: the first alert that calls one makes the organization's signing secret, returned once. Raises
    `NotFound`, `Conflict` (`duplicate`, `too_many`), and `Invalid` that names the field.
    """
    principal.require(MemberRole.EDITOR)
    if await queries.agent(session, org_id_of(session), agent_id) is None:
        raise NotFound("This agent does not exist.")
    others = await queries.alerts(session, org_id_of(session), agent_id)
    stored = await _found(session, alert_id, for_update=True) if alert_id else None
    if stored is not None and stored.agent_id != agent_id:
        raise NotFound("This alert does not exist.")
    if stored is None and len(others) >= definitions.MOST_ALERTS:
        raise Conflict(f"An agent has at most {definitions.MOST_ALERTS} alerts.", code="too_many")
    wanted = {**(_row(stored) if stored else {"is_active": True, "is_cooldown_per_customer": False}), **given}
    found = definitions.checked(wanted)
    taken = Conflict("There is an alert of this name already.", code="duplicate", field="name")
    if any(one.name == found["name"] for one in others if one is not stored):
        raise taken
    secret = _secret(found["action_type"], given.get("secret"), stored)
    template_id = await _template(session, wanted.get("template_id"))
    stored = stored or SemanticMatchAction(
        org_id=org_id_of(session), agent_id=agent_id, name="", topic="", threshold=0.0, action_type=""
    )
    if [stored.topic, *stored.examples] != [found["topic"], *found["examples"]]:
        stored.vector_space, stored.vectors = "", []
    for name, value in found.items():
        setattr(stored, name, value)
    stored.secret, stored.template_id, stored.updated_at = secret, template_id, clock.now()
    try:
        async with session.begin_nested():
            session.add(stored)
            await session.flush()
    except IntegrityError:
        # Somebody made one of the same name in this very moment.
        raise taken from None
    new_secret = ""
    if stored.action_type == AlertAction.WEBHOOK and not await functions.has_signing(session):
        new_secret = await functions.renew_signing(session, principal)
    await audit.record(session, principal, "ui:alerts:saved", stored.id, {"name": stored.name})
    await _announce(session, agent_id)
    return Saved(_row(stored), new_secret)


async def set_active(session: AsyncSession, principal: Principal, alert_id: UUID, is_active: bool) -> None:
    """Have an alert listen, or stop it. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    stored = await _found(session, alert_id, for_update=True)
    stored.is_active, stored.updated_at = is_active, clock.now()
    session.add(stored)
    await session.flush()
    await audit.record(session, principal, "ui:alerts:switched", stored.id, {"is_active": is_active})
    await _announce(session, stored.agent_id)


async def delete(session: AsyncSession, principal: Principal, alert_id: UUID) -> None:
    """Delete an alert with its history. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    stored = await _found(session, alert_id, for_update=True)
    await session.delete(stored)
    await session.flush()
    await audit.record(session, principal, "ui:alerts:deleted", stored.id, {"name": stored.name})
    await _announce(session, stored.agent_id)


async def matches(session: AsyncSession, alert_id: UUID, before: UUID | None = None) -> list[MatchRow]:
    """Return at most `MOST_MATCHES` matches of an alert, newest first, older than `before`. Raises `NotFound`."""
    await _found(session, alert_id)
    found = await queries.matches(session, org_id_of(session), alert_id, MOST_MATCHES, before)
    return [_match_row(one) for one in found]


async def retry(session: AsyncSession, principal: Principal, match_id: UUID) -> MatchRow:
    """Do again what failed, or what may not have arrived.

    Raises `NotFound`, and `Conflict` (`not_failed`) for one that is done, held back or under way.
    """
    principal.require(MemberRole.EDITOR)
    match = await queries.match(session, org_id_of(session), match_id, for_update=True)
    if match is None:
        raise NotFound("This match does not exist.")
    if match.status not in (MatchStatus.FAILED, MatchStatus.UNCERTAIN):
        raise Conflict("Only what failed can be done again.", code="not_failed")
    match.status, match.result, match.attempts, match.finished_at = MatchStatus.WAITING, "", 0, None
    session.add(match)
    await session.flush()
    await jobs.defer(session, ACT, org_id=str(match.org_id), match_id=str(match.id))
    stored = await _found(session, match.action_id)
    await _announce(session, stored.agent_id)
    return _match_row(match)


async def try_out(
    principal: Principal, agent_id: UUID, topic: str, examples: Sequence[str], channels: Sequence[str], own: str = ""
) -> list[TriedRow]:
    """Return what customers wrote to the agent, most alike first, and before it words of one's own to try.

    Sends nothing. Opens its own transactions and may take seconds. Raises `Invalid`, `LimitReached`, `VendorError`.
    """
    principal.require(MemberRole.EDITOR)
    wanted = definitions.checked(
        {
            "name": "try", "topic": topic, "examples": list(examples), "channels": list(channels), "is_active": True,
            "is_cooldown_per_customer": False, "action_type": AlertAction.HUBSPOT,
        }
    )  # fmt: skip
    with org_scope(principal.org_id):
        await rate_limits.hit("alerts.tries", TRIES, WINDOW, about=principal.org_id)
        async with unit_of_work() as session:
            past = await queries.past(session, principal.org_id, agent_id, wanted["channels"], MOST_TRIED)
    phrases = definitions.phrases(wanted["topic"], wanted["examples"])
    said = {body: meaning.parts(body) for body in [own, *(body for body, *_ in past)] if body.strip()}
    vectors = await _vectors([*phrases, *(part for parts in said.values() for part in parts)])
    alike = {
        body: meaning.likeness(parts, [vectors[one] for one in parts], phrases, [vectors[one] for one in phrases])
        for body, parts in said.items()
    }
    rows = [
        TriedRow(
            text=body[:300],
            phrase=alike[body].phrase,
            score=alike[body].score,
            percent=round(alike[body].score * 100),
            channel=channel,
            conversation_id=str(conversation_id),
            at=at.isoformat(),
        )
        for body, channel, conversation_id, at in past
        if body in alike
    ]
    rows.sort(key=lambda one: -one["score"])
    if own.strip():
        mine = alike[own]
        shown = TriedRow(
            text=own[:300],
            phrase=mine.phrase,
            score=mine.score,
            percent=round(mine.score * 100),
            channel="",
            conversation_id="",
            at="",
        )
        rows.insert(0, shown)
    return rows


async def _vectors(texts: Sequence[str]) -> dict[str, list[float]]:
    wanted = list(dict.fromkeys(texts))
    found: dict[str, list[float]] = {}
    for start in range(0, len(wanted), PORTION):
        found |= await meaning.vectors_of(wanted[start : start + PORTION])
        await asyncio.sleep(0)
    return found


def _secret(kind: str, given: Any, stored: SemanticMatchAction | None) -> str:
    """Return what is kept secret: what was given, else what an alert of the same kind has."""
    if kind not in (AlertAction.SLACK, AlertAction.HUBSPOT):
        return ""
    found = definitions.checked_secret(kind, given)
    if not found and stored is not None and stored.action_type == kind:
        found = stored.secret
    if not found:
        words = "Paste the address Slack gave you." if kind == AlertAction.SLACK else "Paste the token of your app."
        raise Invalid(words, field="secret")
    return found


async def _template(session: AsyncSession, given: Any) -> UUID | None:
    if not given:
        return None
    template_id = parse_id(str(given))
    if not await queries.is_template_shared(session, org_id_of(session), template_id):
        raise Invalid("Choose a message or an email of the team.", field="template_id")
    return template_id


async def _found(session: AsyncSession, alert_id: UUID, *, for_update: bool = False) -> SemanticMatchAction:
    found = await queries.alert(session, org_id_of(session), alert_id, for_update=for_update)
    if found is None:
        raise NotFound("This alert does not exist.")
    return found


async def _announce(session: AsyncSession, agent_id: UUID) -> None:
    await realtime.announce(session, org_id_of(session), "alerts.changed", subject=str(agent_id))


def _row(one: SemanticMatchAction) -> AlertRow:
    config = one.action_config
    target = config.get("phone_number") or config.get("email_address") or config.get("url") or ""
    return AlertRow(
        id=str(one.id),
        name=one.name,
        topic=one.topic,
        examples=list(one.examples),
        threshold=one.threshold,
        channels=list(one.channels),
        cooldown_minutes=one.cooldown_minutes,
        is_cooldown_per_customer=one.is_cooldown_per_customer,
        action_type=one.action_type,
        target=str(target) or definitions.shown_secret(one.action_type, one.secret),
        subject=str(config.get("subject", "")),
        words=one.words,
        template_id=str(one.template_id or ""),
        has_secret=bool(one.secret),
        is_active=one.is_active,
        last_triggered_at=one.last_triggered_at.isoformat() if one.last_triggered_at else "",
        trigger_count=one.trigger_count,
    )


def _shown(one: SemanticMatchAction, principal: Principal) -> AlertRow:
    row = _row(one)
    if "url" in one.action_config:
        row["target"] = addresses.shown(row["target"], principal)
    return row


def _match_row(one: SemanticMatch) -> MatchRow:
    return MatchRow(
        id=str(one.id),
        excerpt=one.excerpt,
        phrase=one.phrase,
        score=one.score,
        percent=round(one.score * 100),
        channel=one.channel,
        status=MatchStatus(one.status),
        result=one.result,
        attempts=one.attempts,
        conversation_id=str(one.conversation_id),
        at=one.created_at.isoformat(),
    )
