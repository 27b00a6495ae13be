"""Check what a start needs before anything is begun, and say in one sentence what is missing."""

import shutil
import socket
from pathlib import Path

from magpipe.errors import StartError

LEAST_FREE_BYTES = 300_000_000  # the database's write-ahead log and the logs, not the installation


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def require_port(host: str, port: int, variable: str) -> None:
    """Raise `StartError` naming the port, who may hold it and the setting that moves ours."""
    if not port_is_free(host, port):
        raise StartError(
            f"Port {port} is in use by another program: stop that one, or choose another port with "
            f"`make up {variable}={port + 100}`."
        )


def require_disk(folder: Path, least_bytes: int = LEAST_FREE_BYTES) -> None:
    """Raise `StartError` when the folder's disk has too little room left."""
    free = shutil.disk_usage(folder).free
    if free < least_bytes:
        raise StartError(
            f"The disk of {folder} has {free / 1e9:.1f} GB free and at least {least_bytes / 1e9:.1f} GB is needed: "
            "free some space, or set DATA_DIR to another disk."
        )
