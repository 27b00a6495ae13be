"""A process that is killed in the middle of sending leaves nothing half done, and the message leaves once."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from uuid import UUID

import psycopg
from sqlalchemy import make_url

from backend.core import clock
from backend.skills import delivering, running
from tests.backend.skills.conftest import FOLLOW_UP, NOON
from tests.backend.skills.test_running import take_away

ROOT = Path(__file__).parents[3]
PROGRAM = """
import asyncio, sys
from datetime import datetime
from uuid import UUID
from backend.core import clock
from backend.skills import delivering

async def deliver():
    with clock.at(datetime.fromisoformat(sys.argv[3])):
        await delivering.deliver(UUID(sys.argv[1]), UUID(sys.argv[2]))

asyncio.run(deliver())
"""
HELD = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query ilike '%conversation_items%'"


async def test_a_kill_between_the_text_and_its_mark_sends_once(committed, make_shop, database, eventually):
    shop = await make_shop()
    address = make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        found = await shop.save("post_call_followup", FOLLOW_UP)
        await shop.talk()
        with clock.at(NOON):
            await running.look(shop.org.org_id, found.id)
            await running.run_due()
        [one] = [given["delivery_id"] for name, given in await shop._jobs() if name == running.DELIVER]
        async with await psycopg.AsyncConnection.connect(address) as gate:
            # Where the text is stored and its line of the timeline is not yet, the process stands before this lock.
            await gate.execute("lock table conversation_items in share mode")
            killed = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                PROGRAM,
                str(shop.org.org_id),
                one,
                NOON.isoformat(),
                cwd=ROOT,
                env={**os.environ, "DATABASE_URL": database},
            )
            async with await psycopg.AsyncConnection.connect(address, autocommit=True) as watch:

                async def stands():
                    return (await (await watch.execute(HELD)).fetchone())[0]

                await eventually(stands)
            killed.send_signal(signal.SIGKILL)
            await killed.wait()
        assert await shop.texts() == []
        assert await shop.history(found.id) == [("Mia Chen", "waiting")]
        with clock.at(NOON):
            for _ in range(2):
                await delivering.deliver(shop.org.org_id, UUID(one))
        assert len(await shop.texts()) == 1
        assert await shop.history(found.id) == [("Mia Chen", "sent")]
    finally:
        await take_away(shop.org.org_id)
