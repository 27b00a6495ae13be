"""The times somebody was in touch before are told from one another by closing, and by silence."""

from datetime import timedelta

from backend.conversations import periods
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.tenancy import unit_of_work
from backend.vocab import ConversationStatus
from tests.backend.conversations.conversing import author, hear, say

PHONE = "+14155550191"


async def test_closing_and_silence_end_a_time_and_the_newest_is_not_an_earlier_one(db, org):
    now = clock.now()
    with clock.at(now - timedelta(days=40)):
        talk = await hear(org, PHONE, "How much is a\ncleaning?")
        await say(org, talk, "It is $120.", author(org.owner))
    with clock.at(now - timedelta(days=40) + periods.SILENCE):
        await hear(org, PHONE, "Thank you")
    with clock.at(now - timedelta(days=30)):
        await hear(org, PHONE, "Are you open on Sunday?", channel="chat")
        with org.scope():
            async with unit_of_work() as session:
                await conversations.set_status(session, talk.id, ConversationStatus.CLOSED, author(org.owner))
        await hear(org, PHONE, "One more thing")
    with org.scope():
        async with unit_of_work() as session:
            found = await conversations.earlier(session, talk.id)
    assert [(one["seq"], one["messages"], one["words"]) for one in found] == [
        (4, 1, "Are you open on Sunday?"),
        (1, 3, "How much is a cleaning?"),
    ]
    assert [one["channels"] for one in found] == [["chat"], ["sms"]]
    assert found[1]["began"] < found[1]["ended"] < found[0]["began"]


async def test_who_writes_for_the_first_time_has_no_earlier_times(db, org):
    talk = await hear(org, PHONE)
    with org.scope():
        async with unit_of_work() as session:
            assert await conversations.earlier(session, talk.id) == []
