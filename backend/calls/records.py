"""Keep calls: what each is, whose it is, and what the voice worker must know to hold it.

The voice worker and the webhooks know a call by its id alone; `brief` and `append` find whose it is and open their own
unit of work, because whoever calls them has no organization yet.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.billing import service as billing
from backend.calls import log, privacy, queries
from backend.calls.projection import CARRIER, Kind
from backend.calls.schemas import CallBrief, item_data, title
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import SYSTEM, Author
from backend.core import clock, config
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.tenancy import org_id_of, org_scope, platform_scope, unit_of_work
from backend.models.agents import AgentConfig
from backend.models.calls import CallRecord
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.models.numbers import ServiceNumber
from backend.models.organizations import Organization
from backend.numbers import e164
from backend.vocab import AnsweredBy, AuthorKind, Channel, Direction, ItemKind
from backend.voice_copies import service as voice_copies

BROKE_OFF = "The agent's line broke off in the middle of the call."


async def brief(call_id: UUID) -> CallBrief:
    """Return what the voice worker needs to hold a call. Raises `NotFound`."""
    with org_scope(await owner(call_id)):
        async with unit_of_work() as session:
            call = await get(session, call_id)
            contact = await contacts.get(session, call.contact_id)
            agent = await session.get(AgentConfig, call.agent_id) if call.agent_id else None
            settings = await agents.answering_as(session, agent, call.agent_version) if agent else {}
            settings = await voice_copies.spoken_with(session, settings, agents.DEFAULT_VOICE)
            organization = await session.get(Organization, call.org_id)
            number = await session.get(ServiceNumber, call.number_id) if call.number_id else None
            events = await queries.standing_events(session, call.id)
            said = await queries.said(session, call.id)
            return CallBrief(
                call_id=call.id,
                org_id=call.org_id,
                conversation_id=call.conversation_id,
                contact_id=contact.id,
                contact_name=contact.name,
                business_name=organization.name if organization else "",
                direction=call.direction,
                caller_number=call.caller_number,
                service_number=call.service_number,
                status=call.status,
                agent_id=call.agent_id,
                agent_name=agent.name if agent else "",
                agent_version=call.agent_version,
                settings=settings,
                purpose=call.purpose,
                goal=call.goal,
                prompt_override=call.prompt_override,
                variables=call.variables,
                per_minute=billing.per_minute(settings, config.settings().chat_model),
                person_id=None if call.agent_id else call.started_by_user_id,
                answered_by=number.answered_by if number else AnsweredBy.AGENT,
                ring_team_id=number.ring_team_id if number else None,
                ring_s=number.ring_s if number else 0,
                has_voicemail=number.has_voicemail if number else False,
                voicemail_greeting=number.voicemail_greeting if number else "",
                writes_down=number is not None
                and number.writes_calls_down
                and await privacy.mode_of(session, call) != privacy.WITHHELD,
                has_returned=any(event.kind == Kind.RETURNED for event in events),
                said=tuple((str(one.data.get("who")), str(one.data["text"])) for one in said if one.data.get("text")),
            )


async def append(
    call_id: UUID, source: str, event_id: str, kind: str, at: datetime, data: Mapping[str, Any] | None = None
) -> bool:
    """Tell what happened in a call; False when `source` told `event_id` before, and then nothing happens.

    The kinds of `projection.Kind` move the call's status, times and disposition; any other is kept. Raises `NotFound`,
    `Invalid`.
    """
    with org_scope(await owner(call_id)):
        for is_last in (False, False, True):
            try:
                async with unit_of_work() as session:
                    return await log.write(session, call_id, source, event_id, kind, at, data or {})
            except DBAPIError as error:
                # Who merges contacts locks a conversation before its calls. Of two that wait for each other the
                # database ends one, and an event that is told once is not to be lost by that.
                if is_last or not isinstance(error.orig, DeadlockDetected):
                    raise
    raise AssertionError("the last try returns or raises")


async def person(call_id: UUID, user_id: UUID) -> str:
    """Return what somebody of the team that a call is of is called. Raises `NotFound`."""
    org_id = await owner(call_id)
    with org_scope(org_id):
        async with unit_of_work() as session:
            return await queries.name_of(session, org_id, user_id)


async def carrier_events(call_id: UUID, kinds: Sequence[str]) -> list[str]:
    """Return which of these kinds of events the carrier told of a call, in order. Raises `NotFound`."""
    with org_scope(await owner(call_id)):
        async with unit_of_work() as session:
            found = await queries.events(session, call_id, kinds)
    return [one.kind for one in found if one.source == CARRIER]


async def get(session: AsyncSession, call_id: UUID) -> CallRecord:
    """Return a call of the organization. Raises `NotFound`."""
    call = await queries.one(session, org_id_of(session), call_id)
    if call is None:
        raise NotFound("This call does not exist.", code="call_not_found")
    return call


async def by_any_id(session: AsyncSession, call: str) -> UUID:
    """Return the id of a call of the organization that is named by ours or the carrier's. Raises `NotFound`."""
    try:
        given = parse_id(call)
    except Invalid:
        given = None
    found = await queries.by_any_id(session, org_id_of(session), given, call)
    if found is None:
        raise NotFound("This call does not exist.", code="call_not_found")
    return found


