"""An agent calls whom it may, once, and every way that ends says why."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text as sql

from backend.calls import outgoing, settling
from backend.calls import service as calls
from backend.contacts import service as contacts
from backend.core import clock
from backend.core.errors import MagpipeError, Unavailable, VendorError
from backend.core.ids import new_id
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.templates import MessageTemplate
from backend.vocab import Channel
from tests.backend.calls.calling import form as carrier_form
from tests.backend.calls.calling import given_to_stream, post, verbs

ANSWERED = "/functions/v1/outbound-call-cxml"
INITIATE, TERMINATE = "initiate-bridged-call", "terminate-call"


@pytest.fixture
async def key(line, api):
    return await api.key_of(line.org.owner)


@pytest.fixture
async def dialled(sandbox, line):
    """Return how often the carrier's stand-in was asked to ring the caller's telephone; nobody takes it up."""
    await sandbox.client.put(f"/sandbox/lines/{line.caller}", json={"answers": "no-answer", "rings_ms": 0})

    async def count() -> int:
        before = (await sandbox.client.get("/sandbox/calls")).json()
        return sum(call["direction"] == "outbound-api" and call["to"] == line.caller for call in before)

    began = await count()

    async def since() -> int:
        return await count() - began

    return since


def order(line, **changes):
    return {"phone_number": line.caller, "caller_id": line.number.phone_number, **changes}


async def place(api, line, key, **changes):
    """Have the agent call, and return the call's id."""
    answer = await api.call(INITIATE, order(line, **changes), key=key)
    assert answer.status_code == 200, answer.text
    return UUID(answer.json()["call_record_id"])


async def only(line):
    (call,) = await line.calls()
    return call


async def test_a_call_is_kept_shown_and_dialled_by_a_job(line, api, key, jobs_waiting):
    call_id = await place(api, line, key, purpose="Confirm Tuesday", dynamic_variables={"day": "Tuesday"})
    call = await only(line)
    assert (call.id, call.status, call.direction, call.purpose) == (call_id, "initiated", "outbound", "Confirm Tuesday")
    assert call.variables == {"day": "Tuesday"}
    (item,) = await line.timeline()
    assert (item["kind"], item["author_name"], item["body"]) == ("call", "Ava", "Outgoing call")
    assert len(await jobs_waiting("calls.dial")) == 1


async def test_a_repeated_request_with_its_key_calls_once(line, api, key, jobs_waiting):
    for _ in range(2):
        answer = await api.call(INITIATE, order(line), key=key, idempotency_key="one")
        assert answer.json()["success"]
    assert len(await line.calls()) == len(await jobs_waiting("calls.dial")) == 1


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"caller_id": "+14155550100"}, 404, "number_not_owned"),
        ({"agent_id": str(new_id())}, 404, "not_found"),
        ({"phone_number": "x"}, 422, "invalid_phone_number"),
        ({"phone_number": None}, 400, "missing_param"),
        ({"phone_number": "+14155550132"}, 422, "invalid"),
        ({"dynamic_variables": []}, 400, "invalid_param"),
        ({"metadata": {"a": "\x00"}}, 400, "invalid_param"),
    ],
)
async def test_what_cannot_be_called_is_refused_and_leaves_nothing(line, api, key, changes, status, code):
    answer = await api.call(INITIATE, order(line, **changes), key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert await line.calls() == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ("update service_numbers set agent_id = null", 422, "no_agent_assigned"),
        ("update service_numbers set is_active = false", 422, "invalid"),
        ("update agent_configs set is_active = false", 422, "agent_inactive"),
        ("update agent_configs set agent_type = 'text'", 422, "wrong_agent_type"),
        ("update organizations set balance_micros = -50000000", 402, "insufficient_credits"),
    ],
)
async def test_a_business_that_cannot_call_is_told_why(line, api, key, change, status, code):
    with platform_scope("arrange a test"):
        async with unit_of_work() as session:
            await session.execute(sql(change))
    answer = await api.call(INITIATE, order(line), key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


async def test_who_asked_for_no_calls_is_not_called(line, api, key):
    with line.org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, line.caller)
            await contacts.record_choice(
                session, line.org.owner, contact.id, Channel.CALL, is_opted_in=False, reason="Said so"
            )
    answer = await api.call(INITIATE, order(line), key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "opted_out")


