"""Hash and check passwords in threads, a few at a time, so that a burst of sign-ins cannot take all memory."""

import asyncio

from backend.core import crypto

# Each hash takes 64 MiB for about 60 ms (see crypto): four at once bound a process to 256 MiB.
_AT_ONCE = asyncio.Semaphore(4)


async def hashed(password: str) -> str:
    """Return the argon2id hash of a password."""
    async with _AT_ONCE:
        return await asyncio.to_thread(crypto.hash_password, password)


async def match(password_hash: str, password: str) -> bool:
    """Tell whether a password belongs to a hash; an empty hash costs the same time and never matches."""
    async with _AT_ONCE:
        return await asyncio.to_thread(lambda: crypto.password_matches(password_hash or crypto.no_password(), password))
