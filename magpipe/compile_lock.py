"""Compile requirements.lock: exact versions and hashes for every system, and no download address.

Run by `make lock`. The blocks that no system can ever want (`sys_platform == 'never'`: the torch family that the
weights package asks for) are left out, so that pip alone can install the result.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

LOCK = Path("requirements.lock")
NEVER = "sys_platform == 'never'"


def without_never(text: str) -> str:
    """Return the lock without the packages that no system wants."""
    kept, is_dropped = [], False
    for line in text.splitlines(keepends=True):
        if not line.startswith((" ", "#")):
            is_dropped = NEVER in line
        if not is_dropped:
            kept.append(line)
    return "".join(kept)


def main() -> int:
    """Write the lock and return the exit code."""
    uv = shutil.which("uv")
    if uv is None:
        print("uv is needed to compile the lock: `pip install uv`, or your system's package.", file=sys.stderr)
        return 1
    options = ["--extra", "dev", "--universal", "--python-version", "3.11", "--generate-hashes"]
    quiet = ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--quiet"]
    command = [uv, "pip", "compile", "pyproject.toml", *options, *quiet, "-o", str(LOCK), *sys.argv[1:]]
    done = subprocess.run(command, env=os.environ | {"UV_CUSTOM_COMPILE_COMMAND": "make lock"})
    if done.returncode:
        return done.returncode
    text = without_never(LOCK.read_text())
    if "://" in text:
        print("The compiled lock names a download address; it was not written that way on purpose.", file=sys.stderr)
        return 1
    LOCK.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
