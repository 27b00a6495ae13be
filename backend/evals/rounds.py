"""Start rounds, carry them on in durable jobs, and cancel them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.agents.service import Cast
from backend.core import audit, clock, jobs, realtime
from backend.core.errors import Conflict, Invalid, LimitReached, NotFound
from backend.core.logging import log
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, unit_of_work
from backend.evals import queries
from backend.models.evals import EvalCase, EvalRound, EvalRun
from backend.vocab import CaseStatus, MemberRole, RoundKind, RoundStatus

# So many cases are played at a time in one hand of a worker, because playing is mostly waiting for a model …
AT_ONCE = 4
# … and after so many the round goes to the back of its lane, so that a large one lets others through.
SLICE = 12
# Of a worker's ten hands rounds take two at most: people's messages do not wait for tests.
LANES = 2
# So many cases and replayed turns an organization begins in ten minutes.
MOST_BEGUN, WINDOW = 400, timedelta(minutes=10)
# Over the API each case is a round of its own, which is read for as long as this; and what was begun lately is counted.
KEEP, KEEP_FOR = 50, timedelta(hours=1)
GAVE_UP = "The run broke off before this was played. Run it again."
Work = Callable[[UUID, UUID, Cast], Awaitable[None]]


async def start(
    session: AsyncSession,
    principal: Principal,
    agent_id: UUID,
    cases: Sequence[EvalCase],
    number: int,
    title: str,
    suite_id: UUID | None,
) -> tuple[EvalRound, list[EvalRun]]:
    """Begin to run cases against version `number` of an agent, 0 being its draft; the jobs do it.

    Raises `NotFound`, `Invalid` when there is no case, and `LimitReached`.
    """
    principal.require(MemberRole.EDITOR)
    if not cases:
        raise Invalid("There is no case to run. Add one first.", field="suite")
    await require_room(session, len(cases))
    made = await begin(session, principal, agent_id, number, RoundKind.TESTS, title, suite_id)
    runs = [
        EvalRun(
            org_id=made.org_id,
            round_id=made.id,
            suite_id=case.suite_id,
            case_id=case.id,
            conversation_id=case.conversation_id,
            position=position,
            name=case.name,
            definition=case.definition,
        )
        for position, case in enumerate(cases)
    ]
    session.add_all(runs)
    await session.flush()
    await queries.prune(session, made.org_id, agent_id, RoundKind.TESTS, KEEP, clock.now() - KEEP_FOR)
    await defer(session, made)
    await announce(session, made.org_id, agent_id)
    return made, runs


async def require_room(session: AsyncSession, wanted: int) -> None:
    """Raise `LimitReached` when an organization plays more in a while than it may: each costs money."""
    if await queries.begun_since(session, org_id_of(session), clock.now() - WINDOW) + wanted > MOST_BEGUN:
        raise LimitReached(
            f"At most {MOST_BEGUN} cases are run in ten minutes. Try again in a few minutes.", code="too_many_cases"
        )


async def begin(
    session: AsyncSession,
    principal: Principal,
    agent_id: UUID,
    number: int,
    kind: RoundKind,
    title: str,
    suite_id: UUID | None = None,
) -> EvalRound:
    """Return a new round of an agent as it is now."""
    cast = await agents.cast(session, agent_id, number)
    made = EvalRound(
        org_id=org_id_of(session),
        agent_id=agent_id,
        suite_id=suite_id,
        kind=kind,
        title=title,
        version=number,
        live_version=cast.live_version,
        revision=cast.revision,
        snapshot=cast.values,
        started_by=principal.user_id,
        started_by_name=principal.name,
    )
    session.add(made)
    await session.flush()
    source = "api" if principal.is_key else "ui"
    details = {"title": title, "version": number or "draft"}
    await audit.record(session, principal, f"{source}:tests:started", made.id, details)
    return made


async def defer(session: AsyncSession, made: EvalRound) -> None:
    """Have the rounds' lane carry this one on."""
    await jobs.defer(
        session,
        "evals.go_on",
        lock=f"evals:lane:{made.org_id.int % LANES}",
        urgency=jobs.Urgency.CAN_WAIT,
        org_id=str(made.org_id),
        round_id=str(made.id),
    )


