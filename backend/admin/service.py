"""Let operators see the work that gave up, and send it round again.

Everything here crosses organizations: callers open `platform_scope`, and each function asks for the admin role first.
"""

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.admin import queries
from backend.admin.schemas import DeadLetter
from backend.core import audit, clock
from backend.core.errors import Conflict, NotFound
from backend.core.logging import redact
from backend.core.principal import Principal
from backend.vocab import PlatformRole

WINDOW = 100
# As many as one press revives; a flood goes round in several, so that live work is not pushed aside.
RETRY_AT_ONCE = 1000
# Arguments are ids, which are short: what is longer may be someone's words.
LONGEST_ARGUMENT = 40


async def dead_letters(session: AsyncSession, principal: Principal) -> tuple[list[DeadLetter], int]:
    """Return the newest failed jobs, at most `WINDOW`, and how many there are in all.

    Raises `NotAllowed` below the admin role.
    """
    principal.require_platform(PlatformRole.ADMIN)
    rows = await queries.failed(session, WINDOW)
    letters = [
        DeadLetter(
            id=row.id,
            task=row.task_name,
            attempts=row.attempts,
            about=_about(row.args),
            failed_at=row.failed_at.isoformat() if row.failed_at else "",
        )
        for row in rows
    ]
    return letters, await queries.failed_total(session)


async def retry(session: AsyncSession, principal: Principal, job_id: int) -> None:
    """Send one failed job round again, at once. Every task may run twice, so what took effect is not repeated.

    Raises `NotAllowed`, `NotFound`, or `Conflict` when the same work waits in the queue already.
    """
    principal.require_platform(PlatformRole.ADMIN)
    if not await queries.lock_failed(session, job_id):
        raise NotFound("This job is no longer among the failed ones.")
    try:
        async with session.begin_nested():
            await queries.retry(session, job_id, clock.now())
    except IntegrityError:
        raise Conflict("The same work waits in the queue already.") from None
    await audit.record(session, principal, "ui:job:retried", str(job_id))


async def retry_all(session: AsyncSession, principal: Principal) -> int:
    """Send the failed jobs round again, at most `RETRY_AT_ONCE`, and return how many went.

    Work that waits in the queue already is left where it is. Raises `NotAllowed`.
    """
    principal.require_platform(PlatformRole.ADMIN)
    sent = 0
    for row in await queries.failed(session, RETRY_AT_ONCE):
        try:
            await retry(session, principal, row.id)
            sent += 1
        except (Conflict, NotFound):
            continue
    return sent


def _about(arguments: dict[str, object]) -> str:
    shown = []
    for name, value in redact(arguments).items():
        text = str(value)
        shown.append(f"{name}: {text if len(text) <= LONGEST_ARGUMENT else '…'}")
    return ", ".join(shown)
