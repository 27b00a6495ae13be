"""The carrier's calls: telephones ring, instructions are followed, and statuses are signed and told."""

import asyncio
import base64
import json
import time

import pytest
import websockets

from backend.sandbox import spoken
from backend.sandbox.signing import form_signature
from backend.sandbox.telephone import RATE, from_ulaw, to_ulaw
from tests.backend.sandbox.conftest import ACCOUNT, BUSINESS, CUSTOMER
from tests.conftest import PATIENT_S

CALLS = f"{ACCOUNT}/Calls.json"
ELSEWHERE = "+14155550111"


@pytest.fixture
async def connected(vendor, product):
    await vendor.connect(call_request_url=f"{product.url}/voice", call_status_callback_url=f"{product.url}/status")
    await line(vendor, CUSTOMER, talks_ms=60_000)  # nobody hangs up while a busy machine is slow
    return product


ENDS = ("completed", "busy", "no-answer", "failed", "canceled")


async def ended(vendor, sid, statuses=ENDS):
    """Return a call once it has ended, or stands as one of `statuses`."""
    deadline = time.monotonic() + PATIENT_S
    while True:
        call = (await vendor.client.get(f"/sandbox/calls/{sid}")).json()
        if call["status"] in statuses:
            return call
        assert time.monotonic() < deadline, call
        await asyncio.sleep(0.01)


async def ring(vendor, **fields):
    """Let the customer call the business, and return the call once it has ended."""
    answer = await vendor.client.post("/sandbox/calls", json={"from": CUSTOMER, "to": BUSINESS, **fields})
    assert answer.status_code == 201, answer.text
    return await ended(vendor, answer.json()["sid"])


async def line(vendor, number, **behaviour):
    answer = await vendor.client.put(f"/sandbox/lines/{number}", json=behaviour)
    assert answer.status_code == 200, answer.text


async def dial(vendor, product, **fields):
    """Let the business call the customer, and return the call once it has ended."""
    form = {"From": BUSINESS, "To": CUSTOMER, "Url": f"{product.url}/voice", "StatusCallback": f"{product.url}/status"}
    events = {"StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"]}
    answer = await vendor.client.post(CALLS, data={**form, **events, **fields})
    assert answer.status_code == 201, answer.text
    return await ended(vendor, answer.json()["sid"])


def told(product):
    return [hook.form["CallStatus"] for hook in product.received if hook.path == "/status"]


async def test_a_call_hears_the_instructions_until_they_end(vendor, connected):
    connected.answers = {
        "/voice": f"<Response><Say>One</Say><Redirect>{connected.url}/two</Redirect><Say>Never</Say></Response>",
        "/two": "<Response><Play>https://x.invalid/a.mp3</Play><Hangup/><Say>Never</Say></Response>",
    }
    call = await ring(vendor)
    assert (call["status"], call["heard"]) == ("completed", ["One", "https://x.invalid/a.mp3"])
    hook = connected.received[0]
    assert hook.form["From"] == CUSTOMER
    assert hook.signature == form_signature("sandbox-signing-key", hook.url, list(hook.form.items()))


async def test_a_rejected_call_was_never_answered(vendor, connected):
    connected.answer = '<Response><Reject reason="busy"/></Response>'
    assert (await ring(vendor))["status"] == "busy"


async def test_instructions_that_never_end_are_cut_off(vendor, connected):
    connected.answer = f"<Response><Redirect>{connected.url}/voice</Redirect></Response>"
    await line(vendor, CUSTOMER, talks_ms=60_000)
    assert (await ring(vendor))["status"] == "failed"


@pytest.mark.parametrize(("answers", "status"), [("person", "completed"), ("busy", "busy"), ("no-answer", "no-answer")])
async def test_who_is_dialled_answers_as_told_and_the_action_hears_of_it(vendor, connected, answers, status):
    dialled = f'<Response><Dial action="{connected.url}/after"><Number>{ELSEWHERE}</Number></Dial></Response>'
    connected.answers = {"/voice": dialled, "/after": "<Response><Say>After</Say></Response>"}
    await line(vendor, ELSEWHERE, answers=answers, talks_ms=20)
    call = await ring(vendor)
    assert call["heard"] == ["After"]
    (after,) = [hook for hook in connected.received if hook.path == "/after"]
    assert after.form["DialCallStatus"] == status


