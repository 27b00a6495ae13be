"""Write calls out as CSV, page by page."""

from collections.abc import AsyncIterator

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import listing
from backend.calls.schemas import CallLine, CallListFilter
from backend.core import audit, exports
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.vocab import MemberRole

AT_ONCE = 1000
_COLUMNS = (
    "started_at", "direction", "number", "contact_name", "service_number", "agent_name", "agent_version", "status",
    "disposition", "reason", "duration_s", "outcome", "sentiment", "summary", "action_items", "purpose", "goal",
    "template", "cost_micros", "id",
)  # fmt: skip


async def export(principal: Principal, wanted: CallListFilter) -> AsyncIterator[str]:
    """Yield a filter's calls as CSV, newest first, beginning with the columns' names. Editors; audited."""
    principal.require(MemberRole.EDITOR)
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            await audit.record(session, principal, "ui:call:exported")

    async def read(session: AsyncSession, after: str | None) -> tuple[list[list[str]], str]:
        found = await listing.page(session, wanted, after or "", AT_ONCE)
        return [_cells(row) for row in found.rows], found.next

    async for part in exports.pages(principal.org_id, _COLUMNS, read):
        yield part


def _cells(row: CallLine) -> list[str]:
    told = {**row, "action_items": " · ".join(row["action_items"])}
    return [str(told[name]) for name in _COLUMNS]
