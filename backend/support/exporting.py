"""Write tickets out as CSV, page by page."""

from collections.abc import AsyncIterator

from backend.core import audit, spreadsheets
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.support import listing
from backend.support.schemas import TicketFilter
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
    yield spreadsheets.BYTE_ORDER_MARK + spreadsheets.line(_COLUMNS)
    after, is_first = "", True
    while after or is_first:
        is_first = False
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await listing.page(session, wanted, after, AT_ONCE)
        yield "".join(spreadsheets.line([str(row[name]) for name in _COLUMNS]) for row in found.rows)  # type: ignore[literal-required]
        after = found.next
