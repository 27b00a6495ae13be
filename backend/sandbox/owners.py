"""Who picks up a telephone that the business rings, and what they say first: its owner, their machine, a screener.

A screening service asks who is calling, then rings the owner with that; the owner speaks, or nobody does.
"""

import asyncio

from backend.sandbox import spoken
from backend.sandbox.calls import Behaviour, Call

GREETING = "You have reached the voice mail of this number. Please leave a message after the tone."
ASKS = "Please state your name and why you are calling."
RINGS = "Thank you, please stay on the line."
OWNER = "Hello, who is there?"
# Between two sentences of somebody who says who they are passes less.
_QUIET_S = 3.0
NOBODY = "Sorry, nobody can take this call. Goodbye."


async def pick_up(call: Call, behaviour: Behaviour) -> None:
    """Say what comes first once a stream is open, until the call has ended."""
    match behaviour.answers:
        case "machine":
            call.say(behaviour.says or GREETING)
            call.beep()
        case "screener":
            call.say(ASKS)
            if not await _is_told_who_calls(call):
                return
            if behaviour.lets_through:
                call.say(RINGS)
                call.say(behaviour.says or OWNER)
                return
            call.say(NOBODY)
            await asyncio.sleep(spoken.seconds(NOBODY))
            call.hung_up.set()
        case _ if behaviour.says:
            call.say(behaviour.says)


async def _is_told_who_calls(call: Call) -> bool:
    """Wait until who calls has said so and has been quiet for a while; False where the call ends first."""
    is_told = False
    while not call.has_ended:
        call.spoken_to.clear()
        try:
            await asyncio.wait_for(call.spoken_to.wait(), _QUIET_S)
            is_told = True
        except TimeoutError:
            if is_told:
                return True
    return False
