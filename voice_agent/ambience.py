"""Let callers hear the place an agent is said to be at, for as long as it holds their call."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from voice_agent import gateway, places
from voice_agent.legs.port import Leg


@asynccontextmanager
async def around(leg: Leg, settings: Mapping[str, Any]) -> AsyncIterator[None]:
    """Have a line be at the place that an agent's settings name, in the block; one that is nowhere costs nothing."""
    name, volume = str(settings["ambient_sound"]), float(settings["ambient_sound_volume"])
    if name not in places.NAMES or not volume:
        yield
        return
    playing = asyncio.get_running_loop().create_task(_play(leg, name, volume))
    try:
        yield
    finally:
        playing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await playing


async def _play(leg: Leg, name: str, volume: float) -> None:
    try:
        # It is made once, while the call begins.
        leg.around.be(await asyncio.to_thread(places.loop, name, leg.mouth.coding.rate), volume)
        await leg.around.play(leg)
    except Exception as error:
        # A call without a place is a call.
        gateway.log.warning("voice.place_silent", place=name, error=repr(error))
