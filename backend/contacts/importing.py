"""Bring contacts in from a file: keep it, plan it, run it in batches, stop it, and say what could not be taken.

A batch and the count of rows done commit together, so an import that dies goes on behind the last whole batch.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import phonenumbers
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts import columns, csv_files, editing, fields, import_files, import_rows
from backend.contacts.schemas import ImportPlan, ImportView, PreviewRow
from backend.core import audit, clock, jobs, realtime, spreadsheets
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, platform_scope, unit_of_work
from backend.models.contacts import ContactField, ContactImport, ContactImportRow
from backend.tags import service as tags
from backend.vocab import DuplicatePolicy, ImportStatus, MemberRole

MAX_BYTES = 20_000_000
_SHOWN = 8
# A file that nobody imports within a day was looked at and left.
KEPT_FOR = timedelta(days=1)


async def upload(session: AsyncSession, principal: Principal, filename: str, content: bytes) -> ImportView:
    """Keep a file and say how it is understood: its layout, and for each column the field it most likely is. Editors.

    Raises `Invalid` (`too_large`, `empty`, `not_a_table`, `unreadable`); then nothing is kept.
    """
    principal.require(MemberRole.EDITOR)
    if len(content) > MAX_BYTES:
        raise Invalid(f"A file has at most {MAX_BYTES // 1_000_000} MB.", field="file", code="too_large")
    job = ContactImport(
        id=new_id(),
        org_id=org_id_of(session),
        created_by_user_id=principal.user_id,
        created_by=principal.name,
        filename=import_files.name_of(filename),
        size_bytes=len(content),
        country=await editing.home_country(session),
    )
    await asyncio.to_thread(import_files.keep, import_files.path_of(job), content)
    try:
        layout, sample, total = await asyncio.to_thread(import_files.look, import_files.path_of(job))
    except Invalid:
        await asyncio.to_thread(import_files.forget, import_files.path_of(job))
        raise
    known = await fields.definitions(session)
    job.encoding, job.delimiter = layout.encoding, layout.delimiter
    job.has_header = columns.has_names(sample)
    job.mapping = columns.guess(sample, job.has_header, known)
    job.total_rows = total - job.has_header
    session.add(job)
    await session.flush()
    return _view(job)


async def configure(
    session: AsyncSession, principal: Principal, import_id: UUID, given: Mapping[str, Any]
) -> ImportView:
    """Change how a file is understood before it runs: `mapping`, `has_header`, `delimiter`, `encoding`, `policy`,
    `country` and `tags` (names). Raises `Invalid` naming the field, `Conflict` once it runs.
    """
    principal.require(MemberRole.EDITOR)
    job = await _locked(session, import_id, ImportStatus.UPLOADED)
    known = await fields.definitions(session)
    layout_before = (job.encoding, job.delimiter, job.has_header)
    if "delimiter" in given:
        job.delimiter = _one_of(given["delimiter"], spreadsheets.DELIMITERS, "delimiter")
    if "encoding" in given:
        job.encoding = _one_of(given["encoding"], csv_files.ENCODINGS, "encoding")
    if "has_header" in given:
        job.has_header = bool(given["has_header"])
    if (job.encoding, job.delimiter, job.has_header) != layout_before:
        sample = await asyncio.to_thread(import_files.sample, job)
        job.mapping = columns.guess(sample, job.has_header, known)
        total = await asyncio.to_thread(import_files.count, job)
        job.total_rows = total - job.has_header
    if "policy" in given:
        job.policy = _one_of(given["policy"], tuple(DuplicatePolicy), "policy")
    if "country" in given:
        job.country = _one_of(str(given["country"]).upper(), phonenumbers.SUPPORTED_REGIONS, "country")
    if "mapping" in given:
        job.mapping = _mapping(given["mapping"], known)
    if "tags" in given:
        job.tag_ids = [str(tag.id) for tag in await tags.ensure(session, given["tags"])]
    session.add(job)
    await session.flush()
    return _view(job)


async def plan(principal: Principal, import_id: UUID) -> AsyncIterator[ImportPlan]:
    """Say what an import would do without doing it, batch by batch: the last plan counts every row. Editors.

    A first plan comes before any row is looked at, with the columns and no counts.
    """
    principal.require(MemberRole.EDITOR)
    with org_scope(principal.org_id):
        async with unit_of_work() as session:
            job = await _get(session, import_id)
            known_fields = await fields.definitions(session)
    headers, samples = await asyncio.to_thread(_columns_of, job)
    known, shown, tally = import_rows.Known(), list[PreviewRow](), import_rows.Tally()
    yield _plan(job, headers, samples, shown, tally)
    async for batch in import_files.batches(job, known_fields, 0):
        with org_scope(principal.org_id):
            async with unit_of_work() as session:
                await import_rows.known_of(session, batch, known)
        for row in batch:
            become = import_rows.foretell(row, job.policy, known, tally)
            if len(shown) < _SHOWN or (become == "failed" and len(shown) < 3 * _SHOWN):
                shown.append(
                    PreviewRow(
                        number=row.record.number,
                        cells=list(row.record.cells),
                        fate=become,
                        problem=row.problem,
                        field=row.field,
                    )
                )
        yield _plan(job, headers, samples, shown, tally)


def _columns_of(job: ContactImport) -> tuple[list[str], list[list[str]]]:
    """Return what stands over each column, and its first values."""
    sample = import_files.sample(job)
    width = max((len(row) for row in sample), default=0)
    names = list(sample[0]) if job.has_header and sample else []
    body = sample[job.has_header :]
    headers = [names[place] if place < len(names) and names[place] else "" for place in range(width)]
    return headers, [[row[place] for row in body[:3] if place < len(row)] for place in range(width)]


def _plan(
    job: ContactImport,
    headers: list[str],
    samples: list[list[str]],
    shown: Sequence[PreviewRow],
    tally: import_rows.Tally,
) -> ImportPlan:
    done = tally.created + tally.updated + tally.skipped + tally.failed
    return ImportPlan(
        headers=headers,
        samples=samples,
        rows=list(shown),
        done=done,
        total=job.total_rows,
        created=tally.created,
        updated=tally.updated,
        skipped=tally.skipped,
        failed=tally.failed,
    )


async def start(session: AsyncSession, principal: Principal, import_id: UUID) -> ImportView:
    """Begin an import as a durable job. Editors. Raises `Invalid` when no column is used, `Conflict` once it runs."""
    principal.require(MemberRole.EDITOR)
    job = await _locked(session, import_id, ImportStatus.UPLOADED)
    if not {"phone_number", "email", "name", "first_name", "last_name", "company"} & set(job.mapping):
        raise Invalid("Say which column holds the name, the number or the email address.", field="mapping")
    job.status, job.started_at = ImportStatus.RUNNING, clock.now()
    session.add(job)
    await session.flush()
    await jobs.defer(
        session,
        "contacts.run_import",
        lock=f"contact-import:{job.org_id}",
        org_id=str(job.org_id),
        import_id=str(job.id),
    )
    details = {"filename": job.filename, "rows": job.total_rows, "policy": job.policy}
    await audit.record(session, principal, "ui:contact_import:started", job.id, details)
    return _view(job)


async def cancel(session: AsyncSession, principal: Principal, import_id: UUID) -> ImportView:
    """Stop an import behind the batch it is at; what was taken in stays. Editors."""
    principal.require(MemberRole.EDITOR)
    job = await _locked(session, import_id, ImportStatus.UPLOADED, ImportStatus.RUNNING)
    job.status, job.finished_at = ImportStatus.CANCELLED, clock.now()
    session.add(job)
    await session.flush()
    await asyncio.to_thread(import_files.forget, import_files.path_of(job))
    await audit.record(session, principal, "ui:contact_import:cancelled", job.id, {"done": job.done_rows})
    await _announce(session, job)
    return _view(job)


async def get_import(session: AsyncSession, principal: Principal, import_id: UUID) -> ImportView:
    """Return one import with how far it came. Editors. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    return _view(await _get(session, import_id))


