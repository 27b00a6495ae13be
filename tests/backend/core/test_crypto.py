"""Secrets at rest: readable under any listed key, rotatable, and hashes that only compare."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr

from backend.core import crypto
from backend.core.config import settings
from backend.core.errors import Misconfigured


@pytest.fixture
def keys(monkeypatch):
    def use(*listed: str) -> None:
        monkeypatch.setattr(settings(), "encryption_keys", SecretStr(",".join(listed)))

    return use


def test_a_secret_comes_back_as_it_was(keys):
    keys(crypto.new_key())
    token = crypto.encrypt("héllo ✦")
    assert b"llo" not in token
    assert crypto.decrypt(token) == "héllo ✦"


def test_rotation_reads_old_secrets_and_writes_new_ones(keys):
    old, new = crypto.new_key(), crypto.new_key()
    keys(old)
    token = crypto.encrypt("kept")
    keys(new, old)
    assert crypto.decrypt(token) == "kept"
    rotated = crypto.reencrypt(token)
    keys(new)
    assert crypto.decrypt(rotated) == "kept"
    with pytest.raises(InvalidToken):
        Fernet(old).decrypt(rotated)


def test_a_key_that_is_gone_is_named(keys):
    keys(crypto.new_key())
    token = crypto.encrypt("lost")
    keys(crypto.new_key())
    with pytest.raises(Misconfigured, match="ENCRYPTION_KEYS"):
        crypto.decrypt(token)


def test_something_that_is_not_a_key_is_refused(keys):
    keys("not-a-key")
    with pytest.raises(Misconfigured, match="ENCRYPTION_KEYS"):
        crypto.encrypt("x")


def test_a_digest_depends_on_its_purpose():
    assert crypto.digest("session", "t") != crypto.digest("code", "t")
    assert crypto.digest("session", "t") == crypto.digest("session", "t")


def test_a_password_costs_who_guesses_as_much_as_the_standard_asks():
    """RFC 9106 §4: the second recommended option. The other tests hash with less."""
    stored = crypto.careful_hasher().hash("correct horse")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert crypto.password_matches(stored, "correct horse")


def test_passwords_are_argon2id_and_compare():
    stored = crypto.hash_password("correct horse")
    assert stored.startswith("$argon2id$")
    assert crypto.password_matches(stored, "correct horse")
    assert not crypto.password_matches(stored, "Correct horse")
    assert not crypto.password_matches(crypto.no_password(), "")
    assert not crypto.password_matches("rubbish", "x")


def test_codes_are_six_digits():
    assert all(len(code) == 6 and code.isdecimal() for code in (crypto.new_code() for _ in range(200)))
