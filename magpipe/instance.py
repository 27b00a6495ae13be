"""Hold one data folder: who owns it now, what they run, and the secrets that belong to it."""

import contextlib
import fcntl
import json
import os
import secrets
import signal
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from magpipe.errors import StartError
from magpipe.process import end_group

SECRET_NAMES = ("SECRET_KEY", "ENCRYPTION_KEYS")


@dataclass
class Record:
    """What the owner of a data folder tells other commands: its process, its addresses, its children."""

    pid: int
    url: str = ""
    database_url: str = ""
    children: dict[str, list[float]] = field(default_factory=dict)  # name: [pid, start time]


class Instance:
    """One installation's data folder. `acquire()` makes this process its owner until it ends."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.absolute()
        self.run_dir = self.data_dir / "run"
        self.log_dir = self.data_dir / "logs"
        self.postgres_dir = self.data_dir / "postgres"
        self._lock_file = self.run_dir / "owner.lock"
        self._record_file = self.run_dir / "owner.json"
        self._lock: int | None = None
        self.record = Record(os.getpid())

    def make_folders(self) -> None:
        """Create the folders, private to their owner; only root lets the database's own user pass through."""
        self.data_dir.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        for folder in (self.run_dir, self.log_dir):
            folder.mkdir(mode=0o700, exist_ok=True)

    def acquire(self) -> None:
        """Become the folder's owner, or raise `StartError` naming who is.

        The kernel drops the lock with its process, so a killed owner never blocks the next one; what that
        owner's children left running is ended here.
        """
        self.make_folders()
        handle = os.open(self._lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            owner = self.owner()
            where = f" at {owner.url}" if owner and owner.url else ""
            who = f" (process {owner.pid})" if owner else ""
            raise StartError(
                f"already running on {self.data_dir}{where}{who}. Use that one, stop it with Ctrl-C, "
                "or start a second one with its own DATA_DIR, PORT and SANDBOX_PORT."
            ) from None
        self._lock = handle
        left = self._read()
        if left is not None:
            _end_children(left.children)
        self.save()

    def release(self) -> None:
        """Give the folder back."""
        if self._lock is not None:
            self._record_file.unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = None

    def owner(self) -> Record | None:
        """Return the record of the running owner, or None when nobody owns the folder."""
        record = self._read()
        if record is None or not self._lock_file.exists():
            return None
        handle = os.open(self._lock_file, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return record
        finally:
            os.close(handle)
        return None

    def note_child(self, name: str, pid: int) -> None:
        """Remember a child, so that it can be ended should this process die without doing so."""
        with contextlib.suppress(psutil.Error):
            self.record.children[name] = [pid, psutil.Process(pid).create_time()]
            self.save()

    def save(self) -> None:
        """Write the record for other commands to read."""
        _write_private(self._record_file, json.dumps(asdict(self.record)))

    def secrets(self) -> dict[str, str]:
        """Return this installation's own secrets by setting name, made on the first call."""
        self.make_folders()
        kept = self._kept_secrets()
        if not all(kept.get(name) for name in SECRET_NAMES):
            kept = {"SECRET_KEY": secrets.token_urlsafe(48), "ENCRYPTION_KEYS": new_encryption_key()} | kept
            self._keep(kept)
        return kept

    def add_encryption_key(self) -> str:
        """Put a new encryption key before the others, so that it encrypts from now on; return all keys."""
        kept = self.secrets()
        kept["ENCRYPTION_KEYS"] = f"{new_encryption_key()},{kept['ENCRYPTION_KEYS']}"
        self._keep(kept)
        return kept["ENCRYPTION_KEYS"]

    def drop_old_encryption_keys(self) -> None:
        """Keep only the newest key, once everything has been encrypted under it."""
        kept = self._kept_secrets()
        kept["ENCRYPTION_KEYS"] = kept["ENCRYPTION_KEYS"].split(",")[0]
        self._keep(kept)

    @property
    def secrets_file(self) -> Path:
        """The file of the secrets, readable by its owner alone; it belongs in every backup."""
        return self.data_dir / "secrets.env"

    def _kept_secrets(self) -> dict[str, str]:
        try:
            lines = self.secrets_file.read_text().splitlines()
        except FileNotFoundError:
            return {}
        pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
        return {name.strip(): value.strip() for name, value in pairs}

    def _keep(self, values: dict[str, str]) -> None:
        lines = "".join(f"{name}={values[name]}\n" for name in SECRET_NAMES)
        _write_private(self.secrets_file, f"# Made by Magpipe. Back this up with the database.\n{lines}")

    def _read(self) -> Record | None:
        try:
            content: dict[str, Any] = json.loads(self._record_file.read_text())
            return Record(**content)
        except (OSError, ValueError, TypeError):
            return None


def new_encryption_key() -> str:
    """Return a fresh Fernet key: 256 random bits, URL-safe base64."""
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _write_private(path: Path, text: str) -> None:
    """Replace a file's content at once, readable by its owner alone from the first byte."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _end_children(children: dict[str, list[float]]) -> None:
    """End what a killed owner left running; the start time tells its children from strangers."""
    for name, (pid, started) in children.items():
        if name == "database":
            continue  # shut down in order by Cluster.prepare
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(int(pid))
            if abs(process.create_time() - started) < 1:
                end_group(int(pid), signal.SIGKILL)
                process.wait(5)
