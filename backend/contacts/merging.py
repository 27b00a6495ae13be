"""Make one contact of two that are the same person, and find those that may be.

The contact that goes stays as an alias: its number and address lead to the one that is kept, so whoever writes from the
old number lands in the same conversation.
"""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import service as compliance
from backend.contacts import fields, queries, values
from backend.contacts.schemas import MergeField, MergePreview, Suggestion
from backend.conversations import service as conversations
from backend.core import audit, clock, realtime
from backend.core.errors import Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.memory import service as memory
from backend.models.chat import ChatSession
from backend.models.contacts import Contact, ContactField, ContactTag
from backend.models.messaging import SmsMessage
from backend.numbers import e164
from backend.vocab import MemberRole

KEPT, DROPPED, BOTH = "kept", "dropped", "both"
_PLAIN = ("name", "phone_number", "email", "company", "job_title", "address", "city", "region", "country")
_IDENTITY = frozenset({"name", "phone_number", "email"})
# Names that differ by a letter or two, at the same company. Measured on pairs such as Jon/John and Meier/Meyer.
SIMILAR = 0.82
SUGGESTED = 5


async def preview(session: AsyncSession, keep_id: UUID, drop_id: UUID) -> MergePreview:
    """Return in what two contacts differ, whose value would win, and what would move. Raises `NotFound`, `Invalid`."""
    keep, drop = await _both(session, keep_id, drop_id, for_update=False)
    known = await fields.definitions(session)
    return MergePreview(
        keep_id=str(keep.id),
        drop_id=str(drop.id),
        keep_name=_called(keep),
        drop_name=_called(drop),
        fields=_differences(keep, drop, known),
        moves={
            "messages": await _count(session, SmsMessage, drop_id),
            "timeline": await conversations.count_items(session, drop_id),
            "chats": await _count(session, ChatSession, drop_id),
            "tags": await _count(session, ContactTag, drop_id),
            "choices": len(await compliance.history(session, [drop.id], [])),
        },
    )


async def merge(
    session: AsyncSession, principal: Principal, keep_id: UUID, drop_id: UUID, choices: Mapping[str, str] | None = None
) -> Contact:
    """Make one contact of two: `choices` says by field whose value wins (`kept`, `dropped`, for notes also `both`).

    Everything of the one that goes moves: its timeline by time, messages, tags, choices, drafts, unread counts. A
    refusal of either holds for both numbers, and so does a block. Editors. Raises `NotFound`, `Invalid`.
    """
    principal.require(MemberRole.EDITOR)
    keep, drop = await _both(session, keep_id, drop_id, for_update=True)
    known = await fields.definitions(session)
    wins = {field["key"]: field["default"] for field in _differences(keep, drop, known)}
    for key, choice in (choices or {}).items():
        if key in wins and choice not in (KEPT, DROPPED, BOTH):
            raise Invalid("Choose which value to keep.", field=key)
        if key in wins:
            wins[key] = choice
    dropped_name = _called(drop)
    await _share_refusals(session, principal, keep, drop)
    await _settle(session, keep, drop, wins)
    await _move(session, keep, drop, f"{principal.name} merged {dropped_name} into this contact")
    await audit.record(session, principal, "ui:contact:merged", keep.id, {"merged_id": str(drop.id), "wins": wins})
    await audit.record(session, principal, "ui:contact:merged_away", drop.id, {"into_id": str(keep.id)})
    await realtime.announce(session, keep.org_id, "contact.updated", subject=str(keep.id))
    return keep


async def hold(session: AsyncSession, *contact_ids: UUID) -> None:
    """Lock contacts, in the order everybody does: before their conversations, so that nobody waits in a circle."""
    query = select(Contact.id).where(Contact.org_id == org_id_of(session), col(Contact.id).in_(contact_ids))
    await session.exec(query.order_by(col(Contact.id)).with_for_update())


async def absorb_visitor(session: AsyncSession, keep_id: UUID, visitor_id: UUID, words: str) -> None:
    """Let everything of a nameless visitor move to the contact they turned out to be; `words` say so in the timeline.

    What colleagues noted about the visitor is added to the contact, and what the contact has stays. Raises `NotFound`.
    """
    keep, drop = await _both(session, keep_id, visitor_id, for_update=True)
    differences = _differences(keep, drop, await fields.definitions(session))
    _take(keep, drop, {one["key"]: one["default"] for one in differences if one["key"] not in _IDENTITY})
    session.add(keep)
    await _move(session, keep, drop, words)
    drop.merged_into_id, drop.deleted_at = keep.id, clock.now()
    session.add(drop)
    await session.flush()
    await realtime.announce(session, keep.org_id, "contact.updated", subject=str(keep.id))


