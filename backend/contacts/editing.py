"""Change contacts: make, edit, tag, block, delete and bring back. Every change is audited and told to open tabs."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete as delete_rows
from sqlalchemy import update as update_rows
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import service as compliance
from backend.contacts import fields, values
from backend.core import audit, clock, realtime
from backend.core.errors import Conflict, Invalid, LimitReached, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.contacts import Contact, ContactTag
from backend.models.organizations import Organization
from backend.numbers import e164
from backend.tags import service as tags
from backend.vocab import Channel, ConsentSource, MemberRole

# One bulk change at a time; the list asks again for more.
MOST_AT_ONCE = 10_000
# More tags on one person say nothing any more.
MOST_TAGS = 50


async def home_country(session: AsyncSession) -> str:
    """Return the organization's country (ISO 3166 alpha-2), in which national numbers are read."""
    found = await session.exec(select(Organization.country).where(Organization.id == org_id_of(session)))
    return found.first() or "US"


async def create(session: AsyncSession, principal: Principal, given: Mapping[str, Any], *, via: str = "ui") -> Contact:
    """Make a contact of what is given (`values.checked`, and `tags` as names).

    Somebody deleted with the same number comes back, with what is given now. Raises `Invalid` naming the field, and
    `Conflict` (`duplicate`) whose details name the contact when the number belongs to somebody.
    """
    country = await home_country(session)
    columns = values.checked(given, country, await fields.definitions(session))
    _join_name(columns, Contact(org_id=org_id_of(session)))
    if not any(columns.get(key) for key in ("name", "phone_number", "email", "company")):
        raise Invalid("Give a name, a number or an email address.", field="name")
    contact = await _returning(session, columns.get("phone_number")) or Contact(org_id=org_id_of(session))
    columns["custom_fields"] = _merged_custom(contact.custom_fields, columns.get("custom_fields", {}))
    _set(contact, columns)
    contact.country = contact.country or e164.country_of(contact.phone_number or "")
    session.add(contact)
    await session.flush()
    await _tag(session, [contact.id], await tags.ensure(session, given.get("tags") or []))
    await audit.record(session, principal, f"{via}:contact:created", contact.id)
    await realtime.announce(session, contact.org_id, "contact.updated", subject=str(contact.id))
    return contact


async def update(
    session: AsyncSession, principal: Principal, contact_id: UUID, given: Mapping[str, Any], *, via: str = "ui"
) -> Contact:
    """Change what is given of a contact and nothing else. A visitor of the web chat who gets an address is listed.

    Raises `NotFound`, `Invalid` naming the field, `Conflict` (`duplicate`) when the number belongs to somebody else.
    """
    contact = await editable(session, contact_id)
    if given.get("phone_number") == contact.phone_number:
        # A short code or a name that sends texts is no number anybody could type here, and may stay as it is.
        given = {key: value for key, value in given.items() if key != "phone_number"}
    columns = values.checked(given, await home_country(session), await fields.definitions(session))
    _join_name(columns, contact)
    if columns.get("phone_number") and columns["phone_number"] != contact.phone_number:
        await _require_free(session, columns["phone_number"], contact.id)
    if "custom_fields" in columns:
        columns["custom_fields"] = _merged_custom(contact.custom_fields, columns["custom_fields"])
    before = {key: getattr(contact, key) for key in columns}
    _set(contact, columns)
    if not (contact.name or contact.phone_number or contact.email or contact.company):
        raise Invalid("A contact needs a name, a number or an email address.", field=next(iter(columns), "name"))
    if contact.is_visitor and (columns.get("phone_number") or columns.get("email")):
        contact.is_visitor = False
    session.add(contact)
    await session.flush()
    changed = sorted(key for key, value in before.items() if value != getattr(contact, key))
    if changed:
        await audit.record(session, principal, f"{via}:contact:updated", contact.id, {"fields": changed})
        await realtime.announce(session, contact.org_id, "contact.updated", subject=str(contact.id))
    return contact


async def add_tags(
    session: AsyncSession, principal: Principal, contact_ids: Sequence[UUID], names: Sequence[str]
) -> list[UUID]:
    """Put tags, new ones included, on contacts; returns those that did not carry all of them, for an undo.

    Raises `Invalid`, `LimitReached`; ids of others are passed over.
    """
    ids = await _own(session, contact_ids)
    wanted = await tags.ensure(session, names)
    changed = await _tag(session, ids, wanted)
    details = {"tags": [tag.name for tag in wanted], "count": len(changed)}
    await audit.record(session, principal, "ui:contact:tagged", _subject(changed), details)
    await _announce(session, changed)
    return changed


