"""Give every test a real database made by the migrations, the vendor sandbox over loopback, and an organization.

Two ways to use the database: `db` runs a whole test inside one transaction that is rolled back; `committed` really
commits, for jobs, webhooks and realtime. Nothing beyond loopback can be reached.
"""

import asyncio
import atexit
import errno
import gc
import os
import shutil
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.databases import embedded, on_server
from tests.ports import free_port


def _environment() -> None:
    """Point the settings at this run's own folder and ports, before anything reads them."""
    from magpipe.instance import new_encryption_key

    data_dir = tempfile.mkdtemp(prefix="magpipe-tests-")
    atexit.register(shutil.rmtree, data_dir, ignore_errors=True)
    ours = {
        "ENVIRONMENT": "test",
        "DATA_DIR": data_dir,
        "PORT": str(free_port()),
        "SANDBOX_PORT": str(free_port()),
        "VOICE_PORT": str(free_port()),
        "PUBLIC_URL": "",
        "SECRET_KEY": "a-secret-for-tests-only",
        "ENCRYPTION_KEYS": new_encryption_key(),
        "LOG_LEVEL": "ERROR",
        "REFLEX_TELEMETRY_ENABLED": "false",
    }
    for vendor in ("OPENAI_API_KEY", "SIGNALWIRE_API_TOKEN", "POSTMARK_SERVER_TOKEN", "OPENAI_BASE_URL", "REDIS_URL"):
        os.environ.pop(vendor, None)
    os.environ.update(ours)


_environment()
SANDBOX_PORT = int(os.environ["SANDBOX_PORT"])

# What shares one expensive fixture stays in one process when the suite runs in several; the longest starts first. The
# browser builds the front end, which takes a minute: in that the other process does what needs none.
# Migrations are among them because roles belong to the whole server: two that grant them at one moment would collide.
GROUPS = ("browser", "tenancy", "faults", "test_up", "test_migrations")


def _group(nodeid: str) -> str:
    parts = {part.removesuffix(".py") for part in nodeid.split("::")[0].split("/")}
    return next((name for name in GROUPS if name in parts), "")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long groups first, so that the others fill the gaps."""
    items.sort(key=lambda item: GROUPS.index(group) if (group := _group(item.nodeid)) else len(GROUPS))


def pytest_collection_finish() -> None:
    """Look for garbage less often, and not among what was loaded for good: it took a tenth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


_began = datetime.now(UTC)
_asks_for_sandbox = False


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note when a test begins, and whether it asks for the sandbox: for others there is none, whatever ran before."""
    global _began, _asks_for_sandbox
    _began = datetime.now(UTC)
    _asks_for_sandbox = "sandbox_server" in getattr(item, "fixturenames", ())


class _Groups(LoadScopeScheduling):
    """Hand out a whole group at once, and every other test alone.

    The marks of `--dist loadgroup` do not hold: pytest-xdist 3.8 writes them into names that pytest 9.2 makes anew.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid) or nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Groups:
    """Keep what shares a fixture in one process, in the order of the collection."""
    config.option.loadscopereorder = False
    return _Groups(config, log)


# How long a test waits at most for what must come.
PATIENT_S = 60.0

LOOPBACK = ("127.0.0.1", "::1", "localhost")


NO_SANDBOX = "a test that does not ask for the sandbox has none"


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every connection that would leave the machine, and such to a sandbox that a test did not ask for."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            if address[0] not in LOOPBACK:
                raise AssertionError(f"a test tried to reach {address[0]}: only loopback may be reached")
            if address[1] == SANDBOX_PORT and not _asks_for_sandbox:
                raise ConnectionRefusedError(errno.ECONNREFUSED, NO_SANDBOX)
        connect(self, address)

    request = httpx.AsyncHTTPTransport.handle_async_request

    async def guarded_request(self: httpx.AsyncHTTPTransport, asked: httpx.Request) -> httpx.Response:
        """Refuse over a connection that an earlier test left open, too."""
        if asked.url.port == SANDBOX_PORT and not _asks_for_sandbox:
            raise httpx.ConnectError(NO_SANDBOX)
        return await request(self, asked)

    socket.socket.connect = guarded  # type: ignore[method-assign, assignment]
    httpx.AsyncHTTPTransport.handle_async_request = guarded_request  # type: ignore[method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]
    httpx.AsyncHTTPTransport.handle_async_request = request  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def database() -> Iterator[str]:
    """Return the address of this run's own migrated database: on the server TEST_DATABASE_URL names, or embedded."""
    given = os.environ.get("TEST_DATABASE_URL")
    with on_server(given) if given else embedded() as address:
        os.environ["DATABASE_URL"] = address
        from backend.core.config import settings

        settings.cache_clear()
        yield address


