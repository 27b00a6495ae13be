"""Write a list out as CSV page by page, each page read in a unit of work of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import spreadsheets
from backend.core.tenancy import org_scope, unit_of_work

# Reads the rows after a place, "" at the beginning, and the place to go on from, "" at the end.
ReadPage = Callable[[AsyncSession, str], Awaitable[tuple[Sequence[Sequence[str]], str]]]


async def pages(org_id: UUID, columns: Sequence[str], read: ReadPage) -> AsyncIterator[str]:
    """Yield the names of the columns and then each page of an organization's rows, as a spreadsheet reads them."""
    yield spreadsheets.BYTE_ORDER_MARK + spreadsheets.line(columns)
    after, is_first = "", True
    while after or is_first:
        is_first = False
        with org_scope(org_id):
            async with unit_of_work() as session:
                rows, after = await read(session, after)
        yield "".join(spreadsheets.line(row) for row in rows)