async def remove_tags(
    session: AsyncSession, principal: Principal, contact_ids: Sequence[UUID], names: Sequence[str]
) -> list[UUID]:
    """Take tags off contacts; returns those that carried one of them, for an undo."""
    ids = await _own(session, contact_ids)
    found = await tags.named(session, names)
    gone = await session.execute(
        delete_rows(ContactTag)
        .where(
            col(ContactTag.org_id) == org_id_of(session),
            col(ContactTag.contact_id).in_(ids),
            col(ContactTag.tag_id).in_([tag.id for tag in found]),
        )
        .returning(col(ContactTag.contact_id))
    )
    changed = list(set(gone.scalars()))
    details = {"tags": [tag.name for tag in found], "count": len(changed)}
    await audit.record(session, principal, "ui:contact:untagged", _subject(changed), details)
    await _announce(session, changed)
    return changed


async def delete(session: AsyncSession, principal: Principal, contact_ids: Sequence[UUID]) -> list[UUID]:
    """Take contacts off every list; `restore` brings them back for thirty days. Editors.

    Returns those that were deleted now. Their conversations leave the inbox with them; opt-outs hold.
    """
    principal.require(MemberRole.EDITOR)
    return await _set_deleted(session, principal, contact_ids, is_deleted=True)


async def restore(session: AsyncSession, principal: Principal, contact_ids: Sequence[UUID]) -> list[UUID]:
    """Bring deleted contacts back. Editors. Returns those that were deleted."""
    principal.require(MemberRole.EDITOR)
    return await _set_deleted(session, principal, contact_ids, is_deleted=False)


async def block(session: AsyncSession, principal: Principal, contact_id: UUID, reason: str = "") -> Contact:
    """Stop answering a person: what they send is kept, nobody is told of it and nothing is sent to them."""
    contact = await editable(session, contact_id)
    contact.blocked_reason = values.text(reason, "blocked_reason")
    contact.blocked_at = contact.blocked_at or clock.now()
    contact.is_whitelisted = False
    return await _saved(session, principal, contact, "blocked", {"reason": contact.blocked_reason})


async def unblock(session: AsyncSession, principal: Principal, contact_id: UUID) -> Contact:
    """Let a person be answered again."""
    contact = await editable(session, contact_id)
    contact.blocked_at, contact.blocked_reason = None, ""
    return await _saved(session, principal, contact, "unblocked", {})


async def record_choice(
    session: AsyncSession, principal: Principal, contact_id: UUID, channel: Channel, *, is_opted_in: bool, reason: str
) -> Contact:
    """Keep that a person agreed or refused, as they told a member of the team. Raises `Invalid` without a reason."""
    contact = await editable(session, contact_id)
    await compliance.record_choice(
        session, principal, contact, channel, is_opted_in=is_opted_in, reason=reason, source=ConsentSource.MANUAL
    )
    await realtime.announce(session, contact.org_id, "contact.updated", subject=str(contact.id))
    return contact


async def editable(session: AsyncSession, contact_id: UUID) -> Contact:
    """Return a contact that may be changed, locked. Raises `NotFound` (also when merged), `Conflict` when deleted."""
    query = select(Contact).where(Contact.id == contact_id, Contact.org_id == org_id_of(session))
    contact = (await session.exec(query.with_for_update(key_share=True))).first()
    if contact is None or contact.merged_into_id is not None:
        raise NotFound("This contact does not exist.")
    if contact.deleted_at is not None:
        raise Conflict("This contact is deleted. Restore it first.", code="deleted")
    return contact


async def _returning(session: AsyncSession, number: str | None) -> Contact | None:
    """Return the deleted contact whose number this is, brought back and locked."""
    if not number:
        return None
    query = select(Contact).where(Contact.org_id == org_id_of(session), Contact.phone_number == number)
    known = (await session.exec(query.with_for_update(key_share=True))).first()
    if known is None:
        return None
    if known.deleted_at is None or known.merged_into_id is not None:
        raise _taken(known)
    known.deleted_at = None
    return known


