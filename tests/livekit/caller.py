"""Be somebody on a telephone whom LiveKit's SIP service brings into a room: speak, and hear what is said."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from livekit import api, rtc

from backend.calls.routing import CALL_ATTRIBUTE, ROOM_AGENT, TICKET_ATTRIBUTE
from backend.core.ids import new_id
from backend.sandbox import spoken
from tests.livekit.conftest import KEY, SECRET

RATE = 24_000


def allowed_in(call_id: object, ticket: str) -> api.AccessToken:
    """Return what lets a caller into a room: the rule of our trunk gives them one, and sends us there."""
    attributes = {CALL_ATTRIBUTE: str(call_id), TICKET_ATTRIBUTE: ticket, "sip.phoneNumber": "+14155550177"}
    dispatch = api.RoomConfiguration(agents=[api.RoomAgentDispatch(agent_name=ROOM_AGENT)])
    grants = api.VideoGrants(room_join=True, room=f"call-{new_id()}")
    token = api.AccessToken(KEY, SECRET).with_identity("sip_+14155550177").with_attributes(attributes)
    return token.with_grants(grants).with_room_config(dispatch)


class Caller:
    """Somebody in a room as the SIP service would bring them: its kind of participant, with what their INVITE said."""

    def __init__(self, address: str, token: api.AccessToken) -> None:
        self._address, self._token = address, token.with_kind("sip").to_jwt()
        self.room = rtc.Room()
        self.heard: list[str] = []
        self.is_put_down = asyncio.Event()
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=100)
        self._listener = spoken.Listener(RATE)
        self._saying = np.zeros(0, np.int16)
        self._said_until = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    def calling_in(cls, address: str, call_id: object, ticket: str) -> "Caller":
        """Return who calls in."""
        return cls(address, allowed_in(call_id, ticket))

    @classmethod
    def rung(cls, address: str, asked: Mapping[str, Any]) -> "Caller":
        """Return who was rung, as the SIP service brings them into the room that it was asked for."""
        grants = api.VideoGrants(room_join=True, room=asked["roomName"])
        token = api.AccessToken(KEY, SECRET).with_identity(asked["participantIdentity"])
        return cls(address, token.with_attributes(dict(asked["participantAttributes"])).with_grants(grants))

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
