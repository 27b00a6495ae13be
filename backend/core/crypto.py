"""Keep secrets: encrypt at rest under rotatable keys, and hash what must only ever be compared."""

import hashlib
import hmac
import secrets
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from backend.core.config import settings
from backend.core.errors import Misconfigured


def careful_hasher() -> PasswordHasher:
    """Return what hashes passwords: RFC 9106 §4, second recommended option (64 MiB, 3 passes).

    With one lane, because a web worker serves others too.
    """
    return PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)


_passwords = careful_hasher()


@lru_cache(maxsize=4)
def _keyring(joined_keys: str) -> MultiFernet:
    keys = [key.strip() for key in joined_keys.split(",") if key.strip()]
    if not keys:
        raise Misconfigured(
            "There is no encryption key. Start with `make up`, or set ENCRYPTION_KEYS.", field="ENCRYPTION_KEYS"
        )
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise Misconfigured(
            "ENCRYPTION_KEYS holds something that is not a key; make one with `magpipe secrets new`.",
            field="ENCRYPTION_KEYS",
        ) from None


def _ring() -> MultiFernet:
    return _keyring(settings().encryption_keys.get_secret_value())


def new_key() -> str:
    """Return a fresh encryption key for ENCRYPTION_KEYS; put it first to make it the one that encrypts."""
    return Fernet.generate_key().decode()


def encrypt(text: str) -> bytes:
    """Return `text` encrypted under the first key."""
    return _ring().encrypt(text.encode())


def decrypt(token: bytes) -> str:
    """Return the text behind `token`, made under any key still listed. Raises `Misconfigured` when none fits."""
    try:
        return _ring().decrypt(token).decode()
    except InvalidToken:
        raise Misconfigured(
            "A stored secret was encrypted under a key that ENCRYPTION_KEYS no longer lists.", field="ENCRYPTION_KEYS"
        ) from None


def reencrypt(token: bytes) -> bytes:
    """Return the same secret under the first key."""
    return _ring().rotate(token)


class EncryptedText(TypeDecorator[str]):
    """A column whose text is encrypted in the database and plain in Python; it cannot be searched."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        """Encrypt on the way in."""
        return None if value is None else encrypt(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Decrypt on the way out."""
        return None if value is None else decrypt(value)


def digest(purpose: str, value: str) -> str:
    """Return the keyed hash (HMAC-SHA256, hex) of a token or code, separate for each purpose."""
    key = settings().secret_key.get_secret_value()
    if not key:
        raise Misconfigured("There is no secret key. Start with `make up`, or set SECRET_KEY.", field="SECRET_KEY")
    return hmac.new(key.encode(), f"{purpose}:{value}".encode(), hashlib.sha256).hexdigest()


def matches(expected: str, given: str) -> bool:
    """Compare two strings in constant time."""
    return hmac.compare_digest(expected.encode(), given.encode())


def new_token() -> str:
    """Return 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Return six random decimal digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password (RFC 9106). Takes about 60 ms: call it in a thread."""
    return _passwords.hash(password)


def password_matches(password_hash: str, password: str) -> bool:
    """Tell whether the password belongs to the hash. Takes as long for a wrong one: call it in a thread."""
    try:
        return _passwords.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def no_password() -> str:
    """Return a hash no password fits, so that signing in to an unknown account costs the same time."""
    return _passwords.hash(secrets.token_urlsafe(16))
