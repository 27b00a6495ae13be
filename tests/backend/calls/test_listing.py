"""People find calls by what they were, whom they were with and what was said in them, and read them from the start."""

import csv
from datetime import timedelta
from io import StringIO
from uuid import UUID

import pytest

from backend.calls import service as calls
from backend.core import clock
from backend.core.errors import Invalid, NotFound
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work


async def say(call, *lines: str, first: int = 1) -> None:
    """Tell lines of a call, the caller's and the agent's by turns."""
    for number, text in enumerate(lines, start=first):
        who = "caller" if number % 2 else "agent"
        at = clock.now() + timedelta(seconds=number)
        await calls.append(call.id, "worker", f"line:{number}", "transcript.line", at, {"who": who, "text": text})


async def found(line, after: str = "", limit: int = 50, **wanted):
    with line.org.scope():
        async with unit_of_work() as session:
            return await calls.lines(session, calls.CallListFilter(**wanted), after, limit)


async def spoken(line, call, **place):
    with line.org.scope():
        async with unit_of_work() as session:
            return await calls.transcript(session, call.id, **place)


async def test_calls_are_told_apart_by_what_came_of_them(line):
    missed, talked, live = [await line.begin() for _ in range(3)]
    out = await line.begin("outbound")
    await line.tell(missed.id, "call.ended", status="no_answer")
    await line.tell(talked.id, "agent.joined", source="worker")
    await line.tell(talked.id, "call.ended", 60, status="completed", duration_s=60)
    await line.tell(out.id, "call.ended", status="busy")
    by_result = {
        result: [row["id"] for row in (await found(line, result=result)).rows]
        for result in ("missed", "live", "answered_by_agent", "busy", "")
    }
    assert by_result == {
        "missed": [str(missed.id)],
        "live": [str(live.id)],
        "answered_by_agent": [str(talked.id)],
        "busy": [str(out.id)],
        "": [str(one.id) for one in (out, live, talked, missed)],
    }
    assert [row["id"] for row in (await found(line, direction="outbound")).rows] == [str(out.id)]
    assert (await found(line, service_number="+14155550999")).rows == []
    with pytest.raises(Invalid):
        await found(line, result="nice")


async def test_pages_follow_each_other_without_gap_or_double(line):
    made = [str((await line.begin()).id) for _ in range(5)]
    first = await found(line, limit=2)
    second = await found(line, first.next, limit=2)
    last = await found(line, second.next, limit=2)
    assert [row["id"] for page in (first, second, last) for row in page.rows] == made[::-1]
    assert last.next == ""


async def test_a_call_is_found_by_what_was_said_and_by_whose_it_is(line):
    about_dogs, about_tea = await line.begin(), await line.begin()
    await say(about_dogs, "May I bring my Dáchshund on Tuesday?")
    await say(about_tea, "Do you serve tea?")
    page = await found(line, search="dachs tuesday")
    assert [(row["id"], row["found"]) for row in page.rows] == [
        (str(about_dogs.id), "May I bring my Dáchshund on Tuesday?")
    ]
    assert len((await found(line, search=line.caller)).rows) == 2
    assert (await found(line, search="?!")).rows == []


async def test_what_is_said_in_very_many_calls_is_found_too(line, monkeypatch):
    from backend.calls import listing

    monkeypatch.setattr(listing, "MOST_HITS", 1)
    quiet, talked = await line.begin(), await line.begin()
    await say(talked, "Goodbye.")
    assert [row["id"] for row in (await found(line, search="goodbye")).rows] == [str(talked.id)]
    assert [row["id"] for row in (await found(line, search=line.caller)).rows] == [str(talked.id), str(quiet.id)]


async def test_nobody_finds_what_was_said_to_another_business(line, make_org):
    call = await line.begin()
    await say(call, "The secret is marmalade.")
    other = await make_org()
    with other.scope():
        async with unit_of_work() as session:
            assert (await calls.lines(session, calls.CallListFilter(search="marmalade"))).rows == []
            with pytest.raises(NotFound):
                await calls.transcript(session, call.id)
            assert await calls.happenings(session, call.id) == []


async def test_what_was_said_is_read_from_the_start_and_live_from_the_end(line):
    call = await line.begin()
    await line.tell(call.id, "agent.joined", source="worker")
    await say(call, *(f"Line {number}" for number in range(1, 6)))
    newest = await spoken(line, call, limit=2)
    assert ([one["text"] for one in newest.lines], newest.has_earlier) == (["Line 4", "Line 5"], True)
    before = await spoken(line, call, before=UUID(newest.lines[0]["id"]), limit=2)
    assert [one["text"] for one in before.lines] == ["Line 2", "Line 3"]
    await line.tell(call.id, "call.ended", 60, status="completed")
    first = await spoken(line, call, limit=2)
    assert ([one["text"] for one in first.lines], first.has_later) == (["Line 1", "Line 2"], True)
    rest = await spoken(line, call, after=UUID(first.lines[-1]["id"]))
    assert ([one["text"] for one in rest.lines], rest.has_later) == (["Line 3", "Line 4", "Line 5"], False)
    with line.org.scope():
        async with unit_of_work() as session:
            kinds = [one["kind"] for one in await calls.happenings(session, call.id)]
    assert kinds == ["agent.joined", "call.ended"]


async def test_an_export_holds_every_call_and_runs_nothing(line, monkeypatch):
    from backend.calls import exporting

    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    for purpose in ("=cmd()", "Confirm Tuesday"):
        await line.begin("outbound", purpose=purpose)
    content = "".join([piece async for piece in calls.export(line.org.owner, calls.CallListFilter())])
    rows = list(csv.DictReader(StringIO(content.removeprefix("\ufeff"))))
    assert [row["purpose"] for row in rows] == ["Confirm Tuesday", "'=cmd()"]
    assert rows[0]["number"] == line.caller


async def test_a_call_says_in_the_list_what_it_came_to(line):
    call = await line.begin()
    (row,) = await line.rows()
    assert row["preview"] == "Incoming call"
    await line.tell(call.id, "agent.joined", source="worker")
    (row,) = await line.rows()
    assert row["preview"] == "Call in progress"
    await line.tell(call.id, "call.ended", 130, status="completed", duration_s=130)
    (row,) = await line.rows()
    (item,) = await line.timeline()
    assert row["preview"] == item["body"] == "Call, 2 min"
    assert not item["data"]["is_missed"]


async def test_a_call_nobody_took_was_missed(line):
    call = await line.begin()
    await line.tell(call.id, "call.ended", status="canceled")
    (row,) = await line.rows()
    (item,) = await line.timeline()
    assert (row["preview"], item["data"]["is_missed"]) == ("Missed call", True)


async def test_nobodys_call_has_no_transcript(line):
    with line.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await calls.transcript(session, new_id())
            with pytest.raises(NotFound):
                await calls.line(session, new_id())
