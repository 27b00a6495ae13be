"""Bound what one conversation may cost and how often its agent answers in a day, before a model is called.

A turn reserves what it may spend while it runs, under the conversation's lock, so that answers which run at the same
time cannot spend the same money twice. Once a limit was reached people go on; when they hand back, the day begins anew.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.agents import fields, queries, runtime
from backend.core import clock
from backend.core.errors import Unavailable
from backend.models.agents import AgentConfig, AgentTurn

WINDOW = timedelta(hours=24)
ANSWERS, COST = "answers", "cost"


@dataclass(frozen=True)
class Allowance:
    """What a turn may spend; or which limit was `reached`, with the reason for the team."""

    micros: int
    reached: str = ""
    reason: str = ""


async def allowed(session: AsyncSession, agent: AgentConfig, turn: AgentTurn) -> Allowance:
    """Return what a turn of a locked conversation may spend.

    Raises `Unavailable` while other answers of the conversation hold all that is left.
    """
    published = fields.published(agent)
    most_answers, most_micros = int(published["max_conversation_turns"]), _micros(published["max_conversation_cost"])
    spent = await queries.spent(session, turn, clock.now() - WINDOW)
    if spent.answers >= most_answers:
        return Allowance(0, ANSWERS, f"the agent answered {most_answers} times in a day, its limit in a conversation")
    if spent.micros >= most_micros:
        return _too_dear(most_micros)
    left = most_micros - spent.micros - spent.reserved_micros
    if left <= 0:
        raise Unavailable("Other answers of this conversation are being written.", code="turn_waits")
    return Allowance(min(left, runtime.COST_LIMIT_MICROS))


def too_dear(agent: AgentConfig) -> Allowance:
    """Return what is said when the rest of a conversation's money pays for no answer."""
    return _too_dear(_micros(fields.published(agent)["max_conversation_cost"]))


def _too_dear(most_micros: int) -> Allowance:
    dollars = f"${most_micros / 1_000_000:.2f}"
    return Allowance(0, COST, f"its answers cost {dollars} in a day, the agent’s limit in a conversation")


def _micros(dollars: float) -> int:
    return round(float(dollars) * 1_000_000)
