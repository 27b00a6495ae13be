"""Say whether one more mail may go to an account, so that whoever asks in its name cannot use up its codes.

Anybody may ask for a code for any address, so what is counted first is who asks: one network gets a few mails to one
account and no more. Only then the account itself is counted, in two purses. One is for networks on which the account
was signed in before: a stranger is not there, so however many strangers ask, the owner at home or at work still gets a
code. The other is for all other networks together, and keeps a crowd from flooding a mailbox; its owner, on a new
network in that same hour, waits, or asks from one they used before.

Refusals are silent, because an answer would tell that the account exists. They touch no code: those mailed before
work until they expire, each in the browser that asked (`codes`), so asking in somebody's name ends nothing of theirs.
"""

from datetime import timedelta

from sqlmodel import col, select

from backend.accounts.limits import network
from backend.core import clock, rate_limits
from backend.core.errors import LimitReached
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.accounts import User, UserSession

# A person asks once and again three times before they look into their spam folder.
FROM_ONE_NETWORK = (4, 6)
# A guesser has five tries at each code of a million: 220 a day in all.
FROM_KNOWN_NETWORKS = (6, 20)
FROM_OTHER_NETWORKS = (12, 24)
# A network that was not used for so long may be somebody else's by now.
KNOWN_FOR = timedelta(days=90)
_WINDOWS = (timedelta(hours=1), timedelta(days=1))


async def may_mail(what: str, email: str, asker: str) -> bool:
    """Count one mail of the kind `what` to an account, asked for from a network ("" for loopback); False beyond limits.

    Opens its own transactions, so call it outside any.
    """
    purse, limits = ("other", FROM_OTHER_NETWORKS)
    try:
        if asker:
            await _count(f"mail.{what}.network", FROM_ONE_NETWORK, f"{asker} {email}")
            if await _is_known(email, asker):
                purse, limits = ("known", FROM_KNOWN_NETWORKS)
        await _count(f"mail.{what}.{purse}", limits, email)
    except LimitReached:
        return False
    return True


async def _count(key: str, limits: tuple[int, int], about: str) -> None:
    for window, limit in zip(_WINDOWS, limits, strict=True):
        await rate_limits.hit(f"{key}.{int(window.total_seconds())}", limit, window, about=about)


async def _is_known(email: str, asker: str) -> bool:
    query = (
        select(UserSession.address)
        .join(User, col(User.id) == col(UserSession.user_id))
        .where(User.email == email, UserSession.last_seen_at > clock.now() - KNOWN_FOR)
        .distinct()
    )
    with platform_scope("find where an account was signed in"):
        async with unit_of_work() as session:
            return any(network(address) == asker for address in (await session.exec(query)).all())
