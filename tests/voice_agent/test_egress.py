"""A room is recorded by LiveKit's egress service; where that cannot be had, our own recorder hears the line."""

import pytest
from livekit import api

from tests.backend.calls import livekit_api
from voice_agent.egress import Egress
from voice_agent.legs.pacing import PCM_24K
from voice_agent.legs.taps import Taps
from voice_agent.recording import Recorder


@pytest.fixture
async def livekit(monkeypatch):
    async with livekit_api.serving(monkeypatch) as found:
        yield found


def recording(tmp_path, folder="."):
    taps = Taps(PCM_24K.rate, bytes)
    own = tmp_path / "own.mp3"
    return Egress("call-1", tmp_path / folder / "theirs.mp3", instead=Recorder(taps, own)), taps, own


async def test_the_room_is_recorded_from_begin_to_end_by_the_egress_service(livekit, tmp_path):
    livekit.answers["StartRoomCompositeEgress"] = (
        200,
        {"protobuf": api.EgressInfo(egress_id="EG_1").SerializeToString()},
    )
    livekit.answers["StopEgress"] = (200, {})
    made, _, own = recording(tmp_path)
    made.begin()
    assert await made.end() is False
    (started,), (stopped,) = livekit.of("StartRoomCompositeEgress"), livekit.of("StopEgress")
    wanted = api.RoomCompositeEgressRequest.FromString(started)
    assert (wanted.room_name, wanted.audio_only) == ("call-1", True)
    assert wanted.audio_mixing == api.AudioMixing.DUAL_CHANNEL_AGENT
    assert wanted.file_outputs[0].filepath == str(tmp_path / "theirs.mp3")
    assert api.StopEgressRequest.FromString(stopped).egress_id == "EG_1"
    assert not own.exists()


@pytest.mark.parametrize(
    ("folder", "answer"),
    [(".", (503, {"code": "unavailable", "msg": "no egress service"})), ("nowhere", (200, {}))],
)
async def test_where_it_cannot_be_had_our_own_recorder_hears_the_line(livekit, tmp_path, folder, answer, eventually):
    livekit.answers["StartRoomCompositeEgress"] = answer
    made, taps, own = recording(tmp_path, folder)
    made.begin()

    async def hears():
        return taps.is_heard

    await eventually(hears)
    for _ in range(60):
        taps.caller(b"\x40\x20" * 480)
    assert await made.end() is True
    assert own.stat().st_size > 0
