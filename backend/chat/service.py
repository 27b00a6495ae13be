"""Web chat for callers: widgets, visitors' sessions, what is said in them, and the sockets that carry it.

Other modules of this package hold the parts; this is their public face.
"""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import files, limits, queries, sessions, tickets
from backend.chat.appearance import FIELDS, PAGES, POSITIONS, THEMES
from backend.chat.asking import ask, greet
from backend.chat.drafts import approve_draft
from backend.chat.limits import LONGEST_MESSAGE, MOST_TOKENS
from backend.chat.live import Stream
from backend.chat.messages import (
    has_open,
    join,
    open_widget,
    receive,
    reply,
    send_from_person,
    show_typing,
    take,
    typing_of_visitor,
)
from backend.chat.reading import seen_by_team, seen_by_visitor
from backend.chat.rooms import Seat, rooms
from backend.chat.schemas import Caller, FileView, SessionFilter, SessionRow
from backend.chat.sessions import end, open_session, resume
from backend.chat.support import own_pages
from backend.chat.tickets import identity_seal, read
from backend.chat.visits import items_for_agent, keep_greeting, leave_to_agent, name_visitor, visit
from backend.chat.waiting import call_for_person
from backend.chat.widgets import (
    answering_agent,
    config,
    create,
    delete,
    drawn,
    embed_code,
    identity_secret,
    list_all,
    of_key,
    portal,
    renew_identity_secret,
    update,
    view,
    widget_for,
)
from backend.chat.widgets import get as get_widget
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.vocab import MemberRole

__all__ = [
    "FIELDS",
    "LONGEST_MESSAGE",
    "MOST_TOKENS",
    "PAGES",
    "POSITIONS",
    "THEMES",
    "Seat",
    "Stream",
    "answering_agent",
    "approve_draft",
    "ask",
    "attach_from_person",
    "call_for_person",
    "config",
    "create",
    "delete",
    "drawn",
    "embed_code",
    "end",
    "get_widget",
    "greet",
    "has_open",
    "identity_seal",
    "identity_secret",
    "items_for_agent",
    "join",
    "keep_greeting",
    "leave_to_agent",
    "list_all",
    "list_sessions",
    "name_visitor",
    "of_key",
    "open_file",
    "open_for_visitor",
    "open_session",
    "open_widget",
    "own_pages",
    "portal",
    "read",
    "receive",
    "renew_identity_secret",
    "reply",
    "resume",
    "rooms",
    "seen_by_team",
    "seen_by_visitor",
    "send_from_person",
    "show_typing",
    "take",
    "typing_of_visitor",
    "update",
    "upload",
    "view",
    "visit",
    "widget_for",
]

open_file = files.open_for_team
open_for_visitor = files.open_for_visitor


async def upload(token: str, caller: Caller, content: bytes, name: str) -> FileView:
    """Keep a visitor's file until the message that carries it is sent.

    Raises `NotSignedIn` (`chat_ended`), `NotAllowed`, `NotFound`, `LimitReached`, and `Invalid` (`file`).
    """
    ticket = tickets.read(token)
    with org_scope(ticket.org_id):
        await limits.file_sent(ticket.session_id, caller.address)
        async with unit_of_work() as session:
            chat = await sessions.admitted(session, ticket)
            files.require_taken(await open_widget(session, chat.widget_id, caller.origin))
            return files.view(await files.keep(session, chat, content, name))


async def attach_from_person(
    session: AsyncSession, principal: Principal, conversation_id: UUID, content: bytes, name: str
) -> FileView:
    """Keep a member's file, to be sent by `send_from_person(file_ids=…)`. Raises `Conflict` (`no_chat`), `Invalid`."""
    principal.require(MemberRole.SUPPORT)
    chat = await queries.newest_of_conversation(session, org_id_of(session), conversation_id)
    return files.view(await files.keep(session, files.require_chat(chat), content, name, sent_by=principal.user_id))


async def list_sessions(
    session: AsyncSession, wanted: SessionFilter, limit: int, offset: int
) -> tuple[list[SessionRow], int]:
    """Return one page of sessions, last spoken first, and how many match."""
    found, total = await queries.sessions(session, org_id_of(session), wanted, limit, offset)
    rows = [
        SessionRow(
            id=str(chat.id),
            widget_id=str(chat.widget_id),
            widget_name=widget_name,
            visitor_id=chat.visitor_id,
            visitor_name=chat.visitor_name,
            visitor_email=chat.visitor_email,
            status=chat.status,
            last_message=last,
            last_message_at=chat.last_message_at.isoformat(),
            message_count=chat.last_seq,
            page_url=chat.page_url,
            created_at=chat.created_at.isoformat(),
        )
        for chat, widget_name, last in found
    ]
    return rows, total
