"""A call that ended is read once, if its agent keeps words at all, and nothing is noted that it does not bear out."""

import pytest

from backend.agents import service as agents
from backend.calls import jobs as call_jobs
from backend.calls import privacy
from backend.core.tenancy import unit_of_work
from tests.backend.agents.conftest import script, script_server  # noqa: F401 - the scripted model
from tests.backend.calls.test_listing import say, spoken

NOTES = {
    "summary": "The caller asked about Sunday. The agent said 10 to 4. The card is 4111.",
    "outcome": "resolved",
    "sentiment": "positive",
    "action_items": ["Call back on Monday", "Refund 500 dollars"],
}


async def talked(line, *lines: str):
    call = await line.begin()
    await line.tell(call.id, "agent.joined", source="worker")
    await say(call, *lines)
    await line.tell(call.id, "call.ended", 60, status="completed", duration_s=60)
    return call


async def read(line, call) -> None:
    await call_jobs.read(str(line.org.org_id), str(call.id))


async def stored(line):
    (call,) = await line.calls()
    return call


async def store_words(line, mode: str) -> None:
    with line.org.scope():
        async with unit_of_work() as session:
            line.agent = await agents.update(session, line.org.owner, line.agent.id, pii_storage=mode)


async def test_a_call_that_was_answered_is_read_when_it_ends(line, jobs_waiting):
    missed = await line.begin()
    await line.tell(missed.id, "call.ended", status="no_answer")
    call = await talked(line, "Are you open Sunday?", "Yes, 10 to 4.")
    await line.tell(call.id, "call.ended", 61, source="worker", status="completed")
    assert [told["call_id"] for _, told in await jobs_waiting("calls.read")] == [str(call.id)]


async def test_notes_hold_only_what_was_said(line, script):  # noqa: F811
    call = await talked(line, "Are you open Sunday?", "Yes, 10 to 4. We will call back on Monday.")
    script.says(script.calls(("keep_call_notes", NOTES)))
    await read(line, call)
    kept = await stored(line)
    assert kept.summary == "The caller asked about Sunday. The agent said 10 to 4."
    assert (kept.outcome, kept.sentiment, kept.action_items) == ("resolved", "positive", ["Call back on Monday"])
    (item,) = await line.timeline()
    assert item["data"]["summary"] == kept.summary
    script.says(script.calls(("keep_call_notes", {**NOTES, "summary": "Another."})))
    await read(line, call)
    assert (await stored(line)).summary == kept.summary


async def test_nothing_is_kept_or_read_of_what_an_agent_may_not_store(line, script):  # noqa: F811
    await store_words(line, "disabled")
    call = await talked(line, "My name is Dana.", "Hello.")
    await read(line, call)
    assert (await spoken(line, call)).lines == []
    assert script.requests == []
    assert (await stored(line)).summary == ""


async def test_numbers_and_addresses_are_taken_out_before_they_are_stored(line, script):  # noqa: F811
    await store_words(line, "redacted")
    call = await talked(line, "Call 415 555 0177 or write to dana@example.com.", "Thank you.")
    assert (await spoken(line, call)).lines[0]["text"] == "Call [removed] or write to [removed]."
    script.says(script.calls(("keep_call_notes", {**NOTES, "summary": "Write to dana@example.com."})))
    await read(line, call)
    assert "dana" not in (await stored(line)).summary


async def test_words_are_withheld_when_nobody_can_tell_what_the_agent_promised(line):
    call = await line.begin()
    with line.org.scope():
        async with unit_of_work() as session:
            call.agent_id = None
            assert await privacy.mode_of(session, call) == privacy.WITHHELD


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("It is four one five, five five five.", "It is [removed]."),
        ("quatre cinq six", "[removed]"),
        ("I am dana at mail dot com", "I am [removed]"),
        ("Card 4111-1111 1111 1111 please", "Card [removed] please"),
        ("Two teas at ten, thanks", "Two teas at ten, thanks"),
        ("We are four", "We are four"),
        ("My name is Dana Ruiz and I am late", "My name is [removed] and I am late"),
        ("I live at 410 Pier Street", "I live at [removed]"),
    ],
)
def test_numbers_are_known_by_how_people_say_them(said, kept):
    assert privacy.without_personal(said) == kept
