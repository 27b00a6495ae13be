"""Own phone numbers: take one, give it agents, switch it off, let it go.

The carrier is told by a durable job, so that a number is ours when its row says so even while the carrier is down.
`available` and `buy` ask the carrier before they touch the session: call them first in their unit of work.
"""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.core import audit, jobs, realtime
from backend.core.config import settings
from backend.core.errors import Conflict, Invalid, NotFound, VendorError
from backend.core.ids import parse_id
from backend.core.logging import log
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, platform_scope, unit_of_work
from backend.models.numbers import ServiceNumber
from backend.numbers import e164, queries
from backend.numbers.schemas import SLOT_TYPES, FreeNumber, NumberView, Slot
from backend.organizations import service as organizations
from backend.vendors import signalwire
from backend.vocab import AnsweredBy, MemberRole

LABEL_LIMIT, GREETING_LIMIT = 60, 500
# For how many seconds browsers may ring; a telephone rings six seconds at a time.
RINGS_S = (15, 25, 40, 60)
_COLUMNS = {Slot.TEXT: "text_agent_id", Slot.VOICE: "agent_id", Slot.OUTBOUND: "outbound_agent_id"}
_SLOT_WORDS = {Slot.TEXT: "texts", Slot.VOICE: "calls", Slot.OUTBOUND: "outgoing calls"}


async def list_all(session: AsyncSession) -> list[NumberView]:
    """Return the organization's numbers with their agents' names, newest first."""
    rows = await queries.with_agents(session, org_id_of(session))
    return [_view(number, voice or "", texts or "", outbound or "") for number, voice, texts, outbound in rows]


async def get(session: AsyncSession, number_id: UUID) -> ServiceNumber:
    """Return a number of the organization. Raises `NotFound`."""
    number = await queries.one(session, org_id_of(session), number_id)
    if number is None:
        raise NotFound("This number does not exist.")
    return number


async def get_owned(session: AsyncSession, phone_number: str) -> ServiceNumber:
    """Return the organization's number with this E.164 form. Raises `NotFound`, also when another owns it."""
    number = await queries.by_address(session, org_id_of(session), phone_number)
    if number is None:
        raise NotFound(f"{e164.display(phone_number)} is not a number of your organization.", code="number_not_owned")
    return number


async def default_sender(session: AsyncSession) -> ServiceNumber:
    """Return the number to send from when nobody chose one: the oldest that is switched on. Raises `Invalid`."""
    number = await queries.oldest_active(session, org_id_of(session))
    if number is None:
        raise Invalid("Your organization has no number to text from. Get one first.", field="sender_number")
    return number


async def available(session: AsyncSession, principal: Principal) -> list[FreeNumber]:
    """Return the numbers of the carrier account that no organization uses. Raises `VendorError`."""
    principal.require(MemberRole.EDITOR)
    return [
        FreeNumber(
            phone_number=number.phone_number,
            display=e164.display(number.phone_number),
            country=e164.country_of(number.phone_number),
            capabilities=_capabilities(number),
        )
        for number in await _free()
    ]


async def buy(session: AsyncSession, principal: Principal, phone_number: str) -> ServiceNumber:
    """Make a free number the organization's and have the carrier send its texts here.

    Raises `NotFound` when the carrier account does not hold it, `Conflict` when somebody was faster, `VendorError`.
    """
    principal.require(MemberRole.EDITOR)
    wanted = e164.normalize(phone_number)
    inventory = {number.phone_number: number for number in await signalwire.list_numbers()}
    if wanted not in inventory:
        raise NotFound(f"{e164.display(wanted)} is not on offer. Choose one from the list.", code="number_not_found")
    number = ServiceNumber(
        org_id=org_id_of(session),
        phone_number=wanted,
        phone_sid=inventory[wanted].sid,
        country=e164.country_of(wanted) or "US",
        capabilities=_capabilities(inventory[wanted]),
    )
    done = await session.execute(
        insert(ServiceNumber)
        .values(**number.model_dump())
        .on_conflict_do_nothing(index_elements=["phone_number"])
        .returning(col(ServiceNumber.id))
    )
    if done.first() is None:
        raise Conflict("This number was just taken. Choose another one.", code="number_taken")
    await jobs.defer(session, "numbers.connect", lock=f"number:{wanted}", phone_number=wanted, sid=number.phone_sid)
    await _changed(session, principal, number.id, "bought", {"phone_number": wanted})
    return await get(session, number.id)


