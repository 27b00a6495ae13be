"""Encrypt every stored secret under a new key, and forget the old ones."""

import os
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, LargeBinary, Table, select, type_coerce, update
from sqlmodel import SQLModel

import backend.models  # noqa: F401 - fills the metadata with every table
from backend.core import crypto
from backend.core.config import settings
from backend.core.tenancy import platform_scope, unit_of_work
from magpipe.errors import StartError
from magpipe.instance import Instance

ROWS_AT_ONCE = 500


async def rotate(instance: Instance) -> int:
    """Encrypt what is stored under the newest key. Returns 0; raises `StartError` while Magpipe is running.

    Keys kept in the data folder get a new one first and lose the old ones at the end; a stop half-way loses
    nothing, because until then both fit. With ENCRYPTION_KEYS in the environment its first key is the newest.
    """
    kept = instance.secrets_file.exists() and settings().encryption_keys.get_secret_value() == instance.secrets().get(
        "ENCRYPTION_KEYS"
    )
    if kept:
        owner = instance.owner()
        if owner is not None and owner.pid != os.getpid():
            raise StartError("Stop Magpipe first (Ctrl-C): its processes know only the old key.")
        os.environ["ENCRYPTION_KEYS"] = instance.add_encryption_key()
        settings.cache_clear()
    count = 0
    for table, column in encrypted_columns():
        count += await _reencrypt(table, column)
    if kept:
        instance.drop_old_encryption_keys()
        print(f"{count} stored secrets are under a new key. Back up {instance.secrets_file}.")
    else:
        print(f"{count} stored secrets are under the first key of ENCRYPTION_KEYS; the others can go.")
    return 0


def encrypted_columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Return every column of the product whose text is encrypted at rest."""
    for table in SQLModel.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, crypto.EncryptedText):
                yield table, column


async def _reencrypt(table: Table, column: Column[Any]) -> int:
    """Go through a table by its key, a batch per transaction, and return how many secrets it held."""
    key = next(iter(table.primary_key.columns))
    raw = type_coerce(column, LargeBinary)
    last, count = None, 0
    while True:
        with platform_scope("rotate the encryption keys"):
            async with unit_of_work() as session:
                page = select(key, raw).where(column.is_not(None)).order_by(key).limit(ROWS_AT_ONCE).with_for_update()
                rows = (await session.execute(page if last is None else page.where(key > last))).all()
                for number, secret in rows:
                    fresh = type_coerce(crypto.reencrypt(bytes(secret)), LargeBinary)
                    await session.execute(update(table).where(key == number).values({column: fresh}))
        if not rows:
            return count
        last, count = rows[-1][0], count + len(rows)
