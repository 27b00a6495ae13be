"""Open transactions for one organization, or for the platform: the only door to tenant data (DESIGN law 1).

`org_scope(org_id)` and `platform_scope(why)` say who the work is for; `unit_of_work()` opens the transaction and tells
PostgreSQL, whose row-level security does the rest: without a scope there are no rows, and with one there are only
that organization's.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg import sql
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, event
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import Session, SessionTransaction
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core.db import APP_ROLE, PLATFORM_ROLE, session_engine


@dataclass(frozen=True)
class Scope:
    """Whose rows a transaction sees: one organization's, or all of them for a stated reason."""

    org_id: UUID | None
    why: str

    @property
    def is_platform(self) -> bool:
        """Whether the transaction crosses organizations."""
        return self.org_id is None


_scope: ContextVar[Scope | None] = ContextVar("tenancy_scope", default=None)
_shared_connection: ContextVar[AsyncConnection | None] = ContextVar("tenancy_connection", default=None)


@contextmanager
def org_scope(org_id: UUID) -> Iterator[None]:
    """Work for one organization inside the block."""
    token = _scope.set(Scope(org_id, "organization"))
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def platform_scope(why: str) -> Iterator[None]:
    """Work across organizations inside the block; `why` is a short phrase that appears in the database's session."""
    if not why.strip():
        raise ValueError("platform_scope needs a reason")
    token = _scope.set(Scope(None, why))
    try:
        yield
    finally:
        _scope.reset(token)


def current_scope() -> Scope:
    """Return the scope in force. Raises RuntimeError outside any scope, which is a bug of the caller."""
    scope = _scope.get()
    if scope is None:
        raise RuntimeError("database work outside org_scope() and platform_scope()")
    return scope


def org_id_of(session: AsyncSession) -> UUID:
    """Return the organization a session works for. Raises RuntimeError in platform scope."""
    scope: Scope = session.info["scope"]
    if scope.org_id is None:
        raise RuntimeError("this work belongs to one organization; open it under org_scope()")
    return scope.org_id


@asynccontextmanager
async def unit_of_work() -> AsyncIterator[AsyncSession]:
    """Yield a session in one transaction: committed when the block ends well, rolled back when it raises.

    Edges open it (a request, a job, a UI event, a call turn); services flush and never commit (DESIGN law 2).
    """
    scope = current_scope()
    shared = _shared_connection.get()
    extra: dict[str, Any] = {"join_transaction_mode": "create_savepoint"} if shared is not None else {}
    sessions = AsyncSession(shared or session_engine(), expire_on_commit=False, info={"scope": scope}, **extra)
    async with sessions as session, session.begin():
        yield session


@contextmanager
def on_connection(connection: AsyncConnection) -> Iterator[None]:
    """Run every unit of work inside the block as a savepoint of `connection`, so that a caller can roll all back."""
    token = _shared_connection.set(connection)
    try:
        yield
    finally:
        _shared_connection.reset(token)


@event.listens_for(Session, "after_begin")
def _tell_the_database(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    scope = session.info.get("scope")
    if scope is None:
        return
    driver: Any = connection.connection.driver_connection
    begin = "BEGIN; " if driver.info.transaction_status == TransactionStatus.IDLE else ""
    # PostgreSQL prepares no two statements as one.
    usual, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        connection.exec_driver_sql(begin + _telling(scope), execution_options={"no_parameters": True})
    finally:
        driver.prepare_threshold = usual


@lru_cache(maxsize=1024)
def _telling(scope: Scope) -> str:
    """Return the statement that says whose rows a transaction sees, with its values in it.

    So it travels with BEGIN as one message. The jobs of a session are announced after its commit (`job_bell`), which
    the queue's trigger is told here as well: for each job, and each transaction, a message of its own was dear.
    """
    values = {
        "role": PLATFORM_ROLE if scope.is_platform else APP_ROLE,
        "app.org_id": str(scope.org_id or ""),
        "app.why": scope.why,
        "app.wakes_workers": "after_commit",
    }
    told = (f"set_config('{name}', {sql.Literal(value).as_string()}, true)" for name, value in values.items())
    return f"SELECT {', '.join(told)}"
