"""What the carrier tells of a call is kept once and comes to the same, in whatever order and however often."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest

from backend.agents import service as agents
from backend.calls import callbacks, deciding, records
from backend.core import clock
from backend.core.errors import Unavailable
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from tests.backend.calls.calling import INBOUND, LEG, RECORDING, STATUS, call_in, form, found, post, said, verbs

ELSEWHERE = "+14155550111"
RINGING = {"CallStatus": "ringing", "Timestamp": "Sun, 22 Nov 2026 18:00:01 +0000"}
ANSWERED = {"CallStatus": "in-progress", "Timestamp": "Sun, 22 Nov 2026 18:00:05 +0000"}
COMPLETED = {"CallStatus": "completed", "Timestamp": "Sun, 22 Nov 2026 18:01:05 +0000", "CallDuration": "60"}


async def ring(line, api):
    """Let somebody call, and return (the carrier's id, ours)."""
    fields = form()
    return fields["CallSid"], call_in(await post(api, INBOUND, fields))


async def test_statuses_come_to_the_same_in_every_order_and_told_twice(line, api, apply):
    standings = set()
    for order in permutations((RINGING, ANSWERED, COMPLETED)):
        sid, call_id = await ring(line, api)
        for told in (*order, *order):
            assert verbs(await post(api, STATUS, form(CallSid=sid, **told))) == []
        await apply()
        call = next(one for one in await line.calls() if one.id == call_id)
        standings.add((call.status, call.duration_s, call.answered_at, call.ended_at, call.disposition))
    assert len(standings) == 1
    assert standings.pop()[:2] == ("completed", 60)


async def test_a_status_that_overtakes_its_call_waits_for_it(line, api, jobs_waiting):
    sid = new_id().hex
    await post(api, STATUS, form(CallSid=sid, CallStatus="busy"))
    ((_, job),) = await jobs_waiting("calls.apply")
    with pytest.raises(Unavailable):
        await callbacks.apply(UUID(job["event_id"]))
    await post(api, INBOUND, form(CallSid=sid))
    await callbacks.apply(UUID(job["event_id"]))
    (call,) = await line.calls()
    assert call.status == "busy"


async def test_a_status_of_nobodys_call_is_given_up_after_a_minute(line, api, jobs_waiting):
    await post(api, STATUS, form(CallStatus="busy"))
    ((_, job),) = await jobs_waiting("calls.apply")
    with clock.at(clock.now() + timedelta(minutes=2)):
        await callbacks.apply(UUID(job["event_id"]))


async def test_why_a_call_failed_is_said_in_words(line, api, apply):
    sid, _ = await ring(line, api)
    await post(api, STATUS, form(CallSid=sid, CallStatus="failed", SipResultCode="404"))
    await apply()
    (call,) = await line.calls()
    assert (call.disposition, call.disposition_reason) == ("failed", "This number does not exist.")


async def test_the_leg_to_the_agent_says_that_it_answered(line, api, apply):
    sid, call_id = await ring(line, api)
    path = f"{LEG}?call={call_id}&leg=agent"
    answer = await post(api, path, form(CallSid=sid, DialCallStatus="completed", DialCallDuration="30"))
    assert verbs(answer) == ["Hangup"]
    await post(api, STATUS, form(CallSid=sid, **COMPLETED))
    await apply()
    (call,) = await line.calls()
    assert call.disposition == "answered_by_agent"


async def test_a_caller_whose_agent_cannot_be_reached_hears_so(line, api):
    sid, call_id = await ring(line, api)
    answer = await post(api, f"{LEG}?call={call_id}&leg=agent", form(CallSid=sid, DialCallStatus="no-answer"))
    assert (verbs(answer), said(answer)) == (["Say", "Hangup"], deciding.NOT_REACHED)


async def test_a_stream_that_never_began_is_a_failure_and_one_that_ended_is_not(line, api):
    sid, call_id = await ring(line, api)
    path = f"{LEG}?call={call_id}&leg=agent"
    assert verbs(await post(api, path, form(CallSid=sid, CallStatus="in-progress"))) == ["Say", "Hangup"]
    await line.tell(call_id, "agent.joined", source="worker")
    await line.tell(call_id, "agent.left", source="worker")
    assert verbs(await post(api, path, form(CallSid=sid, CallStatus="in-progress"))) == ["Hangup"]


async def test_a_stream_that_broke_off_calls_people_once_and_the_record_says_why(line, api, apply):
    sid, call_id = await ring(line, api)
    await line.tell(call_id, "agent.joined", source="worker")
    for _ in range(2):
        answer = await post(api, f"{LEG}?call={call_id}&leg=agent", form(CallSid=sid, CallStatus="in-progress"))
        assert said(answer) == deciding.BROKE_OFF
    await post(api, STATUS, form(CallSid=sid, **COMPLETED))
    await apply()
    (call,) = await line.calls()
    assert (call.status, call.disposition, call.disposition_reason) == (
        "completed",
        "answered_by_agent",
        records.BROKE_OFF,
    )
    (row,) = await line.rows()
    assert row["needs_person"]


async def test_the_agents_transfer_number_takes_the_call_when_the_agent_cannot(line, api, apply):
    with line.org.scope():
        async with unit_of_work() as session:
            line.agent = await agents.update(session, line.org.owner, line.agent.id, transfer_phone_number=ELSEWHERE)
    sid, call_id = await ring(line, api)
    answer = await post(api, f"{LEG}?call={call_id}&leg=agent", form(CallSid=sid, DialCallStatus="failed"))
    assert found(answer, "Number").text == ELSEWHERE
    path = f"{LEG}?call={call_id}&leg=person"
    assert verbs(await post(api, path, form(CallSid=sid, DialCallStatus="completed", DialCallDuration="20"))) == [
        "Hangup"
    ]
    await apply()
    (call,) = await line.calls()
    assert call.disposition == "forwarded"
    # Who does not answer is not rung again.
    answer = await post(api, path, form(CallSid=sid, DialCallStatus="busy"))
    assert said(answer) == deciding.NOT_REACHED


async def test_a_recording_is_in_the_log_and_moves_nothing(line, api, apply):
    sid, _ = await ring(line, api)
    told = {"RecordingSid": "RE1", "RecordingUrl": "https://x.invalid/RE1", "RecordingStatus": "completed"}
    assert verbs(await post(api, RECORDING, form(CallSid=sid, **told))) == []
    await apply()
    (call,) = await line.calls()
    assert call.status == "ringing"


@pytest.mark.parametrize("path", [STATUS, LEG, RECORDING])
async def test_only_the_carrier_opens_them(line, api, path):
    fields = form(RecordingSid="RE1")
    assert (await post(api, path, fields, signature="wrong")).status_code == 403
    assert (await post(api, path, {**fields, "CallSid": ""})).status_code == 400
    assert (await post(api, f"{path}?call=not-an-id&leg=%00", fields)).status_code == 200


async def test_another_businesss_call_is_not_moved_by_its_id_without_the_carriers_signature(line, api):
    _, call_id = await ring(line, api)
    fields = form(CallStatus="completed")
    stolen = await post(api, f"{STATUS}?call={call_id}", fields, signature="")
    assert stolen.status_code == 403
