"""Tell whether a PostgreSQL server can hold Magpipe, and say in one sentence what it or the account lacks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.core.db import APP_ROLE, PLATFORM_ROLE
from magpipe.errors import StartError
from magpipe.migrations import connect

OLDEST_SERVER = 15
OLDEST_PGVECTOR = (0, 8)  # iterative index scans, without which a filtered search may find nothing
ROLES = (APP_ROLE, PLATFORM_ROLE)

FACTS = """
select current_user, current_database(), current_setting('server_encoding'),
    coalesce((select extversion from pg_extension where extname = 'vector'), ''),
    coalesce((select default_version from pg_available_extensions where name = 'vector'), ''),
    me.rolsuper or coalesce(
        (select bool_or(trusted) from pg_available_extension_versions where name = 'vector')
        and has_database_privilege(current_database(), 'CREATE'), false),
    exists (select from pg_namespace where nspname = 'public' and pg_has_role(nspowner, 'USAGE')),
    me.rolsuper or me.rolcreaterole,
    array(select rolname::text from pg_roles where rolname = any(%(roles)s) order by rolname),
    array(
        select rolname::text from pg_roles where rolname = any(%(roles)s) and (
            pg_has_role(oid, 'MEMBER')
            or me.rolcreaterole and current_setting('server_version_num')::int < 160000
        ) order by rolname
    )
from pg_roles me where me.rolname = current_user
"""


@dataclass(frozen=True)
class Server:
    """What a database server is, and what our account may do there."""

    version: str
    number: int
    account: str = ""
    database: str = ""
    encoding: str = "UTF8"
    pgvector: str = ""
    pgvector_available: str = ""
    may_make_extension: bool = True
    owns_schema: bool = True
    may_make_roles: bool = True
    roles: Sequence[str] = ()
    own_roles: Sequence[str] = ()


def require(address: str) -> None:
    """Raise `StartError` with one sentence when the migrations could not run on the server at `address`."""
    lack = next(lacks(look(address)), None)
    if lack:
        raise StartError(lack)


def look(address: str) -> Server:
    """Ask the server at `address` what the migrations depend on. Raises `StartError` when it does not answer."""
    with connect(address) as connection:
        info = connection.info
        version = info.parameter_status("server_version") or str(info.server_version)
        if info.server_version < OLDEST_SERVER * 10_000:
            return Server(version.split()[0], info.server_version)  # older catalogues know fewer facts
        connection.execute("set client_encoding to 'UTF8'")  # a database without an encoding answers bytes
        row = connection.execute(FACTS, {"roles": list(ROLES)}).fetchone() or ()
        return Server(version.split()[0], info.server_version, *row)  # type: ignore[arg-type]


def is_old_pgvector(version: str) -> bool:
    """Whether a version of pgvector such as `0.7.4` is older than we need."""
    return tuple(int(part) for part in version.split(".")[:2]) < OLDEST_PGVECTOR


def lacks(server: Server) -> Iterator[str]:
    """Yield a sentence for each thing that must be mended before the migrations can run, the first thing first."""
    if server.number < OLDEST_SERVER * 10_000:
        yield (
            f"PostgreSQL {server.version} is too old and {OLDEST_SERVER} or newer is needed: set DATABASE_URL to a "
            "newer server, or leave it empty to use the embedded one."
        )
        return
    if server.encoding != "UTF8":
        yield (
            f"The database {server.database} stores text as {server.encoding} and UTF8 is needed: make one with "
            "`create database … encoding 'UTF8' template template0`."
        )
    needed = ".".join(str(part) for part in OLDEST_PGVECTOR)
    if server.pgvector and is_old_pgvector(server.pgvector):
        yield (
            f"pgvector {server.pgvector} is too old and {needed} or newer is needed: install it on the database "
            f"server, then let a superuser run `alter extension vector update` in the database {server.database}."
        )
    elif not server.pgvector and not server.pgvector_available:
        yield f"The database server has no pgvector: install pgvector {needed} or newer on it."
    elif not server.pgvector and is_old_pgvector(server.pgvector_available):
        yield (
            f"pgvector {server.pgvector_available} of the database server is too old: install {needed} or newer on it."
        )
    elif not server.pgvector and not server.may_make_extension:
        yield (
            f"The account {server.account} may not switch pgvector on: let a superuser run "
            f"`create extension vector` once in the database {server.database}."
        )
    if not server.owns_schema:
        yield (
            f"The account {server.account} does not own the schema public: let a superuser run "
            f"`alter schema public owner to {server.account}` in the database {server.database}."
        )
    missing = [role for role in ROLES if role not in server.roles]
    foreign = [role for role in server.roles if role not in server.own_roles]
    if missing and not server.may_make_roles:
        yield (
            f"The account {server.account} may not make the roles {' and '.join(missing)}: let a superuser run "
            f"`{' '.join(f'create role {role};' for role in missing)} grant {', '.join(ROLES)} to {server.account};`."
        )
    elif foreign:
        yield (
            f"The roles {' and '.join(foreign)} were made by another account: let a superuser run "
            f"`grant {', '.join(foreign)} to {server.account}`."
        )
