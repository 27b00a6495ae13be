"""Tell quickly whether the database's tables are up to date, so that most starts need not load the migrator."""

import re
from pathlib import Path

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


def is_at_head(address: str, folder: Path) -> bool:
    """Whether every migration of the folder has run. Raises `StartError` when the database does not answer."""
    try:
        with psycopg.connect(address.replace("postgresql+psycopg://", "postgresql://", 1), connect_timeout=5) as link:
            if link.execute("select to_regclass('public.alembic_version') is null").fetchone() == (True,):
                return False
            return {row[0] for row in link.execute("select version_num from alembic_version")} == heads(folder)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise StartError(f"The database does not answer: {reason} Check DATABASE_URL.") from None
