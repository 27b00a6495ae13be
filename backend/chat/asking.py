"""Have a visitor's message answered in one request, for callers that hold no socket: the documented chat function.

Whoever has no API key proves a session by its token; a session's or visitor's id alone opens nothing, because ids are
no secrets. The owner's own server, which has a key, may name them.
"""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import limits, messages, queries, sessions, tickets, widgets
from backend.chat.schemas import Caller, ChatAnswer, Visitor
from backend.core.errors import NotFound, NotSignedIn
from backend.core.tenancy import org_scope, unit_of_work
from backend.models.chat import ChatSession, ChatWidget
from backend.vocab import TurnStatus

# Longer than a turn may take, shorter than proxies wait.
WITHIN_S = 28.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 0.4
UNAVAILABLE = "AI temporarily unavailable"


@dataclass(frozen=True)
class Asked:
    """A stored message and the session it belongs to, with a token to go on."""

    session_id: UUID
    message_id: UUID
    token: str
    answer: ChatAnswer


async def ask(
    widget: ChatWidget,
    caller: Caller,
    visitor: Visitor,
    text: str,
    *,
    token: str = "",
    session_id: UUID | None = None,
    is_trusted: bool = False,
) -> Asked:
    """Store a message and wait for what comes of it, at most `WITHIN_S`.

    Raises `NotFound` for a session that is not there, `Invalid` and `LimitReached`.
    """
    with org_scope(widget.org_id):
        chat = await _session(widget, caller, visitor, token, session_id, is_trusted)
        message = await messages.take(chat, caller, text, visitor=visitor)
        answer = await answer_to(widget.org_id, message.id)
    return Asked(chat.id, message.id, tickets.issue(chat), answer)


async def greet(
    widget: ChatWidget, caller: Caller, visitor: Visitor, *, token: str = "", is_trusted: bool = False
) -> tuple[UUID, str, str]:
    """Return (session, token, greeting); what the agent wrote to greet with, or the widget's own words."""
    await limits.greeting_asked(widget.id, caller.address)
    with org_scope(widget.org_id):
        chat = await _session(widget, caller, visitor, token, None, is_trusted)
        async with unit_of_work() as session:
            agent = await widgets.answering_agent(session, widget)
            await widgets.refresh_greeting(session, widget, agent)
    return chat.id, tickets.issue(chat), widgets.drawn(widget, agent, visitor.language)["greeting"]


async def answer_to(org_id: UUID, message_id: UUID, within_s: float = WITHIN_S) -> ChatAnswer:
    """Return what came of a message as soon as it is known; runs in the organization scope of its caller."""
    loop = asyncio.get_running_loop()
    deadline, pause_s = loop.time() + within_s, _FIRST_PAUSE_S
    while True:
        async with unit_of_work() as session:
            turn = await queries.turn_of(session, org_id, message_id)
        if turn is not None and turn.status in (TurnStatus.ANSWERED, TurnStatus.HANDED_OFF):
            return ChatAnswer(turn.reply, str(turn.reply_message_id or ""))
        if turn is not None and turn.status in (TurnStatus.SKIPPED, TurnStatus.DRAFTED):
            return ChatAnswer(None, is_paused=True)
        if loop.time() + pause_s > deadline:
            return ChatAnswer(None, error=UNAVAILABLE)
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)


async def _session(
    widget: ChatWidget, caller: Caller, visitor: Visitor, token: str, session_id: UUID | None, is_trusted: bool
) -> ChatSession:
    async with unit_of_work() as session:
        found = await _known(session, widget, visitor, token, session_id, is_trusted)
        if found is not None:
            sessions.note_page(found, visitor)
            await sessions.learn(session, widget, found, visitor, None if is_trusted else caller.address)
            await sessions.identify(session, widget, found, visitor)
            return found
    await limits.session_started(widget.id, caller.address)
    async with unit_of_work() as session:
        return await sessions.start(session, widget, visitor, caller.origin)


async def _known(
    session: AsyncSession,
    widget: ChatWidget,
    visitor: Visitor,
    token: str,
    session_id: UUID | None,
    is_trusted: bool,
) -> ChatSession | None:
    if token:
        try:
            ticket = tickets.read(token)
            if ticket.widget_id == widget.id and session_id in (None, ticket.session_id):
                return await sessions.admitted(session, ticket)
        except NotSignedIn:
            pass
    if not is_trusted:
        return None
    if session_id is not None:
        found = await queries.chat(session, widget.org_id, session_id)
        if found is None or found.widget_id != widget.id or found.status != "active":
            raise NotFound("This session does not exist.", code="session_not_found")
        return found
    return await queries.newest_of_visitor(session, widget.id, visitor.visitor_id) if visitor.visitor_id else None
