"""Connect an organization's account at the calendar service, look at it, and let it go again."""

from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calendars import definitions, queries
from backend.calendars.schemas import ConnectionRow, KindRow
from backend.core import audit, clock, rate_limits, realtime
from backend.core.errors import Conflict, Invalid, VendorError
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.models.calendars import CalendarConnection
from backend.vendors import calcom
from backend.vocab import MemberRole

CHANGED = "calendars.changed"
KEY_LIMIT = 200
# Quicker than anyone reads what came of it.
LOOKS, WINDOW = 30, timedelta(minutes=10)
NOT_CONNECTED = "NOT_CONNECTED"


def not_connected() -> Conflict:
    """Return what is said where there is no account; the code is the reference product's."""
    return Conflict("No calendar is connected. Connect one in Settings.", code=NOT_CONNECTED)


async def connect(principal: Principal, api_key: str) -> ConnectionRow:
    """Keep an account's key, once it opens the account, and return what it holds. Opens its own transactions.

    Raises `Invalid` (`api_key`) when the key opens nothing, `VendorError`, `LimitReached`. Nothing is kept then.
    """
    principal.require(MemberRole.EDITOR)
    key = api_key.strip()
    if not key or len(key) > KEY_LIMIT or not key.isascii() or not key.isprintable() or " " in key:
        raise Invalid("Paste the whole key; it begins with cal_.", field="api_key")
    with org_scope(principal.org_id):
        await rate_limits.hit("calendars.looks", LOOKS, WINDOW, about=principal.org_id)
        try:
            found = await _looked(key)
        except VendorError as error:
            if error.code == calcom.SETUP:
                raise Invalid("This key opens no account. Make a new one and paste it.", field="api_key") from None
            raise
        try:
            async with unit_of_work() as session:
                row = await queries.connection(session, principal.org_id, for_update=True)
                row = row or CalendarConnection(org_id=principal.org_id, api_key=key)
                row.api_key = key
                _take(row, *found)
                session.add(row)
                await audit.record(session, principal, "ui:calendar:connected", row.id, {"account": row.username})
                await _announce(session)
        except IntegrityError:
            raise Conflict("Somebody connected a calendar a moment ago.", code="changed_meanwhile") from None
        async with unit_of_work() as session:
            return await view(session)


async def look(principal: Principal) -> ConnectionRow:
    """Look at the account again and return what it holds; a fault is kept for all to see. Raises `Conflict`."""
    principal.require(MemberRole.EDITOR)
    with org_scope(principal.org_id):
        await rate_limits.hit("calendars.looks", LOOKS, WINDOW, about=principal.org_id)
        async with unit_of_work() as session:
            key = await key_of(session)
        fault = ""
        found: tuple[calcom.Account, list[calcom.EventType]] | None = None
        try:
            found = await _looked(key)
        except VendorError as error:
            fault = error.message
        async with unit_of_work() as session:
            row = await queries.connection(session, principal.org_id, for_update=True)
            if row is None:
                raise not_connected()
            if found is not None:
                _take(row, *found)
            row.last_error, row.checked_at = fault, clock.now()
            session.add(row)
            await session.flush()
            await _announce(session)
            return await view(session)


async def disconnect(session: AsyncSession, principal: Principal) -> None:
    """Forget the account and its key; appointments that were made stay in the calendar and in our books."""
    principal.require(MemberRole.EDITOR)
    row = await queries.connection(session, org_id_of(session), for_update=True)
    if row is None:
        return
    await session.delete(row)
    await session.flush()
    await audit.record(session, principal, "ui:calendar:disconnected", row.id, {"account": row.username})
    await _announce(session)


async def view(session: AsyncSession) -> ConnectionRow:
    """Return the account as screens show it."""
    row = await queries.connection(session, org_id_of(session))
    if row is None:
        return ConnectionRow(is_connected=False, account="", timezone="", kinds=[], error="", checked_at="")
    return ConnectionRow(
        is_connected=True,
        account=row.email or row.username,
        timezone=row.timezone,
        kinds=[KindRow(id=one["id"], title=one["title"], minutes=one["minutes"]) for one in row.event_types],
        error=row.last_error,
        checked_at=row.checked_at.isoformat() if row.checked_at else "",
    )


async def key_of(session: AsyncSession) -> str:
    """Return the account's key. Raises `Conflict` (`NOT_CONNECTED`)."""
    row = await queries.connection(session, org_id_of(session))
    if row is None:
        raise not_connected()
    return row.api_key


async def note_fault(fault: str) -> None:
    """Keep that the account did not let us in, or that it does again."""
    async with unit_of_work() as session:
        row = await queries.connection(session, org_id_of(session), for_update=True)
        if row is not None and row.last_error != fault:
            row.last_error, row.checked_at = fault, clock.now()
            session.add(row)
            await session.flush()
            await _announce(session)


async def _looked(key: str) -> tuple[calcom.Account, list[calcom.EventType]]:
    account = await calcom.account(key)
    return account, await calcom.event_types(key, account.username)


def _take(row: CalendarConnection, account: calcom.Account, kinds: list[calcom.EventType]) -> None:
    row.username, row.email, row.timezone = account.username[:200], account.email[:200], account.timezone[:60]
    row.event_types = [
        {"id": one.id, "title": one.title[: definitions.TITLE_LIMIT] or str(one.id), "minutes": one.minutes}
        for one in kinds[:100]
    ]
    row.last_error, row.checked_at = "", clock.now()


async def _announce(session: AsyncSession) -> None:
    await realtime.announce(session, org_id_of(session), CHANGED)
