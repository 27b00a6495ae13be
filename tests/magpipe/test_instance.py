"""One data folder has one owner, keeps its secrets to itself, and recovers from a killed owner."""

import subprocess
import sys

import psutil
import pytest

from magpipe.errors import StartError
from magpipe.instance import Instance

HOLD = (
    "import pathlib, sys, time\n"
    "from magpipe.instance import Instance\n"
    "i = Instance(pathlib.Path(sys.argv[1])); i.acquire(); i.record.url = 'http://127.0.0.1:3999'; i.save()\n"
    "if len(sys.argv) > 2: i.note_child('web', int(sys.argv[2]))\n"
    "print('held', flush=True); time.sleep(60)\n"
)


@pytest.fixture
def holder(tmp_path):
    processes = []

    def hold(*more: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(tmp_path), *more], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout.readline().strip() == "held"
        processes.append(process)
        return process

    yield hold
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()


def test_second_start_on_the_same_data_is_refused_politely(tmp_path, holder):
    process = holder()
    with pytest.raises(StartError) as refusal:
        Instance(tmp_path).acquire()
    assert f"already running on {tmp_path} at http://127.0.0.1:3999 (process {process.pid})" in str(refusal.value)
    assert "DATA_DIR" in str(refusal.value)


def test_killed_owner_does_not_block_the_next(tmp_path, holder):
    process = holder()
    process.kill()
    process.wait()
    instance = Instance(tmp_path)
    assert instance.owner() is None
    instance.acquire()
    instance.release()


def test_what_a_killed_owner_left_running_is_ended(tmp_path, holder):
    orphan = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], process_group=0)
    process = holder(str(orphan.pid))
    process.kill()
    process.wait()
    instance = Instance(tmp_path)
    instance.acquire()
    instance.release()
    assert not psutil.pid_exists(orphan.pid)


def test_a_stranger_with_a_reused_number_is_left_alone(tmp_path):
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], process_group=0)
    killed = Instance(tmp_path)
    killed.make_folders()
    killed.record.children["web"] = [stranger.pid, psutil.Process(stranger.pid).create_time() - 500]
    killed.save()
    instance = Instance(tmp_path)
    instance.acquire()
    instance.release()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_secrets_are_made_once_and_only_the_owner_reads_them(tmp_path):
    first = Instance(tmp_path).secrets()
    assert first == Instance(tmp_path).secrets()
    assert len(first["SECRET_KEY"]) >= 48
    assert Instance(tmp_path).secrets_file.stat().st_mode & 0o777 == 0o600


def test_a_new_encryption_key_comes_first_and_the_old_ones_stay(tmp_path):
    instance = Instance(tmp_path)
    old = instance.secrets()["ENCRYPTION_KEYS"]
    keys = instance.add_encryption_key().split(",")
    assert keys[1] == old
    assert keys[0] != old
    instance.drop_old_encryption_keys()
    assert instance.secrets()["ENCRYPTION_KEYS"] == keys[0]
