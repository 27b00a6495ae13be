"""Know what agents remember of contacts: recall it for a turn, show it, and let people decide what stays.

Other modules of this package hold what callers reach through this one: what a turn is told (`recalling`), what people
see (`listing`) and change (`changing`), and what happens to memories when contacts are merged (`merging`). `reading`
learns from conversations, as durable work.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from backend.knowledge.service import Vector
from backend.memory.changing import (
    change,
    correct,
    correct_as_told,
    forget,
    forget_all,
    forget_as_told,
    strike,
    strike_as_told,
    strike_unread,
)
from backend.memory.listing import of_contact, page, search, view
from backend.memory.merging import merge
from backend.memory.recalling import recall, vector_of
from backend.memory.rules import MemoryRules
from backend.memory.schemas import Asker, Recall, Recalled
from backend.memory.unread import put_off

__all__ = [
    "Asker",
    "MemoryRules",
    "Recall",
    "Recalled",
    "change",
    "correct",
    "correct_as_told",
    "forget",
    "forget_all",
    "forget_as_told",
    "merge",
    "of_contact",
    "page",
    "put_off",
    "recall",
    "recaller",
    "search",
    "strike",
    "strike_as_told",
    "strike_unread",
    "vector_of",
    "view",
]


def recaller(
    contact_id: UUID,
    agent_id: UUID,
    told_in: str,
    rules: MemoryRules,
    meaning_of: Callable[[str], Awaitable[Vector | None]] = vector_of,
) -> Recall:
    """Return what looks up a contact's memory for one agent; it runs in the organization scope of its caller."""
    asker = Asker(contact_id, agent_id, told_in)

    async def look_up(question: str) -> Recalled:
        return await recall(asker, rules, question, await meaning_of(question))

    return look_up