@pytest.fixture(scope="session")
async def queue(database: str) -> AsyncIterator[Any]:
    """Open the durable queue with every task registered; close it and the engine when the run ends."""
    from backend import worker
    from backend.core import db, jobs

    worker.load_tasks()
    with pytest.MonkeyPatch.context() as patched:
        _be_patient(patched)
        async with jobs.queue.open_async():
            yield jobs.queue
        await db.dispose()


def _be_patient(patched: pytest.MonkeyPatch) -> None:
    """Wait for vendors as long as a test does: an answer that a busy machine delays is not to be given up.

    What happens when they are given up is tested with limits of the test's own.
    """
    from backend.agents import model_calls, retrieval, runtime
    from backend.chat import live
    from backend.knowledge import reranking

    for where, limit in (
        (retrieval, "VECTOR_WITHIN_S"),
        (runtime, "RETRIEVAL_LIMIT_S"),
        (model_calls, "CALL_LIMIT_S"),
        (live, "LAST_PIECE_WITHIN_S"),
        (reranking, "WITHIN_S"),
    ):
        patched.setattr(where, limit, PATIENT_S)


@pytest.fixture
async def db(queue: Any) -> AsyncIterator[None]:
    """Run the whole test in one transaction and roll it back; every unit of work inside is a savepoint."""
    from backend.core.db import engine
    from backend.core.tenancy import on_connection

    async with engine().connect() as connection:
        transaction = await connection.begin()
        with on_connection(connection):
            yield
        # In the driver's own words, a rollback forgets every statement that the tests before had prepared.
        (await connection.get_raw_connection()).driver_connection.pgconn.exec_(b"ROLLBACK")
        await transaction.rollback()


@pytest.fixture
async def committed(queue: Any) -> AsyncIterator[None]:
    """Let the test commit; the queue is emptied afterwards so that no job reaches the next test."""
    yield
    from sqlalchemy import text

    from backend.core.db import engine

    async with engine().begin() as connection:
        await connection.execute(text("delete from procrastinate_jobs"))


@pytest.fixture(scope="session", autouse=True)
def certificates_read_once() -> Iterator[None]:
    """Read the machine's certificates once for all clients: it takes longer than most tests."""
    careful = ssl.create_default_context
    ssl.create_default_context = lru_cache(careful)
    yield
    ssl.create_default_context = careful


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Hash passwords with the least work there is: what a hash must cost has its own test."""
    from argon2 import PasswordHasher

    from backend.core import crypto

    careful = crypto._passwords
    crypto._passwords = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    crypto.no_password.cache_clear()
    yield
    crypto._passwords = careful
    crypto.no_password.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def windows_outlast_tests() -> Iterator[None]:
    """Count what is limited in the window in which a test began: its end must not let one attempt more through.

    A test that holds the clock moves through windows as it says.
    """
    from backend.core import clock, rate_limits

    careful = rate_limits._window

    def held(moment: datetime, length: timedelta) -> datetime:
        return careful(moment if clock._frozen.get() else _began, length)

    rate_limits._window = held
    yield
    rate_limits._window = careful


@dataclass(frozen=True)
class Org:
    """An organization for a test, with its owner."""

    org_id: UUID
    owner: Any

    def scope(self) -> AbstractContextManager[None]:
        """Work for this organization inside the block."""
        from backend.core.tenancy import org_scope

        return org_scope(self.org_id)


@pytest.fixture
def make_org() -> Callable[..., Awaitable[Org]]:
    """Return a maker of organizations; use it inside `db` or `committed`."""
    from backend.core.ids import new_id
    from backend.core.principal import Principal
    from backend.core.tenancy import platform_scope, unit_of_work
    from backend.models.accounts import User
    from backend.models.organizations import Organization, OrganizationMember
    from backend.vocab import MemberRole

    async def make(name: str = "North Dental", owner: str = "Ana Silva") -> Org:
        with platform_scope("make an organization for a test"):
            async with unit_of_work() as session:
                email = f"{new_id().hex}@example.com"
                user = User(email=email, name=owner, password_hash="none")
                session.add(user)
                await session.flush()
                organization = Organization(name=name, owner_id=user.id)
                session.add(organization)
                await session.flush()
                session.add(OrganizationMember(org_id=organization.id, user_id=user.id, email=email, full_name=owner))
                user.current_organization_id = organization.id
        return Org(organization.id, Principal(user.id, organization.id, owner, email, MemberRole.OWNER))

    return make


@pytest.fixture
async def org(make_org: Callable[..., Awaitable[Org]]) -> Org:
    """Make one organization. Ask for `db` or `committed` before it in the test's arguments."""
    return await make_org()


