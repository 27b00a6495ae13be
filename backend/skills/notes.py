"""Write what was said and found out with a customer into another system: a note for each conversation that ended.

Of a call the note holds what it was about, as its summary says; its words stay with it.
"""

from collections.abc import Mapping
from datetime import timedelta
from html import escape
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import service as conversations
from backend.core import clock
from backend.core.config import settings
from backend.details import service as details
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.vendors import hubspot
from backend.vocab import AuthorKind, Direction, ItemKind

# One talk: what was said within a day of its last message, at most so many messages.
STALE = "HubSpot does not take the token of your app any more. Give this skill a new one."
SPAN, MOST_MESSAGES, LINE_LENGTH = timedelta(days=1), 30, 500


async def written(
    session: AsyncSession, config: Mapping[str, Any], conversation: Conversation | None, contact: Contact
) -> str:
    """Return the note about a customer as plain lines.

    What somebody said who merely typed the customer's address is no part of it.
    """
    lines = [f"Conversation with {contact.name or contact.phone_number or contact.email or 'a customer'}"]
    if conversation is None:
        return lines[0]
    found = (await details.found_in(session, conversation.id)).values()
    lines += [f"{one.name.replace('_', ' ').capitalize()}: {one.value}" for one in found if one.is_confirmed]
    lines += await _said(session, conversation, with_messages=bool(config.get("include_messages")))
    return "\n".join([*lines, f"{settings().public_url}/inbox/{conversation.id}"])


async def put(token: str, body: str, contact: Contact, mark: str, *, is_repeat: bool) -> None:
    """Write a note into HubSpot, with the customer's contact there if it has one; a repeat looks for it first.

    Raises `VendorError`.
    """
    if is_repeat and await hubspot.find_note(token, mark):
        return
    known = await hubspot.find_contact(token, email=contact.email or "", phone=contact.phone_number or "")
    lines = "<br>".join(escape(line) for line in body.splitlines())
    await hubspot.create_note(token, f"<p>{lines}</p><p>Magpipe {escape(mark)}</p>", clock.now(), known)


async def _said(session: AsyncSession, conversation: Conversation, *, with_messages: bool) -> list[str]:
    items = await conversations.timeline(session, conversation.id)
    kinds = (ItemKind.MESSAGE, ItemKind.CALL) if with_messages else (ItemKind.CALL,)
    said = [item for item in items if item["kind"] in kinds and not item["data"].get("is_unverified")]
    begin = (conversation.last_item_at - SPAN).isoformat()
    return [line for item in said[-MOST_MESSAGES:] if item["at"] >= begin for line in _lines(item)]


def _lines(item: Mapping[str, Any]) -> list[str]:
    if item["kind"] == ItemKind.CALL:
        told = item["data"]
        about = f": {told['summary']}" if told.get("summary") else ""
        return [f"{item['body']}{about}", *(f"To do: {one}" for one in told.get("action_items") or [])]
    who = "Customer" if item["direction"] == Direction.INBOUND else item["author_name"] or _OURS[item["author_kind"]]
    return [f"{who}: {' '.join(item['body'].split())[:LINE_LENGTH]}"]


_OURS = {
    AuthorKind.AGENT: "Agent",
    AuthorKind.MEMBER: "Team",
    AuthorKind.SYSTEM: "System",
    AuthorKind.CONTACT: "Customer",
}
