"""The inbox's handlers: what they load for whom, what they change, and that strangers and nobody get nothing."""

import re
from dataclasses import replace
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from backend.agents import service as agents
from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author, ListFilter
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.mailboxes import service as mailboxes
from backend.messaging import service as messaging
from backend.messaging.schemas import MessageFilter
from backend.models.mailboxes import EmailMessage
from backend.models.numbers import ServiceNumber
from backend.vocab import AgentType, AuthorKind, ConversationStatus, ItemKind, MemberRole
from state import arguments
from state.hub import News
from state.inbox import (
    bulk,
    choices,
    composer,
    contact_panel,
    conversation_list,
    filters,
    new_message,
    page,
    presence,
    reach,
    thread,
    timeline,
    translation,
    unread,
    views,
    why,
    writing,
)
from state.inbox.choices import ChoicesState
from state.inbox.composer import ComposerState
from state.inbox.contact_panel import ContactPanelState
from state.inbox.conversation_list import ConversationListState
from state.inbox.filters import belongs
from state.inbox.new_message import NewMessageState
from state.inbox.page import InboxState
from state.inbox.thread import ThreadState
from state.inbox.timeline import TimelineState
from state.inbox.unread import UnreadState
from state.session import SessionState
from tests.state.tab import Tab, sign_in

pytestmark = pytest.mark.usefixtures("db")

NUMBER = "+14155560132"
PLACE = re.compile(r"/inbox/[0-9a-f-]{36}")
MODULES: list[ModuleType] = [
    bulk, choices, composer, contact_panel, conversation_list, new_message, page, presence, reach, thread, timeline,
    translation, unread, views, why, writing,
]  # fmt: skip
STATES = [
    found
    for module in MODULES
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, SessionState) and found.__module__ == module.__name__
]
HANDLERS = [
    pytest.param(handler, id=f"{state.__name__}.{name}")
    for state in STATES
    for name, handler in state.event_handlers.items()
    if name in vars(state) and name != "setvar"
]


async def texted(org: Any, phone: str, body: str = "Hello", name: str = "") -> UUID:
    with org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, phone, name)
            conversation = await conversations.for_contact(session, contact.id)
            await conversations.append(
                session,
                conversation,
                kind=ItemKind.MESSAGE,
                author=Author(AuthorKind.CONTACT, name, contact.id),
                body=body,
                channel="sms",
                direction="inbound",
                record_id=new_id(),
                data={"service_number": NUMBER},
            )
            return conversation.id


async def numbered(org: Any, *numbers: str) -> None:
    with org.scope():
        async with unit_of_work() as session:
            for number in numbers:
                session.add(ServiceNumber(org_id=org.org_id, phone_number=number))


async def send(tab: Any, conversation: Any, body: str, sender: str = NUMBER, at: str = "", **said: Any) -> None:
    values = {"channel": "sms", "files": [], "began_seq": 0, "is_sure": False} | said
    await tab.call(ComposerState.send, str(conversation), "client-1", body, sender, at, *values.values())


async def row_of(org: Any, conversation_id: UUID) -> Any:
    with org.scope():
        async with unit_of_work() as session:
            return await conversations.row(session, conversation_id)


async def test_opening_a_conversation_loads_list_thread_timeline_and_sender(org: Any) -> None:
    await numbered(org, "+14155560100", NUMBER)
    conversation = await texted(org, "+16045550142", "Are you open?", "Dana Ruiz")
    tab = (await sign_in(org.owner)).go(f"/inbox/{conversation}")
    await tab.call(InboxState.load)
    assert [row["name"] for row in (await tab.state(ConversationListState)).rows] == ["Dana Ruiz"]
    head = await tab.state(ThreadState)
    assert (head.stage, head.about, head.row["name"]) == ("ready", str(conversation), "Dana Ruiz")
    assert [mate["name"] for mate in (await tab.state(ChoicesState)).team] == [org.owner.name]
    assert [item["body"] for item in (await tab.state(TimelineState)).items] == ["Are you open?"]
    box = await tab.state(ComposerState)
    assert (box.sender, box.refusal) == (NUMBER, "")
    assert (await tab.state(ContactPanelState)).person["name"] == "Dana Ruiz"


