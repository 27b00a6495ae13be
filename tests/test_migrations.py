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


def alembic(database: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "DATABASE_URL": database},
        cwd=ROOT,
    )


def tables(database: str) -> set[str]:
    with psycopg.connect(database) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        kinds = connection.execute(
            "select typname from pg_type where typnamespace = 'public'::regnamespace and typtype = 'e'"
        ).fetchall()
    return {name for (name,) in rows + kinds}


def test_up_down_up(empty_database):
    assert alembic(empty_database, "upgrade", "head").returncode == 0
    first = tables(empty_database)
    down = alembic(empty_database, "downgrade", "base")
    assert down.returncode == 0, down.stderr
    assert tables(empty_database) == {"alembic_version"}
    assert alembic(empty_database, "upgrade", "head").returncode == 0
    assert tables(empty_database) == first
    check = alembic(empty_database, "check")
    assert check.returncode == 0, check.stdout + check.stderr


STEP_BY_STEP = """
import sys
from alembic import command
from alembic.config import Config
config = Config("alembic.ini")
command.upgrade(config, "head")
for direction, step in ((command.downgrade, "-1"), (command.upgrade, "+1")):
    for _ in range(int(sys.argv[1])):
        direction(config, step)
"""


def test_every_migration_steps_down_and_up_alone(empty_database):
    steps = len(list((ROOT / "alembic" / "versions").glob("*.py")))
    done = subprocess.run(
        [sys.executable, "-c", STEP_BY_STEP, str(steps)],
        capture_output=True,
        text=True,
        env={**os.environ, "DATABASE_URL": empty_database},
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr
    check = alembic(empty_database, "current")
    assert "(head)" in check.stdout, check.stdout + check.stderr


def test_migrations_wait_for_locks_only_briefly():
    source = (ROOT / "alembic" / "env.py").read_text()
    assert "lock_timeout=5s" in source
    assert "statement_timeout=" in source


def test_file_names_say_when_and_what():
    for path in (ROOT / "alembic" / "versions").glob("*.py"):
        date, verb = path.stem[:15], path.stem[16:]
        assert len(date.split("_")) == 4, path.name
        assert verb.split("_")[0] in VERBS, path.name
