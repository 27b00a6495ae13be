"""A caller's voice is copied once, kept with their consent, spoken with by their business alone, and forgotten."""

import io
import wave
from dataclasses import replace
from uuid import UUID

import pytest
from sqlmodel import select

from backend.agents import line_tools
from backend.agents import service as agents
from backend.calls import service as calls
from backend.calls import voice_samples
from backend.contacts import erasing
from backend.contacts import service as contacts
from backend.core import clock
from backend.core.errors import Conflict, Invalid, LimitReached, NotAllowed, NotFound, Refused, VendorError
from backend.core.tenancy import unit_of_work
from backend.models.agents import AgentConfig
from backend.models.voices import VoiceCopy
from backend.vocab import MemberRole
from backend.voice_copies import jobs as work
from backend.voice_copies import service as voice_copies
from backend.voice_copies.schemas import Sample
from tests.backend.calls.conftest import jobs_waiting, line  # noqa: F401 - a business and who calls it

ASKED, AGREED = "May we copy your voice?", "Yes, you may"


def wav():
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8_000)
        sound.writeframes(bytes(1_600))
    return file.getvalue()


@pytest.fixture
async def call(line, sandbox):  # noqa: F811
    """A call whose agent takes samples."""
    await change(line, voice_copying=True)
    return await line.begin()


async def change(line, **values):  # noqa: F811
    with line.org.scope():
        async with unit_of_work() as session:
            agent = await session.get_one(AgentConfig, line.agent.id)
            agent.settings = {**agent.settings, **values}
            session.add(agent)


async def given(call):
    return await voice_samples.submit(call.id, Sample(ASKED, AGREED, clock.now(), wav(), 12.0))


async def row(line, copy_id):  # noqa: F811
    with line.org.scope():
        async with unit_of_work() as session:
            return (await session.exec(select(VoiceCopy).where(VoiceCopy.id == copy_id))).first()


async def submit(line, copy_id):  # noqa: F811
    await work.submit(str(line.org.org_id), str(copy_id))


async def at_vendor(sandbox):
    answer = await sandbox.client.get("/v1/voices", headers={"xi-api-key": "sandbox-elevenlabs-key"})
    return {one["voice_id"] for one in answer.json()["voices"] if one["category"] == "cloned"}


@pytest.fixture
async def before(sandbox):
    """What the vendor has of other tests."""
    return await at_vendor(sandbox)


async def removed(line, copy_id):  # noqa: F811
    with line.org.scope():
        async with unit_of_work() as session:
            await voice_copies.remove(session, line.org.owner, copy_id)
    await work.remove(str(line.org.org_id), str(copy_id))


async def test_a_voice_is_made_offered_and_spoken_with_and_its_sample_is_gone(line, call, sandbox, before):  # noqa: F811
    copy_id = await given(call)
    waiting = await row(line, copy_id)
    assert (waiting.contact_id, waiting.call_id, waiting.asked, waiting.agreed) == (
        call.contact_id, call.id, ASKED, AGREED,
    )  # fmt: skip
    await submit(line, copy_id)
    await submit(line, copy_id)
    made = await row(line, copy_id)
    assert (made.status, made.sample) == ("ready", "")
    assert await at_vendor(sandbox) - before == {made.vendor_voice_id}
    stored = voice_copies.id_of(made)
    with line.org.scope():
        async with unit_of_work() as session:
            assert [one.id for one in await voice_copies.ready(session)] == [stored]
            line.agent = await agents.update(session, line.org.owner, line.agent.id, voice_id=stored)
            [seen] = await voice_copies.rows(session, line.org.owner)
    assert (seen["used_by"], seen["agreed"]) == (["Ava"], AGREED)
    assert (await calls.brief((await line.begin()).id)).settings["voice_id"] == made.vendor_voice_id

    await removed(line, copy_id)
    assert await row(line, copy_id) is None
    assert await at_vendor(sandbox) == before
    assert (await calls.brief((await line.begin()).id)).settings["voice_id"] == agents.DEFAULT_VOICE


async def test_a_voice_whose_answer_was_lost_is_found_and_not_made_twice(line, call, sandbox, before):  # noqa: F811
    copy_id = await given(call)
    # The look before it passes, the answer to the making is lost.
    await sandbox.client.put(
        "/sandbox/faults",
        json=[{"target": "elevenlabs.voices", "kind": "accept_then_error", "status": 503, "times": 2}],
    )
    for _ in range(2):
        with pytest.raises(VendorError):
            await submit(line, copy_id)
    await submit(line, copy_id)
    assert (await row(line, copy_id)).status == "ready"
    assert len(await at_vendor(sandbox) - before) == 1


