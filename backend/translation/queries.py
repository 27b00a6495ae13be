"""Read what of a conversation or call is not translated yet, and keep translations beside it, in one statement each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel.ext.asyncio.session import AsyncSession

# A translation is kept with its language; one that is empty says that the words are in that language already.
_ITEMS = text(
    "select id, id as known_as, body from conversation_items"
    " where org_id = :org and conversation_id = :conversation and seq > :after and kind = 'message'"
    " and body <> '' and length(body) <= :longest"
    " and data #>> '{translation,language}' is distinct from :language order by seq"
)
_LINES = text(
    "select id, id as known_as, data ->> 'text' as body from call_events"
    " where org_id = :org and call_id = :call and kind = 'transcript.line' and data ->> 'text' <> ''"
    " and length(data ->> 'text') <= :longest and data #>> '{translation,language}' is distinct from :language"
    " order by at, id limit :most"
)
_GIVEN_ITEMS = text(
    "select id, record_id as known_as, body, coalesce(data #>> '{translation,text}', '') as translation,"
    " coalesce(data #>> '{translation,language}', '') as language from conversation_items"
    " where org_id = :org and kind = 'message' and record_id = any(:ids)"
).bindparams(bindparam("ids", type_=ARRAY(Uuid())))
_GIVEN_LINES = text(
    "select id, id as known_as, data ->> 'text' as body, coalesce(data #>> '{translation,text}', '') as translation,"
    " coalesce(data #>> '{translation,language}', '') as language from call_events"
    " where org_id = :org and kind = 'transcript.line' and id = any(:ids)"
).bindparams(bindparam("ids", type_=ARRAY(Uuid())))
# Only where the words are still those that were translated: what was removed meanwhile stays removed.
_KEEP = "set data = data || jsonb_build_object('translation', cast(:translation as jsonb)), updated_at = now()"
_KEEP_ITEM = text(
    f"update conversation_items {_KEEP} where org_id = :org and id = :id and body = :body"
    " returning conversation_id as place, seq"
)
_KEEP_LINE = text(
    f"update call_events {_KEEP} where org_id = :org and id = :id and data ->> 'text' = :body"
    " returning call_id as place, 0 as seq"
)


@dataclass(frozen=True)
class Said:
    """Words to translate, and what is kept of them: the translation in `language`, both empty where there is none.

    `id` is of their row, `known_as` the id by which programs know them.
    """

    id: UUID
    known_as: UUID
    body: str
    translation: str = ""
    language: str = ""


async def items(
    session: AsyncSession, org_id: UUID, conversation_id: UUID, language: str, *, after: int, longest: int
) -> list[Said]:
    """Return the messages of a conversation after a place that are not in `language`, oldest first."""
    given = {"conversation": conversation_id, "after": after, "language": language, "longest": longest}
    return await _said(session, _ITEMS, {"org": org_id, **given})


async def lines(
    session: AsyncSession, org_id: UUID, call_id: UUID, language: str, *, most: int, longest: int
) -> list[Said]:
    """Return the lines of a call that are not in `language`, oldest first."""
    given = {"call": call_id, "language": language, "most": most, "longest": longest}
    return await _said(session, _LINES, {"org": org_id, **given})


async def given(session: AsyncSession, org_id: UUID, ids: Sequence[UUID], *, is_call: bool) -> list[Said]:
    """Return messages by their ids, or lines of calls by theirs; unknown ones are left out."""
    return await _said(session, _GIVEN_LINES if is_call else _GIVEN_ITEMS, {"org": org_id, "ids": list(ids)})


async def keep(
    session: AsyncSession, org_id: UUID, said: Said, translation: str, language: str, *, is_call: bool
) -> tuple[UUID, int] | None:
    """Keep a translation; return the call or conversation and the place in it, None where the words are gone."""
    kept = json.dumps({"language": language, "text": translation})
    values = {"org": org_id, "id": said.id, "body": said.body, "translation": kept}
    found = (await (await session.connection()).execute(_KEEP_LINE if is_call else _KEEP_ITEM, values)).first()
    return (found.place, found.seq) if found else None


async def _said(session: AsyncSession, query: TextClause, values: dict[str, object]) -> list[Said]:
    rows = await (await session.connection()).execute(query, values)
    return [Said(**row) for row in rows.mappings()]
