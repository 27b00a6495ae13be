"""In a chat as elsewhere: what an agent has to ask waits, in this chat alone, and goes on by itself once decided."""

from uuid import UUID

from backend.agents import service as agents
from backend.approvals import service as approvals
from backend.core.tenancy import unit_of_work
from backend.vocab import TurnStatus
from tests.backend.chat.conftest import Visitor

WAITS = "I need to check this with a colleague first. I'll get back to you here."


async def said(visitor) -> list[str]:
    return [line["text"] for line in await visitor.read() if line["who"] == "ai"]


async def test_one_chat_waits_for_a_decision_and_another_is_answered(desk, site, visitor, sandbox, run_jobs):
    with desk.org.scope():
        async with unit_of_work() as session:
            await agents.update(session, desk.org.owner, desk.agent.id, tool_policies={"save_contact_name": "ask"})
    other = Visitor(site, desk.widget.widget_key)
    await visitor.open()
    await other.open()
    await visitor.say("Hi, my name is Mia Fox")
    await run_jobs()
    await visitor.say("Are you there?")
    await other.say("Hello")
    await run_jobs()
    assert (await said(visitor), len(await said(other))) == ([WAITS], 1)
    with desk.org.scope():
        async with unit_of_work() as session:
            (card,) = await approvals.listed(session)
            await approvals.decide(session, desk.org.owner, UUID(card["id"]), is_approved=True)
    await run_jobs()
    assert len(await said(visitor)) == 2
    assert [one.name for one in await desk.contacts()].count("Mia Fox") == 1
    # The two chats were answered at the same time, so that either turn may be the older.
    first, *others = [turn.status for turn in await desk.turns()]
    assert (first, sorted(others)) == (TurnStatus.ANSWERED, [TurnStatus.ANSWERED, TurnStatus.SKIPPED])
