"""The command line starts at once, and says in one sentence what a person can mend."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def magpipe(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "magpipe", *arguments], capture_output=True, text=True, cwd=ROOT, env=os.environ | env
    )


def test_help_loads_nothing_heavy():
    program = (
        "import sys\n"
        "from magpipe import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('reflex', 'sqlalchemy', 'pydantic', 'rich') if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "[]"


def test_package_without_its_repository_says_that_it_needs_it(tmp_path):
    shutil.copytree(ROOT / "magpipe", tmp_path / "magpipe", ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run([sys.executable, "-m", "magpipe", "up"], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 1
    assert "run `make up` there" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_setting_is_named_in_one_sentence():
    done = magpipe("migrate", PORT="99999")
    assert done.returncode == 1
    assert done.stderr.strip().startswith("Magpipe: PORT is not usable:")
    assert "Traceback" not in done.stderr


def test_production_without_keys_is_refused_with_their_names():
    done = magpipe("migrate", ENVIRONMENT="production")
    assert done.returncode == 1
    assert "SignalWire, OpenAI, Postmark" in done.stderr
    assert "ALLOW_SANDBOX" in done.stderr


def test_process_without_a_database_says_how_to_get_one(tmp_path):
    done = magpipe("jobs", DATABASE_URL="", DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Magpipe: There is no database: start everything with `magpipe up`, or set DATABASE_URL."
    )


@pytest.mark.parametrize("job", ["seven", "-1", "1; drop table jobs"])
def test_retry_of_what_is_not_a_job_is_refused(job, database):
    done = magpipe("jobs", "retry", "--", job, DATABASE_URL=database)
    assert done.returncode == 1
    assert "is not a job" in done.stderr


def test_retry_of_an_unknown_job_is_refused(database):
    done = magpipe("jobs", "retry", "999999999", DATABASE_URL=database)
    assert done.returncode == 1
    assert done.stderr.strip() == "Magpipe: There is no failed job 999999999."


def test_failed_jobs_of_a_clean_queue(database):
    done = magpipe("jobs", "failed", DATABASE_URL=database)
    assert (done.returncode, done.stdout.strip()) == (0, "No failed jobs.")


def test_new_keys_are_keys_and_never_the_same():
    from cryptography.fernet import Fernet

    first, second = magpipe("secrets", "new").stdout.strip(), magpipe("secrets", "new").stdout.strip()
    assert first != second
    Fernet(first)
