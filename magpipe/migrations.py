"""Tell quickly whether the database's tables are up to date, so that most starts need not load the migrator."""

import re
from pathlib import Path
from typing import Any

import psycopg

from magpipe.errors import StartError

REVISION = re.compile(r"^(revision|down_revision)\b[^=\n]*=\s*[\"'](\w+)[\"']", re.MULTILINE)


def heads(folder: Path) -> set[str]:
    """Return the revisions in a folder of migrations that no other builds on."""
    named: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for path in folder.glob("*.py"):
        for kind, name in REVISION.findall(path.read_text()):
            named[kind].add(name)
    return named["revision"] - named["down_revision"]


def connect(address: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect with the address of the settings. Raises `StartError` when that fails."""
    try:
        return psycopg.connect(address.replace("postgresql+psycopg://", "postgresql://", 1), connect_timeout=5)
    except psycopg.OperationalError as error:
        reason = " ".join(str(error).split()).rstrip(".?")
        raise StartError(f"The database does not answer: check DATABASE_URL ({reason}).") from None
    except psycopg.ProgrammingError:  # its words repeat the address, and with it the password
        raise StartError("DATABASE_URL is not like postgresql://user:password@host/database: mend it.") from None


def is_at_head(address: str, folder: Path) -> bool:
    """Whether every migration of the folder has run. Raises `StartError` when the database does not answer."""
    with connect(address) as link:
        if link.execute("select to_regclass('public.alembic_version') is null").fetchone() == (True,):
            return False
        return {row[0] for row in link.execute("select version_num from alembic_version")} == heads(folder)
