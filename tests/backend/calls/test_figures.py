"""An agent's calls are counted in the period they came, beside the period before."""

from datetime import timedelta

from backend.agents import service as agents
from backend.core import clock
from backend.core.tenancy import unit_of_work


async def test_calls_are_counted_by_period_with_how_many_were_answered_and_for_how_long(line):
    now = clock.now()
    for ago, seconds in ((0, 90), (0, 0), (8, 30)):
        with clock.at(now - timedelta(days=ago)):
            call = await line.begin()
            if seconds:
                await line.tell(call.id, "agent.joined", source="worker")
                await line.tell(call.id, "call.ended", seconds, status="completed", duration_s=seconds)
    with clock.at(now + timedelta(seconds=1)), line.org.scope():
        async with unit_of_work() as session:
            everything = await agents.report(session, line.agent.id, 7)
            texts = await agents.report(session, line.agent.id, 7, "sms")
    assert everything.calls_now == {"calls": 2, "answered": 1, "seconds": 90}
    assert everything.calls_before == {"calls": 1, "answered": 1, "seconds": 30}
    assert texts.calls_now["calls"] == 0
