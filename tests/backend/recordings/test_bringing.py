"""What the carrier recorded of a call is brought here once, told of or not, and nothing of a call that keeps less."""

from uuid import UUID

import pytest
from sqlalchemy import text as sql
from sqlmodel import col, select

from backend.calls import callbacks
from backend.core import clock
from backend.core.config import settings
from backend.core.errors import VendorError
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.recordings import CallRecording
from backend.recordings import bringing
from backend.recordings import jobs as work
from tests.backend.calls.calling import RECORDING, form, post

WORDS = "Please call me back about the crown."


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings(), "data_dir", tmp_path)


@pytest.fixture
async def call(sandbox, line):
    """A call of the business that the carrier knows."""
    await sandbox.client.put(f"/sandbox/lines/{line.caller}", json={"rings_ms": 0, "talks_ms": 600_000})
    rung = await sandbox.client.post("/sandbox/calls", json={"from": line.caller, "to": await number(sandbox)})
    rung.raise_for_status()
    return await line.begin(vendor_call_id=rung.json()["sid"])


async def number(sandbox):
    """Return a number of the carrier's project."""
    credentials = (settings().signalwire_project_id, settings().signalwire_api_token.get_secret_value())
    found = await sandbox.client.get("/api/relay/rest/phone_numbers", auth=credentials)
    return found.json()["data"][0]["number"]


async def recorded(sandbox, call):
    """Have the carrier record something, and return its id."""
    kept = await sandbox.client.post(f"/sandbox/calls/{call.vendor_call_id}/recordings", json={"text": WORDS})
    kept.raise_for_status()
    return kept.json()["sid"]


async def tell(api, call, sid):
    """Tell of a recording as the carrier does."""
    told = {"RecordingSid": sid, "RecordingUrl": "https://x.invalid/a", "RecordingStatus": "completed"}
    answer = await post(api, RECORDING, form(CallSid=call.vendor_call_id, RecordingDuration="3", **told))
    assert answer.status_code == 200


@pytest.fixture
def do(jobs_waiting):
    """Do what the carrier's callbacks and our own look left to do, the oldest first."""

    async def run() -> None:
        for _, job in await jobs_waiting("calls.apply"):
            await callbacks.apply(UUID(job["event_id"]))
        for _, job in await jobs_waiting("recordings.bring"):
            await work.bring.func(**job)

    return run


async def rows(line):
    with line.org.scope():
        async with unit_of_work() as session:
            return list((await session.exec(select(CallRecording).order_by(col(CallRecording.id)))).all())


async def test_a_recording_the_carrier_tells_of_lies_here_once_however_often_it_is_told(line, api, sandbox, call, do):
    sid = await recorded(sandbox, call)
    for _ in range(2):
        await tell(api, call, sid)
        await do()
    await work.find_missed.func(0)
    await do()
    (row,) = await rows(line)
    assert (row.source, row.name, row.status, row.channels) == ("carrier", sid, "ready", 1)
    assert row.duration_ms > 1000
    assert (settings().media_dir / row.path).stat().st_size == row.size_bytes > 0
    assert [one.name for one in (settings().media_dir / str(line.org.org_id)).iterdir()] == [str(row.id)]


async def test_a_recording_nobody_told_of_is_found_of_a_call_without_an_agent_too(line, sandbox, call, do):
    with platform_scope("arrange a test"):
        async with unit_of_work() as session:
            await session.execute(sql("update call_records set agent_id = null, agent_version = 0"))
    sid = await recorded(sandbox, call)
    await work.find_missed.func(0)
    await do()
    assert [(one.name, one.status) for one in await rows(line)] == [(sid, "ready")]


@pytest.mark.parametrize(
    "change",
    [
        'update agent_configs set settings = settings || \'{"pii_storage": "redacted"}\'',
        "update call_records set emptied_at = now()",
        "update call_records set agent_id = null, agent_version = 7",
    ],
)
async def test_nothing_is_brought_of_a_call_of_which_less_is_kept(line, api, sandbox, call, do, change):
    with platform_scope("arrange a test"):
        async with unit_of_work() as session:
            await session.execute(sql(change))
    sid = await recorded(sandbox, call)
    await tell(api, call, sid)
    await do()
    await work.find_missed.func(0)
    await do()
    assert await rows(line) == []


async def test_a_carrier_that_is_away_is_asked_again_and_what_it_has_not_is_missing(line, sandbox, call, do):
    sid = await recorded(sandbox, call)
    told = {"org_id": str(line.org.org_id), "call_id": str(call.id), "began_at": clock.now().isoformat()}
    await sandbox.client.put(
        "/sandbox/faults", json=[{"target": "signalwire.recordings", "kind": "error", "status": 503, "times": 1}]
    )
    with pytest.raises(VendorError):
        await work.bring.func(sid=sid, **told)
    await work.give_up.func(sid=sid, **told)
    assert [one.status for one in await rows(line)] == ["missing"]
    await work.find_missed.func(0)
    await do()
    assert [one.status for one in await rows(line)] == ["ready"]
    await work.bring.func(sid="nobody-knows", **told)
    assert [one.status for one in await rows(line)] == ["ready", "missing"]


async def test_who_is_erased_while_a_recording_is_brought_leaves_no_file(line, sandbox, call, monkeypatch):
    sid = await recorded(sandbox, call)
    read = bringing.sound.read

    async def erased_meanwhile(path):
        with platform_scope("arrange a test"):
            async with unit_of_work() as session:
                await session.execute(sql("delete from call_recordings"))
        return await read(path)

    monkeypatch.setattr(bringing.sound, "read", erased_meanwhile)
    told = {"org_id": str(line.org.org_id), "call_id": str(call.id), "began_at": clock.now().isoformat()}
    await work.bring.func(sid=sid, **told)
    assert list((settings().media_dir / str(line.org.org_id)).iterdir()) == []
