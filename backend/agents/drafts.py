"""Change an agent's draft field by field: nobody's change is silently lost, and customers see none of it yet."""

from collections.abc import Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import fields, versions
from backend.core import clock
from backend.core.errors import Conflict, Invalid
from backend.core.principal import Principal
from backend.models.agents import AgentConfig


async def edit(
    session: AsyncSession,
    principal: Principal,
    agent: AgentConfig,
    changes: Mapping[str, Any],
    bases: Mapping[str, Any] | None = None,
) -> bool:
    """Change fields of a locked agent's draft; tell whether anything changed.

    `bases` holds for each field the value its editor began from. When somebody else changed that field meanwhile,
    nothing is stored and `Conflict` (`changed_meanwhile`) names the field; its details hold `changed_by`, `theirs`
    (what is stored) and `yours`. Raises `Invalid` that names the field.
    """
    given = fields.checked(changes)
    current = fields.drafted(agent)
    new = {name: value for name, value in given.items() if current[name] != value}
    for name, value in new.items():
        if bases is not None and name in bases and _same_form(name, bases[name]) != current[name]:
            raise _collision(agent, name, current[name], value)
    if not new:
        return False
    live = fields.published(agent)
    agent.draft = {name: value for name, value in {**agent.draft, **new}.items() if live.get(name) != value}
    mark(agent, principal, new)
    agent.updated_at = clock.now()
    session.add(agent)
    await session.flush()
    return True


def discard(agent: AgentConfig, principal: Principal) -> list[str]:
    """Take every change of a locked agent's draft back and return the fields it had changed."""
    dropped = sorted(agent.draft)
    if dropped:
        mark(agent, principal, agent.draft)
        agent.draft = {}
    return dropped


def mark(agent: AgentConfig, principal: Principal, changed: Mapping[str, Any]) -> None:
    """Note who set these fields."""
    agent.draft_revision += 1
    now = clock.now().isoformat()
    signed = [agent.draft_revision, principal.name, str(principal.user_id), now]
    agent.draft_marks = {**agent.draft_marks, **dict.fromkeys(changed, signed)}


def _same_form(name: str, value: Any) -> Any:
    """Return a value as it would be stored, so that two spellings of one value are equal."""
    try:
        return fields.BY_NAME[name].check(value, name)
    except Invalid:
        return value


def _collision(agent: AgentConfig, name: str, theirs: Any, yours: Any) -> Conflict:
    changed_by = versions.last_editor(agent, name)
    return Conflict(
        f"{changed_by or 'Somebody'} changed this a moment ago. Choose whose wording stays.",
        code="changed_meanwhile",
        field=name,
        details={"changed_by": changed_by, "theirs": theirs, "yours": yours},
    )