async def imports(session: AsyncSession, principal: Principal, limit: int = 20) -> list[ImportView]:
    """Return the newest imports. Editors."""
    principal.require(MemberRole.EDITOR)
    query = select(ContactImport).where(ContactImport.org_id == org_id_of(session))
    found = await session.exec(query.order_by(col(ContactImport.id).desc()).limit(limit))
    return [_view(job) for job in found.all()]


async def failed_rows(session: AsyncSession, principal: Principal, import_id: UUID) -> list[str]:
    """Return the rows that could not be taken as lines of CSV, each with its number and the reason. Editors."""
    principal.require(MemberRole.EDITOR)
    job = await _get(session, import_id)
    query = (
        select(ContactImportRow)
        .where(ContactImportRow.org_id == job.org_id, ContactImportRow.import_id == job.id)
        .order_by(col(ContactImportRow.row_number))
    )
    found = (await session.exec(query)).all()
    width = max([len(job.mapping), *(len(row.cells) for row in found)])
    names = [job.mapping[place] if place < len(job.mapping) else "" for place in range(width)]
    head = spreadsheets.line(
        ["row", "field", "problem", *(name or f"column {at + 1}" for at, name in enumerate(names))]
    )
    return [head, *(spreadsheets.line([str(row.row_number), row.field, row.message, *row.cells]) for row in found)]


