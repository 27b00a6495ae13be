"""Find LiveKit’s server, its SIP service and who calls by it, or build and install them.

Run as a module, it says which there are, or why there are none. `BUILDS_WITHIN_S` gives all builds together less time
than the hour they may take.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.chromium import APT

# Released modules (`go install` of a fixed version, checked by Go against its own sums).
SERVER = "github.com/livekit/livekit-server/cmd/server@v1.13.5"
# Its SIP service is built by a module of ours that names one version of it: `go install` asks the module proxy for a
# list of its versions, which is refused.
SIP, _SIP_COMMAND = Path(__file__).parent / "sip", "github.com/livekit/sip/cmd/livekit-sip"
# Its sound is made by libraries in C: each as pkg-config calls it, and the package of Debian's that brings it.
_LIBRARIES = {"opus": "libopus-dev", "opusfile": "libopusfile-dev", "soxr": "libsoxr-dev"}
_COMPILERS = {"gcc": "gcc", "pkg-config": "pkg-config"}
# The service meets LiveKit's server in Redis, and sipp calls it and is called.
_PROGRAMS = {"redis-server": "redis-server", "sipp": "sip-tester"}
# LiveKit's own client for browsers, and how long npm and apt may take.
CLIENT, _BRINGS_WITHIN_S = "livekit-client@2.23.0", 120
# Where what Go builds for these tests is kept.
KEPT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "magpipe" / "livekit-1.13.5"
# Each build takes minutes on two cores.
_BUILDS_UNTIL = time.monotonic() + float(os.environ.get("BUILDS_WITHIN_S") or 3600)


def find() -> Path | None:
    """Return LiveKit's server: on the PATH, or built before."""
    return _on_path("livekit-server") or _built(KEPT / "server")


def build() -> Path | None:
    """Build the server with Go and return it; None without Go or where its modules cannot be had."""
    _go(["install", SERVER], {"GOBIN": str(KEPT), "CGO_ENABLED": "0"}, "LiveKit's server")
    return find()


def find_sip() -> Path | None:
    """Return LiveKit's SIP service: on the PATH, or built before."""
    return _on_path("livekit-sip") or _built(_sip())


def build_sip() -> Path | None:
    """Build the SIP service with Go and return it; None without Go, a compiler, its libraries or its modules."""
    wanted = ["build", "-C", str(SIP), "-o", str(_sip()), _SIP_COMMAND]
    _go(wanted, {"CGO_ENABLED": "1"}, "LiveKit's SIP service")
    return find_sip()


def can_call() -> bool:
    """Return whether calls by SIP can be tried here: the service, what it meets the server in, and who calls."""
    return find_sip() is not None and not _missing(_PROGRAMS)


def install() -> list[str]:
    """Have Debian's packages brought that calls by SIP lack, where root may, and return those that are missing yet."""
    packages = _lacking()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        # A server that Debian would start with its package is not wanted.
        quietly = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        for command in (["update"], ["install", "--no-install-recommends", *packages]):
            try:
                subprocess.run([*APT, *command], env=quietly, capture_output=True, timeout=_BRINGS_WITHIN_S)
            except (subprocess.SubprocessError, OSError) as error:
                print(f"Debian's packages could not be installed: {error}", file=sys.stderr)
    return _lacking()


def find_client() -> Path | None:
    """Return LiveKit's client for browsers, brought before."""
    return _built(KEPT / f"{CLIENT}.js")


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
    KEPT.mkdir(parents=True, exist_ok=True)
    found = find()
    if found is None:
        print("Building LiveKit's server with Go; this takes some minutes, once.", flush=True)
        found = build()
    if found is None:
        print("There is no LiveKit server here and none can be built (Go, and its modules, are needed): skipped.")
        return 1
    print(f"LiveKit's server: {found}")
    print(f"Its SIP service: {_made_sure_of_sip()}")
    print(f"Its client for browsers: {find_client() or bring_client() or 'none, so no browser joins'}")
    return 0


def _made_sure_of_sip() -> str:
    """Return where the SIP service is, or why nobody calls by it."""
    if find_sip() is None and not shutil.which("go"):
        return "none, and Go is missing to build it, so calls by SIP are skipped"
    lacking = install()
    if lacking:
        return f"not used, because Debian's {', '.join(lacking)} are missing, so calls by SIP are skipped"
    if find_sip() is None:
        print("Building LiveKit's SIP service with Go; this takes some minutes, once.", flush=True)
    return str(find_sip() or build_sip() or "none, so calls by SIP are skipped")


def _lacking() -> list[str]:
    """Return Debian's packages for what calls by SIP need and this machine has not."""
    if find_sip() is not None:
        return _missing(_PROGRAMS)
    lacking = _missing(_PROGRAMS | _COMPILERS)
    pkg_config = shutil.which("pkg-config")
    for name, package in _LIBRARIES.items():
        if pkg_config is None or subprocess.run([pkg_config, "--exists", name]).returncode:
            lacking.append(package)
    return lacking


def _missing(programs: Mapping[str, str]) -> list[str]:
    return [package for program, package in programs.items() if not shutil.which(program)]


def _on_path(program: str) -> Path | None:
    found = shutil.which(program)
    return Path(found) if found else None


def _built(path: Path) -> Path | None:
    return path if path.is_file() else None


def _sip() -> Path:
    """Return where the SIP service stands that is built of what its module says now."""
    return KEPT / f"livekit-sip-{hashlib.sha256((SIP / 'go.mod').read_bytes()).hexdigest()[:12]}"


def _go(wanted: Sequence[str], more: Mapping[str, str], what: str) -> None:
    """Run Go, where it is there and there is time; what goes wrong is said."""
    go = shutil.which("go")
    if go is None:
        return
    env = {**os.environ, "GOFLAGS": "-buildvcs=false", **more}
    try:
        subprocess.run([go, *wanted], env=env, check=True, timeout=max(0.0, _BUILDS_UNTIL - time.monotonic()))
    except (subprocess.SubprocessError, OSError) as error:
        print(f"{what} could not be built: {error}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
