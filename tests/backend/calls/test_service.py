"""A call is a log that many tell, a record of what that comes to, and one line of the contact's timeline."""

from datetime import timedelta

import pytest

from backend.agents import service as agents
from backend.calls import service as calls
from backend.core import clock
from backend.core.errors import Invalid, NotFound
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work


async def test_a_call_stands_in_the_contacts_timeline_and_on_top_of_the_list(line):
    call = await line.begin()
    (row,) = await line.rows()
    assert (row["channel"], row["preview"], row["unread"]) == ("call", "Incoming call", 1)
    (item,) = await line.timeline()
    assert (item["kind"], item["record_id"], item["status"]) == ("call", str(call.id), "initiated")
    assert item["data"]["agent_name"] == "Ava"


async def test_what_is_told_moves_record_timeline_and_list(line):
    call = await line.begin()
    await line.tell(call.id, "call.answered", 1)
    await line.tell(call.id, "agent.joined", 1, source="worker")
    await line.tell(call.id, "call.ended", 61, status="completed", duration_s=60)
    (stored,) = await line.calls()
    assert (stored.status, stored.duration_s, stored.disposition) == ("completed", 60, "answered_by_agent")
    (item,) = await line.timeline()
    assert (item["status"], item["data"]["duration_s"]) == ("completed", 60)
    (row,) = await line.rows()
    assert row["last_status"] == "completed"


async def test_an_event_told_again_changes_nothing(line):
    call = await line.begin()
    assert await line.tell(call.id, "call.ended", 5, status="busy")
    assert not await line.tell(call.id, "call.ended", 9, status="no_answer")
    (stored,) = await line.calls()
    assert stored.status == "busy"


async def test_two_sources_may_use_the_same_id(line):
    call = await line.begin()
    now = clock.now()
    assert await calls.append(call.id, "carrier", "1", "call.ringing", now)
    assert await calls.append(call.id, "worker", "1", "agent.joined", now)
    assert not await calls.append(call.id, "worker", "1", "agent.joined", now)


async def test_other_kinds_are_kept_and_move_nothing(line):
    call = await line.begin()
    assert await line.tell(call.id, "transcript.line", 2, source="worker", text="Hello")
    (stored,) = await line.calls()
    assert stored.status == "initiated"


async def test_nobodys_call_and_an_event_without_an_id_are_refused(line):
    call = await line.begin()
    with pytest.raises(NotFound):
        await calls.append(new_id(), "carrier", "1", "call.ringing", clock.now())
    with pytest.raises(NotFound):
        await calls.brief(new_id())
    with pytest.raises(Invalid):
        await calls.append(call.id, "carrier", "", "call.ringing", clock.now())


async def test_the_brief_is_of_the_version_the_call_began_with(line):
    with line.org.scope():
        async with unit_of_work() as session:
            agent = await agents.update(session, line.org.owner, line.agent.id, greeting="Good morning.")
    line.agent = agent
    call = await line.begin(purpose="Confirm Tuesday", goal="A yes", variables={"day": "Tuesday"})
    with line.org.scope():
        async with unit_of_work() as session:
            await agents.update(session, line.org.owner, line.agent.id, greeting="Changed meanwhile.")
    brief = await calls.brief(call.id)
    assert (brief.settings["greeting"], brief.agent_version) == ("Good morning.", agent.version)
    assert (brief.org_id, brief.business_name, brief.caller_number) == (line.org.org_id, "North Dental", line.caller)
    assert (brief.purpose, brief.goal, brief.variables) == ("Confirm Tuesday", "A yes", {"day": "Tuesday"})
    assert brief.settings["max_call_duration"] == 1800
    assert not brief.has_ended


async def test_a_text_after_a_call_stays_what_the_list_shows(line):
    """The end of a call that was told late must not stand as the status of the text that came since."""
    from backend.conversations import service as conversations
    from backend.conversations.schemas import SYSTEM
    from backend.vocab import ItemKind

    call = await line.begin()
    with line.org.scope():
        async with unit_of_work() as session:
            conversation = await conversations.locked(session, call.conversation_id)
            await conversations.append(
                session, conversation, kind=ItemKind.MESSAGE, author=SYSTEM, body="Hi", channel="sms", status="sent"
            )
    with clock.at(clock.now() + timedelta(minutes=1)):
        await line.tell(call.id, "call.ended", status="completed", duration_s=30)
    (row,) = await line.rows()
    assert (row["channel"], row["last_status"]) == ("sms", "sent")
