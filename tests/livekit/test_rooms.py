"""A caller whom LiveKit's SIP service brings into a room is answered there by sound, and strangers are sent away."""

import asyncio
import time

import numpy as np
import pytest
from livekit import api, rtc

from backend.calls import tickets
from backend.calls.routing import CALL_ATTRIBUTE, TICKET_ATTRIBUTE
from backend.core.ids import new_id
from backend.sandbox import spoken
from tests.livekit.conftest import KEY, SECRET
from tests.voice_agent.dialling import PATIENT_S, told
from voice_agent.rooms import AGENT, Rooms
from voice_agent.worker import Worker

RATE = 24_000


class Caller:
    """Somebody in a room as the SIP service would bring them: its kind of participant, with what their INVITE said."""

    def __init__(self, address: str, call_id: object, ticket: str) -> None:
        self._address = address
        attributes = {CALL_ATTRIBUTE: str(call_id), TICKET_ATTRIBUTE: ticket, "sip.phoneNumber": "+14155550177"}
        dispatch = api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name=AGENT)])
        grants = api.VideoGrants(room_join=True, room=f"call-{new_id()}")
        token = api.AccessToken(KEY, SECRET).with_identity("sip_+14155550177").with_kind("sip")
        self._token = token.with_attributes(attributes).with_grants(grants).with_room_config(dispatch).to_jwt()
        self.room = rtc.Room()
        self.heard: list[str] = []
        self.is_put_down = asyncio.Event()
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=100)
        self._listener = spoken.Listener(RATE)
        self._saying = np.zeros(0, np.int16)
        self._said_until = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self):
        self.room.on("track_subscribed", lambda track, *_: self._begin(self._listen(track)))
        self.room.on("disconnected", lambda *_: self.is_put_down.set())
        await self.room.connect(self._address, self._token)
        options = rtc.TrackPublishOptions(dtx=False)
        options.audio_encoding.max_bitrate = 96_000
        voice = rtc.LocalAudioTrack.create_audio_track("voice", self._source)
        await self.room.local_participant.publish_track(voice, options)
        self._begin(self._talk())
        return self

    async def __aexit__(self, *_):
        for task in self._tasks:
            task.cancel()
        await self.room.disconnect()
        await self._source.aclose()

    def says(self, text: str) -> None:
        """Say something from now on."""
        self._saying = np.concatenate([self._saying, spoken.say(text, RATE)])
        self._said_until = time.monotonic() + len(self._saying) / RATE

    @property
    def is_silent(self) -> bool:
        """Whether everything was said, a few seconds ago."""
        return time.monotonic() > self._said_until + 6

    def _begin(self, work) -> None:
        self._tasks.add(asyncio.create_task(work))

    async def _talk(self) -> None:
        size = RATE // 50
        while True:
            part, self._saying = self._saying[:size], self._saying[size:]
            part = np.concatenate([part, np.zeros(size - len(part), np.int16)])
            await self._source.capture_frame(rtc.AudioFrame(part.tobytes(), RATE, 1, size))

    async def _listen(self, track) -> None:
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
            self.heard += self._listener.hear(np.frombuffer(bytes(event.frame.data), np.int16))


@pytest.fixture
async def worker(livekit, sandbox):
    """A worker that LiveKit sends calls to."""
    made = Worker(2)
    rooms = Rooms(made)
    await rooms.start()
    await asyncio.wait_for(rooms.is_known.wait(), PATIENT_S)
    yield made
    await rooms.stop(5)


async def test_a_caller_in_a_room_is_greeted_answered_and_kept(line, livekit, worker, run_jobs, eventually):
    record = await line.begin()
    async with Caller(livekit, record.id, tickets.issue(record.id)) as caller:

        async def greeted():
            return any("North" in one for one in caller.heard)

        async def answered():
            # Sound in real time loses frames on a busy machine, and a line of tones with them: then it is said again.
            lines = [one.data["who"] for one in await told(line, "transcript.line")]
            if "caller" not in lines and caller.is_silent:
                caller.says("My name is Dana Ruiz")
            return "agent" in lines[2:]

        await eventually(greeted, PATIENT_S)
        await eventually(answered, 2 * PATIENT_S)

    async def idle():
        return worker.calls == 0

    await eventually(idle, PATIENT_S)
    await run_jobs()
    said = [(one.data["who"], one.data["text"]) for one in await told(line, "transcript.line")]
    assert said[0] == ("agent", "North Dental.")
    assert "caller" in {who for who, _ in said}
    (ended,) = await told(line, "call.ended")
    assert ended.data["ending"] == "caller_hung_up"


async def test_a_caller_without_a_ticket_is_put_down(line, livekit, worker):
    record = await line.begin()
    async with Caller(livekit, record.id, "1.2") as stranger:
        await asyncio.wait_for(stranger.is_put_down.wait(), PATIENT_S)
    assert await told(line, "agent.joined") == []
