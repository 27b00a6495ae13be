"""Who calls a number hears what the business decided for that moment, and something whatever breaks."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy import text as sql

from backend.calls import deciding, queries, tickets
from backend.calls import service as calls
from backend.contacts import service as contacts
from backend.core import clock
from backend.core.config import settings
from backend.core.db import engine
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.agents import AgentConfig
from backend.models.calls import CallWhitelistEntry
from tests.backend.calls.calling import INBOUND, call_in, form, found, post, said, verbs

ELSEWHERE = "+14155550111"
SUNDAY = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def frozen():
    with clock.at(SUNDAY):
        yield


async def change(line, **values):
    """Change what the published agent says, past the checks that this is not about."""
    with line.org.scope():
        async with unit_of_work() as session:
            agent = await session.get(AgentConfig, line.agent.id)
            for name in ("after_hours_message", "is_active", "deleted_at", "schedule_timezone"):
                if name in values:
                    setattr(agent, name, values.pop(name))
            agent.settings = {**agent.settings, **values}
            session.add(agent)


async def run(statement, **values):
    with platform_scope("arrange a test"):
        async with unit_of_work() as session:
            await session.execute(sql(statement), values)


async def forward(line):
    with line.org.scope():
        async with unit_of_work() as session:
            entry = CallWhitelistEntry(
                org_id=line.org.org_id, agent_id=line.agent.id, caller_number=line.caller, forward_to=ELSEWHERE
            )
            session.add(entry)


async def test_the_agent_answers_by_media_stream_where_there_is_no_livekit(line, api):
    answer = await post(api, INBOUND, form())
    assert verbs(answer) == ["Connect", "Redirect"]
    assert found(answer, "Stream").attrib["url"] == settings().voice_stream_url
    (call,) = await line.calls()
    assert call_in(answer) == call.id
    assert (call.status, call.agent_id, call.direction) == ("ringing", line.agent.id, "inbound")
    assert f"call={call.id}" in (found(answer, "Redirect").text or "")


async def test_the_agent_answers_in_livekit_where_it_has_an_address(line, api, monkeypatch):
    monkeypatch.setattr(settings(), "livekit_sip_domain", "sip.example.com")
    answer = await post(api, INBOUND, form())
    (call,) = await line.calls()
    sip = found(answer, "Sip")
    address, _, headers = (sip.text or "").partition("?")
    assert address == f"sip:{line.number.phone_number}@sip.example.com;transport=tls"
    given = dict(one.split("=", 1) for one in headers.split("&"))
    assert given["X-Call-Id"] == str(call.id)
    tickets.check(call.id, given["X-Call-Ticket"])
    assert (sip.attrib["username"], len(sip.attrib["password"])) == ("magpipe", 40)
    assert found(answer, "Dial").attrib["answerOnBridge"] == "true"
    assert int(found(answer, "Dial").attrib["timeLimit"]) == 1860


NOTICE = "This call is recorded."


@pytest.mark.parametrize(
    ("chosen", "hears"),
    [
        ({"recording_enabled": True}, NOTICE),
        ({"recording_enabled": True, "recording_notice": ""}, ""),
        ({"recording_enabled": False}, ""),
        ({"recording_enabled": True, "pii_storage": "redacted"}, ""),
        ({"recording_enabled": True, "pii_storage": "disabled"}, ""),
    ],
)
async def test_a_recording_is_announced_before_the_agent_answers_only_where_there_is_one(line, api, chosen, hears):
    await change(line, **{"recording_notice": NOTICE, **chosen})
    answer = await post(api, INBOUND, form())
    assert said(answer) == hears
    assert verbs(answer) == [*(["Say"] if hears else []), "Connect", "Redirect"]
    (call,) = await line.calls()
    with line.org.scope():
        async with unit_of_work() as session:
            kinds = [one["kind"] for one in await calls.happenings(session, call.id)]
    assert ("recording.announced" in kinds) is bool(hears)


async def test_a_repeated_webhook_gets_the_same_answer_and_makes_no_second_call(line, api):
    fields = form()
    first, again = await post(api, INBOUND, fields), await post(api, INBOUND, fields)
    assert first.content == again.content
    assert len(await line.calls()) == 1
    assert len(await line.timeline()) == 1


async def refused(line, api, *, hears: str) -> str:
    """Call, expect to be spoken to and not connected, and return why the team reads it was so."""
    answer = await post(api, INBOUND, form())
    assert verbs(answer) == ["Say", "Hangup"]
    assert hears in said(answer)
    (call,) = await line.calls()
    return f"{call.disposition}: {call.disposition_reason}"


async def test_a_number_that_is_off_is_not_in_service(line, api):
    await run("update service_numbers set is_active = false")
    assert "switched off" in await refused(line, api, hears="not in service")


async def test_a_number_without_an_agent_says_so(line, api):
    await run("update service_numbers set agent_id = null")
    assert await refused(line, api, hears="Nobody is set up") == "refused: No agent answers calls to this number."


async def test_an_agent_that_is_off_or_deleted_does_not_answer(line, api):
    await change(line, is_active=False)
    assert await refused(line, api, hears="Nobody is set up") == "refused: Ava is switched off."
    await change(line, is_active=True, deleted_at=clock.now())
    assert verbs(await post(api, INBOUND, form())) == ["Say", "Hangup"]


async def test_a_balance_that_is_used_up_takes_no_calls(line, api):
    await run("update organizations set balance_micros = -50000000")
    assert "balance" in await refused(line, api, hears="cannot take your call")


async def test_a_number_of_nobody_is_not_in_service_and_leaves_nothing(line, api):
    answer = await post(api, INBOUND, form(To="+14155550100"))
    assert verbs(answer) == ["Say", "Hangup"]
    assert await line.calls() == []


async def test_a_blocked_caller_hears_a_busy_line(line, api):
    with line.org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, line.caller)
            await contacts.block(session, line.org.owner, contact.id)
    assert verbs(await post(api, INBOUND, form())) == ["Reject"]
    (call,) = await line.calls()
    assert call.disposition == "blocked"
    (row,) = await line.rows()
    assert row["unread"] == 0


class TestOutsideTheHours:
    """What the business chose for them is done."""

    @pytest.fixture(autouse=True)
    async def closed(self, line):
        await change(line, calls_schedule={"mon": [["09:00", "17:00"]]}, schedule_timezone="America/New_York")

    async def test_the_caller_hears_when_it_opens(self, line, api):
        assert "outside" in await refused(line, api, hears="We open on Monday at 09:00")

    async def test_the_business_may_say_it_in_its_own_words(self, line, api):
        await change(line, after_hours_message="Back on Monday!")
        await refused(line, api, hears="Back on Monday!")

    async def test_the_call_may_go_to_a_person(self, line, api):
        await change(line, after_hours_action="forward", after_hours_call_forwarding=ELSEWHERE)
        answer = await post(api, INBOUND, form())
        assert found(answer, "Number").text == ELSEWHERE
        assert found(answer, "Dial").attrib["callerId"] == line.number.phone_number

    async def test_a_message_that_is_taken_calls_for_a_person(self, line, api):
        await change(line, after_hours_action="take_message", pii_storage="redacted")
        await refused(line, api, hears="will see that you called")
        (row,) = await line.rows()
        assert row["needs_person"]

    async def test_a_message_is_recorded_where_it_may_be_kept(self, line, api):
        await change(line, after_hours_action="take_message")
        answer = await post(api, INBOUND, form())
        assert verbs(answer) == ["Say", "Record", "Hangup"]
        assert "after the tone" in said(answer)

    async def test_a_silent_business_lets_it_be_busy(self, line, api):
        await change(line, after_hours_action="silent")
        assert verbs(await post(api, INBOUND, form())) == ["Reject"]


async def test_who_is_on_the_list_goes_straight_to_a_person(line, api):
    await forward(line)
    answer = await post(api, INBOUND, form())
    assert verbs(answer) == ["Dial"]
    assert found(answer, "Number").text == ELSEWHERE


@pytest.mark.parametrize("caller", ["anonymous", "Restricted", "+266696687", "sip:ana@example.com", "<b>x</b>"])
async def test_a_caller_without_a_number_is_answered(line, api, caller):
    assert "Connect" in verbs(await post(api, INBOUND, form(From=caller)))


async def test_what_breaks_still_speaks_to_the_caller(line, api):
    await change(line, calls_schedule={"mon": [["09:00", "17:00"]]}, schedule_timezone="Nowhere/Lost")
    answer = await post(api, INBOUND, form())
    assert (verbs(answer), said(answer)) == (["Say", "Hangup"], deciding.UNAVAILABLE)


async def test_a_wrong_signature_or_a_missing_field_opens_nothing(line, api):
    assert (await post(api, INBOUND, form(), signature="wrong")).status_code == 403
    for field in ("CallSid", "From", "To"):
        answer = await post(api, INBOUND, form(**{field: None}))
        assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (400, field)
    assert (await post(api, INBOUND, form(CallSid="../x"))).status_code == 400
    assert await line.calls() == []


async def test_the_decision_reads_one_row(line):
    statements: list[str] = []

    def note(*given):
        statements.append(given[2])

    with platform_scope("count queries in a test"):
        async with unit_of_work() as session:
            await session.execute(sql("select 1"))
            event.listen(engine().sync_engine, "before_cursor_execute", note)
            try:
                known = await queries.situation(session, line.number.phone_number, line.caller)
                deciding.decide(known)
            finally:
                event.remove(engine().sync_engine, "before_cursor_execute", note)
    assert len(statements) == 1


async def test_the_worker_finds_the_call_by_the_id_it_was_given(line, api):
    brief = await calls.brief(call_in(await post(api, INBOUND, form())))
    assert (brief.agent_name, brief.caller_number, brief.settings["greeting"]) == ("Ava", line.caller, "North Dental.")
    assert isinstance(brief.call_id, UUID)
