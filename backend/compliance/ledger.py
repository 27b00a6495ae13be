"""Keep the ledger of consent: what was said, when, by which word or whose hand, and how we can show it.

Lines are only ever added. What counts for texts now stands in `sms_opt_outs` as well, one row a number and person, so
that the question before every text is one indexed read.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance.schemas import ConsentRow, OptOutState
from backend.core import clock, crypto
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.compliance import Consent, Suppression
from backend.models.contacts import Contact
from backend.models.messaging import SmsOptOut
from backend.vocab import Channel, ConsentSource

SHOWN = 200
# What stands of a forgotten person counts where nothing else does. Each text asks four times, so it is one statement.
_SAID_OF_TEXTS = text(
    "(select is_opted_out, keyword, changed_at, true as is_known from sms_opt_outs"
    " where org_id = :org_id and service_number = any(:numbers) and phone_number = :phone_number)"
    " union all"
    " (select true, '', created_at, false from suppressions"
    " where org_id = :org_id and address_hash = :hash and channel = :channel and service_number = any(:numbers))"
    " order by is_known desc, changed_at desc limit 1"
)


async def write(
    session: AsyncSession,
    *,
    channel: Channel,
    address: str,
    is_opted_in: bool,
    source: ConsentSource,
    service_number: str = "",
    contact_id: UUID | None = None,
    keyword: str = "",
    reason: str = "",
    evidence: dict[str, Any] | None = None,
    by: Principal | None = None,
) -> None:
    """Add a line; for texts it also becomes what counts now. Agreeing lifts a suppression of the same address."""
    org_id, now = org_id_of(session), clock.now()
    if contact_id is None:
        known = select(Contact.id).where(Contact.org_id == org_id, Contact.phone_number == address)
        contact_id = (await session.exec(known)).first()
    session.add(
        Consent(
            org_id=org_id,
            contact_id=contact_id,
            channel=channel,
            address=address,
            service_number=service_number,
            is_opted_in=is_opted_in,
            source=source,
            keyword=keyword,
            reason=reason,
            evidence=evidence or {},
            recorded_by_user_id=by.user_id if by else None,
            recorded_by=by.name if by else "",
            happened_at=now,
        )
    )
    await session.flush()
    if channel == Channel.SMS:
        await _project(session, service_number, address, not is_opted_in, keyword, (evidence or {}).get("message_id"))
    if is_opted_in:
        lifted = [col(Suppression.org_id) == org_id, col(Suppression.channel) == channel]
        if service_number:
            lifted.append(col(Suppression.service_number).in_({service_number, ""}))
        await session.execute(
            delete(Suppression).where(*lifted, col(Suppression.address_hash) == address_hash(org_id, address))
        )


async def history(session: AsyncSession, contact_ids: Iterable[UUID], addresses: Iterable[str]) -> list[ConsentRow]:
    """Return what these contacts, or whoever has these addresses, said: newest first, at most `SHOWN` lines."""
    query = (
        select(Consent)
        .where(
            Consent.org_id == org_id_of(session),
            col(Consent.contact_id).in_(list(contact_ids)) | col(Consent.address).in_(list(addresses)),
        )
        .order_by(col(Consent.happened_at).desc(), col(Consent.id).desc())
        .limit(SHOWN)
    )
    return [_row(line) for line in (await session.exec(query)).all()]


async def latest(session: AsyncSession, channel: Channel, address: str) -> Consent | None:
    """Return the newest line of an address on a channel, or None."""
    query = select(Consent).where(
        Consent.org_id == org_id_of(session), Consent.address == address, Consent.channel == channel
    )
    return (
        await session.exec(query.order_by(col(Consent.happened_at).desc(), col(Consent.id).desc()).limit(1))
    ).first()


async def has_refused(session: AsyncSession, channel: Channel, address: str) -> bool:
    """Tell whether an address refused a channel, on any of our numbers, and has not agreed there since."""
    org_id = org_id_of(session)
    newest = (
        select(Consent.is_opted_in)
        .where(Consent.org_id == org_id, Consent.address == address, Consent.channel == channel)
        .distinct(col(Consent.service_number))
        .order_by(col(Consent.service_number), col(Consent.happened_at).desc())
    )
    if any(not is_in for is_in in (await session.exec(newest)).all()):
        return True
    hashed = (
        select(func.count())
        .select_from(Suppression)
        .where(
            col(Suppression.org_id) == org_id,
            col(Suppression.address_hash) == address_hash(org_id, address),
            col(Suppression.channel) == channel,
        )
    )
    return (await session.exec(hashed)).one() > 0


async def suppressed_since(
    session: AsyncSession, channel: Channel, address: str, service_number: str
) -> datetime | None:
    """Return since when an address stays refused although its person was forgotten, or None."""
    org_id = org_id_of(session)
    query = select(Suppression.created_at).where(
        Suppression.org_id == org_id,
        Suppression.address_hash == address_hash(org_id, address),
        Suppression.channel == channel,
        col(Suppression.service_number).in_({service_number, ""}),
    )
    return (await session.exec(query)).first()


async def said_of_texts(session: AsyncSession, service_number: str, phone_number: str) -> OptOutState | None:
    """Return the newer of a person's choices for one of our numbers and for all; None when they never said anything."""
    org_id = org_id_of(session)
    values = {
        "org_id": org_id,
        "numbers": [service_number, ""],
        "phone_number": phone_number,
        "hash": address_hash(org_id, phone_number),
        "channel": Channel.SMS.value,
    }
    said = (await (await session.connection()).execute(_SAID_OF_TEXTS, values)).first()
    return OptOutState(said.is_opted_out, said.keyword, said.changed_at) if said else None


