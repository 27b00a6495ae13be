"""Tell how the installation is: database reachable, schema at the release's head, queue keeping up."""

import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from backend.core.logging import log
from backend.core.tenancy import platform_scope, unit_of_work

# The oldest job that should be running by now; a deferred job becomes due when its schedule says so.
_LAG = text(
    "select coalesce(extract(epoch from now() - min(coalesce(j.scheduled_at, e.at))), 0)"
    " from procrastinate_jobs j join procrastinate_events e on e.job_id = j.id and e.type = 'deferred'"
    " where j.status = 'todo' and (j.scheduled_at is null or j.scheduled_at <= now())"
)


@dataclass(frozen=True)
class Health:
    """One look at the installation; `queue_lag_s` is the age of the oldest job that waits although it is due."""

    database: bool
    migrations_at: str = ""
    migrations_head: str = ""
    queue_lag_s: float = 0.0

    @property
    def is_well(self) -> bool:
        """Whether requests can be served."""
        return self.database and self.migrations_at == self.migrations_head


@lru_cache(maxsize=1)
def migrations_head() -> str:
    """Return the newest migration of this release."""
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it announces each of its plugins
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).resolve().parents[2] / "alembic"))
    return ScriptDirectory.from_config(config).get_current_head() or ""


async def look() -> Health:
    """Return the installation's health; a database that does not answer is a finding, not an error."""
    try:
        with platform_scope("health"):
            async with unit_of_work() as session:
                at = (await session.execute(text("select version_num from alembic_version"))).scalar_one()
                lag = (await session.execute(_LAG)).scalar_one()
    except (SQLAlchemyError, OSError) as error:
        log.warning("health.database", error=str(error).strip()[:200])
        return Health(database=False)
    return Health(True, at, migrations_head(), round(max(0.0, float(lag)), 1))
