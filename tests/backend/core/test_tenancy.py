"""Row-level security: an organization sees its own rows, nobody without a scope sees any."""

import pytest
from sqlalchemy import text
from sqlmodel import select

from backend.contacts import service as contacts
from backend.core.db import engine
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.models.contacts import Contact

PHONE = "+14155550111"


async def test_another_organization_sees_nothing(db, org, make_org):
    other = await make_org("Elsewhere")
    with org.scope():
        async with unit_of_work() as session:
            await contacts.ensure_by_phone(session, PHONE)
    with other.scope():
        async with unit_of_work() as session:
            assert (await session.exec(select(Contact))).all() == []


async def test_a_row_cannot_be_written_into_another_organization(db, org, make_org):
    other = await make_org("Elsewhere")
    with org_scope(org.org_id), pytest.raises(Exception, match="row-level security"):
        async with unit_of_work() as session:
            session.add(Contact(org_id=other.org_id, phone_number=PHONE))


async def test_the_platform_sees_every_organization(db, org, make_org):
    other = await make_org("Elsewhere")
    for each in (org, other):
        with each.scope():
            async with unit_of_work() as session:
                await contacts.ensure_by_phone(session, PHONE)
    with platform_scope("count in a test"):
        async with unit_of_work() as session:
            owners = {contact.org_id for contact in (await session.exec(select(Contact))).all()}
    assert {org.org_id, other.org_id} <= owners


@pytest.mark.parametrize("why", ["read the carrier's list", "100 % of it: %s", 'back\\slash "quoted" $1 :why; commit'])
async def test_the_reason_of_platform_work_reaches_the_database_word_for_word(committed, why):
    with platform_scope(why):
        async with unit_of_work() as session:
            told = await session.execute(text("select current_setting('app.why'), current_user"))
            assert tuple(told.one()) == (why, "magpipe_platform")


async def test_statements_stay_prepared_however_many_others_there_are(committed):
    statements = [text(f"select 1 as n{number}") for number in range(120)]
    async with engine().connect() as connection:
        for statement in [*statements * 6, *statements]:
            await connection.execute(statement)
        prepared = text("select count(*) from pg_prepared_statements where statement like 'select 1 as n%'")
        assert (await connection.execute(prepared)).scalar_one() == 120


async def test_work_outside_any_scope_is_a_bug(db):
    with pytest.raises(RuntimeError, match="outside"):
        async with unit_of_work():
            pass


async def test_a_connection_without_an_organization_reads_no_rows(committed, org):
    with org.scope():
        async with unit_of_work() as session:
            await contacts.ensure_by_phone(session, PHONE)
    async with engine().connect() as connection:
        assert (await connection.execute(text("select count(*) from contacts"))).scalar_one() == 0


async def test_the_application_does_not_own_its_tables(db):
    async with engine().connect() as connection:
        assert (await connection.execute(text("select current_user"))).scalar_one() == "magpipe_app"
        owner = await connection.execute(text("select tableowner from pg_tables where tablename = 'contacts'"))
        assert owner.scalar_one() != "magpipe_app"


async def test_every_table_is_guarded_by_forced_row_security(db):
    async with engine().connect() as connection:
        open_tables = await connection.execute(
            text(
                "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
                " and not (relrowsecurity and relforcerowsecurity)"
                " and relname not like 'procrastinate%' and relname <> 'alembic_version'"
            )
        )
        assert open_tables.scalars().all() == []
