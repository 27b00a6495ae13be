"""Hold calls: as many at once as this process can, each on its own line, and none dropped when it is told to stop."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from aiohttp import web
from livekit.agents import inference

from voice_agent import gateway, server
from voice_agent.ambience import around
from voice_agent.core import rules
from voice_agent.core.cost_clock import Component, CostClock
from voice_agent.core.states import Kind
from voice_agent.desk import Desks
from voice_agent.guests import Guests
from voice_agent.keeping import Keeping, Kept
from voice_agent.legs.media_stream import MediaStream
from voice_agent.legs.port import Leg
from voice_agent.lobby import Lobby
from voice_agent.quieting import quieted
from voice_agent.rooms import Rooms
from voice_agent.session import CallSession

# What a goodbye takes at most, and the line after it: calls that outlast the drain are closed so long before its end.
_GOODBYE_S = 12.0


class Worker:
    """The calls of one process."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.is_draining = False
        self.held: set[CallSession] = set()
        self.desks = Desks(self)
        """The lines of people at their browsers."""
        self.waiting: set[Lobby] = set()
        self._promised = 0
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    @property
    def calls(self) -> int:
        """How many calls are held."""
        return self._promised

    @property
    def has_room(self) -> bool:
        """Whether one more call can be held well."""
        return not self.is_draining and self._promised < self.capacity

    async def hold(self, leg: Leg, call: gateway.CallBrief, keeping: Keeping | None = None) -> None:
        """Hold a call until its line is gone; `keeping` stands behind it where that is not a customer's.

        Raises `Unavailable` when there is no room, and whatever keeps the agent from beginning.
        """
        with self.engaged():
            await self.carry(leg, call, keeping or Kept(call))

    async def let_wait(self, stream: MediaStream, call: gateway.CallBrief, wait: str) -> None:
        """Let a caller wait for people of the team. Raises `Unavailable` when there is no room, `Invalid`."""
        lobby = Lobby(self, stream, call, gateway.parse_id(wait))
        with self.engaged():
            self.waiting.add(lobby)
            try:
                await lobby.hold()
            finally:
                self.waiting.discard(lobby)

    @contextmanager
    def engaged(self) -> Iterator[None]:
        """Count one more call while the block runs. Raises `Unavailable` when there is no room."""
        if not self.has_room:
            raise gateway.Unavailable("No more calls can be held here now.")
        self._promised += 1
        self._is_idle.clear()
        try:
            yield
        finally:
            self._promised -= 1
            if not self._promised:
                self._is_idle.set()

    async def carry(self, leg: Leg, call: gateway.CallBrief, keeping: Keeping) -> None:
        """Hold a call for which this process is engaged already (see `hold`)."""
        brain = await keeping.brain()
        prices = {Component(name): micros for name, micros in call.per_minute.items()}
        kept_back = await keeping.reserve(rules.BEGINS_MIN * sum(prices.values()), is_first=True)
        clock = CostClock(prices, kept_back)
        held = CallSession(call, brain, leg, inference.VAD(model="silero"), clock, keeping)
        held.session.input.audio = quieted(leg.ear, str(call.settings["noise_suppression"]))
        leg.mouth.volume = float(call.settings["agent_volume"])
        held.session.output.audio = leg.mouth
        held.session.output.transcription = leg.mouth.words
        await keeping.follow(held)
        carrying = asyncio.create_task(leg.carry(held.press))
        self.held.add(held)
        try:
            async with keeping.recorded(leg), around(leg, call.settings):
                try:
                    await held.begin()
                except BaseException:
                    carrying.cancel()
                    await held.drop()
                    raise
                await held.end(await carrying)
        finally:
            self.held.discard(held)

    async def listen(self) -> None:
        """Hear what people ask of calls, until cancelled; those of other processes are none of ours."""

        async def asked(call_id: UUID) -> None:
            for one in self._lookers():
                if one.call_id == call_id:
                    one.look()
            self.desks.look(call_id)

        async def missed() -> None:
            for one in self._lookers():
                one.look()
            self.desks.look(None)

        await gateway.listen(asked, missed)

    def _lookers(self) -> list[CallSession | Lobby]:
        return [*self.held, *self.waiting]

    def guests(self, call_id: UUID) -> Guests:
        """Return where people step into a call of this process. Raises `Unavailable` where there is none."""
        held = next((one for one in self.held if one.call_id == call_id), None)
        if held is None:
            raise gateway.Unavailable("This call is over, or it is held elsewhere.")
        return held.guests

    async def let_in(self, call_id: UUID, line: Leg, party: str) -> None:
        """Have somebody take part in a call of this process who was added to it, until they leave.

        Raises `MagpipeError` where the call is over or held elsewhere, or they were taken out meanwhile.
        """
        desk = self.desks.find(call_id)
        if desk is not None and desk.conference is not None:
            await desk.let_in(line, party)
        else:
            await self.guests(call_id).let_in(line, party)

    async def drain(self, within_s: float) -> None:
        """Take no more calls and wait until those that are held have ended; the last are closed politely in time."""
        self.is_draining = True
        try:
            await asyncio.wait_for(self._is_idle.wait(), max(0.0, within_s - _GOODBYE_S))
        except TimeoutError:
            for held in list(self.held):
                held.tell(Kind.CLOSE_ASKED)
            try:
                await asyncio.wait_for(self._is_idle.wait(), min(_GOODBYE_S, within_s))
            except TimeoutError:
                gateway.log.warning("voice.calls_cut_off", calls=self._promised)


async def run() -> None:
    """Answer the carrier’s streams and LiveKit’s rooms until this process is told to stop; then let the calls end."""
    config = gateway.settings()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with gateway.ground():
        worker = Worker(config.voice_capacity)
        runner = web.AppRunner(server.app(worker), access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, config.host, config.voice_port).start()
        listening = asyncio.create_task(worker.listen())
        rooms = Rooms(worker) if config.livekit_url else None
        if rooms is not None:
            await rooms.start()
        gateway.garbage.settle()  # a later look through all of it would be heard as a gap
        gateway.log.info("voice.ready", port=config.voice_port, capacity=config.voice_capacity)
        await stopping.wait()
        await asyncio.gather(
            worker.drain(config.voice_drain_s), *([rooms.stop(config.voice_drain_s)] if rooms is not None else [])
        )
        listening.cancel()
        await runner.cleanup()
