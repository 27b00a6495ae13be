"""Keep suites and their cases: make, change and delete them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.core import audit, clock
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.strict_json import clean
from backend.core.tenancy import org_id_of
from backend.evals import definitions, queries, rounds
from backend.models.evals import EvalCase, EvalSuite
from backend.vocab import MemberRole

NAME_LIMIT, DESCRIPTION_LIMIT = 120, 500
MOST_SUITES, MOST_CASES = 100, 100


async def suite(session: AsyncSession, suite_id: UUID, *, for_update: bool = False) -> EvalSuite:
    """Return one suite. Raises `NotFound`."""
    found = await queries.suite(session, org_id_of(session), suite_id, for_update=for_update)
    if found is None:
        raise NotFound("This suite does not exist.")
    return found


async def case(session: AsyncSession, case_id: UUID, *, for_update: bool = False) -> EvalCase:
    """Return one case. Raises `NotFound`."""
    found = await queries.case(session, org_id_of(session), case_id, for_update=for_update)
    if found is None:
        raise NotFound("This test does not exist.")
    return found


async def save_suite(
    session: AsyncSession,
    principal: Principal,
    *,
    name: str | None = None,
    description: str | None = None,
    suite_id: UUID | None = None,
    agent_id: UUID | None = None,
    is_gathered: bool = False,
) -> EvalSuite:
    """Make a suite, of one agent or without one of every agent; or change the name and description of one.

    What is None stays. Raises `NotFound`, `Conflict` when there are too many, and `Invalid` that names the field.
    """
    if not is_gathered:
        principal.require(MemberRole.EDITOR)
    if agent_id is not None:
        await agents.get(session, agent_id)
    if suite_id is not None:
        kept = await suite(session, suite_id, for_update=True)
    else:
        if len(await queries.suites(session, org_id_of(session))) >= MOST_SUITES:
            raise Conflict(f"There are {MOST_SUITES} suites already. Delete one first.", code="too_many")
        kept = EvalSuite(org_id=org_id_of(session), agent_id=agent_id, name="", is_gathered=is_gathered)
    if name is not None or suite_id is None:
        kept.name = _line(name or "", NAME_LIMIT, "name", "Give the suite a name.")
    if description is not None:
        kept.description = _line(description, DESCRIPTION_LIMIT, "description")
    kept.updated_at = clock.now()
    session.add(kept)
    await session.flush()
    await _told(session, principal, "suite_saved", kept.id, kept.name, agent_id or kept.agent_id)
    return kept


async def remove_suite(session: AsyncSession, principal: Principal, suite_id: UUID) -> None:
    """Delete a suite with its cases; the record of its runs stays. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    doomed = await suite(session, suite_id, for_update=True)
    await session.delete(doomed)
    await session.flush()
    await _told(session, principal, "suite_removed", doomed.id, doomed.name, doomed.agent_id)


async def save_case(
    session: AsyncSession,
    principal: Principal,
    *,
    suite_id: UUID | None = None,
    case_id: UUID | None = None,
    name: str | None = None,
    description: str | None = None,
    definition: Mapping[str, Any] | None = None,
    agent_id: UUID | None = None,
    conversation_id: UUID | None = None,
) -> EvalCase:
    """Make a case in a suite, or change one; what is None stays, and of the definition what it leaves out.

    Raises `NotFound`, `Conflict` when there are too many, and `Invalid` that names the field.
    """
    if conversation_id is None:
        principal.require(MemberRole.EDITOR)
    if agent_id is not None:
        await agents.get(session, agent_id)
    if case_id is not None:
        kept = await case(session, case_id, for_update=True)
        around = await suite(session, kept.suite_id)
    else:
        if suite_id is None:
            raise Invalid("Say which suite it goes into.", field="suite_id")
        around = await suite(session, suite_id, for_update=True)
        if len(await queries.cases(session, around.org_id, [around.id])) >= MOST_CASES:
            raise Conflict(f"A suite has at most {MOST_CASES} tests. Make another suite.", code="too_many")
        kept = EvalCase(org_id=around.org_id, suite_id=around.id, name="", conversation_id=conversation_id)
    if name is not None or case_id is None:
        kept.name = _line(name or "", NAME_LIMIT, "name", "Give the test a name.")
    if description is not None:
        kept.description = _line(description, DESCRIPTION_LIMIT, "description")
    if definition is not None or case_id is None:
        kept.definition = {
            **_besides(kept.definition),
            **definitions.checked({**kept.definition, **(definition or {})}),
            **_besides(definition or {}),
        }
    if agent_id is not None:
        kept.agent_id = agent_id
    kept.updated_at = clock.now()
    session.add(kept)
    await session.flush()
    await _told(session, principal, "case_saved", kept.id, public_name(kept, around), around.agent_id)
    return kept


def public_name(found: EvalCase, around: EvalSuite) -> str:
    """Return what a case is called where it is kept when the case is gone.

    One made of a conversation is called by the customer's own words, which go with the customer.
    """
    return around.name if found.conversation_id is not None else found.name


def _besides(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return what callers of the API keep with a case that concerns calls alone."""
    return {"call": definition["call"]} if "call" in definition else {}


async def remove_case(session: AsyncSession, principal: Principal, case_id: UUID) -> None:
    """Delete a case; the record of its runs stays. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    doomed = await case(session, case_id, for_update=True)
    around = await suite(session, doomed.suite_id)
    await session.delete(doomed)
    await session.flush()
    await _told(session, principal, "case_removed", doomed.id, public_name(doomed, around), around.agent_id)


def fitting(found: Sequence[EvalCase], agent_id: UUID) -> list[EvalCase]:
    """Return the cases that concern an agent: its own, and those of no agent in particular."""
    return [one for one in found if one.agent_id in (None, agent_id)]


async def _told(
    session: AsyncSession, principal: Principal, verb: str, subject: UUID, name: str, agent_id: UUID | None
) -> None:
    source = "api" if principal.is_key else "ui"
    await audit.record(session, principal, f"{source}:tests:{verb}", subject, {"name": name})
    await rounds.announce(session, org_id_of(session), agent_id)


def _line(text: str, limit: int, field: str, instead: str = "") -> str:
    found = " ".join(clean(text).split())
    if instead and not found:
        raise Invalid(instead, field=field)
    if len(found) > limit:
        raise Invalid(f"At most {limit} characters.", field=field)
    return found
