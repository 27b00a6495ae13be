"""A person calls by their own phone: it is asked first, says who of the two did not answer, and costs two lines."""

from itertools import permutations

import pytest

from backend.calls import conference, outgoing, own_phone
from backend.calls import service as calls
from backend.contacts import service as contacts
from backend.core.errors import Conflict, Invalid, LimitReached, Refused
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.organizations import service as organizations
from backend.vocab import Channel
from tests.backend.calls.calling import LEG, STATUS, form, found, post, said, verbs
from tests.backend.calls.test_settling import settle

ASKS = "/functions/v1/own-phone-cxml"
OWN = "+14155550155"
INITIATE, CALLBACK = "initiate-bridged-call", "initiate-callback-call"


async def give(line, number=OWN, *, is_proven=True):
    """Give the owner a phone of their own."""
    with line.org.scope():
        async with unit_of_work() as session:
            await organizations.set_own_phone(session, line.org.owner, number)
            if is_proven:
                await organizations.prove_own_phone(session, line.org.owner.user_id, number)


async def place(line):
    with line.org.scope():
        async with unit_of_work() as session:
            return await calls.place_by_own_phone(session, line.org.owner, line.caller, line.number.phone_number)


async def stage(line, call):
    with line.org.scope():
        async with unit_of_work() as session:
            return await calls.own_phone_stage(session, call.id)


async def only(line):
    (call,) = await line.calls()
    return call


class Legs:
    """The two telephones of one call, as the carrier tells of them."""

    def __init__(self, api, call):
        self.api, self.call = api, call
        self.own, self.callee = new_id().hex, new_id().hex

    async def asked(self, **fields):
        path = f"{ASKS}?call={self.call.id}" + ("&leg=silent" if fields.pop("silent", False) else "")
        return await post(self.api, path, form(CallSid=self.own, Direction="outbound-api", **fields))

    async def tell_own(self, status, **fields):
        await post(
            self.api, f"{STATUS}?call={self.call.id}&leg=own", form(CallSid=self.own, CallStatus=status, **fields)
        )

    async def tell_callee(self, status, **fields):
        path = f"{STATUS}?call={self.call.id}&leg=callee"
        await post(self.api, path, form(CallSid=self.callee, CallStatus=status, **fields))

    async def dialled(self, status, **fields):
        told = {"DialCallSid": self.callee, "DialCallStatus": status, "DialCallDuration": "0", **fields}
        return await post(self.api, f"{LEG}?call={self.call.id}&leg=callee", form(CallSid=self.own, **told))


@pytest.fixture
async def legs(line, api):
    """A call whose person's own phone is proven, and was picked up."""
    await give(line)
    return Legs(api, await place(line))


async def test_the_own_phone_rings_and_the_customer_only_after_a_key(line, api, legs, sandbox, jobs_waiting):
    assert len(await jobs_waiting("calls.dial")) == 1
    await sandbox.client.put(f"/sandbox/lines/{OWN}", json={"answers": "no-answer", "rings_ms": 0})
    before = {one["sid"] for one in (await sandbox.client.get("/sandbox/calls")).json()}
    await outgoing.dial(line.org.org_id, legs.call.id)
    rung = [one["to"] for one in (await sandbox.client.get("/sandbox/calls")).json() if one["sid"] not in before]
    assert rung == [OWN]
    legs.own = (await only(line)).vendor_call_id
    assert (await stage(line, legs.call))["stage"] == "rings"
    asked = await legs.asked()
    assert verbs(asked) == ["Gather", "Gather", "Redirect"]
    assert "press 1" in said(asked)
    assert (await stage(line, legs.call))["stage"] == "asks"
    joined = await legs.asked(Digits="1")
    assert found(joined, "Number").text == line.caller
    assert found(joined, "Dial").attrib["callerId"] == line.number.phone_number
    assert (await stage(line, legs.call))["stage"] == "calls"
    assert (await only(line)).status in ("initiated", "ringing")


