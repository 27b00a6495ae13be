"""Keep whose calls an agent does not answer, because they go straight to one of the business's people."""

from typing import TypedDict
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import service as agents
from backend.core import audit
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.calls import CallWhitelistEntry
from backend.numbers import e164
from backend.vocab import MemberRole

LABEL_LIMIT = 80
MOST = 500


class WhitelistRow(TypedDict):
    """One caller for API callers. `created_at` is ISO 8601 in UTC."""

    id: str
    caller_number: str
    forward_to: str
    label: str
    created_at: str


async def entries(session: AsyncSession, agent_id: UUID | None = None) -> list[WhitelistRow]:
    """Return whose calls an agent (or any) does not answer, oldest first. Raises `NotFound`."""
    query = select(CallWhitelistEntry).where(CallWhitelistEntry.org_id == org_id_of(session))
    if agent_id is not None:
        query = query.where(CallWhitelistEntry.agent_id == (await agents.get(session, agent_id)).id)
    return [_row(entry) for entry in await session.exec(query.order_by(col(CallWhitelistEntry.id)))]


async def add(
    session: AsyncSession, principal: Principal, agent_id: UUID, *, caller_number: str, forward_to: str, label: str = ""
) -> WhitelistRow:
    """Send a caller's calls straight to a number. Editors.

    Raises `NotFound`, `Invalid` that names the field, `Conflict` when the caller is on the list or the list is full.
    """
    principal.require(MemberRole.EDITOR)
    agent = await agents.locked(session, agent_id)
    caller, target = (
        e164.normalize(caller_number, field="caller_number"),
        e164.normalize(forward_to, field="forward_to"),
    )
    if caller == target:
        raise Invalid("A call cannot be forwarded to the phone it comes from.", field="forward_to")
    label = " ".join(label.split())
    if len(label) > LABEL_LIMIT:
        raise Invalid(f"A label has at most {LABEL_LIMIT} characters.", field="label")
    if len(await entries(session, agent.id)) >= MOST:
        raise Conflict(f"The list holds at most {MOST} callers. Remove one first.", code="list_full")
    entry = CallWhitelistEntry(
        org_id=agent.org_id, agent_id=agent.id, caller_number=caller, forward_to=target, label=label
    )
    done = await session.execute(
        insert(CallWhitelistEntry)
        .values(**entry.model_dump())
        .on_conflict_do_nothing(index_elements=["agent_id", "caller_number"])
        .returning(col(CallWhitelistEntry.id))
    )
    if done.first() is None:
        raise Conflict(f"{e164.display(caller)} is on the list already.", code="duplicate")
    await audit.record(session, principal, "api:call_whitelist:added", agent.id, {"caller_number": caller})
    return _row(entry)


async def remove(session: AsyncSession, principal: Principal, entry_id: UUID) -> None:
    """Let the agent answer a caller again. Editors. Raises `NotFound`."""
    principal.require(MemberRole.EDITOR)
    query = select(CallWhitelistEntry).where(
        CallWhitelistEntry.id == entry_id, CallWhitelistEntry.org_id == org_id_of(session)
    )
    entry = (await session.exec(query)).first()
    if entry is None:
        raise NotFound("This caller is not on the list.")
    await session.delete(entry)
    await session.flush()
    details = {"caller_number": entry.caller_number}
    await audit.record(session, principal, "api:call_whitelist:removed", entry.agent_id, details)


def _row(entry: CallWhitelistEntry) -> WhitelistRow:
    return WhitelistRow(
        id=str(entry.id),
        caller_number=entry.caller_number,
        forward_to=entry.forward_to,
        label=entry.label,
        created_at=entry.created_at.isoformat(),
    )
