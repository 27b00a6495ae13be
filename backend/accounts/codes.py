"""Issue and redeem six-digit codes: they live ten minutes, work once, take five tries, in the browser that asked.

The browser that asks gets a random token in an HttpOnly cookie, and a code is good only together with it. So a code
read over somebody's shoulder, or guessed at from elsewhere, opens nothing, and an account prepared by a stranger for
somebody else's address cannot be confirmed by that person's own mail.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import clock, crypto
from backend.core.errors import Invalid
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.accounts import OneTimeCode
from backend.vocab import CodePurpose

LIFETIME = timedelta(minutes=10)
TRIES = 5


def browser_hash(pending: str) -> str:
    """Return what the database keeps of the token in a browser's pending cookie."""
    return crypto.digest("pending", pending)


async def issue(
    session: AsyncSession,
    user_id: UUID,
    purpose: CodePurpose,
    target: str,
    browser: str,
    *,
    name: str = "",
    password_hash: str = "",
) -> str:
    """Return a fresh code for one browser (by its hash); the ones it had for this purpose stop working.

    Those of other browsers go on working. How many there may be is the caller's to ask (`allowance`). Needs platform
    scope.
    """
    now = clock.now()
    await session.execute(
        update(OneTimeCode)
        .where(
            col(OneTimeCode.user_id) == user_id,
            col(OneTimeCode.purpose) == purpose,
            col(OneTimeCode.browser_hash) == browser,
            col(OneTimeCode.used_at).is_(None),
        )
        .values(used_at=now)
    )
    code = crypto.new_code()
    row = OneTimeCode(
        user_id=user_id,
        purpose=purpose,
        target=target,
        code_hash="",
        expires_at=now + LIFETIME,
        browser_hash=browser,
        name=name,
        password_hash=password_hash,
    )
    row.code_hash = _hash(row.id, code)
    session.add(row)
    await session.flush()
    return code


async def latest(session: AsyncSession, browser: str, *purposes: CodePurpose) -> OneTimeCode | None:
    """Return the newest code a browser asked for, used or not, for sending another. Needs platform scope."""
    query = (
        select(OneTimeCode)
        .where(
            OneTimeCode.browser_hash == browser,
            col(OneTimeCode.purpose).in_(purposes),
            OneTimeCode.created_at > clock.ago(hours=1),
        )
        .order_by(col(OneTimeCode.created_at).desc(), col(OneTimeCode.id).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def check(pending: str, purpose: CodePurpose, code: str) -> UUID:
    """Return the id of the live code this browser may redeem; the try is counted, and stays counted.

    Raises `Invalid` with the same words whether the code is wrong, used up, expired or never existed.
    """
    digits = "".join(code.split()).replace("-", "")
    with platform_scope("count a try at a code"):
        async with unit_of_work() as session:
            newest = (
                select(col(OneTimeCode.id))
                .where(
                    col(OneTimeCode.browser_hash) == browser_hash(pending),
                    col(OneTimeCode.purpose) == purpose,
                    col(OneTimeCode.used_at).is_(None),
                    col(OneTimeCode.expires_at) > clock.now(),
                    col(OneTimeCode.attempts) < TRIES,
                )
                .order_by(col(OneTimeCode.created_at).desc(), col(OneTimeCode.id).desc())
                .limit(1)
            )
            counted = await session.execute(
                update(OneTimeCode)
                .where(col(OneTimeCode.id).in_(newest.scalar_subquery()), col(OneTimeCode.attempts) < TRIES)
                .values(attempts=col(OneTimeCode.attempts) + 1)
                .returning(col(OneTimeCode.id), col(OneTimeCode.code_hash))
            )
            row = counted.one_or_none()
    if not pending or row is None or not crypto.matches(row.code_hash, _hash(row.id, digits)):
        raise wrong_code()
    code_id: UUID = row.id
    return code_id


async def redeem(session: AsyncSession, code_id: UUID) -> OneTimeCode:
    """Use up a checked code and return it; of two at once, one gets it. Raises `Invalid` for the other."""
    used = await session.execute(
        update(OneTimeCode)
        .where(
            col(OneTimeCode.id) == code_id,
            col(OneTimeCode.used_at).is_(None),
            col(OneTimeCode.expires_at) > clock.now(),
        )
        .values(used_at=clock.now())
        .returning(col(OneTimeCode.id))
    )
    if used.scalar_one_or_none() is None:
        raise wrong_code()
    return await session.get_one(OneTimeCode, code_id, populate_existing=True)


def wrong_code() -> Invalid:
    """Return the one answer to every code that opens nothing."""
    return Invalid(
        "This code is wrong or has expired. After five tries, ask for a new one.", code="code_wrong", field="code"
    )


def _hash(code_id: UUID, code: str) -> str:
    return crypto.digest("one_time_code", f"{code_id}:{code}")
