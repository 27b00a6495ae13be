"""The hourly sweep takes what has served, and leaves what somebody may still need."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from backend.core import clock, janitor
from backend.core.ids import first_id
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.functions import ToolCall
from backend.models.platform import InboundEvent


async def test_webhooks_go_a_month_after_they_came_unless_nobody_handled_them(db):
    old, fresh = clock.ago(days=31), clock.ago(days=29)
    kept = {"unhandled": (old, None), "fresh": (fresh, fresh)}
    gone = {"handled": (old, old + timedelta(seconds=1))}
    with platform_scope("look after old webhooks in a test"):
        async with unit_of_work() as session:
            for name, (received, processed) in {**kept, **gone}.items():
                session.add(
                    InboundEvent(
                        source="test", kind="x", external_id=name, received_at=received, processed_at=processed
                    )
                )
        await janitor.sweep(0)
        async with unit_of_work() as session:
            left = await session.execute(text("select external_id from inbound_events where source = 'test'"))
            assert set(left.scalars()) == set(kept)


async def test_histories_are_kept_thirteen_months_and_what_has_not_ended_stays(db, org, monkeypatch):
    monkeypatch.setattr(janitor, "AT_ONCE", 1)
    with platform_scope("fill histories for a test"):
        async with unit_of_work() as session:
            made = {}
            for name, age, status in (
                ("old", 400, "ok"), ("older", 500, "failed"), ("waits", 400, "waiting"), ("fresh", 390, "ok")
            ):  # fmt: skip
                row = ToolCall(
                    id=UUID(int=first_id(clock.ago(days=age)).int + len(made)), org_id=org.org_id, key=name,
                    kind="own", name=name, status=status, authority="policy",
                )  # fmt: skip
                made[name] = row
                session.add(row)
        await janitor.sweep_histories(0)
        async with unit_of_work() as session:
            left = await session.execute(text("select name from tool_calls where org_id = :org"), {"org": org.org_id})
            assert set(left.scalars()) == {"waits", "fresh"}
