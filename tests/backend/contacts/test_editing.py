"""Making, changing, tagging, blocking and deleting contacts."""

import pytest
from sqlalchemy import text

from backend.compliance import service as compliance
from backend.contacts import service as contacts
from backend.contacts.schemas import ContactFilter, Show
from backend.core import clock
from backend.core.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import unit_of_work
from backend.tags import service as tags
from backend.vocab import Channel, FieldKind, MemberRole


async def names(org, **wanted):
    with org.scope():
        async with unit_of_work() as session:
            return [row["name"] for row in (await contacts.page(session, ContactFilter(**wanted))).rows]


def support(org) -> Principal:
    return Principal(org.owner.user_id, org.org_id, "Sam", "sam@example.com", MemberRole.SUPPORT)


async def test_a_national_number_is_read_in_the_country_of_the_organization(db, org, add):
    with org.scope():
        async with unit_of_work() as session:
            await session.execute(text("update organizations set country = 'DE' where id = :id"), {"id": org.org_id})
    made = await add(name="Jana Weiß", phone_number="0151 23456789")
    assert (made.phone_number, made.country) == ("+4915123456789", "DE")


async def test_a_country_beside_the_number_wins_over_the_organizations(db, org, add):
    made = await add(name="Léa", phone_number="06 12 34 56 78", country="fr")
    assert (made.phone_number, made.country) == ("+33612345678", "FR")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"phone_number": "12"}, "phone_number"),
        ({"email": "dana@"}, "email"),
        ({"name": "D" * 121}, "name"),
        ({"name": "Dana\x00"}, "name"),
        ({"name": "Dana", "country": "Atlantis"}, "country"),
        ({"notes": "n" * 5001}, "notes"),
        ({}, "name"),
        ({"name": "Dana", "custom_fields": {"shoe_size": 43}}, "custom_fields.shoe_size"),
        ({"name": "Dana", "tags": ["a, b"]}, "tags"),
    ],
)
async def test_what_cannot_be_kept_is_refused_by_the_name_of_its_field(db, org, add, given, field):
    with pytest.raises(Invalid) as refusal:
        await add(**given)
    assert refusal.value.field == field


async def test_a_number_that_belongs_to_somebody_is_refused_with_who_that_is(db, org, add):
    dana = await add(name="Dana Ruiz", phone_number="+14155550101")
    with pytest.raises(Conflict, match="Dana Ruiz") as refusal:
        await add(name="Somebody", phone_number="(415) 555-0101")
    assert refusal.value.details["contact_id"] == str(dana.id)


async def test_the_name_is_always_both_of_its_parts(db, org, add):
    made = await add(first_name="Mary Ann", last_name="Smith", phone_number="+14155550101")
    assert made.name == "Mary Ann Smith"
    with org.scope():
        async with unit_of_work() as session:
            changed = await contacts.update(session, org.owner, made.id, {"last_name": "Jones"})
            assert changed.name == "Mary Ann Jones"
            renamed = await contacts.rename(session, made.id, "Ana de la Cruz")
            assert (renamed.first_name, renamed.last_name) == ("Ana", "de la Cruz")
        async with unit_of_work() as session:
            seen = await contacts.ensure_by_phone(session, "+14155550102", "Ben Okafor")
            assert (seen.first_name, seen.last_name) == ("Ben", "Okafor")


async def test_a_change_touches_only_what_is_given_and_says_so_in_the_audit_log(db, org, add):
    made = await add(name="Dana", phone_number="+14155550101", company="Ruiz & Co", notes="Likes mornings")
    with org.scope():
        async with unit_of_work() as session:
            await contacts.update(session, org.owner, made.id, {"company": "Ruiz Ltd"})
            view = await contacts.view(session, made.id)
            rows = await session.execute(
                text("select action, details from audit_log where subject_id = :id order by id"), {"id": str(made.id)}
            )
            entries = rows.all()
    assert (view["company"], view["notes"], view["phone"]) == ("Ruiz Ltd", "Likes mornings", "+14155550101")
    assert [action for action, _ in entries] == ["ui:contact:created", "ui:contact:updated"]
    assert entries[1][1]["fields"] == ["company"]


