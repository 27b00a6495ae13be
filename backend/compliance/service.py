"""Decide whether a person may be contacted, and keep what they said about it: the one place for both.

A choice by text belongs to one of our numbers and one person: leaving one number of an organization does not leave the
others. What a member of the team records may be for all of them. Of two choices the newer one counts.
"""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import phonenumbers
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import keywords, ledger
from backend.compliance.keywords import recognise
from backend.compliance.ledger import history, suppress
from backend.compliance.schemas import ALLOWED, Keyword, KeywordOutcome, OptOutState, Purpose, Verdict
from backend.core import audit, clock
from backend.core.errors import Invalid, Refused
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.contacts import Contact
from backend.models.messaging import SmsOptOut
from backend.models.organizations import Organization
from backend.numbers import e164, senders
from backend.numbers.senders import SenderKind
from backend.vocab import Channel, ConsentSource

__all__ = [
    "CARRIER",
    "handle_keyword",
    "history",
    "may_contact",
    "opt_out_state",
    "opted_out_of",
    "recognise",
    "record_carrier_opt_out",
    "record_choice",
    "record_email_choice",
    "require_may_contact",
    "share_refusal",
    "suppress",
]

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
    recipient: str = "",
) -> Verdict:
    """Tell whether `sender` (one of our numbers) may reach the contact now, at `recipient` when they have several.

    Codes: `blocked`, `no_number`, `one_way_sender` (a name cannot be answered), `not_textable`, `opted_out`,
    `consent_missing` (marketing needs an opt-in).
    """
    purpose = Purpose(purpose)
    if contact.blocked_at is not None:
        return Verdict(False, "blocked", f"{_who(contact)} is blocked. Unblock them first.")
    if channel != Channel.SMS:
        return await _by_ledger(session, contact, channel, purpose, recipient)
    number = recipient or contact.phone_number or ""
    if not number:
        return Verdict(False, "no_number", "This contact has no phone number. Add one first.")
    if senders.kind_of(number) == SenderKind.NAME:
        words = f"{number} is a sender’s name, not a number: its texts cannot be answered."
        return Verdict(False, "one_way_sender", words)
    if not _is_textable(number):
        words = f"{e164.display(number)} is a line that cannot receive texts. Call instead."
        return Verdict(False, "not_textable", words)
    if purpose == Purpose.CONFIRMATION:
        return ALLOWED
    state = await opt_out_state(session, sender, number)
    if state is not None and state.is_opted_out:
        return Verdict(False, "opted_out", await _opted_out_words(session, contact, sender, state))
    if purpose == Purpose.MARKETING and state is None:
        return Verdict(False, "consent_missing", "This contact has not agreed to marketing texts from this number.")
    return ALLOWED


async def require_may_contact(
    session: AsyncSession,
    contact: Contact,
    channel: Channel,
    purpose: Purpose | str,
    *,
    sender: str,
    recipient: str = "",
) -> None:
    """Raise `Refused` with the verdict's code and words unless the contact may be reached now."""
    verdict = await may_contact(session, contact, channel, purpose, clock.now(), sender=sender, recipient=recipient)
    if not verdict.allowed:
        raise Refused(verdict.message, code=verdict.code)


async def opt_out_state(session: AsyncSession, service_number: str, phone_number: str) -> OptOutState | None:
    """Return what a person last told one of our numbers, or all of them; None when they never said anything."""
    return await ledger.said_of_texts(session, service_number, phone_number)


async def opted_out_of(session: AsyncSession, phone_number: str) -> dict[str, OptOutState]:
    """Return which of our numbers a person has left, by number; an empty one stands for all of them."""
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
    known = await opt_out_state(session, service_number, phone_number)
    is_out = known is not None and known.is_opted_out
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
        case Keyword.START | Keyword.YES if is_out or known is None:
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
    state = await opt_out_state(session, service_number, phone_number)
    if state is not None and state.is_opted_out:
        return False
    await _record(session, service_number, phone_number, True, CARRIER, None)
    return True


