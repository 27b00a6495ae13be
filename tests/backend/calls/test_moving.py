"""Who is put through is joined with whom the agent meant, and with nobody else; the carrier's word is what counts."""

import pytest

from backend.calls import deciding
from backend.calls import service as calls
from backend.core.errors import VendorError
from backend.core.ids import new_id
from tests.backend.calls.calling import LEG, form, found, given_to_stream, post, said, verbs

TRANSFER = "/functions/v1/transfer-cxml"
ELSEWHERE = "+14155550111"


async def events(line, call_id):
    from sqlmodel import col, select

    from backend.core.tenancy import unit_of_work
    from backend.models.calls import CallEvent

    with line.org.scope():
        async with unit_of_work() as session:
            query = select(CallEvent).where(CallEvent.call_id == call_id).order_by(col(CallEvent.at))
            return list((await session.exec(query)).all())


async def test_a_call_the_carrier_does_not_know_is_not_put_through_and_the_log_says_so(line, sandbox):
    call = await line.begin(vendor_call_id=new_id().hex)
    with pytest.raises(VendorError):
        await calls.put_through(call.id, ELSEWHERE, "They want a person")
    started, failed = await events(line, call.id)
    assert (started.kind, started.data["to"]) == ("transfer.started", ELSEWHERE)
    assert (failed.kind, failed.data["to"]) == ("transfer.failed", ELSEWHERE)


async def test_the_carrier_joins_whom_the_log_names_and_takes_back_who_is_not_answered(line, api, sandbox):
    call = await line.begin(vendor_call_id=new_id().hex)
    with pytest.raises(VendorError):
        await calls.put_through(call.id, ELSEWHERE, "")
    attempt = (await events(line, call.id))[0].event_id.partition(":")[2]
    fields = form(CallSid=call.vendor_call_id)
    answer = await post(api, f"{TRANSFER}?call={call.id}&leg={attempt}", fields)
    assert found(answer, "Number").text == ELSEWHERE
    assert found(answer, "Dial").attrib["callerId"] == line.number.phone_number
    await line.tell(call.id, "agent.joined", source="worker")
    await line.tell(call.id, "agent.left", source="worker")
    path = f"{LEG}?call={call.id}&leg=transfer"
    back = await post(api, path, {**fields, "DialCallStatus": "no-answer", "DialCallSid": "d1"})
    assert verbs(back) == ["Connect", "Redirect"]
    assert given_to_stream(back)["call_id"] == str(call.id)
    assert (await calls.brief(call.id)).has_returned
    # The agent that does not take them back is one that was never there.
    gone = await post(api, f"{LEG}?call={call.id}&leg=agent", {**fields, "CallStatus": "in-progress"})
    assert said(gone) == deciding.NOT_REACHED


@pytest.mark.parametrize("query", ["", "?call=x&leg=y", "?call={call}&leg=", "?call={call}&leg=none"])
async def test_nobody_is_joined_whom_no_agent_meant(line, api, query):
    call = await line.begin()
    answer = await post(api, TRANSFER + query.format(call=call.id), form())
    assert said(answer) == deciding.NOT_REACHED
    assert (await post(api, TRANSFER + query.format(call=call.id), form(), signature="x")).status_code == 403
