"""Erase a person: everything, everywhere, and a report that says how much of what is gone but not of whom.

Everything that points at their contact goes with it, found by the tables' own foreign keys; what does not point at it
is erased by whoever keeps it (`core.personal_data`). A refusal stays as a hash, so that it holds for the next row of an
import as well.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, cast, delete, func, or_, select
from sqlmodel import SQLModel, col
from sqlmodel import select as select_rows
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts import queries
from backend.contacts.schemas import ErasureView
from backend.core import audit, clock, jobs, realtime
from backend.core.config import settings
from backend.core.errors import NotFound
from backend.core.personal_data import Person, erasers, erases
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, platform_scope, unit_of_work
from backend.models.contacts import Contact, ContactImportRow, Erasure
from backend.vocab import ErasureStatus, MemberRole

# How long a deleted contact can be brought back.
BIN = timedelta(days=30)
_REASON_LIMIT = 200


async def erase(session: AsyncSession, principal: Principal, contact_id: UUID, reason: str = "") -> ErasureView:
    """Begin to erase a person as a durable job; they leave every list at once. Owners. Raises `NotFound`."""
    principal.require(MemberRole.OWNER)
    contact = await _contact(session, contact_id)
    contact.deleted_at = contact.deleted_at or clock.now()
    session.add(contact)
    made = Erasure(
        org_id=contact.org_id,
        contact_id=contact.id,
        requested_by_user_id=principal.user_id,
        requested_by=principal.name,
        reason=" ".join(reason.split())[:_REASON_LIMIT],
    )
    await _begin(session, made)
    await audit.record(session, principal, "ui:contact:erased", made.id)
    await realtime.announce(session, contact.org_id, "contacts.changed")
    return _view(made)


async def erasure(session: AsyncSession, principal: Principal, erasure_id: UUID) -> ErasureView:
    """Return the report of one erasure. Owners. Raises `NotFound`."""
    principal.require(MemberRole.OWNER)
    query = select_rows(Erasure).where(Erasure.id == erasure_id, Erasure.org_id == org_id_of(session))
    found = (await session.exec(query)).first()
    if found is None:
        raise NotFound("This report does not exist.")
    return _view(found)


async def erasures(session: AsyncSession, principal: Principal, limit: int = 50) -> list[ErasureView]:
    """Return the reports of the newest erasures. Owners."""
    principal.require(MemberRole.OWNER)
    query = select_rows(Erasure).where(Erasure.org_id == org_id_of(session)).order_by(col(Erasure.id).desc())
    return [_view(found) for found in (await session.exec(query.limit(limit))).all()]


async def run(org_id: UUID, erasure_id: UUID) -> None:
    """Erase a person and complete the report; running it again erases what an earlier run left.

    What only the platform may read goes first, in a transaction of its own: who it is about is known no longer than
    the contact is.
    """
    with org_scope(org_id):
        async with unit_of_work() as session:
            made = await _locked(session, erasure_id)
            if made.status == ErasureStatus.DONE:
                return
            person = await _person(session, made.contact_id)
    counts: dict[str, int] = {}
    with platform_scope("erase a person from what only the platform reads"):
        async with unit_of_work() as session:
            for eraser in erasers(as_platform=True):
                counts[eraser.table] = await eraser.erase(session, person)
    with org_scope(org_id):
        async with unit_of_work() as session:
            made = await _locked(session, erasure_id)
            for eraser in erasers(as_platform=False):
                counts[eraser.table] = counts.get(eraser.table, 0) + await eraser.erase(session, person)
            files = await _take_along(session, person, counts)
            made.counts = _sum(made.counts, counts)
            made.pending_files = sorted({*made.pending_files, *files})
            session.add(made)
        await asyncio.to_thread(_unlink, made.pending_files)
        async with unit_of_work() as session:
            made = await _locked(session, erasure_id)
            made.counts = _sum(made.counts, {"files": len(made.pending_files)})
            made.pending_files, made.status, made.finished_at = [], ErasureStatus.DONE, clock.now()
            session.add(made)
            await session.flush()
            await realtime.announce(session, org_id, "erasure.done", subject=str(made.id))


async def purge() -> None:
    """Erase contacts that were deleted a month ago."""
    with platform_scope("find contacts deleted a month ago"):
        async with unit_of_work() as session:
            query = select(col(Contact.org_id), col(Contact.id)).where(
                col(Contact.deleted_at) < clock.now() - BIN,
                col(Contact.merged_into_id).is_(None),
                ~select(col(Erasure.id))
                .where(col(Erasure.contact_id) == col(Contact.id), col(Erasure.status) == ErasureStatus.RUNNING)
                .exists(),
            )
            due = (await session.execute(query.order_by(col(Contact.deleted_at)).limit(500))).all()
    for org_id, contact_id in due:
        with org_scope(org_id):
            async with unit_of_work() as session:
                await _begin(session, Erasure(org_id=org_id, contact_id=contact_id, reason="Deleted a month ago"))


def reached() -> dict[str, list[tuple[str, str]]]:
    """Return every table whose rows go with a contact: for each, its columns and the tables they point at."""
    found: dict[str, list[tuple[str, str]]] = {"contacts": []}
    for table in SQLModel.metadata.sorted_tables:
        ties = [
            (column.name, key.column.table.name)
            for column in table.columns
            for key in column.foreign_keys
            if key.ondelete == "CASCADE" and key.column.table.name in found
        ]
        if ties and table.name != "contacts":
            found[table.name] = ties
    return found


@erases("contact_import_rows")
async def _import_rows(session: AsyncSession, person: Person) -> int:
    """Delete rows of files that could not be taken and hold one of the person's addresses or their name."""
    said = func.lower(cast(col(ContactImportRow.cells), Text))
    words = [*person.addresses, *(number.lstrip("+")[-9:] for number in person.numbers), *person.names]
    digits = func.regexp_replace(said, r"[\s().\-/]", "", "g")
    holds = [said.contains(word.lower(), autoescape=True) for word in words if word]
    holds += [digits.contains(number.lstrip("+")[-9:]) for number in person.numbers]
    if not holds:
        return 0
    gone = await session.execute(
        delete(ContactImportRow).where(col(ContactImportRow.org_id) == person.org_id, or_(*holds))
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


async def _begin(session: AsyncSession, made: Erasure) -> None:
    session.add(made)
    await session.flush()
    await jobs.defer(
        session,
        "contacts.erase",
        lock=f"erasure:{made.contact_id}",
        org_id=str(made.org_id),
        erasure_id=str(made.id),
    )


async def _take_along(session: AsyncSession, person: Person, counts: dict[str, int]) -> list[str]:
    """Count and delete what points at the person's contacts, and return the files those rows name."""
    holds: dict[str, ColumnElement[bool]] = {}
    files: list[str] = []
    ids = list(person.contact_ids)
    for name, ties in reached().items():
        table = SQLModel.metadata.tables[name]
        parts = [table.c[column].in_(_ids(parent, holds[parent])) for column, parent in ties]
        holds[name] = or_(*parts) if parts else table.c.id.in_(ids)
        found = select(func.count()).select_from(table).where(holds[name], table.c.org_id == person.org_id)
        counts[name] = counts.get(name, 0) + int((await session.execute(found)).scalar_one())
        if "path" in table.c:
            paths = select(table.c.path).where(holds[name], table.c.org_id == person.org_id, table.c.path != "")
            files += (await session.execute(paths)).scalars()
    await session.execute(delete(Contact).where(col(Contact.org_id) == person.org_id, col(Contact.id).in_(ids)))
    return files


def _ids(name: str, holds: ColumnElement[bool]) -> Any:
    table: Table = SQLModel.metadata.tables[name]
    return select(table.c.id).where(holds)


async def _person(session: AsyncSession, contact_id: UUID) -> Person:
    """Return who a contact is, with everybody that was merged into it; nobody when an earlier run was through."""
    org_id = org_id_of(session)
    found = await session.exec(select_rows(Contact).where(Contact.id == contact_id, Contact.org_id == org_id))
    contact = found.first()
    known = [contact, *await queries.aliases(session, org_id, contact.id)] if contact else []
    return Person(
        org_id=org_id,
        contact_ids=tuple(one.id for one in known),
        numbers=tuple(one.phone_number for one in known if one.phone_number),
        emails=tuple(one.email.lower() for one in known if one.email),
        names=tuple({one.name for one in known if " " in one.name}),
    )


async def _contact(session: AsyncSession, contact_id: UUID) -> Contact:
    query = select_rows(Contact).where(Contact.id == contact_id, Contact.org_id == org_id_of(session))
    contact = (await session.exec(query.with_for_update())).first()
    if contact is None or contact.merged_into_id is not None:
        raise NotFound("This contact does not exist.")
    return contact


async def _locked(session: AsyncSession, erasure_id: UUID) -> Erasure:
    query = select_rows(Erasure).where(Erasure.id == erasure_id, Erasure.org_id == org_id_of(session))
    return (await session.exec(query.with_for_update().execution_options(populate_existing=True))).one()


def _sum(counts: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    return {name: counts.get(name, 0) + more.get(name, 0) for name in sorted({*counts, *more})}


def _unlink(paths: Sequence[str]) -> None:
    for path in paths:
        (settings().media_dir / path).unlink(missing_ok=True)


def _view(made: Erasure) -> ErasureView:
    return ErasureView(
        id=str(made.id),
        status=made.status,
        by=made.requested_by,
        at=made.created_at.isoformat(),
        finished_at=made.finished_at.isoformat() if made.finished_at else "",
        counts={name: count for name, count in made.counts.items() if count},
    )
