"""People are added to a call: all hear each other, anybody may leave, and the lead mutes them and takes them out."""

import asyncio
from uuid import UUID

import numpy as np
import pytest

from backend.calls import conference, desk, inviting, passes
from backend.calls.passes import Door
from backend.core.ids import new_id
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.accounts import User
from backend.models.organizations import OrganizationMember
from backend.sandbox import spoken
from backend.vocab import MemberRole
from tests.backend.calls.conftest import CALLER
from tests.voice_agent import dialling
from tests.voice_agent.dialling import Customer, told
from tests.voice_agent.page import opened
from voice_agent.legs.taps import Side
from voice_agent.worker import Worker

ADDED = "+14155550111"


@pytest.fixture
async def worker(carrier):
    made = Worker(1)
    async with dialling.at_work(made):
        yield made


@pytest.fixture
async def page(worker):
    async with opened() as made:
        yield made


@pytest.fixture
async def customer(line, page, carrier, eventually, run_jobs):
    """Somebody whom the person at the page has called."""
    made = Customer(carrier, eventually)
    for number in (CALLER, ADDED):
        await made.reaches(number, answers="person", talks_ms=600_000)
    with line.org.scope():
        async with unit_of_work() as session:
            call = await desk.place(session, line.org.owner, CALLER, line.number.phone_number)
    await page.send("start", **{"pass": passes.issue(line.org.owner, Door.DESK, call.id)})
    await page.until("ready")
    await run_jobs()
    (record,) = await line.calls()
    made.follows(record.vendor_call_id)
    await page.until("answered")
    return made


async def do(line, act, *values, **more):
    (call,) = await line.calls()
    with line.org.scope():
        async with unit_of_work() as session:
            return await act(session, line.org.owner, call.id, *values, **more)


async def parties(line):
    (call,) = await line.calls()
    with line.org.scope():
        async with unit_of_work() as session:
            return await conference.parties(session, call.id)


async def is_at(line, stage):
    return [one for one in await parties(line) if one["stage"] == stage]


async def added(line, customer, eventually, run_jobs):
    """Return whoever was added, once they are in the call."""
    await do(line, conference.add, ADDED)
    await run_jobs()
    other = await customer.elsewhere(ADDED)
    await eventually(lambda: is_at(line, "joined"), dialling.PATIENT_S)
    return other


async def test_everybody_hears_everybody_and_the_others_stay_when_the_person_leaves(
    line, page, worker, customer, eventually, run_jobs
):
    other = await added(line, customer, eventually, run_jobs)
    assert "adds you to a call" in (await other.call())["heard"][0]
    await other.says("Hello both")
    await asyncio.gather(page.hears("Hello both"), customer.hears("Hello both"))
    await page.speak("This is Leo")
    await asyncio.gather(customer.hears("This is Leo"), other.hears("This is Leo"))
    await page.send("bye")
    (call,) = await line.calls()

    async def is_gone():
        return not worker.desks.find(call.id).is_there

    await eventually(is_gone, dialling.PATIENT_S)
    await customer.says("And I am Dana")
    await other.hears("And I am Dana")
    await other.hangs_up()
    await customer.is_put_down()
    record = await dialling.over(line, worker, eventually, run_jobs)
    assert record.disposition == "answered_by_person"
    assert [one["reason"] for one in await parties(line)] == ["They put the phone down."]


async def test_who_is_muted_is_heard_by_nobody_and_who_is_taken_out_is_gone(
    line, page, worker, customer, eventually, run_jobs
):
    other = await added(line, customer, eventually, run_jobs)
    [party] = await parties(line)
    call = worker.desks.find((await line.calls())[0].id).conference
    await do(line, conference.mute, party["id"])
    await eventually(lambda: holds(call, is_muted=True), dialling.PATIENT_S)
    ear = Ear(call)
    await other.says("Nobody hears this")
    await eventually(ear.has_heard, dialling.PATIENT_S)
    # Whom they hear is not changed by it.
    await page.speak("Can you hear me")
    await other.hears("Can you hear me")
    await do(line, conference.mute, party["id"], is_over=True)
    await eventually(lambda: holds(call, is_muted=False), dialling.PATIENT_S)
    await other.says("Now you hear me")
    await asyncio.gather(page.hears("Now you hear me"), customer.hears("Now you hear me"))
    assert not any("Nobody" in one for one in (*page.heard, *(await customer.call())["heard"]))
    await do(line, conference.put_out, party["id"])
    await other.is_put_down()
    await customer.says("Are they gone?")
    await page.hears("Are they gone?")
    [gone] = await is_at(line, "gone")
    assert gone["reason"].endswith("took them out.")
    await customer.hangs_up()
    await dialling.over(line, worker, eventually, run_jobs)


