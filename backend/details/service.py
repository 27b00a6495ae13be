"""Keep which details agents find out, and what they found out in each conversation.

A detail of one agent alone stands in that agent's draft and versions; one for every agent stands here and holds at
once. Changing one needs the editor role and is written to the audit log.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import realtime
from backend.core.shared_definitions import Definitions
from backend.core.tenancy import org_id_of
from backend.details import definitions, queries
from backend.details.schemas import DetailRow, Found
from backend.models.details import ConversationDetail, SharedDetail

__all__ = [
    "CERTAIN",
    "DetailRow",
    "Found",
    "found_in",
    "of_conversation",
    "remove_shared",
    "removed",
    "save_shared",
    "saved",
    "shared",
    "store",
]

CERTAIN = ""


async def _check(session: AsyncSession, given: Mapping[str, Any], former: Mapping[str, Any]) -> dict[str, Any]:
    return definitions.definition({**former, **given, "id": former.get("id")})


DEFINITIONS = Definitions(SharedDetail, "detail", "details", definitions.MOST_DETAILS, _check)
shared, save_shared, remove_shared = DEFINITIONS.shared, DEFINITIONS.save_shared, DEFINITIONS.remove_shared
saved, removed = DEFINITIONS.saved, DEFINITIONS.removed


async def found_in(session: AsyncSession, conversation_id: UUID, parts: Sequence[str] = (CERTAIN,)) -> dict[str, Found]:
    """Return what was found out in parts of a conversation, by name; of two values that of the later part counts.

    A part is a chat whose visitor proved nothing, or `CERTAIN`: what the contact said beyond doubt.
    """
    rows = await queries.found(session, org_id_of(session), conversation_id)
    return {
        one.name: Found(one.name, one.var_type, one.content["value"], one.is_confirmed)
        for part in parts
        for one in rows
        if one.told_in == part
    }


async def of_conversation(session: AsyncSession, conversation_id: UUID) -> list[DetailRow]:
    """Return what was found out in a conversation, ready to read, oldest first.

    Nothing is confirmed that somebody said who merely typed the contact's address.
    """
    claimed = await queries.claimed_chats(session, org_id_of(session), conversation_id)
    return [
        DetailRow(
            name=one.name,
            label=one.name.replace("_", " ").capitalize(),
            value=definitions.shown(one.content["value"]),
            is_confirmed=one.is_confirmed and one.told_in not in claimed,
            agent_name=one.agent_name,
            channel=one.channel,
            at=one.updated_at.isoformat(),
        )
        for one in await queries.found(session, org_id_of(session), conversation_id)
    ]


async def store(
    session: AsyncSession,
    conversation_id: UUID,
    found: Sequence[Found],
    *,
    agent_id: UUID | None,
    agent_name: str,
    channel: str,
    part: str = CERTAIN,
) -> None:
    """Keep what was found out in a part, over what was known there under the same names; tells open screens."""
    for one in found:
        await queries.put(
            session,
            ConversationDetail(
                org_id=org_id_of(session),
                conversation_id=conversation_id,
                told_in=part,
                name=one.name,
                var_type=one.var_type,
                content={"value": one.value},
                is_confirmed=one.is_confirmed,
                agent_id=agent_id,
                agent_name=agent_name,
                channel=channel,
            ),
        )
    if found:
        await realtime.announce(session, org_id_of(session), "details.found", conversation_id=conversation_id)