async def test_conversation_of_another_organization_does_not_exist(org: Any, make_org: Any) -> None:
    foreign = await texted(await make_org("Elsewhere"), "+16045550142", "Secret")
    tab = (await sign_in(org.owner)).go(f"/inbox/{foreign}")
    await tab.call(InboxState.load)
    head = await tab.state(ThreadState)
    assert (head.stage, head.about) == ("missing", str(foreign))
    await tab.call(TimelineState.load_older, str(foreign), 10, 0)
    (await tab.state(TimelineState)).conversation_id = str(foreign)
    await tab.call(TimelineState.load_older, str(foreign), 10, 0)
    assert "Secret" not in str((await tab.state(TimelineState)).dict())


async def test_an_older_page_of_a_conversation_that_is_not_open_any_more_is_not_shown(org: Any) -> None:
    left, opened = await texted(org, "+16045550142", "Left"), await texted(org, "+16045550143", "Opened")
    tab = (await sign_in(org.owner)).go(f"/inbox/{opened}")
    await tab.call(InboxState.load)
    timeline = await tab.state(TimelineState)
    await tab.call(TimelineState.load_older, str(left), 2, 0)
    assert timeline.older["items"] == []
    await tab.call(TimelineState.load_older, str(opened), 2, 0)
    assert (timeline.older["conversation"], [item["body"] for item in timeline.older["items"]]) == (
        str(opened),
        ["Opened"],
    )


@pytest.mark.parametrize(
    "address", ["/inbox/not-an-id", "/inbox/'; drop table users", "/inbox/01a20250-e8b8-7079-9130-f90d20bad43c"]
)
async def test_addresses_that_lead_nowhere_say_so(org: Any, address: str) -> None:
    tab = (await sign_in(org.owner)).go(address)
    await tab.call(InboxState.load)
    assert (await tab.state(ThreadState)).stage == "missing"


async def test_new_organization_is_told_that_it_has_no_conversations_yet(org: Any) -> None:
    tab = (await sign_in(org.owner)).go("/inbox")
    await tab.call(InboxState.load)
    assert (await tab.state(ConversationListState)).stage == "new"
    await tab.go("/inbox?q=nobody").call(InboxState.load)
    assert (await tab.state(ConversationListState)).stage == "ready"