class Ear:
    """What comes in over the line of who was added, whoever is given it."""

    def __init__(self, call):
        [self._line] = [one.line for one in call.members.values() if one.name != "person"]
        self._listener, self._heard = spoken.Listener(self._line.taps.rate), []
        self._line.taps.add(self)

    def hear(self, side, samples, rate):
        if side == Side.CALLER:
            self._heard += self._listener.hear(np.frombuffer(samples, np.int16))

    async def has_heard(self):
        return self._heard


async def holds(call, **wanted):
    return any(
        all(getattr(member, name) == value for name, value in wanted.items())
        for member in call.members.values()
        if member.name != "person"
    )


async def test_the_call_ends_for_everybody_when_the_other_party_hangs_up(
    line, page, worker, customer, eventually, run_jobs
):
    other = await added(line, customer, eventually, run_jobs)
    await customer.hangs_up()
    await page.until("ended")
    await other.is_put_down()
    await dialling.over(line, worker, eventually, run_jobs)
    assert await eventually(lambda: is_at(line, "gone"), dialling.PATIENT_S)


async def test_nobody_joins_whose_telephone_is_not_answered_and_the_page_says_why(
    line, page, worker, customer, eventually, run_jobs
):
    await customer.reaches(ADDED, answers="busy")
    await do(line, conference.add, ADDED)
    await run_jobs()
    [gone] = await eventually(lambda: is_at(line, "gone"), dialling.PATIENT_S)
    assert gone["reason"] == "The line was busy."
    await page.send("bye")
    await customer.is_put_down()
    await dialling.over(line, worker, eventually, run_jobs)


async def test_a_colleague_joins_at_their_browser_and_has_the_call_when_the_person_leaves(
    line, page, worker, customer, make_org, eventually, run_jobs
):
    leo = await colleague(line)
    await do(line, inviting.invite, leo.user_id)
    (call,) = await line.calls()
    [row] = await invited(line, leo)
    assert (row["by"], row["call"]) == (line.org.owner.name, str(call.id))
    async with opened(f"/{call.id}") as theirs:
        shown = passes.issue(leo, Door.JOIN, UUID(row["id"]))
        await theirs.send("start", **{"pass": shown})
        await theirs.until("answered")
        assert not await invited(line, leo)
        await customer.says("Two of you now")
        await asyncio.gather(page.hears("Two of you now"), theirs.hears("Two of you now"))
        await page.send("bye")
        await theirs.speak("I go on with you")
        await customer.hears("I go on with you")
        await theirs.send("bye")
    await customer.is_put_down()
    await dialling.over(line, worker, eventually, run_jobs)


async def colleague(line):
    with platform_scope("add somebody to the team"):
        async with unit_of_work() as session:
            email = f"{new_id().hex}@example.com"
            user = User(email=email, name="Leo Park", password_hash="none")
            session.add(user)
            await session.flush()
            member = OrganizationMember(
                org_id=line.org.org_id, user_id=user.id, email=email, full_name="Leo Park", status="approved"
            )
            session.add(member)
    return Principal(user.id, line.org.org_id, "Leo Park", email, MemberRole.SUPPORT)


async def invited(line, person):
    with line.org.scope():
        async with unit_of_work() as session:
            return await inviting.invitations(session, person)


async def test_an_agent_is_silent_while_somebody_is_there_and_goes_on_knowing_what_was_said(
    line, worker, carrier, eventually, run_jobs, patience
):
    customer = Customer(carrier, eventually)
    await customer.dial(line.number.phone_number)
    await customer.reaches(ADDED, answers="person", talks_ms=600_000)
    await customer.hears("North Dental.")
    await eventually(lambda: told(line, "transcript.line"), dialling.PATIENT_S)
    other = await added(line, customer, eventually, run_jobs)
    await other.says("I am the driver")
    await customer.hears("I am the driver")
    await customer.says("Where are you now?")
    await other.hears("Where are you now?")

    async def is_written():
        return {one.data["text"]: one.data for one in await told(line, "transcript.line")}.get("I am the driver")

    kept = await eventually(is_written, dialling.PATIENT_S)
    assert (kept["who"], kept["by"]) == ("person", "(415) 555-0111")
    before = len((await customer.call())["heard"])
    # By name the agent is asked, and everybody hears its answer.
    await other.says("Ava, do you open on Monday?")
    await eventually(lambda: has_heard(customer, before + 2), dialling.PATIENT_S)
    question, answer = (await customer.call())["heard"][before : before + 2]
    assert "Monday" in question
    await other.hears(answer)
    await other.hangs_up()
    # The agent has the caller again, and says so.
    await customer.hears("This is Ava again")
    await customer.hangs_up()
    await dialling.over(line, worker, eventually, run_jobs)


async def has_heard(customer, times):
    return len((await customer.call())["heard"]) >= times
