"""The directory in a tab: its address is its filter, each field saves itself, and what went can come back."""

from typing import Any
from uuid import UUID

import pytest

from backend.contacts import importing
from backend.contacts import service as contacts
from backend.core.tenancy import unit_of_work
from backend.tags import service as tags
from backend.vocab import FieldKind
from state.contacts.bulk import ContactBinState, ContactTagsState
from state.contacts.contact import ContactState
from state.contacts.creating import NewContactState
from state.contacts.fields import OwnFieldsState
from state.contacts.importing import ImportState
from state.contacts.listing import ContactListState
from state.contacts.merging import MergeState
from state.hub import News
from tests.state.tab import Tab, sign_in

pytestmark = pytest.mark.usefixtures("db")


async def people(org: Any, count: int = 3) -> list[str]:
    with org.scope():
        async with unit_of_work() as session:
            made = [
                await contacts.create(
                    session, org.owner, {"name": f"Person {number:03}", "phone_number": f"+1415555{number:04}"}
                )
                for number in range(count)
            ]
            return [str(contact.id) for contact in made]


async def listed(org: Any, address: str = "/contacts") -> tuple[Tab, ContactListState]:
    tab = (await sign_in(org.owner)).go(address)
    await tab.call(ContactListState.load)
    return tab, await tab.state(ContactListState)


async def test_the_address_is_the_filter_and_pages_follow(org: Any) -> None:
    await people(org, 120)
    tab, state = await listed(org, "/contacts?q=person&sort=-created_at")
    await tab.call(ContactListState.count)
    assert (state.total, len(state.rows), state.has_more, state.stage) == (120, 50, True, "ready")
    seen = [row["id"] for row in state.rows]
    while state.has_more:
        await tab.call(ContactListState.load_more)
        seen += [row["id"] for row in state.older["rows"]]
    assert len(seen) == len(set(seen)) == 120


async def test_an_empty_directory_teaches_and_an_empty_search_does_not(org: Any) -> None:
    _, state = await listed(org)
    assert state.stage == "new"
    await people(org, 1)
    _, state = await listed(org, "/contacts?q=xylophone")
    assert (state.stage, state.rows) == ("ready", [])


async def test_chosen_people_are_deleted_and_come_back_by_undo(org: Any) -> None:
    ids = await people(org)
    tab, state = await listed(org)
    toast = await tab.call(ContactBinState.delete, ids[:2], False)
    assert "2 contacts deleted" in str(toast)
    await tab.call(ContactListState.load)
    assert [row["id"] for row in state.rows] == ids[2:]
    bin = await tab.state(ContactBinState)
    [token] = bin._gone
    await tab.call(ContactBinState.undo, token)
    await tab.call(ContactListState.load)
    assert [row["id"] for row in state.rows] == ids


async def test_everybody_the_address_finds_is_changed_at_once(org: Any) -> None:
    await people(org, 120)
    tab, _ = await listed(org, "/contacts?q=01")
    await tab.call(ContactTagsState.tag, [], True, "Fair", True)
    with org.scope():
        async with unit_of_work() as session:
            [tag] = await tags.all_tags(session, with_counts=True)
            wanted = await contacts.count(session, None)
    assert 0 < tag["count"] < wanted


async def test_a_new_contact_opens_and_a_taken_number_says_whose_it_is(org: Any) -> None:
    [known] = await people(org, 1)
    tab, _ = await listed(org)
    state = await tab.state(NewContactState)
    await tab.call(NewContactState.create, {"first_name": "Dana", "phone_number": "415 555 0000"})
    assert "Person 000" in state.errors["phone_number"]
    assert state.known_id == known
    await tab.call(NewContactState.create, {"first_name": "", "email": "dana@"})
    assert state.errors["email"]
    opened = await tab.call(
        NewContactState.create, {"first_name": "Dana", "phone_number": "415 555 9999", "tags": "a,b"}
    )
    assert "/contacts/" in str(opened)


async def test_fields_save_one_by_one_and_errors_stand_at_the_field(org: Any) -> None:
    [id] = await people(org, 1)
    with org.scope():
        async with unit_of_work() as session:
            await contacts.add_field(session, org.owner, "Visits", FieldKind.NUMBER)
    tab = (await sign_in(org.owner)).go(f"/contacts/{id}")
    await tab.call(ContactState.load)
    state = await tab.state(ContactState)
    await tab.call(ContactState.save, "company", "Ruiz & Co")
    assert (state.contact["company"], state.saved) == ("Ruiz & Co", "company")
    await tab.call(ContactState.save, "email", "dana@")
    assert state.errors["email"]
    await tab.call(ContactState.save, "email", "dana@example.com")
    assert not state.errors["email"]
    await tab.call(ContactState.save_custom, "visits", "many")
    assert state.custom_errors["visits"]
    await tab.call(ContactState.save_custom, "visits", "12")
    assert [value["value"] for value in state.contact["custom"]] == ["12"]
    await tab.call(ContactState.save, "org_id", "x")
    assert state.contact["company"] == "Ruiz & Co"


