"""Make the database of a run of tests: on an embedded PostgreSQL, or on a server that somebody else runs."""

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url


def migrate(address: str) -> None:
    """Bring the database at `address` to the newest schema with the real migrations."""
    done = subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        capture_output=True,
        text=True,
        env={**os.environ, "DATABASE_URL": address},
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0, done.stderr


# The planner takes tables that were never analysed for larger than they are: for one look at all of them it would start
# two more processes, which takes several times as long as the look itself.
PLAIN = {"max_parallel_workers_per_gather": "0", "jit": "off"}


@contextmanager
def embedded() -> Iterator[str]:
    """Start an embedded PostgreSQL, make a migrated database on it, and return its address."""
    from magpipe.database import running

    fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB", **PLAIN}
    with (
        tempfile.TemporaryDirectory(prefix="magpipe-pg-", ignore_cleanup_errors=True) as folder,
        running(Path(folder) / "pg", server_settings=fast) as cluster,
    ):
        cluster.create_database("tests")
        migrate(cluster.url("tests"))
        yield cluster.url("tests")


@contextmanager
def on_server(address: str) -> Iterator[str]:
    """Make a migrated database on a server that somebody else runs, return its address, and drop it afterwards."""
    server = make_url(address)
    name = f"tests_{secrets.token_hex(4)}"
    beside = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(beside, autocommit=True) as connection:
        connection.execute(f"create database {name}")
        for setting, value in PLAIN.items():
            connection.execute(f"alter database {name} set {setting} = {value}")
        # Roles belong to the whole server: two processes that grant them at one moment would collide.
        connection.execute("select pg_advisory_lock(hashtext('tests'))")
        made = server.set(drivername="postgresql+psycopg", database=name).render_as_string(hide_password=False)
        try:
            migrate(made)
            connection.execute("select pg_advisory_unlock_all()")
            yield made
        finally:
            connection.execute(f"drop database {name} with (force)")
