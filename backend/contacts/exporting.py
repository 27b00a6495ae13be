"""Write contacts out as CSV, page by page, so that a hundred thousand need no more memory than fifty."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from backend.contacts import fields, values
from backend.contacts.listing import page
from backend.contacts.schemas import ContactFilter
from backend.core import audit, spreadsheets
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
    # A byte-order mark, because the commonest spreadsheet takes UTF-8 for something older without it.
    yield spreadsheets.BYTE_ORDER_MARK + spreadsheets.line(
        [*_PLAIN, "tags", *(field.label for field in known), "sms_opted_out", "created_at"]
    )
    after, is_first = "", True
    while after or is_first:
        is_first = False
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await page(session, wanted, after, PAGE)
                rows = {row["id"]: row for row in found.rows}
                query = select(Contact).where(
                    Contact.org_id == principal.org_id, col(Contact.id).in_([UUID(id) for id in rows])
                )
                by_id = {str(contact.id): contact for contact in (await session.exec(query)).all()}
        lines = [_line(by_id[id], row, [field.key for field in known]) for id, row in rows.items() if id in by_id]
        if lines:
            yield "".join(lines)
        after = found.next


def _line(contact: Contact, row: Any, keys: list[str]) -> str:
    plain = [str(getattr(contact, key) or "") for key in _PLAIN]
    own = [values.shown(contact.custom_fields.get(key)) for key in keys]
    names = ", ".join(tag["name"] for tag in row["tags"])
    left = "yes" if row["is_opted_out"] else "no"
    return spreadsheets.line([*plain, names, *own, left, contact.created_at.isoformat()])
