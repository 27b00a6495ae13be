"""Measure one page of the list of calls over 100,000 calls and 300,000 spoken lines, filtered and searched."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
from sqlalchemy import text

from backend.calls import service as calls
from backend.core.db import conninfo
from backend.core.ids import new_id
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.models.accounts import User
from backend.models.agents import AgentConfig
from backend.models.organizations import Organization
from tests.bench.measure import Row, ms, percentile, timed

CALLS, CONTACTS = 100_000, 20_000
RUNS = 20
_TARGET = "p95 ≤ 50 ms"
_NUMBER = "+14155550132"
# Ids that grow with time, as those of UUIDv7 do.
_ID = "('0190' || lpad(to_hex(n), 28, '0'))::uuid"
_STATEMENTS = (
    "insert into contacts (id, created_at, updated_at, org_id, name, phone_number, email, company, notes, country,"
    f" is_whitelisted) select {_ID}, now(), now(), :org, 'Person ' || n, '+1415' || lpad(n::text, 7, '0'), '', '', '',"
    " 'US', false from generate_series(1, :contacts) n",
    "insert into conversations (id, created_at, updated_at, org_id, contact_id, status, answer_mode, needs_person,"
    " last_seq, last_item_at, last_preview, last_channel, last_direction, last_author_kind, last_status)"
    f" select {_ID}, now(), now(), :org, {_ID}, 'open', 'ai', false, 1, now(), '', 'call', 'inbound', 'contact',"
    " 'completed' from generate_series(1, :contacts) n",
    "insert into call_records (id, created_at, updated_at, org_id, conversation_id, contact_id, agent_id,"
    " agent_version, direction, caller_number, service_number, vendor_call_id, purpose, goal, prompt_override,"
    " variables, caller_data, status, disposition, disposition_reason, started_at, duration_s, attempts)"
    f" select {_ID}, at, at, :org, who, who, case when n % 2 = 0 then cast(:agent as uuid) end, 1,"
    " case when n % 20 = 1 then 'outbound' else 'inbound' end, '+1415' || lpad(n::text, 7, '0'), :ours, '', '', '', '',"
    " '{}', '{}', case when n % 50000 = 0 then 'in_progress' when n % 20 = 1 then 'busy' when n % 4 = 0 then 'canceled'"
    " else 'completed' end, case when n % 10000 = 0 then 'voicemail' when n % 20 = 1 then 'busy' when n % 4 = 0 then"
    " 'canceled' else 'answered_by_agent' end, '', at, 60, 0 from (select n, now() - (:calls - n) * interval '1 minute'"
    " as at, ('0190' || lpad(to_hex(1 + n % :contacts), 28, '0'))::uuid as who from generate_series(1, :calls) n) made",
    "insert into call_events (id, created_at, updated_at, org_id, call_id, source, event_id, kind, at, data)"
    " select gen_random_uuid(), now(), now(), :org, ('0190' || lpad(to_hex(1 + n / 3), 28, '0'))::uuid, 'worker',"
    " 'line:' || n % 3, 'transcript.line', now(), jsonb_build_object('who', 'caller', 'text', case n % 3 when 0 then"
    " 'I would like an appointment on day ' || n when 1 then 'Which colour, ' || case when n % 1000 = 1 then"
    " 'marmalade' else 'grey' end || '?' else 'Thank you, goodbye ' || md5(n::text) end)"
    " from generate_series(0, 3 * :calls - 1) n",
)


async def rows() -> list[Row]:
    """Fill one organization, then time filters and searches, first page and deep page, and the floor."""
    org_id, agent_id = await _fill()
    now = datetime.now(UTC)
    filters = {
        "all": calls.CallListFilter(),
        "missed (1 in 4)": calls.CallListFilter(result="missed"),
        "voicemail (1 in 10,000)": calls.CallListFilter(result="voicemail"),
        "live (1 in 50,000)": calls.CallListFilter(result="live"),
        "outbound, busy (1 in 20)": calls.CallListFilter(direction="outbound", result="busy"),
        "an agent (1 in 2)": calls.CallListFilter(agent_id=agent_id),
        "another number (none)": calls.CallListFilter(service_number="+14155550999"),
        "a week long ago": calls.CallListFilter(since=now - timedelta(days=60), until=now - timedelta(days=53)),
        "search: said in 1 of 1,000": calls.CallListFilter(search="marmalade"),
        "search: said in every call": calls.CallListFilter(search="appointment"),
        "search: a person": calls.CallListFilter(search="person 12345"),
    }
    worst: tuple[float, str] = (0.0, "")
    lines: list[Row] = []
    with org_scope(org_id):
        for name, wanted in filters.items():

            async def read(wanted: calls.CallListFilter = wanted) -> object:
                async with unit_of_work() as session:
                    return await calls.lines(session, wanted)

            samples = await timed(read, RUNS)
            worst = max(worst, (percentile(samples, 0.95), name))
            lines.append(Row(f"calls: {name}", _TARGET, ms(samples, 0.5, 0.95), ""))
        async with unit_of_work() as session:
            ids = [UUID(row["id"]) for row in (await calls.lines(session, calls.CallListFilter())).rows]
        by_key = text("select * from call_records where id = any(:ids)")

        async def floor() -> object:
            async with unit_of_work() as session:
                return (await session.execute(by_key, {"ids": ids})).all()

        floor_words = ms(await timed(floor, RUNS), 0.5, 0.95)
    return [
        Row(
            f"calls list, {CALLS:,} calls, worst filter or search",
            _TARGET,
            f"p95 {worst[0] * 1000:.1f} ms ({worst[1]})",
            floor_words,
            "50 rows by primary key",
        ),
        *[Row(line.path, line.target, line.measured, floor_words) for line in lines],
    ]


async def _fill() -> tuple[UUID, UUID]:
    with platform_scope("fill a benchmark"):
        async with unit_of_work() as session:
            user = User(email=f"{new_id()}@example.com", name="Bench", password_hash="none")
            session.add(user)
            await session.flush()
            organization = Organization(name="Bench", owner_id=user.id)
            session.add(organization)
            await session.flush()
            agent = AgentConfig(org_id=organization.id, name="Ava", agent_type="inbound_voice", system_prompt="Help.")
            session.add(agent)
            await session.flush()
    given = {"org": organization.id, "agent": agent.id, "contacts": CONTACTS, "calls": CALLS, "ours": _NUMBER}
    with platform_scope("fill a benchmark"):
        for statement in _STATEMENTS:
            async with unit_of_work() as session:
                await session.execute(text("set local statement_timeout = 0"))
                used = {name: value for name, value in given.items() if f":{name}" in statement}
                await session.execute(text(statement), used)
    with psycopg.connect(conninfo(), autocommit=True) as owner:
        owner.execute("vacuum analyze contacts, conversations, call_records, call_events")
    return organization.id, agent.id