async def suggestions(session: AsyncSession, contact_id: UUID) -> list[Suggestion]:
    """Return contacts that may be the same person, the surest first, each with the reason."""
    org_id = org_id_of(session)
    found = await session.exec(select(Contact).where(Contact.id == contact_id, Contact.org_id == org_id))
    contact = found.first()
    if contact is None:
        raise NotFound("This contact does not exist.")
    candidates = {other.id: other for other in await queries.alike(session, org_id, contact, 20)}
    first_letters = queries.tsquery(contact.first_name[:3]) if contact.company and len(contact.first_name) > 2 else ""
    if first_letters:
        at_work = queries.tsquery(contact.company)
        query = f"{first_letters} & {at_work}" if at_work else first_letters
        for other in await queries.by_ids(session, org_id, await queries.matching_ids(session, query, 50)):
            candidates.setdefault(other.id, other)
    candidates.pop(contact.id, None)
    ranked = sorted(
        (*why, str(other.id)) for other in candidates.values() if (why := _reason(contact, other)) is not None
    )
    shown = [(candidates[UUID(other_id)], reason) for _, reason, other_id in ranked[:SUGGESTED]]
    return [
        Suggestion(
            id=str(other.id),
            name=other.name,
            phone_display=e164.display(other.phone_number) if other.phone_number else "",
            email=other.email or "",
            company=other.company,
            reason=reason,
        )
        for other, reason in shown
    ]


def _reason(contact: Contact, other: Contact) -> tuple[int, str] | None:
    """Return how sure it is that two are one (0 is surest) and the wire value of why, or None."""
    if contact.email and other.email and contact.email.lower() == other.email.lower():
        return 0, "same_email"
    if contact.phone_number and other.phone_number and _same_number(contact.phone_number, other.phone_number):
        return 1, "same_number"
    if not contact.name or not other.name:
        return None
    company = contact.sort_company == other.sort_company and bool(contact.company)
    if contact.sort_name == other.sort_name:
        return (2, "same_name_and_company") if company else (4, "same_name")
    if _digits(contact.name) != _digits(other.name):
        return None  # Room 12 and Room 13 are two
    if company and SequenceMatcher(None, contact.sort_name, other.sort_name).ratio() >= SIMILAR:
        return 3, "similar_name"
    return None


def _digits(name: str) -> str:
    return "".join(character for character in name if character.isdigit())


def _same_number(one: str, other: str) -> bool:
    """Tell whether two numbers in E.164 are one that was read in two countries, or with an old prefix left in."""
    shorter, longer = sorted((one.lstrip("+"), other.lstrip("+")), key=len)
    return longer.endswith(shorter) or (len(shorter) >= 10 and shorter[-9:] == longer[-9:])


async def _move(session: AsyncSession, keep: Contact, drop: Contact, words: str) -> None:
    """Point everything of one contact at another, and make one timeline and one memory of theirs."""
    await memory.merge(session, keep.id, drop.id)
    for table, column in conversations.pointing_at("contacts"):
        if table.name != "conversations":
            await conversations.repoint(session, table, column, keep.id, drop.id)
    await conversations.merge_timelines(session, keep.id, drop.id, words)


async def _both(session: AsyncSession, keep_id: UUID, drop_id: UUID, *, for_update: bool) -> tuple[Contact, Contact]:
    if keep_id == drop_id:
        raise Invalid("Choose two different contacts.", field="contact_id")
    query = (
        select(Contact)
        .where(Contact.org_id == org_id_of(session), col(Contact.id).in_({keep_id, drop_id}))
        .order_by(col(Contact.id))
    )
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    by_id = {contact.id: contact for contact in (await session.exec(query)).all()}
    both = [by_id.get(keep_id), by_id.get(drop_id)]
    if any(one is None or one.merged_into_id or one.deleted_at for one in both):
        raise NotFound("This contact does not exist.")
    keep, drop = both
    assert keep is not None
    assert drop is not None
    return keep, drop