async def record_choice(
    session: AsyncSession,
    principal: Principal | None,
    contact: Contact,
    channel: Channel,
    *,
    is_opted_in: bool,
    reason: str,
    source: ConsentSource = ConsentSource.MANUAL,
    evidence: dict[str, Any] | None = None,
) -> bool:
    """Keep what a person said outside our channels, for all of our numbers; True when it changes anything.

    An import never brings back who refused: only the person themselves, or a member of the team who says why.
    Raises `Invalid` without a reason, or when the contact has no address on the channel.
    """
    address = (contact.email or "").lower() if channel == Channel.EMAIL else contact.phone_number or ""
    if not address:
        field = "email" if channel == Channel.EMAIL else "phone_number"
        raise Invalid("This contact has no address for this channel. Add one first.", field=field)
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise Invalid("Say how you know, for example “asked on the phone”.", field="reason")
    if source == ConsentSource.IMPORT and is_opted_in and await ledger.has_refused(session, channel, address):
        return False
    await ledger.write(
        session,
        channel=channel,
        address=address,
        is_opted_in=is_opted_in,
        source=source,
        contact_id=contact.id,
        reason=reason,
        evidence=evidence,
        by=principal,
    )
    verb = "opted_in" if is_opted_in else "opted_out"
    details = {"channel": channel, "reason": reason, "source": source}
    await audit.record(session, principal, f"{channel}:contact:{verb}", contact.id, details)
    return True


async def share_refusal(
    session: AsyncSession, principal: Principal, contact_id: UUID, phone_number: str, service_number: str, reason: str
) -> None:
    """Have a number of somebody refuse one of ours (or all, when empty) because another number of theirs does."""
    await ledger.write(
        session,
        channel=Channel.SMS,
        address=phone_number,
        service_number=service_number,
        is_opted_in=False,
        source=ConsentSource.MERGE,
        contact_id=contact_id,
        reason=reason,
        by=principal,
    )


async def record_email_choice(
    session: AsyncSession, contact_id: UUID, address: str, *, is_opted_in: bool, source: ConsentSource, said: str
) -> bool:
    """Keep that an address wants no emails of ours, or wants them again; True when that is new.

    `said` is the word the person wrote, or why the mail service says that the address takes none.
    """
    latest = await ledger.latest(session, Channel.EMAIL, address)
    is_in = latest.is_opted_in if latest else await ledger.suppressed_since(session, Channel.EMAIL, address, "") is None
    if is_in == is_opted_in:
        return False
    is_word = source == ConsentSource.KEYWORD
    await ledger.write(
        session,
        channel=Channel.EMAIL,
        address=address,
        is_opted_in=is_opted_in,
        source=source,
        contact_id=contact_id,
        keyword=said if is_word else "",
        reason="" if is_word else said,
    )
    verb = "opted_in" if is_opted_in else "opted_out"
    await audit.record(session, None, f"email:contact:{verb}", contact_id, {"channel": Channel.EMAIL, "source": source})
    return True


async def _by_ledger(
    session: AsyncSession, contact: Contact, channel: Channel, purpose: Purpose, recipient: str
) -> Verdict:
    """Judge a channel other than texts, where a choice is for all of the business."""
    address = (recipient or contact.email or "").lower() if channel == Channel.EMAIL else contact.phone_number or ""
    if not address or channel == Channel.CHAT or purpose == Purpose.CONFIRMATION:
        return ALLOWED
    latest = await ledger.latest(session, channel, address)
    if latest is None:
        is_out = await ledger.suppressed_since(session, channel, address, "") is not None
    else:
        is_out = not latest.is_opted_in
    if not is_out:
        return ALLOWED
    by = "emails" if channel == Channel.EMAIL else "calls"
    return Verdict(False, "opted_out", f"{_who(contact)} asked for no {by}.")


async def _record(
    session: AsyncSession,
    service_number: str,
    phone_number: str,
    is_opted_out: bool,
    keyword: str,
    message_id: UUID | None,
) -> None:
    await ledger.write(
        session,
        channel=Channel.SMS,
        address=phone_number,
        service_number=service_number,
        is_opted_in=not is_opted_out,
        source=ConsentSource.CARRIER if keyword == CARRIER else ConsentSource.KEYWORD,
        keyword=keyword,
        evidence={"message_id": str(message_id)} if message_id else None,
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


def _who(contact: Contact) -> str:
    return contact.name or e164.display(contact.phone_number or "") or contact.email or "This contact"


def day_words(day: date, today: date) -> str:
    """Return a day as people say it: today, yesterday, on November 22, on November 22, 2025."""
    if day >= today - timedelta(days=1):
        return "today" if day >= today else "yesterday"
    return f"on {day:%B} {day.day}" + (f", {day.year}" if day.year != today.year else "")


async def _opted_out_words(session: AsyncSession, contact: Contact, sender: str, state: OptOutState) -> str:
    organization = await session.get(Organization, org_id_of(session))
    zone = ZoneInfo(organization.timezone if organization else "UTC")
    when = day_words(state.changed_at.astimezone(zone).date(), clock.now().astimezone(zone).date())
    how = f" by writing “{state.keyword}”" if state.keyword else ""
    how = " with their carrier" if state.keyword == CARRIER else how
    return (
        f"{_who(contact)} opted out of texts from {e164.display(sender)} {when}{how}. "
        "They can return by texting START to that number."
    )
