"""The hourly sweep takes what has served, and leaves what somebody may still need."""

from datetime import timedelta

from sqlalchemy import text

from backend.core import clock, janitor
from backend.core.tenancy import platform_scope, unit_of_work
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
