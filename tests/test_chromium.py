"""The browser for the tests is found where it may stand, installed where it is not, and its absence is explained."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import chromium

STARTS = "echo Chromium 1.2.3"
LACKS_A_LIBRARY = "echo 'error while loading shared libraries: libnss3.so: cannot open' >&2; exit 127"
IS_A_STUB = "echo 'requires the chromium snap to be installed' >&2; exit 1"


def program(path: Path, body: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def bare(tmp_path, monkeypatch) -> Path:
    """A machine without any browser, whose PATH is the folder returned, and whose Playwright can download nothing."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "cat", "chmod"):
        (folder / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    playwright = f"case $* in *install*) echo 'Error: no such host'; exit 1;; *) echo {tmp_path}/own;; esac"
    monkeypatch.setattr(sys, "executable", program(tmp_path / "python", playwright))
    return folder


@pytest.fixture
def as_root(monkeypatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def test_browser_on_the_path_is_taken(bare):
    expected = program(bare / "google-chrome", STARTS)
    assert chromium.ensure() == expected


def test_named_browser_comes_before_the_one_on_the_path(bare, tmp_path, monkeypatch):
    program(bare / "chromium", STARTS)
    named = program(tmp_path / "my-chrome", STARTS)
    monkeypatch.setenv("CHROMIUM", named)
    assert chromium.ensure() == named


def test_named_browser_that_does_not_start_is_refused_with_its_words(bare, tmp_path, monkeypatch):
    program(bare / "chromium", STARTS)
    monkeypatch.setenv("CHROMIUM", program(tmp_path / "my-chrome", LACKS_A_LIBRARY))
    with pytest.raises(RuntimeError, match=r"my-chrome, which does not start: .*libnss3.*install-deps"):
        chromium.ensure()


def test_stub_that_only_stands_there_is_passed_over(bare):
    program(bare / "chromium-browser", IS_A_STUB)
    expected = program(bare / "google-chrome-stable", STARTS)
    assert chromium.find() == expected


@pytest.fixture
def playwrights_own(bare, tmp_path, monkeypatch) -> str:
    """Place a browser where the real Playwright looks for its own."""
    monkeypatch.undo()
    monkeypatch.setenv("PATH", str(bare))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    asked = subprocess.run([sys.executable, "-c", chromium.ASK_PLAYWRIGHT], capture_output=True, text=True)
    return program(Path(asked.stdout.strip()), STARTS)


async def test_playwrights_own_is_found_also_where_an_event_loop_runs(playwrights_own, tmp_path):
    assert playwrights_own.startswith(str(tmp_path / "playwright"))
    assert chromium.find() == playwrights_own


def packages(bare: Path, *known: str) -> None:
    """Have an apt-get that knows these packages; each brings the program of its name."""
    programs = "".join(
        f'*" {name}") printf "#!/bin/sh\\n{STARTS}\\n" > {bare}/{name}; chmod 755 {bare}/{name};; ' for name in known
    )
    program(
        bare / "apt-get", f'case "$*" in *update) ;; {programs}*) echo "E: Unable to locate package"; exit 100;; esac'
    )


@pytest.mark.parametrize(
    ("known", "gets"),
    [(["chromium", "chromium-headless-shell"], "chromium-headless-shell"), (["chromium"], "chromium")],
)
def test_root_on_debian_gets_debians_package_the_lightest_there_is(bare, as_root, known, gets):
    packages(bare, *known)
    assert chromium.ensure() == str(bare / gets)


@pytest.mark.parametrize(
    ("known", "gets"), [(["chromium-headless-shell"], "chromium-headless-shell"), ([], "chromium")]
)
def test_root_on_debian_with_a_whole_browser_gets_the_light_one_if_there_is_one(bare, as_root, known, gets):
    program(bare / "chromium", STARTS)
    packages(bare, *known)
    assert chromium.lightest() == str(bare / gets)


def test_every_way_that_failed_is_told_with_its_reason(bare, as_root):
    program(bare / "apt-get", "echo 'E: Unable to locate package chromium'; exit 100")
    program(bare / "chromium-browser", IS_A_STUB)
    with pytest.raises(RuntimeError) as failed:
        chromium.ensure()
    said = str(failed.value)
    assert "put one on the PATH" in said
    assert "ended with 100: E: Unable to locate package chromium" in said
    assert "- Playwright's Chromium: " in said
    assert "chromium-browser does not start: requires the chromium snap" in said


def test_ordinary_user_is_offered_playwrights_own_alone(bare):
    program(bare / "apt-get", "exit 100")
    with pytest.raises(RuntimeError) as failed:
        chromium.ensure()
    assert "apt-get" not in str(failed.value)
    assert "Playwright's Chromium: `" in str(failed.value)
    assert "ended with 1: Error: no such host" in str(failed.value)
