"""Erase a person from the ground: the audit log, remembered answers and the queue."""

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.personal_data import Person, erases


@erases("audit_log")
async def _audit(session: AsyncSession, person: Person) -> int:
    """Leave that something was done and by whom, and take away to whom."""
    gone = await session.execute(
        text(
            "update audit_log set subject_id = 'erased', details = '{}' where org_id = :org and (subject_id = any(:ids)"
            " or exists (select 1 from unnest(cast(:words as text[])) word where position(word in details::text) > 0))"
        ),
        {"org": person.org_id, "ids": [*map(str, person.contact_ids), *person.addresses], "words": _marks(person)},
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


@erases("idempotency_keys")
async def _answers(session: AsyncSession, person: Person) -> int:
    """Delete remembered answers that name the person; a repeated request is then answered anew."""
    gone = await session.execute(
        text(
            "delete from idempotency_keys where org_id = :org and exists"
            " (select 1 from unnest(cast(:words as text[])) word where position(word in response_body::text) > 0)"
        ),
        {"org": person.org_id, "words": _marks(person)},
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


@erases("procrastinate_jobs", as_platform=True)
async def _jobs(session: AsyncSession, person: Person) -> int:
    """Delete jobs that ended and were locked by the person's number with one of the organization's."""
    gone = await session.execute(
        text(
            "delete from procrastinate_jobs job where job.status in ('failed', 'succeeded', 'cancelled', 'aborted')"
            " and exists (select 1 from unnest(cast(:numbers as text[])) theirs, service_numbers ours"
            " where ours.org_id = :org and position(theirs in job.lock) > 0"
            " and position(ours.phone_number in job.lock) > 0)"
        ),
        {"org": person.org_id, "numbers": list(person.numbers)},
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _marks(person: Person) -> list[str]:
    return [*person.addresses, *map(str, person.contact_ids)]
