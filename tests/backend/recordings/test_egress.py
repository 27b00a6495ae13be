"""What LiveKit's egress service recorded is taken up from its folder, once, with the caller on the left."""

from datetime import timedelta

import pytest
from sqlmodel import select

from backend.core import clock
from backend.core.config import settings
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.models.recordings import CallRecording
from backend.recordings import jobs as work
from backend.recordings import service as recordings
from tests.backend.recordings.tones import write


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings(), "data_dir", tmp_path / "data")
    shared = tmp_path / "egress"
    shared.mkdir()
    monkeypatch.setattr(settings(), "livekit_egress_dir", str(shared))
    return shared


async def begun_in_room(line):
    call = await line.begin()
    return await recordings.begin(call.id, "call-1", 0.1, is_room=True)


async def completed(line, begun):
    await work.complete.func(str(line.org.org_id), str(begun.id))
    with line.org.scope():
        async with unit_of_work() as session:
            return (await session.exec(select(CallRecording))).one()


async def test_a_file_is_taken_up_once_with_the_caller_on_the_left(line, folder):
    begun = await begun_in_room(line)
    # The agent is on the left of it, and speaks in the first half.
    write(begun.egress_path)
    for _ in range(2):
        row = await completed(line, begun)
        assert (row.status, row.source, row.channels) == ("ready", "livekit", 2)
        assert row.duration_ms == pytest.approx(2000, abs=250)
        caller, agent = row.peaks
        half = len(caller) // 2
        assert min(agent[3 : half - 3]) > 30 > max(agent[half + 4 :])
        assert min(caller[half + 4 : -2]) > 30 > max(caller[3 : half - 3])
        assert list(folder.iterdir()) == []


async def test_a_file_that_is_not_there_yet_is_waited_for_as_long_as_a_call_may_last(line):
    begun = await begun_in_room(line)
    assert (await completed(line, begun)).status == "recording"
    with line.org.scope():
        async with unit_of_work() as session:
            row = (await session.exec(select(CallRecording))).one()
            row.started_at = clock.now() - timedelta(hours=6)
            session.add(row)
    assert (await completed(line, begun)).status == "missing"


async def test_a_file_without_sound_is_shown_as_missing_and_not_kept(line, folder):
    begun = await begun_in_room(line)
    begun.egress_path.write_bytes(b"no sound at all")
    assert (await completed(line, begun)).status == "missing"
    assert list(folder.iterdir()) == []


async def test_the_file_of_a_recording_that_was_erased_meanwhile_is_removed(line, folder):
    erased = new_id()
    (folder / f"call-{new_id()}_{erased}.mp3").write_bytes(b"a voice")
    await work.complete.func(str(line.org.org_id), str(erased))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("is_room", [True, False])
async def test_only_rooms_are_recorded_by_it_and_only_where_it_has_a_folder(line, monkeypatch, is_room):
    if is_room:
        monkeypatch.setattr(settings(), "livekit_egress_dir", "")
    begun = await recordings.begin((await line.begin()).id, "a line", 0.1, is_room=is_room)
    assert begun.egress_path is None
    write(begun.path)
    assert (await completed(line, begun)).source == "worker"
