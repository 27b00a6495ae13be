"""Prove what everything stands on: database, migrations, row security, queue, disk, front end."""

import asyncio
import shutil
import time

import httpx
import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory

from backend.core import jobs
from backend.core.config import settings
from backend.core.db import APP_ROLE, PLATFORM_ROLE, conninfo
from magpipe import frontend, postgres, services, up
from magpipe.doctor.report import Check, Finding, failed, ok, skipped

RUN_UP = "Start Magpipe with `make up`, or set DATABASE_URL to a PostgreSQL that runs."
LEAST_FREE_BYTES = 1_000_000_000


async def _connect() -> psycopg.AsyncConnection[tuple[object, ...]]:
    return await psycopg.AsyncConnection.connect(conninfo(), autocommit=True, connect_timeout=5)


async def _database() -> Finding:
    async with await _connect() as connection:
        started = time.perf_counter()
        cursor = await connection.execute("select current_setting('server_version_num')::int, version()")
        row = await cursor.fetchone()
        took_ms = (time.perf_counter() - started) * 1000
    number, text = row or (0, "")
    if int(str(number)) < postgres.OLDEST_SERVER * 10_000:
        return failed(str(text).split(",")[0], f"Use PostgreSQL {postgres.OLDEST_SERVER} or newer.")
    return ok(f"{' '.join(str(text).split()[:2])}, answers in {took_ms:.1f} ms")


async def _vectors() -> Finding:
    async with await _connect() as connection:
        cursor = await connection.execute(
            "select coalesce((select extversion from pg_extension where extname = 'vector'), ''),"
            " coalesce((select default_version from pg_available_extensions where name = 'vector'), '')"
        )
        installed, available = await cursor.fetchone() or ("", "")
    if not available:
        return failed("the server has no pgvector", "Install pgvector 0.8 or newer on the database server.")
    if not installed:
        return failed("pgvector is there and not switched on", "Run `magpipe migrate`.")
    if postgres.is_old_pgvector(str(installed)):
        return failed(f"pgvector {installed}", "Update pgvector to 0.8 or newer: `alter extension vector update`.")
    return ok(f"pgvector {installed}")


async def _way_to_migrate() -> str:
    """Return what must be done before the migrations can run, else the command that runs them."""
    server = await asyncio.to_thread(postgres.look, conninfo())
    return next(postgres.lacks(server), "Run `magpipe migrate`.")


async def _migrations() -> Finding:
    head = ScriptDirectory.from_config(Config(str(services.ROOT / "alembic.ini"))).get_current_head()
    async with await _connect() as connection:
        cursor = await connection.execute("select to_regclass('alembic_version') is not null")
        row = await cursor.fetchone()
        if not row or not row[0]:
            return failed("no migration has run", await _way_to_migrate())
        cursor = await connection.execute("select version_num from alembic_version")
        at = [str(version) for (version,) in await cursor.fetchall()]
    if at != [head]:
        return failed(f"at {', '.join(at) or 'nothing'}, newest is {head}", await _way_to_migrate())
    return ok(f"at the newest, {head}")


async def _row_security() -> Finding:
    async with await _connect() as connection:
        cursor = await connection.execute(
            "select rolname from pg_roles where rolname = any(%s) and (rolsuper or rolbypassrls)"
            " union select distinct tableowner from pg_tables where schemaname = 'public' and tableowner = any(%s)",
            [[APP_ROLE, PLATFORM_ROLE], [APP_ROLE, PLATFORM_ROLE]],
        )
        strong = [str(name) for (name,) in await cursor.fetchall()]
        cursor = await connection.execute(
            "select c.relname, c.relrowsecurity and c.relforcerowsecurity from pg_class c"
            " join pg_attribute a on a.attrelid = c.oid and a.attname = 'org_id' and not a.attisdropped"
            " where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1"
        )
        tables = await cursor.fetchall()
    if strong:
        return failed(
            f"{', '.join(strong)} can pass by row security",
            "Take SUPERUSER, BYPASSRLS and table ownership from that role, then run `magpipe migrate`.",
        )
    bare = [str(name) for name, is_guarded in tables if not is_guarded]
    if bare or not tables:
        return failed(f"not guarded: {', '.join(bare) or 'no table found'}", "Run `magpipe migrate`.")
    return ok(f"{len(tables)} tables guarded; {APP_ROLE} owns none of them")


