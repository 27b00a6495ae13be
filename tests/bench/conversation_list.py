"""Measure one page of the conversation list over 200,000 conversations and 2,000,000 items, for each filter."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
from sqlalchemy import text

from backend.conversations import service as conversations
from backend.conversations.schemas import Cursor, ListFilter
from backend.core.db import conninfo
from backend.core.ids import new_id
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.models.accounts import User
from backend.models.organizations import Organization, OrganizationMember
from tests.bench.measure import Row, ms, percentile, timed

CONVERSATIONS = 200_000
ITEMS_EACH = 10


async def rows() -> list[Row]:
    """Fill one large organization (and a small one beside it), then time every filter and the floor."""
    org_id, users = await _fill()
    viewer = users[0]
    lines: list[Row] = []
    worst: tuple[float, str] = (0.0, "")
    filters = {
        "all open": ListFilter(),
        "any status": ListFilter(status="any"),
        "closed": ListFilter(status="closed"),
        "mine": ListFilter(view="mine"),
        "unassigned": ListFilter(view="unassigned"),
        "unread": ListFilter(view="unread"),
        "unread, any status": ListFilter(view="unread", status="any"),
    }
    middle = Cursor(datetime.now(UTC) - timedelta(days=180), UUID(int=2**128 - 1))
    with org_scope(org_id):
        for name, wanted in filters.items():
            for place, after in (("first page", None), ("deep page", middle)):

                async def read(wanted: ListFilter = wanted, after: Cursor | None = after) -> object:
                    async with unit_of_work() as session:
                        return await conversations.page(session, viewer, wanted, after)

                samples = await timed(read, 40)
                worst = max(worst, (percentile(samples, 0.95), f"{name}, {place}"))
                lines.append(Row(f"list: {name}, {place}", "p95 ≤ 50 ms", ms(samples, 0.5, 0.95), ""))
        async with unit_of_work() as session:
            page = await conversations.page(session, viewer, ListFilter())
        ids = [UUID(row["id"]) for row in page.rows]
        by_key = text("select * from conversations where id = any(:ids)")

        async def floor() -> object:
            async with unit_of_work() as session:
                return (await session.execute(by_key, {"ids": ids})).all()

        floor_samples = await timed(floor, 40)

        async def open_one() -> object:
            async with unit_of_work() as session:
                return await conversations.timeline(session, random.choice(ids))

        timeline = await timed(open_one, 40)

        async def badge() -> object:
            async with unit_of_work() as session:
                return await conversations.unread_total(session, viewer)

        unread = await timed(badge, 40)
    floor_words = ms(floor_samples, 0.5, 0.95)
    note = "50 rows by primary key"
    return [
        Row(
            f"conversation list, {CONVERSATIONS:,} conversations / {CONVERSATIONS * ITEMS_EACH:,} items, worst filter",
            "p95 ≤ 50 ms",
            f"p95 {worst[0] * 1000:.1f} ms ({worst[1]})",
            floor_words,
            note,
        ),
        *[Row(line.path, line.target, line.measured, floor_words) for line in lines],
        Row("timeline: last 50 items", "", ms(timeline, 0.5, 0.95), floor_words),
        Row("unread badge", "", ms(unread, 0.5, 0.95), floor_words),
    ]


async def _fill() -> tuple[UUID, list[UUID]]:
    users = [User(email=f"{new_id()}@example.com", name="Bench", password_hash="none") for _ in range(5)]
    with platform_scope("fill a benchmark"):
        async with unit_of_work() as session:
            session.add_all(users)
            await session.flush()
            organization = Organization(name="Bench", owner_id=users[0].id)
            session.add(organization)
            await session.flush()
            session.add_all(
                OrganizationMember(org_id=organization.id, user_id=user.id, email=user.email, full_name=user.name)
                for user in users
            )
    org_id, user_ids = organization.id, [user.id for user in users]
    statements = [
        "insert into contacts (id, created_at, updated_at, org_id, name, phone_number, company, notes)"
        " select gen_random_uuid(), now(), now(), :org, 'Contact ' || n, '+1415' || lpad(n::text, 7, '0'), '', ''"
        " from generate_series(1, :count) n",
        "insert into conversations (id, created_at, updated_at, org_id, contact_id, status, assignee_id, answer_mode,"
        " needs_person, last_seq, last_item_at, last_preview, last_channel, last_direction, last_author_kind,"
        " last_status)"
        " select gen_random_uuid(), now(), now(), :org, id,"
        " case when random() < 0.7 then 'open' when random() < 0.9 then 'closed' else 'snoozed' end,"
        " case when random() < 0.3 then (cast(:users as uuid[]))[1 + floor(random() * 5)::int] end, 'ai', false, :each,"
        " now() - random() * interval '365 days', 'A preview of what was said last in this conversation', 'sms',"
        " 'inbound', 'contact', 'received' from contacts where org_id = :org",
        "insert into conversation_items (id, created_at, updated_at, org_id, conversation_id, seq, kind, channel,"
        " direction, author_kind, author_name, body, status, happened_at, data)"
        " select gen_random_uuid(), now(), now(), :org, id, n, 'message', 'sms',"
        " case n % 2 when 0 then 'outbound' else 'inbound' end, case n % 2 when 0 then 'agent' else 'contact' end, '',"
        " 'Message number ' || n || ' of a conversation about opening hours and prices', 'delivered',"
        " last_item_at - (:each - n) * interval '1 minute', '{}' from conversations, generate_series(1, :each) n"
        " where org_id = :org",
        "insert into conversation_unreads (id, created_at, updated_at, org_id, conversation_id, user_id, unread_count)"
        " select gen_random_uuid(), now(), now(), :org, id, (cast(:users as uuid[]))[1], 1 from conversations"
        " where org_id = :org and random() < 0.02",
    ]
    parameters = {"org": org_id, "count": CONVERSATIONS, "each": ITEMS_EACH, "users": user_ids}
    with platform_scope("fill a benchmark"):
        for statement in statements:
            async with unit_of_work() as session:
                await session.execute(text("set local statement_timeout = 0"))
                used = {name: value for name, value in parameters.items() if f":{name}" in statement}
                await session.execute(text(statement), used)
    with psycopg.connect(conninfo(), autocommit=True) as owner:
        owner.execute("vacuum analyze contacts, conversations, conversation_items, conversation_unreads")
    return org_id, user_ids
