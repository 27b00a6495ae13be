"""Run migrations one at a time, with short locks, against the configured database."""

from sqlalchemy import NullPool, create_engine, text
from sqlmodel import SQLModel

import backend.models  # noqa: F401 - fills the metadata that `alembic check` compares with
from alembic import context
from backend.core.db import database_url

# Two migrators must not interleave; the number only has to be ours ("magpipe" as letters on a phone pad).
MIGRATION_LOCK = 6247473
# A migration that cannot get its lock in time gives up rather than queueing every query behind it.
OPTIONS = "-c lock_timeout=5s -c statement_timeout=15min"


def run() -> None:
    """Apply the migrations inside one connection that holds the migration lock."""
    engine = create_engine(database_url(), poolclass=NullPool, connect_args={"options": OPTIONS})
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.commit()
        try:
            context.configure(
                connection=connection,
                target_metadata=SQLModel.metadata,
                transaction_per_migration=True,
                include_object=lambda _o, name, kind, *_: (
                    not (kind == "table" and str(name).startswith("procrastinate"))
                ),
            )
            with context.begin_transaction():
                context.run_migrations()
        finally:
            connection.rollback()
            connection.execute(text("select pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
            connection.commit()


run()
