"""Every filter of the list, and a search that finds what was said without case, accents or order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.approvals import service as approvals
from backend.approvals.schemas import Wish
from backend.contacts import service as contacts
from backend.conversations import listing
from backend.conversations import service as conversations
from backend.conversations.schemas import Author, ListFilter
from backend.core import clock
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.functions.schemas import CallSetting, Offer
from backend.messaging import service as messaging
from backend.models.agents import AgentConfig
from backend.vocab import AuthorKind, ConversationStatus, ItemKind, ToolKind
from tests.backend.conversations.conversing import author, hear, say, tagged

DANA, MAREK, AIKO = "+14155550111", "+14155550122", "+14155550133"


async def found(org, wanted, viewer=None):
    with org.scope():
        async with unit_of_work() as session:
            page = await conversations.page(session, viewer or org.owner.user_id, wanted)
    return [row["name"] for row in page.rows]


async def test_each_filter_finds_what_fits_and_nothing_else(db, org):
    dana = await hear(org, DANA, "Are you open?", name="Dana")
    marek = await hear(org, MAREK, "This is terrible, I am angry", name="Marek", channel="chat")
    aiko = await hear(org, AIKO, "Thank you, great work", name="Aiko")
    tag_id = await tagged(org, "VIP")
    with org.scope():
        async with unit_of_work() as session:
            agent = AgentConfig(org_id=org.org_id, name="Front desk")
            session.add(agent)
            await session.flush()
            await conversations.tag(session, dana.id, tag_id, author(org.owner))
            locked = await conversations.locked(session, aiko.id)
            await conversations.call_for_person(session, locked, "asked for a person")
    await say(org, aiko, "You are welcome", Author(AuthorKind.AGENT, "Front desk", agent.id), agent_version=7)
    assert await found(org, ListFilter(channel="chat")) == ["Marek"]
    assert await found(org, ListFilter(direction="inbound")) == ["Marek", "Dana"]
    assert await found(org, ListFilter(agent_id=agent.id)) == ["Aiko"]
    assert await found(org, ListFilter(tag_id=tag_id)) == ["Dana"]
    assert await found(org, ListFilter(sentiment="negative")) == ["Marek"]
    assert await found(org, ListFilter(sentiment="positive")) == ["Aiko"]
    assert await found(org, ListFilter(needs_person=True)) == ["Aiko"]
    assert await found(org, ListFilter(awaits_approval=True)) == []
    with org.scope():
        async with unit_of_work() as session:
            setting = CallSetting(org.org_id, conversation_id=marek.id, agent_name="Ava")
            offer = Offer(ToolKind.FUNCTION, "book", "Book.", {"type": "object"})
            await approvals.ask(session, await conversations.locked(session, marek.id), setting,
                                [Wish(offer, {}, "Book", "once")], 60)  # fmt: skip
    assert await found(org, ListFilter(awaits_approval=True)) == ["Marek"]
    with org.scope():
        async with unit_of_work() as session:
            locked, writer = await conversations.locked(session, dana.id), Author(AuthorKind.AGENT, "Front desk")
            drafted = await conversations.append(
                session, locked, kind=ItemKind.DRAFT, author=writer, body="Yes.", status="pending"
            )
    assert set(await found(org, ListFilter(awaits_approval=True))) == {"Marek", "Dana"}
    with org.scope():
        async with unit_of_work() as session:
            assert (await conversations.row(session, dana.id)).row["awaits_approval"]
            await messaging.discard_draft(session, org.owner, dana.id, drafted.seq)
    assert await found(org, ListFilter(awaits_approval=True)) == ["Marek"]
    assert await found(org, ListFilter(tag_id=tag_id, channel="chat")) == []
    assert await found(org, ListFilter(since=clock.ahead(hours=1))) == []
    assert await found(org, ListFilter(until=clock.ahead(hours=1))) == ["Aiko", "Marek", "Dana"]
    with org.scope():
        async with unit_of_work() as session:
            row = await conversations.row(session, aiko.id)
    assert (row.row["agent_id"], row.row["agent_version"]) == (str(agent.id), 7)


async def test_a_filter_survives_its_journey_through_a_job(db, org):
    wanted = ListFilter(
        "unread", "any", "söme", "sms", "inbound", new_id(), new_id(), None, "neutral", True, clock.ago(days=1)
    )
    assert ListFilter.of_json(wanted.as_json()) == wanted


@pytest.mark.parametrize(
    "typed",
    [
        "reschedule",
        "RESCHED",
        "Tuesday resch",
        "müller",
        "MULLER",
        "jose",
        "José",
        "0142",
        "(415) 555-0142",
        "4155550142",
    ],
)
async def test_search_finds_words_and_people(db, org, typed):
    await hear(org, "+14155550142", "Can we reschedule to Tuesday, Frau Müller?", name="José")
    await hear(org, MAREK, "Something else", name="Marek")
    assert await found(org, ListFilter(search=typed)) == ["José"]


@pytest.mark.parametrize("typed", ["sched", "zzz", "%", "'", "!", "a & b", "'; drop table users --", "\\", ":*", "("])
async def test_search_finds_nothing_and_breaks_nothing(db, org, typed):
    await hear(org, DANA, "Can we reschedule?", name="Dana")
    assert await found(org, ListFilter(search=typed)) == []


async def test_search_shows_what_it_found_and_where(db, org):
    conversation = await hear(org, DANA, "My invoice is wrong", name="Dana")
    await hear(org, DANA, "Hello?", name="Dana")
    with org.scope():
        async with unit_of_work() as session:
            [row] = (await conversations.page(session, org.owner.user_id, ListFilter(search="invoice"))).rows
    assert (row["id"], row["match"], row["match_seq"]) == (str(conversation.id), "My invoice is wrong", 1)


async def test_search_keeps_to_its_organization(db, org, make_org):
    await hear(await make_org("Elsewhere"), DANA, "A secret word")
    await hear(org, DANA, "Nothing", name="Dana")
    assert await found(org, ListFilter(search="secret")) == []


async def test_search_finds_notes_and_not_events(db, org):
    dana = await hear(org, DANA, name="Dana")
    with org.scope():
        async with unit_of_work() as session:
            await conversations.write_note(session, dana.id, "Prefers mornings", [], author(org.owner))
            await conversations.set_status(session, dana.id, ConversationStatus.CLOSED, author(org.owner))
    assert await found(org, ListFilter(search="mornings", status="any")) == ["Dana"]
    assert await found(org, ListFilter(search="closed", status="any")) == []


async def test_a_deleted_contact_takes_the_conversation_along(db, org):
    dana = await hear(org, DANA, "A price", name="Dana")
    with org.scope():
        async with unit_of_work() as session:
            await contacts.delete(session, org.owner, [dana.contact_id])
    assert await found(org, ListFilter(status="any")) == []
    assert await found(org, ListFilter(status="any", search="price")) == []
    with org.scope():
        async with unit_of_work() as session:
            await contacts.restore(session, org.owner, [dana.contact_id])
    assert await found(org, ListFilter()) == ["Dana"]


@pytest.mark.parametrize(("first", "hits", "often"), [(200, 5000, 8), (2, 5000, 8), (2, 2, 8), (2, 5000, 1)])
async def test_search_pages_neither_repeat_nor_skip(db, org, monkeypatch, first, hits, often):
    """Whichever way the words are looked for: in the list's order, by index, or further through the list."""
    monkeypatch.setattr(listing, "OFTEN", often)
    monkeypatch.setattr(listing, "FIRST_STEPS", first)
    monkeypatch.setattr(listing, "MOST_HITS", hits)
    monkeypatch.setattr(listing, "MORE_STEPS", 3)
    for number in range(10):
        with clock.at(clock.ago(hours=number)):
            await hear(org, f"+1415555{1000 + number}", "price" if number % 2 else "else", name=f"P{number}")
    seen, after = [], None
    with org.scope():
        async with unit_of_work() as session:
            for _ in range(20):
                page = await conversations.page(session, org.owner.user_id, ListFilter(search="price"), after, limit=2)
                seen += [row["name"] for row in page.rows]
                after = page.next
                if after is None:
                    break
    assert seen == ["P1", "P3", "P5", "P7", "P9"]


async def test_filters_and_search_work_together(db, org):
    dana = await hear(org, DANA, "What is the price?", name="Dana")
    await hear(org, MAREK, "What is the price?", name="Marek")
    with org.scope():
        async with unit_of_work() as session:
            await conversations.set_status(session, dana.id, ConversationStatus.CLOSED, author(org.owner))
    wanted = ListFilter(search="price")
    assert await found(org, wanted) == ["Marek"]
    assert await found(org, replace(wanted, status="closed")) == ["Dana"]
    assert await found(org, replace(wanted, since=clock.now() + timedelta(hours=1), status="any")) == []