def _differences(keep: Contact, drop: Contact, known: Sequence[ContactField]) -> list[MergeField]:
    found: list[MergeField] = []
    for key in _PLAIN:
        one, other = str(getattr(keep, key) or ""), str(getattr(drop, key) or "")
        if one != other and other:
            found.append(MergeField(key=key, kept=one, dropped=other, default=KEPT if one else DROPPED))
    if drop.notes and drop.notes != keep.notes:
        found.append(
            MergeField(key="notes", kept=keep.notes, dropped=drop.notes, default=BOTH if keep.notes else DROPPED)
        )
    for field in known:
        one, other = values.shown(keep.custom_fields.get(field.key)), values.shown(drop.custom_fields.get(field.key))
        if one != other and other:
            key = f"custom_fields.{field.key}"
            found.append(MergeField(key=key, kept=one, dropped=other, default=KEPT if one else DROPPED))
    return found


def _take(keep: Contact, drop: Contact, wins: Mapping[str, str]) -> None:
    """Take over what was written about the contact that goes, where it wins; who they are is no part of that."""
    taken = {key for key, choice in wins.items() if choice == DROPPED}
    for key in set(_PLAIN) & taken - _IDENTITY:
        setattr(keep, key, getattr(drop, key))
    if wins.get("notes") == DROPPED:
        keep.notes = drop.notes
    elif wins.get("notes") == BOTH:
        keep.notes = f"{keep.notes}\n\n{drop.notes}"[: values.LIMITS["notes"]]
    custom: dict[str, Any] = dict(keep.custom_fields)
    for key in taken:
        if key.startswith("custom_fields."):
            name = key.removeprefix("custom_fields.")
            custom[name] = drop.custom_fields[name]
    keep.custom_fields = custom


async def _settle(session: AsyncSession, keep: Contact, drop: Contact, wins: Mapping[str, str]) -> None:
    """Give the kept contact the values that win, and leave of the other what leads to it."""
    taken = {key for key, choice in wins.items() if choice == DROPPED}
    if "name" in taken:
        keep.name, keep.first_name, keep.last_name = drop.name, drop.first_name, drop.last_name
    _take(keep, drop, wins)
    keep.api_metadata = {**drop.api_metadata, **keep.api_metadata}
    if drop.blocked_at is not None and keep.blocked_at is None:
        keep.blocked_at, keep.blocked_reason = drop.blocked_at, drop.blocked_reason
    keep.is_whitelisted = (keep.is_whitelisted or drop.is_whitelisted) and keep.blocked_at is None
    keep.forward_to = keep.forward_to or drop.forward_to
    keep.is_visitor = keep.is_visitor and drop.is_visitor
    keep.created_at = min(keep.created_at, drop.created_at)
    number, other_number = keep.phone_number, drop.phone_number
    if "phone_number" in taken:
        # A number stands once: both are taken away before they change places.
        keep.phone_number = drop.phone_number = None
        session.add_all([keep, drop])
        await session.flush()
        keep.phone_number, drop.phone_number = other_number, number
    if "email" in taken:
        keep.email, drop.email = drop.email, keep.email
    for name in ("company", "job_title", "address", "city", "region", "notes", "blocked_reason", "forward_to"):
        setattr(drop, name, "")
    drop.custom_fields, drop.api_metadata, drop.blocked_at, drop.is_whitelisted = {}, {}, None, False
    drop.merged_into_id, drop.deleted_at = keep.id, clock.now()
    session.add_all([keep, drop])
    await session.flush()


async def _share_refusals(session: AsyncSession, principal: Principal, keep: Contact, drop: Contact) -> None:
    """Have what either number refuses count for both: it is one person who refused."""
    reason = "Merged with a contact that had opted out"
    numbers = [number for number in (keep.phone_number, drop.phone_number) if number]
    left = {number: set(await compliance.opted_out_of(session, number)) for number in numbers}
    for number in numbers:
        for ours in set().union(*left.values()) - left[number]:
            await compliance.share_refusal(session, principal, keep.id, number, ours, reason)


async def _count(session: AsyncSession, model: Any, contact_id: UUID) -> int:
    query = select(func.count()).select_from(model).where(model.contact_id == contact_id)
    return int((await session.exec(query)).one())


def _called(contact: Contact) -> str:
    number = e164.display(contact.phone_number) if contact.phone_number else ""
    return contact.name or number or contact.email or contact.company
