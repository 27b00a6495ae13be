"""Read what was spoken in a call and what else happened in it, in the order of time."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, tuple_
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import records, requests
from backend.calls.projection import Kind
from backend.calls.schemas import (
    GAVE,
    HELD,
    LINE,
    LIVE,
    NOTE,
    PARTY_CHARGED,
    PARTY_RUNG,
    PARTY_TRIED,
    READ_ALONG,
    RESUMED,
    TOOK,
    WHISPER,
    Happening,
    Line,
    Transcript,
)
from backend.core.tenancy import org_id_of
from backend.models.calls import CallEvent

PAGE = 100
MOST_HAPPENINGS = 200
# These happen once in a call, however many tell of them.
_ONCE = frozenset({Kind.INITIATED, Kind.RINGING, Kind.ANSWERED, Kind.ENDED, Kind.OWN_ANSWERED, Kind.CALLEE_ENDED})
# What is read with the transcript, and what only tells that somebody was heard.
_ELSEWHERE = (*READ_ALONG, requests.DONE, PARTY_TRIED, PARTY_RUNG, PARTY_CHARGED)
_ASIDE = {WHISPER: "whisper", NOTE: "note", TOOK: "took", GAVE: "gave", HELD: "held", RESUMED: "resumed"}
_E = CallEvent
# What there is to say of an event, the first that it has.
_TOLD = ("reason", "label", "to", "result")


async def transcript(
    session: AsyncSession, call_id: UUID, *, before: UUID | None = None, after: UUID | None = None, limit: int = PAGE
) -> Transcript:
    """Return what was spoken before or after a line; without one, the beginning, or of a live call the end.

    Raises `NotFound`.
    """
    call = await records.get(session, call_id)
    from_end = before is not None or (after is None and call.status in LIVE)
    found = await _lines(session, call_id, READ_ALONG, before=before, after=after, from_end=from_end, limit=limit + 1)
    has_more = len(found) > limit
    shown = found[:limit]
    lines = [_line(one) for one in (reversed(shown) if from_end else shown)]
    if from_end:
        return Transcript(lines, has_earlier=has_more, has_later=False)
    return Transcript(lines, has_earlier=False, has_later=has_more)


async def translated(session: AsyncSession, line_ids: Sequence[UUID]) -> dict[str, Line]:
    """Return those of the lines that are translated, by their ids."""
    is_translated = text("data ? 'translation'")
    query = select(_E).where(col(_E.org_id) == org_id_of(session), col(_E.id).in_(line_ids), is_translated)
    return {str(one.id): _line(one) for one in (await session.execute(query)).scalars()}


async def everything_said(session: AsyncSession, call_id: UUID, most: int) -> list[Line]:
    """Return up to `most` lines of a call from its beginning."""
    found = await _lines(session, call_id, (LINE,), before=None, after=None, from_end=False, limit=most)
    return [_line(one) for one in found]


async def happenings(session: AsyncSession, call_id: UUID) -> list[Happening]:
    """Return what happened in a call beside what was spoken, oldest first."""
    query = (
        select(_E)
        .where(col(_E.org_id) == org_id_of(session), col(_E.call_id) == call_id, col(_E.kind).not_in(_ELSEWHERE))
        .order_by(col(_E.at), col(_E.id))
        .limit(MOST_HAPPENINGS)
    )
    found = (await session.execute(query)).scalars().all()
    shown: list[Happening] = []
    told: dict[str, Happening] = {}
    for one in found:
        happening = Happening(id=str(one.id), kind=one.kind, at=one.at.isoformat(), detail=_detail(one.kind, one.data))
        if one.kind in _ONCE and one.kind in told:
            # The carrier and we both tell of it; whoever knows why says so.
            told[one.kind]["detail"] = told[one.kind]["detail"] or happening["detail"]
            continue
        told[one.kind] = happening
        shown.append(happening)
    return shown


async def _lines(
    session: AsyncSession,
    call_id: UUID,
    kinds: Sequence[str],
    *,
    before: UUID | None,
    after: UUID | None,
    from_end: bool,
    limit: int,
) -> Sequence[CallEvent]:
    org_id = org_id_of(session)
    place = tuple_(col(_E.at), col(_E.id))
    is_said = text("data ->> 'text' <> ''")
    query = select(_E).where(col(_E.org_id) == org_id, col(_E.call_id) == call_id, col(_E.kind).in_(kinds), is_said)
    for given, is_before in ((before, True), (after, False)):
        if given is not None:
            there = select(col(_E.at), col(_E.id)).where(col(_E.org_id) == org_id, col(_E.id) == given)
            here = there.scalar_subquery()
            query = query.where(place < here if is_before else place > here)
    order = (col(_E.at).desc(), col(_E.id).desc()) if from_end else (col(_E.at), col(_E.id))
    return (await session.execute(query.order_by(*order).limit(limit))).scalars().all()


def _line(event: CallEvent) -> Line:
    translation = event.data.get("translation") or {}
    return Line(
        id=str(event.id),
        who=_ASIDE.get(event.kind) or str(event.data.get("who") or ""),
        by=str(event.data.get("by") or ""),
        text=str(event.data.get("text") or ""),
        at=event.at.isoformat(),
        began_at=str(event.data.get("began_at") or ""),
        is_interrupted=bool(event.data.get("is_interrupted")),
        translation=str(translation.get("text") or ""),
        translated_into=str(translation.get("language") or ""),
    )


def _detail(kind: str, data: Mapping[str, Any]) -> str:
    """Return what people want to know of an event; keys somebody pressed, ids and words of carriers are none of it."""
    if kind == "tool.called":
        name = str(data.get("name") or "").replace("_", " ")
        return ": ".join(part for part in (name, str(data.get("message") or "")[:300]) if part)
    if kind in ("keypad.pressed", "recording.told", "call.answered", "line.left"):
        return ""
    return next((str(data[name])[:300] for name in _TOLD if data.get(name)), "")
