"""Show calls to people: a page of them as they were filtered and searched, newest first, and one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, RowMapping, Uuid, any_, literal, or_, select, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls.schemas import LIVE, REACHED, CallLine, CallListFilter, CallPage, given_to, is_missed
from backend.conversations import search
from backend.conversations.search import Asked
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.tenancy import org_id_of
from backend.models.agents import AgentConfig
from backend.models.calls import CallRecord
from backend.models.contacts import Contact
from backend.numbers import e164
from backend.vocab import Direction, Disposition

PAGE = 50
SEARCH_LIMIT = 80
LIVE_RESULT, MISSED_RESULT = "live", "missed"
RESULTS = (LIVE_RESULT, MISSED_RESULT, *Disposition)
# What more lines or people than this hold is asked of each call in the list's order: soon enough are found.
MOST_HITS = 5_000
FOUND_LENGTH = 160
_C = CallRecord
_SHOWN: Any = (
    select(_C, col(Contact.name).label("contact_name"), col(AgentConfig.name).label("agent_name"))
    .join(Contact, col(Contact.id) == col(_C.contact_id))
    .outerjoin(AgentConfig, col(AgentConfig.id) == col(_C.agent_id))
)
_SAID_IN = text("select call_id from call_matches(cast(:said as tsquery), :most)")
_KNOWN_AS = text("select id from contact_matches(cast(:known as tsquery), :most)")
_IS_SAID = text(
    "exists (select 1 from call_events event where event.call_id = call_records.id"
    " and event.words @@ cast(:said as tsquery))"
)
_IS_KNOWN = text("contacts.search @@ cast(:known as tsquery)")
_FOUND = text(
    "select chosen.id, hit.body from unnest(cast(:ids as uuid[])) chosen(id), lateral ("
    " select data ->> 'text' as body from call_events where org_id = :org and call_id = chosen.id"
    " and words @@ cast(:said as tsquery) order by at limit 1) hit"
)


async def page(session: AsyncSession, wanted: CallListFilter, after: str = "", limit: int = PAGE) -> CallPage:
    """Return one page of calls, newest first. Raises `Invalid` for a filter or a place that is none.

    A search finds what was said in calls, and those of people by name, number or address.
    """
    conditions = _conditions(wanted)
    org_id = org_id_of(session)
    asked = search.asked(org_id, wanted.search) if wanted.search.strip() else None
    if wanted.search.strip():
        if asked is None:
            return CallPage([], "")
        conditions.append(await _holding(session, asked))
    query = _SHOWN.where(col(_C.org_id) == org_id, *conditions).order_by(col(_C.id).desc()).limit(limit + 1)
    if after:
        query = query.where(col(_C.id) < parse_id(after, "after"))
    found = (await session.execute(query)).mappings().all()
    shown = found[:limit]
    hits = await _hits(session, org_id, asked, [one[_C].id for one in shown]) if asked and shown else {}
    rows = [_row(one, hits) for one in shown]
    return CallPage(rows, rows[-1]["id"] if len(found) > limit else "")


async def one_line(session: AsyncSession, call_id: UUID) -> CallLine:
    """Return one call. Raises `NotFound`."""
    query = _SHOWN.where(col(_C.org_id) == org_id_of(session), col(_C.id) == call_id)
    found = (await session.execute(query)).mappings().first()
    if found is None:
        raise NotFound("This call does not exist.", code="call_not_found")
    return _row(found, {})


def _conditions(wanted: CallListFilter) -> list[ColumnElement[bool]]:
    if wanted.direction and wanted.direction not in list(Direction):
        raise Invalid(f"Choose one of: {', '.join(Direction)}.", field="direction")
    if wanted.result and wanted.result not in RESULTS:
        raise Invalid("Calls are not told apart by this.", field="result")
    if len(wanted.search) > SEARCH_LIMIT:
        raise Invalid(f"Search for at most {SEARCH_LIMIT} characters.", field="search")
    conditions: list[ColumnElement[bool]] = []
    if wanted.direction:
        conditions.append(col(_C.direction) == wanted.direction)
    if wanted.result == LIVE_RESULT:
        conditions.append(col(_C.status).in_(LIVE))
    elif wanted.result == MISSED_RESULT:
        conditions += [
            col(_C.direction) == Direction.INBOUND,
            col(_C.status).not_in(LIVE),
            col(_C.disposition).not_in(REACHED),
        ]
    elif wanted.result:
        conditions.append(col(_C.disposition) == wanted.result)
    if wanted.agent_id is not None:
        conditions.append(col(_C.agent_id) == wanted.agent_id)
    if wanted.service_number:
        conditions.append(col(_C.service_number) == wanted.service_number)
    if wanted.since is not None:
        conditions.append(col(_C.created_at) >= wanted.since)
    if wanted.until is not None:
        conditions.append(col(_C.created_at) < wanted.until)
    return conditions


async def _holding(session: AsyncSession, asked: Asked) -> ColumnElement[bool]:
    said = (await session.execute(_SAID_IN, {"said": asked.said, "most": MOST_HITS})).scalars().all()
    known = (await session.execute(_KNOWN_AS, {"known": asked.known, "most": MOST_HITS})).scalars().all()
    spoken: Any = _IS_SAID.bindparams(said=asked.said) if len(said) >= MOST_HITS else _among(_C.id, set(said))
    theirs: Any = (
        _IS_KNOWN.bindparams(known=asked.known) if len(known) >= MOST_HITS else _among(_C.contact_id, set(known))
    )
    return or_(spoken, theirs)


def _among(column: Any, ids: set[UUID]) -> ColumnElement[bool]:
    """Return the condition that a column is one of any number of ids, sent as one array."""
    return col(column) == any_(literal(list(ids), ARRAY(Uuid)))


async def _hits(session: AsyncSession, org_id: UUID, asked: Asked, ids: list[UUID]) -> Mapping[UUID, str]:
    rows = await session.execute(_FOUND, {"ids": ids, "org": org_id, "said": asked.said})
    return {call_id: " ".join(body.split())[:FOUND_LENGTH] for call_id, body in rows}


def _row(found: RowMapping, hits: Mapping[UUID, str]) -> CallLine:
    call: CallRecord = found[_C]
    return CallLine(
        id=str(call.id),
        direction=call.direction,
        status=call.status,
        disposition=call.disposition,
        reason=call.disposition_reason,
        is_missed=is_missed(call),
        is_live=call.status in LIVE,
        contact_id=str(call.contact_id),
        contact_name=found["contact_name"] or "",
        conversation_id=str(call.conversation_id),
        number=call.caller_number,
        number_display=e164.display(call.caller_number),
        service_number=call.service_number,
        service_display=e164.display(call.service_number),
        agent_id=str(call.agent_id or ""),
        agent_name=found["agent_name"] or "",
        agent_version=call.agent_version,
        started_at=call.started_at.isoformat(),
        answered_at=_iso(call.answered_at),
        ended_at=_iso(call.ended_at),
        duration_s=call.duration_s,
        purpose=call.purpose,
        goal=call.goal,
        template=call.template_title,
        given=given_to(call),
        summary=call.summary,
        outcome=call.outcome,
        sentiment=call.sentiment,
        action_items=list(call.action_items),
        collected=call.collected,
        cost_micros=call.cost_micros,
        costs=dict(call.costs),
        found=hits.get(call.id, ""),
    )


def _iso(moment: Any) -> str:
    return moment.isoformat() if moment else ""