async def changed(session: AsyncSession, call_id: UUID) -> None:
    """Tell open tabs that something of a call is new that does not stand in its log."""
    await log.tell_tabs(session, await get(session, call_id))


async def begin(
    session: AsyncSession,
    call: CallRecord,
    conversation: Conversation,
    contact: Contact,
    agent: AgentConfig | None,
    person: Author | None = None,
) -> CallRecord:
    """Keep a new call and show it at the end of its locked conversation; `person` is who makes it themselves."""
    session.add(call)
    await session.flush()
    if call.direction == Direction.INBOUND:
        author = Author(AuthorKind.CONTACT, contact.name or e164.display(call.caller_number), contact.id)
    else:
        author = person or (Author(AuthorKind.AGENT, agent.name, agent.id) if agent else SYSTEM)
    await conversations.append(
        session,
        conversation,
        kind=ItemKind.CALL,
        author=author,
        body=title(call),
        channel=Channel.CALL,
        direction=call.direction,
        status=call.status,
        record_id=call.id,
        data=item_data(call, agent.name if agent else ""),
    )
    return call


class AgentLine(StrEnum):
    """What became of the agent's side of a call, when the carrier asks what follows it."""

    NEVER_OPEN = "never_open"
    ENDED = "ended"
    LOST = "lost"


async def agent_line(found: CallBrief) -> AgentLine:
    """Return what became of the agent's line: as often as it joined, it says goodbye or tells that the call is over."""
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            events = await queries.standing_events(session, found.call_id)
    joined = sum(event.kind == Kind.AGENT_JOINED for event in events)
    left = sum(event.kind == Kind.AGENT_LEFT for event in events)
    is_over = any(event.kind == Kind.ENDED and event.source != CARRIER for event in events)
    # Who came back from a telephone that nobody answered has the agent once more.
    if joined <= sum(event.kind == Kind.RETURNED for event in events):
        return AgentLine.NEVER_OPEN
    return AgentLine.ENDED if is_over or left >= joined else AgentLine.LOST


async def note_lost(found: CallBrief, reason: str = BROKE_OFF) -> None:
    """Keep that the line of whoever spoke with a caller broke off, once, and have people look after the caller."""
    with org_scope(found.org_id):
        async with unit_of_work() as session:
            told = {"reason": reason}
            if await log.write(session, found.call_id, log.OURS, "lost", Kind.AGENT_LOST, clock.now(), told):
                # The call is locked before its conversation, as by everybody who writes its log.
                conversation = await conversations.locked(session, found.conversation_id, with_contact=False)
                await conversations.call_for_person(session, conversation, "the line broke off during a call")


async def owner(call_id: UUID) -> UUID:
    """Return the organization a call is of. Raises `NotFound`."""
    with platform_scope("find whose a call is"):
        async with unit_of_work() as session:
            org_id = await queries.org_of(session, call_id)
    if org_id is None:
        raise NotFound("This call does not exist.", code="call_not_found")
    return org_id