async def _queue() -> Finding:
    """Send a job that does nothing through the queue and wait for a worker to have run it."""
    async with jobs.queue.open_async():
        started = time.perf_counter()
        number = await jobs.queue.configure_task("core.pulse").defer_async()
        async with await _connect() as connection:
            while time.perf_counter() - started < 20:
                cursor = await connection.execute("select status::text from procrastinate_jobs where id = %s", [number])
                row = await cursor.fetchone()
                if row is None or row[0] == "succeeded":  # workers drop what succeeded
                    return ok(f"a job was run {(time.perf_counter() - started) * 1000:.0f} ms after it was sent")
                if row[0] == "failed":
                    return failed("the job was given up", "Look at the log of `magpipe jobs`.")
                await asyncio.sleep(0.02)
            await connection.execute("delete from procrastinate_jobs where id = %s and status = 'todo'", [number])
    return failed("no worker took the job within 20 s", "Start one: `make up`, or `magpipe jobs`.")


async def _dead_letters() -> Finding:
    async with jobs.queue.open_async():
        letters = await jobs.failed()
    if letters:
        names = ", ".join(sorted({letter.task for letter in letters}))
        return failed(
            f"{len(letters)} given up: {names}", "See `magpipe jobs failed`, mend the cause, `magpipe jobs retry all`."
        )
    return ok("none given up")


async def _disk() -> Finding:
    folder = settings().data_dir.absolute()
    free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
    seen = f"{free / 1e9:.1f} GB free for {folder}"
    if free < LEAST_FREE_BYTES:
        return failed(seen, "Free at least 1 GB, or set DATA_DIR to another disk.")
    return ok(seen)


async def _front_end() -> Finding:
    if not (services.ROOT / ".web" / "build" / "client").exists():
        return failed("not built", "Run `make up`, which builds it.")
    if not frontend.is_current(services.ROOT, up.build_settings(settings())):
        return failed("built from older sources or other settings", "Restart `make up`, which builds it again.")
    return ok("built from these sources")


async def _web() -> Finding:
    address = f"http://127.0.0.1:{settings().port}/ping"
    if await services.answers(address)():
        return ok(f"answers at {settings().public_url}")
    return failed(f"nothing answers at {address}", "Start it: `make up`, or `magpipe web`.")


async def _voice() -> Finding:
    config = settings()
    if not config.voice_capacity:
        return skipped("VOICE_CAPACITY is 0: no calls are held here")
    address = services.voice_health(config)
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        try:
            said = (await client.get(address)).json()
        except (httpx.HTTPError, ValueError):
            return failed(f"nothing answers at {address}", "Start it: `make up`, or `magpipe voice`.")
    seen = f"{said['calls']} of {said['capacity']} calls"
    if said["status"] == "draining":
        return failed(f"it stops, and holds {seen}", "Start another: `magpipe voice`.")
    return ok(f"holds {seen}; the carrier reaches it at {config.voice_stream_url}")


async def _redis() -> Finding:
    if not settings().redis_url:
        return skipped("REDIS_URL is not set: one web worker, its state in memory")
    from redis.asyncio import Redis

    async with Redis.from_url(settings().redis_url) as client:
        await client.ping()
    return ok("answers")


CHECKS = [
    Check("Disk space", _disk, "Set DATA_DIR to a folder that can be written."),
    Check("Database", _database, RUN_UP),
    Check("Vector search", _vectors, RUN_UP),
    Check("Migrations", _migrations, RUN_UP),
    Check("Row security", _row_security, RUN_UP),
    Check("Redis", _redis, "Set REDIS_URL to a Redis that runs, or leave it empty."),
    Check("Front end", _front_end, "Run `make up`, which builds it."),
    Check("Web process", _web, "Start it: `make up`, or `magpipe web`."),
    Check("Voice process", _voice, "Start it: `make up`, or `magpipe voice`."),
    Check("Job queue", _queue, "Start a worker: `make up`, or `magpipe jobs`."),
    Check("Failed jobs", _dead_letters, RUN_UP),
]
