"""Build the browser's part when its sources changed since the last build, and tell whether they have."""

import ast
import asyncio
import contextlib
import fcntl
import hashlib
import os
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from magpipe.errors import StartError
from magpipe.light.packing import pack_tighter
from magpipe.process import spawn

STAMP = ".magpipe-build"
# What the compiled pages are made of. State and service code runs on the server and needs no new build
# unless it changes what a page starts with; the state's defaults are part of the page, so `state` counts.
TREES = ("pages", "state", "assets", "magpipe/light")
FILES = ("rxconfig.py", "requirements.lock", "reflex.lock/package-lock.json", "magpipe/magpipe.py", "magpipe/routes.py")
SETTINGS = ("ENVIRONMENT", "PUBLIC_URL")
ADDRESS = re.compile(r"([\"'`])(http|ws)s?://[^/\"'`]+(/[^\"'`]*)\1")
ORIGIN = {"http": "location.origin", "ws": 'location.origin.replace("http","ws")'}
SHARED = ("vocab", "schemas")  # the backend modules whose values end up in pages


def fingerprint(root: Path, settings: Mapping[str, str]) -> str:
    """Return the hash (SHA-256, hex) of everything the build depends on: sources, lock, and the settings named."""
    digest = hashlib.sha256()
    for path in sorted(_sources(root)):
        digest.update(f"{path.relative_to(root).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for name in SETTINGS:
        value = settings.get(name, "")
        if name == "PUBLIC_URL" and urlsplit(value).hostname in ("127.0.0.1", "localhost"):
            value = ""  # any port of this machine: the pages ask the address they came from
        digest.update(f"{name}={value}\0".encode())
    return digest.hexdigest()


def workdir(root: Path) -> Path:
    """Return the folder the front end is built in: `.web`, or what REFLEX_WEB_WORKDIR names."""
    return root / os.environ.get("REFLEX_WEB_WORKDIR", ".web")


def is_current(root: Path, settings: Mapping[str, str]) -> bool:
    """Whether the last finished build was made of exactly these sources and settings."""
    try:
        built = (workdir(root) / STAMP).read_text()
    except OSError:
        return False
    return built == fingerprint(root, settings) and (workdir(root) / "build" / "client" / "index.html").exists()


async def build(
    root: Path, settings: Mapping[str, str], env: Mapping[str, str], on_line: Callable[[str], None]
) -> None:
    """Export the front end into its folder. Raises `StartError` with the last lines when it fails.

    One build runs at a time: who waited for another's finds it done. The stamp is removed first and written
    last, so an interrupted build is always made again. What the sources were is noted before: an edit during
    the build makes the next start build once more.
    """
    async with _alone(root):
        if not is_current(root, settings):
            await _build(root, settings, env, on_line)


@contextlib.asynccontextmanager
async def _alone(root: Path) -> AsyncIterator[None]:
    """Hold the checkout's build lock; the kernel drops it with its process.

    The file stands beside the build's folder, which a first build makes anew.
    """
    folder = workdir(root)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                await asyncio.sleep(0.2)
        yield


async def _build(
    root: Path, settings: Mapping[str, str], env: Mapping[str, str], on_line: Callable[[str], None]
) -> None:
    stamp = workdir(root) / STAMP
    stamp.unlink(missing_ok=True)
    sources = fingerprint(root, settings)
    child = await spawn(
        [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip"],
        on_line=on_line,
        env=dict(env) | {"REFLEX_ENV_MODE": "prod", "CI": "1", "NO_COLOR": "1", "TERM": "dumb"},
        cwd=str(root),
    )
    try:
        code = await child.ended()
    except BaseException:
        child.kill()
        raise
    if code or not (workdir(root) / "build" / "client" / "index.html").exists():
        last = "\n".join(f"    {line}" for line in child.last_lines[-15:] if line.strip())
        raise StartError(f"The front end could not be built. The build's last lines:\n{last}")
    assets = workdir(root) / "build" / "client" / "assets"
    _ask_own_origin(assets)
    pack_tighter(assets)
    stamp.write_text(sources)


def _ask_own_origin(assets: Path) -> None:
    """Let the built pages ask the address they came from, in place of the one the build was told.

    Reflex writes absolute addresses into one small script; with them a build would serve one port and one
    host name alone, and a cookie of `localhost` would never reach `127.0.0.1`.
    """
    changed = 0
    for script in assets.glob("*.js"):
        text = script.read_text()
        if "/_all_routes" not in text or "TRANSPORT" not in text:
            continue
        relative = ADDRESS.sub(lambda found: f"{ORIGIN[found[2]]}+{found[1]}{found[3]}{found[1]}", text)
        if relative != text:
            script.write_text(relative)
            for packed in assets.glob(f"{script.name}.*"):  # made of the old text, and too small to need it
                packed.unlink()
            changed += 1
    if changed != 1:
        raise StartError(
            f"The build names its address in {changed} scripts and one was expected; is Reflex 0.10.1 in use?"
        )


def _sources(root: Path) -> Iterable[Path]:
    for tree in TREES:
        for path in (root / tree).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.endswith(".pyc"):
                # Reflex links the JSX beside pages into assets/external: the originals count already.
                if path.is_symlink() or "external" in path.relative_to(root).parts[:2]:
                    continue
                yield path
    for name in FILES:
        if (root / name).exists():
            yield root / name
    yield from _shared_modules(root)


def _shared_modules(root: Path) -> set[Path]:
    """Return the backend modules that pages import, and those of `SHARED` names that states import."""
    found = set()
    for tree in ("pages", "state"):
        for source in (root / tree).rglob("*.py"):
            for module in _imports(source):
                parts = module.split(".")
                if parts[0] != "backend" or (tree == "state" and parts[-1] not in SHARED):
                    continue
                path = root.joinpath(*parts).with_suffix(".py")
                if path.exists():
                    found.add(path)
    return found


def _imports(source: Path) -> Iterable[str]:
    try:
        tree = ast.parse(source.read_text())
    except SyntaxError:
        return  # the build itself will say where
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