async def test_the_job_rings_once_however_often_it_runs(line, api, key, dialled):
    call_id = await place(api, line, key)
    for _ in range(3):
        await outgoing.dial(line.org.org_id, call_id)
    assert await dialled() == 1
    assert (await only(line)).vendor_call_id


async def test_a_carrier_that_does_not_confirm_is_not_asked_again(line, api, key, sandbox, dialled):
    call_id = await place(api, line, key)
    await sandbox.client.put(
        "/sandbox/faults", json=[{"target": "signalwire.calls", "kind": "accept_then_error", "times": 1}]
    )
    with pytest.raises(VendorError):
        await outgoing.dial(line.org.org_id, call_id)
    with pytest.raises(Unavailable):
        await outgoing.dial(line.org.org_id, call_id)
    with clock.at(clock.now() + timedelta(minutes=2)):
        await outgoing.dial(line.org.org_id, call_id)
    assert await dialled() == 1
    call = await only(line)
    assert call.status == "failed"
    assert "may or may not" in call.disposition_reason


async def test_a_carrier_that_is_busy_is_asked_again(line, api, key, sandbox, dialled):
    call_id = await place(api, line, key)
    await sandbox.client.put(
        "/sandbox/faults", json=[{"target": "signalwire.calls", "kind": "error", "status": 429, "times": 1}]
    )
    with pytest.raises(MagpipeError):
        await outgoing.dial(line.org.org_id, call_id)
    await outgoing.dial(line.org.org_id, call_id)
    assert await dialled() == 1


async def test_a_call_that_was_never_placed_is_given_up_visibly(line, api, key):
    call_id = await place(api, line, key)
    await outgoing.give_up(line.org.org_id, call_id)
    await outgoing.give_up(line.org.org_id, call_id)
    assert (await only(line)).disposition == "failed"


async def test_who_answers_is_joined_with_the_agent_and_the_call_is_recognised(line, api, key):
    call_id = await place(api, line, key)
    sid = new_id().hex
    answer = await post(api, f"{ANSWERED}?call={call_id}", carrier_form(CallSid=sid))
    assert given_to_stream(answer)["call_id"] == str(call_id)
    call = await only(line)
    assert (call.vendor_call_id, call.status) == (sid, "in_progress")
    assert (await post(api, f"{ANSWERED}?call={call_id}", carrier_form(), signature="x")).status_code == 403
    assert verbs(await post(api, f"{ANSWERED}?call={new_id()}", carrier_form())) == ["Hangup"]


async def test_a_call_that_is_ended_before_it_rings_never_rings(line, api, key, dialled):
    call_id = await place(api, line, key)
    answer = await api.call(TERMINATE, {"call_id": str(call_id)}, key=key)
    assert answer.json()["status"] == "terminated"
    await outgoing.dial(line.org.org_id, call_id)
    assert await dialled() == 0
    call = await only(line)
    assert (call.disposition, call.disposition_reason) == ("canceled", "Ana Silva ended the call.")
    assert verbs(await post(api, f"{ANSWERED}?call={call_id}", carrier_form())) == ["Hangup"]


async def test_a_call_that_rings_is_hung_up_at_the_carrier(line, api, key, sandbox, jobs_waiting):
    await sandbox.client.put(f"/sandbox/lines/{line.caller}", json={"rings_ms": 60_000})
    call_id = await place(api, line, key)
    await outgoing.dial(line.org.org_id, call_id)
    sid = (await only(line)).vendor_call_id
    assert (await api.call(TERMINATE, {"call_id": sid}, key=key)).json()["call_id"] == str(call_id)
    assert len(await jobs_waiting("calls.hang_up")) == 1
    await outgoing.hang_up(line.org.org_id, call_id)
    call = (await sandbox.client.get(f"/sandbox/calls/{sid}")).json()
    assert call["status"] in ("ringing", "canceled")


async def test_nobody_ends_a_call_that_is_not_theirs(line, api, make_org):
    stranger = await api.key_of((await make_org("Elsewhere")).owner)
    call = await line.begin("outbound", vendor_call_id="abc")
    for name in (str(call.id), "abc", "x"):
        answer = await api.call(TERMINATE, {"call_id": name}, key=stranger)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "call_not_found")


