"""Erase a person from the callers whom agents do not answer; their calls go with their contact."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.personal_data import Person, erases


@erases("call_whitelist")
async def _whitelist(session: AsyncSession, person: Person) -> int:
    """Delete what was said of the person's numbers."""
    gone = await session.execute(
        text(
            "delete from call_whitelist where org_id = :org"
            " and (caller_number = any(:numbers) or forward_to = any(:numbers))"
        ),
        {"org": person.org_id, "numbers": list(person.numbers)},
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