async def test_deleting_hides_a_contact_until_it_is_restored(db, org, add):
    made = await add(name="Dana", phone_number="+14155550101")
    await add(name="Ben", phone_number="+14155550102")
    with org.scope():
        async with unit_of_work() as session:
            assert await contacts.delete(session, org.owner, [made.id, new_id()]) == [made.id]
    assert await names(org) == ["Ben"]
    assert await names(org, show=Show.DELETED) == ["Dana"]
    assert await names(org, search="dana") == []
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(Conflict):
                await contacts.update(session, org.owner, made.id, {"name": "D"})
            assert await contacts.restore(session, org.owner, [made.id]) == [made.id]
    assert await names(org) == ["Ben", "Dana"]


async def test_support_members_change_contacts_but_do_not_delete_them(db, org, add):
    made = await add(name="Dana", phone_number="+14155550101")
    with org.scope():
        async with unit_of_work() as session:
            await contacts.update(session, support(org), made.id, {"name": "Dana Ruiz"})
            with pytest.raises(NotAllowed):
                await contacts.delete(session, support(org), [made.id])


async def test_who_was_deleted_and_writes_again_is_back_with_what_was_known(db, org, add):
    made = await add(name="Dana", phone_number="+14155550101")
    with org.scope():
        async with unit_of_work() as session:
            await contacts.delete(session, org.owner, [made.id])
            again = await contacts.ensure_by_phone(session, "+14155550101")
    assert again.id == made.id
    assert await names(org) == ["Dana"]


async def test_a_deleted_number_that_is_added_again_brings_its_contact_back(db, org, add):
    made = await add(name="Dana", phone_number="+14155550101", notes="Old")
    with org.scope():
        async with unit_of_work() as session:
            await contacts.delete(session, org.owner, [made.id])
    again = await add(name="Dana Ruiz", phone_number="+14155550101")
    assert (again.id, again.name, again.notes) == (made.id, "Dana Ruiz", "Old")


async def test_tags_are_made_once_whatever_their_case(db, org, add):
    made = await add(name="Dana", tags=["VIP", "vip", "Lead"])
    other = await add(name="Ben", tags=["Vip"])
    with org.scope():
        async with unit_of_work() as session:
            assert [tag["name"] for tag in await tags.all_tags(session)] == ["Lead", "VIP"]
            changed = await contacts.add_tags(session, org.owner, [made.id, other.id], ["lead"])
            assert changed == [other.id]
            view = await contacts.view(session, other.id)
            assert [tag["name"] for tag in view["tags"]] == ["Lead", "VIP"]
            removed = await contacts.remove_tags(session, org.owner, [made.id, other.id], ["VIP", "nothing"])
            assert set(removed) == {made.id, other.id}


async def test_a_tag_filter_finds_who_carries_every_one(db, org, add):
    await add(name="Dana", tags=["VIP", "Lead"])
    await add(name="Ben", tags=["VIP"])
    with org.scope():
        async with unit_of_work() as session:
            ids = {tag["name"]: tag["id"] for tag in await tags.all_tags(session)}
    assert await names(org, tag_ids=(ids["VIP"],)) == ["Ben", "Dana"]
    assert await names(org, tag_ids=(ids["VIP"], ids["Lead"])) == ["Dana"]


