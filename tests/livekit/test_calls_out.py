"""A call of ours goes out by LiveKit's SIP service: who picks up is talked with and put through, or why nobody did."""

import pytest
from sqlalchemy import text

from backend.calls import outgoing, room_calls
from backend.calls import service as calls
from backend.core.tenancy import unit_of_work
from tests.backend.agents.conftest import script, script_server  # noqa: F401 - a model that says what it is told
from tests.livekit import scenarios
from tests.livekit.telephone import said
from tests.voice_agent import dialling
from tests.voice_agent.dialling import PATIENT_S, told

ELSEWHERE = "+14155550188"
CALLS_THROUGH = ("transfer_call", {"to": "the team", "reason": "a question"})


def is_told(messages):
    """Return whether the model is asked what to say to what came of a tool."""
    return messages[-1]["role"] == "tool"


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


async def over(line, worker, eventually, run_jobs):
    """Wait until the one call is over and the worker has let go of it, and return it."""

    async def is_over():
        await run_jobs()
        call = await only(line)
        return call if worker.calls == 0 and call.ended_at else None

    return await eventually(is_over, PATIENT_S)


async def can_put_through(line):
    with line.org.scope():
        async with unit_of_work() as session:
            statement = text("update agent_configs set settings = cast(:settings as jsonb) where org_id = :org")
            settings = f'{{"transfer_phone_number": "{ELSEWHERE}"}}'
            await session.execute(statement, {"settings": settings, "org": line.org.org_id})


async def test_who_picks_up_hears_the_agent_and_is_put_through(
    line,
    telephone,
    script,  # noqa: F811
    worker,
    run_jobs,
    eventually,
):
    await can_put_through(line)
    script.says(lambda messages: "Well." if is_told(messages) else script.calls(CALLS_THROUGH))
    # LiveKit's server tells that the telephone has left, which ends the call.
    async with dialling.api(), telephone(scenarios.answers()) as callee:
        call = await place(line)

        async def heard():
            # A tone or two may be lost on a busy machine, as on any line: some of the words come through.
            return callee.heard.words & await said(line, "agent")

        await eventually(heard, PATIENT_S)
        await callee.is_told("REFER ", eventually)
        assert await callee.ended() == 0
        assert callee.header("X-Call-Id") == str(call.id)
        assert f"tel:{ELSEWHERE}" in callee.header("Refer-To")
        assert f"INVITE sip:{line.caller}@127.0.0.1" in callee.told
        call = await over(line, worker, eventually, run_jobs)
    assert (call.status, call.disposition) == ("completed", "transferred")
    assert len(await told(line, "transfer.completed")) == 1


async def test_who_cannot_be_put_through_stays_with_the_agent_which_says_so(
    line,
    telephone,
    script,  # noqa: F811
    worker,
    run_jobs,
    eventually,
):
    await can_put_through(line)

    def mind(messages):
        if is_told(messages):
            return "They are busy."
        return script.calls(("end_call", {}) if any(one["role"] == "tool" for one in messages) else CALLS_THROUGH)

    script.says(mind)
    async with telephone(scenarios.answers(came_of_it="486 Busy Here")) as callee:
        await place(line)
        await callee.is_told("BYE ", eventually)
        assert await callee.ended() == 0
    await over(line, worker, eventually, run_jobs)
    (failed,) = await told(line, "transfer.failed")
    assert "486" in failed.data["reason"]
    assert await told(line, "transfer.completed") == []
    assert [(one.data["name"], one.data["status"]) for one in await told(line, "tool.called")] == [
        ("transfer_call", "failed"),
        ("end_call", "ok"),
    ]
    lines = [one for one in await told(line, "transcript.line") if one.data["who"] == "agent"]
    assert any(one.at > failed.at for one in lines)


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        ("486 Busy Here", "busy", ""),
        ("603 Decline", "busy", "The call was declined."),
        ("404 Not Found", "failed", "This number does not exist."),
    ],
)
async def test_what_a_line_answers_decides_the_end(
    line, telephone, worker, run_jobs, eventually, answer, status, reason
):
    async with telephone(scenarios.refuses(answer)) as callee:
        await place(line)
        assert await callee.ended() == 0
    call = await over(line, worker, eventually, run_jobs)
    assert call.status == status
    assert reason in (call.disposition_reason)


async def test_nobody_is_rung_for_longer_than_the_ring_time(line, telephone, worker, run_jobs, eventually, monkeypatch):
    monkeypatch.setattr(room_calls, "RINGS_S", 2)
    async with telephone(scenarios.RINGS) as callee:
        await place(line)
        assert await callee.ended() == 0
    call = await over(line, worker, eventually, run_jobs)
    assert (call.status, call.disposition) == ("no_answer", "no_answer")


async def test_a_call_that_is_put_down_while_it_rings_is_canceled(line, telephone, worker, run_jobs, eventually):
    async with telephone(scenarios.RINGS) as callee:
        call = await place(line)
        await callee.is_told("SIP/2.0 180 ", eventually)
        assert (await only(line)).status == "ringing"
        with line.org.scope():
            async with unit_of_work() as session:
                await calls.terminate(session, line.org.owner, str(call.id))
        await outgoing.hang_up(line.org.org_id, call.id)
        assert await callee.ended() == 0
    assert (await over(line, worker, eventually, run_jobs)).disposition == "canceled"
