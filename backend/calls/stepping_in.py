"""Say who of the team speaks with a caller instead of the agent: one person at a time, and the agent again after them.

Who has the call is read from its log. A person has it through one line of theirs, and gives it back by that line alone,
so that a line that ends late takes nothing from whoever came after it.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.calls import log, passes, queries, records
from backend.calls.passes import Door
from backend.calls.projection import Kind
from backend.calls.requests import FAILED, require_agent
from backend.calls.schemas import GAVE, HELD, RESUMED, TOOK
from backend.core import audit, clock
from backend.core.config import settings
from backend.core.errors import Conflict
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, unit_of_work

# The line of whoever has the caller wait: none.
_HOLD = "hold"
# After these nobody has the call: its line to the agent is another, or there is none.
_ENDS = (Kind.AGENT_JOINED, Kind.AGENT_LEFT, Kind.AGENT_LOST, Kind.ENDED)


@dataclass(frozen=True)
class WayIn:
    """Where a person's browser gets onto the line, and the pass it shows there: once, within a minute."""

    url: str
    shown: str


@dataclass(frozen=True)
class OnLine:
    """Who of the team has the caller: their name, their line, and their id where they have one."""

    name: str
    line: str
    user_id: str = ""
    is_hold: bool = False
    """They do not speak: they have the caller wait."""


async def on_line(session: AsyncSession, call_id: UUID) -> OnLine | None:
    """Return who of the team has a caller now, or None while it is the agent's call."""
    found: OnLine | None = None
    failed = {str(one.data.get("request")) for one in await queries.events(session, call_id, [FAILED])}
    for event in await queries.events(session, call_id, [TOOK, GAVE, HELD, RESUMED, *_ENDS]):
        if event.event_id in failed:
            continue
        if event.kind == HELD:
            found = OnLine(str(event.data["by"]), _HOLD, is_hold=True)
        elif event.kind == TOOK:
            found = OnLine(str(event.data["by"]), str(event.data["line"]), str(event.data.get("by_user_id") or ""))
        elif event.kind in _ENDS or (found is not None and event.data.get("line", _HOLD) == found.line):
            found = None
    return found


async def require_free(session: AsyncSession, call_id: UUID) -> None:
    """Let a person take a call that the agent has. Raises `NotFound`, `Conflict` that says who has it."""
    call = await records.get(session, call_id)
    await queries.locked(session, org_id_of(session), call_id)
    await require_agent(session, call)
    if has := await on_line(session, call_id):
        does = "has put the caller on hold" if has.is_hold else "is speaking with the caller"
        raise Conflict(f"{has.name} {does}.", code="taken_over")


async def take(call_id: UUID, line: str, name: str, user_id: UUID | None = None) -> str:
    """Have a person speak with the caller over a line of theirs, and return their name.

    A person of the team is known by `user_id`, anybody else by `name`. Raises as `require_free` does.
    """
    with org_scope(await records.owner(call_id)):
        async with unit_of_work() as session:
            await require_free(session, call_id)
            if user_id is not None:
                name = await queries.name_of(session, org_id_of(session), user_id)
            told = {"by": name, "by_user_id": str(user_id or ""), "line": line, "text": name}
            await log.write(session, call_id, log.OURS, f"took:{line}", TOOK, clock.now(), told)
    return name


async def way_in(session: AsyncSession, principal: Principal, call_id: UUID, door: Door) -> WayIn:
    """Return how a person's browser listens in, or speaks instead of the agent.

    Raises `NotFound`, `Conflict` where no agent is on the line, or somebody else has the call.
    """
    if door == Door.SPEAK:
        await require_free(session, call_id)
    else:
        await require_agent(session, await records.get(session, call_id))
    await audit.record(session, principal, f"ui:call:{door}", call_id)
    return WayIn(settings().voice_browser_url, passes.issue(principal, door, call_id))


async def give_back(call_id: UUID, line: str, name: str, reason: str = "") -> None:
    """Give the call back to the agent, once; `reason` says why where the person did not do it. Raises `NotFound`."""
    with org_scope(await records.owner(call_id)):
        async with unit_of_work() as session:
            told = {"by": name, "line": line, "text": name, "reason": reason}
            await log.write(session, call_id, log.OURS, f"gave:{line}", GAVE, clock.now(), told)
