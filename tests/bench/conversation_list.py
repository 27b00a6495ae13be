"""Measure one page of the conversation list over 200,000 conversations and 2,000,000 items, filtered and searched."""

import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
from sqlalchemy import text

from backend.conversations import service as conversations
from backend.conversations.schemas import Cursor, ListFilter
from backend.core import clock
from backend.core.db import conninfo
from backend.core.ids import new_id
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.models.accounts import User
from backend.models.agents import AgentConfig
from backend.models.organizations import Organization, OrganizationMember, Team
from backend.models.tags import Tag
from tests.bench.measure import Row, ms, percentile, timed

CONVERSATIONS = 200_000
ITEMS_EACH = 10

_TARGET = "p95 ≤ 50 ms"


async def rows() -> list[Row]:
    """Fill one large organization (and a small one beside it), then time every filter and the floor."""
    org_id, users, things = await _fill()
    viewer = users[0]
    lines: list[Row] = []
    worst: dict[bool, tuple[float, str]] = {False: (0.0, ""), True: (0.0, "")}
    filters = {
        "chat (1 in 10)": ListFilter(channel="chat"),
        "email (1 in 10,000)": ListFilter(channel="email"),
        "outbound": ListFilter(direction="outbound"),
        "agent (1 in 3)": ListFilter(agent_id=things["agent"]),
        "team (1 in 20)": ListFilter(team_id=things["team"]),
        "common tag (1 in 10)": ListFilter(tag_id=things["common"]),
        "rare tag (1 in 2,000)": ListFilter(tag_id=things["rare"]),
        "needs a person (1 in 500)": ListFilter(needs_person=True),
        "negative": ListFilter(sentiment="negative"),
        "a month": ListFilter(since=clock.ago(days=60), until=clock.ago(days=30)),
        "mentions": ListFilter(view="mentions"),
        "email, mine, negative, a tag (nothing)": ListFilter(
            view="mine", channel="email", sentiment="negative", tag_id=things["rare"]
        ),
        "search: word in every message": ListFilter(search="message"),
        "search: word in 1 of 10 conversations": ListFilter(search="refund"),
        "search: word in 1 of 100 conversations": ListFilter(search="gutters"),
        "search: word in 1 of 10,000 conversations": ListFilter(search="zeppelin"),
        "search: beginning of a word": ListFilter(search="zepp"),
        "search: word nobody said": ListFilter(search="xylophone"),
        "search: two words": ListFilter(search="refund prices"),
        "search: name": ListFilter(search="Contact 199"),
        "search: number": ListFilter(search="0123456"),
        "search: rare word, closed, chat": ListFilter(search="zeppelin", status="closed", channel="chat"),
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
                is_search = name.startswith("search")
                worst[is_search] = max(worst[is_search], (percentile(samples, 0.95), f"{name}, {place}"))
                lines.append(Row(f"list: {name}, {place}", "" if is_search else _TARGET, ms(samples, 0.5, 0.95), ""))
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
    size = f"{CONVERSATIONS:,} conversations / {CONVERSATIONS * ITEMS_EACH:,} items"
    at_worst = {is_search: f"p95 {seconds * 1000:.1f} ms ({what})" for is_search, (seconds, what) in worst.items()}
    return [
        Row(f"conversation list, {size}, worst filter", _TARGET, at_worst[False], floor_words, note),
        # A search is judged where it is seen: `painted` times it up to drawn rows.
        Row(f"conversation list, {size}, worst search", "", at_worst[True], floor_words, note),
        *[Row(line.path, line.target, line.measured, floor_words) for line in lines],
        Row("timeline: last 50 items", "", ms(timeline, 0.5, 0.95), floor_words),
        Row("unread badge", "", ms(unread, 0.5, 0.95), floor_words),
    ]


async def _fill() -> tuple[UUID, list[UUID], dict[str, UUID]]:
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
            agent = AgentConfig(org_id=organization.id, name="Bench")
            team = Team(org_id=organization.id, name="Bench")
            tags = [Tag(org_id=organization.id, name=name, colour="blue") for name in ("common", "rare")]
            session.add_all([agent, team, *tags])
            await session.flush()
    org_id, user_ids = organization.id, [user.id for user in users]
    things = {"agent": agent.id, "team": team.id, "common": tags[0].id, "rare": tags[1].id}
    statements = [
        "insert into contacts (id, created_at, updated_at, org_id, name, phone_number, company, notes)"
        " select gen_random_uuid(), now(), now(), :org, 'Contact ' || n, '+1415' || lpad(n::text, 7, '0'), '', ''"
        " from generate_series(1, :count) n",
        "insert into conversations (id, created_at, updated_at, org_id, contact_id, status, assignee_id, answer_mode,"
        " needs_person, last_seq, last_item_at, last_preview, last_channel, last_direction, last_author_kind,"
        " last_status, agent_id, team_id, sentiment)"
        " select gen_random_uuid(), now(), now(), :org, id,"
        " case when random() < 0.7 then 'open' when random() < 0.9 then 'closed' else 'snoozed' end,"
        " case when random() < 0.3 then (cast(:users as uuid[]))[1 + floor(random() * 5)::int] end, 'ai',"
        " random() < 0.002, :each,"
        " now() - random() * interval '365 days', 'A preview of what was said last in this conversation',"
        " case when random() < 0.0001 then 'email' when random() < 0.1 then 'chat' else 'sms' end,"
        " case when random() < 0.5 then 'inbound' else 'outbound' end, 'contact', 'received',"
        " case when random() < 0.33 then cast(:agent as uuid) end,"
        " case when random() < 0.05 then cast(:team as uuid) end,"
        " case when random() < 0.1 then 'negative' when random() < 0.3 then 'positive' else 'neutral' end"
        " from contacts where org_id = :org",
        "insert into conversation_items (id, created_at, updated_at, org_id, conversation_id, seq, kind, channel,"
        " direction, author_kind, author_name, body, status, happened_at, data)"
        " select gen_random_uuid(), now(), now(), :org, id, n, 'message', 'sms',"
        " case n % 2 when 0 then 'outbound' else 'inbound' end, case n % 2 when 0 then 'agent' else 'contact' end, '',"
        " 'Message number ' || n || ' of a conversation about opening hours and prices'"
        " || case when n <> 3 then '' when dice < 0.0001 then ' zeppelin' when dice < 0.01 then ' gutters'"
        " when dice < 0.1 then ' refund' else '' end, 'delivered',"
        " last_item_at - (:each - n) * interval '1 minute', '{}'"
        " from (select *, random() dice from conversations where org_id = :org) c, generate_series(1, :each) n",
        "insert into conversation_tags (id, created_at, updated_at, org_id, conversation_id, tag_id)"
        " select gen_random_uuid(), now(), now(), :org, id, :common from conversations"
        " where org_id = :org and random() < 0.1",
        "insert into conversation_tags (id, created_at, updated_at, org_id, conversation_id, tag_id)"
        " select gen_random_uuid(), now(), now(), :org, id, :rare from conversations"
        " where org_id = :org and random() < 0.0005",
        "insert into conversation_unreads (id, created_at, updated_at, org_id, conversation_id, user_id, unread_count)"
        " select gen_random_uuid(), now(), now(), :org, id, (cast(:users as uuid[]))[1], 1 from conversations"
        " where org_id = :org and random() < 0.02",
    ]
    parameters = {**things, "org": org_id, "count": CONVERSATIONS, "each": ITEMS_EACH, "users": user_ids}
    # Words are indexed when all are there, which takes a minute instead of five.
    words = "conversation_items_words"
    with psycopg.connect(conninfo(), autocommit=True) as owner:
        owner.execute(f"drop index {words}")
    with platform_scope("fill a benchmark"):
        for statement in statements:
            async with unit_of_work() as session:
                await session.execute(text("set local statement_timeout = 0"))
                used = {name: value for name, value in parameters.items() if f":{name}" in statement}
                await session.execute(text(statement), used)
    with psycopg.connect(conninfo(), autocommit=True) as owner:
        owner.execute(f"create index {words} on conversation_items using gin (words)")
        owner.execute(
            "vacuum analyze contacts, conversations, conversation_items, conversation_unreads, conversation_tags"
        )
    return org_id, user_ids, things
