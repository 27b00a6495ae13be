"""Keep which telephone is a person's own, and whether they proved it: calls they make may ring it first.

Somebody else's telephone, or one that costs whoever calls it, must not become "one's own": it has to be in the country
of the organization or of one of its numbers, of no kind that is paid for, and is proven by keys that only the screen
of the person shows.
"""

from dataclasses import dataclass
from uuid import UUID

import phonenumbers
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, clock
from backend.core.errors import Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.numbers import ServiceNumber
from backend.models.organizations import Organization, OrganizationMember
from backend.numbers import e164

FIELD = "own_phone"
# Kinds that cost their caller extra, or that no person carries.
_REFUSED = frozenset(
    {
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
        phonenumbers.PhoneNumberType.TOLL_FREE,
        phonenumbers.PhoneNumberType.UAN,
        phonenumbers.PhoneNumberType.PAGER,
        phonenumbers.PhoneNumberType.VOICEMAIL,
    }
)


@dataclass(frozen=True)
class OwnPhone:
    """A person's own telephone in E.164, empty where they gave none."""

    number: str
    is_proven: bool


async def own_phone(session: AsyncSession, user_id: UUID) -> OwnPhone:
    """Return the telephone of a member of the organization. Raises `NotFound` for somebody who is none."""
    member = await _member(session, user_id)
    return OwnPhone(member.own_phone, bool(member.own_phone) and member.own_phone_proven_at is not None)


async def set_own_phone(session: AsyncSession, principal: Principal, number: str) -> OwnPhone:
    """Keep which telephone is the person's own; another one than before has to be proven anew, none forgets it.

    Raises `Invalid` naming `own_phone`.
    """
    principal.require_person()
    member = await _member(session, principal.user_id, for_update=True)
    wanted = await _checked(session, number) if number.strip() else ""
    if wanted != member.own_phone:
        member.own_phone, member.own_phone_proven_at = wanted, None
        session.add(member)
        await session.flush()
        await audit.record(session, principal, "ui:member:own_phone_changed", member.id)
    return OwnPhone(member.own_phone, bool(wanted) and member.own_phone_proven_at is not None)


async def prove_own_phone(session: AsyncSession, user_id: UUID, number: str) -> None:
    """Keep that a person has a telephone; nothing happens where theirs is another one by now."""
    member = await _member(session, user_id, for_update=True)
    if member.own_phone == number and member.own_phone_proven_at is None:
        member.own_phone_proven_at = clock.now()
        session.add(member)
        await session.flush()


async def _member(session: AsyncSession, user_id: UUID, *, for_update: bool = False) -> OrganizationMember:
    query = select(OrganizationMember).where(
        OrganizationMember.org_id == org_id_of(session), OrganizationMember.user_id == user_id
    )
    if for_update:
        query = query.with_for_update().execution_options(populate_existing=True)
    member = (await session.exec(query)).first()
    if member is None:
        raise NotFound("This person is not on the team.")
    return member


async def _checked(session: AsyncSession, number: str) -> str:
    organization = await session.get_one(Organization, org_id_of(session))
    query = select(ServiceNumber).where(ServiceNumber.org_id == organization.id)
    ours = (await session.exec(query)).all()
    wanted = e164.normalize(number, organization.country, field=FIELD)
    if any(one.phone_number == wanted for one in ours):
        raise Invalid("This is a number of your organization. Give the phone you carry.", field=FIELD)
    if phonenumbers.number_type(phonenumbers.parse(wanted, None)) in _REFUSED:
        raise Invalid("Calls to this number cost extra or reach no person. Give the phone you carry.", field=FIELD)
    if e164.country_of(wanted) not in {organization.country, *(one.country for one in ours)}:
        raise Invalid("Your own phone is in your organization’s country, or in that of its numbers.", field=FIELD)
    return wanted
