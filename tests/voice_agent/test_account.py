"""What waits for its turn to be told is told with the moment it happened, whatever others tell meanwhile."""

import asyncio

from backend.calls import service as calls
from backend.core import clock
from tests.voice_agent.dialling import told
from voice_agent import gateway
from voice_agent.account import Account
from voice_agent.keeping import Kept


async def test_a_line_that_is_told_late_stands_where_it_was_said(line):
    call = await gateway.brief((await line.begin()).id)
    account, may_go_on = Account(call, "line", Kept(call)), asyncio.Event()
    account.later(may_go_on.wait())
    account.said("agent", "North Dental.")
    await calls.append(call.call_id, "magpipe", "taken", "takeover.started", clock.now(), {"by": "Ana Silva"})
    may_go_on.set()
    await account.close()
    kinds = [one.kind for one in await told(line) if one.kind in ("transcript.line", "takeover.started")]
    assert kinds == ["transcript.line", "takeover.started"]