async def test_failed_load_says_so_with_a_reference_and_recovers(org: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = await texted(org, "+16045550142")
    tab = (await sign_in(org.owner)).go(f"/inbox/{conversation}")

    async def broken(*_: Any, **__: Any) -> Any:
        raise ConnectionError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(conversations, "timeline", broken)
        await tab.call(InboxState.load)
    head, listed = await tab.state(ThreadState), await tab.state(ConversationListState)
    assert (head.stage, head.about, len(head.reference)) == ("failed", str(conversation), 12)
    await tab.call(InboxState.reload)
    assert (head.stage, listed.stage) == ("ready", "ready")


async def test_more_conversations_come_page_by_page_until_the_end(org: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        await texted(org, f"+1604555014{number}")
    monkeypatch.setattr(conversation_list, "PAGE", 2)
    tab = (await sign_in(org.owner)).go("/inbox")
    await tab.call(InboxState.load)
    listed = await tab.state(ConversationListState)
    assert (len(listed.rows), listed.has_more) == (2, True)
    await tab.call(ConversationListState.load_more)
    assert (len(listed.older["rows"]), listed.has_more) == (1, False)
    assert {row["id"] for row in listed.rows}.isdisjoint(row["id"] for row in listed.older["rows"])


async def test_changed_conversation_stays_in_a_filtered_list_exactly_when_the_query_finds_it(org: Any) -> None:
    dana = await texted(org, "+16045550142", name="Dana Ruiz")
    marek = await texted(org, "+16045550143", name="Marek Nowak")
    author = Author(AuthorKind.MEMBER, org.owner.name, org.owner.user_id)
    with org.scope():
        async with unit_of_work() as session:
            await conversations.assign(session, dana, org.owner.user_id, author)
            await conversations.mark_read(session, dana, org.owner.user_id)
            await conversations.set_status(session, marek, ConversationStatus.CLOSED, author)
            viewer = str(org.owner.user_id)
            rows = [
                {**(await conversations.row(session, one)).row, "unread": count}  # type: ignore[union-attr]
                for one, count in ((dana, 0), (marek, 1))
            ]
            for view in filters.VIEWS:
                for status in filters.STATUSES:
                    for search in ("", "dana", "RUIZ", "555-0143", "01", "zzz", "%", "_"):
                        wanted = ListFilter(view, status, search)
                        found = {
                            row["id"] for row in (await conversations.page(session, org.owner.user_id, wanted)).rows
                        }
                        kept = {row["id"] for row in rows if belongs(row, wanted, viewer)}  # type: ignore[arg-type]
                        assert kept == found, wanted


async def test_patch_takes_a_conversation_out_of_a_view_it_left(org: Any) -> None:
    conversation = await texted(org, "+16045550142")
    tab = (await sign_in(org.owner)).go("/inbox?view=unassigned")
    await tab.call(InboxState.load)
    await tab.call(ThreadState.assign, str(conversation), str(org.owner.user_id))
    changed = await row_of(org, conversation)
    listed = await tab.state(ConversationListState)
    await listed._hear([News(frozenset({"conversation.updated"}), str(conversation), changed.row, changed.unread_by)])
    assert [patch.get("gone") for patch in listed.feed["batch"]] == [str(conversation)]


async def test_each_batch_of_patches_travels_twice_under_the_same_numbers(org: Any) -> None:
    conversation = await texted(org, "+16045550142")
    tab = (await sign_in(org.owner)).go("/inbox")
    await tab.call(InboxState.load)
    listed, changed = await tab.state(ConversationListState), await row_of(org, conversation)
    news = News(frozenset({"conversation.updated"}), str(conversation), changed.row, changed.unread_by)
    seen = []
    for _ in range(3):
        await listed._hear([news])
        seen.append([patch["n"] for patch in listed.feed["batch"]])
    assert seen == [[1], [1, 2], [2, 3]]
    epoch = listed.feed["epoch"]
    await tab.call(InboxState.reload)
    assert listed.feed["batch"] == []
    assert listed.feed["epoch"] != epoch


async def test_badge_counts_conversations_and_follows_reading(org: Any) -> None:
    first = await texted(org, "+16045550142")
    await texted(org, "+16045550143")
    tab = (await sign_in(org.owner)).go("/agents")
    await tab.call(UnreadState.load)
    badge = await tab.state(UnreadState)
    assert badge.count == 2
    await tab.call(TimelineState.seen, str(first))
    changed = await row_of(org, first)
    await badge._hear([News(frozenset({"conversation.read"}), str(first), changed.row, changed.unread_by)])
    assert badge.count == 1


async def test_sending_the_same_message_twice_stores_it_once(org: Any) -> None:
    await numbered(org, NUMBER)
    conversation = await texted(org, "+16045550142")
    tab = await sign_in(org.owner)
    for _ in range(2):
        await send(tab, str(conversation), "See you then", NUMBER, "")
    outcomes = (await tab.state(ComposerState)).outcomes
    assert len({outcome["record_id"] for outcome in outcomes}) == 1
    assert not any(outcome["error"] for outcome in outcomes)
    with org.scope():
        async with unit_of_work() as session:
            bodies = [item["body"] for item in await conversations.timeline(session, conversation)]
    assert bodies.count("See you then") == 1


@pytest.mark.parametrize(
    ("body", "sender", "at"),
    [("", NUMBER, ""), ("Hi", "+12125550199", ""), ("Hi", NUMBER, "tomorrow"), ("Hi", NUMBER, "2026-11-22T09:00")],
)
async def test_refused_message_comes_back_with_words_and_stores_nothing(
    org: Any, body: str, sender: str, at: str
) -> None:
    await numbered(org, NUMBER)
    conversation = await texted(org, "+16045550142")
    tab = await sign_in(org.owner)
    await send(tab, str(conversation), body, sender, at)
    outcome = (await tab.state(ComposerState)).outcomes[-1]
    assert outcome["error"]
    assert not outcome["record_id"]
    changed = await row_of(org, conversation)
    assert changed.row["last_seq"] == 1


async def test_stranger_cannot_change_a_conversation_by_its_id(org: Any, make_org: Any) -> None:
    foreign = str(await texted(await make_org("Elsewhere"), "+16045550142"))
    await numbered(org, NUMBER)
    tab = await sign_in(org.owner)
    answers = [
        await tab.call(ThreadState.rename, foreign, "Mine now"),
        await tab.call(ThreadState.set_mode, foreign, "human", ""),
        await tab.call(ThreadState.assign, foreign, str(org.owner.user_id)),
        await tab.call(ThreadState.set_status, foreign, "closed"),
        await tab.call(ThreadState.mark_unread, foreign),
        await tab.call(TimelineState.approve, foreign, 1, foreign, "Hi"),
        await tab.call(TimelineState.discard, foreign, 1, foreign),
    ]
    assert all("does not exist" in str(answer) for answer in answers)
    await send(tab, foreign, "Hi", NUMBER, "")
    assert "does not exist" in (await tab.state(ComposerState)).outcomes[-1]["error"]


async def test_member_of_lowest_role_may_work_in_the_inbox(org: Any) -> None:
    await numbered(org, NUMBER)
    conversation = str(await texted(org, "+16045550142"))
    tab = await sign_in(replace(org.owner, member_role=MemberRole.SUPPORT))
    assert await tab.call(ThreadState.set_mode, conversation, "human", "") is None
    await send(tab, conversation, "Hi", NUMBER, "")
    assert (await tab.state(ComposerState)).outcomes[-1]["error"] == ""


async def test_closing_offers_to_undo(org: Any) -> None:
    conversation = await texted(org, "+16045550142")
    tab = await sign_in(org.owner)
    answer = await tab.call(ThreadState.set_status, str(conversation), "closed")
    assert "Undo" in str(answer)
    changed = await row_of(org, conversation)
    assert changed.row["status"] == "closed"


async def test_hand_over_by_the_agent_says_why(org: Any) -> None:
    conversation = await texted(org, "+16045550142")
    with org.scope():
        async with unit_of_work() as session:
            locked = await conversations.locked(session, conversation)
            await conversations.call_for_person(session, locked, "the customer asked for a person")
    tab = (await sign_in(org.owner)).go(f"/inbox/{conversation}")
    await tab.call(InboxState.load)
    head = await tab.state(ThreadState)
    assert (head.row["needs_person"], head.reason) == (True, "Handed to the team: the customer asked for a person")


async def test_opt_out_closes_the_reply_box_of_that_number_alone(org: Any) -> None:
    other = "+14155560133"
    await numbered(org, NUMBER, other)
    conversation = await texted(org, "+16045550142", name="Dana Ruiz")
    tab = (await sign_in(org.owner)).go(f"/inbox/{conversation}")
    await tab.call(InboxState.load)
    with org.scope():
        async with unit_of_work() as session:
            await compliance.record_carrier_opt_out(session, NUMBER, "+16045550142")
            locked = await conversations.locked(session, conversation)
            event = await conversations.note_event(session, locked, "Opted out of texts")
            items = tuple(await conversations.timeline(session, conversation, event.seq + 1, 1))
    news = News(frozenset({"item.added"}), str(conversation), items=items)
    box, panel = await tab.state(ComposerState), await tab.state(ContactPanelState)
    await box._hear([news])
    await panel._hear([news])
    assert "Dana Ruiz opted out" in box.refusal
    assert [out["number"] for out in panel.person["opt_outs"]] == ["(415) 556-0132"]
    await tab.call(ComposerState.choose_sender, other)
    assert box.refusal == ""


async def test_new_message_goes_to_its_conversation_and_errors_stand_at_their_field(org: Any) -> None:
    await numbered(org, NUMBER)
    tab = await sign_in(org.owner)
    dialog = await tab.state(NewMessageState)
    await tab.call(NewMessageState.set_open, True)
    await tab.call(NewMessageState.submit, {"body": ""})
    assert dialog.to_error
    assert dialog.body_error
    await tab.call(NewMessageState.search, "(604) 555-0142")
    assert [choice["value"] for choice in dialog.people] == ["+16045550142"]
    await tab.call(NewMessageState.choose, "+16045550142")
    answer = await tab.call(NewMessageState.submit, {"body": "Hello"})
    assert "/inbox/" in str(answer)
    assert not dialog.is_open


async def test_new_message_is_an_email_where_a_mailbox_is_on_and_goes_once(org: Any) -> None:
    await numbered(org, NUMBER)
    with org.scope():
        async with unit_of_work() as session:
            agent = await agents.create(session, org.owner, AgentType.EMAIL, "Letters")
            await mailboxes.connect(session, org.owner, agent.id)
    tab = await sign_in(org.owner)
    dialog = await tab.state(NewMessageState)
    await tab.call(NewMessageState.set_open, True)
    assert [box["value"] for box in dialog.boxes] == [str(agent.id)]
    await tab.call(NewMessageState.choose_channel, "email")
    await tab.call(NewMessageState.search, "dana@customer.example")
    assert [choice["value"] for choice in dialog.people] == ["dana@customer.example"]
    await tab.call(NewMessageState.choose, "nobody")
    await tab.call(NewMessageState.submit, {"body": "It is ready.", "subject": ""})
    assert (dialog.subject_error, dialog.is_open) == ("Say what it is about.", True)
    await tab.call(NewMessageState.submit, {"body": "It is ready.", "subject": "Your bill"})
    assert (bool(dialog.to_error), dialog.is_open) == (True, True)
    await tab.call(NewMessageState.choose, "dana@customer.example")
    places = {
        PLACE.search(str(await tab.call(NewMessageState.submit, {"body": "It is ready.", "subject": "Your bill"})))[0]
        for _ in range(2)
    }
    assert len(places) == 1
    with org.scope():
        async with unit_of_work() as session:
            [email] = (await session.exec(select(EmailMessage))).all()
    assert (email.to_addresses, email.subject) == (["dana@customer.example"], "Your bill")


async def test_pressing_send_twice_in_the_new_message_dialog_sends_once_and_opening_it_again_sends_anew(
    org: Any,
) -> None:
    await numbered(org, NUMBER)
    tab = await sign_in(org.owner)
    for _ in range(2):
        await tab.call(NewMessageState.set_open, True)
        await tab.call(NewMessageState.choose, "+16045550142")
        first, second = [await tab.call(NewMessageState.submit, {"body": "Hello"}) for _ in range(2)]
        assert PLACE.search(str(first))[0] == PLACE.search(str(second))[0]
    with org.scope():
        async with unit_of_work() as session:
            texts, total = await messaging.list_messages(session, MessageFilter(direction="outbound"), 10, 0)
    assert ([text["body"] for text in texts], total) == (["Hello", "Hello"], 2)


@pytest.mark.parametrize("handler", HANDLERS)
async def test_handler_sends_nobody_to_sign_in_and_shows_nothing(handler: Any) -> None:
    tab = Tab()
    before = {state: (await tab.state(state)).dict() for state in STATES}
    # One of each kind that a handler may ask for.
    given: dict[Any, Any] = {bool: True, int: 1, str: str(UUID(int=0)), dict: {}, list: []}
    wanted = arguments.kinds(handler.fn.__wrapped__)
    answer = await tab.call(handler, *(given[kind] for kind in wanted.values()))
    assert "/login" in str(answer)
    assert {state: (await tab.state(state)).dict() for state in STATES} == before