async def test_a_contact_that_is_erased_elsewhere_is_gone_here(org: Any) -> None:
    [id] = await people(org, 1)
    tab = (await sign_in(org.owner)).go(f"/contacts/{id}")
    await tab.call(ContactState.load)
    state = await tab.state(ContactState)
    with org.scope():
        async with unit_of_work() as session:
            await session.delete(await contacts.get(session, state._id()))
    await state._hear([News(frozenset({"contact.updated"}), subjects=frozenset({id}))])
    assert state.stage == "gone"


async def test_an_address_that_names_nobody_says_so(org: Any) -> None:
    tab = (await sign_in(org.owner)).go("/contacts/nobody")
    await tab.call(ContactState.load)
    assert (await tab.state(ContactState)).stage == "gone"


async def test_merging_is_previewed_and_the_choice_counts(org: Any) -> None:
    keep, drop = await people(org, 2)
    tab = (await sign_in(org.owner)).go(f"/contacts/{keep}")
    await tab.call(ContactState.load)
    await tab.call(MergeState.begin, keep, "")
    await tab.call(MergeState.find, "person")
    state = await tab.state(MergeState)
    assert [one["value"] for one in state.found] == [drop]
    await tab.call(MergeState.compare, drop)
    assert state.choices == {"name": "kept", "phone_number": "kept"}
    await tab.call(MergeState.choose, "name", "dropped")
    await tab.call(MergeState.merge)
    await tab.call(ContactState.load)
    contact = (await tab.state(ContactState)).contact
    assert (contact["name"], contact["other_phones"]) == ("Person 001", ["(415) 555-0001"])


async def test_days_are_compared_as_people_write_them(org: Any) -> None:
    keep, drop = await people(org, 2)
    with org.scope():
        async with unit_of_work() as session:
            await contacts.add_field(session, org.owner, "Birthday", FieldKind.DATE)
            await contacts.update(session, org.owner, UUID(drop), {"custom_fields": {"birthday": "1984-05-06"}})
    tab = await sign_in(org.owner)
    await tab.call(MergeState.begin, keep, drop)
    day = (await tab.state(MergeState)).fields[-1]
    assert (day["label"], day["kept"], day["dropped"]) == ("Birthday", "", "6 May 1984")


async def test_own_fields_are_made_and_refused_in_words(org: Any) -> None:
    tab, _ = await listed(org)
    state = await tab.state(OwnFieldsState)
    await tab.call(OwnFieldsState.choose_kind, "choice")
    await tab.call(OwnFieldsState.add, {"label": "Level", "choices": ""})
    assert state.errors["choices"]
    await tab.call(OwnFieldsState.add, {"label": "Level", "choices": "Gold\nSilver"})
    assert [row["choices"] for row in state.rows] == [["Gold", "Silver"]]
    await tab.call(OwnFieldsState.ask_delete, state.rows[0]["id"])
    await tab.call(OwnFieldsState.delete)
    assert state.rows == []


async def test_an_import_is_planned_started_and_followed(org: Any) -> None:
    with org.scope():
        async with unit_of_work() as session:
            content = b"who,where\nDana,4155550101\nBen,12\n"
            job = await contacts.upload_import(session, org.owner, "people.csv", content)
    tab = (await sign_in(org.owner)).go(f"/contacts/import?id={job['id']}")
    await tab.call(ImportState.load)
    await tab.call(ImportState.check)
    state = await tab.state(ImportState)
    assert [column["target"] for column in state.columns] == ["", "phone_number"]
    await tab.call(ImportState.map_column, 0, "name")
    await tab.call(ImportState.check)
    assert state.counts == {"created": 1, "updated": 0, "skipped": 0, "failed": 1}
    await tab.call(ImportState.start)
    assert state.job["status"] == "running"
    await importing.run(org.org_id, UUID(job["id"]))
    await state._hear([News(frozenset({"import.progress"}), subjects=frozenset({job["id"]}))])
    assert (state.job["status"], state.job["created"], state.job["failed"]) == ("done", 1, 1)
