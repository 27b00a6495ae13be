"""Tickets: opened once, numbered without gaps or repeats, kept by the team, and gone where their contact goes."""

import pytest
from sqlmodel import col, select

from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.errors import Invalid, LimitReached, NotAllowed, NotFound
from backend.core.ids import parse_id
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.platform import SystemEmail
from backend.notifications import service as notifications
from backend.notifications import telling
from backend.support import service as support
from backend.vocab import MemberRole
from tests.backend.conversations.conversing import teammate

pytestmark = pytest.mark.usefixtures("db")


async def contact_of(org, number="+14155550199", name=""):
    with org.scope():
        async with unit_of_work() as session:
            found = await contacts.ensure_by_phone(session, number)
            found.name = name
            session.add(found)
            return found.id


async def opened(org, contact_id=None, who=None, **given):
    contact_id = contact_id or await contact_of(org)
    with org.scope():
        async with unit_of_work() as session:
            values = {"subject": "Broken dryer", **given}
            return await support.open_by_person(session, who or org.owner, values, contact_id=contact_id)


async def changed(org, ticket, who=None, **given):
    with org.scope():
        async with unit_of_work() as session:
            return await support.change(session, who or org.owner, parse_id(ticket["id"]), given)


async def listed(org, after="", limit=50, **wanted):
    with org.scope():
        async with unit_of_work() as session:
            return await support.page(session, support.TicketFilter(**wanted), after, limit)


async def lines(org, ticket):
    with org.scope():
        async with unit_of_work() as session:
            found = await conversations.timeline(session, parse_id(ticket["conversation_id"]))
            return [one["body"] for one in found]


async def test_tickets_are_numbered_by_organization_and_say_what_happened_in_the_timeline(org, make_org):
    first, second = await opened(org), await opened(org)
    other = await opened(await make_org())
    assert [one["ticket_ref"] for one in (first, second, other)] == ["TKT-001001", "TKT-001002", "TKT-001001"]
    assert (first["priority"], first["status"], first["opened_by"]) == ("medium", "open", "Ana Silva")
    shut = await changed(org, first, status="closed")
    assert shut["closed_at"]
    assert not (await changed(org, shut, status="open"))["closed_at"]
    assert await lines(org, first) == [
        "Ana Silva opened ticket TKT-001001: “Broken dryer”",
        "Ana Silva opened ticket TKT-001002: “Broken dryer”",
        "Ana Silva closed ticket TKT-001001",
        "Ana Silva reopened ticket TKT-001001",
    ]


async def test_a_list_is_filtered_searched_and_read_page_by_page(org):
    ben = await teammate(org, "Ben", MemberRole.SUPPORT)
    dana = await contact_of(org, "+14155550188", "Dana Ruiz")
    one = await opened(org, dana, priority="urgent", assigned_to=str(ben.user_id))
    two = await opened(org, subject="A refund of 100 %")
    three = await opened(org, subject="Late parcel")
    await changed(org, three, status="closed")
    found = await listed(org, limit=2)
    assert ([row["id"] for row in found.rows], found.total) == ([three["id"], two["id"]], 3)
    rest = await listed(org, after=found.next, limit=2)
    assert ([row["id"] for row in rest.rows], rest.next) == ([one["id"]], "")
    for wanted, expected in (
        ({"status": "open"}, [two, one]),
        ({"priority": "urgent"}, [one]),
        ({"assigned_to": str(ben.user_id)}, [one]),
        ({"assigned_to": "nobody"}, [three, two]),
        ({"search": "dana"}, [one]),
        ({"search": "100 %"}, [two]),
        ({"search": "tkt-001003"}, [three]),
        ({"search": "_"}, []),
    ):
        page = await listed(org, **wanted)
        assert [row["id"] for row in page.rows] == [row["id"] for row in expected], wanted
        assert page.total == len(expected)
    assert rest.rows[0]["assigned_name"] == "Ben"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"subject": " "}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"description": ["a"]}, "description"),
        ({"priority": "soon"}, "priority"),
        ({"status": "archived"}, "status"),
        ({"assigned_to": "0192e5a0-0000-7000-8000-000000000000"}, "assigned_to"),
        ({"assigned_to": "ben"}, "assigned_to"),
        ({"due_date": "tomorrow"}, "due_date"),
        ({"due_date": 7}, "due_date"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_changed(org, given, field):
    ticket = await opened(org)
    with pytest.raises(Invalid) as refusal:
        await changed(org, ticket, **given)
    assert refusal.value.field == field
    assert (await listed(org)).rows == [ticket]


async def test_an_open_ticket_is_overdue_the_day_after_it_was_due(org):
    ticket = await opened(org, due_date="2026-12-24")
    with clock.at(clock.now().replace(year=2026, month=12, day=25, hour=3)):  # the 24th still in New York
        assert not (await changed(org, ticket, description="Call first"))["is_overdue"]
    with clock.at(clock.now().replace(year=2026, month=12, day=25, hour=12)):
        assert (await changed(org, ticket, priority="low"))["is_overdue"]
        assert not (await changed(org, ticket, status="closed"))["is_overdue"]
    assert (await changed(org, ticket, due_date=None))["due_date"] == ""


async def test_a_ticket_goes_where_its_contact_goes(org):
    keep, drop = await contact_of(org), await contact_of(org, "+14155550188")
    kept, ticket = await opened(org, keep), await opened(org, drop)
    with org.scope():
        async with unit_of_work() as session:
            await contacts.merge(session, org.owner, keep, drop)
    moved, _ = (await listed(org)).rows
    assert (moved["id"], moved["conversation_id"]) == (ticket["id"], kept["conversation_id"])
    assert (await changed(org, moved, status="closed"))["contact_id"] == str(keep)


async def test_a_flood_of_tickets_of_one_customer_stops(org, monkeypatch):
    monkeypatch.setattr(support, "MOST_OPEN", 2)
    first, _ = await opened(org), await opened(org)
    with pytest.raises(LimitReached):
        await opened(org)
    await changed(org, first, status="closed")
    assert (await opened(org))["ticket_ref"] == "TKT-001003"


async def test_a_file_of_tickets_runs_nothing_and_is_for_editors(org):
    await opened(org, subject="=1+1")
    text = "".join([part async for part in support.export(org.owner, support.TicketFilter())])
    assert "'=1+1" in text
    assert text.splitlines()[1].startswith("TKT-001001,open,medium,")
    ben = await teammate(org, "Ben", MemberRole.SUPPORT)
    with pytest.raises(NotAllowed):
        await anext(support.export(ben, support.TicketFilter()))


async def test_another_organizations_ticket_does_not_exist(org, make_org):
    ticket = await opened(org)
    with pytest.raises(NotFound):
        await changed(await make_org(), ticket, status="closed")


async def test_the_team_is_told_of_a_new_ticket_and_its_opener_is_not(org):
    ben = await teammate(org, "Ben", MemberRole.SUPPORT)
    with org.scope():
        async with unit_of_work() as session:
            for who in (org.owner, ben):
                await notifications.change_wishes(
                    session, who, None, "email", enabled=True, address=f"{who.name[:3]}@x.example"
                )
    ticket = await opened(org)
    with org.scope():
        for _ in range(2):
            await telling.tell("new_ticket", parse_id(ticket["conversation_id"]), 1)
    query = select(SystemEmail.recipient, SystemEmail.subject).where(col(SystemEmail.recipient).endswith("@x.example"))
    with platform_scope("read mail in a test"):
        async with unit_of_work() as session:
            assert (await session.exec(query)).all() == [("ben@x.example", "New ticket of (415) 555-0199")]