@pytest.mark.parametrize(
    ("pressed", "reason"), [({"silent": True}, "no key was pressed"), ({"Digits": "2"}, "Another key")]
)
async def test_a_voicemail_or_whoever_declines_has_nobody_called(line, api, legs, apply, pressed, reason):
    await legs.asked()
    assert verbs(await legs.asked(**pressed)) == ["Hangup"]
    await legs.tell_own("completed", CallDuration="17")
    await apply()
    call = await only(line)
    assert (call.status, call.disposition, call.duration_s) == ("canceled", "canceled", 0)
    assert reason in call.disposition_reason
    await settle(line, call.id)
    # The line to the own phone was open for seventeen seconds.
    assert (await only(line)).costs == {"telephony": round(15_000 * 17 / 60)}


@pytest.mark.parametrize(
    ("status", "end", "words"),
    [
        ("busy", "canceled", "own phone was busy"),
        ("no-answer", "canceled", "own phone was not answered"),
        ("failed", "failed", "own phone could not be reached"),
    ],
)
async def test_an_own_phone_that_is_not_answered_says_that_it_was_that_one(line, legs, apply, status, end, words):
    await legs.tell_own("ringing")
    await legs.tell_own(status)
    await apply()
    call = await only(line)
    assert (call.status, call.disposition) == (end, end)
    assert words in call.disposition_reason
    await settle(line, call.id)
    assert (await only(line)).cost_micros == 0


@pytest.mark.parametrize(
    ("status", "disposition", "heard"),
    [("busy", "busy", "busy"), ("no-answer", "no_answer", "Nobody answered"), ("failed", "failed", "not be reached")],
)
async def test_a_customer_who_is_not_reached_is_told_and_kept_in_every_order(
    line, legs, apply, status, disposition, heard
):
    await legs.asked()
    await legs.asked(Digits="1")
    answer = await legs.dialled(status)
    assert heard in said(answer)
    assert verbs(answer)[-1] == "Hangup"
    tellings = [legs.tell_callee("ringing"), legs.tell_own("completed", CallDuration="9"), legs.tell_callee(status)]
    for telling in reversed(tellings):
        await telling
    await apply()
    call = await only(line)
    assert (call.status, call.disposition) == (disposition, disposition)
    assert call.vendor_call_id == legs.own
    assert call.disposition_reason


async def test_who_hangs_up_before_the_customer_answers_gave_the_call_up(line, legs, apply):
    await legs.asked()
    await legs.asked(Digits="1")
    await legs.tell_own("completed", CallDuration="9")
    await legs.tell_callee("canceled")
    await apply()
    assert (await only(line)).disposition == "canceled"


async def test_an_answered_call_lasts_as_the_customer_was_there_and_costs_both_lines(line, api, legs, apply):
    told = [
        ("answered", lambda: legs.tell_callee("in-progress", Timestamp="Sun, 22 Nov 2026 18:00:10 +0000")),
        ("put down", lambda: legs.dialled("completed", DialCallDuration="60")),
        ("ended", lambda: legs.tell_own("completed", CallDuration="75", Timestamp="Sun, 22 Nov 2026 18:01:15 +0000")),
    ]
    await legs.asked()
    await legs.asked(Digits="1")
    await told[0][1]()
    await apply()
    call = await only(line)
    assert (call.status, (await stage(line, call))["stage"]) == ("in_progress", "talks")
    assert verbs(await told[1][1]()) == ["Hangup"]
    await told[2][1]()
    await apply()
    call = await only(line)
    assert (call.status, call.disposition, call.duration_s) == ("completed", "answered_by_person", 60)
    await settle(line, call.id)
    assert (await only(line)).costs == {"telephony": round(15_000 * 135 / 60)}
    (item,) = await line.timeline()
    assert (item["author_name"], item["body"]) == (line.org.owner.name, "Call, 1 min")


async def test_nobody_is_added_to_a_call_that_no_process_of_ours_carries(line, legs, apply):
    await legs.asked(Digits="1")
    await legs.tell_callee("in-progress")
    await apply()
    with pytest.raises(Conflict), line.org.scope():
        async with unit_of_work() as session:
            await conference.add(session, line.org.owner, legs.call.id, "+14155550188")


