"""Who is brought into a room by LiveKit's SIP service is answered by sound, who is rung too, and strangers leave."""

import asyncio

from backend.calls import outgoing, tickets
from backend.calls import service as calls
from backend.core.tenancy import unit_of_work
from tests.livekit.caller import Caller
from tests.voice_agent.dialling import PATIENT_S, told


async def test_a_caller_in_a_room_is_greeted_answered_and_kept(line, livekit, worker, run_jobs, eventually):
    record = await line.begin()
    async with Caller.calling_in(livekit, record.id, tickets.issue(record.id)) as caller:

        async def greeted():
            return any("North" in one for one in caller.heard)

        async def answered():
            # Sound in real time loses frames on a busy machine, and a line of tones with them: then it is said again.
            lines = [one.data["who"] for one in await told(line, "transcript.line")]
            if "caller" not in lines and caller.is_silent:
                caller.says("My name is Dana Ruiz")
            return "agent" in lines[2:]

        await eventually(greeted, PATIENT_S)
        await eventually(answered, 2 * PATIENT_S)

    async def idle():
        return worker.calls == 0

    await eventually(idle, PATIENT_S)
    await run_jobs()
    said = [(one.data["who"], one.data["text"]) for one in await told(line, "transcript.line")]
    assert said[0] == ("agent", "North Dental.")
    assert "caller" in {who for who, _ in said}
    (ended,) = await told(line, "call.ended")
    assert ended.data["ending"] == "caller_hung_up"


async def test_a_caller_without_a_ticket_is_put_down(line, livekit, worker):
    record = await line.begin()
    async with Caller.calling_in(livekit, record.id, "1.2") as stranger:
        await asyncio.wait_for(stranger.is_put_down.wait(), PATIENT_S)
    assert await told(line, "agent.joined") == []


async def place(line):
    """Have the agent call somebody, and return the call once its room is open."""
    order = calls.CallOrder(phone_number=line.caller, caller_id=line.number.phone_number, purpose="Tuesday at three")
    with line.org.scope():
        async with unit_of_work() as session:
            call = await calls.place(session, line.org.owner, order)
    await outgoing.dial(line.org.org_id, call.id)
    return call


async def only(line):
    (call,) = await line.calls()
    return call


async def test_an_agent_rings_from_its_room_with_our_calls_id_and_talks_to_who_picks_up(
    line, livekit, sip, worker, eventually
):
    call = await place(line)
    asked = await sip.asked()
    assert (asked["roomName"], asked["callTo"], asked["number"]) == (
        f"call-{call.id}",
        line.caller,
        line.number.phone_number,
    )
    assert (asked["headers"]["X-Call-Id"], asked["participantAttributes"]["call.id"]) == (str(call.id), str(call.id))
    assert (asked["address"], asked["username"], asked["ringingTimeout"]) == ("sip.carrier.example", "magpipe", "30s")
    assert (await only(line)).status == "ringing"
    async with Caller.rung(livekit, asked) as callee:
        sip.answers("ok")

        async def greeted():
            # A tone or two of it may be lost on a busy machine, as on any line: some of its words come through.
            words = " ".join(str(one.data["text"]) for one in await told(line, "transcript.line")).split()
            return words if any(word in words for one in callee.heard for word in one.split()) else None

        assert "Ava" in await eventually(greeted, PATIENT_S)

    async def over():
        call = await only(line)
        return call if worker.calls == 0 and call.status == "completed" else None

    assert (await eventually(over, PATIENT_S)).disposition == "answered_by_agent"


async def test_a_line_that_is_busy_says_so_and_closes_the_room(line, livekit, sip, worker, eventually):
    await place(line)
    await sip.asked()
    sip.answers("486 Busy Here")

    async def over():
        call = await only(line)
        return call if worker.calls == 0 and call.ended_at else None

    call = await eventually(over, PATIENT_S)
    assert (call.status, call.disposition) == ("busy", "busy")


async def test_a_call_that_is_put_down_while_it_rings_is_canceled(line, livekit, sip, worker, eventually):
    call = await place(line)
    await sip.asked()
    with line.org.scope():
        async with unit_of_work() as session:
            await calls.terminate(session, line.org.owner, str(call.id))
    await outgoing.hang_up(line.org.org_id, call.id)
    # The SIP service takes its ringing back once the room is closed, which its own answer says.
    sip.answers("487 Request Terminated")

    async def over():
        call = await only(line)
        return call if worker.calls == 0 and call.ended_at else None

    assert (await eventually(over, PATIENT_S)).disposition == "canceled"
