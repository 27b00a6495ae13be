"""A database server that cannot hold Magpipe is told apart before the first migration, in one sentence."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, make_url

from magpipe import postgres
from magpipe.doctor.report import examine
from magpipe.errors import StartError
from magpipe.postgres import ROLES, Server

ROOT = Path(__file__).parent.parent.parent
GOOD = Server("15.18", 150018, account="shop", database="till", pgvector_available="0.8.0")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"version": "14.19", "number": 140019}, "PostgreSQL 14.19 is too old and 15 or newer is needed"),
        ({"encoding": "SQL_ASCII"}, "stores text as SQL_ASCII"),
        ({"pgvector_available": ""}, "has no pgvector"),
        ({"pgvector_available": "0.7.4"}, "pgvector 0.7.4 of the database server is too old"),
        ({"pgvector": "0.7.4"}, "`alter extension vector update` in the database till"),
        ({"may_make_extension": False}, "`create extension vector` once in the database till"),
        ({"owns_schema": False}, "`alter schema public owner to shop`"),
        ({"may_make_roles": False}, "`create role magpipe_app; create role magpipe_platform; grant"),
        ({"roles": ROLES}, "`grant magpipe_app, magpipe_platform to shop`"),
        ({"roles": ROLES, "own_roles": ROLES[:1]}, "The roles magpipe_platform were made by another"),
    ],
)
def test_what_is_missing_is_said_with_the_remedy(changed, words):
    (sentence,) = postgres.lacks(replace(GOOD, **changed))
    assert words in sentence


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"pgvector": "0.8.5", "may_make_extension": False},
        {"pgvector": "1.0", "pgvector_available": "1.0"},
        {"roles": ROLES, "own_roles": ROLES, "may_make_roles": False},
        {"version": "18.1", "number": 180001},
    ],
)
def test_what_suffices_is_not_complained_about(changed):
    assert list(postgres.lacks(replace(GOOD, **changed))) == []


def test_the_server_of_this_run_is_enough(database):
    postgres.require(database)


@pytest.mark.parametrize("address", ["mysql://ana:hidden@127.0.0.1/till", "not an address"])
def test_what_is_no_address_is_said_without_its_password(address):
    with pytest.raises(StartError, match="DATABASE_URL is not like") as refused:
        postgres.require(address)
    assert "hidden" not in str(refused.value)


@pytest.fixture
def restricted(database: str) -> Iterator[tuple[psycopg.Connection, URL]]:
    """Make an account that may do nothing and an empty database that belongs to a superuser."""
    server = make_url(database).set(drivername="postgresql")
    name, word = "restricted", "a-password"
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        row = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
        if row != (True,):
            pytest.skip("only a superuser can make what this test needs")
        connection.execute(f"create role {name} login password '{word}'")
        connection.execute(f"create database {name} template template0 encoding 'UTF8'")
        try:
            theirs = server.set(database=name)
            with psycopg.connect(theirs.render_as_string(hide_password=False), autocommit=True) as inside:
                yield inside, theirs.set(username=name, password=word)
        finally:
            connection.execute(f"drop database {name} with (force)")
            connection.execute(f"drop role {name}")


def migrate(address: URL) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"DATABASE_URL": address.render_as_string(hide_password=False)}
    return subprocess.run(
        [sys.executable, "-m", "magpipe", "migrate"], capture_output=True, text=True, cwd=ROOT, env=env
    )


def test_account_without_rights_is_told_each_remedy_and_migrates_with_them(restricted):
    superuser, address = restricted
    remedies = {
        "may not switch pgvector on": "create extension vector",
        "does not own the schema public": "alter schema public owner to restricted",
        "were made by another account": "grant magpipe_app, magpipe_platform to restricted",
    }
    for words, remedy in remedies.items():
        with pytest.raises(StartError, match=words) as refused:
            postgres.require(address.render_as_string(hide_password=False))
        assert remedy in str(refused.value)
        superuser.execute(remedy)
    done = migrate(address)
    assert done.returncode == 0, done.stderr


def test_migrate_says_in_one_sentence_what_the_account_may_not(restricted):
    done = migrate(restricted[1])
    assert done.returncode == 1
    assert done.stderr.strip().startswith("Magpipe: The account restricted may not switch pgvector on")
    assert "Traceback" not in done.stderr


async def test_doctor_tells_what_keeps_the_migrations_from_running(restricted, monkeypatch):
    from backend.core.config import settings
    from magpipe.doctor import ground

    monkeypatch.setenv("DATABASE_URL", restricted[1].render_as_string(hide_password=False))
    settings.cache_clear()
    rows = await examine([check for check in ground.CHECKS if check.name == "Migrations"])
    monkeypatch.undo()
    settings.cache_clear()
    assert rows[0].detail == "no migration has run"
    assert "`create extension vector` once in the database restricted" in rows[0].fix