async def test_the_telephone_that_is_joined_tells_how_it_goes_and_is_put_down_with_the_first(vendor, connected):
    number = f'<Number statusCallback="{connected.url}/second" statusCallbackEvent="ringing answered completed">'
    connected.answers = {"/voice": f"<Response><Dial>{number}{ELSEWHERE}</Number></Dial></Response>"}
    await line(vendor, ELSEWHERE, talks_ms=60_000)
    answer = await vendor.client.post("/sandbox/calls", json={"from": CUSTOMER, "to": BUSINESS})
    sid = answer.json()["sid"]
    await ended(vendor, sid, ("in-progress",))
    known = (await vendor.client.get("/sandbox/calls")).json()
    second = next(one["sid"] for one in known if one["parent_sid"] == sid)
    await ended(vendor, second, ("in-progress",))
    await vendor.client.post(f"/sandbox/calls/{sid}/hang-up")
    await ended(vendor, second, ("completed",))

    async def are_told():
        hooks = [hook.form for hook in connected.received if hook.path == "/second"]
        return hooks if hooks and hooks[-1]["CallStatus"] == "completed" else None

    deadline = time.monotonic() + PATIENT_S
    while not (hooks := await are_told()):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    assert [one["CallStatus"] for one in hooks] == ["ringing", "in-progress", "completed"]
    assert {one["ParentCallSid"] for one in hooks} == {sid}
    assert int(hooks[-1]["CallDuration"]) >= 1


async def test_a_media_stream_carries_sound_keys_and_marks_both_ways(vendor, connected):
    """The other end says back what it hears, marks its end, and closes when it was played."""
    starts, keys, heard, speech = [], [], [], spoken.say("Good day", RATE)

    async def serve(socket):
        listener = spoken.Listener(RATE)
        async for message in socket:
            told = json.loads(message)
            match told["event"]:
                case "start":
                    starts.append(told["start"]["customParameters"])
                    sound = {"payload": base64.b64encode(to_ulaw(speech)).decode()}
                    await socket.send(json.dumps({"event": "media", "media": sound}))
                    await socket.send(json.dumps({"event": "mark", "mark": {"name": "a"}}))
                case "media":
                    heard.extend(listener.hear(from_ulaw(base64.b64decode(told["media"]["payload"]))))
                case "dtmf":
                    keys.append(told["dtmf"]["digit"])
                case "mark":
                    starts.append(told["mark"]["name"])
            if heard and len(starts) > 1:
                await socket.close()

    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        stream = f'<Stream url="ws://127.0.0.1:{port}/"><Parameter name="call_id" value="c1"/></Stream>'
        connected.answer = f"<Response><Connect>{stream}</Connect><Say>After</Say></Response>"
        sid = (await vendor.client.post("/sandbox/calls", json={"from": CUSTOMER, "to": BUSINESS})).json()["sid"]
        await vendor.client.post(f"/sandbox/calls/{sid}/press", json={"digits": "1#"})
        await vendor.client.post(f"/sandbox/calls/{sid}/say", json={"text": "Hi"})
        call = await ended(vendor, sid)
    assert (starts, keys, heard) == ([{"call_id": "c1"}, "a"], ["1", "#"], ["Hi"])
    assert call["heard"] == ["Good day", "After"]
    assert (await vendor.client.post(f"/sandbox/calls/{sid}/say", json={"text": "Hi"})).status_code == 404


async def test_what_is_cleared_is_not_heard(vendor, connected):
    async def serve(socket):
        async for message in socket:
            if json.loads(message)["event"] == "start":
                sound = {"payload": base64.b64encode(to_ulaw(spoken.say("Good day", RATE))).decode()}
                for told in ({"event": "media", "media": sound}, {"event": "mark", "mark": {"name": "a"}}):
                    await socket.send(json.dumps(told))
                await socket.send(json.dumps({"event": "clear"}))
            elif json.loads(message)["event"] == "mark":
                await socket.close()

    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        connected.answer = f'<Response><Connect><Stream url="ws://127.0.0.1:{port}/"/></Connect></Response>'
        call = await ring(vendor)
    assert (call["heard"], call["notes"]) == ([], ["cleared"])