async def _require_free(session: AsyncSession, number: str, own_id: UUID) -> None:
    query = select(Contact).where(
        Contact.org_id == org_id_of(session), Contact.phone_number == number, Contact.id != own_id
    )
    known = (await session.exec(query)).first()
    if known is not None:
        raise _taken(known)


def _taken(known: Contact) -> Conflict:
    owner = known.merged_into_id or known.id
    who = known.name or e164.display(known.phone_number or "")
    return Conflict(
        f"{e164.display(known.phone_number or '')} belongs to {who}."
        + (" That contact is deleted; restore or erase it." if known.deleted_at and not known.merged_into_id else ""),
        code="duplicate",
        field="phone_number",
        details={"contact_id": str(owner)},
    )


def _set(contact: Contact, columns: Mapping[str, Any]) -> None:
    for key, value in columns.items():
        setattr(contact, key, value)


def _join_name(columns: dict[str, Any], contact: Contact) -> None:
    """Keep the whole name what its parts are together."""
    if {"first_name", "last_name"} & columns.keys() and "name" not in columns:
        first = columns.get("first_name", contact.first_name)
        last = columns.get("last_name", contact.last_name)
        columns["name"] = f"{first} {last}".strip()
    if len(columns.get("name", "")) > values.NAME_LIMIT:
        raise Invalid(f"A name has at most {values.NAME_LIMIT} characters.", field="name")


def _merged_custom(known: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**known, **given}.items() if value is not None}


async def _own(session: AsyncSession, contact_ids: Sequence[UUID]) -> list[UUID]:
    if len(contact_ids) > MOST_AT_ONCE:
        raise LimitReached(f"Choose at most {MOST_AT_ONCE:,} contacts at once.")
    query = select(Contact.id).where(
        Contact.org_id == org_id_of(session), col(Contact.id).in_(contact_ids), col(Contact.merged_into_id).is_(None)
    )
    return list((await session.exec(query)).all())


async def _tag(session: AsyncSession, ids: Sequence[UUID], wanted: Sequence[Any]) -> list[UUID]:
    if not ids or not wanted:
        return []
    if len(wanted) > MOST_TAGS:
        raise LimitReached(f"A contact has at most {MOST_TAGS} tags.", field="tags")
    changed: set[UUID] = set()
    for tag in wanted:
        rows = [ContactTag(org_id=org_id_of(session), contact_id=id, tag_id=tag.id).model_dump() for id in ids]
        for start in range(0, len(rows), 5000):  # a statement carries at most 65,535 values
            made = await session.execute(
                insert(ContactTag)
                .values(rows[start : start + 5000])
                .on_conflict_do_nothing()
                .returning(col(ContactTag.contact_id))
            )
            changed |= set(made.scalars())
    return list(changed)


async def _set_deleted(
    session: AsyncSession, principal: Principal, contact_ids: Sequence[UUID], *, is_deleted: bool
) -> list[UUID]:
    ids = await _own(session, contact_ids)
    now = clock.now()
    stands = col(Contact.deleted_at).is_(None) if is_deleted else col(Contact.deleted_at).is_not(None)
    gone = await session.execute(
        update_rows(Contact)
        .where(col(Contact.org_id) == org_id_of(session), col(Contact.id).in_(ids), stands)
        .values(deleted_at=now if is_deleted else None, updated_at=now)
        .returning(col(Contact.id))
        .execution_options(synchronize_session=False)
    )
    changed = list(gone.scalars())
    verb = "deleted" if is_deleted else "restored"
    await audit.record(session, principal, f"ui:contact:{verb}", _subject(changed), {"count": len(changed)})
    await _announce(session, changed)
    return changed


async def _saved(
    session: AsyncSession, principal: Principal, contact: Contact, verb: str, details: Mapping[str, Any]
) -> Contact:
    session.add(contact)
    await session.flush()
    await audit.record(session, principal, f"ui:contact:{verb}", contact.id, dict(details))
    await realtime.announce(session, contact.org_id, "contact.updated", subject=str(contact.id))
    return contact


def _subject(changed: Sequence[UUID]) -> str:
    return str(changed[0]) if len(changed) == 1 else ""


async def _announce(session: AsyncSession, changed: Sequence[UUID]) -> None:
    """Tell tabs of one contact by its id, of many at once."""
    if len(changed) == 1:
        await realtime.announce(session, org_id_of(session), "contact.updated", subject=str(changed[0]))
    elif changed:
        await realtime.announce(session, org_id_of(session), "contacts.changed")
