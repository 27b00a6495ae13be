"""Turn rows of a file into contacts: read them, find who is known already, and write a batch at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select as select_columns
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import service as compliance
from backend.contacts import queries, values
from backend.contacts.columns import CUSTOM
from backend.contacts.csv_files import Record
from backend.core.errors import Invalid
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of
from backend.models.contacts import Contact, ContactField, ContactImport, ContactImportRow, ContactTag
from backend.models.platform import AuditEntry
from backend.numbers import e164
from backend.tags import service as tags
from backend.vocab import Channel, ConsentSource, DuplicatePolicy

# Of a contact: the database fills these in.
_DERIVED = {"search", "sort_name", "sort_company"}
_YES = frozenset({"yes", "y", "true", "1", "in", "opted in", "opt in", "subscribed", "ja", "si", "sí", "oui"})
_NO = frozenset({"no", "n", "false", "0", "out", "opted out", "opt out", "unsubscribed", "stop", "nein", "non"})


@dataclass(frozen=True)
class Row:
    """A row as it was understood; with a `problem` it cannot be taken, and `field` is where that lies."""

    record: Record
    columns: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    consent: bool | None = None
    problem: str = ""
    field: str = ""

    @property
    def number(self) -> str:
        """The phone number in E.164, or empty."""
        return str(self.columns.get("phone_number") or "")

    @property
    def email(self) -> str:
        """The address in lower case, or empty."""
        return str(self.columns.get("email") or "").lower()


@dataclass
class Tally:
    """What became of rows."""

    created: int = 0
    updated: int = 0
    skipped: int = 0
    failed: int = 0


@dataclass
class Known:
    """Who is known by number and by address: of the organization, and of the rows before in the same file."""

    by_number: dict[str, "Met"] = field(default_factory=dict)
    by_email: dict[str, "Met"] = field(default_factory=dict)


@dataclass
class Met:
    """Somebody a row may mean. Without an id it is an earlier row that is not written (a dry run)."""

    id: UUID | None
    number: str
    is_deleted: bool = False


def read(record: Record, mapping: Sequence[str], country: str, fields: Sequence[ContactField]) -> Row:
    """Return what a row says, by the fields its columns are; empty cells say nothing."""
    given: dict[str, Any] = {}
    custom: dict[str, Any] = {}
    names: tuple[str, ...] = ()
    consent: bool | None = None
    try:
        for target, cell in zip(mapping, record.cells, strict=False):
            if not target or not cell:
                continue
            if target.startswith(CUSTOM):
                custom[target.removeprefix(CUSTOM)] = cell
            elif target == "tags":
                names = tuple(part.strip() for part in cell.replace(";", ",").split(",") if part.strip())
            elif target == "sms_consent":
                consent = _consent(cell)
            else:
                given[target] = cell
        if custom:
            given["custom_fields"] = custom
        if {"first_name", "last_name"} & given.keys():
            given.pop("name", None)
        columns = values.checked(given, country, fields)
        if "name" not in columns and {"first_name", "last_name"} & columns.keys():
            columns["name"] = f"{columns.get('first_name', '')} {columns.get('last_name', '')}".strip()
        if not any(columns.get(key) for key in ("phone_number", "email", "name", "company")):
            raise Invalid("This row has no name, number or email address.", field="phone_number")
        if consent is not None and not columns.get("phone_number"):
            raise Invalid("Consent to texts needs a phone number.", field="sms_consent")
    except Invalid as problem:
        return Row(record, problem=problem.message, field=str(problem.field or ""))
    return Row(record, columns, names, consent)


async def known_of(session: AsyncSession, rows: Iterable[Row], known: Known) -> None:
    """Add to `known` the organization's contacts that any of these rows may mean."""
    rows = list(rows)
    numbers = {row.number for row in rows if row.number} - known.by_number.keys()
    emails = {row.email for row in rows if row.email} - known.by_email.keys()
    if not numbers and not emails:
        return
    query = select_columns(
        col(Contact.id),
        col(Contact.phone_number),
        col(Contact.email),
        col(Contact.deleted_at),
        col(Contact.merged_into_id),
    ).where(
        col(Contact.org_id) == org_id_of(session),
        col(Contact.phone_number).in_(numbers) | col(Contact.id).in_(await queries.known_ids(session, emails)),
    )
    for id, number, email, deleted_at, merged_into in (await session.execute(query)).all():
        met = Met(merged_into or id, number or "", is_deleted=deleted_at is not None and merged_into is None)
        if number:
            known.by_number.setdefault(number, met)
        if email and not met.is_deleted:
            known.by_email.setdefault(email.lower(), met)