async def run(org_id: UUID, import_id: UUID) -> None:
    """Take a file in, batch by batch, from where it stopped; running it again changes nothing."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            job = await _get(session, import_id)
            known = await fields.definitions(session)
            done = job.done_rows
        if job.status != ImportStatus.RUNNING:
            return
        try:
            async for batch in import_files.batches(job, known, done):
                if not await _take(import_id, batch, known, done):
                    return
                done += len(batch)
        except (Invalid, Conflict) as problem:
            await _finish(import_id, ImportStatus.FAILED, problem.message)
        else:
            await _finish(import_id, ImportStatus.DONE, "")


async def sweep_files() -> None:
    """Forget files that nobody imported within a day."""
    with platform_scope("forget files of contacts that nobody imported"):
        async with unit_of_work() as session:
            query = select(ContactImport).where(
                ContactImport.status == ImportStatus.UPLOADED,
                col(ContactImport.created_at) < clock.now() - KEPT_FOR,
            )
            for job in (await session.exec(query.limit(500).with_for_update(skip_locked=True))).all():
                job.status, job.finished_at = ImportStatus.CANCELLED, clock.now()
                session.add(job)
                await asyncio.to_thread(import_files.forget, import_files.path_of(job))


async def _take(import_id: UUID, batch: Sequence[import_rows.Row], known: Sequence[ContactField], done: int) -> bool:
    """Write the batch behind the first `done` rows and count it; False when somebody stopped the import."""
    async with unit_of_work() as session:
        job = await _locked(session, import_id)
        if job.status != ImportStatus.RUNNING:
            return False
        if job.done_rows != done:
            return False  # another run of this job is at work: it goes on
        tally = await import_rows.write(session, job, batch, known)
        job.done_rows += len(batch)
        job.created_count += tally.created
        job.updated_count += tally.updated
        job.skipped_count += tally.skipped
        job.failed_count += tally.failed
        session.add(job)
        await session.flush()
        await _announce(session, job)
    return True


async def _finish(import_id: UUID, status: ImportStatus, words: str) -> None:
    async with unit_of_work() as session:
        job = await _locked(session, import_id)
        if job.status == ImportStatus.RUNNING:
            job.status, job.error_message, job.finished_at = status, words, clock.now()
            session.add(job)
            await session.flush()
            await _announce(session, job)
            await realtime.announce(session, job.org_id, "contacts.changed")
        path = import_files.path_of(job)
    await asyncio.to_thread(import_files.forget, path)


def _one_of(value: Any, allowed: Any, name: str) -> Any:
    if value not in allowed:
        raise Invalid(f"{name} is not one of the choices.", field=name)
    return value


def _mapping(given: Any, known: Sequence[ContactField]) -> list[str]:
    allowed = {"", *columns.TARGETS, *(columns.CUSTOM + field.key for field in known)}
    if not isinstance(given, list) or len(given) > csv_files.MOST_COLUMNS or not set(given) <= allowed:
        raise Invalid("Choose a field for each column, or leave it out.", field="mapping")
    used = [target for target in given if target]
    if len(used) != len(set(used)):
        raise Invalid("Two columns cannot be the same field.", field="mapping")
    return [str(target) for target in given]


async def _get(session: AsyncSession, import_id: UUID) -> ContactImport:
    query = select(ContactImport).where(ContactImport.id == import_id, ContactImport.org_id == org_id_of(session))
    found = (await session.exec(query)).first()
    if found is None:
        raise NotFound("This import does not exist.")
    return found


async def _locked(session: AsyncSession, import_id: UUID, *states: ImportStatus) -> ContactImport:
    query = select(ContactImport).where(ContactImport.id == import_id, ContactImport.org_id == org_id_of(session))
    job = (await session.exec(query.with_for_update().execution_options(populate_existing=True))).first()
    if job is None:
        raise NotFound("This import does not exist.")
    if states and job.status not in states:
        raise Conflict("This import has begun or ended already.", code="import_begun")
    return job


async def _announce(session: AsyncSession, job: ContactImport) -> None:
    await realtime.announce(session, job.org_id, "import.progress", subject=str(job.id))


def _view(job: ContactImport) -> ImportView:
    return ImportView(
        id=str(job.id),
        filename=job.filename,
        size_bytes=job.size_bytes,
        status=job.status,
        encoding=job.encoding,
        delimiter=job.delimiter,
        has_header=job.has_header,
        mapping=list(job.mapping),
        policy=job.policy,
        country=job.country,
        tag_ids=list(job.tag_ids),
        total_rows=job.total_rows,
        done_rows=job.done_rows,
        created=job.created_count,
        updated=job.updated_count,
        skipped=job.skipped_count,
        failed=job.failed_count,
        error=job.error_message,
        by=job.created_by,
        at=job.created_at.isoformat(),
        finished_at=job.finished_at.isoformat() if job.finished_at else "",
    )