async def suppress(session: AsyncSession, address: str) -> int:
    """Keep what an address refuses now as hashes, for when its lines go with its person; returns how many."""
    org_id = org_id_of(session)
    texts = select(SmsOptOut.service_number).where(
        SmsOptOut.org_id == org_id, SmsOptOut.phone_number == address, col(SmsOptOut.is_opted_out)
    )
    refused = {(Channel.SMS, number) for number in (await session.exec(texts)).all()}
    for channel in (Channel.CALL, Channel.EMAIL):
        line = await latest(session, channel, address)
        if line is not None and not line.is_opted_in:
            refused.add((channel, ""))
    for channel, number in refused:
        values = Suppression(
            org_id=org_id, channel=channel, service_number=number, address_hash=address_hash(org_id, address)
        )
        await session.execute(insert(Suppression).values(values.model_dump()).on_conflict_do_nothing())
    return len(refused)


def address_hash(org_id: UUID, address: str) -> str:
    """Return what stands for an address in the list of suppressions; it cannot be read back."""
    return crypto.digest("suppression", f"{org_id}:{address}")


async def _project(
    session: AsyncSession, service_number: str, phone_number: str, is_opted_out: bool, keyword: str, message_id: Any
) -> None:
    now = clock.now()
    changed = {
        "is_opted_out": is_opted_out,
        "keyword": keyword,
        "evidence_message_id": UUID(message_id) if message_id else None,
        "changed_at": now,
        "updated_at": now,
    }
    values = {
        "id": new_id(),
        "org_id": org_id_of(session),
        "service_number": service_number,
        "phone_number": phone_number,
        "created_at": now,
        **changed,
    }
    await session.execute(
        insert(SmsOptOut)
        .values(**values)
        .on_conflict_do_update(index_elements=["org_id", "service_number", "phone_number"], set_=changed)
    )
    if not service_number:
        # A choice for all of our numbers replaces the older ones of each.
        await session.execute(
            delete(SmsOptOut).where(
                col(SmsOptOut.org_id) == org_id_of(session),
                col(SmsOptOut.phone_number) == phone_number,
                col(SmsOptOut.service_number) != "",
            )
        )


def _row(line: Consent) -> ConsentRow:
    return ConsentRow(
        id=str(line.id),
        channel=line.channel,
        address=line.address,
        number=line.service_number,
        is_opted_in=line.is_opted_in,
        source=line.source,
        keyword=line.keyword,
        reason=line.reason,
        by=line.recorded_by,
        at=line.happened_at.isoformat(),
        message_id=str(line.evidence.get("message_id") or ""),
        import_id=str(line.evidence.get("import_id") or ""),
        row=int(line.evidence.get("row") or 0),
    )
