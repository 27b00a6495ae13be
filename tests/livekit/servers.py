"""Find LiveKit’s server, or build it with the Go toolchain; run as a module, it says which, or why there is none.

`BUILDS_WITHIN_S` gives the builder less time than the half hour it may take.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

# Released modules (`go install` of a fixed version, checked by Go against its own sums).
SERVER = "github.com/livekit/livekit-server/cmd/server@v1.13.5"
# Beside it a stand-in of its SIP service, which no module proxy gives (see `sip/main.go`); both meet in Redis.
SIP = Path(__file__).parent / "sip"
# LiveKit's own client for browsers, and how long npm may take to bring it.
CLIENT, _BRINGS_WITHIN_S = "livekit-client@2.23.0", 120
# Where what Go builds for these tests is kept.
KEPT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "magpipe" / "livekit-1.13.5"
# A build takes minutes on two cores.
_BUILDS_WITHIN_S = float(os.environ.get("BUILDS_WITHIN_S") or 1800)


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


def find_sip() -> Path | None:
    """Return the stand-in of LiveKit's SIP service, built before from what it is now; None without Redis to meet in."""
    built = KEPT / f"sip-{hashlib.sha256((SIP / 'main.go').read_bytes()).hexdigest()[:12]}"
    return built if built.is_file() and shutil.which("redis-server") else None


def build_sip() -> Path | None:
    """Build the stand-in with Go and return it; None without Go, Redis, or where its modules cannot be had."""
    go = shutil.which("go")
    if go is None or not shutil.which("redis-server"):
        return None
    KEPT.mkdir(parents=True, exist_ok=True)
    built = KEPT / f"sip-{hashlib.sha256((SIP / 'main.go').read_bytes()).hexdigest()[:12]}"
    env = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-buildvcs=false"}
    try:
        subprocess.run([go, "build", "-o", str(built), "."], cwd=SIP, env=env, check=True, timeout=_BUILDS_WITHIN_S)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"The stand-in of LiveKit's SIP service could not be built: {error}", file=sys.stderr)
        return None
    return find_sip()


def find_client() -> Path | None:
    """Return LiveKit's client for browsers, brought before."""
    brought = KEPT / f"{CLIENT}.js"
    return brought if brought.is_file() else None


def bring_client() -> Path | None:
    """Bring the client with npm and return it; None where it cannot be had."""
    npm = Path(sys.executable).with_name("npm")
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(
                [str(npm), "pack", CLIENT], cwd=folder, check=True, timeout=_BRINGS_WITHIN_S, capture_output=True
            )
            with tarfile.open(next(Path(folder).glob("*.tgz"))) as packed:
                script = packed.extractfile("package/dist/livekit-client.umd.js")
                if script is not None:
                    (KEPT / f"{CLIENT}.js").write_bytes(script.read())
        except (subprocess.SubprocessError, OSError, StopIteration, KeyError, tarfile.TarError) as error:
            print(f"LiveKit's client for browsers could not be brought: {error}", file=sys.stderr)
    return find_client()


def main() -> int:
    """Make sure of a server; 0 when there is one, 1 when there is none and the tests will say so and skip."""
    found = find()
    if found is None:
        print("Building LiveKit's server with Go; this takes some minutes, once.", flush=True)
        found = build()
    if found is None:
        print("There is no LiveKit server here and none can be built (Go, and its modules, are needed): skipped.")
        return 1
    print(f"LiveKit's server: {found}")
    if find_sip() is None:
        print("Building a stand-in of its SIP service with Go; this takes some minutes, once.", flush=True)
    sip = find_sip() or build_sip()
    print(f"Its SIP service: {sip or 'none (it needs Go and Redis), so calls out are skipped'}")
    KEPT.mkdir(parents=True, exist_ok=True)
    print(f"Its client for browsers: {find_client() or bring_client() or 'none, so no browser joins'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
