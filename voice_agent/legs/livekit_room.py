"""Carry a call in a room of LiveKit: its SIP service brings the caller in, the agent speaks and hears as a track."""

import asyncio
from collections.abc import Callable
from typing import Any

from livekit import api, rtc
from livekit.agents.voice import io

from voice_agent import gateway
from voice_agent.legs.around import Around
from voice_agent.legs.keys import WAIT, WAIT_S
from voice_agent.legs.pacing import PCM_24K, PacedMouth
from voice_agent.legs.port import Gone
from voice_agent.legs.taps import Taps

# What WebRTC mixes and the recognizer takes without another change of rate.
_RATE = 24_000
# The source forgets what it holds the moment somebody breaks in, so it may hold enough to bridge a busy machine.
_LEAD_S, _QUEUED_MS = 0.2, 300
# Opus far above what telephones carry: the sound is coded once more on its way to one.
_BITRATE = 96_000
_KEPT_FRAMES = 100
# A room brings a track to its people in some tenths of a second; where it brings it to nobody, we speak all the same.
_HEARS_WITHIN_S = 5.0
_TRACK = "agent"
# The events of keys (RFC 4733, section 3.2), and the time one takes with the pause after it.
_CODES, _KEY_S = {key: code for code, key in enumerate("0123456789*#")}, 0.3


class _Ear(io.AudioInput):
    """What the caller's track says, frame by frame as it comes."""

    def __init__(self, taps: Taps) -> None:
        super().__init__(label="room")
        self._taps = taps
        self._frames: asyncio.Queue[rtc.AudioFrame] = asyncio.Queue(_KEPT_FRAMES)

    async def follow(self, track: rtc.Track) -> None:
        """Take a track's sound until it ends; the oldest is forgotten where nobody listens."""
        stream = rtc.AudioStream(track, sample_rate=_RATE, num_channels=1, frame_size_ms=20)
        try:
            async for event in stream:
                self._taps.caller(bytes(event.frame.data))
                if self._frames.full():
                    self._frames.get_nowait()
                self._frames.put_nowait(event.frame)
        finally:
            await stream.aclose()

    async def __anext__(self) -> rtc.AudioFrame:
        return await self._frames.get()


