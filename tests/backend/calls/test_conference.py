"""People are added to a call: who may be rung, that each is rung once, what is told of them, and what they cost."""

from datetime import timedelta
from uuid import UUID

import pytest

from backend.calls import conference, inviting, party_line, settling
from backend.calls.passes import Door, Pass
from backend.contacts import service as contacts
from backend.core import clock
from backend.core.errors import Conflict, Invalid, MagpipeError, NotAllowed, NotFound, PaymentRequired, Refused
from backend.core.tenancy import unit_of_work
from backend.models.calls import CallRecord
from backend.models.organizations import Organization
from backend.vocab import Channel
from tests.backend.calls.calling import form, given_to_stream, post, said, verbs
from tests.backend.calls.test_moving import events

INSTRUCTIONS, STATUS = "/functions/v1/conference-cxml", "/functions/v1/conference-status"
ADDED = "+14155550111"


@pytest.fixture
async def call(line):
    """A call that an agent holds."""
    made = await line.begin()
    await line.tell(made.id, "call.answered")
    await line.tell(made.id, "agent.joined", 1)
    return made


async def add(line, call, number=ADDED):
    with line.org.scope():
        async with unit_of_work() as session:
            return await conference.add(session, line.org.owner, call.id, number)


async def parties(line, call):
    with line.org.scope():
        async with unit_of_work() as session:
            return await conference.parties(session, call.id)


@pytest.mark.parametrize("number", ["12", "+14155550177", "+14155550132"])
async def test_a_number_that_cannot_be_added_is_named(line, call, number):
    with pytest.raises(Invalid) as refused:
        await add(line, call, number)
    assert refused.value.field == "number"


async def test_nobody_is_added_who_is_there_asked_for_no_calls_or_is_not_paid_for(line, call):
    await add(line, call)
    with pytest.raises(Conflict) as refused:
        await add(line, call)
    assert refused.value.code == "already_there"
    with line.org.scope():
        async with unit_of_work() as session:
            contact = await contacts.ensure_by_phone(session, "+14155550112")
            await contacts.record_choice(
                session, line.org.owner, contact.id, Channel.CALL, is_opted_in=False, reason="Said so"
            )
    with pytest.raises(Refused):
        await add(line, call, "+14155550112")
    with line.org.scope():
        async with unit_of_work() as session:
            business = await session.get_one(Organization, line.org.org_id)
            business.balance_micros = -1_000_000_000
            session.add(business)
    with pytest.raises(PaymentRequired):
        await add(line, call, "+14155550113")


@pytest.mark.parametrize("told", [[], ["agent.left"], ["call.ended"]])
async def test_nobody_is_added_to_a_call_in_which_nobody_of_ours_is(line, told):
    made = await line.begin()
    if told:
        await line.tell(made.id, "call.answered")
        await line.tell(made.id, "agent.joined", 1)
    for kind in told:
        await line.tell(made.id, kind, 2, status="completed")
    with pytest.raises(Conflict):
        await add(line, made)
    assert not await parties(line, made)


async def test_another_organizations_call_is_not_there(line, call, make_org):
    other = await make_org()
    with other.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await conference.add(session, other.owner, call.id, ADDED)
            for act in (conference.mute, conference.put_out):
                with pytest.raises(NotFound):
                    await act(session, other.owner, call.id, "x")


async def test_who_is_added_hears_by_whom_and_joins_with_a_ticket_for_one_stream(line, api, call):
    party = await add(line, call)
    path = f"?call={call.id}&leg={party}"
    answer = await post(api, INSTRUCTIONS + path, form())
    assert verbs(answer)[:2] == ["Say", "Connect"]
    assert line.org.owner.name in said(answer)
    given = given_to_stream(answer)
    await party_line.admit(call.id, party, given["ticket"])
    with pytest.raises(Conflict):
        await party_line.admit(call.id, party, given["ticket"])
    with pytest.raises(MagpipeError):
        await party_line.admit(call.id, "another", given["ticket"])
    assert await conference.joined(call.id, party) == "(415) 555-0111"
    assert [one["stage"] for one in await parties(line, call)] == ["joined"]


async def test_who_was_taken_out_while_it_rang_is_let_in_no_more(line, api, call):
    party = await add(line, call)
    with line.org.scope():
        async with unit_of_work() as session:
            await conference.put_out(session, line.org.owner, call.id, party)
    late = await post(api, f"{INSTRUCTIONS}?call={call.id}&leg={party}", form())
    assert verbs(late) == ["Say", "Hangup"]
    [gone] = await parties(line, call)
    assert (gone["stage"], gone["reason"]) == ("gone", "The ringing was stopped.")
    with pytest.raises(Conflict):
        await conference.joined(call.id, party)


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
async def test_why_somebody_did_not_join_is_kept_once(line, api, call, status):
    party = await add(line, call)
    for _ in range(2):
        await post(api, f"{STATUS}?call={call.id}&leg={party}", form(CallStatus=status))
    [gone] = await parties(line, call)
    assert gone["stage"] == "gone"
    assert gone["reason"]
    assert len([one for one in await events(line, call.id) if one.kind == "party.left"]) == 1


