"""Bringing contacts in from files: what columns are, what becomes of rows, stopping and going on."""

import pytest
from sqlalchemy import text
from sqlmodel import select

from backend.compliance import service as compliance
from backend.contacts import import_files, importing
from backend.contacts import service as contacts
from backend.contacts.schemas import ContactFilter
from backend.core.config import settings
from backend.core.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import unit_of_work
from backend.models.compliance import Consent
from backend.tags import service as tags
from backend.vocab import Channel, FieldKind, MemberRole

PEOPLE = (
    "First Name,Last Name,Mobile,E-mail,Company,Labels\n"
    "Dana,Ruiz,(415) 555-0101,dana@example.com,Ruiz & Co,VIP\n"
    "Ben,Okafor,+44 20 7123 4567,,Okafor Ltd,\n"
    "Nobody,,12,,,\n"
)


@pytest.fixture
def take(db, org):
    """Return a function that uploads a file, configures it, runs it and returns what came of it."""

    async def run(content: str | bytes, **given):
        raw = content.encode() if isinstance(content, str) else content
        with org.scope():
            async with unit_of_work() as session:
                job = await contacts.upload_import(session, org.owner, "people.csv", raw)
            id = parse_id(job["id"])
            async with unit_of_work() as session:
                if given:
                    await contacts.configure_import(session, org.owner, id, given)
        plan = [plan async for plan in contacts.plan_import(org.owner, id)][-1]
        with org.scope():
            async with unit_of_work() as session:
                await contacts.start_import(session, org.owner, id)
        await importing.run(org.org_id, id)
        with org.scope():
            async with unit_of_work() as session:
                done = await contacts.get_import(session, org.owner, id)
        counts = ("created", "updated", "skipped", "failed")
        assert [plan[name] for name in counts] == [done[name] for name in counts], "the plan is what happened"
        return done

    return run


async def everybody(org, **wanted):
    with org.scope():
        async with unit_of_work() as session:
            return (await contacts.page(session, ContactFilter(**wanted))).rows


async def test_columns_are_understood_and_rows_become_contacts(org, take):
    done = await take(PEOPLE)
    assert done["mapping"] == ["first_name", "last_name", "phone_number", "email", "company", "tags"]
    assert (done["status"], done["total_rows"], done["done_rows"]) == ("done", 3, 3)
    assert (done["created"], done["failed"]) == (2, 1)
    ben, dana = await everybody(org)
    assert (dana["name"], dana["phone"], dana["email"], dana["company"]) == (
        "Dana Ruiz", "+14155550101", "dana@example.com", "Ruiz & Co",
    )  # fmt: skip
    assert [tag["name"] for tag in dana["tags"]] == ["VIP"]
    assert (ben["phone"], ben["country"]) == ("+442071234567", "GB")


async def test_what_could_not_be_taken_comes_back_with_its_row_and_the_reason(org, take):
    done = await take(PEOPLE)
    with org.scope():
        async with unit_of_work() as session:
            head, row = await contacts.failed_rows(session, org.owner, parse_id(done["id"]))
    assert head.startswith("row,field,problem,first_name")
    assert row.startswith("4,phone_number,")
    assert "Nobody" in row


async def test_national_numbers_are_read_in_the_imports_country_or_the_rows(org, take):
    await take("name,phone,country\nJana,0151 23456789,\nLéa,06 12 34 56 78,FR\n", country="DE")
    assert {row["phone"] for row in await everybody(org)} == {"+4915123456789", "+33612345678"}


@pytest.mark.parametrize(
    ("policy", "counts", "company"),
    [("skip", (0, 0, 1, 0), "Old Ltd"), ("update", (0, 1, 0, 0), "New Ltd"), ("create", (0, 0, 0, 1), "Old Ltd")],
)
async def test_somebody_known_by_number_is_skipped_updated_or_refused(org, take, add, policy, counts, company):
    await add(name="Dana", phone_number="+14155550101", company="Old Ltd", notes="Keep")
    done = await take("name,phone,company\n,415 555 0101,New Ltd\n", policy=policy)
    assert (done["created"], done["updated"], done["skipped"], done["failed"]) == counts
    [row] = await everybody(org)
    assert (row["company"], row["name"]) == (company, "Dana"), "an empty cell takes nothing away"


