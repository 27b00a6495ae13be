"""An agent's call out of a LiveKit room rings once, from a voice process that has time, or says why it did not."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text as sql

from backend.calls import forgotten, moving, outgoing, room_calls, rooms, waits
from backend.calls import service as calls
from backend.core import clock
from backend.core.errors import Conflict, NotAllowed, Unavailable
from backend.core.tenancy import platform_scope, unit_of_work
from backend.vocab import THE_TEAM
from tests.backend.calls import livekit_api
from tests.backend.calls.test_rooms import event, tell


@pytest.fixture
async def livekit(monkeypatch):
    async with livekit_api.serving(monkeypatch) as made:
        yield made


@pytest.fixture
async def placed(line, livekit):
    """Return the call an agent was told to make."""
    order = calls.CallOrder(phone_number=line.caller, caller_id=line.number.phone_number)
    with line.org.scope():
        async with unit_of_work() as session:
            return await calls.place(session, line.org.owner, order)


def ticket(livekit) -> str:
    """Return the ticket a voice process is given."""
    (wanted,) = livekit.of("CreateRoom")
    return json.loads(wanted["agents"][0]["metadata"])["call.ticket"]


async def only(line):
    (call,) = await line.calls()
    return call


async def test_a_job_opens_a_room_that_names_the_call_and_a_voice_process_claims_it_once(line, livekit, placed):
    for _ in range(2):
        await outgoing.dial(line.org.org_id, placed.id)
    (wanted,) = livekit.of("CreateRoom")
    assert (wanted["name"], json.loads(wanted["metadata"])) == (f"call-{placed.id}", {"call_id": str(placed.id)})
    assert wanted["agents"][0]["agentName"] == "magpipe"
    with pytest.raises(NotAllowed):
        await calls.claim_dialling(placed.id, "1.2", "RM_first")
    dialling = await calls.claim_dialling(placed.id, ticket(livekit), "RM_first")
    assert (dialling.call.call_id, dialling.call.caller_number) == (placed.id, line.caller)
    with pytest.raises(Conflict):
        await calls.claim_dialling(placed.id, ticket(livekit), "RM_first")
    # Who looks a minute later leaves a call alone that somebody rings.
    with clock.at(clock.now() + timedelta(seconds=61)):
        await outgoing.dial(line.org.org_id, placed.id)
    call = await only(line)
    assert (call.status, call.vendor_call_id) == ("ringing", "RM_first")


async def test_a_call_that_no_voice_process_takes_fails_and_is_not_rung_afterwards(line, livekit, placed):
    await outgoing.dial(line.org.org_id, placed.id)
    with clock.at(clock.now() + timedelta(seconds=61)):
        await outgoing.dial(line.org.org_id, placed.id)
        with pytest.raises(Conflict):
            await calls.claim_dialling(placed.id, ticket(livekit), "RM_first")
    call = await only(line)
    assert (call.status, call.disposition) == ("failed", "failed")
    assert "No voice process" in call.disposition_reason


async def test_a_job_that_died_after_it_opened_the_room_does_not_fail_the_call_that_runs(line, livekit, placed):
    await outgoing.dial(line.org.org_id, placed.id)
    with platform_scope("let the job's transaction be lost"):
        async with unit_of_work() as session:
            await session.execute(sql("update call_records set vendor_call_id = ''"))
    await calls.claim_dialling(placed.id, ticket(livekit), "RM_first")
    with clock.at(clock.now() + timedelta(minutes=10)):
        await outgoing.dial(line.org.org_id, placed.id)
    assert (await only(line)).status == "ringing"


@pytest.mark.parametrize("is_rung", [False, True])
async def test_a_call_is_put_down_while_it_waits_and_while_it_rings(line, livekit, placed, is_rung):
    await outgoing.dial(line.org.org_id, placed.id)
    if is_rung:
        await calls.claim_dialling(placed.id, ticket(livekit), "RM_first")
    with line.org.scope():
        async with unit_of_work() as session:
            await calls.terminate(session, line.org.owner, str(placed.id))
    await outgoing.hang_up(line.org.org_id, placed.id)
    assert livekit.of("DeleteRoom") == [{"room": f"call-{placed.id}"}]
    if is_rung:
        # The voice process, whose ringing ends by that, says so.
        await line.tell(placed.id, "call.ended", source="worker", status="canceled")
    else:
        with pytest.raises(Conflict):
            await calls.claim_dialling(placed.id, ticket(livekit), "RM_first")
    call = await only(line)
    assert (call.status, call.disposition) == ("canceled", "canceled")


async def test_a_recording_that_has_to_be_announced_first_is_left_to_the_carrier(line, livekit, placed, sandbox):
    with platform_scope("arrange a test"):
        async with unit_of_work() as session:
            await session.execute(sql('update agent_configs set settings = \'{"recording_notice": "Recorded."}\''))
    await outgoing.dial(line.org.org_id, placed.id)
    assert livekit.of("CreateRoom") == []
    assert (await only(line)).vendor_call_id


@pytest.mark.parametrize("is_worker_first", [True, False])
@pytest.mark.parametrize(
    ("worker_says", "status", "disposition"),
    [
        ({"status": "busy"}, "busy", "busy"),
        ({"status": "failed", "reason": "This number does not exist."}, "failed", "failed"),
        (None, "no_answer", "no_answer"),
    ],
)
async def test_the_line_that_left_ends_the_call_and_the_voice_process_says_why_in_both_orders(
    line, livekit, placed, api, jobs_waiting, is_worker_first, worker_says, status, disposition
):
    await outgoing.dial(line.org.org_id, placed.id)
    await calls.claim_dialling(placed.id, ticket(livekit), "RM_first")

    async def worker():
        if worker_says:
            await line.tell(placed.id, "call.ended", source="worker", **worker_says)

    async def room():
        gone = {"identity": room_calls.line_of(placed.id), "attributes": {"call.id": str(placed.id)}}
        told = event("participant_left", placed.id, participant=gone)
        assert (await tell(api, told)).status_code == 200
        for _, job in await jobs_waiting("calls.apply_room"):
            await rooms.apply(UUID(job["event_id"]))

    for part in (worker, room) if is_worker_first else (room, worker):
        await part()
    call = await only(line)
    assert (call.status.replace("-", "_"), call.disposition.replace("-", "_")) == (status, disposition)
    assert call.disposition_reason == (worker_says or {}).get("reason", call.disposition_reason)


async def test_a_call_of_a_room_that_nobody_told_the_end_of_is_closed_by_asking_livekit(line, livekit, placed):
    await outgoing.dial(line.org.org_id, placed.id)
    await calls.claim_dialling(placed.id, ticket(livekit), "RM_first")
    livekit.answers["ListParticipants"] = (200, {"participants": [{"identity": "x", "kind": "SIP"}]})
    with line.org.scope():
        await forgotten.ask(placed.id)
        assert (await only(line)).status == "ringing"
        livekit.answers["ListParticipants"] = (404, {"code": "not_found"})
        await forgotten.ask(placed.id)
    assert (await only(line)).status == "failed"


async def test_who_is_put_through_from_a_room_leaves_it_for_a_telephone_or_stays(line, livekit, placed):
    await outgoing.dial(line.org.org_id, placed.id)
    await calls.claim_dialling(placed.id, ticket(livekit), "RM_first")
    await line.tell(placed.id, "call.answered", source="worker")
    livekit.answers["TransferSIPParticipant"] = (412, {"code": "failed_precondition", "msg": "declined"})
    with pytest.raises(Exception, match="declined"):
        await calls.put_through(placed.id, "+14155550111", "A question")
    assert (await only(line)).disposition == ""
    livekit.answers["TransferSIPParticipant"] = (200, {})
    await calls.put_through(placed.id, "+14155550111", "A question")
    assert livekit.of("TransferSIPParticipant")[-1]["transferTo"] == "tel:+14155550111"
    assert (await only(line)).disposition == "transferred"


async def test_browsers_of_the_team_do_not_ring_for_a_call_in_a_room(line, livekit, placed):
    await outgoing.dial(line.org.org_id, placed.id)
    with pytest.raises(Unavailable):
        await moving.put_through(placed.id, THE_TEAM, "They ask for a person")
    with line.org.scope():
        async with unit_of_work() as session:
            assert await waits.latest(session, placed.id) is None
