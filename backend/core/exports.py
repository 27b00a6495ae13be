"""Write a list out as CSV page by page, each page read in a unit of work of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import spreadsheets
from backend.core.tenancy import org_scope, unit_of_work

Place = TypeVar("Place")
# Reads the rows after a place, None at the beginning, and the place to go on from, None or "" at the end.
ReadPage = Callable[[AsyncSession, Place | None], Awaitable[tuple[Sequence[Sequence[str]], Place | None]]]


async def pages(
    org_id: UUID, columns: Sequence[str], read: ReadPage[Place], *, most: int | None = None
) -> AsyncIterator[str]:
    """Yield the names of the columns and then each page of an organization's rows, as a spreadsheet reads them.

    With `most` no further page is begun once so many rows were written.
    """
    # A byte-order mark, because the commonest spreadsheet takes UTF-8 for something older without it.
    yield spreadsheets.BYTE_ORDER_MARK + spreadsheets.line(columns)
    after: Place | None = None
    count, is_first = 0, True
    while (after or is_first) and (most is None or count < most):
        is_first = False
        with org_scope(org_id):
            async with unit_of_work() as session:
                rows, after = await read(session, after)
        count += len(rows)
        yield "".join(spreadsheets.line(row) for row in rows)
