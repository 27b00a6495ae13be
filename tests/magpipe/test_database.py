"""The embedded PostgreSQL starts, stops, survives a crash, and leaves nothing behind."""

import asyncio
import os
import signal
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from magpipe import database, services
from magpipe.console import Console
from magpipe.database import Cluster, running
from magpipe.errors import StartError
from magpipe.supervisor import Supervisor

SMALL = {"shared_buffers": "16MB", "max_wal_size": "64MB"}


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory(prefix="magpipe-test-") as place:
        Path(place).chmod(0o711)
        yield Path(place) / "postgres"


def ask(cluster: Cluster, query: str):
    with psycopg.connect(cluster.conninfo(), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchone()[0] if cursor.description else None


def test_starts_with_vector_search_and_the_same_sorting_everywhere(folder):
    with running(folder, server_settings=SMALL) as cluster:
        assert ask(cluster, "show server_version_num") >= "180000"
        ask(cluster, "create extension vector")
        assert ask(cluster, "select '[1,2]'::halfvec(2) <=> '[1,2]'") == 0
        assert ask(cluster, "select lower('É')") == "é"
        assert ask(cluster, "select datlocprovider from pg_database where datname = 'magpipe'") == "b"


def test_data_stays_over_a_stop_and_no_process_remains(folder):
    with running(folder, server_settings=SMALL) as cluster:
        ask(cluster, "create table kept as select 7 as value")
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
    assert not psutil.pid_exists(pid)
    with running(folder, server_settings=SMALL) as cluster:
        assert ask(cluster, "select value from kept") == 7


def test_only_the_owner_can_reach_the_socket(folder):
    with running(folder, server_settings=SMALL) as cluster:
        assert ask(cluster, "show listen_addresses") == ""
        assert cluster.socket_dir.stat().st_mode & 0o077 == 0


async def test_killed_server_is_restarted_with_what_it_had_promised(folder, tmp_path, capsys):
    cluster = Cluster(folder, server_settings=SMALL)
    supervisor = Supervisor(Console(tmp_path), first_wait_s=0.05)
    await supervisor.start(services.embedded_database(cluster))
    try:
        cluster.create_database()
        ask(cluster, "create table promised as select generate_series(1, 1000) as n")
        first = supervisor.pid("database")
        os.kill(first, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while supervisor.pid("database") in (None, first) or not await database.is_ready(cluster):
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        assert ask(cluster, "select count(*) from promised") == 1000
    finally:
        await supervisor.stop()
    assert "database died (killed by SIGKILL)" in capsys.readouterr().out


def test_record_that_names_a_stranger_does_not_stop_the_start(folder):
    record = folder / "postmaster.pid"
    record.write_text(f"{os.getpid()}\n{folder}\n1\n5432\n{folder}\n\n  1 1\nready\n")
    with running(folder, server_settings=SMALL) as cluster:
        assert ask(cluster, "select 1") == 1


def test_deep_folder_gets_a_short_socket_path(tmp_path):
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    assert len(str(Cluster(deep).socket_dir / database.SOCKET_NAME)) <= database.LONGEST_SOCKET_PATH


def test_folder_of_another_version_is_refused_in_words(tmp_path):
    tmp_path.joinpath("postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(StartError, match="made by PostgreSQL 16"):
        Cluster(tmp_path / "postgres").prepare()


def test_folder_that_holds_something_else_is_not_touched(tmp_path):
    tmp_path.joinpath("postgres").mkdir()
    (tmp_path / "postgres" / "thesis.txt").write_text("mine")
    with pytest.raises(StartError, match="not empty and holds no database"):
        Cluster(tmp_path / "postgres").prepare()
    assert (tmp_path / "postgres" / "thesis.txt").read_text() == "mine"