def meant(row: Row, known: Known) -> Met | None:
    """Return who a row means: by number; by address when that does not contradict the number."""
    if row.number and row.number in known.by_number:
        return known.by_number[row.number]
    met = known.by_email.get(row.email) if row.email else None
    return met if met is not None and (not row.number or not met.number) else None


def fate(row: Row, met: Met | None, policy: str) -> str:
    """Return what becomes of a row: `created`, `updated`, `skipped` or `failed`."""
    if row.problem:
        return "failed"
    if met is None or met.is_deleted:
        return "created"
    if policy == DuplicatePolicy.CREATE:
        return "failed" if row.number and row.number == met.number else "created"
    return "updated" if policy == DuplicatePolicy.UPDATE else "skipped"


def foretell(row: Row, policy: str, known: Known, tally: Tally) -> str:
    """Return what would become of a row, count it, and let later rows know of it."""
    become = fate(row, meant(row, known), policy)
    setattr(tally, become, getattr(tally, become) + 1)
    if become == "created":
        remember(row, Met(None, row.number), known)
    return become


def remember(row: Row, met: Met, known: Known) -> None:
    """Let later rows know of a row."""
    if row.number:
        known.by_number[row.number] = met
    if row.email:
        known.by_email.setdefault(row.email, met)


async def write(
    session: AsyncSession, job: ContactImport, rows: Sequence[Row], fields: Sequence[ContactField]
) -> Tally:
    """Write a batch as the import's policy says, with its tags, consents, audit entries and what could not be taken."""
    tally, known = Tally(), Known()
    await known_of(session, rows, known)
    fresh: list[dict[str, Any]] = []
    changes: list[tuple[UUID, Row]] = []
    touched: list[tuple[UUID, Row]] = []
    failed: list[tuple[Row, str, str]] = []
    for row in rows:
        met = meant(row, known)
        become = fate(row, met, job.policy)
        setattr(tally, become, getattr(tally, become) + 1)
        if become == "failed":
            words = row.problem or f"{e164.display(row.number)} belongs to another contact already."
            failed.append((row, row.field or "phone_number", words))
        elif become == "created" and (met is None or met.id is None or not met.is_deleted):
            id = new_id()
            fresh.append(_columns(id, row))
            touched.append((id, row))
            remember(row, Met(id, row.number), known)
        elif met is not None and met.id is not None and become != "skipped":
            changes.append((met.id, row))
            touched.append((met.id, row))
            remember(row, Met(met.id, met.number or row.number), known)
    lost = await _insert(session, _like(Contact(org_id=job.org_id), fresh))
    if lost:
        # Somebody wrote in between from a number of this batch: those rows meet them now.
        again = [row for id, row in touched if id in lost]
        tally.created -= len(lost)
        tally.updated -= len(again) - len(lost)
        touched = [(id, row) for id, row in touched if id not in lost]
        changes = [(id, row) for id, row in changes if id not in lost]
        more = await write(session, job, again, fields)
        for name in ("created", "updated", "skipped", "failed"):
            setattr(tally, name, getattr(tally, name) + getattr(more, name))
    await _update(session, changes)
    await _tag(session, job, touched)
    await _consent_all(session, job, touched)
    await _note(session, job, touched)
    if failed:
        await session.execute(insert(ContactImportRow), [_problem(job, *entry) for entry in failed])
    return tally


def _columns(id: UUID, row: Row) -> dict[str, Any]:
    """Return what a new contact holds besides what every one does."""
    custom = {key: value for key, value in row.columns.get("custom_fields", {}).items() if value is not None}
    country = row.columns.get("country") or e164.country_of(row.number)
    return {**row.columns, "id": id, "custom_fields": custom, "country": country}