async def test_an_address_means_the_same_person_unless_the_number_is_another(org, take, add):
    await add(name="Dana", email="dana@example.com")
    await add(name="Ben", email="office@example.com", phone_number="+14155550101")
    done = await take(
        "name,phone,email\nDana R,+14155550102,DANA@example.com\nKim,+14155550103,office@example.com\n",
        policy="update",
    )
    assert (done["created"], done["updated"]) == (1, 1)
    assert {row["name"]: row["phone"] for row in await everybody(org)} == {
        "Dana R": "+14155550102", "Ben": "+14155550101", "Kim": "+14155550103",
    }  # fmt: skip


@pytest.mark.parametrize(("policy", "counts", "last"), [("skip", (1, 0, 2), "Dana 1"), ("update", (1, 2, 0), "Dana 3")])
async def test_rows_that_repeat_each_other_are_one_person(org, take, policy, counts, last):
    done = await take("name,phone\nDana 1,4155550101\nDana 2,415-555-0101\nDana 3,+1 415 555 0101\n", policy=policy)
    assert (done["created"], done["updated"], done["skipped"]) == counts
    assert [row["name"] for row in await everybody(org)] == [last]


async def test_custom_fields_come_in_by_their_label_and_are_checked(org, take):
    with org.scope():
        async with unit_of_work() as session:
            await contacts.add_field(session, org.owner, "Shoe size", FieldKind.NUMBER)
    done = await take("name,phone,Shoe Size\nDana,4155550101,43\nBen,4155550102,big\n")
    assert (done["created"], done["failed"]) == (1, 1)
    [row] = await everybody(org)
    with org.scope():
        async with unit_of_work() as session:
            assert (await contacts.view(session, parse_id(row["id"])))["custom"][0]["value"] == "43"


async def test_consent_comes_in_with_its_row_as_evidence_and_never_undoes_a_refusal(org, take, add):
    dana = await add(name="Dana", phone_number="+14155550101")
    with org.scope():
        async with unit_of_work() as session:
            await compliance.record_carrier_opt_out(session, "+14155550100", "+14155550101")
    await take("name,phone,subscribed\nDana,4155550101,yes\nBen,4155550102,no\nKim,4155550103,yes\n", policy="update")
    with org.scope():
        async with unit_of_work() as session:
            state = await compliance.opt_out_state(session, "+14155550100", "+14155550101")
            assert state is not None
            assert state.is_opted_out
            lines = (await session.exec(select(Consent).where(Consent.source == "import"))).all()
    assert {line.address: line.is_opted_in for line in lines} == {"+14155550102": False, "+14155550103": True}
    assert {line.evidence["row"] for line in lines} == {3, 4}
    assert dana.id


async def test_an_import_that_died_goes_on_behind_its_last_batch(org, take, monkeypatch, db):
    monkeypatch.setattr(import_files, "BATCH", 2)
    content = "name,phone\n" + "".join(f"P{number},41555501{number:02}\n" for number in range(7))
    with org.scope():
        async with unit_of_work() as session:
            job = await contacts.upload_import(session, org.owner, "people.csv", content.encode())
            id = parse_id(job["id"])
            await contacts.start_import(session, org.owner, id)
    take_one, batches = importing._take, 0

    async def dies(*args):
        nonlocal batches
        batches += 1
        if batches == 3:
            raise ConnectionError("the worker was killed")
        return await take_one(*args)

    monkeypatch.setattr(importing, "_take", dies)
    with pytest.raises(ConnectionError):
        await importing.run(org.org_id, id)
    assert len(await everybody(org)) == 4
    monkeypatch.setattr(importing, "_take", take_one)
    for _ in range(2):
        await importing.run(org.org_id, id)
    with org.scope():
        async with unit_of_work() as session:
            done = await contacts.get_import(session, org.owner, id)
    assert (done["status"], done["done_rows"], done["created"]) == ("done", 7, 7)
    assert len(await everybody(org)) == 7


async def test_an_import_that_is_stopped_keeps_what_came_in_and_its_file_goes(org, monkeypatch, db):
    monkeypatch.setattr(import_files, "BATCH", 2)
    content = "name,phone\n" + "".join(f"P{number},41555501{number:02}\n" for number in range(6))
    with org.scope():
        async with unit_of_work() as session:
            job = await contacts.upload_import(session, org.owner, "people.csv", content.encode())
            id = parse_id(job["id"])
            await contacts.start_import(session, org.owner, id)
    take_one = importing._take

    async def stops(*args):
        if await take_one(*args):
            async with unit_of_work() as session:
                await contacts.cancel_import(session, org.owner, id)
            return True
        return False

    monkeypatch.setattr(importing, "_take", stops)
    await importing.run(org.org_id, id)
    with org.scope():
        async with unit_of_work() as session:
            done = await contacts.get_import(session, org.owner, id)
            with pytest.raises(Conflict):
                await contacts.start_import(session, org.owner, id)
    assert (done["status"], done["done_rows"]) == ("cancelled", 2)
    assert len(await everybody(org)) == 2
    assert not (settings().data_dir / "imports" / str(org.org_id) / str(id)).exists()


