"""Runs the sandbox on loopback: python -m backend.sandbox.serve --port 3001 --database FILE."""

import argparse
import os
from pathlib import Path

import uvicorn

from backend.sandbox.app import create_app
from backend.sandbox.settings import SandboxSettings

_HOST = "127.0.0.1"
# Clients forget an idle connection after five seconds, and so do servers: who forgets first has to be the client, or a
# request goes into a connection that is being closed.
KEEP_ALIVE_S = 75
_DEFAULT_PORT = 3001


def server(port: int, settings: SandboxSettings) -> uvicorn.Server:
    """Return a server that listens on loopback only. Open event streams do not hold up its end."""
    config = uvicorn.Config(
        create_app(settings),
        host=_HOST,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=KEEP_ALIVE_S,
    )
    return uvicorn.Server(config)


def main() -> None:
    """Read the command line and serve until stopped."""
    parser = argparse.ArgumentParser(description="Stand-ins for the vendors Magpipe talks to, on this machine only.")
    parser.add_argument("--port", type=int, default=_DEFAULT_PORT)
    parser.add_argument("--database", type=Path, default=Path("sandbox.sqlite3"))
    parser.add_argument("--public-url", default="", help="the sandbox's own address; made from the port when empty")
    given = parser.parse_args()
    settings = SandboxSettings(
        database=given.database,
        public_url=given.public_url or f"http://{_HOST}:{given.port}",
        # It holds a password, which a command line would show to everybody on this machine.
        inbound_mail_url=os.environ.get("SANDBOX_INBOUND_MAIL_URL", ""),
    )
    server(given.port, settings).run()


if __name__ == "__main__":
    main()
