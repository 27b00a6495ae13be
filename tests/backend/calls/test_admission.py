"""Only a stream with a ticket of ours carries a call: this call, soon, once, and while somebody is on the line."""

from datetime import timedelta

import pytest

from backend.calls import service as calls
from backend.calls import tickets
from backend.core import clock
from backend.core.errors import Conflict, NotAllowed, NotFound
from backend.core.ids import new_id
from tests.backend.calls.calling import INBOUND, form, given_to_stream, post


async def test_the_ticket_of_the_instructions_lets_in_once(line, api):
    given = given_to_stream(await post(api, INBOUND, form()))
    (call,) = await line.calls()
    assert (await calls.admit(call.id, given["ticket"])).call_id == call.id
    with pytest.raises(NotAllowed, match="used"):
        await calls.admit(call.id, given["ticket"])


async def test_a_ticket_is_for_one_call_and_for_two_minutes(line):
    first, second = await line.begin(), await line.begin()
    ticket = tickets.issue(first.id)
    with pytest.raises(NotAllowed):
        await calls.admit(second.id, ticket)
    with clock.at(clock.now() + timedelta(seconds=tickets.VALID_S + 1)), pytest.raises(NotAllowed, match="old"):
        await calls.admit(first.id, ticket)


async def test_nobody_comes_into_a_call_that_ended_or_is_none(line):
    call = await line.begin()
    await line.tell(call.id, "call.ended", status="completed")
    with pytest.raises(Conflict):
        await calls.admit(call.id, tickets.issue(call.id))
    nobodys = new_id()
    with pytest.raises(NotFound):
        await calls.admit(nobodys, tickets.issue(nobodys))


@pytest.mark.parametrize("ticket", ["", ".", "x.y", "1.", "99999999999.00", "9" * 400 + ".a", "1.\ud800", "²3.a", "\0"])
async def test_what_is_no_ticket_is_refused(line, ticket):
    call = await line.begin()
    with pytest.raises(NotAllowed):
        await calls.admit(call.id, ticket)
