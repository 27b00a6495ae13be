"""Views, drafts and preferences: whose they are, what they refuse, and that they come back."""

import pytest

from backend.core import clock
from backend.core.errors import Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.tenancy import unit_of_work
from backend.inbox import service as inbox
from tests.backend.conversations.conversing import hear, teammate

pytestmark = pytest.mark.usefixtures("db")


async def test_a_view_is_ones_own_until_it_is_shared(org):
    ben = await teammate(org, "Ben")
    with org.scope():
        async with unit_of_work() as session:
            view = await inbox.save_view(session, org.owner, "  Angry   people ", "?sentiment=negative&view=mine")
            assert (view["name"], view["query"]) == ("Angry people", "sentiment=negative&view=mine")
            assert await inbox.views(session, ben) == []
            await inbox.change_view(session, org.owner, parse_id(view["id"]), is_shared=True)
            [seen] = await inbox.views(session, ben)
            assert (seen["name"], seen["is_mine"]) == ("Angry people", False)
            with pytest.raises(NotFound):
                await inbox.change_view(session, ben, parse_id(view["id"]), name="Mine")
            with pytest.raises(NotFound):
                await inbox.delete_view(session, ben, parse_id(view["id"]))
            await inbox.delete_view(session, org.owner, parse_id(view["id"]))
            assert await inbox.views(session, org.owner) == []


async def test_an_owner_may_delete_a_shared_view_of_somebody_who_left(org):
    ben = await teammate(org, "Ben")
    with org.scope():
        async with unit_of_work() as session:
            view = await inbox.save_view(session, ben, "Old", "view=mine", is_shared=True)
            await inbox.delete_view(session, org.owner, parse_id(view["id"]))


async def test_a_draft_comes_back_on_every_device_and_is_ones_own(org):
    ben = await teammate(org, "Ben")
    conversation = await hear(org, "+14155550111")
    with org.scope():
        async with unit_of_work() as session:
            await inbox.save_draft(session, org.owner, conversation.id, "reply", "Dear", channel="sms", began_seq=1)
            await inbox.save_draft(session, org.owner, conversation.id, "reply", "Dear Dana", channel="sms")
            await inbox.save_draft(session, org.owner, conversation.id, "note", "Call her")
            kept = {one["mode"]: one["body"] for one in await inbox.drafts(session, org.owner, conversation.id)}
            assert kept == {"reply": "Dear Dana", "note": "Call her"}
            assert await inbox.drafts(session, ben, conversation.id) == []
            await inbox.save_draft(session, org.owner, conversation.id, "reply", "  ")
            assert [one["mode"] for one in await inbox.drafts(session, org.owner, conversation.id)] == ["note"]


async def test_a_draft_needs_a_conversation_of_ones_own(org, make_org):
    theirs = await hear(await make_org("Elsewhere"), "+14155550111")
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await inbox.save_draft(session, org.owner, theirs.id, "reply", "Hello")
            with pytest.raises(Invalid):
                await inbox.save_draft(session, org.owner, theirs.id, "poem", "Hello")


async def test_preferences_are_quiet_until_somebody_asks(org):
    with org.scope():
        async with unit_of_work() as session:
            assert await inbox.preferences(session, org.owner) == {
                "has_sound": False,
                "has_desktop": False,
                "has_mail": False,
                "is_away": False,
                "language": "",
            }
            await inbox.set_preference(session, org.owner, "has_sound", True)
            await inbox.set_preference(session, org.owner, "language", "de")
            now = await inbox.preferences(session, org.owner)
            assert (now["has_sound"], now["language"], now["is_away"]) == (True, "de", False)
            for name, value in (("language", "tlh"), ("has_sound", "yes"), ("org_id", True), ("user_id", "x")):
                with pytest.raises(Invalid):
                    await inbox.set_preference(session, org.owner, name, value)


async def test_sweeping_forgets_what_cannot_be_undone(org):
    from backend.core.tenancy import platform_scope

    conversation = await hear(org, "+14155550111")
    with org.scope():
        async with unit_of_work() as session:
            done = await inbox.change_many(session, org.owner, "close", ids=[conversation.id])
    with clock.at(clock.ahead(days=2)), platform_scope("sweep in a test"):
        async with unit_of_work() as session:
            await inbox.sweep(session)
    with org.scope(), pytest.raises(NotFound):
        async with unit_of_work() as session:
            await inbox.progress(session, org.owner, parse_id(done["token"]))
