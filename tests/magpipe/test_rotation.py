"""Rotating the keys leaves every stored secret readable under the newest key alone."""

from cryptography.fernet import Fernet
from sqlalchemy import LargeBinary, select, type_coerce

from backend.core.config import settings
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.platform import SystemEmail
from magpipe import rotation
from magpipe.instance import Instance, new_encryption_key


async def test_stored_secrets_move_to_the_first_key(db, monkeypatch, tmp_path):
    with platform_scope("test"):
        async with unit_of_work() as session:
            session.add(
                SystemEmail(recipient="rotated@example.com", subject="s", text_body="code 123456", html_body="<b>")
            )
    old = settings().encryption_keys.get_secret_value()
    newest = new_encryption_key()
    monkeypatch.setenv("ENCRYPTION_KEYS", f"{newest},{old}")
    settings.cache_clear()
    try:
        assert await rotation.rotate(Instance(tmp_path)) == 0
        with platform_scope("test"):
            async with unit_of_work() as session:
                wanted = select(type_coerce(SystemEmail.text_body, LargeBinary))
                raw = await session.scalar(wanted.where(SystemEmail.recipient == "rotated@example.com"))
        assert Fernet(newest).decrypt(bytes(raw)) == b"code 123456"
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_every_encrypted_column_is_found():
    names = {f"{table.name}.{column.name}" for table, column in rotation.encrypted_columns()}
    assert {"system_emails.text_body", "system_emails.html_body"} <= names
