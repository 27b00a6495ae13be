"""A start knows without the migrator whether the tables are up to date."""

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import make_url

from magpipe import migrations
from magpipe.errors import StartError

ROOT = Path(__file__).parent.parent.parent
VERSIONS = ROOT / "alembic" / "versions"


def test_finds_the_head_the_migrator_finds():
    assert migrations.heads(VERSIONS) == set(ScriptDirectory.from_config(Config(str(ROOT / "alembic.ini"))).get_heads())


def test_migrated_database_is_at_head_and_an_older_release_is_not(database, tmp_path):
    assert migrations.is_at_head(database, VERSIONS)
    (tmp_path / "next.py").write_text('revision = "9999"\ndown_revision: str | None = None\n')
    assert not migrations.is_at_head(database, tmp_path)


def test_empty_database_is_not_at_head(database):
    empty = make_url(database).set(database="postgres").render_as_string(hide_password=False)
    assert not migrations.is_at_head(empty, VERSIONS)


def test_database_that_does_not_answer_is_said_in_one_sentence():
    with pytest.raises(StartError, match="The database does not answer"):
        migrations.is_at_head("postgresql+psycopg://nobody@127.0.0.1:1/none", VERSIONS)