async def test_every_contact_says_which_file_it_came_from(org, take, db):
    await take(PEOPLE)
    with org.scope():
        async with unit_of_work() as session:
            found = await session.execute(
                text("select details from audit_log where action = 'import:contact:imported'")
            )
            assert {entry["row"] for entry in found.scalars()} == {2, 3}


async def test_tags_of_the_import_are_put_on_everybody(org, take):
    await take(PEOPLE, tags=["Fair 2026"])
    with org.scope():
        async with unit_of_work() as session:
            counts = {tag["name"]: tag["count"] for tag in await tags.all_tags(session, with_counts=True)}
    assert counts == {"Fair 2026": 2, "VIP": 1}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"mapping": ["name", "name"]}, "mapping"),
        ({"mapping": ["password"]}, "mapping"),
        ({"policy": "replace"}, "policy"),
        ({"country": "Atlantis"}, "country"),
        ({"delimiter": "x"}, "delimiter"),
    ],
)
async def test_a_setting_that_makes_no_sense_is_refused(org, db, given, field):
    with org.scope():
        async with unit_of_work() as session:
            job = await contacts.upload_import(session, org.owner, "people.csv", PEOPLE.encode())
            with pytest.raises(Invalid) as refusal:
                await contacts.configure_import(session, org.owner, parse_id(job["id"]), given)
    assert refusal.value.field == field


async def test_imports_belong_to_editors_of_their_organization(org, make_org, db):
    support = Principal(org.owner.user_id, org.org_id, "Sam", "sam@example.com", MemberRole.SUPPORT)
    stranger = await make_org("Other")
    with org.scope():
        async with unit_of_work() as session:
            job = await contacts.upload_import(session, org.owner, "../../people.csv", PEOPLE.encode())
            assert job["filename"] == "people.csv"
            with pytest.raises(NotAllowed):
                await contacts.upload_import(session, support, "people.csv", PEOPLE.encode())
    with stranger.scope():
        async with unit_of_work() as session:
            for act in (contacts.get_import, contacts.start_import, contacts.cancel_import):
                with pytest.raises(NotFound):
                    await act(session, stranger.owner, parse_id(job["id"]))
    for who, error in ((stranger.owner, NotFound), (support, NotAllowed)):
        with pytest.raises(error):
            await anext(contacts.plan_import(who, parse_id(job["id"])))


async def test_what_goes_out_comes_back_in_as_it_was(org, add, take):
    with org.scope():
        async with unit_of_work() as session:
            await contacts.add_field(session, org.owner, "Shoe size", FieldKind.NUMBER)
    await add(
        name='Dana "D" Ruiz', phone_number="+14155550101", email="dana@example.com", company="=Ruiz; & Co",
        notes="two\nlines, a comma", tags=["VIP"], custom_fields={"shoe_size": 43},
    )  # fmt: skip
    before = "".join([part async for part in contacts.export(org.owner, ContactFilter())])
    assert "'=Ruiz" in before
    assert ",+14155550101," in before
    with org.scope():
        async with unit_of_work() as session:
            await session.execute(text("delete from contacts"))
    done = await take(before.encode())
    assert (done["created"], done["failed"]) == (1, 0)
    after = "".join([part async for part in contacts.export(org.owner, ContactFilter())])
    assert after.splitlines()[1].rpartition(",")[0] == before.splitlines()[1].rpartition(",")[0]


async def test_an_export_holds_what_the_filter_finds(org, add):
    for number in range(5):
        await add(name=f"Dana {number}", company="A" if number % 2 else "B")
    await add(name="Ben")
    lines = "".join([part async for part in contacts.export(org.owner, ContactFilter(search="dana"))]).splitlines()
    assert len(lines) == 6
    assert all(line.startswith("Dana") for line in lines[1:])


async def test_consent_lines_cannot_be_rewritten(org, add):
    dana = await add(name="Dana", phone_number="+14155550101")
    with org.scope():
        async with unit_of_work() as session:
            await contacts.record_choice(
                session, org.owner, dana.id, Channel.SMS, is_opted_in=False, reason="Asked on the phone"
            )
        with pytest.raises(Exception, match="append-only"):
            async with unit_of_work() as session:
                await session.execute(text("update consents set is_opted_in = true"))
