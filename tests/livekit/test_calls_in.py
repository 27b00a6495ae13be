"""A carrier's call comes in by LiveKit's SIP service as our instructions say: it is answered, kept, and put down."""

from urllib.parse import parse_qsl

import pytest
from livekit import api

from backend.calls import routing
from backend.calls.cxml import Answer
from backend.core.config import settings
from tests.backend.agents.conftest import script, script_server  # noqa: F401 - a model that says what it is told
from tests.livekit import scenarios
from tests.livekit.telephone import said
from tests.voice_agent import dialling
from tests.voice_agent.dialling import PATIENT_S, told
from voice_agent import trunk
from voice_agent.legs import livekit_room


@pytest.fixture
async def ring(line, sip, telephone, worker, eventually):
    """Return what has the carrier ring LiveKit's SIP service for a call, by our very instructions."""

    async def is_introduced():
        # The voice process sees to the trunk and then to the rule by itself when it starts.
        async with livekit_room.server() as livekit:
            trunks = (await livekit.sip.list_inbound_trunk(api.ListSIPInboundTrunkRequest())).items
            rules = (await livekit.sip.list_dispatch_rule(api.ListSIPDispatchRuleRequest())).items
        return rules and [one.auth_password for one in trunks] == [routing.sip_login()[1]]

    await eventually(is_introduced, PATIENT_S)

    def rung(call_id, scenario=scenarios.CALLS, **changed):
        told = routing.to_agent(Answer(), call_id, line.number.phone_number, {}).root
        dialled = told.find("Dial/Sip")
        assert dialled is not None
        address, _, headers = (dialled.text or "").partition("?")
        named = dict(parse_qsl(headers))
        given = {
            "to": address.removeprefix("sip:").partition("@")[0],
            "user": dialled.get("username", ""),
            "password": dialled.get("password", ""),
            "ours": named[routing.CALL_HEADER],
            "ticket": named[routing.TICKET_HEADER],
        }
        return telephone(scenario, calls=sip, **(given | changed))

    return rung


async def over(line, worker, eventually, run_jobs):
    """Wait until the worker has let go of the one call, and return it."""

    async def is_over():
        await run_jobs()
        (call,) = await line.calls()
        return call if worker.calls == 0 and call.ended_at else None

    return await eventually(is_over, PATIENT_S)


async def test_a_caller_is_greeted_and_answered_types_and_is_kept(line, ring, worker, run_jobs, eventually):
    record = await line.begin()
    async with dialling.api(), ring(record.id, said="My name is Dana Ruiz") as caller:

        async def heard():
            return caller.heard.words & await said(line, "agent")

        async def understood():
            return "Dana" in await said(line, "caller")

        async def typed():
            return len(await told(line, "keypad.pressed")) == 2

        # Sound in real time loses a tone now and then on a busy machine, as on any line; both go on speaking.
        await eventually(heard, 2 * PATIENT_S)
        await eventually(understood, 2 * PATIENT_S)
        caller.presses("5#")
        await eventually(typed, PATIENT_S)
        caller.hangs_up()
        assert await caller.ended() == 0
        call = await over(line, worker, eventually, run_jobs)

        async def left():
            # LiveKit's server tells of everybody who leaves a room, in its own time.
            await run_jobs()
            return await told(line, "line.left")

        (gone,) = await eventually(left, PATIENT_S)
    assert [one.data["digits"] for one in await told(line, "keypad.pressed")] == ["5", "#"]
    assert (call.id, call.status) == (record.id, "completed")
    assert gone.data["number"] == line.caller
    first = (await told(line, "transcript.line"))[0]
    assert (first.data["who"], first.data["text"]) == ("agent", "North Dental.")
    (ended,) = await told(line, "call.ended")
    assert ended.data["ending"] == "caller_hung_up"


async def test_an_agent_that_ends_the_call_puts_the_callers_line_down(
    line,
    ring,
    script,  # noqa: F811
    worker,
    run_jobs,
    eventually,
):
    script.says(lambda messages: "Goodbye." if messages[-1]["role"] == "tool" else script.calls(("end_call", {})))
    record = await line.begin()
    async with ring(record.id, said="That is all") as caller:
        await caller.is_told("BYE ", eventually)
        assert await caller.ended() == 0
    call = await over(line, worker, eventually, run_jobs)
    assert call.status == "completed"
    assert [one.data["name"] for one in await told(line, "tool.called")] == ["end_call"]


async def test_nobody_comes_in_without_the_login_of_now_nor_is_answered_without_a_ticket(line, ring, monkeypatch):
    record = await line.begin()
    _, former = routing.sip_login()
    monkeypatch.setattr(settings(), "livekit_sip_domain", "elsewhere.example")
    await trunk.introduce()
    async with ring(record.id, scenarios.turned_away("401"), password=former) as stranger:
        assert await stranger.ended() == 0
    async with ring(record.id, scenarios.turned_away("486"), ticket="1.2") as stranger:
        assert await stranger.ended() == 0
    assert await told(line, "agent.joined") == []
