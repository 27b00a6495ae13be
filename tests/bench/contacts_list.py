"""Measure one page of the contacts list over 100,000 contacts, in every order, filtered and searched."""

from uuid import UUID

import psycopg
from sqlalchemy import text

from backend.contacts import service as contacts
from backend.contacts.schemas import ContactFilter, Show, Sort
from backend.core.db import conninfo
from backend.core.ids import new_id
from backend.core.tenancy import org_scope, platform_scope, unit_of_work
from backend.models.accounts import User
from backend.models.organizations import Organization
from backend.models.tags import Tag
from tests.bench.measure import Row, ms, percentile, timed

CONTACTS = 100_000
RUNS = 30

_TARGET = "p95 ≤ 50 ms"


async def rows() -> list[Row]:
    """Fill one organization, then time every order, filter and search, first page and deep page, and the floor."""
    org_id, tags = await _fill()
    filters: dict[str, ContactFilter] = {
        f"by {sort}{', descending' if down else ''}": ContactFilter(sort=sort, is_descending=down)
        for sort in Sort
        for down in (False, True)
    }
    filters |= {
        "common tag (1 in 5)": ContactFilter(tag_ids=(tags["common"],)),
        "rare tag (1 in 5,000)": ContactFilter(tag_ids=(tags["rare"],)),
        "two tags, by activity": ContactFilter(tag_ids=tuple(tags.values()), sort=Sort.ACTIVITY, is_descending=True),
        "blocked (1 in 1,000)": ContactFilter(show=Show.BLOCKED),
        "opted out (1 in 100)": ContactFilter(show=Show.OPTED_OUT),
        "whitelisted (1 in 10,000)": ContactFilter(show=Show.WHITELISTED),
        "a country (1 in 50)": ContactFilter(country="CA"),
        "search: in every name": ContactFilter(search="person"),
        "search: a first name (1 in 20)": ContactFilter(search="dana"),
        "search: one letter": ContactFilter(search="z"),
        "search: a whole name (1)": ContactFilter(search="person 54321"),
        "search: part of a number": ContactFilter(search="0054321"),
        "search: part of an address": ContactFilter(search="p777@"),
        "search: nobody": ContactFilter(search="xylophone"),
        "search: a first name, rare tag, by company": ContactFilter(
            search="dana", tag_ids=(tags["rare"],), sort=Sort.COMPANY
        ),
    }
    worst: tuple[float, str] = (0.0, "")
    lines: list[Row] = []
    with org_scope(org_id):
        for name, wanted in filters.items():
            for place, after in (("first page", ""), ("deep page", await _deep(wanted))):
                if place == "deep page" and not after:
                    continue

                async def read(wanted: ContactFilter = wanted, after: str = after) -> object:
                    async with unit_of_work() as session:
                        return await contacts.page(session, wanted, after)

                samples = await timed(read, RUNS)
                # A search is judged where it is seen: `painted` times it up to drawn rows.
                target = "" if name.startswith("search") else _TARGET
                if target:
                    worst = max(worst, (percentile(samples, 0.95), f"{name}, {place}"))
                lines.append(Row(f"contacts: {name}, {place}", target, ms(samples, 0.5, 0.95), ""))
        async with unit_of_work() as session:
            ids = [UUID(row["id"]) for row in (await contacts.page(session)).rows]
        by_key = text("select * from contacts where id = any(:ids)")

        async def floor() -> object:
            async with unit_of_work() as session:
                return (await session.execute(by_key, {"ids": ids})).all()

        async def counted() -> object:
            async with unit_of_work() as session:
                return await contacts.count(session)

        floor_words = ms(await timed(floor, RUNS), 0.5, 0.95)
        total = ms(await timed(counted, RUNS), 0.5, 0.95)
    return [
        Row(
            f"contacts list, {CONTACTS:,} contacts, worst filter",
            _TARGET,
            f"p95 {worst[0] * 1000:.1f} ms ({worst[1]})",
            floor_words,
            "50 rows by primary key",
        ),
        *[Row(line.path, line.target, line.measured, floor_words) for line in lines],
        Row("contacts: how many there are", "", total, floor_words),
    ]


async def _deep(wanted: ContactFilter) -> str:
    """Return a place far into a list: behind its first 5,000 rows."""
    async with unit_of_work() as session:
        return (await contacts.page(session, wanted, limit=5000)).next


async def _fill() -> tuple[UUID, dict[str, UUID]]:
    with platform_scope("fill a benchmark"):
        async with unit_of_work() as session:
            user = User(email=f"{new_id()}@example.com", name="Bench", password_hash="none")
            session.add(user)
            await session.flush()
            organization = Organization(name="Bench", owner_id=user.id)
            session.add(organization)
            await session.flush()
            tags = {name: Tag(org_id=organization.id, name=name, colour="blue") for name in ("common", "rare")}
            session.add_all(tags.values())
            await session.flush()
    org_id = organization.id
    statements = [
        "insert into contacts (id, created_at, updated_at, org_id, name, phone_number, email, company, notes, country,"
        " is_whitelisted, blocked_at) select gen_random_uuid(), now() - n * interval '1 minute',"
        " now() - random() * interval '300 days', :org,"
        " (array['Dana','Ben','Kim','Zoe','Ana','Raj','Mei','Tom','Ida','Leo','Eva','Max','Sam','Lea','Jon','Amy',"
        "'Nia','Oli','Uma','Vic'])[1 + n % 20] || ' Person ' || n, '+1415' || lpad(n::text, 7, '0'),"
        " 'p' || n || '@example.com', 'Company ' || (n * 7919) % 3000, '',"
        " case when n % 50 = 0 then 'CA' else 'US' end, n % 10000 = 0,"
        " case when n % 1000 = 0 then now() end from generate_series(1, :count) n",
        "insert into conversations (id, created_at, updated_at, org_id, contact_id, status, answer_mode, needs_person,"
        " last_seq, last_item_at, last_preview, last_channel, last_direction, last_author_kind, last_status)"
        " select gen_random_uuid(), now(), now(), :org, id, 'open', 'ai', false, 1,"
        " now() - random() * interval '365 days', '', 'sms', 'inbound', 'contact', 'received'"
        " from contacts where org_id = :org and random() < 0.6",
        "insert into contact_tags (id, created_at, updated_at, org_id, contact_id, tag_id)"
        " select gen_random_uuid(), now(), now(), :org, id, :common from contacts"
        " where org_id = :org and random() < 0.2",
        "insert into contact_tags (id, created_at, updated_at, org_id, contact_id, tag_id)"
        " select gen_random_uuid(), now(), now(), :org, id, :rare from contacts"
        " where org_id = :org and random() < 0.0002",
        "insert into sms_opt_outs (id, created_at, updated_at, org_id, service_number, phone_number, is_opted_out,"
        " keyword, changed_at) select gen_random_uuid(), now(), now(), :org, '+14155550100', phone_number, true,"
        " 'STOP', now() from contacts where org_id = :org and random() < 0.01",
    ]
    known = {"org": org_id, "count": CONTACTS, **{name: tag.id for name, tag in tags.items()}}
    with platform_scope("fill a benchmark"):
        for statement in statements:
            async with unit_of_work() as session:
                await session.execute(text("set local statement_timeout = 0"))
                used = {name: value for name, value in known.items() if f":{name}" in statement}
                await session.execute(text(statement), used)
    with psycopg.connect(conninfo(), autocommit=True) as owner:
        owner.execute("vacuum analyze contacts, conversations, contact_tags, sms_opt_outs")
    return org_id, {name: tag.id for name, tag in tags.items()}
