"""Write calls out as CSV, page by page."""

from collections.abc import AsyncIterator

from backend.calls import listing
from backend.calls.schemas import CallListFilter
from backend.core import audit, spreadsheets
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import MemberRole

AT_ONCE = 1000
_COLUMNS = (
    "started_at", "direction", "number", "contact_name", "service_number", "agent_name", "agent_version", "status",
    "disposition", "reason", "duration_s", "outcome", "sentiment", "summary", "action_items", "purpose", "goal",
    "cost_micros", "id",
)  # fmt: skip


async def export(principal: Principal, wanted: CallListFilter) -> AsyncIterator[str]:
    """Yield a filter's calls as CSV, newest first, beginning with the columns' names. Editors; audited."""
    principal.require(MemberRole.EDITOR)
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            await audit.record(session, principal, "ui:call:exported")
    yield spreadsheets.BYTE_ORDER_MARK + spreadsheets.line(_COLUMNS)
    after, is_first = "", True
    while after or is_first:
        is_first = False
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                found = await listing.page(session, wanted, after, AT_ONCE)
        yield "".join(
            spreadsheets.line(
                [" · ".join(row["action_items"]) if name == "action_items" else str(row[name]) for name in _COLUMNS]  # type: ignore[literal-required]
            )
            for row in found.rows
        )
        after = found.next
