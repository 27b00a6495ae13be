"""The line of a call in a room, as far as it needs no server."""

from types import SimpleNamespace

from voice_agent.legs.livekit_room import RoomLine
from voice_agent.legs.port import Gone


class Room:
    """A room whose caller has left it."""

    name = "call-1"
    remote_participants: dict[str, object] = {}

    def on(self, *_: object) -> None:
        pass

    off = on

    async def disconnect(self) -> None:
        pass


async def test_a_line_that_is_gone_takes_no_more_sound_and_has_nothing_to_throw_away():
    line = RoomLine(Room(), SimpleNamespace(identity="sip_1", track_publications={}), SimpleNamespace())
    assert await line.carry(lambda _: None) == Gone.STOPPED
    await line.send_sound(bytes(960))
    await line.send_clear()
