"""What LiveKit tells of a call's room is believed only when it vouches for it, and stands in the call's log once."""

import base64
import hashlib
import json
import time
from uuid import UUID

import pytest
from livekit import api as livekit
from pydantic import SecretStr
from sqlmodel import col, select

from backend.calls import rooms, transcript
from backend.calls.routing import CALL_ATTRIBUTE
from backend.core import clock
from backend.core.config import settings
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.models.calls import CallEvent
from tests.backend.calls.calling import INBOUND, call_in, form, post

PATH = "/functions/v1/webhook-livekit-egress"
KEY, SECRET = "devkey", "a secret of LiveKit's that is long enough"


@pytest.fixture(autouse=True)
def keys(monkeypatch):
    monkeypatch.setattr(settings(), "livekit_api_key", KEY)
    monkeypatch.setattr(settings(), "livekit_api_secret", SecretStr(SECRET))


def event(name: str, call_id: object, **more: object) -> dict[str, object]:
    """Return an event as LiveKit's server posts it."""
    caller = {"identity": "sip_+1", "attributes": {"sip.phoneNumber": "+14155550123", CALL_ATTRIBUTE: str(call_id)}}
    base = {"event": name, "id": f"EV_{new_id().hex}", "createdAt": str(int(time.time()))}
    return {**base, "room": {"name": "call-1", "sid": "RM_1"}, "participant": caller, **more}


async def tell(api, told: object, *, secret: str = SECRET, key: str = KEY, over: bytes | None = None):
    """Post an event with LiveKit's own token over these bytes, or others."""
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    digest = base64.b64encode(hashlib.sha256(body if over is None else over).digest()).decode()
    token = livekit.AccessToken(key, secret).with_sha256(digest).to_jwt()
    headers = {"authorization": token, "content-type": "application/webhook+json"}
    return await api.http.post(PATH, content=body, headers=headers)


@pytest.fixture
async def apply(jobs_waiting):
    async def run() -> None:
        for _, job in await jobs_waiting("calls.apply_room"):
            await rooms.apply(UUID(job["event_id"]))

    return run


async def logged(line, call_id) -> list[CallEvent]:
    with line.org.scope():
        async with unit_of_work() as session:
            query = select(CallEvent).where(CallEvent.call_id == call_id, CallEvent.source == "livekit")
            return list((await session.exec(query.order_by(col(CallEvent.id)))).all())


async def test_who_comes_and_leaves_stands_in_the_log_once(line, api, apply):
    call_id = call_in(await post(api, INBOUND, form()))
    joined, left = event("participant_joined", call_id), event("participant_left", call_id)
    for told in (joined, left, joined):
        assert (await tell(api, told)).status_code == 200
    await apply()
    await apply()
    assert [one.kind for one in await logged(line, call_id)] == ["line.joined", "line.left"]


async def test_an_agent_of_ours_in_a_room_is_nobody_who_came(line, api, jobs_waiting):
    call_id = call_in(await post(api, INBOUND, form()))
    room = {"name": "call-2", "metadata": json.dumps({"call_id": str(call_id)})}
    ours = {"identity": "agent-AJ_1", "kind": "AGENT"}
    for name in ("participant_joined", "participant_left"):
        assert (await tell(api, event(name, "", participant=ours, room=room))).status_code == 200
    assert await jobs_waiting("calls.apply_room") == []


async def test_what_happened_is_told_in_parts_of_a_second_and_in_no_words_of_livekits(line, api, apply):
    call_id = call_in(await post(api, INBOUND, form()))
    before = clock.now()
    # Its time is in whole seconds: what it tells at once happened just now, not before the second began.
    told = event("participant_left", call_id, createdAt=str(int(before.timestamp())))
    told["participant"]["disconnectReason"] = "CLIENT_INITIATED"
    await tell(api, told)
    late = event("participant_joined", call_id, createdAt=str(int(before.timestamp()) - 60))
    await tell(api, late)
    await apply()
    left, joined = await logged(line, call_id)
    assert left.at >= before
    assert joined.at.timestamp() == int(before.timestamp()) - 59
    with line.org.scope():
        async with unit_of_work() as session:
            shown = await transcript.happenings(session, call_id)
    assert "CLIENT_INITIATED" not in str(shown)


async def test_a_recording_is_told_by_the_name_of_its_file(line, api, apply):
    call_id = call_in(await post(api, INBOUND, form()))
    result = {"filename": f"calls/{call_id}.ogg", "location": f"s3://calls/{call_id}.ogg", "duration": "61500000000"}
    info = {"egressId": "EG_1", "status": "EGRESS_COMPLETE", "fileResults": [result]}
    await tell(api, event("egress_ended", "", participant=None, egressInfo=info))
    await apply()
    (told,) = await logged(line, call_id)
    assert (told.kind, told.data["status"], told.data["duration_s"]) == ("recording.told", "completed", 61)


async def test_a_recording_of_the_egress_service_is_taken_up_by_the_name_of_its_file(line, api, apply, jobs_waiting):
    call_id, recording_id = call_in(await post(api, INBOUND, form())), new_id()
    info = {"egressId": "EG_1", "fileResults": [{"filename": f"/shared/call-{call_id}_{recording_id}.mp3"}]}
    for _ in range(2):
        await tell(api, event("egress_ended", "", participant=None, egressInfo=info))
    await apply()
    ((_, job),) = await jobs_waiting("recordings.complete")
    assert job["recording_id"] == str(recording_id)


async def test_a_room_of_ours_names_its_call_in_its_metadata(line, api, apply):
    call_id = call_in(await post(api, INBOUND, form()))
    room = {"name": "call-2", "metadata": json.dumps({"call_id": str(call_id)})}
    await tell(api, event("room_finished", "", participant=None, room=room))
    await apply()
    assert [one.kind for one in await logged(line, call_id)] == ["room.closed"]


@pytest.mark.parametrize(
    "stranger", [{"secret": "another secret that is long enough too"}, {"key": "other"}, {"over": b"{}"}]
)
async def test_what_livekit_does_not_vouch_for_is_refused(line, api, jobs_waiting, stranger):
    assert (await tell(api, event("participant_joined", new_id()), **stranger)).status_code == 403
    assert await jobs_waiting("calls.apply_room") == []


async def test_without_keys_nobody_can_vouch(line, api, monkeypatch):
    monkeypatch.setattr(settings(), "livekit_api_secret", SecretStr(""))
    assert (await tell(api, event("participant_joined", new_id()))).status_code == 403


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b'{"event": "room_started"}', b'{"id": "1", "event": 3}'])
async def test_what_is_no_event_is_refused_and_names_what_is_wrong(line, api, body):
    assert (await tell(api, body)).status_code == 400


@pytest.mark.parametrize(
    "odd",
    [
        {"participant": "x", "room": [], "egressInfo": 1},
        {"participant": {"attributes": {CALL_ATTRIBUTE: "' or 1=1"}}, "createdAt": "99999999999999999999"},
        {"room": {"metadata": "[" * 2000}},
    ],
)
async def test_an_event_of_no_call_is_noted_and_nothing_else(line, api, apply, odd):
    assert (await tell(api, {**event("participant_joined", new_id()), **odd})).status_code == 200
    await apply()
    assert await line.calls() == []
