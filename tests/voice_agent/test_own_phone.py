"""The carrier joins a person's own telephone with whom they call, and no voice process takes part."""

import pytest

from backend.calls import service as calls
from backend.core.tenancy import unit_of_work
from backend.organizations import service as organizations
from tests.backend.calls.conftest import CALLER
from tests.conftest import PATIENT_S

OWN = "+14155550155"
TALKS_MS = 600_000


@pytest.fixture
async def placed(line, carrier):
    """A call by a phone whose owner presses what the screen shows, to a customer who picks up."""
    with line.org.scope():
        async with unit_of_work() as session:
            await organizations.set_own_phone(session, line.org.owner, OWN)
        async with unit_of_work() as session:
            number = line.number.phone_number
            call = await calls.place_by_own_phone(session, line.org.owner, CALLER, number)
            found = await calls.own_phone_stage(session, call.id)
    await behaves(carrier, OWN, digits=found["key"], talks_ms=TALKS_MS)
    await behaves(carrier, CALLER, talks_ms=TALKS_MS)
    return call


async def behaves(carrier, number, **how):
    (await carrier.put(f"/sandbox/lines/{number}", json=how)).raise_for_status()


async def become(line, eventually, run_jobs, status):
    async def is_so():
        await run_jobs()
        (record,) = await line.calls()
        return record if record.status == status else None

    return await eventually(is_so, PATIENT_S)


async def other_of(carrier, sid):
    """Return the telephone that the carrier rang for one that is on the line."""
    known = (await carrier.get("/sandbox/calls")).json()
    return next(one for one in known if one["parent_sid"] == sid)


async def test_the_two_talk_until_the_customer_puts_the_phone_down(line, placed, carrier, eventually, run_jobs):
    record = await become(line, eventually, run_jobs, "in_progress")
    other = await other_of(carrier, record.vendor_call_id)
    assert (other["from"], other["to"]) == (line.number.phone_number, CALLER)
    (await carrier.post(f"/sandbox/calls/{other['sid']}/hang-up")).raise_for_status()
    record = await become(line, eventually, run_jobs, "completed")
    assert (record.disposition, record.agent_id) == ("answered_by_person", None)
    with line.org.scope():
        async with unit_of_work() as session:
            assert (await organizations.own_phone(session, line.org.owner.user_id)).is_proven


async def test_the_page_ends_both_lines(line, placed, carrier, eventually, run_jobs):
    record = await become(line, eventually, run_jobs, "in_progress")
    with line.org.scope():
        async with unit_of_work() as session:
            await calls.terminate(session, line.org.owner, str(placed.id))
    await become(line, eventually, run_jobs, "completed")

    async def is_put_down():
        return (await other_of(carrier, record.vendor_call_id))["status"] == "completed"

    await eventually(is_put_down, PATIENT_S)


async def test_a_customer_who_is_busy_ends_it_with_that_reason(line, placed, carrier, eventually, run_jobs):
    await behaves(carrier, CALLER, answers="busy")
    record = await become(line, eventually, run_jobs, "busy")
    assert (record.disposition, record.disposition_reason) == ("busy", "The line was busy.")
