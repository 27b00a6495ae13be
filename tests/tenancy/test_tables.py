"""Every table has a rule about who sees its rows, and PostgreSQL keeps it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, and_, delete, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

import backend.models  # noqa: F401 - loads every table into the metadata
from backend.core.db import APP_ROLE, PLATFORM_ROLE, engine
from backend.core.ids import new_id
from backend.core.tenancy import on_connection, platform_scope, unit_of_work
from tests.tenancy.people import make_owner
from tests.tenancy.rows import Rows

# Rows of one organization, by the column that says whose they are.
TENANT = {
    "agent_configs": "org_id",
    "agent_email_configs": "org_id",
    "agent_skills": "org_id",
    "agent_turns": "org_id",
    "agent_versions": "org_id",
    "api_keys": "org_id",
    "assistant_conversations": "org_id",
    "assistant_messages": "org_id",
    "assistant_proposals": "org_id",
    "audit_log": "org_id",
    "bookings": "org_id",
    "bulk_actions": "org_id",
    "bulk_changes": "org_id",
    "calendar_connections": "org_id",
    "call_events": "org_id",
    "call_recordings": "org_id",
    "call_records": "org_id",
    "call_waits": "org_id",
    "call_whitelist": "org_id",
    "voice_copies": "org_id",
    "webhook_events": "org_id",
    "ledger_entries": "org_id",
    "consents": "org_id",
    "contact_fields": "org_id",
    "contact_import_rows": "org_id",
    "contact_imports": "org_id",
    "contact_tags": "org_id",
    "chat_files": "org_id",
    "chat_messages": "org_id",
    "chat_sessions": "org_id",
    "chat_widgets": "org_id",
    "contacts": "org_id",
    "conversation_contexts": "org_id",
    "conversation_details": "org_id",
    "conversation_items": "org_id",
    "conversation_tags": "org_id",
    "conversation_unreads": "org_id",
    "conversations": "org_id",
    "email_files": "org_id",
    "email_messages": "org_id",
    "erasures": "org_id",
    "function_secrets": "org_id",
    "idempotency_keys": "org_id",
    "inbox_preferences": "org_id",
    "item_translations": "org_id",
    "knowledge_chunks": "org_id",
    "knowledge_crawls": "org_id",
    "knowledge_gaps": "org_id",
    "knowledge_pages": "org_id",
    "knowledge_sources": "org_id",
    "knowledge_vectors": "org_id",
    "mcp_servers": "org_id",
    "memory_facts": "org_id",
    "memory_stretches": "org_id",
    "memory_strikes": "org_id",
    "message_drafts": "org_id",
    "message_templates": "org_id",
    "message_media": "org_id",
    "notification_preferences": "org_id",
    "organization_members": "org_id",
    "organizations": "id",
    "outgoing_files": "org_id",
    "replayed_turns": "org_id",
    "saved_views": "org_id",
    "scheduled_actions": "org_id",
    "service_numbers": "org_id",
    "shared_details": "org_id",
    "shared_functions": "org_id",
    "semantic_match_actions": "org_id",
    "semantic_matches": "org_id",
    "skill_deliveries": "org_id",
    "skill_runs": "org_id",
    "sms_messages": "org_id",
    "sms_opt_outs": "org_id",
    "support_tickets": "org_id",
    "suppressions": "org_id",
    "tags": "org_id",
    "team_members": "org_id",
    "teams": "org_id",
    "test_cases": "org_id",
    "test_rounds": "org_id",
    "test_runs": "org_id",
    "test_suites": "org_id",
    "tool_calls": "org_id",
}
# Rows of the platform, which no organization ever reads.
PLATFORM = {
    "clock_ticks",
    "inbound_events",
    "one_time_codes",
    "rate_counters",
    "system_emails",
    "user_sessions",
    "users",
    "vendor_cursors",
}
# Kept by libraries. Jobs are enqueued inside an organization's transaction, so its role must reach the queue; their
# arguments and locks hold ids, phone numbers and addresses, never what anybody wrote.
UNGUARDED = {
    "alembic_version",
    "procrastinate_events",
    "procrastinate_jobs",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
}
# Functions that run with more rights than their caller: each names the organization in force itself.
DEFINERS = {"call_matches", "contact_matches", "contacts_known", "item_matches", "knowledge_matches"}

WHAT_TO_DO = (
    "has no rule. A table of an organization: subclass TenantRow, call guard() in its migration, and add it to TENANT"
    " in tests/tenancy/test_tables.py. A table of the platform: guard(table, org_column=None), and add it to PLATFORM."
)
REFUSED = "row-level security"


def table(name: str) -> Table:
    return SQLModel.metadata.tables[name]


@dataclass
class Tables:
    """A row of every table for each of two organizations, in a transaction that is never committed."""

    connection: AsyncConnection
    ours: UUID
    theirs: UUID
    our_rows: dict[str, dict[str, Any]]
    their_rows: dict[str, dict[str, Any]]

    @asynccontextmanager
    async def acting(self, org_id: UUID | None) -> AsyncIterator[AsyncConnection]:
        """Act as the application does for one organization, or for none; whatever is done is undone."""
        async with self.connection.begin_nested() as savepoint:
            settings = text("select set_config('role', :role, true), set_config('app.org_id', :org, true)")
            await self.connection.execute(settings, {"role": APP_ROLE, "org": str(org_id or "")})
            yield self.connection
            await savepoint.rollback()

    async def read(self, query: str) -> list[Any]:
        """Ask the catalogue."""
        return list((await self.connection.execute(text(query))).all())


@pytest.fixture(scope="module")
async def tables(queue) -> AsyncIterator[Tables]:
    async with engine().connect() as connection:
        transaction = await connection.begin()
        with on_connection(connection):
            ours = await make_owner("ana@tables.example", "Ours")
            theirs = await make_owner("ben@tables.example", "Theirs")
            our_rows = await _fill(ours, [*TENANT, *PLATFORM])
            their_rows = await _fill(theirs, [*TENANT])
        yield Tables(connection, ours.org_id, theirs.org_id, our_rows, their_rows)
        await transaction.rollback()


async def _fill(owner: Any, names: list[str]) -> dict[str, dict[str, Any]]:
    with platform_scope("fill every table for a test"):
        async with unit_of_work() as session:
            rows = Rows(session, owner.org_id, owner.user_id, "canary")
            made = {name: await rows.make(name) for name in sorted(names) if name not in ("organizations", "users")}
            for name, id in (("organizations", owner.org_id), ("users", owner.user_id)):
                found = await session.execute(select(table(name)).where(table(name).c.id == id))
                made[name] = dict(found.one()._mapping)
            return made


def _is(name: str, row: dict[str, Any]) -> Any:
    """Return the condition that finds a row of a table."""
    return and_(*(column == row[column.name] for column in table(name).primary_key))


async def _count(connection: AsyncConnection, name: str, *conditions: Any) -> int:
    query = select(func.count()).select_from(table(name)).where(*conditions)
    return int((await connection.execute(query)).scalar_one())


def test_every_table_of_the_models_has_a_rule():
    for name in SQLModel.metadata.tables:
        assert name in TENANT or name in PLATFORM, f"{name} {WHAT_TO_DO}"


async def test_every_table_of_the_database_has_a_rule(tables):
    found = {name for (name,) in await tables.read("select tablename from pg_tables where schemaname = 'public'")}
    for name in sorted(found):
        assert name in TENANT or name in PLATFORM or name in UNGUARDED, f"{name} {WHAT_TO_DO}"
    assert found >= {*TENANT, *PLATFORM}, "a rule is left over from a table that is gone"


async def test_no_view_shows_rows_past_the_policies(tables):
    """A view reads with the rights of its owner unless it says otherwise."""
    views = await tables.read(
        "select relname from pg_class where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace"
        " and not coalesce('security_invoker=true' = any(reloptions), false)"
    )
    assert views == []


async def test_every_function_with_rights_of_its_own_is_known(tables):
    found = await tables.read("select proname from pg_proc where prosecdef and pronamespace = 'public'::regnamespace")
    assert {name for (name,) in found} == DEFINERS


async def test_the_application_owns_no_table_and_bypasses_no_policy(tables):
    ours = f"('{APP_ROLE}', '{PLATFORM_ROLE}')"
    roles = await tables.read(
        f"select rolname, rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname in {ours}"
    )
    assert sorted(roles) == [(APP_ROLE, False, False, False), (PLATFORM_ROLE, False, False, False)]
    assert await tables.read(f"select tablename from pg_tables where tableowner in {ours}") == []


async def test_the_application_role_is_a_member_of_no_other(tables):
    found = await tables.read(f"select roleid::regrole from pg_auth_members where member = '{APP_ROLE}'::regrole")
    assert found == []


@pytest.mark.parametrize("name", sorted([*TENANT, *PLATFORM]))
async def test_row_security_is_forced(tables, name):
    ((is_on, is_forced),) = await tables.read(
        f"select relrowsecurity, relforcerowsecurity from pg_class where oid = 'public.{name}'::regclass"
    )
    assert is_on
    assert is_forced


@pytest.mark.parametrize("name", sorted([*TENANT, *PLATFORM]))
async def test_the_policies_are_the_rule_and_nothing_more(tables, name):
    found = await tables.read(
        "select policyname, permissive, roles::text[], cmd, qual, with_check from pg_policies"
        f" where schemaname = 'public' and tablename = '{name}'"
    )
    expected = {("platform", "PERMISSIVE", (PLATFORM_ROLE,), "ALL", "true", "true")}
    if column := TENANT.get(name):
        same = f"({column} = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)"
        expected.add(("organization", "PERMISSIVE", (APP_ROLE,), "ALL", same, same))
    assert {(policy, kind, tuple(roles), *rest) for policy, kind, roles, *rest in found} == expected


@pytest.mark.parametrize("name", sorted(TENANT))
async def test_an_organization_sees_its_own_rows_and_no_others(tables, name):
    for org_id, own, foreign in (
        (tables.ours, tables.our_rows, tables.their_rows),
        (tables.theirs, tables.their_rows, tables.our_rows),
    ):
        async with tables.acting(org_id) as connection:
            assert await _count(connection, name, _is(name, own[name])) == 1
            assert await _count(connection, name, _is(name, foreign[name])) == 0
            assert await _count(connection, name, table(name).c[TENANT[name]] != org_id) == 0


@pytest.mark.parametrize("name", sorted(TENANT))
async def test_another_organization_changes_and_deletes_nothing(tables, name):
    ours = _is(name, tables.our_rows[name])
    async with tables.acting(tables.theirs) as connection:
        changed = await connection.execute(update(table(name)).where(ours).values(updated_at=func.now()))
        assert changed.rowcount == 0
        assert (await connection.execute(delete(table(name)).where(ours))).rowcount == 0


@pytest.mark.parametrize("name", sorted(TENANT))
async def test_another_organization_cannot_add_a_row_to_ours(tables, name):
    row = dict(tables.our_rows[name])
    if name != "organizations":
        row["id"] = new_id()
    with pytest.raises(ProgrammingError, match=REFUSED):
        async with tables.acting(tables.theirs) as connection:
            await connection.execute(insert(table(name)).values(**row))


@pytest.mark.parametrize("name", sorted(TENANT))
async def test_a_row_cannot_be_moved_into_another_organization(tables, name):
    with pytest.raises(ProgrammingError, match=REFUSED):
        async with tables.acting(tables.theirs) as connection:
            ours = {TENANT[name]: tables.ours}
            await connection.execute(update(table(name)).where(_is(name, tables.their_rows[name])).values(**ours))


@pytest.mark.parametrize("name", sorted([*TENANT, *PLATFORM]))
async def test_a_connection_that_names_no_organization_reaches_nothing(tables, name):
    async with tables.acting(None) as connection:
        assert await _count(connection, name) == 0
        assert (await connection.execute(delete(table(name)))).rowcount == 0
    with pytest.raises(ProgrammingError, match=REFUSED):
        async with tables.acting(None) as connection:
            await connection.execute(insert(table(name)).values(**tables.our_rows[name]))


@pytest.mark.parametrize("name", sorted(PLATFORM))
async def test_no_organization_reaches_the_platforms_rows(tables, name):
    async with tables.acting(tables.ours) as connection:
        assert await _count(connection, name) == 0
        assert (await connection.execute(delete(table(name)))).rowcount == 0
    with pytest.raises(ProgrammingError, match=REFUSED):
        async with tables.acting(tables.ours) as connection:
            await connection.execute(insert(table(name)).values(**tables.our_rows[name]))


@pytest.mark.parametrize("words", ["to_tsquery('simple', 'canary')", "array[to_tsquery('simple', 'canary')]"])
async def test_the_search_by_words_reads_the_organization_in_force_alone(tables, words):
    """It runs past the policies, so it must name the organization itself."""
    search = text(f"select count(*) from knowledge_matches({words}, :agent, 10)")
    agent = {"agent": tables.our_rows["knowledge_sources"]["agent_id"]}
    for org_id, expected in ((tables.ours, 1), (tables.theirs, 0), (None, 0)):
        async with tables.acting(org_id) as connection:
            assert (await connection.execute(search, agent)).scalar_one() == expected
