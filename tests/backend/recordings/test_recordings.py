"""Recordings are made only where they may be, completed whoever died, heard by their organization and by link."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlmodel import select

from backend.agents import service as agents
from backend.calls import service as calls
from backend.contacts import erasing
from backend.contacts import service as contacts
from backend.core import clock
from backend.core.config import settings
from backend.core.errors import NotFound
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.platform import AuditEntry
from backend.models.recordings import CallRecording
from backend.organizations import service as organizations
from backend.recordings import jobs as work
from backend.recordings import queries
from backend.recordings import service as recordings
from tests.backend.recordings.tones import write


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings(), "data_dir", tmp_path)


async def rows(line):
    with line.org.scope():
        async with unit_of_work() as session:
            return list((await session.exec(select(CallRecording))).all())


async def recorded(line):
    """Return a call and its completed recording."""
    call = await line.begin()
    begun = await recordings.begin(call.id, "line", 0.1)
    write(begun.path)
    await work.complete.func(str(line.org.org_id), str(begun.id))
    (row,) = await rows(line)
    return call, row


async def test_a_recording_is_completed_with_what_its_file_holds(line):
    _, row = await recorded(line)
    assert (row.status, row.channels, row.source) == ("ready", 2, "worker")
    assert row.duration_ms == pytest.approx(2000, abs=200)
    assert row.size_bytes == (settings().media_dir / row.path).stat().st_size
    caller, agent = row.peaks
    half = len(caller) // 2
    assert min(caller[2 : half - 2]) > 30 > max(caller[half + 3 :])
    assert min(agent[half + 3 : -1]) > 30 > max(agent[2 : half - 2])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"recording_enabled": False}, "the agent does not record"),
        ({"pii_storage": "redacted"}, "nobody can take a number out of a voice"),
        ({"pii_storage": "disabled"}, "nothing that is said is kept"),
    ],
)
async def test_nothing_is_recorded_where_it_may_not_be(line, change, reason):
    with line.org.scope():
        async with unit_of_work() as session:
            await agents.update(session, line.org.owner, line.agent.id, **change)
            await agents.publish(session, line.org.owner, line.agent.id)
            version = (await agents.get(session, line.agent.id)).version
    call = await line.begin()
    with line.org.scope():
        async with unit_of_work() as session:
            (await session.merge(call)).agent_version = version
    assert await recordings.begin(call.id, "line", 0.1) is None, reason
    assert await rows(line) == []


async def test_nothing_is_recorded_of_a_call_whose_agent_is_gone(line):
    call = await line.begin()
    with line.org.scope():
        async with unit_of_work() as session:
            (await session.merge(call)).agent_id = None
    assert await recordings.begin(call.id, "line", 0.1) is None


async def test_what_a_dead_worker_left_is_completed_when_its_call_is_over(line):
    call = await line.begin()
    begun = await recordings.begin(call.id, "line", 0.1)
    write(begun.path)
    later = clock.now() + timedelta(minutes=3)
    with platform_scope("look as the job does"):
        async with unit_of_work() as session:
            assert await queries.unfinished(session, later) == []
    await line.tell(call.id, "agent.joined", 0, source="worker")
    await line.tell(call.id, "call.ended", 1, status="completed", duration_s=1)
    with platform_scope("look as the job does"):
        async with unit_of_work() as session:
            assert await queries.unfinished(session, later) == [(line.org.org_id, begun.id)]


async def test_a_recording_without_sound_is_missing_and_one_that_was_erased_leaves_no_file(line):
    call = await line.begin()
    silent = await recordings.begin(call.id, "silent", 0.1)
    await work.complete.func(str(line.org.org_id), str(silent.id))
    (row,) = await rows(line)
    assert row.status == "missing"
    with line.org.scope():
        async with unit_of_work() as session:
            assert await recordings.of_call(session, call.id) == []
            await session.delete(await session.merge(row))
    write(silent.path)
    await work.complete.func(str(line.org.org_id), str(silent.id))
    assert not silent.path.exists()


async def test_a_link_plays_parts_of_a_recording_until_it_is_too_old(line, api):
    call, row = await recorded(line)
    with line.org.scope():
        async with unit_of_work() as session:
            (found,) = await recordings.links_of(session, call.id)
    address = httpx.URL(found["url"]).path
    part = await api.http.get(address, headers={"range": "bytes=100-199"})
    assert (part.status_code, len(part.content)) == (206, 100)
    assert part.headers["content-range"] == f"bytes 100-199/{row.size_bytes}"
    assert part.headers["content-type"] == "audio/mpeg"
    *before, until, seal = address.split("/")
    for forged in ((until, "0" * len(seal)), (str(int(until) + 1), seal)):
        assert (await api.http.get("/".join([*before, *forged]))).status_code == 404
    with clock.at(clock.now() + timedelta(minutes=61)):
        late = await api.http.get(address)
    assert (late.status_code, late.json()["error"]["code"]) == (404, "link_expired")


async def test_the_api_says_where_there_is_no_recording(line):
    call = await line.begin()
    with line.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound) as refused:
                await recordings.links_of(session, call.id)
            assert refused.value.code == "no_recording"
            assert (await calls.get(session, call.id)).id == call.id


async def choose(line, days):
    with line.org.scope():
        async with unit_of_work() as session:
            await organizations.update(session, line.org.owner, calls_kept_days=days)


async def test_old_recordings_and_words_are_removed_a_day_after_that_was_chosen(line):
    old, row = await recorded(line)
    await line.tell(old.id, "agent.joined", 0, source="worker")
    said = {"who": "caller", "text": "My card is new."}
    await line.tell(old.id, "transcript.line", 1, source="worker", **said)
    await line.tell(old.id, "tool.called", 1, source="worker", name="note", message="A card", arguments={"a": 1})
    await line.tell(old.id, "call.ended", 2, status="completed", duration_s=2)
    path = settings().media_dir / row.path
    await choose(line, 30)
    for later, is_kept in ((timedelta(hours=23), True), (timedelta(days=29), True), (timedelta(days=31), False)):
        with clock.at(clock.now() + later):
            await work.remove_old.func(0)
        assert path.exists() is is_kept
        assert bool(await rows(line)) is is_kept
    with line.org.scope():
        async with unit_of_work() as session:
            assert (await calls.transcript(session, old.id)).lines == []
            happened = {one["kind"]: one["detail"] for one in await calls.happenings(session, old.id)}
            assert happened["words.removed"] == ""
            assert happened["tool.called"] == "note"
            entries = (await session.exec(select(AuditEntry))).all()
            (removed,) = [one for one in entries if one.action == "system:call:emptied"]
            assert removed.details == {"calls": 1, "days": 30}
    # What was done is not done again.
    with clock.at(clock.now() + timedelta(days=32)):
        await work.remove_old.func(0)


async def test_calls_are_kept_where_nothing_was_chosen_or_it_was_taken_back(line):
    _, row = await recorded(line)
    await choose(line, 7)
    await choose(line, 0)
    with clock.at(clock.now() + timedelta(days=400)):
        await work.remove_old.func(0)
    assert (settings().media_dir / row.path).exists()


async def test_a_person_who_is_erased_takes_the_recording_along(line):
    call, row = await recorded(line)
    with line.org.scope():
        async with unit_of_work() as session:
            report = await contacts.erase(session, line.org.owner, call.contact_id)
    await erasing.run(line.org.org_id, UUID(report["id"]))
    assert not (settings().media_dir / row.path).exists()
    assert await rows(line) == []
