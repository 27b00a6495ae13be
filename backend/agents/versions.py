"""Publish an agent's draft as a numbered version, list what was published, and go back to any of it."""

from typing import Any, TypedDict

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import fields, queries
from backend.core import clock
from backend.core.errors import Conflict, NotFound
from backend.core.principal import Principal
from backend.models.agents import AgentConfig, AgentVersion

NOTE_LIMIT = 200


class VersionRow(TypedDict):
    """One published version. `published_at` is ISO 8601 in UTC; `restored_from` is 0 unless it brought another back."""

    number: int
    note: str
    publisher: str
    published_at: str
    restored_from: int
    is_live: bool


async def record(
    session: AsyncSession, agent: AgentConfig, principal: Principal | None, note: str = "", restored_from: int = 0
) -> AgentVersion:
    """Keep what the agent is now under the number it carries now."""
    made = AgentVersion(
        org_id=agent.org_id,
        agent_id=agent.id,
        number=agent.version,
        snapshot=fields.published(agent),
        note=" ".join(note.replace("\x00", "").split())[:NOTE_LIMIT],
        restored_from=restored_from or None,
        published_by=principal.user_id if principal else None,
        publisher=principal.name if principal else "",
    )
    session.add(made)
    await session.flush()
    return made


async def raise_version(
    session: AsyncSession,
    agent: AgentConfig,
    principal: Principal,
    values: dict[str, Any],
    note: str = "",
    restored_from: int = 0,
) -> None:
    """Make checked `values` of a locked agent what answers customers, under the next number.

    What the draft says of other values stays a draft; what now equals the published value is none any more.
    """
    await keep_current(session, agent)
    fields.put(agent, values)
    live = fields.published(agent)
    agent.draft = {name: value for name, value in agent.draft.items() if name in live and live[name] != value}
    agent.version += 1
    agent.draft_revision += 1
    agent.updated_at = clock.now()
    session.add(agent)
    await session.flush()
    await record(session, agent, principal, note, restored_from)


async def keep_current(session: AsyncSession, agent: AgentConfig) -> None:
    """Record the live version where an older release, which kept none, made it."""
    if await queries.version(session, agent.org_id, agent.id, agent.version) is None:
        await record(session, agent, None)


async def rows(session: AsyncSession, agent: AgentConfig, limit: int = 50, before: int = 0) -> list[VersionRow]:
    """Return published versions, newest first, below the number `before` when it is given."""
    found = [
        VersionRow(
            number=one.number,
            note=one.note,
            publisher=one.publisher,
            published_at=one.created_at.isoformat(),
            restored_from=one.restored_from or 0,
            is_live=one.number == agent.version,
        )
        for one in await queries.versions(session, agent.org_id, agent.id, limit, before)
    ]
    if before or any(one["is_live"] for one in found):
        return found
    # An older release made the live version and kept no record of it.
    live = VersionRow(
        number=agent.version,
        note="",
        publisher="",
        published_at=agent.updated_at.isoformat(),
        restored_from=0,
        is_live=True,
    )
    return [live, *found]


async def snapshot(session: AsyncSession, agent: AgentConfig, number: int) -> dict[str, Any]:
    """Return every field of a version; 0 is the draft. Raises `NotFound`."""
    if number == 0:
        return fields.drafted(agent)
    if number == agent.version:
        return fields.published(agent)
    found = await queries.version(session, agent.org_id, agent.id, number)
    if found is None:
        raise NotFound("This version does not exist.")
    return fields.completed(found.snapshot)


def require_same(agent: AgentConfig, expected_revision: int | None) -> None:
    """Raise `Conflict` (`changed_meanwhile`) when the draft is not the one a person looked at."""
    if expected_revision is None or expected_revision == agent.draft_revision:
        return
    changed_by = last_editor(agent)
    raise Conflict(
        f"{changed_by or 'Somebody'} changed this agent a moment ago. Look at the changes again before you publish.",
        code="changed_meanwhile",
        details={"changed_by": changed_by, "revision": agent.draft_revision},
    )


def last_editor(agent: AgentConfig, field: str = "") -> str:
    """Return who set a field last, or any of them, or an empty string."""
    marks = [agent.draft_marks[field]] if field in agent.draft_marks else []
    if not field:
        marks = sorted(agent.draft_marks.values(), key=_revision)
    found = marks[-1] if marks else None
    return str(found[1]) if isinstance(found, list) and len(found) > 1 else ""


def _revision(mark: Any) -> int:
    return int(mark[0]) if isinstance(mark, list) and mark else 0
