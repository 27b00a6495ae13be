"""Two contacts that are one person become one, and nothing of either is lost."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from backend.compliance import service as compliance
from backend.contacts import queries
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.errors import Invalid, NotAllowed, NotFound
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.conversations import Conversation, ConversationItem, ConversationUnread
from backend.models.messaging import SmsMessage
from backend.vocab import (
    AnswerMode,
    AuthorKind,
    Channel,
    ConversationStatus,
    Direction,
    FieldKind,
    ItemKind,
    MemberRole,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
OLD, NEW = "+14155550101", "+14155550202"


@pytest.fixture
async def pair(db, org, add):
    return (
        await add(name="Dana Ruiz", phone_number=OLD, company="Ruiz & Co", notes="Old notes"),
        await add(name="D. Ruiz", phone_number=NEW, email="dana@example.com", notes="New notes", tags=["VIP"]),
    )


async def say(org, contact, minutes: int, body: str, **data) -> ConversationItem:
    with org.scope(), clock.at(NOON + timedelta(minutes=minutes)):
        async with unit_of_work() as session:
            talk = await conversations.for_contact(session, contact.id)
            is_ours = bool(data)
            record = SmsMessage(
                org_id=org.org_id,
                conversation_id=talk.id,
                contact_id=contact.id,
                direction=Direction.OUTBOUND if is_ours else Direction.INBOUND,
                sender_number="x",
                recipient_number="y",
                content=body,
            )
            session.add(record)
            await session.flush()
            return await conversations.append(
                session,
                talk,
                kind=ItemKind.MESSAGE,
                author=Author(AuthorKind.AGENT if is_ours else AuthorKind.CONTACT, "x"),
                body=body,
                channel=Channel.SMS,
                direction=record.direction,
                record_id=record.id,
                data=data,
            )


async def merge(org, keep, drop, **choices):
    with org.scope():
        async with unit_of_work() as session:
            return await contacts.merge(session, org.owner, keep.id, drop.id, choices)


async def test_the_timelines_interleave_by_time_and_answers_stay_with_their_questions(org, pair):
    keep, drop = pair
    await say(org, keep, 0, "one")
    await say(org, drop, 1, "two")
    await say(org, drop, 2, "re two", answers_seq=1)
    await say(org, keep, 3, "three")
    await say(org, keep, 4, "re three", answers_seq=2)
    await merge(org, keep, drop)
    with org.scope():
        async with unit_of_work() as session:
            [talk] = (await session.exec(select(Conversation))).all()
            lines = await conversations.timeline(session, talk.id)
            messages = (await session.exec(select(SmsMessage))).all()
    assert [line["body"] for line in lines[:-1]] == ["one", "two", "re two", "three", "re three"]
    assert [line["seq"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert lines[2]["data"]["answers_seq"] == 2
    assert lines[4]["data"]["answers_seq"] == 4
    assert "merged D. Ruiz into this contact" in lines[5]["body"]
    assert (talk.last_seq, talk.last_preview, talk.contact_id) == (6, "re three", keep.id)
    assert {(message.contact_id, message.conversation_id) for message in messages} == {(keep.id, talk.id)}


async def test_a_line_whose_clock_ran_back_keeps_its_place_in_its_own_conversation(org, pair):
    keep, drop = pair
    await say(org, keep, 5, "first")
    await say(org, keep, 1, "second")
    await say(org, drop, 3, "between")
    await merge(org, keep, drop)
    with org.scope():
        async with unit_of_work() as session:
            [talk] = (await session.exec(select(Conversation))).all()
            lines = [line["body"] for line in await conversations.timeline(session, talk.id)]
    assert lines[:3] == ["between", "first", "second"]


async def test_the_livelier_state_wins_and_unread_counts_add_up(org, pair):
    keep, drop = pair
    await say(org, keep, 0, "a")
    await say(org, drop, 1, "b")
    await say(org, drop, 2, "c")
    member = Author(AuthorKind.MEMBER, org.owner.name, org.owner.user_id)
    with org.scope():
        async with unit_of_work() as session:
            one = await conversations.for_contact(session, keep.id)
            other = await conversations.for_contact(session, drop.id)
            await conversations.set_status(session, one.id, ConversationStatus.CLOSED, member)
            await conversations.take_over(session, other.id, member)
    await merge(org, keep, drop)
    with org.scope():
        async with unit_of_work() as session:
            [talk] = (await session.exec(select(Conversation))).all()
            unread = (await session.exec(select(ConversationUnread.unread_count))).all()
    assert (talk.status, talk.answer_mode, talk.paused_until) == ("open", AnswerMode.HUMAN, None)
    assert talk.assignee_id == org.owner.user_id
    assert list(unread) == [3]


async def test_the_preview_says_who_wins_and_what_moves_before_anything_does(org, pair):
    keep, drop = pair
    await say(org, drop, 1, "b")
    with org.scope():
        async with unit_of_work() as session:
            plan = await contacts.preview_merge(session, keep.id, drop.id)
            still = await contacts.view(session, drop.id)
    by_key = {field["key"]: field["default"] for field in plan["fields"]}
    assert by_key == {"name": "kept", "phone_number": "kept", "email": "dropped", "notes": "both"}
    assert plan["moves"] == {"messages": 1, "timeline": 1, "chats": 0, "tags": 1, "choices": 0}
    assert still["merged_into"] == ""


async def test_choices_decide_field_by_field_and_empty_ones_are_filled(org, pair):
    keep, drop = pair
    with org.scope():
        async with unit_of_work() as session:
            field = await contacts.add_field(session, org.owner, "Shoe size", FieldKind.NUMBER)
            await contacts.update(session, org.owner, drop.id, {"custom_fields": {field["key"]: 43}})
    await merge(org, keep, drop, name="dropped", phone_number="dropped", notes="kept")
    with org.scope():
        async with unit_of_work() as session:
            view = await contacts.view(session, keep.id)
    assert (view["name"], view["first_name"], view["phone"], view["notes"]) == ("D. Ruiz", "D.", NEW, "Old notes")
    assert (view["email"], view["company"]) == ("dana@example.com", "Ruiz & Co")
    assert [value["value"] for value in view["custom"]] == ["43"]
    assert [tag["name"] for tag in view["tags"]] == ["VIP"]
    assert view["other_phones"] == ["(415) 555-0101"]


async def test_both_numbers_and_addresses_lead_to_the_contact_that_stays(org, pair):
    keep, drop = pair
    with org.scope():
        async with unit_of_work() as session:
            await contacts.update(session, org.owner, keep.id, {"email": "ruiz@example.com"})
    await merge(org, keep, drop)
    with org.scope():
        async with unit_of_work() as session:
            for number in (OLD, NEW):
                assert (await contacts.ensure_by_phone(session, number)).id == keep.id
            for address in ("ruiz@example.com", "dana@example.com"):
                assert (await contacts.ensure_by_email(session, address))[0].id == keep.id
            assert (await conversations.for_contact(session, drop.id)).contact_id == keep.id
            assert [row["id"] for row in (await contacts.page(session)).rows] == [str(keep.id)]


@pytest.mark.parametrize("who_left", [OLD, NEW])
async def test_a_refusal_of_either_number_holds_for_both(org, pair, who_left):
    keep, drop = pair
    with org.scope():
        async with unit_of_work() as session:
            await compliance.record_carrier_opt_out(session, "+14155550100", who_left)
    await merge(org, keep, drop)
    with org.scope():
        async with unit_of_work() as session:
            for number in (OLD, NEW):
                state = await compliance.opt_out_state(session, "+14155550100", number)
                assert state is not None
                assert state.is_opted_out
            view = await contacts.view(session, keep.id)
    assert {line["address"] for line in view["consents"]} == {OLD, NEW}


async def test_a_block_of_either_survives(org, pair):
    keep, drop = pair
    with org.scope():
        async with unit_of_work() as session:
            await contacts.block(session, org.owner, drop.id, "Rude")
            await contacts.update(session, org.owner, keep.id, {"is_whitelisted": True})
    merged = await merge(org, keep, drop)
    assert merged.blocked_at is not None
    assert not merged.is_whitelisted


async def test_every_table_that_points_at_a_contact_or_a_conversation_follows(org, pair):
    """Whatever table comes later: rows of the one that goes are rows of the one that stays, or equal to one of its."""
    from tests.tenancy.rows import Rows

    keep, drop = pair
    await say(org, keep, 0, "a")
    said = await say(org, drop, 1, "b")
    names = ("contacts", "conversations")
    with platform_scope("fill every table that points at a contact"):
        async with unit_of_work() as session:
            talks = {
                talk.contact_id: talk
                for talk in (await session.exec(select(Conversation).where(Conversation.org_id == org.org_id))).all()
            }
            one, other = talks[keep.id], talks[drop.id]
            rows = Rows(session, org.org_id, org.owner.user_id, "mark")
            rows.made |= {"contacts": {"id": drop.id}, "conversations": {"id": other.id}}
            rows.made["conversation_items"] = {"id": said.id}
            tables = {table.name for name in names for table, _ in conversations.pointing_at(name)}
            for name in sorted(tables - {*names, "conversation_items", "conversation_unreads"}):
                await rows.make(name)
    await merge(org, keep, drop)
    with platform_scope("read what a merge left"):
        async with unit_of_work() as session:
            for name, (kept, gone) in {"contacts": (keep.id, drop.id), "conversations": (one.id, other.id)}.items():
                for table, column in conversations.pointing_at(name):
                    query = f"select count(*) filter (where {column} = :kept), count(*) filter (where {column} = :gone)"
                    found = await session.execute(text(f"{query} from {table.name}"), {"kept": kept, "gone": gone})
                    at_kept, at_gone = found.one()
                    assert at_gone == 0, f"{table.name}.{column} still points at what was merged"
                    assert at_kept > 0, f"{table.name}.{column} was lost in the merge"


async def test_only_two_different_living_contacts_of_ours_merge_and_by_editors(org, make_org, pair):
    keep, drop = pair
    support = Principal(org.owner.user_id, org.org_id, "Sam", "s@example.com", MemberRole.SUPPORT)
    stranger = await make_org("Other")
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(Invalid):
                await contacts.merge(session, org.owner, keep.id, keep.id)
            with pytest.raises(NotFound):
                await contacts.merge(session, org.owner, keep.id, new_id())
            with pytest.raises(NotAllowed):
                await contacts.merge(session, support, keep.id, drop.id)
            with pytest.raises(Invalid):
                await contacts.merge(session, org.owner, keep.id, drop.id, {"name": "whatever"})
    with stranger.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await contacts.merge(session, stranger.owner, keep.id, drop.id)
    await merge(org, keep, drop)
    with pytest.raises(NotFound):
        await merge(org, keep, drop)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"name": "Somebody", "email": "DANA@example.com"}, "same_email"),
        ({"name": "Somebody", "phone_number": "+524155550101"}, "same_number"),
        ({"name": "dana RUIZ", "company": "Ruiz & Co"}, "same_name_and_company"),
        ({"name": "Dana Ruíz"}, "same_name"),
        ({"name": "Dana Ruis", "company": "Ruiz & Co"}, "similar_name"),
        ({"name": "Dana Okafor", "company": "Ruiz & Co"}, None),
        ({"name": "Dana Ruis"}, None),
        ({"name": "Dana Ruiz 2", "company": "Ruiz & Co"}, None),
        ({"name": "Ben", "phone_number": "+14155550111"}, None),
    ],
)
async def test_who_may_be_the_same_person_is_suggested_with_the_reason(db, org, add, other, reason):
    dana = await add(name="Dana Ruiz", phone_number=OLD, email="dana@example.com", company="Ruiz & Co")
    twin = await add(**other)
    with org.scope():
        async with unit_of_work() as session:
            found = await contacts.suggestions(session, dana.id)
    assert [(one["id"], one["reason"]) for one in found] == ([(str(twin.id), reason)] if reason else [])


async def test_people_are_known_by_address_in_their_own_organization_alone(db, org, add, make_org):
    dana = await add(name="Dana", email="Dana@Example.com")
    stranger = await make_org("Other")
    for world, found in ((org, {dana.id}), (stranger, set())):
        with world.scope():
            async with unit_of_work() as session:
                assert await queries.known_ids(session, ["dana@example.com"]) == found
