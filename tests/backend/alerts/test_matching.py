"""A message that means an alert's topic sets it off: once, on its channels, and not again while it is quiet."""

from datetime import timedelta
from uuid import UUID

import pytest

from backend.alerts import service as alerts
from backend.core import clock
from backend.core.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.core.tenancy import unit_of_work
from backend.functions import service as functions
from backend.knowledge import service as knowledge
from backend.models.alerts import SemanticMatchAction
from backend.templates import service as templates
from tests.backend.alerts.conftest import LEAVING
from tests.backend.conversations.conversing import teammate

MEANT = "How do I get out of my contract? I don't want to pay you any longer."


@pytest.mark.parametrize("by", ["sms", "chat"])
async def test_a_message_sets_an_alert_off_once_by_its_meaning_on_texts_and_chats_alike(desk, by):
    row = await desk.alert(threshold=0.4)
    (match,) = await desk.compare(await desk.hear(MEANT, by=by))
    assert (match.status, match.channel, match.phrase) == ("waiting", by, LEAVING["topic"])
    assert match.score >= 0.4
    assert await desk.compare(await desk.hear("What time do you open on Sunday?", by=by)) == []
    with desk.org.scope():
        async with unit_of_work() as session:
            assert (await alerts.alert(session, desk.org.owner, UUID(row["id"])))["trigger_count"] == 1


async def test_one_sentence_of_a_long_message_is_enough(desk):
    await desk.alert()
    long = "Good morning, the weather is lovely. We painted the kitchen. Please close my account. Greetings, Dana"
    (match,) = await desk.compare(await desk.hear(long))
    assert (match.excerpt, match.phrase) == ("Please close my account.", "Please close my account")
    assert match.score > 0.9


async def test_an_alert_hears_only_its_own_channels_and_only_while_it_is_on(desk):
    row = await desk.alert(channels=["chat"])
    assert await desk.compare(await desk.hear("Please close my account")) == []
    (match,) = await desk.compare(await desk.hear("Please close my account", by="chat"))
    assert match.status == "waiting"
    with desk.org.scope():
        async with unit_of_work() as session:
            await alerts.set_active(session, desk.org.owner, UUID(row["id"]), False)
    assert await desk.compare(await desk.hear("Please close my account", by="chat")) == []


@pytest.mark.parametrize(
    ("minutes", "per_customer", "same", "other"),
    [(60, False, "held", "held"), (60, True, "held", "waiting"), (0, False, "waiting", "waiting")],
)
async def test_an_alert_is_quiet_for_a_while_after_it_fired(desk, monkeypatch, minutes, per_customer, same, other):
    await desk.alert(cooldown_minutes=minutes, is_cooldown_per_customer=per_customer)
    assert [one.status for one in await desk.compare(await desk.hear("Please close my account"))] == ["waiting"]
    again = await desk.compare(await desk.hear("Close my account now"))
    elsewhere = await desk.compare(await desk.hear("Please close my account", "+14155550177"))
    assert ([one.status for one in again], [one.status for one in elsewhere]) == ([same], [other])
    later = clock.now() + timedelta(minutes=minutes + 1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert [one.status for one in await desk.compare(await desk.hear("Close my account"))] == ["waiting"]


async def test_another_agents_customers_and_blocked_ones_set_nothing_off(desk, desk_of):
    await desk.alert()
    other = await desk_of(desk.org)
    item = await other.hear("Please close my account", "+14155550188")
    assert await desk.compare(item) == []


async def test_another_embedding_model_makes_the_vectors_anew(desk):
    row = await desk.alert()
    await desk.compare(await desk.hear("What time do you open?"))
    with desk.org.scope():
        async with unit_of_work() as session:
            stored = await session.get(SemanticMatchAction, UUID(row["id"]))
            assert (stored.vector_space, len(stored.vectors)) == (knowledge.space().column, 2)
            stored.vector_space, stored.vectors = "embedding_other", [[1.0], [0.0]]
            session.add(stored)
    assert len(await desk.compare(await desk.hear("Please close my account"))) == 1
    changed = await desk.alert(row["id"], topic="Where is my parcel?", examples=[])
    assert (changed["topic"], changed["target"]) == ("Where is my parcel?", "team@example.com")
    assert await desk.compare(await desk.hear("Close my account", "+14155550166")) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"topic": ""}, "topic"),
        ({"examples": ["x" * 201]}, "examples"),
        ({"threshold": 0.1}, "threshold"),
        ({"channels": ["fax"]}, "channels"),
        ({"cooldown_minutes": 7}, "cooldown_minutes"),
        ({"action_type": "fax"}, "action_type"),
        ({"target": "nobody"}, "target"),
        ({"action_type": "sms", "target": "12"}, "target"),
        ({"action_type": "webhook", "target": "http://example.com/x"}, "target"),
        ({"action_type": "webhook", "target": "https://user:pw@example.com"}, "target"),
        ({"action_type": "slack"}, "secret"),
        ({"action_type": "slack", "secret": "ftp://hooks"}, "secret"),
        ({"action_type": "hubspot", "secret": "two words"}, "secret"),
        ({"words": "Hello {{me.name}}"}, "words"),
        ({"template_id": "01a20284-0000-7000-8000-000000000000"}, "template_id"),
    ],
)
async def test_an_alert_says_what_is_wrong_with_it(desk, given, field):
    with pytest.raises(Invalid) as refused:
        await desk.alert(**given)
    assert refused.value.field == field


