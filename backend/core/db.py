"""Connect to PostgreSQL: one async engine a process, logged in as the non-owner role that row security binds."""

from functools import lru_cache
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from backend.core import rested
from backend.core.config import settings
from backend.core.errors import Misconfigured

APP_ROLE = "magpipe_app"
PLATFORM_ROLE = "magpipe_platform"


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
        connect_args={**role_options(), "connect_timeout": 5},
    )
    rested.check_before_use(made.sync_engine)
    return made


async def dispose() -> None:
    """Close every pooled connection; the next use opens fresh ones."""
    if engine.cache_info().currsize:
        await engine().dispose()
        engine.cache_clear()