async def announce(session: AsyncSession, org_id: UUID, agent_id: UUID | None = None) -> None:
    """Tell open screens that tests of an agent moved."""
    await realtime.announce(session, org_id, "tests.changed", subject=str(agent_id or ""))


async def cancel(session: AsyncSession, principal: Principal, round_id: UUID) -> EvalRound:
    """Stop a round; what is finished stays, and what is being played is thrown away. Raises `NotFound`, `Conflict`."""
    principal.require(MemberRole.EDITOR)
    made = await queries.round_(session, org_id_of(session), round_id, for_update=True)
    if made is None:
        raise NotFound("This run does not exist.")
    if made.status != RoundStatus.RUNNING:
        raise Conflict("This run is over already.", code="round_over")
    made.status, made.finished_at = RoundStatus.CANCELLED, clock.now()
    session.add(made)
    await session.flush()
    await queries.finish_open(
        session, made.org_id, made.id, {"status": CaseStatus.CANCELLED, "finished_at": made.finished_at}
    )
    await audit.record(session, principal, "ui:tests:cancelled", made.id)
    await announce(session, made.org_id, made.agent_id)
    return made


async def go_on(org_id: UUID, round_id: UUID, play: Work, replay: Work) -> None:
    """Carry a round on by one slice; runs in the organization scope of its caller.

    Running it again, also beside itself, finishes each case once.
    """
    async with unit_of_work() as session:
        made = await queries.round_(session, org_id, round_id)
        if made is None or made.status != RoundStatus.RUNNING:
            return
        is_replay = made.kind == RoundKind.REPLAY
        find = queries.open_replays if is_replay else queries.open_runs
        left = await find(session, org_id, round_id, SLICE)
        try:
            cast = await agents.cast(session, made.agent_id, made.version, made.snapshot)
        except NotFound:
            await _finish(session, org_id, round_id, RoundStatus.CANCELLED)
            return
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(run_id: UUID) -> None:
        async with gate:
            try:
                await (replay if is_replay else play)(org_id, run_id, cast)
            except Exception:
                # The others go on; this one is tried again with the next slice, and given up after a few.
                log.exception("evals.broken", run=str(run_id))

    await asyncio.gather(*(one(run_id) for run_id in left))
    async with unit_of_work() as session:
        if await find(session, org_id, round_id, 1):
            await defer(session, made)
        else:
            await _finish(session, org_id, round_id, RoundStatus.DONE)


async def give_up(org_id: UUID, round_id: UUID) -> None:
    """End a round whose job was buried: what was not played says so, and what was played stays."""
    async with unit_of_work() as session:
        made = await queries.round_(session, org_id, round_id, for_update=True)
        if made is None or made.status != RoundStatus.RUNNING:
            return
        await queries.finish_open(
            session, org_id, round_id, {"status": CaseStatus.ERROR, "error": GAVE_UP, "finished_at": clock.now()}
        )
        await _finish(session, org_id, round_id, RoundStatus.DONE)


async def _finish(session: AsyncSession, org_id: UUID, round_id: UUID, status: RoundStatus) -> None:
    made = await queries.round_(session, org_id, round_id, for_update=True)
    if made is None or made.status != RoundStatus.RUNNING:
        return
    made.status, made.finished_at = status, clock.now()
    session.add(made)
    await session.flush()
    if status == RoundStatus.CANCELLED:
        await queries.finish_open(
            session, org_id, round_id, {"status": CaseStatus.CANCELLED, "finished_at": made.finished_at}
        )
    await announce(session, org_id, made.agent_id)