async def test_alerts_are_changed_by_editors_and_have_names_of_their_own(desk):
    ben = await teammate(desk.org, "Ben")
    row = await desk.alert()
    with pytest.raises(Conflict):
        await desk.alert()
    with desk.org.scope():
        async with unit_of_work() as session:
            for refused in (
                alerts.save(session, ben, desk.agent_id, LEAVING),
                alerts.delete(session, ben, UUID(row["id"])),
                alerts.set_active(session, ben, UUID(row["id"]), False),
            ):
                with pytest.raises(NotAllowed):
                    await refused
            hook = {"name": "Hook", "action_type": "webhook", "target": "https://example.com/in?key=s3cret"}
            made = await alerts.save(session, desk.org.owner, desk.agent_id, {**LEAVING, **hook})
            shown = await alerts.alert(session, ben, UUID(made.row["id"]))
            assert (shown["target"], made.row["target"]) == ("https://example.com/in?…", hook["target"])
            await alerts.delete(session, desk.org.owner, UUID(row["id"]))
            with pytest.raises(NotFound):
                await alerts.alert(session, desk.org.owner, UUID(row["id"]))


async def test_what_is_kept_secret_is_never_shown_and_stays_until_the_kind_changes(desk, sandbox):
    address = f"{sandbox.url}/slack/services/T1/desk/key-of-ours"
    row = await desk.alert(action_type="slack", secret=address)
    assert (row["has_secret"], row["target"]) == (True, "127.0.0.1")
    assert "key-of-ours" not in str(row)
    assert (await desk.alert(row["id"], name="Renamed"))["has_secret"]
    with pytest.raises(Invalid) as refused:
        await desk.alert(row["id"], action_type="hubspot")
    assert refused.value.field == "secret"


async def test_the_first_webhook_makes_the_secret_it_is_signed_with(desk):
    given = {**LEAVING, "action_type": "webhook", "target": "https://example.com/alerts"}
    with desk.org.scope():
        async with unit_of_work() as session:
            first = await alerts.save(session, desk.org.owner, desk.agent_id, given)
            assert first.new_secret == await functions.signing(session)
            again = await alerts.save(session, desk.org.owner, desk.agent_id, {**given, "name": "Other"})
    assert first.new_secret.startswith("fsec_")
    assert again.new_secret == ""


async def test_a_template_that_an_alert_sends_says_so_and_stays(desk):
    given = {"kind": "message", "title": "Leaving", "body": "{{contact.name|Somebody}} leaves", "is_shared": True}
    with desk.org.scope():
        async with unit_of_work() as session:
            made = await templates.save(session, desk.org.owner, given)
    await desk.alert(template_id=made["id"])
    with desk.org.scope():
        async with unit_of_work() as session:
            ((listed, *_), _) = await templates.templates(session, desk.org.owner)
            assert listed["used_by"] == [LEAVING["name"]]
            for refused in (
                templates.delete(session, desk.org.owner, UUID(made["id"])),
                templates.save(session, desk.org.owner, {"is_shared": False}, UUID(made["id"])),
            ):
                with pytest.raises(Conflict):
                    await refused


async def test_a_try_ranks_what_customers_wrote_and_ones_own_words_and_sends_nothing(desk):
    for body in ("What time do you open?", MEANT, "Thanks!"):
        await desk.hear(body)
    await desk.hear("Please close my account", by="chat")
    found = await alerts.try_out(
        desk.org.owner, desk.agent_id, LEAVING["topic"], LEAVING["examples"], [], "I am leaving you"
    )
    own, *past = found
    assert (own["text"], own["conversation_id"]) == ("I am leaving you", "")
    assert [one["text"] for one in past][:2] == ["Please close my account", MEANT]
    assert [one["channel"] for one in past][:2] == ["chat", "sms"]
    assert past == sorted(past, key=lambda one: -one["score"])
    only_chats = await alerts.try_out(desk.org.owner, desk.agent_id, LEAVING["topic"], [], ["chat"])
    assert [one["text"] for one in only_chats] == ["Please close my account"]
