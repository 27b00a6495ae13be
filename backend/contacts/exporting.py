"""Write contacts out as CSV, page by page, so that a hundred thousand need no more memory than fifty."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts import fields, values
from backend.contacts.listing import page
from backend.contacts.schemas import ContactFilter
from backend.core import audit, exports
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.models.contacts import Contact
from backend.vocab import MemberRole

PAGE = 1000
_PLAIN = (
    "name", "first_name", "last_name", "phone_number", "email", "company", "job_title", "address", "city", "region",
    "country", "notes",
)  # fmt: skip


async def export(principal: Principal, wanted: ContactFilter) -> AsyncIterator[str]:
    """Yield a filter's contacts as CSV in the list's order, beginning with the columns' names.

    The columns carry the names an import knows, so that a file of ours comes back in as it went out. Editors; audited.
    """
    principal.require(MemberRole.EDITOR)
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            known = await fields.definitions(session)
            await audit.record(session, principal, "ui:contact:exported", "", {"chosen": len(wanted.ids)})
    keys = [field.key for field in known]

    async def read(session: AsyncSession, after: str | None) -> tuple[list[list[str]], str]:
        found = await page(session, wanted, after or "", PAGE)
        rows = {row["id"]: row for row in found.rows}
        query = select(Contact).where(
            Contact.org_id == principal.org_id, col(Contact.id).in_([UUID(id) for id in rows])
        )
        by_id = {str(contact.id): contact for contact in (await session.exec(query)).all()}
        return [_cells(by_id[id], row, keys) for id, row in rows.items() if id in by_id], found.next

    columns = [*_PLAIN, "tags", *(field.label for field in known), "sms_opted_out", "created_at"]
    async for part in exports.pages(principal.org_id, columns, read):
        yield part


def _cells(contact: Contact, row: Any, keys: list[str]) -> list[str]:
    plain = [str(getattr(contact, key) or "") for key in _PLAIN]
    own = [values.shown(contact.custom_fields.get(key)) for key in keys]
    names = ", ".join(tag["name"] for tag in row["tags"])
    left = "yes" if row["is_opted_out"] else "no"
    return [*plain, names, *own, left, contact.created_at.isoformat()]