async def test_a_sample_the_vendor_will_not_have_is_gone_and_says_so(line, call, sandbox, before):  # noqa: F811
    copy_id = await given(call)
    await sandbox.client.put("/sandbox/faults", json=[{"target": "elevenlabs.voices", "kind": "error", "status": 400}])
    await submit(line, copy_id)
    failed = await row(line, copy_id)
    assert (failed.status, failed.sample, failed.failure) == ("failed", "", "ElevenLabs answered 400.")
    await sandbox.client.delete("/sandbox/faults")
    # What came to nothing stands in nobody's way.
    await submit(line, await given(call))
    assert len(await at_vendor(sandbox) - before) == 1


async def test_a_job_that_gave_up_leaves_neither_sample_nor_voice(line, call, sandbox, before):  # noqa: F811
    copy_id = await given(call)
    await work.give_up(str(line.org.org_id), str(copy_id))
    given_up = await row(line, copy_id)
    assert (given_up.status, given_up.sample) == ("failed", "")
    await submit(line, copy_id)
    assert await at_vendor(sandbox) == before


@pytest.mark.parametrize(
    "settings",
    [{"voice_copying": False}, {"pii_storage": "redacted"}, {"pii_storage": "disabled"}],
)
async def test_nothing_is_taken_where_it_is_off_or_not_everything_is_kept(line, call, settings):  # noqa: F811
    await change(line, **settings)
    brief = await calls.brief(call.id)
    assert line_tools.COPY_VOICE not in [one.name for one in line_tools.offers(brief.settings, "")]
    with pytest.raises(Refused):
        await voice_samples.allow(call.id)
    with pytest.raises(Refused):
        await given(call)


async def test_nothing_is_taken_where_nobody_knows_the_agent_any_more(line, call):  # noqa: F811
    with line.org.scope():
        async with unit_of_work() as session:
            await session.delete(await session.get_one(AgentConfig, line.agent.id))
    with pytest.raises(Refused):
        await given(call)


async def test_one_voice_of_a_person_and_ten_of_a_business(line, call, monkeypatch):  # noqa: F811
    await voice_samples.allow(call.id)
    await given(call)
    with pytest.raises(Conflict):
        await voice_samples.allow(call.id)
    with pytest.raises(Conflict):
        await given(call)
    monkeypatch.setattr(voice_copies, "MOST", 1)
    line.caller = "+14155550178"
    other = await line.begin()
    with pytest.raises(LimitReached):
        await given(other)


async def test_a_caller_is_asked_three_times_a_day_at_most(line, call):  # noqa: F811
    for _ in range(voice_samples.MOST_A_DAY):
        await voice_samples.allow(call.id)
    with pytest.raises(LimitReached):
        await voice_samples.allow(call.id)


async def test_only_owners_remove_and_no_other_business_sees_or_speaks_with_it(line, call, make_org):  # noqa: F811
    copy_id = await given(call)
    await submit(line, copy_id)
    stored = voice_copies.id_of(await row(line, copy_id))
    member = replace(line.org.owner, member_role=MemberRole.EDITOR)
    with line.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotAllowed):
                await voice_copies.remove(session, member, copy_id)
    other = await make_org()
    with other.scope():
        async with unit_of_work() as session:
            assert await voice_copies.rows(session, other.owner) == []
            with pytest.raises(NotFound):
                await voice_copies.remove(session, other.owner, copy_id)
            theirs = await agents.create(session, other.owner, "inbound_voice", "Eva")
            for wish in (agents.update(session, other.owner, theirs.id, voice_id=stored),
                         agents.edit(session, other.owner, theirs.id, {"voice_id": stored})):  # fmt: skip
                with pytest.raises(Invalid):
                    await wish
            settings = await voice_copies.spoken_with(session, {"voice_id": stored}, "nobody")
    assert settings == {"voice_id": "nobody"}


async def test_whoever_is_erased_is_forgotten_at_the_vendor(line, call, sandbox, before, jobs_waiting):  # noqa: F811
    copy_id = await given(call)
    await submit(line, copy_id)
    with line.org.scope():
        async with unit_of_work() as session:
            begun = await contacts.erase(session, line.org.owner, call.contact_id, "Asked")
    voice_id = (await row(line, copy_id)).vendor_voice_id
    await erasing.run(line.org.org_id, UUID(begun["id"]))
    assert await row(line, copy_id) is None
    assert ("voice_copies.forget", {"vendor_voice_id": voice_id}) in await jobs_waiting()
    await work.forget(voice_id)
    assert await at_vendor(sandbox) == before