@pytest.fixture
def run_jobs(queue: Any) -> Callable[[], Awaitable[None]]:
    """Return a function that works through the queue in this process until nothing is due."""

    from sqlalchemy import text

    from backend.core.db import engine

    due = text(
        "select count(*) from procrastinate_jobs where status = 'todo' and coalesce(scheduled_at, now()) <= now()"
    )

    async def drain() -> None:
        while True:
            await queue.run_worker_async(
                wait=False, concurrency=4, install_signal_handlers=False, listen_notify=False, delete_jobs="successful"
            )
            async with engine().connect() as connection:
                if not (await connection.execute(due)).scalar_one():
                    return

    return drain


@dataclass
class Sandbox:
    """The running vendor sandbox."""

    url: str
    client: httpx.AsyncClient


@pytest.fixture(scope="session")
def sandbox_server() -> Iterator[str]:
    """Serve the vendor sandbox on its own thread for the whole run and return its address."""
    import uvicorn

    from backend.sandbox.app import create_app
    from backend.sandbox.serve import KEEP_ALIVE_S
    from backend.sandbox.settings import SandboxSettings

    url = f"http://127.0.0.1:{SANDBOX_PORT}"
    app = create_app(SandboxSettings(database=Path(":memory:"), public_url=url))
    config = uvicorn.Config(
        app, host="127.0.0.1", port=SANDBOX_PORT, log_level="error", timeout_keep_alive=KEEP_ALIVE_S
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise RuntimeError("the sandbox did not start")
        time.sleep(0.005)
    yield url
    server.should_exit = True
    thread.join(timeout=5)


@pytest.fixture
async def sandbox(sandbox_server: str) -> AsyncIterator[Sandbox]:
    """Return the sandbox with a client, behaving normally before and after the test."""
    # Loopback needs no certificates, and reading them takes longer than most tests.
    async with httpx.AsyncClient(base_url=sandbox_server, timeout=PATIENT_S, verify=False) as client:
        await client.delete("/sandbox/faults")
        yield Sandbox(sandbox_server, client)
        await client.delete("/sandbox/faults")


@pytest.fixture
async def blocked(database: str, eventually: Callable[..., Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    """Return a function that waits until somebody waits for a row that another transaction holds."""

    async def ask() -> None:
        address = database.replace("+psycopg", "")
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as watch:

            async def stands() -> bool:
                found = await watch.execute(
                    "select count(*) from pg_stat_activity"
                    " where datname = current_database() and wait_event_type = 'Lock'"
                )
                return bool((await found.fetchone() or (0,))[0])

            await eventually(stands)

    return ask


@pytest.fixture
async def eventually() -> Callable[..., Awaitable[Any]]:
    """Return a function that asks again until an async check gives a true answer, at most `within` seconds.

    Only what fails waits that long: a machine that does ten other things must not fail a test.
    """

    async def ask(check: Callable[[], Awaitable[Any]], within: float = PATIENT_S) -> Any:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while True:
            answer = await check()
            if answer or loop.time() > deadline:
                assert answer, "it did not happen in time"
                return answer
            await asyncio.sleep(0.05)

    return ask
