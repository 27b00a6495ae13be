"""An agent's figures count what happened in the business's own days, beside as much of the period before."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from sqlmodel import select

from backend.agents import analytics
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock
from backend.core.errors import Invalid, NotFound
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.models.agents import AgentTurn
from backend.models.organizations import Organization
from backend.vocab import Channel, TurnStatus

# Noon in Toronto, five hours behind.
NOW = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)


@pytest.fixture
def noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


async def took(desk, caller: int, *, ago: timedelta, **more) -> None:
    """Store a turn of the agent that answered a caller so long ago."""
    with desk.org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, f"+1416555{caller:04d}")
            conversation = await conversations.for_contact(session, contact.id)
            usual = {"status": TurnStatus.ANSWERED, "total_ms": 1000, "cost_micros": 500, "sentiment": "neutral"}
            session.add(
                AgentTurn(
                    org_id=desk.org.org_id,
                    conversation_id=conversation.id,
                    agent_id=desk.agent.id,
                    trigger_message_id=new_id(),
                    created_at=NOW - ago,
                    **{**usual, **more},
                )
            )


async def told(desk, days: int = 7, channel: str = "") -> analytics.Report:
    with desk.org.scope():
        async with unit_of_work() as session:
            return await analytics.report(session, desk.agent.id, days, channel)


async def live_in(desk, zone: str) -> None:
    with desk.org.scope():
        async with unit_of_work() as session:
            business = (await session.exec(select(Organization).where(Organization.id == desk.org.org_id))).one()
            business.timezone = zone
            session.add(business)


async def test_a_conversation_is_resolved_when_nothing_was_handed_over_or_left_unanswered(desk, noon):
    day = timedelta(days=1)
    await took(desk, 1, ago=day)
    await took(desk, 1, ago=2 * day)
    await took(desk, 2, ago=day)
    await took(desk, 2, ago=day, status=TurnStatus.HANDED_OFF, sentiment="negative")
    await took(desk, 3, ago=day, is_unanswered=True)
    await took(desk, 4, ago=day, status=TurnStatus.SKIPPED, total_ms=0, cost_micros=40, sentiment="")
    await took(desk, 5, ago=day, status=TurnStatus.RUNNING)
    now = (await told(desk)).now
    assert (now["conversations"], now["answers"], now["resolved"], now["handed_over"], now["unanswered"]) == (
        3,
        5,
        1,
        1,
        1,
    )
    assert (now["positive"], now["neutral"], now["negative"]) == (0, 4, 1)
    # What was thought and not sent was paid for all the same.
    assert now["cost_micros"] == 2540


async def test_days_are_the_business_s_own(desk, noon):
    # Two in the morning in London is the evening before in Toronto.
    await took(desk, 1, ago=NOW - datetime(2026, 11, 18, 2, 0, tzinfo=UTC))
    await live_in(desk, "America/Toronto")
    found = await told(desk)
    assert found.zone == "America/Toronto"
    assert [one["at"][:10] for one in found.moments] == [f"2026-11-{day}" for day in range(12, 19)]
    assert [one["answers"] for one in found.moments] == [0, 0, 0, 0, 0, 1, 0]
    await live_in(desk, "Europe/London")
    assert [one["answers"] for one in (await told(desk)).moments] == [0, 0, 0, 0, 0, 0, 1]


async def test_half_a_day_is_compared_with_half_a_day(desk, noon):
    await live_in(desk, "UTC")
    await took(desk, 1, ago=timedelta(hours=1))
    await took(desk, 2, ago=timedelta(days=1, hours=1))
    await took(desk, 3, ago=timedelta(days=1) - timedelta(hours=1))
    found = await told(desk, days=1)
    assert (found.now["answers"], found.before["answers"]) == (1, 1)
    assert len(found.moments) == 18
    assert found.moments[16]["answers"] == 1


async def test_times_are_what_half_and_nearly_all_answers_took(desk, noon):
    for number in range(19):
        await took(desk, number, ago=timedelta(hours=1), total_ms=1000)
    await took(desk, 20, ago=timedelta(hours=1), total_ms=9000)
    await took(desk, 21, ago=timedelta(hours=1), total_ms=9000)
    now = (await told(desk)).now
    assert now["usual_ms"] == pytest.approx(1000, rel=0.05)
    assert now["slow_ms"] == pytest.approx(9000, rel=0.05)


async def test_one_channel_is_counted_alone(desk, noon):
    await took(desk, 1, ago=timedelta(hours=1), channel=Channel.CHAT)
    await took(desk, 2, ago=timedelta(hours=1))
    assert [(await told(desk, channel=one)).now["answers"] for one in ("", "sms", "chat", "email")] == [2, 1, 1, 0]


async def test_another_business_s_agent_has_no_figures_here(make_desk, db, noon):
    ours, theirs = await make_desk("+14155550132"), await make_desk("+14155550133")
    await took(theirs, 1, ago=timedelta(hours=1))
    with ours.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await analytics.report(session, theirs.agent.id)


async def test_a_period_or_channel_nobody_offers_is_refused(desk):
    for days, channel, field in ((8, "", "days"), (7, "fax", "channel")):
        with pytest.raises(Invalid) as refused:
            await told(desk, days, channel)
        assert refused.value.field == field


async def test_the_figures_are_exported_day_by_day(desk, noon):
    await took(desk, 1, ago=timedelta(hours=1))
    with desk.org.scope():
        async with unit_of_work() as session:
            content = await analytics.table(session, desk.agent.id, 7)
    rows = list(csv.DictReader(StringIO(content.lstrip("\ufeff"))))
    assert len(rows) == 7
    assert (rows[-1]["begins"], rows[-1]["answers"], rows[-1]["cost_usd"]) == ("2026-11-18T00:00:00", "1", "0.000500")
