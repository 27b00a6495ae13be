"""Connect to PostgreSQL: one async engine a process, logged in as the non-owner role that row security binds."""

from functools import lru_cache
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from backend.core import rested
from backend.core.config import settings
from backend.core.errors import Misconfigured

APP_ROLE = "magpipe_app"
PLATFORM_ROLE = "magpipe_platform"
_BEGINS_ITSELF = "begins_itself"


def database_url() -> URL:
    """Return the configured address with the psycopg driver. Raises `Misconfigured` when there is none."""
    address = settings().database_url
    if not address:
        raise Misconfigured(
            "There is no database address. Start with `make up`, or set DATABASE_URL.", field="DATABASE_URL"
        )
    return make_url(address).set(drivername="postgresql+psycopg")


def conninfo() -> str:
    """Return the same address for plain psycopg connections (queue, LISTEN)."""
    return database_url().set(drivername="postgresql").render_as_string(hide_password=False)


# A peer that vanished without a word (a failed host, a cut cable) is noticed within half a minute, not in hours.
KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 25_000}

# The driver has a statement prepared that it saw five times, and forgets the count of all but its newest hundred: an
# answered text takes some 130, so that most were parsed and planned anew each time. All of ours are fewer than this.
STATEMENTS_KEPT = 2000


def role_options() -> dict[str, Any]:
    """Return connect arguments that make the session start, and RESET to, the application role."""
    limits = "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000"
    return {"options": f"-c role={APP_ROLE} {limits}", **KEEPALIVE}


@lru_cache(maxsize=1)
def engine() -> AsyncEngine:
    """Return the process's engine. Connections that rested are checked, so a database restart costs one retry."""
    made = create_async_engine(
        database_url(),
        pool_size=settings().database_pool_size,
        max_overflow=settings().database_pool_size,
        pool_recycle=1800,
        # An error's words reach logs; what a statement was given (texts, hashes, addresses) must not.
        hide_parameters=True,
        # Transactions begin in words (`_begin`, and `tenancy`): the driver would spend a round trip on BEGIN alone.
        connect_args={**role_options(), "connect_timeout": 5, "autocommit": True},
    )
    rested.check_before_use(made.sync_engine)
    event.listen(made.sync_engine, "connect", _keep_statements)
    event.listen(made.sync_engine, "begin", _begin)
    return made


def _keep_statements(connection: Any, _record: Any) -> None:
    connection.driver_connection.prepared_max = STATEMENTS_KEPT


@lru_cache(maxsize=1)
def session_engine() -> AsyncEngine:
    """Return the same engine for sessions, whose first statement of a transaction begins it."""
    return engine().execution_options(**{_BEGINS_ITSELF: True})


def _begin(connection: Connection) -> None:
    if _BEGINS_ITSELF not in connection.get_execution_options():
        connection.exec_driver_sql("BEGIN")


async def dispose() -> None:
    """Close every pooled connection; the next use opens fresh ones."""
    if engine.cache_info().currsize:
        await engine().dispose()
        session_engine.cache_clear()
        engine.cache_clear()
