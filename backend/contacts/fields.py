"""Keep the fields a business invents for its contacts: text, numbers, dates, yes or no, and choices."""

import re
import unicodedata
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts.schemas import FieldRow
from backend.core import audit, realtime
from backend.core.errors import Conflict, Invalid, LimitReached, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.contacts import ContactField
from backend.vocab import FieldKind, MemberRole

LABEL_LIMIT, CHOICE_LIMIT, MOST_CHOICES, MOST_FIELDS = 60, 60, 50, 50
# Keys the product uses itself, in files and over the API.
_TAKEN = frozenset(
    {
        "id", "name", "first_name", "last_name", "phone_number", "email", "company", "job_title", "address", "city",
        "region", "country", "notes", "tags", "created_at", "updated_at", "is_whitelisted", "sms_consent",
    }
)  # fmt: skip


async def definitions(session: AsyncSession) -> list[ContactField]:
    """Return the organization's fields in their order."""
    query = select(ContactField).where(ContactField.org_id == org_id_of(session))
    return list((await session.exec(query.order_by(col(ContactField.position), col(ContactField.id)))).all())


async def all_fields(session: AsyncSession) -> list[FieldRow]:
    """Return the organization's fields in their order, as screens take them."""
    return [_row(field) for field in await definitions(session)]


async def add_field(
    session: AsyncSession, principal: Principal, label: str, kind: str, choices: Sequence[str] = ()
) -> FieldRow:
    """Invent a field; its key is made of its label. Editors. Raises `Invalid`, `Conflict`, `LimitReached`."""
    principal.require(MemberRole.EDITOR)
    label = _label(label)
    if kind not in tuple(FieldKind):
        raise Invalid("Choose what the field holds.", field="kind")
    known = await definitions(session)
    if len(known) >= MOST_FIELDS:
        raise LimitReached(f"An organization has at most {MOST_FIELDS} fields.", field="label")
    key = key_of(label)
    if key in _TAKEN or any(field.key == key for field in known):
        raise Conflict(f"There is a field “{label}” already.", field="label", code="duplicate")
    field = ContactField(
        org_id=org_id_of(session),
        key=key,
        label=label,
        kind=kind,
        choices=_choices(choices) if kind == FieldKind.CHOICE else [],
        position=max((other.position for other in known), default=0) + 1,
    )
    session.add(field)
    await session.flush()
    await _changed(session, principal, field, "created")
    return _row(field)


async def change_field(
    session: AsyncSession,
    principal: Principal,
    field_id: UUID,
    *,
    label: str | None = None,
    choices: Sequence[str] | None = None,
) -> FieldRow:
    """Rename a field or change its choices; its key and kind stay, and so do values already given. Editors."""
    principal.require(MemberRole.EDITOR)
    field = await _get(session, field_id)
    if label is not None:
        field.label = _label(label)
    if choices is not None and field.kind == FieldKind.CHOICE:
        field.choices = _choices(choices)
    session.add(field)
    await session.flush()
    await _changed(session, principal, field, "updated")
    return _row(field)


async def move_field(session: AsyncSession, principal: Principal, field_id: UUID, place: int) -> None:
    """Put a field at a place of the order, counted from 0. Editors."""
    principal.require(MemberRole.EDITOR)
    field = await _get(session, field_id)
    others = [other for other in await definitions(session) if other.id != field.id]
    others.insert(max(0, place), field)
    for position, other in enumerate(others):
        other.position = position
        session.add(other)
    await session.flush()
    await _changed(session, principal, field, "moved")


async def delete_field(session: AsyncSession, principal: Principal, field_id: UUID) -> int:
    """Take a field away with the values contacts have in it; returns how many had one. Editors."""
    principal.require(MemberRole.EDITOR)
    field = await _get(session, field_id)
    gone = await session.execute(
        text(
            "update contacts set custom_fields = custom_fields - cast(:key as text)"
            " where org_id = :org and jsonb_exists(custom_fields, :key)"
        ),
        {"key": field.key, "org": field.org_id},
    )
    await session.delete(field)
    await session.flush()
    await _changed(session, principal, field, "deleted")
    return int(gone.rowcount)  # type: ignore[attr-defined]


def key_of(label: str) -> str:
    """Return the name a label has in data: `Date of birth` is `date_of_birth`."""
    plain = unicodedata.normalize("NFKD", label).casefold()
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"\W+", "_", plain).strip("_") or "field"


async def _get(session: AsyncSession, field_id: UUID) -> ContactField:
    query = select(ContactField).where(ContactField.id == field_id, ContactField.org_id == org_id_of(session))
    found = (await session.exec(query)).first()
    if found is None:
        raise NotFound("This field does not exist.")
    return found


async def _changed(session: AsyncSession, principal: Principal, field: ContactField, verb: str) -> None:
    await audit.record(session, principal, f"ui:contact_field:{verb}", field.id, {"label": field.label})
    await realtime.announce(session, field.org_id, "contact_fields.updated")


def _label(label: str) -> str:
    words = " ".join(label.split())
    if not words or not words.isprintable():
        raise Invalid("Name the field.", field="label")
    if len(words) > LABEL_LIMIT:
        raise Invalid(f"A field’s name has at most {LABEL_LIMIT} characters.", field="label")
    return words


def _choices(given: Sequence[str]) -> list[str]:
    choices = list(dict.fromkeys(" ".join(choice.split()) for choice in given if choice.strip()))
    if not 1 <= len(choices) <= MOST_CHOICES or any(len(choice) > CHOICE_LIMIT for choice in choices):
        raise Invalid(f"Give 1 to {MOST_CHOICES} choices of at most {CHOICE_LIMIT} characters.", field="choices")
    return choices


def _row(field: ContactField) -> FieldRow:
    return FieldRow(id=str(field.id), key=field.key, label=field.label, kind=field.kind, choices=list(field.choices))
