"""Browsers of the team ring for a caller: who is rung, who has them, and what follows where nobody takes them."""

from datetime import timedelta
from uuid import UUID

import pytest

from backend.agents.line_tools import TRANSFER_CALL, offers
from backend.calls import records, ringing
from backend.calls.deciding import NOT_REACHED
from backend.calls.passes import Door, Pass
from backend.core import clock
from backend.core.errors import Conflict
from backend.core.tenancy import unit_of_work
from backend.inbox import service as inbox
from backend.models.calls import CallRecord, CallWait
from backend.models.numbers import ServiceNumber
from tests.backend.calls.calling import INBOUND, LEG, form, given_to_stream, post, said, verbs


async def answer_by(line, who, **more):
    with line.org.scope():
        async with unit_of_work() as session:
            number = await session.get_one(ServiceNumber, line.number.id)
            number.answered_by, number.has_voicemail = who, False
            for name, value in more.items():
                setattr(number, name, value)
            session.add(number)


async def in_unit(line, work):
    with line.org.scope():
        async with unit_of_work() as session:
            return await work(session)


async def waiting(line, principal=None):
    return await in_unit(line, lambda session: ringing.waiting(session, principal or line.org.owner))


async def rung(api, line, who="people"):
    await answer_by(line, who)
    fields = form()
    answer = await post(api, INBOUND, fields)
    assert verbs(answer) == ["Connect", "Redirect"]
    return fields, given_to_stream(answer)


async def asks_next(api, fields, given, leg="people"):
    return await post(api, f"{LEG}?call={given['call_id']}&leg={leg}", {**fields, "CallStatus": "in-progress"})


async def record(line, given):
    return await in_unit(line, lambda session: session.get_one(CallRecord, UUID(given["call_id"])))


async def test_a_number_of_people_rings_whoever_is_on_duty_and_nobody_who_is_away(api, line):
    _, given = await rung(api, line)
    [row] = await waiting(line)
    assert (row["id"], row["call"], row["is_mine"]) == (given["wait"], given["call_id"], True)
    await in_unit(line, lambda session: inbox.set_preference(session, line.org.owner, "is_away", True))
    [row] = await waiting(line)
    assert not row["is_mine"]
    call = await record(line, given)
    assert (call.status, call.agent_id) == ("ringing", None)


async def test_where_nobody_is_on_duty_the_next_comes_at_once(api, line):
    await in_unit(line, lambda session: inbox.set_preference(session, line.org.owner, "is_away", True))
    await answer_by(line, "people")
    assert said(await post(api, INBOUND, form())) == NOT_REACHED
    await answer_by(line, "people_then_agent")
    answer = await post(api, INBOUND, form())
    assert "wait" not in given_to_stream(answer)


async def test_the_first_of_two_who_answer_has_the_caller_and_the_other_is_told_who_was_faster(api, line, colleague):
    _, given = await rung(api, line)
    await in_unit(line, lambda session: ringing.take(session, colleague, given["wait"]))
    with pytest.raises(Conflict, match=r"Leo Park took this call\."):
        await in_unit(line, lambda session: ringing.take(session, line.org.owner, given["wait"]))
    assert not await waiting(line)
    admitted = Pass(Door.ANSWER, UUID(given["call_id"]), line.org.org_id, colleague.user_id)
    assert (await ringing.admit(admitted)).call_id == UUID(given["call_id"])
    assert await ringing.joined(UUID(given["call_id"]), UUID(given["wait"]), colleague.user_id)
    assert (await record(line, given)).disposition == "answered_by_person"


async def test_whoever_declines_is_rung_no_more_and_when_all_did_it_is_over(api, line, colleague):
    fields, given = await rung(api, line)
    await in_unit(line, lambda session: ringing.decline(session, colleague, given["wait"]))
    assert [row["is_mine"] for row in [*await waiting(line, colleague), *await waiting(line)]] == [False, True]
    await in_unit(line, lambda session: ringing.decline(session, line.org.owner, given["wait"]))
    assert not await waiting(line)
    assert await ringing.due_s(UUID(given["call_id"]), UUID(given["wait"])) is None
    assert said(await asks_next(api, fields, given)) == NOT_REACHED


