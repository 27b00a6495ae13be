"""Erase a person from what the team asked the assistant about them."""

import re

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.personal_data import Person, erases
from backend.numbers import e164

_TALKS = text(
    "delete from assistant_conversations talk where talk.org_id = :org and exists ("
    " select 1 from (select talk.title as words"
    "   union all select one::text from assistant_messages one where one.conversation_id = talk.id"
    "   union all select one::text from assistant_proposals one where one.conversation_id = talk.id) as held"
    " where exists (select 1 from unnest(cast(:words as text[])) word where position(word in held.words) > 0)"
    "   or exists (select 1 from unnest(cast(:names as text[])) name where held.words ~* name))"
)


@erases("assistant_conversations")
@erases("assistant_messages")
@erases("assistant_proposals")
async def _talks(session: AsyncSession, person: Person) -> int:
    """Delete the talks in which the person is named: a sentence about them is not mended by leaving a word out."""
    words = [word for word in (*person.addresses, *map(e164.display, person.numbers)) if word]
    gone = await session.execute(
        _TALKS,
        {
            "org": person.org_id,
            "words": [*words, *map(str, person.contact_ids)],
            "names": [rf"\m{re.escape(name)}\M" for name in person.names if name.strip()],
        },
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