def _like(blank: SQLModel, several: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return rows that are as a blank one but for an id of their own and what each says.

    Making five hundred objects of a table costs more than inserting them.
    """
    shared = blank.model_dump(exclude=_DERIVED)
    return [{**shared, "id": new_id(), **one} for one in several]


# Rows are given beside the statement and not as its values: one of five hundred rows is compiled anew each time, which
# takes longer than the database does.
async def _insert(session: AsyncSession, fresh: list[dict[str, Any]]) -> set[UUID]:
    """Insert contacts and return the ids of those whose number was taken in between."""
    if not fresh:
        return set()
    made = await session.execute(insert(Contact).on_conflict_do_nothing().returning(col(Contact.id)), fresh)
    return {entry["id"] for entry in fresh} - set(made.scalars())


async def _update(session: AsyncSession, changes: Sequence[tuple[UUID, Row]]) -> None:
    by_id = await _contacts(session, [id for id, _ in changes])
    for id, row in changes:
        contact = by_id[id]
        for key, value in row.columns.items():
            if key == "custom_fields":
                given = {name: one for name, one in value.items() if one is not None}
                contact.custom_fields = {**contact.custom_fields, **given}
            elif key == "phone_number" and contact.phone_number:
                continue  # it was found by it, or has another that is known to work
            elif value:
                setattr(contact, key, value)
        contact.deleted_at = None
        session.add(contact)
    await session.flush()


async def _contacts(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, Contact]:
    if not ids:
        return {}
    query = select(Contact).where(Contact.org_id == org_id_of(session), col(Contact.id).in_(ids))
    return {contact.id: contact for contact in (await session.exec(query)).all()}


async def _tag(session: AsyncSession, job: ContactImport, touched: Sequence[tuple[UUID, Row]]) -> None:
    names = sorted({name for _, row in touched for name in row.tags})
    by_name = {tag.name.lower(): tag.id for tag in await tags.ensure(session, names)} if names else {}
    pairs = {(id, by_name[" ".join(name.split()).lower()]) for id, row in touched for name in row.tags}
    pairs |= {(id, UUID(tag_id)) for id, _ in touched for tag_id in job.tag_ids}
    if pairs:
        blank = ContactTag(org_id=job.org_id, contact_id=job.id, tag_id=job.id)
        rows = _like(blank, ({"contact_id": id, "tag_id": tag_id} for id, tag_id in pairs))
        await session.execute(insert(ContactTag).on_conflict_do_nothing().returning(col(ContactTag.id)), rows)


async def _consent_all(session: AsyncSession, job: ContactImport, touched: Sequence[tuple[UUID, Row]]) -> None:
    said = [(id, row) for id, row in touched if row.consent is not None]
    by_id = await _contacts(session, [id for id, _ in said])
    for id, row in said:
        await compliance.record_choice(
            session,
            None,
            by_id[id],
            Channel.SMS,
            is_opted_in=bool(row.consent),
            reason=f"Row {row.record.number} of {job.filename}",
            source=ConsentSource.IMPORT,
            evidence={"import_id": str(job.id), "row": row.record.number},
        )


async def _note(session: AsyncSession, job: ContactImport, touched: Sequence[tuple[UUID, Row]]) -> None:
    """Write one audit entry a contact, so that its timeline says where it came from."""
    if touched:
        blank = AuditEntry(
            org_id=job.org_id,
            actor_user_id=job.created_by_user_id,
            actor=job.created_by,
            action="import:contact:imported",
        )
        details = {"import_id": str(job.id), "filename": job.filename}
        entries = ({"subject_id": str(id), "details": {**details, "row": row.record.number}} for id, row in touched)
        await session.execute(insert(AuditEntry), _like(blank, entries))


def _problem(job: ContactImport, row: Row, where: str, words: str) -> Mapping[str, Any]:
    return ContactImportRow(
        org_id=job.org_id,
        import_id=job.id,
        row_number=row.record.number,
        field=where,
        message=words,
        cells=list(row.record.cells),
    ).model_dump()


def _consent(cell: str) -> bool:
    said = cell.casefold().replace("_", " ").replace("-", " ").strip()
    if said not in _YES | _NO:
        raise Invalid("Consent is yes or no.", field="sms_consent")
    return said in _YES