async def test_nobody_reaches_who_is_blocked(db, org, add):
    made = await add(name="Dana", phone_number="+14155550101")
    with org.scope():
        async with unit_of_work() as session:
            contact = await contacts.block(session, org.owner, made.id, "Rude")
            for channel in (Channel.SMS, Channel.CALL, Channel.EMAIL, Channel.CHAT):
                verdict = await compliance.may_contact(
                    session, contact, channel, "confirmation", clock.now(), sender="+14155550100"
                )
                assert verdict.code == "blocked"
            assert (await contacts.view(session, made.id))["blocked_reason"] == "Rude"
    assert await names(org, show=Show.BLOCKED) == ["Dana"]
    with org.scope():
        async with unit_of_work() as session:
            contact = await contacts.unblock(session, org.owner, made.id)
            verdict = await compliance.may_contact(
                session, contact, Channel.SMS, "reply", clock.now(), sender="+14155550100"
            )
    assert verdict.allowed


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        (FieldKind.TEXT, " gold ", "gold"),
        (FieldKind.NUMBER, "12.5", 12.5),
        (FieldKind.NUMBER, 7, 7),
        (FieldKind.DATE, "2026-02-28", "2026-02-28"),
        (FieldKind.BOOLEAN, "Yes", True),
        (FieldKind.BOOLEAN, False, False),
        (FieldKind.CHOICE, "BLUE", "Blue"),
        (FieldKind.TEXT, "", None),
    ],
)
async def test_a_custom_field_keeps_its_kind(db, org, add, kind, given, kept):
    with org.scope():
        async with unit_of_work() as session:
            field = await contacts.add_field(session, org.owner, "Own field", kind, ["Red", "Blue"])
    made = await add(name="Dana", custom_fields={field["key"]: given})
    assert made.custom_fields.get("own_field") == kept


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        (FieldKind.NUMBER, "twelve"),
        (FieldKind.NUMBER, "NaN"),
        (FieldKind.NUMBER, "1" * 17),
        (FieldKind.DATE, "2026-02-30"),
        (FieldKind.BOOLEAN, "perhaps"),
        (FieldKind.CHOICE, "Green"),
        (FieldKind.TEXT, "x" * 501),
        (FieldKind.TEXT, ["list"]),
    ],
)
async def test_a_value_of_another_kind_is_refused_by_the_name_of_its_field(db, org, add, kind, given):
    with org.scope():
        async with unit_of_work() as session:
            await contacts.add_field(session, org.owner, "Own field", kind, ["Red"])
    with pytest.raises(Invalid) as refusal:
        await add(name="Dana", custom_fields={"own_field": given})
    assert "own_field" in (refusal.value.field or "")


async def test_a_field_that_goes_takes_its_values_along(db, org, add):
    with org.scope():
        async with unit_of_work() as session:
            field = await contacts.add_field(session, org.owner, "Shoe size", FieldKind.NUMBER)
            with pytest.raises(Conflict):
                await contacts.add_field(session, org.owner, "shoe  SIZE", FieldKind.TEXT)
            with pytest.raises(Conflict):
                await contacts.add_field(session, org.owner, "Phone number", FieldKind.TEXT)
    made = await add(name="Dana", custom_fields={"shoe_size": 43})
    with org.scope():
        async with unit_of_work() as session:
            assert (await contacts.view(session, made.id))["custom"][0]["value"] == "43"
            assert await contacts.delete_field(session, org.owner, field["id"]) == 1
            assert (await contacts.get(session, made.id)).id == made.id
            assert (await contacts.view(session, made.id))["custom"] == []


async def test_another_organizations_contact_is_not_found(db, make_org, org, add):
    made = await add(name="Dana", phone_number="+14155550101")
    stranger = await make_org("Other")
    with stranger.scope():
        async with unit_of_work() as session:
            for attempt in (
                contacts.view(session, made.id),
                contacts.update(session, stranger.owner, made.id, {"name": "M"}),
                contacts.block(session, stranger.owner, made.id),
            ):
                with pytest.raises(NotFound):
                    await attempt
            assert await contacts.delete(session, stranger.owner, [made.id]) == []
            assert await contacts.add_tags(session, stranger.owner, [made.id], ["x"]) == []
    assert await names(org) == ["Dana"]
