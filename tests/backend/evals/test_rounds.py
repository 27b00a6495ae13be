"""A round plays every case once and to its end, touches nothing real, and says what became of each check."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import inspect, text

from backend.agents import service as agents
from backend.core import clock
from backend.core.config import settings
from backend.core.errors import Conflict, Invalid, LimitReached, NotAllowed, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work
from backend.evals import jobs as eval_jobs
from backend.evals import playing, queries, rounds
from backend.evals import service as evals
from backend.vocab import MemberRole
from tests.backend.agents.test_functions import booking, order, teach
from tests.conftest import PATIENT_S

OPEN = {"opening": ["When do you open?"], "checks": [{"kind": "said", "text": "at nine"}]}


@pytest.fixture
def one_at_a_time(monkeypatch):
    """The one transaction of a test has one connection."""
    monkeypatch.setattr(rounds, "AT_ONCE", 1)


pytestmark = pytest.mark.usefixtures("one_at_a_time")


async def count(org_id, table):
    with platform_scope("count rows in a test"):
        async with unit_of_work() as session:
            return (
                await session.execute(text(f"select count(*) from {table} where org_id = :org"), {"org": org_id})
            ).scalar_one()


async def test_a_case_passes_when_every_check_does_and_says_why_it_fails(desk, suite_of, run_suite, script):
    suite = await suite_of(
        desk, good=OPEN, bad={**OPEN, "checks": [*OPEN["checks"], {"kind": "never_said", "text": "nine"}]}
    )
    script.says("We open at nine.")
    head, runs = await run_suite(desk, suite)
    assert (head["status"], head["passed"], head["failed"], head["done"]) == ("done", 1, 1, 2)
    assert [line["text"] for line in runs["good"]["lines"]] == ["When do you open?", "We open at nine."]
    assert [(one["verdict"], one["line"]) for one in runs["bad"]["checks"]] == [("pass", 0), ("pass", 2), ("fail", 2)]
    assert runs["good"]["cost_micros"] > 0
    with desk.org.scope():
        async with unit_of_work() as session:
            why = await evals.why(session, UUID(runs["good"]["id"]), 2)
            assert "Rules of this channel" in why["prompt"]
            with pytest.raises(NotFound):
                await evals.why(session, UUID(runs["good"]["id"]), 1)


async def test_a_test_touches_nothing_real(desk, suite_of, run_suite, script, sandbox, monkeypatch):
    monkeypatch.setattr(settings(), "private_origins", sandbox.url)
    await sandbox.client.delete("/business/requests")
    await teach(desk, **order(sandbox))
    await teach(desk, **booking(sandbox))
    tables = ("agent_turns", "tool_calls", "contacts", "conversations", "conversation_items", "sms_messages")
    before = [await count(desk.org.org_id, table) for table in (*tables, "knowledge_gaps")]
    suite = await suite_of(
        desk,
        books={
            "opening": ["I am Dana. Where is order 1042?", "Book Friday."],
            "results": [
                {"tool": "look_up_order", "arguments": [{"name": "number", "value": "7"}], "result": "lost"},
                {"tool": "look_up_order", "result": "It was shipped."},
            ],
            "checks": [
                {"kind": "tool_called", "tool": "look_up_order", "arguments": [{"name": "number", "value": "1042"}]},
                {"kind": "tool_called", "tool": "book_visit"},
                {"kind": "handed_over"},
            ],
        },
    )
    script.says(
        script.calls(("look_up_order", {"number": "1042"}), ("save_contact_name", {"name": "Dana"})),
        "It was shipped.",
        script.calls(("book_visit", {"day": "Friday"}), ("hand_over_to_person", {"reason": "asks"})),
        "Done, a colleague will write.",
    )
    _, runs = await run_suite(desk, suite)
    assert runs["books"]["status"] == "passed", runs["books"]["checks"]
    told = [message for message in script.requests[1]["messages"] if message["role"] == "tool"]
    assert "It was shipped." in told[0]["content"]
    assert "goes by “Dana”" in script.requests[2]["messages"][0]["content"]
    assert (await sandbox.client.get("/business/requests")).json() == {"requests": []}
    assert [await count(desk.org.org_id, table) for table in (*tables, "knowledge_gaps")] == before


async def test_details_of_a_case_are_known_and_found_out(desk, suite_of, run_suite, script):
    wanted = [{"name": "party_size", "var_type": "number"}, {"name": "day", "read_back": True}]
    await desk.change(dynamic_variables=wanted)
    checks = [
        {"kind": "detail", "name": "party_size", "how": "equals", "value": "4"},
        {"kind": "detail", "name": "day"},
    ]
    suite = await suite_of(
        desk,
        known={
            "opening": ["Friday, please.", "Yes."],
            "facts": {"name": "Dana", "details": {"party_size": "4"}, "known": ["Sits outside."]},
            "checks": checks,
        },
    )
    save = script.calls(("save_details", {"day": "Friday"}))
    script.says(save, "Friday, right?", save, "Noted.")
    _, runs = await run_suite(desk, suite)
    assert runs["known"]["status"] == "passed", runs["known"]["checks"]
    prompt = script.requests[0]["messages"][0]["content"]
    assert "party_size: 4" in prompt
    assert "Sits outside." in prompt


async def test_a_played_customer_goes_on_until_they_have_what_they_want(desk, suite_of, run_suite, sandbox):
    await desk.teach("Hours", "We open at nine on weekdays. Parking is free behind the house.")
    suite = await suite_of(
        desk,
        plays={
            "opening": ["When do you open on Monday?"],
            "persona": "In a hurry",
            "goal": "Is parking free?",
            "checks": [
                {"kind": "ended", "ending": "reached"},
                {"kind": "said", "text": "free behind the house"},
                {"kind": "used_source", "text": "Hours"},
                {"kind": "judge", "question": "Is parking free behind the house?"},
                {"kind": "judge", "question": "Did it mention the swimming pool?"},
            ],
        },
        endless={"goal": "A? B? C? D?", "max_turns": 2, "checks": [{"kind": "ended", "ending": "out_of_turns"}]},
    )
    _, runs = await run_suite(desk, suite)
    assert [one["who"] for one in runs["plays"]["lines"]] == ["customer", "agent"] * 2
    verdicts = [one["verdict"] for one in runs["plays"]["checks"]]
    assert verdicts == ["pass", "pass", "pass", "pass", "pass", "fail"], runs["plays"]
    assert (runs["endless"]["status"], runs["endless"]["turns"]) == ("passed", 2)


async def test_an_unclear_judge_and_a_model_that_fails_are_no_pass(desk, suite_of, run_suite, script):
    suite = await suite_of(desk, judged={**OPEN, "checks": [{"kind": "judge", "question": "Is it polite?"}]})
    script.says("At nine.", '[{"answer": "maybe", "because": "Hard to say."}]')
    _, runs = await run_suite(desk, suite)
    assert runs["judged"]["status"] == "failed"
    assert runs["judged"]["checks"][-1]["verdict"] == "maybe"
    script.says(400)
    head, runs = await run_suite(desk, suite)
    assert (head["errors"], runs["judged"]["status"]) == (1, "error")
    assert runs["judged"]["error"] == "The language model did not answer."


async def test_hours_count_when_the_clock_is_pinned_and_only_then(desk, suite_of, run_suite, script):
    await desk.change(texts_schedule={"mon": [["09:00", "17:00"]]}, schedule_timezone="America/New_York")
    silent = {"opening": ["Hello?"], "checks": [{"kind": "ended", "ending": "silent"}]}
    suite = await suite_of(
        desk,
        closed={**silent, "clock": "2026-11-22T12:00"},
        opened={"opening": ["Hello?"], "clock": "2026-11-23T09:30"},
        whenever={"opening": ["Hello?"]},
        asleep={"opening": ["Hello?"], "clock": "2026-11-22T12:00"},
    )
    _, runs = await run_suite(desk, suite)
    assert [runs[name]["status"] for name in ("closed", "opened", "whenever", "asleep")] == [
        "passed", "passed", "passed", "failed",
    ]  # fmt: skip
    assert "Monday, 23 November 2026, 09:30" in script.requests[0]["messages"][0]["content"]
    assert len(script.requests) == 2


async def test_a_crash_loses_at_most_the_turn_it_happened_in(desk, suite_of, script, monkeypatch):
    suite = await suite_of(desk, long={"opening": ["One", "Two"], "checks": [{"kind": "said", "text": "second"}]})
    script.says("The first answer.", "The second answer.")
    with desk.org.scope():
        async with unit_of_work() as session:
            begun = await evals.run_suite(session, desk.org.owner, desk.agent.id, suite.id)
    calm, broken = playing._next, []

    async def breaks(play):
        if len(play.lines) == 2 and not broken:
            broken.append(True)
            raise RuntimeError("the process died")
        return await calm(play)

    monkeypatch.setattr(playing, "_next", breaks)
    for _ in range(2):
        await eval_jobs.go_on(str(desk.org.org_id), begun["id"])
    with desk.org.scope():
        async with unit_of_work() as session:
            head, (run,) = await evals.show_round(session, UUID(begun["id"]))
            whole = await evals.run(session, UUID(run["id"]))
    assert (head["status"], run["status"], run["turns"]) == ("done", "passed", 2)
    assert [line["text"] for line in whole["lines"]] == ["One", "The first answer.", "Two", "The second answer."]
    assert len(script.requests) == 2


async def test_what_always_breaks_is_given_up(desk, suite_of, script, monkeypatch):
    suite = await suite_of(desk, broken=OPEN)

    async def breaks(play):
        raise RuntimeError("always")

    monkeypatch.setattr(playing, "_next", breaks)
    with desk.org.scope():
        async with unit_of_work() as session:
            begun = await evals.run_suite(session, desk.org.owner, desk.agent.id, suite.id)
    for _ in range(playing.MOST_ATTEMPTS + 1):
        await eval_jobs.go_on(str(desk.org.org_id), begun["id"])
    with desk.org.scope():
        async with unit_of_work() as session:
            head, (run,) = await evals.show_round(session, UUID(begun["id"]))
    assert (head["status"], run["status"], run["error"]) == ("done", "error", "This was interrupted again and again.")


async def test_a_round_that_is_stopped_plays_no_further(desk, suite_of, script, monkeypatch):
    suite = await suite_of(desk, first={"opening": ["One", "Two", "Three"]}, second=OPEN)
    with desk.org.scope():
        async with unit_of_work() as session:
            begun = await evals.run_suite(session, desk.org.owner, desk.agent.id, suite.id)
    calm = playing._next

    async def stops(play):
        if len(play.lines) == 2:
            async with unit_of_work() as session:
                await evals.cancel(session, desk.org.owner, UUID(begun["id"]))
        return await calm(play)

    monkeypatch.setattr(playing, "_next", stops)
    await eval_jobs.go_on(str(desk.org.org_id), begun["id"])
    with desk.org.scope():
        async with unit_of_work() as session:
            head, runs = await evals.show_round(session, UUID(begun["id"]))
            with pytest.raises(Conflict):
                await evals.cancel(session, desk.org.owner, UUID(begun["id"]))
    assert head["status"] == "cancelled"
    assert [one["status"] for one in runs] == ["cancelled", "cancelled"]
    assert runs[0]["turns"] == 1


async def test_a_round_whose_job_was_buried_ends_and_says_what_was_not_played(desk, suite_of):
    suite = await suite_of(desk, first=OPEN, second=OPEN)
    with desk.org.scope():
        async with unit_of_work() as session:
            begun = await evals.run_suite(session, desk.org.owner, desk.agent.id, suite.id, 0)
    for _ in range(2):
        await eval_jobs.give_up(str(desk.org.org_id), begun["id"])
    with desk.org.scope():
        async with unit_of_work() as session:
            head, runs = await evals.show_round(session, UUID(begun["id"]))
    assert head["status"] == "done"
    assert [(one["status"], one["error"]) for one in runs] == [("error", rounds.GAVE_UP)] * 2


async def test_two_versions_stand_side_by_side(desk, suite_of, run_suite, script):
    suite = await suite_of(desk, hours=OPEN, price={**OPEN, "checks": [{"kind": "never_said", "text": "nine"}]})
    script.says("At nine.")
    before, _ = await run_suite(desk, suite, 1)
    with desk.org.scope():
        async with unit_of_work() as session:
            await agents.edit(session, desk.org.owner, desk.agent.id, {"system_prompt": "Say ten."})
    script.says("At ten.")
    after, _ = await run_suite(desk, suite, 0)
    assert "Say ten." in script.requests[-1]["messages"][0]["content"]
    with desk.org.scope():
        async with unit_of_work() as session:
            rows = await evals.compare(session, UUID(before["id"]), UUID(after["id"]))
            assert [one["id"] for one in await evals.show_rounds(session, desk.agent.id)] == [after["id"], before["id"]]
    assert [(one["name"], one["change"], one["before"], one["after"]) for one in rows] == [
        ("hours", "worse", "passed", "failed"),
        ("price", "better", "failed", "passed"),
    ]
    assert rows[0]["checks"] == [{"title": "Says “at nine”", "before": "pass", "after": "fail"}]
    assert (before["is_draft"], after["is_draft"]) == (False, True)


async def test_a_round_tests_the_draft_as_it_was_when_it_began(desk, suite_of, script):
    suite = await suite_of(desk, hours=OPEN)
    with desk.org.scope():
        async with unit_of_work() as session:
            await agents.edit(session, desk.org.owner, desk.agent.id, {"system_prompt": "First thought."})
            begun = await evals.run_suite(session, desk.org.owner, desk.agent.id, suite.id)
            await agents.edit(session, desk.org.owner, desk.agent.id, {"system_prompt": "Second thought."})
    await eval_jobs.go_on(str(desk.org.org_id), begun["id"])
    assert "First thought." in script.requests[0]["messages"][0]["content"]


async def test_who_may_and_what_may_not_be_run(desk, make_org, suite_of):
    suite = await suite_of(desk, hours=OPEN)
    support = Principal(desk.org.owner.user_id, desk.org.org_id, "Sam", "sam@example.com", MemberRole.SUPPORT)
    with desk.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotAllowed):
                await evals.run_suite(session, support, desk.agent.id, suite.id)
            with pytest.raises(NotAllowed):
                await evals.save_suite(session, support, name="Mine")
            with pytest.raises(NotFound):
                await evals.run_suite(session, desk.org.owner, desk.agent.id, suite.id, 9)
            other = await agents.create(session, desk.org.owner, "text", "Ben")
            with pytest.raises(NotFound):
                await evals.run_suite(session, desk.org.owner, other.id, suite.id)
            empty = await evals.save_suite(session, desk.org.owner, name="Empty")
            with pytest.raises(Invalid):
                await evals.run_suite(session, desk.org.owner, other.id, empty.id)
            (row,) = await evals.show_suites(session, other.id)
            assert (row["name"], row["is_shared"]) == ("Empty", True)
    stranger = await make_org("Other")
    with stranger.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await evals.run_suite(session, stranger.owner, desk.agent.id, suite.id)
            with pytest.raises(NotFound):
                await evals.save_case(session, stranger.owner, suite_id=suite.id, name="x", definition=OPEN)


async def test_cases_are_played_at_the_same_time(open_desk, suite_of, script, monkeypatch):
    monkeypatch.setattr(rounds, "AT_ONCE", 4)
    suite = await suite_of(open_desk, **{f"case{place}": OPEN for place in range(4)})
    together, most, all_here = [], [], asyncio.Event()
    calm = playing._next

    async def counts(play):
        together.append(play)
        most.append(len(together))
        if len(together) == 4:
            all_here.set()
        await asyncio.wait_for(all_here.wait(), PATIENT_S)
        try:
            return await calm(play)
        finally:
            together.remove(play)

    monkeypatch.setattr(playing, "_next", counts)
    script.says("At nine.")
    with open_desk.org.scope():
        async with unit_of_work() as session:
            begun = await evals.run_suite(session, open_desk.org.owner, open_desk.agent.id, suite.id)
    await eval_jobs.go_on(str(open_desk.org.org_id), begun["id"])
    with open_desk.org.scope():
        async with unit_of_work() as session:
            head, _ = await evals.show_round(session, UUID(begun["id"]))
    assert (head["passed"], max(most)) == (4, 4)


async def test_no_round_is_cleared_away_that_runs_or_counts_towards_the_limit(desk, suite_of, script, monkeypatch):
    monkeypatch.setattr(rounds, "KEEP", 1)
    monkeypatch.setattr(rounds, "MOST_BEGUN", 3)
    suite = await suite_of(desk, one=OPEN)

    async def begin():
        with desk.org.scope():
            async with unit_of_work() as session:
                (case,) = await evals.cases(session, suite.id)
                return (await evals.run_case(session, desk.org.owner, UUID(case["id"])))[0]["id"]

    begun = [await begin() for _ in range(3)]
    with pytest.raises(LimitReached):
        await begin()
    for one in begun:
        await eval_jobs.go_on(str(desk.org.org_id), one)
    with desk.org.scope():
        async with unit_of_work() as session:
            shown = await evals.show_rounds(session, desk.agent.id)
    assert [(one["id"], one["status"], one["done"]) for one in shown] == [(one, "done", 1) for one in begun[::-1]]
    with clock.at(clock.now() + rounds.KEEP_FOR):
        await begin()
    assert await count(desk.org.org_id, "test_rounds") == 1


async def test_a_list_of_runs_does_not_read_what_was_said_in_each(desk, suite_of, run_suite, script):
    suite = await suite_of(desk, one=OPEN)
    head, _ = await run_suite(desk, suite)
    with desk.org.scope():
        async with unit_of_work() as session:
            for found in (
                await queries.runs(session, desk.org.org_id, UUID(head["id"])),
                await queries.list_runs(session, desk.org.org_id),
            ):
                assert {"lines", "state", "definition"} <= inspect(found[0]).unloaded
