"""Decide whether a person may be contacted, and keep what they said about it: the one place for both.

A choice belongs to one of our numbers and one person: leaving one number of an organization does not leave the others.
"""

from datetime import datetime
from uuid import UUID

import phonenumbers
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import keywords
from backend.compliance.schemas import ALLOWED, Keyword, KeywordOutcome, OptOutState, Purpose, Verdict
from backend.core import audit, clock
from backend.core.errors import Refused
from backend.core.ids import new_id
from backend.core.tenancy import org_id_of
from backend.models.contacts import Contact
from backend.models.messaging import SmsOptOut
from backend.models.organizations import Organization
from backend.numbers import e164
from backend.vocab import Channel

# The carrier keeps its own list; its refusal (error 21610) is recorded under this instead of a word.
CARRIER = "carrier"
# Numbers of these kinds take no texts anywhere; a US number does not show its kind.
_NOT_TEXTABLE = frozenset(
    {
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
    }
)


async def may_contact(
    session: AsyncSession,
    contact: Contact,
    channel: Channel,
    purpose: Purpose | str,
    now: datetime,
    *,
    sender: str,
) -> Verdict:
    """Tell whether `sender` (one of our numbers) may reach the contact now.

    Codes: `no_number`, `not_textable`, `opted_out`, `consent_missing` (marketing needs an opt-in).
    """
    purpose = Purpose(purpose)
    if channel != Channel.SMS:
        return ALLOWED
    if not contact.phone_number:
        return Verdict(False, "no_number", "This contact has no phone number. Add one first.")
    if not _is_textable(contact.phone_number):
        words = f"{e164.display(contact.phone_number)} is a line that cannot receive texts. Call instead."
        return Verdict(False, "not_textable", words)
    if purpose == Purpose.CONFIRMATION:
        return ALLOWED
    state = await opt_out_state(session, sender, contact.phone_number)
    if state is not None and state.is_opted_out:
        return Verdict(False, "opted_out", _opted_out_words(contact, sender, state))
    if purpose == Purpose.MARKETING and state is None:
        return Verdict(False, "consent_missing", "This contact has not agreed to marketing texts from this number.")
    return ALLOWED


async def require_may_contact(
    session: AsyncSession, contact: Contact, channel: Channel, purpose: Purpose | str, *, sender: str
) -> None:
    """Raise `Refused` with the verdict's code and words unless the contact may be reached now."""
    verdict = await may_contact(session, contact, channel, purpose, clock.now(), sender=sender)
    if not verdict.allowed:
        raise Refused(verdict.message, code=verdict.code)


async def opt_out_state(session: AsyncSession, service_number: str, phone_number: str) -> OptOutState | None:
    """Return what a person last told one of our numbers, or None when they never said anything."""
    row = await _row(session, service_number, phone_number)
    return OptOutState(row.is_opted_out, row.keyword, row.changed_at) if row else None


async def opted_out_of(session: AsyncSession, phone_number: str) -> dict[str, OptOutState]:
    """Return which of our numbers a person has left, by number."""
    query = select(SmsOptOut).where(
        SmsOptOut.org_id == org_id_of(session), SmsOptOut.phone_number == phone_number, col(SmsOptOut.is_opted_out)
    )
    rows = (await session.exec(query.order_by(col(SmsOptOut.changed_at)))).all()
    return {row.service_number: OptOutState(True, row.keyword, row.changed_at) for row in rows}


async def handle_keyword(
    session: AsyncSession, service_number: str, phone_number: str, body: str, message_id: UUID
) -> KeywordOutcome | None:
    """Act on a text that is a keyword, before anything else reads it; None when it is not one.

    Keeps the message as evidence and writes the audit log. A word that changes nothing (a second STOP) is answered
    by silence; HELP is answered always.
    """
    keyword = keywords.recognise(body)
    if keyword is None:
        return None
    row = await _row(session, service_number, phone_number)
    is_out = row is not None and row.is_opted_out
    said = " ".join(body.split())[:40]
    business = await _business_name(session)
    match keyword:
        case Keyword.STOP if is_out:
            return KeywordOutcome(keyword)
        case Keyword.STOP:
            await _record(session, service_number, phone_number, True, said, message_id)
            answer = (
                f"{business}: you are unsubscribed and will get no more texts from this number. Reply START to return."
            )
            return KeywordOutcome(keyword, f"Opted out of texts by writing “{said}”", answer)
        case Keyword.YES if not is_out:
            return None
        case Keyword.START | Keyword.YES if is_out or row is None:
            await _record(session, service_number, phone_number, False, said, message_id)
            answer = f"{business}: you will get texts from this number. Reply HELP for help, STOP to unsubscribe."
            return KeywordOutcome(keyword, f"Opted in to texts by writing “{said}”", answer)
        case Keyword.HELP:
            # The industry's rules (CTIA Messaging Principles §5.1.3) ask for an answer to HELP from everybody.
            how = (
                "You are unsubscribed and get no texts. Reply START to return."
                if is_out
                else "Msg & data rates may apply. Reply STOP to unsubscribe."
            )
            answer = f"{business}: a person or our assistant answers texts to this number. {how}"
            return KeywordOutcome(keyword, "Asked for help by keyword", answer)
    return KeywordOutcome(keyword)


async def record_carrier_opt_out(session: AsyncSession, service_number: str, phone_number: str) -> bool:
    """Keep what the carrier knows: this person left our number. Returns whether that is new."""
    row = await _row(session, service_number, phone_number)
    if row is not None and row.is_opted_out:
        return False
    await _record(session, service_number, phone_number, True, CARRIER, None)
    return True


async def _row(session: AsyncSession, service_number: str, phone_number: str) -> SmsOptOut | None:
    query = select(SmsOptOut).where(
        SmsOptOut.org_id == org_id_of(session),
        SmsOptOut.service_number == service_number,
        SmsOptOut.phone_number == phone_number,
    )
    return (await session.exec(query.execution_options(populate_existing=True))).first()


async def _record(
    session: AsyncSession,
    service_number: str,
    phone_number: str,
    is_opted_out: bool,
    keyword: str,
    message_id: UUID | None,
) -> None:
    now = clock.now()
    changed = {
        "is_opted_out": is_opted_out,
        "keyword": keyword,
        "evidence_message_id": message_id,
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
    await audit.record(
        session,
        None,
        f"sms:contact:{'opted_out' if is_opted_out else 'opted_in'}",
        phone_number,
        {"service_number": service_number, "keyword": keyword, "message_id": str(message_id or "")},
    )


async def _business_name(session: AsyncSession) -> str:
    organization = await session.get(Organization, org_id_of(session))
    return organization.name if organization and organization.name else "We"


def _is_textable(phone_number: str) -> bool:
    try:
        parsed = phonenumbers.parse(phone_number, None)
    except phonenumbers.NumberParseException:
        return True
    return phonenumbers.number_type(parsed) not in _NOT_TEXTABLE


def _opted_out_words(contact: Contact, sender: str, state: OptOutState) -> str:
    who = contact.name or e164.display(contact.phone_number or "")
    when = f"{state.changed_at:%d %B %Y}".lstrip("0")
    how = "with their carrier" if state.keyword == CARRIER else f"by writing “{state.keyword}”"
    return (
        f"{who} opted out of texts from {e164.display(sender)} on {when} {how}. "
        "They can return by texting START to that number."
    )
