"""What a person does in the inbox beside answering: many at once, notes, drafts, collisions, presence, the palette."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from backend.agents import service as agents
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.tenancy import unit_of_work
from backend.mailboxes import service as mailboxes
from backend.models.messaging import SmsMessage
from backend.organizations import service as organizations
from backend.vocab import AuthorKind
from state.hub import RESYNC, News
from state.inbox.bulk import BulkState
from state.inbox.choices import ChoicesState
from state.inbox.composer import ComposerState
from state.inbox.contact_panel import ContactPanelState
from state.inbox.conversation_list import ConversationListState
from state.inbox.filters import filter_of
from state.inbox.page import InboxState
from state.inbox.presence import KIND, PresenceState
from state.inbox.reach import ReachState
from state.inbox.thread import ThreadState
from state.inbox.timeline import TimelineState
from state.inbox.views import ViewsState
from state.inbox.writing import WritingState
from state.messages import MessagesState
from state.palette import PaletteState
from state.settings.template_editor import TemplateEditorState
from state.settings.templates import TemplatesState
from tests.backend.conversations.conversing import say, teammate
from tests.state.inbox.test_inbox import NUMBER, numbered, row_of, send, texted
from tests.state.tab import Tab, sign_in

pytestmark = pytest.mark.usefixtures("db")
PHONE = "+16045550142"


async def at(org: Any, conversation: UUID, who: Any = None) -> Tab:
    tab = (await sign_in(who or org.owner)).go(f"/inbox/{conversation}")
    await tab.call(InboxState.load)
    return tab


def by(person: Any) -> Author:
    return Author(AuthorKind.MEMBER, person.name, person.user_id)


async def bodies(org: Any, conversation: UUID) -> list[str]:
    with org.scope():
        async with unit_of_work() as session:
            return [item["body"] for item in await conversations.timeline(session, conversation)]


def test_the_address_says_everything_and_nonsense_says_nothing() -> None:
    wanted = filter_of(
        {"view": "mentions", "status": "snoozed", "channel": "chat", "from": "2026-11-01", "to": "2026-11-02",
         "tz": "America/Los_Angeles", "person": "1", "sentiment": "negative", "direction": "inbound"}
    )  # fmt: skip
    assert (wanted.view, wanted.status, wanted.channel, wanted.needs_person) == ("mentions", "snoozed", "chat", True)
    assert wanted.since is not None
    assert wanted.until is not None
    assert (wanted.since.isoformat(), wanted.until.isoformat()) == (
        "2026-11-01T07:00:00+00:00",
        "2026-11-03T08:00:00+00:00",
    )
    names = (
        "view",
        "status",
        "channel",
        "agent",
        "tag",
        "team",
        "from",
        "to",
        "tz",
        "person",
        "sentiment",
        "direction",
    )
    assert filter_of(dict.fromkeys(names, "../../etc")) == filter_of({})


async def test_selected_conversations_are_changed_and_taken_back(org: Any) -> None:
    first, second = await texted(org, PHONE), await texted(org, "+16045550143")
    tab = (await sign_in(org.owner)).go("/inbox")
    await tab.call(InboxState.load)
    answer = await tab.call(BulkState.change, "close", "", [str(first)], False)
    assert "1 conversation closed" in str(answer)
    assert "Undo" in str(answer)
    assert [(await row_of(org, one)).row["status"] for one in (first, second)] == ["closed", "open"]
    await tab.call(BulkState.undo, (await tab.state(BulkState)).work["token"])
    assert (await row_of(org, first)).row["status"] == "open"


async def test_all_that_match_are_those_of_the_list_that_is_shown(org: Any) -> None:
    first, second = await texted(org, PHONE, name="Dana"), await texted(org, "+16045550143", name="Marek")
    tab = (await sign_in(org.owner)).go("/inbox?q=dana")
    await tab.call(InboxState.load)
    await tab.call(BulkState.change, "close", "", [], True)
    assert [(await row_of(org, one)).row["status"] for one in (first, second)] == ["closed", "open"]


async def test_nothing_selected_changes_nothing(org: Any) -> None:
    conversation = await texted(org, PHONE)
    tab = await sign_in(org.owner)
    assert "Select conversations first" in str(await tab.call(BulkState.change, "close", "", [], False))
    assert "Load the list first" in str(await tab.call(BulkState.change, "close", "", [], True))
    assert (await row_of(org, conversation)).row["status"] == "open"


async def test_who_answers_second_is_told_before_anything_leaves(org: Any) -> None:
    await numbered(org, NUMBER)
    conversation = await texted(org, PHONE)
    ben = await teammate(org, "Ben")
    with org.scope():
        async with unit_of_work() as session:
            found = await conversations.get(session, conversation)
    await say(org, found, "We open at nine.", by(ben))
    tab = await at(org, conversation)
    await send(tab, conversation, "At ten", began_seq=1)
    outcome = (await tab.state(ComposerState)).outcomes[-1]
    assert (outcome["collision"], outcome["collision_body"], outcome["record_id"]) == ("Ben", "We open at nine.", "")
    assert "At ten" not in await bodies(org, conversation)
    await send(tab, conversation, "At ten", began_seq=1, is_sure=True)
    assert (await tab.state(ComposerState)).outcomes[-1]["record_id"]
    assert "At ten" in await bodies(org, conversation)


async def test_ones_own_earlier_message_is_no_collision(org: Any) -> None:
    await numbered(org, NUMBER)
    conversation = await texted(org, PHONE)
    tab = await at(org, conversation)
    await send(tab, conversation, "One", began_seq=1)
    await tab.call(
        ComposerState.send, str(conversation), "client-2", "Two", NUMBER, "", "sms", [], 1, False
    )  # the first was the same person's
    assert (await tab.state(ComposerState)).outcomes[-1]["collision"] == ""


async def test_a_draft_waits_on_every_device_until_it_is_sent(org: Any) -> None:
    await numbered(org, NUMBER)
    conversation = await texted(org, PHONE)
    first = await at(org, conversation)
    await first.call(ComposerState.save_draft, str(conversation), "reply", "Dear Dana", "sms", 1)
    second = await at(org, conversation)
    [draft] = (await second.state(ComposerState)).drafts
    assert (draft["body"], draft["began_seq"]) == ("Dear Dana", 1)
    await send(second, conversation, "Dear Dana")
    third = await at(org, conversation)
    assert (await third.state(ComposerState)).drafts == []


async def test_an_address_given_to_an_open_contact_offers_email_at_once(org: Any) -> None:
    conversation = await texted(org, PHONE)
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, "email", "Letters")
            await mailboxes.connect(session, org.owner, agent.id)
            contact_id = (await conversations.get(session, conversation)).contact_id
    tab = await at(org, conversation)
    composer = await tab.state(ComposerState)
    assert composer.channels == ["sms"]
    with org.scope():
        async with unit_of_work() as session:
            await contacts.update(session, org.owner, contact_id, {"email": "dana@customer.example"})
    await composer._hear([News(frozenset({"contact.updated"}), str(conversation))])
    assert composer.channels == ["sms", "email"]


async def test_a_note_is_written_for_the_team_and_sent_to_nobody(org: Any) -> None:
    conversation = await texted(org, PHONE)
    ben = await teammate(org, "Ben Okri")
    tab = await at(org, conversation)
    await tab.call(ComposerState.note, str(conversation), "@Ben Okri look", [str(ben.user_id)])
    assert "@Ben Okri look" in await bodies(org, conversation)
    with org.scope():
        async with unit_of_work() as session:
            assert (await session.exec(select(SmsMessage))).all() == []


async def test_snooze_team_and_tag_reach_the_conversation(org: Any) -> None:
    conversation = await texted(org, PHONE)
    with org.scope():
        async with unit_of_work() as session:
            team = await organizations.create_team(session, org.owner, "Support")
            await organizations.add_to_team(session, org.owner, team.id, org.owner.user_id)
    tab = await at(org, conversation)
    await tab.call(ChoicesState.make_tag, "VIP")
    choices = await tab.state(ChoicesState)
    await tab.call(ThreadState.set_tag, str(conversation), choices.tags[0]["id"], True)
    await tab.call(ThreadState.assign_team, str(conversation), choices.teams[0]["id"], True)
    answer = await tab.call(ThreadState.snooze, str(conversation), clock.ahead(hours=3).isoformat())
    assert "Undo" in str(answer)
    row = (await row_of(org, conversation)).row
    assert (row["status"], row["team_name"], row["assignee_id"]) == ("snoozed", "Support", str(org.owner.user_id))
    assert row["tag_ids"] == [choices.tags[0]["id"]]


async def test_presence_names_others_here_and_forgets_them(org: Any) -> None:
    conversation, elsewhere = await texted(org, PHONE), await texted(org, "+16045550143")
    ben = await teammate(org, "Ben")
    tab = await at(org, conversation)
    await tab.call(PresenceState.here, str(conversation), "here")
    seen = await tab.state(PresenceState)

    async def hear(who: Any, where: UUID, doing: str) -> None:
        subject = f"{where}|{who.user_id}|{doing}|{who.name}"
        await seen._hear([News(frozenset({KIND}), subjects=frozenset({subject}))])

    await hear(org.owner, conversation, "writes")
    await hear(ben, elsewhere, "writes")
    assert seen.others == []
    await hear(ben, conversation, "writes")
    assert [(one["name"], one["is_writing"]) for one in seen.others] == [("Ben", True)]
    with clock.at(clock.ahead(seconds=20)):
        await tab.call(PresenceState.here, str(conversation), "here")
    assert [(one["name"], one["is_writing"]) for one in seen.others] == [("Ben", False)]
    with clock.at(clock.ahead(seconds=60)):
        await tab.call(PresenceState.here, str(conversation), "here")
    assert seen.others == []


async def test_presence_of_a_foreign_conversation_is_refused(org: Any, make_org: Any) -> None:
    foreign = await texted(await make_org("Elsewhere"), PHONE)
    tab = await sign_in(org.owner)
    assert "does not exist" in str(await tab.call(PresenceState.here, str(foreign), "here"))


async def test_the_bell_rings_for_what_is_ones_own_or_nobodys(org: Any) -> None:
    mine, theirs = await texted(org, PHONE, name="Dana"), await texted(org, "+16045550143")
    ben = await teammate(org, "Ben")
    with org.scope():
        async with unit_of_work() as session:
            await conversations.assign(session, theirs, ben.user_id, by(org.owner))
    tab = await sign_in(org.owner)
    await tab.call(ReachState.set_preference, "has_sound", True)
    bell = await tab.state(ReachState)

    async def hear(one: UUID, *kinds: str, subjects: frozenset[str] = frozenset()) -> int:
        changed = await row_of(org, one)
        await bell._hear([News(frozenset(kinds), str(one), changed.row, changed.unread_by, subjects=subjects)])
        return bell.ring["n"]

    assert await hear(mine, "item.added") == 1
    assert (bell.ring["title"], bell.ring["body"]) == ("Dana", "Hello")
    assert await hear(theirs, "item.added") == 1
    assert await hear(theirs, "person.mentioned", subjects=frozenset({str(org.owner.user_id)})) == 2


async def test_saved_views_are_kept_and_deleted_with_a_way_back(org: Any) -> None:
    conversation = await texted(org, PHONE, name="Dana Ruiz")
    tab = await at(org, conversation)
    await tab.call(ViewsState.save, "Upset", "sentiment=negative", True)
    assert [view["name"] for view in (await tab.state(ViewsState)).views] == ["Upset"]
    assert "Undo" in str(await tab.call(ViewsState.delete, (await tab.state(ViewsState)).views[0]["id"]))
    await tab.call(ViewsState.save, "", "view=mine", False)
    assert (await tab.state(ViewsState)).errors["name"]


async def test_templates_made_beside_a_conversation_are_filled_there_and_deleted_with_a_way_back(org: Any) -> None:
    conversation = await texted(org, PHONE, name="Dana Ruiz")
    tab = await at(org, conversation)
    await tab.call(TemplateEditorState.begin, "message")
    form = {"template_shortcut": "hi", "template_title": "", "template_body": "Hi {{contact.first_name}}"}
    await tab.call(TemplateEditorState.save, {**form, "template_shortcut": "two words"})
    assert (await tab.state(TemplateEditorState)).errors["shortcut"]
    await tab.call(TemplateEditorState.save, {**form, "template_shared": "on"})
    tab = await at(org, conversation)
    [reply] = (await tab.state(WritingState)).replies
    assert (reply["shortcut"], reply["filled"]) == ("hi", "Hi Dana")
    assert "Undo" in str(await tab.call(TemplatesState.delete, reply["id"]))


async def test_the_contact_is_edited_beside_the_conversation(org: Any) -> None:
    conversation = await texted(org, PHONE)
    tab = await at(org, conversation)
    panel = await tab.state(ContactPanelState)
    person = panel.person["id"]
    await tab.call(ContactPanelState.save, person, "company", "North Dental")
    await tab.call(ContactPanelState.set_tag, person, "VIP", True)
    assert (panel.person["company"], [tag["name"] for tag in panel.person["tags"]]) == ("North Dental", ["VIP"])
    await tab.call(ContactPanelState.save, person, "email", "not an address")
    assert panel.errors["email"]
    assert panel.person["email"] == ""
    assert "Another conversation" in str(await tab.call(ContactPanelState.save, str(UUID(int=1)), "name", "Mallory"))


async def test_a_conversation_that_is_merged_while_it_is_open_says_where_it_went(org: Any) -> None:
    keep, drop = await texted(org, PHONE), await texted(org, "+14155550177")
    tab, second = await at(org, drop), await at(org, drop)
    with org.scope():
        async with unit_of_work() as session:
            both = [(await conversations.get(session, one)).contact_id for one in (keep, drop)]
            await contacts.merge(session, org.owner, *both)
    thread = await tab.state(ThreadState)
    # Who had read it is a subject as well.
    gone = News(frozenset({"conversation.merged"}), str(drop), subjects=frozenset({str(drop)}), into=str(keep))
    await thread._hear([News(frozenset({"resync"})), gone])
    assert (thread.stage, thread.moved_to) == ("moved", str(keep))
    # The tabs live on, whether their other widgets hear where it went or only that they missed something.
    for one, news in ((tab, RESYNC), (second, gone)):
        for widget in (TimelineState, ComposerState, ContactPanelState, WritingState):
            await (await one.state(widget))._hear([news])
        assert (await one.state(TimelineState)).items == []
        assert (await one.state(ComposerState)).conversation_id == ""
        assert (await one.state(ContactPanelState)).person["id"] == ""


async def test_lines_that_stand_elsewhere_after_a_merge_are_loaded_where_they_are_shown(org: Any) -> None:
    keep, drop = await texted(org, PHONE, "To stay"), await texted(org, "+14155550177", "To move")
    tab = await at(org, keep)
    timeline, listed = await tab.state(TimelineState), await tab.state(ConversationListState)
    epochs = timeline.feed["epoch"], listed.feed["epoch"]
    with org.scope():
        async with unit_of_work() as session:
            both = [(await conversations.get(session, one)).contact_id for one in (keep, drop)]
            await contacts.merge(session, org.owner, *both)
    changed = await row_of(org, keep)
    news = News(frozenset({"conversation.renumbered"}), str(keep), changed.row, changed.unread_by)
    for widget in (ConversationListState, ThreadState, TimelineState, ComposerState, ContactPanelState):
        assert widget.HEARS & news.kinds
        await (await tab.state(widget))._hear([news])
    assert [item["body"] for item in timeline.items][:2] == ["To stay", "To move"]
    assert (await tab.state(ComposerState)).last_seq == 3
    # The list takes it as one changed row.
    assert timeline.feed["epoch"] != epochs[0]
    assert listed.feed["epoch"] == epochs[1]
    assert [patch["row"]["id"] for patch in listed.feed["batch"]] == [str(keep)]
    assert await tab.call(PresenceState.here, str(drop), "gone") is None


async def test_the_palette_finds_people_agents_and_words(org: Any, make_org: Any) -> None:
    await texted(await make_org("Elsewhere"), PHONE, "gutters", name="Dana Foreign")
    conversation = await texted(org, PHONE, "Do you mend gutters?", name="Dana Ruiz")
    tab = await sign_in(org.owner)
    for asked, kind in (("dana", "contact"), ("gutt", "conversation"), ("0142", "contact")):
        await tab.call(PaletteState.find, asked)
        found = (await tab.state(PaletteState)).hits
        assert [(hit["kind"], hit["to"]) for hit in found] == [(kind, f"/inbox/{conversation}")]
    await tab.call(PaletteState.find, "")
    assert (await tab.state(PaletteState)).hits == []


async def test_the_history_of_texts_follows_its_address(org: Any) -> None:
    await numbered(org, NUMBER)
    conversation = await texted(org, PHONE)
    tab = await at(org, conversation)
    await send(tab, conversation, "See you then")
    await tab.go("/messages?writer=person").call(MessagesState.load)
    page = await tab.state(MessagesState)
    assert [row["body"] for row in page.rows] == ["See you then"]
    await tab.go("/messages?writer=agent").call(MessagesState.load)
    assert (page.rows, page.stage) == ([], "ready")


async def test_a_search_keeps_what_it_found_and_takes_in_nothing_it_cannot_judge(org: Any) -> None:
    found = await texted(org, PHONE, "Do you mend gutters?")
    await texted(org, PHONE, "Hello?")
    other = await texted(org, "+16045550143", "Something else")
    tab = (await sign_in(org.owner)).go("/inbox?q=gutters")
    await tab.call(InboxState.load)
    listed = await tab.state(ConversationListState)
    assert [(row["id"], row["match"]) for row in listed.rows] == [(str(found), "Do you mend gutters?")]
    for one in (found, other):
        changed = await row_of(org, one)
        await listed._hear([News(frozenset({"item.added"}), str(one), changed.row, changed.unread_by)])
        assert listed.feed["batch"][-1]["known"]
