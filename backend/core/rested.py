"""Ask a pooled connection whether it still stands only after it has rested: one in steady use has just shown that.

Asking each time cost one round trip for every transaction, some forty for each text that was answered.
"""

import time
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

# The supervisor needs about as long to bring a killed database back, so that what is younger than this is never from
# before. Whoever comes in between meets an error, and would have without.
RESTED_S = 1.0
_LAST_USE = "last_use"
_last_given: WeakKeyDictionary[AsyncConnection[Any], float] = WeakKeyDictionary()


async def check(connection: AsyncConnection[Any]) -> None:
    """Ask a connection of a psycopg pool that was last given out a while ago. Raises psycopg's error if it is dead."""
    now = time.monotonic()
    if now - _last_given.get(connection, 0.0) >= RESTED_S:
        await AsyncConnectionPool.check_connection(connection)
    _last_given[connection] = now


def check_before_use(engine: Engine) -> None:
    """Have an engine ask its connections that rested; a dead one is replaced, and with it all that are older."""

    @event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info[_LAST_USE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _given: Any) -> None:
        if time.monotonic() - record.info.get(_LAST_USE, time.monotonic()) < RESTED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
