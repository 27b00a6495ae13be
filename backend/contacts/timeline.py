"""Tell what happened with a contact, newest first: what was said, what was changed, what they agreed to."""

from datetime import datetime
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.contacts.schemas import Fact
from backend.core.errors import Invalid
from backend.core.tenancy import org_id_of
from backend.models.compliance import Consent
from backend.models.conversations import Conversation, ConversationItem
from backend.models.platform import AuditEntry
from backend.vocab import ItemKind

PAGE_SIZE = 30
# What the audit log says of a contact in these words is a fact of its timeline; a choice is told by the ledger.
_TOLD = {
    "created", "updated", "imported", "tagged", "untagged", "blocked", "unblocked", "deleted", "restored", "merged",
}  # fmt: skip


async def timeline(session: AsyncSession, contact_id: UUID, before: str = "", limit: int = PAGE_SIZE) -> list[Fact]:
    """Return up to `limit` facts before a moment (ISO 8601), newest first. Raises `Invalid` for another `before`."""
    try:
        until = datetime.fromisoformat(before) if before else None
    except ValueError:
        raise Invalid("This is not a moment.", field="before") from None
    facts = [
        *await _said(session, contact_id, until, limit),
        *await _done(session, contact_id, until, limit),
        *await _chosen(session, contact_id, until, limit),
    ]
    return sorted(facts, key=lambda fact: fact["at"], reverse=True)[:limit]


async def _said(session: AsyncSession, contact_id: UUID, until: datetime | None, limit: int) -> list[Fact]:
    query = (
        select(ConversationItem)
        .join(Conversation, col(Conversation.id) == col(ConversationItem.conversation_id))
        .where(
            Conversation.org_id == org_id_of(session),
            Conversation.contact_id == contact_id,
            ConversationItem.kind != ItemKind.DRAFT,
        )
        .order_by(col(ConversationItem.seq).desc())
        .limit(limit)
    )
    if until is not None:
        query = query.where(col(ConversationItem.happened_at) < until)
    return [
        Fact(
            kind=item.kind,
            at=item.happened_at.isoformat(),
            body=item.body,
            by=item.author_name,
            channel=item.channel,
            direction=item.direction,
            status=item.status,
            call_id=str(item.record_id or "") if item.kind == ItemKind.CALL else "",
            summary=str(item.data.get("summary") or ""),
        )
        for item in (await session.exec(query)).all()
    ]


async def _done(session: AsyncSession, contact_id: UUID, until: datetime | None, limit: int) -> list[Fact]:
    query = (
        select(AuditEntry)
        .where(
            AuditEntry.org_id == org_id_of(session),
            AuditEntry.subject_id == str(contact_id),
            col(AuditEntry.action).like("%:contact:%"),
        )
        .order_by(col(AuditEntry.created_at).desc(), col(AuditEntry.id).desc())
        .limit(limit)
    )
    if until is not None:
        query = query.where(col(AuditEntry.created_at) < until)
    facts = []
    for entry in (await session.exec(query)).all():
        verb = entry.action.rpartition(":")[2]
        if verb in _TOLD:
            facts.append(_fact(verb, entry.created_at, _detail(entry), entry.actor))
    return facts


async def _chosen(session: AsyncSession, contact_id: UUID, until: datetime | None, limit: int) -> list[Fact]:
    query = (
        select(Consent)
        .where(Consent.org_id == org_id_of(session), Consent.contact_id == contact_id)
        .order_by(col(Consent.happened_at).desc(), col(Consent.id).desc())
        .limit(limit)
    )
    if until is not None:
        query = query.where(col(Consent.happened_at) < until)
    return [
        _fact(
            "opted_in" if line.is_opted_in else "opted_out",
            line.happened_at,
            line.reason or line.keyword,
            line.recorded_by,
            line.channel,
        )
        for line in (await session.exec(query)).all()
    ]


def _fact(kind: str, at: datetime, body: str, by: str, channel: str = "") -> Fact:
    return Fact(
        kind=kind,
        at=at.isoformat(),
        body=body,
        by=by,
        channel=channel,
        direction="",
        status="",
        call_id="",
        summary="",
    )


def _detail(entry: AuditEntry) -> str:
    """Return what a change was about: the file, the tags, the fields or the reason."""
    for name in ("filename", "reason"):
        if entry.details.get(name):
            return str(entry.details[name])
    for name in ("tags", "fields"):
        if entry.details.get(name):
            return ", ".join(map(str, entry.details[name]))
    return ""
