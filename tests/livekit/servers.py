"""Find LiveKit’s server, or build it with the Go toolchain; run as a module, it says which, or why there is none."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Released modules (`go install` of a fixed version, checked by Go against its own sums).
SERVER = "github.com/livekit/livekit-server/cmd/server@v1.13.5"
# Where what Go builds for these tests is kept.
KEPT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "magpipe" / "livekit-1.13.5"
# A build takes minutes on two cores.
_BUILDS_WITHIN_S = 1800


def find() -> Path | None:
    """Return LiveKit's server: on the PATH, or built before."""
    on_path = shutil.which("livekit-server")
    if on_path:
        return Path(on_path)
    built = KEPT / "server"
    return built if built.is_file() else None


def build() -> Path | None:
    """Build the server with Go and return it; None without Go or where its modules cannot be had."""
    go = shutil.which("go")
    if go is None:
        return None
    KEPT.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "GOBIN": str(KEPT), "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"}
    try:
        subprocess.run([go, "install", SERVER], env=env, check=True, timeout=_BUILDS_WITHIN_S)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"LiveKit's server could not be built: {error}", file=sys.stderr)
        return None
    return find()


def main() -> int:
    """Make sure of a server; 0 when there is one, 1 when there is none and the tests will say so and skip."""
    found = find()
    if found is None:
        print("Building LiveKit's server with Go; this takes some minutes, once.", flush=True)
        found = build()
    print(f"LiveKit's server: {found}" if found else "There is no LiveKit server and no Go to build it: skipped.")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
