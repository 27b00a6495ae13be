"""Remove recordings and words of calls that their organization keeps no longer."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from backend.calls import service as calls
from backend.core import audit, clock
from backend.core.config import settings
from backend.core.tenancy import org_id_of, org_scope, platform_scope, unit_of_work
from backend.models.organizations import Organization
from backend.models.recordings import CallRecording

# So many calls in one transaction, and so many transactions an hour for one organization.
AT_ONCE, MOST_BATCHES = 100, 50


async def remove_old() -> None:
    """Remove what is too old in every organization that keeps calls for a number of days."""
    with platform_scope("find who keeps calls for a number of days"):
        async with unit_of_work() as session:
            query = select(col(Organization.id), col(Organization.calls_kept_days)).where(
                col(Organization.calls_kept_days) > 0, col(Organization.calls_kept_from) <= clock.now()
            )
            found = (await session.execute(query)).all()
    for org_id, days in found:
        with org_scope(org_id):
            await _remove(clock.now() - timedelta(days=days), days)


async def _remove(before: datetime, days: int) -> None:
    removed = 0
    for _ in range(MOST_BATCHES):
        async with unit_of_work() as session:
            old = await calls.too_old(session, before, AT_ONCE)
            gone = delete(CallRecording).where(
                col(CallRecording.org_id) == org_id_of(session), col(CallRecording.call_id).in_(old)
            )
            paths = list((await session.execute(gone.returning(col(CallRecording.path)))).scalars())
            await calls.empty(session, old)
            # Files first: a row that is rolled back is found again, a file without a row never.
            await asyncio.to_thread(_unlink, paths)
        removed += len(old)
        if len(old) < AT_ONCE:
            break
    if removed:
        async with unit_of_work() as session:
            org_id: UUID = org_id_of(session)
            await audit.record(session, None, "system:call:emptied", org_id, {"calls": removed, "days": days})


def _unlink(paths: Sequence[str]) -> None:
    for path in paths:
        if path:
            (settings().media_dir / path).unlink(missing_ok=True)
