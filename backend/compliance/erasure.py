"""Erase what a person agreed to and refused, and keep as a hash that they refused."""

from sqlalchemy import delete
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance import ledger
from backend.core.personal_data import Person, erases
from backend.models.compliance import Consent
from backend.models.messaging import SmsOptOut


@erases("suppressions")
async def _suppress(session: AsyncSession, person: Person) -> int:
    """Keep each refusal without saying whose; runs before the lines it is read from are gone."""
    return sum([await ledger.suppress(session, address) for address in person.addresses])


@erases("consents")
async def _consents(session: AsyncSession, person: Person) -> int:
    await _suppress(session, person)
    gone = await session.execute(
        delete(Consent).where(
            col(Consent.org_id) == person.org_id,
            col(Consent.contact_id).in_(person.contact_ids) | col(Consent.address).in_(person.addresses),
        )
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


@erases("sms_opt_outs")
async def _choices(session: AsyncSession, person: Person) -> int:
    await _suppress(session, person)
    gone = await session.execute(
        delete(SmsOptOut).where(col(SmsOptOut.org_id) == person.org_id, col(SmsOptOut.phone_number).in_(person.numbers))
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]
