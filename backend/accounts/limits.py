"""Limit attempts per address and per account; the limits are the same for accounts that do not exist.

Asking for a mail is limited aloud per address alone: what an account may get is counted out of sight (`allowance`), so
that nobody can shut its owner out by asking first.
"""

import ipaddress
from datetime import timedelta

from backend.core import rate_limits

_TEN_MINUTES, _HOUR, _DAY = timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)


def network(address: str) -> str:
    """Return what one visitor's attempts share: the address, or the /64 that IPv6 gives a household.

    Loopback says nothing about a visitor (it is a proxy on this host that TRUSTED_PROXIES does not name, or a person
    at the machine), so it returns "" and only the limits per account hold.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_loopback:
        return ""
    return str(ipaddress.ip_network(f"{ip}/64", strict=False)) if ip.version == 6 else str(ip)


async def _by_address(what: str, address: str, limit: int) -> None:
    if known := network(address):
        await rate_limits.hit(f"{what}.address", limit, _HOUR, about=known)


async def _by_pair(what: str, address: str, email: str, limit: int) -> None:
    """Give one address only a part of what an account may try in an hour, or it could use it up and shut others out."""
    if known := network(address):
        await rate_limits.hit(f"{what}.pair_hour", limit, _HOUR, about=f"{known} {email}")


async def sign_up(address: str, email: str) -> None:
    """Count a sign-up. Raises `LimitReached`."""
    await _by_address("sign_up", address, 20)
    await _by_pair("sign_up", address, email, 3)


async def sign_in(address: str, email: str) -> None:
    """Count a sign-in: few from one address to one account, more from everywhere. Raises `LimitReached`."""
    await _by_address("sign_in", address, 120)
    await rate_limits.hit("sign_in.pair", 10, _TEN_MINUTES, about=f"{network(address)} {email}")
    await _by_pair("sign_in", address, email, 30)
    await rate_limits.hit("sign_in.email", 50, _HOUR, about=email)


async def forgotten(address: str, email: str) -> None:
    """Count a request for a new password. Raises `LimitReached`."""
    await _by_address("forgotten", address, 20)
    await _by_pair("forgotten", address, email, 3)


async def another_code(address: str, pending: str) -> None:
    """Count a request to send a code again. Raises `LimitReached`."""
    await _by_address("another_code", address, 40)
    await rate_limits.hit("another_code.browser", 6, _HOUR, about=pending)


async def code(address: str) -> None:
    """Count a try at a code; each code also counts its own tries. Raises `LimitReached`."""
    await _by_address("code", address, 60)


async def own_password(user_id: str) -> None:
    """Count a signed-in person's tries at their own password. Raises `LimitReached`."""
    await rate_limits.hit("own_password.account", 10, _TEN_MINUTES, about=user_id)


async def new_address(user_id: str, email: str) -> None:
    """Count mails to an address that a signed-in person names. Raises `LimitReached`."""
    await rate_limits.hit("new_address.account", 10, _DAY, about=user_id)
    await rate_limits.hit("new_address.email", 5, _DAY, about=email)
