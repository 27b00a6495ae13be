"""Notice every write to any table, whoever makes it, so that a look at all rows reads only what was written to."""

import re
from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import text
from sqlmodel import SQLModel

from backend.core.db import conninfo
from backend.core.tenancy import platform_scope, unit_of_work

TABLES = frozenset({*SQLModel.metadata.tables, "procrastinate_jobs"})
# Each statement leaves the name of its table in its own transaction: what is rolled back wrote nothing.
NOTES = """
create schema witness;
grant usage on schema witness to public;
create unlogged table witness.writes (name text not null);
grant select, insert, delete on witness.writes to public;
create function witness.note() returns trigger language plpgsql as $$
begin
    insert into witness.writes values (tg_table_name);
    return null;
end $$;
"""
TRIGGER = (
    "create trigger witness after insert or update or delete or truncate on {} for each statement"
    " execute function witness.note();"
)


async def _as_owner(statements: str) -> None:
    async with await psycopg.AsyncConnection.connect(conninfo(), autocommit=True) as connection:
        await connection.execute(statements.encode())


class Witness:
    """What the tables held at the last look."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    async def start(self) -> None:
        """Watch every table from now on."""
        await _as_owner(NOTES + "".join(TRIGGER.format(name) for name in sorted(TABLES)))

    async def stop(self) -> None:
        """Watch no more."""
        await _as_owner("drop schema witness cascade")

    async def look(self, queries: Mapping[str, str], parameters: Mapping[str, Any]) -> dict[str, str]:
        """Return a hash of all rows of each query; those of the tables nobody wrote to since are known already."""
        with platform_scope("compare before and after in a test"):
            async with unit_of_work() as session:
                # Taken away and not counted: a write that is committed after this look is found by the next one.
                written = set((await session.execute(text("delete from witness.writes returning name"))).scalars())
                if written:
                    self._known = {query: old for query, old in self._known.items() if not written & _read_by(query)}
                if unknown := [query for query in queries.values() if query not in self._known]:
                    parts = " union all ".join(
                        f"select {place}, coalesce(md5(string_agg(row::text, '|' order by row::text)), '')"
                        f" from ({query}) as row"
                        for place, query in enumerate(unknown)
                    )
                    found = await session.execute(text(parts), parameters if ":org" in parts else {})
                    self._known |= {unknown[place]: str(digest) for place, digest in found.all()}
        return {name: self._known[query] for name, query in queries.items()}


def _read_by(query: str) -> set[str]:
    return TABLES & set(re.findall(r"\w+", query))
