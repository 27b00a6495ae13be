"""Migrations go up, down and up again, agree with the models, and give up quickly when a table is busy."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

ROOT = Path(__file__).parent.parent
VERBS = {"create", "add", "change", "drop", "index", "guard", "rename", "remember"}


@pytest.fixture(scope="module")
def empty_database(database: str):
    server = make_url(database)
    name = f"migrations_{secrets.token_hex(4)}"
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"create database {name}")
        yield server.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        connection.execute(f"drop database {name} with (force)")


def tables(database: str) -> set[str]:
    """Return the names of all tables and enumerations."""
    with psycopg.connect(database) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        kinds = connection.execute(
            "select typname from pg_type where typnamespace = 'public'::regnamespace and typtype = 'e'"
        ).fetchall()
    return {name for (name,) in rows + kinds}


# In one process: starting Python and reading the models takes longer than all the migrations together.
DOWN_AND_UP = """
import os, sys
from alembic import command
from alembic.config import Config
from tests.test_migrations import tables

config, database, steps = Config("alembic.ini"), os.environ["DATABASE_URL"], int(sys.argv[1])
command.upgrade(config, "head")
first = tables(database)
for _ in range(steps):
    command.downgrade(config, "-1")
assert tables(database) == {"alembic_version"}, f"left behind: {tables(database)}"
for _ in range(steps):
    command.upgrade(config, "+1")
assert tables(database) == first, f"not as before: {tables(database) ^ first}"
command.check(config)
"""


def test_every_migration_steps_down_to_nothing_and_up_to_what_the_models_say(empty_database):
    steps = len(list((ROOT / "alembic" / "versions").glob("*.py")))
    done = subprocess.run(
        [sys.executable, "-c", DOWN_AND_UP, str(steps)],
        capture_output=True,
        text=True,
        env={**os.environ, "DATABASE_URL": empty_database},
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_migrations_wait_for_locks_only_briefly():
    source = (ROOT / "alembic" / "env.py").read_text()
    assert "lock_timeout=5s" in source
    assert "statement_timeout=" in source


def test_file_names_say_when_and_what():
    for path in (ROOT / "alembic" / "versions").glob("*.py"):
        date, verb = path.stem[:15], path.stem[16:]
        assert len(date.split("_")) == 4, path.name
        assert verb.split("_")[0] in VERBS, path.name
