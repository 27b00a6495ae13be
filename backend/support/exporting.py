"""Write tickets out as CSV, page by page."""

from collections.abc import AsyncIterator

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, exports
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.support import listing
from backend.support.schemas import TicketFilter, TicketRow
from backend.vocab import MemberRole

AT_ONCE = 1000
_COLUMNS = (
    "ticket_ref", "status", "priority", "subject", "description", "contact_name", "contact_phone", "email",
    "assigned_name", "due_date", "opened_by", "created_at", "closed_at",
)  # fmt: skip


async def export(principal: Principal, wanted: TicketFilter) -> AsyncIterator[str]:
    """Yield a filter's tickets as CSV, newest first, beginning with the columns' names. Editors; audited."""
    principal.require(MemberRole.EDITOR)
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            await audit.record(session, principal, "ui:ticket:exported")

    async def read(session: AsyncSession, after: str | None) -> tuple[list[list[str]], str]:
        found = await listing.page(session, wanted, after or "", AT_ONCE)
        return [_cells(row) for row in found.rows], found.next

    async for part in exports.pages(principal.org_id, _COLUMNS, read):
        yield part


def _cells(row: TicketRow) -> list[str]:
    return [str(row[name]) for name in _COLUMNS]  # type: ignore[literal-required]
