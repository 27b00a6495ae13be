"""Let one process at a time run a turn: whoever runs it holds a lease on its row, which a dead one's runs out."""

from datetime import timedelta
from uuid import UUID

from backend.agents import queries, runtime
from backend.core import clock
from backend.core.errors import Unavailable
from backend.core.logging import log
from backend.core.tenancy import org_id_of, unit_of_work
from backend.models.agents import AgentTurn
from backend.vocab import TurnStatus

# A live turn ends within the runtime's limit; a lease older than that belongs to a process that died.
LEASE = timedelta(seconds=runtime.WALL_LIMIT_S + 15)
INTERRUPTED = "interrupted"


def is_ours_to_run(turn: AgentTurn) -> bool:
    """Tell whether a turn is to be run at all. Raises `Unavailable` while another process runs it."""
    if turn.status != TurnStatus.RUNNING:
        return False
    if turn.reason != INTERRUPTED and turn.updated_at > clock.now() - LEASE:
        raise Unavailable("Another process is answering this message.", code="turn_running")
    return True


async def renew(turn_id: UUID) -> None:
    """Begin a turn's lease anew, where work before its answer took part of it."""
    async with unit_of_work() as session:
        turn = await queries.turn(session, org_id_of(session), turn_id, for_update=True)
        if turn is not None:
            turn.updated_at = clock.now()
            session.add(turn)


async def let_go(turn_id: UUID) -> None:
    """Give up the lease of a turn that broke, so that the next run need not wait for it to end."""
    try:
        async with unit_of_work() as session:
            turn = await queries.turn(session, org_id_of(session), turn_id, for_update=True)
            if turn is not None and turn.status == TurnStatus.RUNNING:
                turn.reason = INTERRUPTED
                session.add(turn)
    except Exception as error:
        # The lease runs out by itself; the error that broke the turn is the one to see.
        log.warning("agents.lease_kept", turn=str(turn_id), error=repr(error))
