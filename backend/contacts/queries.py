"""Read contacts by what a person remembers of them: part of a name, some digits of a number."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.models.contacts import Contact

# Fewer digits would match most numbers.
MIN_DIGITS = 3


def holds(text: str) -> Any:
    """Return the condition that a contact's name holds `text`, or its number the digits of `text`."""
    words = text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    digits = "".join(character for character in text if character.isdigit())
    conditions = [col(Contact.name).ilike(f"%{words}%")]
    if len(digits) >= MIN_DIGITS:
        conditions.append(col(Contact.phone_number).like(f"%{digits}%"))
    return or_(*conditions)


async def matching(session: AsyncSession, org_id: UUID, text: str, limit: int) -> list[Contact]:
    """Return up to `limit` contacts that match `text`, named ones first."""
    query = (
        select(Contact)
        .where(Contact.org_id == org_id, holds(text))
        .order_by((col(Contact.name) == "").asc(), col(Contact.name), col(Contact.id))
        .limit(limit)
    )
    return list((await session.exec(query)).all())