async def test_the_end_stands_the_same_in_whichever_order_the_two_telephones_tell(line, api, apply):
    await give(line)
    ends = set()
    for order in permutations(("in-progress", "completed", "own")):
        legs = Legs(api, await place(line))
        await legs.asked(Digits="1")
        for one in order:
            if one == "own":
                await legs.tell_own("completed", CallDuration="75")
            else:
                await legs.tell_callee(one, **({"CallDuration": "60"} if one == "completed" else {}))
        await apply()
        call = next(one for one in await line.calls() if one.id == legs.call.id)
        ends.add((call.status, call.disposition, call.duration_s))
    assert ends == {("completed", "answered_by_person", 60)}


async def test_a_phone_is_proven_by_the_digits_that_the_screen_shows_and_by_no_others(line, api):
    await give(line, is_proven=False)
    wrong = Legs(api, await place(line))
    key = (await stage(line, wrong.call))["key"]
    assert len(key) == 2
    asked = await wrong.asked()
    assert key not in said(asked)
    assert b'numDigits="2"' in asked.content
    assert verbs(await wrong.asked(Digits="1")) == ["Hangup"]
    right = Legs(api, await place(line))
    key = (await stage(line, right.call))["key"]
    assert verbs(await right.asked(Digits=key)) == ["Say", "Dial"]
    again = Legs(api, await place(line))
    assert (await stage(line, again.call))["key"] == "1"
    await give(line, "+14155550156", is_proven=False)
    assert not (await stage(line, again.call))["is_proven"]


async def test_a_phone_that_is_not_proven_rings_a_few_times_an_hour(line):
    await give(line, is_proven=False)
    for _ in range(own_phone.MOST_UNPROVEN):
        await place(line)
    with pytest.raises(LimitReached):
        await place(line)


async def test_somebody_who_wants_no_calls_is_not_rung_as_an_own_phone(line):
    await give(line, is_proven=False)
    with line.org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, OWN)
            await contacts.record_choice(
                session, line.org.owner, contact.id, Channel.CALL, is_opted_in=False, reason="Said so"
            )
    with pytest.raises(Refused):
        await place(line)


@pytest.mark.parametrize(
    "number", ["+19005550123", "+18765550123", "+442079460123", "+14155550132", "x", "+18005550123"]
)
async def test_numbers_that_cost_or_are_nobodys_are_no_own_phone(line, number):
    with pytest.raises(Invalid) as refused:
        await give(line, number)
    assert refused.value.field == "own_phone"


async def test_a_program_rings_the_proven_phone_of_its_person(line, api):
    key = await api.key_of(line.org.owner)
    order = {"destination_number": line.caller, "caller_id": line.number.phone_number}
    same = {"phone_number": line.caller, "caller_id": line.number.phone_number, "own_phone": True}

    async def refusal(path, body):
        answer = await api.call(path, body, key=key)
        return answer.status_code, answer.json()["error"]["code"]

    assert await refusal(CALLBACK, order) == (422, "own_phone_missing")
    await give(line, is_proven=False)
    assert await refusal(INITIATE, same) == (422, "own_phone_unproven")
    await give(line)
    assert await refusal(CALLBACK, {**order, "caller_id": "+14155550100"}) == (404, "number_not_owned")
    assert await refusal(CALLBACK, {**order, "destination_number": OWN}) == (422, "invalid")
    for path, body in ((CALLBACK, order), (INITIATE, same)):
        answer = await api.call(path, body, key=key)
        assert answer.status_code == 200, answer.text
    assert {one.own_phone for one in await line.calls()} == {OWN}


async def test_what_the_carrier_never_asked_for_is_answered_by_hanging_up(line, api, legs):
    assert (await post(api, f"{ASKS}?call={legs.call.id}", form(), signature="x")).status_code == 403
    other = await line.begin("outbound")
    for call_id in (new_id(), other.id, "x"):
        assert verbs(await post(api, f"{ASKS}?call={call_id}", form(Digits="1"))) == ["Say", "Hangup"]