async def assign(
    session: AsyncSession, principal: Principal, number_id: UUID, agent_id: UUID | None, slot: Slot | str
) -> ServiceNumber:
    """Let an agent serve a number in one slot, or nobody when `agent_id` is None.

    Raises `NotFound` (number or agent), `Invalid` when the agent is of another kind than the slot or the slot unknown.
    """
    principal.require(MemberRole.EDITOR)
    try:
        slot = Slot(slot)
    except ValueError:
        raise Invalid("Choose text, voice or outbound.", field="slot") from None
    number = await get(session, number_id)
    if agent_id is not None:
        agent = await agents.get(session, agent_id)
        if agent.agent_type != SLOT_TYPES[slot]:
            raise Invalid(
                f"{agent.name} cannot serve {_SLOT_WORDS[slot]}: that takes an agent of the type {SLOT_TYPES[slot]}.",
                field="agent_id",
                code="wrong_agent_type",
            )
    setattr(number, _COLUMNS[slot], agent_id)
    session.add(number)
    await session.flush()
    await _changed(session, principal, number.id, "assigned", {"slot": str(slot), "agent_id": str(agent_id or "")})
    return number


async def set_answering(
    session: AsyncSession, principal: Principal, number_id: UUID, name: str, value: str
) -> ServiceNumber:
    """Choose who takes the calls to a number: `answered_by`, `ring_team_id` (empty for everybody) or `ring_s`.

    `written_down` is `yes` or `no`, for calls of people. `if_nobody` is `voicemail` or `goodbye`, and
    `voicemail_greeting` what is said before the beep, empty for our words.

    Raises `NotFound` (number or team), `Invalid` that names the field.
    """
    principal.require(MemberRole.EDITOR)
    number = await get(session, number_id)
    if name == "answered_by" and value in set(AnsweredBy):
        number.answered_by = value
    elif name == "ring_team_id":
        number.ring_team_id = (await organizations.team(session, parse_id(value, name))).id if value else None
    elif name == "ring_s" and value in {str(seconds) for seconds in RINGS_S}:
        number.ring_s = int(value)
    elif name == "if_nobody" and value in ("voicemail", "goodbye"):
        number.has_voicemail = value == "voicemail"
    elif name == "written_down" and value in ("yes", "no"):
        number.writes_calls_down = value == "yes"
    elif name == "voicemail_greeting":
        words = " ".join(value.replace("\x00", "").split())
        if len(words) > GREETING_LIMIT:
            raise Invalid(f"A greeting has at most {GREETING_LIMIT} characters.", field=name)
        number.voicemail_greeting = words
    else:
        raise Invalid("Choose one of the list.", field=name)
    session.add(number)
    await session.flush()
    await _changed(session, principal, number.id, "answering", {name: value})
    return number


