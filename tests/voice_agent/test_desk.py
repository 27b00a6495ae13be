"""A person calls a telephone from their browser: both hear each other, keys are tones, and whoever goes ends it."""

import numpy as np
import pytest

from backend.calls import desk, passes
from backend.calls.passes import Door
from backend.core.errors import NotAllowed
from backend.core.tenancy import unit_of_work
from backend.numbers import service as numbers
from tests.backend.calls.conftest import CALLER
from tests.voice_agent import dialling
from tests.voice_agent.dialling import Customer, told
from tests.voice_agent.page import opened
from voice_agent.legs import ulaw
from voice_agent.legs.keys import tones
from voice_agent.legs.pacing import PCMU
from voice_agent.worker import Worker


@pytest.fixture
async def worker(carrier):
    # Room for one: the person who calls was counted when they sat down.
    made = Worker(1)
    async with dialling.voice(made):
        yield made


@pytest.fixture
async def page(worker):
    async with opened() as made:
        yield made


async def placed(line):
    with line.org.scope():
        async with unit_of_work() as session:
            return await desk.place(session, line.org.owner, CALLER, line.number.phone_number)


async def picked_up(line, page, carrier, eventually, run_jobs):
    customer = Customer(carrier, eventually)
    await customer.reaches(CALLER, answers="person", talks_ms=600_000)
    call = await placed(line)
    await page.send("start", **{"pass": passes.issue(line.org.owner, Door.DESK, call.id)})
    await page.until("ready")
    await run_jobs()
    (record,) = await line.calls()
    customer.follows(record.vendor_call_id)
    await page.until("answered")
    return customer


async def test_both_hear_each_other_and_the_person_ends_the_call(line, page, worker, carrier, eventually, run_jobs):
    customer = await picked_up(line, page, carrier, eventually, run_jobs)
    await page.speak("Hello, this is Leo")
    await customer.hears("Hello, this is Leo")
    await customer.says("Who is calling?")
    await page.hears("Who is calling?")
    await page.send("bye")
    await customer.is_put_down()
    record = await dialling.over(line, worker, eventually, run_jobs)
    assert (record.disposition, record.agent_id) == ("answered_by_person", None)
    assert len(await told(line, "person.joined")) == 1
    # Nobody chose that it is written down.
    assert not await told(line, "transcript.line")


async def test_what_people_say_is_written_down_where_their_number_says_so_and_paid_for(
    line, page, worker, carrier, eventually, run_jobs
):
    await choose(line, "yes")
    customer = await picked_up(line, page, carrier, eventually, run_jobs)
    await page.speak("Hello, this is Leo")
    await customer.says("Who is calling?")

    async def is_written():
        said = {one.data["text"]: (one.data["who"], one.data["by"]) for one in await told(line, "transcript.line")}
        return said if len(said) > 1 else None

    said = await eventually(is_written, dialling.PATIENT_S)
    assert said == {"Hello, this is Leo": ("person", line.org.owner.name), "Who is calling?": ("caller", "")}
    await customer.hangs_up()
    await dialling.over(line, worker, eventually, run_jobs)
    assert len(await told(line, "captions.began")) == 1


async def choose(line, value):
    with line.org.scope():
        async with unit_of_work() as session:
            await numbers.set_answering(session, line.org.owner, line.number.id, "written_down", value)


async def test_who_is_called_may_hang_up_and_the_page_is_told(line, page, worker, carrier, eventually, run_jobs):
    customer = await picked_up(line, page, carrier, eventually, run_jobs)
    await customer.hangs_up()
    await page.until("ended")
    await dialling.over(line, worker, eventually, run_jobs)


async def test_a_person_who_leaves_while_it_rings_leaves_no_call_behind(
    line, page, worker, carrier, eventually, run_jobs
):
    call = await placed(line)
    await page.send("start", **{"pass": passes.issue(line.org.owner, Door.DESK, call.id)})
    await page.until("ready")
    await page.send("bye")

    async def is_canceled():
        (record,) = await line.calls()
        return record.status == "canceled"

    await eventually(is_canceled, dialling.PATIENT_S)
    await run_jobs()
    assert not (await line.calls())[0].vendor_call_id


async def test_a_pass_is_worth_nothing_to_another_person(line, committed):
    call = await placed(line)
    other = passes.Pass(Door.DESK, call.id, line.org.org_id, call.id)
    with pytest.raises(NotAllowed):
        await desk.take(other)


def test_keys_are_the_tones_telephones_know():
    for key, hertz in {"1": (697, 1209), "5": (770, 1336), "0": (941, 1336), "#": (941, 1477)}.items():
        sound = np.frombuffer(ulaw.decode(b"".join(tones(key, PCMU))[: ulaw.FRAME * 6]), np.int16)
        power = np.abs(np.fft.rfft(sound))
        loudest = sorted(np.fft.rfftfreq(len(sound), 1 / ulaw.RATE)[np.argsort(power)[-2:]])
        assert all(abs(found - wanted) < 9 for found, wanted in zip(loudest, hertz, strict=True)), key
