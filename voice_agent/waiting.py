"""Have somebody rung who may take the caller, and let the caller wait with music until it is known who does."""

import asyncio

import numpy as np

from voice_agent import gateway
from voice_agent.legs.pacing import FRAME_S
from voice_agent.legs.port import Leg

# Ringing, hearing who calls, and deciding take a minute; after this nobody is waited for.
LONGEST_S = 75.0
# A quiet chord that breathes: pitches in hertz, the time of a breath in seconds, and how loud of 32,767.
_CHORD, _BREATH_S, _LOUDNESS = (220.0, 277.18, 329.63), 4.0, 1_200
_HUNG_UP, _NOBODY = "The call ended meanwhile.", "Nobody took the caller in time."


class Waiting:
    """The caller of one call while somebody is rung for them."""

    def __init__(self, call: gateway.CallBrief, leg: Leg) -> None:
        self._call = call
        self._leg = leg
        self._attempt = ""
        self._outcome: asyncio.Future[str] | None = None

    async def ask(self, number: str, reason: str) -> None:
        """Ring a telephone until somebody takes the caller. Raises `MagpipeError` that says why nobody does."""
        loop = asyncio.get_running_loop()
        call_id, attempt = self._call.call_id, gateway.new_id().hex
        self._attempt, outcome = attempt, loop.create_future()
        self._outcome = outcome
        music = loop.create_task(play(self._leg))
        try:
            sid = await gateway.ring(call_id, attempt, number, reason)
            # It may have been over before we listened.
            await self.look()
            await asyncio.wait({outcome}, timeout=LONGEST_S)
            failure = outcome.result() if outcome.done() else _NOBODY
            if failure:
                await gateway.stop_ringing(call_id, attempt, sid)
                raise gateway.Unavailable(failure)
        finally:
            self._attempt = ""
            music.cancel()

    def take(self, attempt: str) -> bool:
        """Let somebody who was rung have the caller; False where the caller waits for them no more."""
        is_waited_for = self._attempt == attempt and self._outcome is not None and not self._outcome.done()
        if is_waited_for:
            self._settle("")
        return is_waited_for

    async def look(self) -> None:
        """Learn whether the one who is rung will not take the caller."""
        if self._attempt and (failure := await gateway.failure(self._call.call_id, self._attempt)):
            self._settle(failure)

    def end(self) -> None:
        """Wait no more: the call is over, or about to be."""
        self._settle(_HUNG_UP)

    def _settle(self, failure: str) -> None:
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_result(failure)


async def play(leg: Leg) -> None:
    """Play music to whoever waits on a line, until cancelled."""
    loop = asyncio.get_running_loop()
    coding = leg.mouth.coding
    size = round(coding.rate * FRAME_S)
    due, played = loop.time(), 0
    while True:
        at = (np.arange(size) + played) / coding.rate
        chord = sum(np.sin(2 * np.pi * pitch * at) for pitch in _CHORD) / len(_CHORD)
        breath = 0.5 - 0.5 * np.cos(2 * np.pi * at / _BREATH_S)
        # Two sounds on one line, frame by frame, are none: what is still being said comes first.
        if not leg.mouth.is_speaking:
            await leg.send_sound(coding.encode((chord * breath * _LOUDNESS).astype(np.int16).tobytes()))
        played += size
        due = max(due + FRAME_S, loop.time() - FRAME_S)
        await asyncio.sleep(max(0.0, due - loop.time()))