async def set_active(session: AsyncSession, principal: Principal, number_id: UUID, is_active: bool) -> ServiceNumber:
    """Switch a number on or off; texts to one that is off are kept and not answered. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    number = await get(session, number_id)
    number.is_active = is_active
    session.add(number)
    await session.flush()
    await _changed(session, principal, number.id, "switched_on" if is_active else "switched_off", {})
    return number


async def rename(session: AsyncSession, principal: Principal, number_id: UUID, label: str) -> ServiceNumber:
    """Give a number the label the team knows it by; empty takes it away. Raises `NotFound`, `Invalid`."""
    principal.require(MemberRole.EDITOR)
    label = " ".join(label.replace("\x00", "").split())
    if len(label) > LABEL_LIMIT:
        raise Invalid(f"A label has at most {LABEL_LIMIT} characters.", field="label")
    number = await get(session, number_id)
    number.friendly_name = label
    session.add(number)
    await session.flush()
    await _changed(session, principal, number.id, "renamed", {"label": label})
    return number


async def release(session: AsyncSession, principal: Principal, number_id: UUID) -> str:
    """Give a number back and return it; its conversations stay. Raises `NotFound`."""
    principal.require(MemberRole.OWNER)
    number = await get(session, number_id)
    address, sid = number.phone_number, number.phone_sid
    await session.delete(number)
    await session.flush()
    await jobs.defer(session, "numbers.connect", lock=f"number:{address}", phone_number=address, sid=sid)
    await _changed(session, principal, number_id, "released", {"phone_number": address})
    return address


async def connect(phone_number: str, sid: str) -> None:
    """Bring the carrier's setting in line with our row: texts and calls come here while somebody owns the number.

    Reads the owner afresh, so whichever of several jobs runs last leaves the truth. Raises `VendorError`.
    """
    with platform_scope("see whether a number is owned"):
        async with unit_of_work() as session:
            is_owned = bool(await queries.taken(session, [phone_number]))
    await signalwire.set_webhooks(sid, **(addresses() if is_owned else dict.fromkeys(addresses(), "")))


async def connect_all() -> int:
    """Mend every number of ours whose texts or calls the carrier would send elsewhere; returns how many there were.

    A changed PUBLIC_URL or a setting undone by hand at the carrier is found here.
    """
    with platform_scope("compare numbers with the carrier"):
        async with unit_of_work() as session:
            owned = await queries.owned_everywhere(session)
    wrong = [
        number
        for number in (await signalwire.list_numbers() if owned else [])
        if number.phone_number in owned
        and any(getattr(number, name) != address for name, address in addresses().items())
    ]
    for number in wrong:
        try:
            await signalwire.set_webhooks(number.sid, **addresses())
        except VendorError as error:
            log.warning("number.not_connected", number=number.phone_number, error=error.message)
    return len(wrong)


def addresses() -> dict[str, str]:
    """Return the public addresses the carrier posts texts, calls and what becomes of them to, by their setting."""
    functions = f"{settings().public_url}/functions/v1"
    return {
        "message_request_url": f"{functions}/webhook-inbound-sms",
        "call_request_url": f"{functions}/webhook-inbound-call",
        "call_status_url": f"{functions}/webhook-call-status",
    }


async def _free() -> list[signalwire.CarrierNumber]:
    inventory = await signalwire.list_numbers()
    with platform_scope("find numbers nobody owns"):
        async with unit_of_work() as session:
            taken = await queries.taken(session, [number.phone_number for number in inventory])
    return [number for number in inventory if number.phone_number not in taken]


async def _changed(
    session: AsyncSession, principal: Principal, number_id: UUID, verb: str, details: dict[str, str]
) -> None:
    await audit.record(session, principal, f"ui:number:{verb}", str(number_id), details)
    await realtime.announce(session, org_id_of(session), "numbers.changed", subject=str(number_id))


def _capabilities(number: signalwire.CarrierNumber) -> dict[str, bool]:
    return {name: name in number.capabilities for name in ("voice", "sms", "mms")}


def _view(number: ServiceNumber, voice: str, texts: str, outbound: str) -> NumberView:
    return NumberView(
        id=str(number.id),
        phone_number=number.phone_number,
        display=e164.display(number.phone_number),
        friendly_name=number.friendly_name,
        country=number.country,
        is_active=number.is_active,
        capabilities=number.capabilities,
        agent_id=str(number.agent_id or ""),
        agent_name=voice,
        text_agent_id=str(number.text_agent_id or ""),
        text_agent_name=texts,
        outbound_agent_id=str(number.outbound_agent_id or ""),
        outbound_agent_name=outbound,
        answered_by=number.answered_by,
        ring_team_id=str(number.ring_team_id or ""),
        ring_s=number.ring_s,
        has_voicemail=number.has_voicemail,
        writes_calls_down=number.writes_calls_down,
        voicemail_greeting=number.voicemail_greeting,
        created_at=number.created_at.isoformat(),
    )
