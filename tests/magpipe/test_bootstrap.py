"""The installer runs on any Python and says in one sentence what a machine lacks."""

import ast
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from magpipe import bootstrap
from magpipe.bootstrap import Refusal

SOURCE = Path(bootstrap.__file__)


def test_the_installer_can_be_read_by_an_old_python():
    ast.parse(SOURCE.read_text(), feature_version=(3, 8))


def test_the_installer_needs_nothing_installed():
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-c", f"import runpy; runpy.run_path({str(SOURCE)!r})"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_old_python_is_refused_with_the_version_it_has():
    with pytest.raises(Refusal, match=r"3\.11 or newer is needed and this is 3\.9"):
        bootstrap.require_python((3, 9, 18))
    bootstrap.require_python((3, 11, 0))


def test_missing_venv_module_names_the_package():
    with pytest.raises(Refusal, match=r"python3\.\d+-venv"):
        bootstrap.require_venv(modules=("no_such_module_here",))


def test_full_disk_says_how_much_is_needed(tmp_path):
    with pytest.raises(Refusal, match=r"GB free and the installation needs 1000000\.0 GB"):
        bootstrap.require_disk(str(tmp_path), needed=10**15)


def test_busy_port_is_named_with_the_way_round_it():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Refusal, match=rf"Port {port} is in use.*PORT={port + 100}"):
            bootstrap.require_port(port)


def test_environment_wins_over_env_file_and_both_over_the_default(tmp_path):
    file = tmp_path / ".env"
    file.write_text('# port\nPORT = "4100"\n')
    assert bootstrap.setting("PORT", "3000", environ={"PORT": "4200"}, env_file=str(file)) == "4200"
    assert bootstrap.setting("PORT", "3000", environ={}, env_file=str(file)) == "4100"
    assert bootstrap.setting("PORT", "3000", environ={}, env_file=str(tmp_path / "none")) == "3000"


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "requirements.lock").write_text("a==1 \\\n    --hash=sha256:0\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (tmp_path / ".venv" / ".magpipe-installed").write_text(bootstrap.fingerprint(str(tmp_path)))
    return tmp_path


def test_unchanged_lock_needs_no_installation(tree):
    assert bootstrap.is_installed(str(tree))


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_changed_lock_or_project_installs_again(tree, name):
    with open(tree / name, "a") as file:
        file.write("# changed\n")
    assert not bootstrap.is_installed(str(tree))


def test_environment_whose_python_is_gone_installs_again(tree):
    (tree / ".venv" / "bin" / "python").unlink()
    assert not bootstrap.is_installed(str(tree))


def test_failed_step_shows_its_last_lines_and_what_failed(tmp_path):
    program = "print('Collecting a'); print('ERROR: No matching distribution found for a'); raise SystemExit(1)"
    with open(tmp_path / "log", "w") as log, pytest.raises(Refusal) as refusal:
        bootstrap.step("2 of 3: Install", [sys.executable, "-c", program], 1, log)
    assert 'stopped at "2 of 3: Install": ERROR: No matching distribution found for a' in str(refusal.value)
    assert "Collecting a" in (tmp_path / "log").read_text()
