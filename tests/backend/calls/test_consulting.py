"""What a telephone that is rung for a caller tells of itself counts once, in whichever order it comes."""

import pytest

from backend.calls import consulting, log
from backend.calls import service as calls
from backend.core import clock
from tests.backend.calls.calling import form, post, said, verbs
from tests.backend.calls.test_moving import events

INSTRUCTIONS, STATUS = "/functions/v1/warm-transfer-cxml", "/functions/v1/warm-transfer-status"
TO = {"to": "+14155550111", "reason": "Ava asks whether you can take them: an order"}


@pytest.fixture
async def rung(line):
    """A call whose caller waits for somebody who is rung."""
    call = await line.begin()
    await calls.append(call.id, log.OURS, "consult:one", consulting.STARTED, clock.now(), TO)
    return call


async def outcomes(line, call):
    return [one.kind for one in await events(line, call.id) if one.kind.startswith("transfer.")][1:]


@pytest.mark.parametrize("times", [1, 2])
async def test_who_takes_a_caller_has_them_until_they_put_the_phone_down(line, api, rung, times):
    path = f"?call={rung.id}&leg=one"
    asked = await post(api, INSTRUCTIONS + path, form())
    assert said(asked).count("press 1") == 2
    assert "an order. To speak" in said(asked)
    assert TO["reason"] in said(asked)
    for _ in range(times):
        taken = await post(api, INSTRUCTIONS + path, form(Digits="1"))
        assert verbs(taken)[0] == "Connect"
    assert not await consulting.failure(rung.id, "one")
    for _ in range(times):
        await post(api, STATUS + path, form(CallStatus="completed"))
    assert await outcomes(line, rung) == [consulting.ACCEPTED, consulting.ENDED]
    assert await consulting.failure(rung.id, "one") == "They put the phone down."


@pytest.mark.parametrize(("status", "reason"), [("no-answer", "Nobody answered."), ("busy", "The line was busy.")])
async def test_who_takes_a_caller_that_waits_no_more_is_told_so(line, api, rung, status, reason):
    path = f"?call={rung.id}&leg=one"
    for _ in range(2):
        await post(api, STATUS + path, form(CallStatus=status))
    late = await post(api, INSTRUCTIONS + path, form(Digits="1"))
    assert verbs(late) == ["Say", "Hangup"]
    assert await outcomes(line, rung) == [consulting.OVER]
    assert await consulting.failure(rung.id, "one") == reason