@pytest.mark.parametrize(
    ("who", "next_verbs"), [("people", ["Say", "Hangup"]), ("people_then_agent", ["Connect", "Redirect"])]
)
async def test_when_the_time_is_up_the_number_says_what_follows(api, line, who, next_verbs):
    fields, given = await rung(api, line, who)
    call_id, wait_id = UUID(given["call_id"]), UUID(given["wait"])
    assert await ringing.due_s(call_id, wait_id) > 0

    async def late(session):
        (await session.get_one(CallWait, wait_id)).ends_at = clock.now() - timedelta(seconds=1)

    await in_unit(line, late)
    assert await ringing.due_s(call_id, wait_id) is None
    for _ in range(2):
        answer = await asks_next(api, fields, given)
        assert verbs(answer) == next_verbs
    if who == "people_then_agent":
        assert "wait" not in given_to_stream(answer)


async def test_it_rings_again_for_a_caller_whom_nobody_came_for(api, line):
    _, given = await rung(api, line)
    call_id, wait_id = UUID(given["call_id"]), UUID(given["wait"])
    await in_unit(line, lambda session: ringing.take(session, line.org.owner, given["wait"]))

    async def long_ago(session):
        (await session.get_one(CallWait, wait_id)).taken_at = clock.now() - timedelta(minutes=1)

    await in_unit(line, long_ago)
    assert await ringing.due_s(call_id, wait_id) > 0
    [row] = await waiting(line)
    assert row["is_mine"]
    with pytest.raises(Conflict):
        await ringing.admit(Pass(Door.ANSWER, call_id, line.org.org_id, line.org.owner.user_id))


async def test_a_line_that_breaks_while_it_rings_ends_the_wait(api, line):
    fields, given = await rung(api, line)
    assert said(await asks_next(api, fields, given)) == NOT_REACHED
    assert not await waiting(line)
    with pytest.raises(Conflict):
        await in_unit(line, lambda session: ringing.take(session, line.org.owner, given["wait"]))


async def test_a_caller_who_hangs_up_is_a_missed_call_whatever_is_told_first(api, line):
    for first in ("carrier", "us"):
        _, given = await rung(api, line)
        call_id = UUID(given["call_id"])
        await line.tell(call_id, "call.answered")
        tellings = [
            lambda call_id=call_id: line.tell(call_id, "call.ended", 3, status="completed", duration_s=3),
            lambda given=given: ringing.gave_up(UUID(given["call_id"]), UUID(given["wait"])),
        ]
        for tell in tellings if first == "carrier" else reversed(tellings):
            await tell()
        call = await record(line, given)
        assert (call.status, call.disposition) == ("completed", "no_answer")
        assert not await waiting(line)


async def test_an_agent_puts_callers_through_to_the_team_where_the_number_says_so(api, line):
    await answer_by(line, "agent_then_people")
    fields = form()
    given = given_to_stream(await post(api, INBOUND, fields))
    brief = await records.brief(UUID(given["call_id"]))
    assert brief.has_team
    assert TRANSFER_CALL in [one.name for one in offers(brief.settings, brief.caller_number, has_team=brief.has_team)]
    # The agent cannot be reached at all: the team is rung.
    answer = await asks_next(api, fields, given, "agent")
    assert verbs(answer) == ["Connect", "Redirect"]
    given = given_to_stream(answer)
    [row] = await waiting(line)
    assert row["id"] == given["wait"]
    # Nobody takes a caller whom the agent put through: they go back to the agent.
    back = await asks_next(api, fields, given, "team")
    assert verbs(back) == ["Connect", "Redirect"]
    assert "wait" not in given_to_stream(back)
