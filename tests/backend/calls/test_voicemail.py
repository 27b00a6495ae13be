"""Callers whom nobody takes leave a message: it is kept, heard, shown and told, and asked for only where it may be."""

from uuid import UUID

import pytest
from sqlmodel import select

from backend.calls import callbacks
from backend.calls.deciding import NOT_REACHED
from backend.calls.voicemail import THANKS
from backend.core.config import settings
from backend.core.tenancy import unit_of_work
from backend.inbox import service as inbox
from backend.models.calls import CallEvent
from backend.models.numbers import ServiceNumber
from backend.recordings import jobs as work
from tests.backend.calls.calling import INBOUND, LEG, form, found, post, said, verbs

WORDS = "Please call me back about the crown."
ASKS = ["Say", "Record", "Hangup"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings(), "data_dir", tmp_path)


@pytest.fixture
async def ours(line):
    """The number, answered by people of whom nobody is there."""
    with line.org.scope():
        async with unit_of_work() as session:
            number = await session.get_one(ServiceNumber, line.number.id)
            number.answered_by = "people"
            session.add(number)
            await inbox.set_preference(session, line.org.owner, "is_away", True)
    return line


async def change(line, model, row_id, **values):
    with line.org.scope():
        async with unit_of_work() as session:
            row = await session.get_one(model, row_id)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)


async def asked(api, line):
    fields = form()
    answer = await post(api, INBOUND, fields)
    assert verbs(answer) == ASKS
    [call] = await line.calls()
    return fields, call


def told_of(fields, sid, **more):
    told = {"RecordingSid": sid, "RecordingStatus": "completed", "RecordingDuration": "3", **more}
    return {**fields, "RecordingUrl": "https://x.invalid/a", **told}


async def tell(api, call, fields, sid, **more):
    path = f"/functions/v1/sip-recording-callback?call={call.id}&leg=voicemail"
    assert (await post(api, path, told_of(fields, sid, **more))).status_code == 200


async def test_the_number_greets_and_a_message_makes_the_call_a_voicemail_once(api, ours, jobs_waiting):
    await change(ours, ServiceNumber, ours.number.id, voicemail_greeting="Speak now.")
    fields, call = await asked(api, ours)
    answer = await post(api, f"{LEG}?call={call.id}&leg=voicemail", {**fields, "CallStatus": "in-progress"})
    assert said(answer) == THANKS
    for _ in range(2):
        await tell(api, call, fields, "RE1")
    for _, job in await jobs_waiting("calls.apply"):
        await callbacks.apply(UUID(job["event_id"]))
        await callbacks.apply(UUID(job["event_id"]))
    await ours.tell(call.id, "call.answered")
    await ours.tell(call.id, "call.ended", 5, status="completed", duration_s=5)
    [call] = await ours.calls()
    assert (call.disposition, call.disposition_reason) == ("voicemail", "The caller left a message.")
    [row] = await ours.rows()
    assert (row["preview"], row["needs_person"]) == ("Voicemail", True)
    assert sum("left a voicemail" in str(item) for item in await ours.timeline()) == 1
    assert found(await post(api, INBOUND, fields), "Say").text == "Speak now."


async def test_who_hangs_up_at_the_beep_left_no_message(api, ours, jobs_waiting):
    fields, call = await asked(api, ours)
    await tell(api, call, fields, "RE1", RecordingDuration="0")
    for _, job in await jobs_waiting("calls.apply"):
        await callbacks.apply(UUID(job["event_id"]))
    await ours.tell(call.id, "call.ended", 5, status="completed", duration_s=5)
    [call] = await ours.calls()
    assert call.disposition == "no_answer"


async def test_a_number_without_voicemail_says_that_nobody_could_take_the_call(api, ours):
    await change(ours, ServiceNumber, ours.number.id, has_voicemail=False)
    assert said(await post(api, INBOUND, form())) == NOT_REACHED


async def test_a_message_is_brought_and_heard_also_where_nobody_told_of_it(api, sandbox, ours, jobs_waiting):
    await sandbox.client.put(f"/sandbox/lines/{ours.caller}", json={"rings_ms": 0, "talks_ms": 600_000})
    credentials = (settings().signalwire_project_id, settings().signalwire_api_token.get_secret_value())
    numbers = (await sandbox.client.get("/api/relay/rest/phone_numbers", auth=credentials)).json()["data"]
    rung = await sandbox.client.post("/sandbox/calls", json={"from": ours.caller, "to": numbers[0]["number"]})
    fields = form(CallSid=rung.json()["sid"])
    assert verbs(await post(api, INBOUND, fields)) == ASKS
    kept = await sandbox.client.post(f"/sandbox/calls/{fields['CallSid']}/recordings", json={"text": WORDS})
    kept.raise_for_status()
    await work.find_missed.func(0)
    for name in ("recordings.bring", "recordings.hear"):
        waiting = await jobs_waiting(name)
        assert waiting
        for _, job in waiting:
            task = getattr(work, name.partition(".")[2])
            await task.func(**job)
            await task.func(**job)
    [call] = await ours.calls()
    with ours.org.scope():
        async with unit_of_work() as session:
            query = select(CallEvent).where(CallEvent.call_id == call.id, CallEvent.kind == "transcript.line")
            lines = (await session.exec(query)).all()
    assert [one.data["text"] for one in lines] == [WORDS]
    await ours.tell(call.id, "call.ended", 5, status="completed", duration_s=5)
    [call] = await ours.calls()
    assert call.disposition == "voicemail"
