"""What people ask of a call: who may, when, and what they are answered."""

import pytest

from backend.calls import service as calls
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work


@pytest.fixture
async def held(line):
    """A call with an agent on the line."""
    record = await line.begin()
    await line.tell(record.id, "agent.joined", source="worker")
    return record.id


async def whisper(org, call_id, words="Offer Tuesday."):
    with org.scope():
        async with unit_of_work() as session:
            return await calls.whisper(session, org.owner, call_id, words)


async def test_a_whisper_stands_in_the_log_from_whom_and_is_answered_once(line, held):
    request = await whisper(line.org, held, " Offer\nTuesday. ")
    (asked,) = await calls.requests(held)
    assert (asked.id, asked.by, asked.data["text"]) == (request, "Ana Silva", "Offer Tuesday.")
    assert not (await calls.answer_to_request(line.org.org_id, held, request, 0)).is_done
    told = {"request": request}
    assert await line.tell(held, calls.DONE, source="worker", **told)
    assert (await calls.requests(held))[0].is_answered
    assert (await calls.answer_to_request(line.org.org_id, held, request, 0)).is_done
    await line.tell(held, calls.FAILED, source="worker", reason="The call is ending already.", **told)
    assert (await calls.answer_to_request(line.org.org_id, held, request, 0)).reason == "The call is ending already."
    with line.org.scope():
        async with unit_of_work() as session:
            (said,) = (await calls.transcript(session, held)).lines
    assert (said["who"], said["by"], said["text"]) == ("whisper", "Ana Silva", "Offer Tuesday.")


async def test_a_note_stands_in_the_transcript_also_when_the_call_has_ended(line, held):
    await line.tell(held, "call.ended", seconds=5, status="completed")
    with line.org.scope():
        async with unit_of_work() as session:
            await calls.note(session, line.org.owner, held, "Rings back on Monday.")
            (said,) = (await calls.transcript(session, held)).lines
    assert (said["who"], said["by"], said["text"]) == ("note", "Ana Silva", "Rings back on Monday.")
    assert await calls.requests(held) == []


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([], "no_agent_on_line"),
        (["agent.joined", "agent.left"], "no_agent_on_line"),
        (["agent.joined", "agent.lost"], "no_agent_on_line"),
        (["agent.joined", "call.ended"], "call_ended"),
    ],
)
async def test_nothing_can_be_asked_where_no_agent_is_on_the_line(line, events, code):
    record = await line.begin()
    for number, kind in enumerate(events):
        await line.tell(record.id, kind, seconds=number, source="worker")
    with pytest.raises(Conflict) as refused:
        await whisper(line.org, record.id)
    assert refused.value.code == code
    assert await calls.requests(record.id) == []


async def test_a_call_of_another_organization_is_none(line, held, make_org):
    other = await make_org("Elsewhere")
    with pytest.raises(NotFound):
        await whisper(other, held)
    with pytest.raises(NotFound):
        await whisper(line.org, new_id())


@pytest.mark.parametrize("number", ["+14155550177", "+14155550132", "12", ""])
async def test_a_caller_is_put_through_to_another_telephone_alone(line, held, number):
    with line.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(Invalid) as refused:
                await calls.transfer(session, line.org.owner, held, number)
    assert refused.value.field == "number"


@pytest.mark.parametrize("words", [" ", "x" * 501])
async def test_a_whisper_is_something_and_short(line, held, words):
    with pytest.raises(Invalid):
        await whisper(line.org, held, words)
