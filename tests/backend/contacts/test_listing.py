"""Finding contacts: any part of a word or number, any order, page after page without gaps."""

from datetime import timedelta

import pytest

from backend.contacts import finding
from backend.contacts import service as contacts
from backend.contacts.schemas import ContactFilter, Show, Sort
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock
from backend.core.errors import Invalid
from backend.core.tenancy import unit_of_work
from backend.vocab import AuthorKind, Channel, Direction, ItemKind


async def found(org, typed: str, **wanted) -> list[str]:
    with org.scope():
        async with unit_of_work() as session:
            page = await contacts.page(session, ContactFilter(search=typed, **wanted))
            assert await contacts.count(session, ContactFilter(search=typed, **wanted)) == len(page.rows)
            return [row["name"] for row in page.rows]


@pytest.mark.parametrize(
    "typed",
    [
        "dana", "DAN", "uiz", "ruíz", "Ruiz Dana", "north den", "dana.ruiz@", "example.com", "415555", "0142",
        "(415) 555-0142", "+1 415", "4155550142", "ental dan", "aña",
    ],
)  # fmt: skip
async def test_any_part_of_what_is_known_finds_a_contact(db, org, add, typed):
    await add(
        name="Daña Ruíz", phone_number="+14155550142", email="Dana.Ruiz@example.com", company="North Dental", notes="x"
    )
    await add(name="Ben Okafor", phone_number="+442071234567")
    assert await found(org, typed) == ["Daña Ruíz"]


@pytest.mark.parametrize("typed", ["danb", "zz", "99", "'", "\\", "%", "q & | ! :*", "ruiz okafor", "\x00", "()"])
async def test_what_is_not_there_finds_nobody_whatever_characters_it_holds(db, org, add, typed):
    await add(name="Dana Ruiz", phone_number="+14155550142")
    await add(name="Ben Okafor", phone_number="+442071234567")
    assert await found(org, typed) == []


async def test_a_national_number_with_its_leading_zero_is_found(db, org, add):
    await add(name="Ben Okafor", phone_number="+442071234567")
    assert await found(org, "020 7123") == ["Ben Okafor"]


async def test_names_in_other_scripts_are_found_by_any_part(db, org, add):
    await add(name="Γιώργος", phone_number="+306912345678")
    await add(name="山田太郎")
    assert await found(org, "γιωρ") == ["Γιώργος"]
    assert await found(org, "太郎") == ["山田太郎"]


async def test_other_organizations_are_never_found(db, make_org, org, add):
    await add(name="Dana Ruiz")
    stranger = await make_org("Other")
    assert await found(stranger, "dana") == []


async def test_the_nameless_stand_after_the_named(db, org, add):
    await add(phone_number="+14155550142")
    await add(name="zoe")
    await add(name="Ángel")
    assert await found(org, "") == ["Ángel", "zoe", ""]


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("is_descending", [False, True])
async def test_pages_follow_each_other_without_gaps_in_every_order(db, org, add, sort, is_descending):
    made = []
    for number in range(9):
        made.append(await add(name=f"Same name {number % 3}", company=f"Company {number % 2}"))
    with org.scope():
        async with unit_of_work() as session:
            for place, contact in enumerate(made[:5]):
                talk = await conversations.for_contact(session, contact.id)
                with clock.at(clock.now() + timedelta(minutes=place // 2)):
                    await conversations.append(
                        session,
                        talk,
                        kind=ItemKind.MESSAGE,
                        author=Author(AuthorKind.CONTACT, "x"),
                        body="Hello",
                        channel=Channel.SMS,
                        direction=Direction.INBOUND,
                    )
        for size in (1, 2, 4, 9):
            wanted, seen, after = ContactFilter(sort=sort, is_descending=is_descending), [], ""
            async with unit_of_work() as session:
                while True:
                    page = await contacts.page(session, wanted, after, size)
                    seen += [row["id"] for row in page.rows]
                    if not (after := page.next):
                        break
            assert len(seen) == len(set(seen)) == 9, size


async def test_by_activity_the_silent_come_last(db, org, add):
    quiet = await add(name="Quiet")
    loud = await add(name="Loud")
    with org.scope():
        async with unit_of_work() as session:
            await conversations.for_contact(session, loud.id)
    assert await found(org, "", sort=Sort.ACTIVITY, is_descending=True) == ["Loud", "Quiet"]
    assert quiet.id != loud.id


async def test_many_matches_are_walked_in_order_all_the_same(db, org, add, monkeypatch):
    monkeypatch.setattr(finding, "NARROW", 2)
    monkeypatch.setattr(finding, "WALKED", 2)
    for number in range(5):
        await add(name=f"Dana {number}")
    await add(name="Ben")
    assert await found(org, "dana") == [f"Dana {number}" for number in range(5)]


async def test_one_letter_is_the_beginning_of_a_name(db, org, add):
    await add(name="Zoe")
    await add(name="Ángel")
    await add(name="Liza")
    assert await found(org, "z") == ["Zoe"]
    assert await found(org, "A") == ["Ángel"]


async def test_a_search_of_many_is_paged_without_gaps(db, org, add, monkeypatch):
    monkeypatch.setattr(finding, "WALKED", 3)
    for number in range(12):
        await add(name=f"{'Dana' if number % 3 else 'Ben'} {number:02}")
    seen, after = [], ""
    with org.scope():
        async with unit_of_work() as session:
            while True:
                page = await contacts.page(session, ContactFilter(search="dana"), after, 2)
                seen += [row["name"] for row in page.rows]
                if not (after := page.next):
                    break
    assert seen == [f"Dana {number:02}" for number in range(12) if number % 3]


async def test_a_page_of_another_list_is_refused(db, org):
    with org.scope():
        async with unit_of_work() as session:
            for after in ("nonsense", "W10=", "WzEsMiwzXQ=="):
                with pytest.raises(Invalid):
                    await contacts.page(session, None, after)


async def test_who_opted_out_is_marked_and_can_be_filtered(db, org, add):
    dana = await add(name="Dana", phone_number="+14155550142")
    await add(name="Ben", phone_number="+14155550143")
    with org.scope():
        async with unit_of_work() as session:
            await contacts.record_choice(
                session, org.owner, dana.id, Channel.SMS, is_opted_in=False, reason="Asked on the phone"
            )
            page = await contacts.page(session)
    assert {row["name"]: row["is_opted_out"] for row in page.rows} == {"Ben": False, "Dana": True}
    assert await found(org, "", show=Show.OPTED_OUT) == ["Dana"]
