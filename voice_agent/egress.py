"""Have LiveKit's egress service record a call in a room, behind the same two calls as our own recorder."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
from livekit import api

from voice_agent import gateway
from voice_agent.legs import livekit_room

if TYPE_CHECKING:
    from voice_agent.recording import Recorder


class Egress:
    """One recording of one room, from `begin` until `end`; where it cannot be had, `instead` records the line."""

    def __init__(self, room: str, path: Path, instead: Recorder) -> None:
        self._room, self._path, self._instead = room, path, instead
        self._starting: asyncio.Task[str] | None = None

    def begin(self) -> None:
        """Have everybody in the room recorded from now on; the call does not wait for it."""
        self._starting = asyncio.get_running_loop().create_task(self._start())

    async def end(self) -> bool:
        """Have no more recorded, and return whether the file is whole: of its own the egress service tells later."""
        egress_id = await self._starting if self._starting is not None else ""
        if not egress_id:
            return await self._instead.end()
        try:
            async with livekit_room.server() as livekit:
                await livekit.egress.stop_egress(api.StopEgressRequest(egress_id=egress_id))
        except (api.TwirpError, aiohttp.ClientError, OSError, TimeoutError) as error:
            # A room that is closed ends what records it.
            gateway.log.info("voice.egress_not_stopped", room=self._room, error=str(error))
        return False

    async def _start(self) -> str:
        """Return the id of what records, or nothing where our own recorder does."""
        wanted = api.RoomCompositeEgressRequest(
            room_name=self._room,
            audio_only=True,
            audio_mixing=api.AudioMixing.DUAL_CHANNEL_AGENT,
            file_outputs=[
                api.EncodedFileOutput(
                    file_type=api.EncodedFileType.MP3, filepath=str(self._path), disable_manifest=True
                )
            ],
        )
        try:
            if not self._path.parent.is_dir():
                raise OSError(f"there is no folder {self._path.parent}")
            async with livekit_room.server() as livekit:
                return (await livekit.egress.start_room_composite_egress(wanted)).egress_id
        except (api.TwirpError, aiohttp.ClientError, OSError, TimeoutError) as error:
            gateway.log.error("voice.egress_not_started", room=self._room, error=str(error))
            self._instead.begin()
            return ""