class RoomLine:
    """The line of a call in a room (see `legs.port.Leg`)."""

    def __init__(self, room: rtc.Room, caller: rtc.RemoteParticipant, call: gateway.CallBrief) -> None:
        self.name = room.name
        self.taps = Taps(_RATE, bytes)
        self.ear = _Ear(self.taps)
        self.mouth = PacedMouth(self, coding=PCM_24K, lead_s=_LEAD_S)
        self.around = Around(self.mouth.coding)
        self._room, self._caller, self._call = room, caller, call
        self._source = rtc.AudioSource(_RATE, 1, queue_size_ms=_QUEUED_MS)
        self._gone: asyncio.Future[Gone] = asyncio.get_running_loop().create_future()
        self._listening: set[asyncio.Task[None]] = set()
        self._is_put_down = False
        room.on("track_subscribed", self._on_track)
        room.on("participant_disconnected", self._on_left)
        room.on("disconnected", self._on_disconnected)
        for publication in caller.track_publications.values():
            if publication.track is not None:
                self._listen(publication.track)
        if caller.identity not in room.remote_participants:
            self._over(Gone.STOPPED)

    async def open(self) -> None:
        """Let the agent be heard, and wait until it is: what is said before somebody hears the track is lost."""
        track = rtc.LocalAudioTrack.create_audio_track(_TRACK, self._source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        options.audio_encoding.max_bitrate = _BITRATE
        published = await self._room.local_participant.publish_track(track, options)
        heard = asyncio.create_task(published.wait_for_subscription())
        waiting: set[asyncio.Future[Any]] = {heard, self._gone}
        await asyncio.wait(waiting, timeout=_HEARS_WITHIN_S, return_when=asyncio.FIRST_COMPLETED)
        heard.cancel()

    async def carry(self, pressed: Callable[[str], None]) -> Gone:
        """Wait until the caller or the room is gone; sound comes and goes by itself."""

        def on_key(told: rtc.SipDTMF) -> None:
            if told.participant is None or told.participant.identity == self._caller.identity:
                pressed(told.digit)

        self._room.on("sip_dtmf_received", on_key)
        try:
            return await self._gone
        finally:
            self._room.off("sip_dtmf_received", on_key)
            for task in self._listening:
                task.cancel()
            await self._room.disconnect()
            await self._source.aclose()

    async def hang_up(self) -> None:
        """Close the room: LiveKit's SIP service puts the caller's line down by it."""
        self._is_put_down = True
        await close(self._room.name)
        self._over(Gone.CLOSED)

    async def press(self, keys: str) -> None:
        """Have LiveKit's SIP service press keys (RFC 4733)."""
        for key in keys:
            if key in _CODES:
                await self._room.local_participant.publish_dtmf(code=_CODES[key], digit=key)
            await asyncio.sleep(WAIT_S if key == WAIT else _KEY_S)

    async def put_through(self, number: str, reason: str) -> None:
        """Have the carrier join the caller with a telephone; the caller leaves the room by that."""
        await gateway.put_through(self._call.call_id, number, reason)

    async def send_sound(self, frame: bytes) -> None:
        """Send one frame."""
        self.taps.agent(frame)
        await self.send_beside(self.around.under(frame, self.mouth.is_speaking))

    async def send_beside(self, frame: bytes) -> None:
        """Send one frame that nobody who listens in hears; a line that is gone takes none."""
        if self._gone.done():
            return
        await self._source.capture_frame(rtc.AudioFrame(frame, _RATE, 1, len(frame) // 2))

    async def send_mark(self) -> asyncio.Future[None]:
        """Return what is done when everything sent was played."""
        return asyncio.ensure_future(self._source.wait_for_playout())

    async def send_clear(self) -> None:
        """Throw away what was not played; of a line that is gone nothing is kept."""
        if not self._gone.done():
            self._source.clear_queue()

    def _on_track(self, track: rtc.Track, _: Any, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self._caller.identity:
            self._listen(track)

    def _on_left(self, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == self._caller.identity:
            self._over(Gone.STOPPED)

    def _on_disconnected(self, reason: Any = None) -> None:
        # A room that is closed puts its lines down; whatever else cuts us off leaves the caller there.
        is_closed = reason == rtc.DisconnectReason.ROOM_DELETED
        self._over(Gone.STOPPED if is_closed else Gone.LOST)

    def _listen(self, track: rtc.Track) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            task = asyncio.get_running_loop().create_task(self.ear.follow(track))
            self._listening.add(task)
            task.add_done_callback(self._listening.discard)

    def _over(self, gone: Gone) -> None:
        if not self._gone.done():
            self._gone.set_result(Gone.CLOSED if self._is_put_down else gone)


async def comes(room: rtc.Room, within_s: float, identity: str = "") -> rtc.RemoteParticipant:
    """Return who is called for in a room, as soon as they are there: somebody by name, or the first who is no agent.

    Raises `TimeoutError`.
    """
    came: asyncio.Future[rtc.RemoteParticipant] = asyncio.get_running_loop().create_future()

    def on_come(participant: rtc.RemoteParticipant) -> None:
        is_agent = participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_AGENT
        if not is_agent and identity in ("", participant.identity) and not came.done():
            came.set_result(participant)

    room.on("participant_connected", on_come)
    try:
        for participant in room.remote_participants.values():
            on_come(participant)
        return await asyncio.wait_for(came, within_s)
    finally:
        room.off("participant_connected", on_come)


async def close(room: str) -> None:
    """Close a room, whoever is in it; one that is gone is closed."""
    try:
        async with server() as livekit:
            await livekit.room.delete_room(api.DeleteRoomRequest(room=room))
    except (api.TwirpError, OSError, TimeoutError) as error:
        gateway.log.warning("voice.room_not_closed", room=room, error=str(error))


def server(*, failover: bool = True) -> api.LiveKitAPI:
    """Return LiveKit's own API, to be used in an `async with`; without `failover` nothing is asked a second time."""
    config = gateway.settings()
    secret = config.livekit_api_secret.get_secret_value()
    return api.LiveKitAPI(config.livekit_url, config.livekit_api_key, secret, failover=failover)