async def test_a_telephone_of_which_nothing_is_told_rings_no_more_after_a_while(line, call):
    with clock.at(clock.now()):
        await add(line, call)
    with clock.at(clock.now() + timedelta(minutes=3)):
        assert [one["stage"] for one in await parties(line, call)] == ["gone"]


@pytest.mark.parametrize("is_settled_first", [True, False])
async def test_each_added_line_is_charged_once_and_stands_in_the_cost_of_the_call(line, api, call, is_settled_first):
    party = await add(line, call)
    await conference.joined(call.id, party)

    async def settle():
        await line.tell(call.id, "call.ended", 61, status="completed", duration_s=60)
        with line.org.scope():
            async with unit_of_work() as session:
                await settling.settle(session, call.id)

    async def over():
        for _ in range(2):
            path = f"{STATUS}?call={call.id}&leg={party}"
            await post(api, path, form(CallStatus="completed", CallDuration="120"))

    steps = [settle, over] if is_settled_first else [over, settle]
    for step in steps:
        await step()
    with line.org.scope():
        async with unit_of_work() as session:
            kept = await session.get_one(CallRecord, call.id)
            await session.refresh(kept)
    # A minute of the call's own line, and two of the other: 1.5 cents each.
    assert kept.costs["telephony"] == 45_000
    assert kept.cost_micros == sum(kept.costs.values())


async def test_a_program_adds_a_telephone_to_a_call_that_lasts_once(line, api, call, jobs_waiting):
    key = await api.key_of(line.org.owner)
    asked = {"caller_call_sid": str(call.id), "target_number": ADDED}
    for _ in range(2):
        answer = await api.call("conference-transfer", asked, key=key, idempotency_key="one")
        assert (answer.status_code, answer.json()["status"]) == (200, "ringing")
    assert len(await parties(line, call)) == len(await jobs_waiting("calls.ring_party")) == 1
    answer = await api.call("conference-transfer", {**asked, "target_number": "x"}, key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_phone_number")
    answer = await api.call("conference-transfer", {"caller_call_sid": "nobody's", "target_number": ADDED}, key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "call_not_found")


async def invite(line, call, user_id):
    with line.org.scope():
        async with unit_of_work() as session:
            return await inviting.invite(session, line.org.owner, call.id, user_id)


async def rings_for(line, who):
    with line.org.scope():
        async with unit_of_work() as session:
            return [row["id"] for row in await inviting.invitations(session, who)]


async def test_a_colleague_is_rung_until_they_decline_and_nobody_else_is(line, call, colleague):
    party = await invite(line, call, colleague.user_id)
    assert (await rings_for(line, colleague), await rings_for(line, line.org.owner)) == ([party], [])
    with line.org.scope():
        async with unit_of_work() as session:
            assert [one["name"] for one in await inviting.colleagues(session, line.org.owner)] == ["Leo Park"]
            with pytest.raises(NotFound):
                await inviting.decline(session, line.org.owner, call.id, party)
            await inviting.decline(session, colleague, call.id, party)
    assert not await rings_for(line, colleague)
    assert [one["reason"] for one in await parties(line, call)] == ["They declined."]


async def test_a_colleague_who_does_not_answer_is_rung_no_more(line, call, colleague):
    party = await invite(line, call, colleague.user_id)
    for _ in range(2):
        await inviting.miss(line.org.org_id, call.id, party)
    assert not await rings_for(line, colleague)
    assert [one["reason"] for one in await parties(line, call)] == ["They did not answer."]


async def test_only_colleagues_who_are_there_are_rung_and_each_once(line, call, colleague, make_org):
    other = await make_org()
    with pytest.raises(NotFound):
        await invite(line, call, other.owner.user_id)
    await invite(line, call, colleague.user_id)
    for there in (colleague.user_id, line.org.owner.user_id):
        with pytest.raises(Conflict):
            await invite(line, call, there)


async def test_a_pass_to_join_is_worth_nothing_to_anybody_else(line, call, colleague, make_org):
    party = UUID(await invite(line, call, colleague.user_id))
    other = await make_org()
    mine = Pass(Door.JOIN, party, line.org.org_id, colleague.user_id)
    assert await inviting.admit(mine, call.id) == party.hex
    for org_id, user_id in ((line.org.org_id, line.org.owner.user_id), (other.org_id, colleague.user_id)):
        with pytest.raises(NotAllowed):
            await inviting.admit(Pass(Door.JOIN, party, org_id, user_id), call.id)