async def test_a_call_that_is_sent_elsewhere_follows_that_address(vendor, connected):
    connected.answers = {
        "/voice": '<Response><Pause length="1"/>' + '<Pause length="1"/>' * 60 + "</Response>",
        "/elsewhere": "<Response><Say>Here</Say></Response>",
    }
    await line(vendor, CUSTOMER, talks_ms=60_000)
    sid = (await vendor.client.post("/sandbox/calls", json={"from": CUSTOMER, "to": BUSINESS})).json()["sid"]
    await ended(vendor, sid, ("in-progress",))
    there = {"Url": f"{connected.url}/elsewhere"}
    assert (await vendor.client.post(f"{ACCOUNT}/Calls/{sid}.json", data=there)).status_code == 200
    assert (await ended(vendor, sid))["heard"] == ["Here"]
    assert (await vendor.client.post(f"{ACCOUNT}/Calls/{sid}.json", data=there)).json()["code"] == 21220


async def test_a_stream_nobody_serves_goes_on_with_what_follows(vendor, connected):
    connected.answer = '<Response><Connect><Stream url="ws://127.0.0.1:9/"/></Connect><Say>Sorry</Say></Response>'
    call = await ring(vendor)
    assert call["heard"] == ["Sorry"]
    assert "could not be held" in call["notes"][-1]


async def test_a_call_out_tells_each_step(vendor, connected):
    connected.answer = "<Response><Say>Hello</Say></Response>"
    call = await dial(vendor, connected)
    assert call["heard"] == ["Hello"]
    assert told(connected)[:3] == ["queued", "ringing", "in-progress"]


@pytest.mark.parametrize("answers", ["busy", "no-answer", "failed"])
async def test_a_call_out_that_is_not_answered_says_how(vendor, connected, answers):
    await line(vendor, CUSTOMER, answers=answers)
    assert (await dial(vendor, connected))["status"] == answers
    deadline = time.monotonic() + PATIENT_S
    while answers not in told(connected) and time.monotonic() < deadline:
        await asyncio.sleep(0.01)
    assert told(connected)[-1] == answers


async def test_a_machine_is_told_from_a_person_when_asked(vendor, connected):
    await line(vendor, CUSTOMER, answers="machine")
    await dial(vendor, connected, MachineDetection="Enable")
    (asked,) = [hook for hook in connected.received if hook.path == "/voice"]
    assert asked.form["AnsweredBy"] == "machine"


async def test_a_call_can_be_hung_up_from_both_sides(vendor, connected):
    await line(vendor, CUSTOMER, rings_ms=60_000)
    form = {"From": BUSINESS, "To": CUSTOMER, "Url": f"{connected.url}/voice"}
    sid = (await vendor.client.post(CALLS, data=form)).json()["sid"]
    answer = await vendor.client.post(f"{ACCOUNT}/Calls/{sid}.json", data={"Status": "completed"})
    assert answer.status_code == 200
    assert (await ended(vendor, sid))["status"] == "canceled"
    connected.answer = "<Response>" + '<Pause length="1"/>' * 60 + "</Response>"
    await line(vendor, CUSTOMER, talks_ms=60_000)
    sid = (await vendor.client.post("/sandbox/calls", json={"from": CUSTOMER, "to": BUSINESS})).json()["sid"]
    await ended(vendor, sid, ("in-progress",))
    await vendor.client.post(f"/sandbox/calls/{sid}/hang-up")
    assert (await ended(vendor, sid))["status"] == "completed"


@pytest.mark.parametrize(("kind", "times"), [("duplicate", 2), ("drop", 0)])
async def test_statuses_come_twice_or_not_at_all_on_command(vendor, connected, kind, times):
    await vendor.faults({"target": "carrier.calls", "kind": kind})
    await dial(vendor, connected)
    assert told(connected).count("ringing") == times


async def test_a_stranger_dials_nobody_and_a_wrong_number_is_refused(vendor):
    form = {"From": BUSINESS, "To": CUSTOMER, "Url": "http://127.0.0.1:9/"}
    assert (await vendor.client.post(CALLS, data=form, auth=("x", "y"))).status_code == 401
    assert (await vendor.client.post(CALLS, data={**form, "From": ELSEWHERE})).json()["code"] == 21212
    assert (await vendor.client.post(CALLS, data={**form, "To": "x"})).json()["code"] == 21211
    assert (await vendor.client.get(f"{ACCOUNT}/Calls/none.json")).json()["code"] == 20404
