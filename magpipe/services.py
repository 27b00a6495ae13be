"""Describe the processes of an installation: how each is started, known to work, and stopped."""

import asyncio
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from backend.core.config import Settings
from magpipe import database
from magpipe.database import Cluster
from magpipe.supervisor import Service

ROOT = Path(__file__).resolve().parent.parent
WEB_VARIABLES = {
    # Serve the export that is there, without compiling (names internal to Reflex 0.10.1, which is pinned).
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    "__REFLEX_SKIP_COMPILE": "true",
    "REFLEX_ENV_MODE": "prod",
}


def answers(address: str) -> Callable[[], Awaitable[bool]]:
    """Return a check that an HTTP address answers with success."""

    def ask() -> bool:
        try:
            with urllib.request.urlopen(address, timeout=2) as reply:  # noqa: S310 - our own http address
                return bool(reply.status < 400)
        except (OSError, urllib.error.HTTPError):
            return False

    return lambda: asyncio.to_thread(ask)


def web_command(host: str, port: int) -> list[str]:
    """Return the command of a web process; GRANIAN_WORKERS sets how many workers it has (with REDIS_URL)."""
    granian = Path(sys.prefix) / "bin" / "granian"
    options = ["--interface", "asgi", "--loop", "uvloop", "--factory", "--host", host, "--port", str(port)]
    # An open socket would hold a worker for ever; its browser reconnects by itself.
    options += ["--workers-kill-timeout", "4", "--no-access-log", "--log-level", "warning"]
    return [str(granian), *options, "magpipe.magpipe:app"]


def web(env: Mapping[str, str], host: str, port: int) -> Service:
    """Describe the web process; it is ready when its own health page answers."""
    reach = "127.0.0.1" if host in ("0.0.0.0", "") else host  # noqa: S104 - compared, not bound
    return Service(
        "web",
        web_command(host, port),
        env=dict(env) | WEB_VARIABLES,
        cwd=str(ROOT),
        is_ready=answers(f"http://{reach}:{port}/ping"),
        ready_within_s=60,
        stop_grace_s=6,
    )


def jobs(env: Mapping[str, str]) -> Service:
    """Describe the job worker; it is given time to finish what it runs."""
    command = [sys.executable, "-m", "magpipe", "jobs"]
    return Service("jobs", command, env=env, cwd=str(ROOT), stop_grace_s=15)


def voice(env: Mapping[str, str], config: Settings) -> Service:
    """Describe the voice process; it is given time to let its calls end."""
    return Service(
        "voice",
        [sys.executable, "-m", "magpipe", "voice"],
        env=env,
        cwd=str(ROOT),
        is_ready=answers(voice_health(config)),
        ready_within_s=60,
        stop_grace_s=config.voice_drain_s + 5,
    )


def voice_health(config: Settings) -> str:
    """Return where the voice process of this machine says how it is."""
    return f"http://127.0.0.1:{config.voice_port}/voice/health"


def sandbox_command(port: int, data_dir: Path) -> list[str]:
    """Return the command of the vendor stand-ins."""
    where = ["--port", str(port), "--database", str(data_dir / "sandbox.sqlite3")]
    return [sys.executable, "-m", "backend.sandbox.serve", *where]


def sandbox_variables(config: Settings) -> dict[str, str]:
    """Return what the vendor stand-ins are told beside their command: where they hand customers' emails on to."""
    scheme, _, place = config.public_url.partition("://")
    secret = quote(config.postmark_webhook_secret.get_secret_value(), safe="")
    address = f"{scheme}://postmark:{secret}@{place.rstrip('/')}/functions/v1/webhook-inbound-email"
    return {"SANDBOX_INBOUND_MAIL_URL": address}


def sandbox(env: Mapping[str, str], port: int, data_dir: Path) -> Service:
    """Describe the vendor stand-ins."""
    return Service(
        "sandbox",
        sandbox_command(port, data_dir),
        env=env,
        cwd=str(ROOT),
        is_ready=answers(f"http://127.0.0.1:{port}/sandbox/health"),
        stop_grace_s=3,
    )


def embedded_database(cluster: Cluster) -> Service:
    """Describe the embedded PostgreSQL; an interrupt is its fast, clean shutdown."""
    return Service(
        "database",
        cluster.command(),
        cwd="/",
        before_start=cluster.prepare,
        is_ready=lambda: database.is_ready(cluster),
        stop_signal=signal.SIGINT,
        stop_grace_s=15,
        account=lambda: cluster.account,
        is_quiet=True,
    )