async def test_the_first_minutes_are_kept_back_before_it_rings_once_and_let_go_where_nobody_answers(
    line, api, key, dialled, run_jobs
):
    call_id = await place(api, line, key)
    assert (await only(line)).reserved_micros == 0
    for _ in range(2):
        await outgoing.dial(line.org.org_id, call_id)
    kept = (await only(line)).reserved_micros
    minute = sum((await calls.brief(call_id)).per_minute.values())
    assert kept == 3 * minute > 0
    # The agent that joins counts it as its first, and asks for more later.
    assert await calls.reserve(call_id, kept, is_first=True) == kept
    assert await calls.reserve(call_id, minute) == minute
    assert (await only(line)).reserved_micros == kept + minute
    await line.tell(call_id, "agent.joined", source="worker")
    assert await calls.reserve(call_id, minute, is_first=True) == minute
    assert (await only(line)).reserved_micros == kept + 2 * minute
    await line.tell(call_id, "call.ended", status="no-answer")
    with line.org.scope():
        async with unit_of_work() as session:
            await settling.settle(session, call_id)
    assert ((await only(line)).reserved_micros, (await only(line)).cost_micros) == (0, 0)


async def test_a_call_nobody_can_pay_for_rings_nowhere_and_says_why(line, api, key, dialled):
    call_id = await place(api, line, key)
    other = await line.begin()
    # All there is is kept back for another call.
    assert await calls.reserve(other.id, 10**12) > 0
    await outgoing.dial(line.org.org_id, call_id)
    call = next(one for one in await line.calls() if one.id == call_id)
    assert (call.status, call.reserved_micros, call.attempted_at) == ("failed", 0, None)
    assert "Add credits" in call.disposition_reason
    assert await dialled() == 0


@pytest.fixture
async def template(line):
    """The team's template of a call, with a place for the contact and one that only the caller can fill."""
    with line.org.scope():
        async with unit_of_work() as session:
            made = MessageTemplate(
                org_id=line.org.org_id,
                user_id=line.org.owner.user_id,
                kind="call",
                is_shared=True,
                title="Confirm a table",
                body="Ask {{contact.first_name|whoever answers}} about the table for {{party_size}}",
                goal="They confirm {{party_size}} people",
            )
            session.add(made)
    return made


async def test_a_template_says_why_with_what_is_given_and_the_timeline_shows_it(line, api, key, template):
    await place(api, line, key, template_id=str(template.id), dynamic_variables={"Party_Size": 4})
    call = await only(line)
    assert (call.purpose, call.goal) == ("Ask whoever answers about the table for 4", "They confirm 4 people")
    assert (call.template_id, call.template_title) == (template.id, "Confirm a table")
    (item,) = await line.timeline()
    shown = {name: item["data"][name] for name in ("purpose", "template", "given")}
    assert shown == {"purpose": call.purpose, "template": "Confirm a table", "given": [["Party size", "4"]]}
    brief = await calls.brief(call.id)
    assert (brief.purpose, brief.goal, brief.variables) == (call.purpose, call.goal, {"Party_Size": 4})
    with line.org.scope():
        async with unit_of_work() as session:
            row = await calls.line(session, call.id)
    assert (row["template"], row["given"]) == ("Confirm a table", [["Party size", "4"]])


async def test_words_of_ones_own_stand_in_place_of_the_templates(line, api, key, template):
    given = {"template_id": str(template.id), "purpose": "Say {{party_size}} fit", "goal": "They come"}
    await place(api, line, key, **given, dynamic_variables={"party_size": "{{contact.phone}}"})
    call = await only(line)
    # What is given is never read as a template itself.
    assert (call.purpose, call.goal) == ("Say {{contact.phone}} fit", "They come")


async def test_a_template_that_misses_something_is_refused_by_name_and_calls_nobody(
    line, api, key, template, make_org, jobs_waiting
):
    answer = await api.call(INITIATE, order(line, template_id=str(template.id)), key=key)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "missing_variable")
    assert "party_size" in error["message"]
    elsewhere = await make_org("Elsewhere")
    with elsewhere.scope():
        async with unit_of_work() as session:
            theirs = MessageTemplate(
                org_id=elsewhere.org_id, user_id=elsewhere.owner.user_id, kind="call", title="x", body="x", goal="x"
            )
            session.add(theirs)
    for wrong in (new_id(), theirs.id):
        answer = await api.call(INITIATE, order(line, template_id=str(wrong)), key=key)
        assert answer.status_code == 404
    assert (await line.calls(), await jobs_waiting("calls.dial")) == ([], [])
