"""Erase a person from calls that were tried without a conversation; the others go with theirs."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.personal_data import Person, erases


@erases("tool_calls")
async def _tries(session: AsyncSession, person: Person) -> int:
    """Delete tries that name the person."""
    gone = await session.execute(
        text(
            "delete from tool_calls where org_id = :org and conversation_id is null and exists"
            " (select 1 from unnest(cast(:words as text[])) word where position(word in"
            " concat_ws(' ', arguments::text, request::text, told::text, result)) > 0)"
        ),
        {"org": person.org_id, "words": [*person.addresses, *person.names]},
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
