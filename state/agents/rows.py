"""Shape agents for screens, and arrange their list as a person filtered it."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypedDict

from backend.agents import service as agents
from backend.agents.service import Figures
from backend.numbers.schemas import NumberView
from backend.vocab import AgentType

# Which slot of a number an agent of each type takes; email and chat agents take none.
SLOTS = {
    AgentType.TEXT: "text",
    AgentType.INBOUND_VOICE: "voice",
    AgentType.OUTBOUND_VOICE: "outbound",
}
HOLDERS: tuple[Literal["text_agent_id", "agent_id", "outbound_agent_id"], ...] = (
    "text_agent_id",
    "agent_id",
    "outbound_agent_id",
)


class AgentCard(TypedDict):
    """One agent of the list, as its draft calls it. Times are ISO 8601 in UTC; `numbers` are at most two, as people
    write them; `answered`, `handed_over` and `cost` are today's.
    """

    id: str
    name: str
    agent_type: str
    is_active: bool
    is_default: bool
    numbers: str
    takes_numbers: bool
    has_draft: bool
    answered: int
    handed_over: int
    cost: str
    edited_at: str
    created_at: str


def served_by(numbers: Iterable[NumberView]) -> dict[str, list[str]]:
    """Return the numbers each agent serves, as people write them, by the agent's id."""
    served: dict[str, list[str]] = {}
    for number in numbers:
        for holder in {number[column] for column in HOLDERS if number[column]}:
            served.setdefault(holder, []).append(number["display"])
    return served


def card(agent: Any, numbers: Iterable[str] = (), figures: Figures | None = None) -> AgentCard:
    """Return the card of a stored agent that serves `numbers` and did today what `figures` say."""
    served = list(numbers)
    today = figures or Figures(answered=0, handed_over=0, cost_micros=0)
    drafted = agents.draft(agent)
    more = f" +{len(served) - 2}" if len(served) > 2 else ""
    return AgentCard(
        id=str(agent.id),
        name=drafted["name"],
        agent_type=drafted["agent_type"],
        is_active=agent.is_active,
        is_default=agent.is_default,
        numbers=", ".join(served[:2]) + more,
        takes_numbers=agent.agent_type in SLOTS,
        has_draft=bool(agent.draft),
        answered=today["answered"],
        handed_over=today["handed_over"],
        cost=f"${today['cost_micros'] / 1_000_000:.2f}" if today["cost_micros"] >= 5_000 else "",
        edited_at=agent.updated_at.isoformat(),
        created_at=agent.created_at.isoformat(),
    )


def arrange(cards: Iterable[AgentCard], wanted: Mapping[str, str]) -> list[AgentCard]:
    """Return the cards that fit the filters `q`, `type`, `status` (active, off) in the order `sort` asks for.

    Values nobody offers (an edited address) filter nothing and sort by name.
    """
    words = wanted.get("q", "").casefold().split()
    kind = wanted.get("type", "")
    status = wanted.get("status", "")
    found = [
        one
        for one in cards
        if all(word in one["name"].casefold() for word in words)
        and (kind not in set(AgentType) or one["agent_type"] == kind)
        and (status not in ("active", "off") or one["is_active"] == (status == "active"))
    ]
    order = wanted.get("sort", "")
    if order == "edited":
        return sorted(found, key=lambda one: one["edited_at"], reverse=True)
    if order == "newest":
        return sorted(found, key=lambda one: one["created_at"], reverse=True)
    return sorted(found, key=lambda one: (one["name"].casefold(), one["id"]))
