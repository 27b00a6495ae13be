"""Hold visitors' sessions: open and resume them, learn who is speaking, and give each its contact and conversation.

Who a visitor is, and what follows from it:

- Nobody in particular: a contact of their own, off the list of contacts, in a conversation of their own.
- A typed email: the team sees what they write in that contact's one conversation. It proves nothing, so the visitor
  sees this session alone, the agent is told nothing of the contact but what was said in this session, neither may
  change the contact, and a call for a person leaves this session alone to people (`waiting`).
- An identity the site signed with the widget's secret (`tickets.identity_seal` of the email, or of the user id when
  the site gives no email): the same conversation, and the agent knows its history as it does in texts.

A session that was vouched for is never taken over by somebody else: another identity on the same page starts anew.
"""

from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.accounts import service as accounts
from backend.chat import joining, limits, lines, live, queries, tickets, waiting, widgets
from backend.chat.schemas import Caller, ChatState, Opened, Visitor
from backend.chat.tickets import Ticket
from backend.contacts import service as contacts
from backend.conversations import service as conversations
from backend.core import clock, crypto
from backend.core.errors import Invalid, NotSignedIn
from backend.core.tenancy import org_scope, unit_of_work
from backend.models.chat import ChatSession, ChatWidget
from backend.models.contacts import Contact
from backend.models.conversations import Conversation
from backend.vocab import AnswerMode

NAME_LIMIT, ID_LIMIT, ADDRESS_LIMIT = 80, 128, 500
# A page of messages; who wants earlier ones asks for those before it.
PAGE = 60


async def open_session(key: str, caller: Caller, visitor: Visitor, token: str = "") -> Opened:
    """Return the session of a browser: the one its token names, or a new one.

    Raises `NotFound`, `NotAllowed` (site), `Invalid` (`email`, `name`) and `LimitReached`.
    """
    widget = await widgets.of_key(key, caller.origin)
    with org_scope(widget.org_id):
        resumed = await _resumed(widget, caller, visitor, token) if token else None
        if resumed is not None:
            return resumed
        await limits.session_started(widget.id, caller.address)
        async with unit_of_work() as session:
            chat = await start(session, widget, visitor, caller.origin)
            return await _opened(session, chat, tickets.issue(chat))


async def start(session: AsyncSession, widget: ChatWidget, visitor: Visitor, origin: str) -> ChatSession:
    """Begin a session; nobody but the visitor sees it before something is written. Raises `Invalid`."""
    chat = ChatSession(
        org_id=widget.org_id,
        widget_id=widget.id,
        agent_id=widget.agent_id,
        visitor_id=visitor.visitor_id[:ID_LIMIT] or crypto.new_token()[:24],
        origin=origin[:ADDRESS_LIMIT],
    )
    note_page(chat, visitor)
    await identify(session, widget, chat, visitor)
    session.add(chat)
    await session.flush()
    return chat


async def identify(session: AsyncSession, widget: ChatWidget, chat: ChatSession, visitor: Visitor) -> None:
    """Take what is said about the visitor. Raises `Invalid` for a name or an address that is none."""
    name, email, is_vouched = _said(widget, visitor)
    if chat.is_verified and not is_vouched:
        return
    chat.visitor_name = name or chat.visitor_name
    chat.visitor_email = email or chat.visitor_email
    if is_vouched:
        chat.is_verified = True
        if visitor.user_id:
            chat.visitor_id = f"user:{visitor.user_id[:ID_LIMIT]}"
    session.add(chat)


async def settle(session: AsyncSession, chat: ChatSession) -> Conversation:
    """Return the conversation a session writes into, locked; its first message makes it, and the contact.

    Takes a session that is locked as long as it has no contact.
    """
    if chat.contact_id is None:
        if chat.visitor_email:
            contact, chat.is_contact_new = await contacts.ensure_by_email(
                session, chat.visitor_email, chat.visitor_name
            )
        elif (known := await _seen_before(session, chat)) is not None:
            contact = known
        else:
            contact, chat.is_contact_new = await contacts.make_visitor(session, chat.visitor_name), True
        chat.contact_id = contact.id
    conversation = await conversations.for_contact(session, chat.contact_id)
    chat.conversation_id = conversation.id
    session.add(chat)
    await session.flush()
    return conversation


async def admitted(session: AsyncSession, ticket: Ticket, *, for_update: bool = False) -> ChatSession:
    """Return the session a ticket speaks for. Raises `NotSignedIn` (`chat_ended`)."""
    chat = await queries.chat(session, ticket.org_id, ticket.session_id, for_update=for_update)
    if chat is None:
        raise tickets.ended()
    _require_same(chat, ticket)
    return chat


async def resume(session: AsyncSession, ticket: Ticket, caller: Caller, after: int) -> tuple[Opened, UUID | None]:
    """Return a session as it is now, with what was said after `after`, and the conversation it writes into.

    One read when nothing is new, because thousands come back at once after a restart. Its token is fresh when it is
    due, else empty. Raises `NotSignedIn` (`chat_ended`), `NotFound` and `NotAllowed` as opening does.
    """
    found = await queries.chat_and_widget(session, ticket.org_id, ticket.session_id)
    if found is None:
        raise tickets.ended()
    chat, widget = found
    widgets.require_open(widget, caller.origin)
    _require_same(chat, ticket)
    opened = await _opened(session, chat, tickets.issue(chat) if ticket.is_aging else "", after)
    return opened, chat.conversation_id


async def end(ticket: Ticket) -> None:
    """Close a session for good, as its visitor asked: its tokens open nothing any more."""
    with org_scope(ticket.org_id):
        async with unit_of_work() as session:
            chat = await admitted(session, ticket, for_update=True)
            chat.status, chat.generation = "closed", chat.generation + 1
            session.add(chat)
            await live.tell(session, chat.id, "ended")


async def state_of(session: AsyncSession, chat: ChatSession) -> ChatState:
    """Return who answers a session now, and how far it was read."""
    mode = AnswerMode.AI
    if chat.conversation_id is not None:
        mode = conversations.answering(await conversations.get(session, chat.conversation_id))
    is_human = mode == AnswerMode.HUMAN or waiting.is_with_people(chat)
    return ChatState(
        mode="human" if is_human else "ai",
        person=chat.joined_name if is_human else "",
        team_read=chat.team_read_seq,
        visitor_read=chat.visitor_read_seq,
    )


def note_page(chat: ChatSession, visitor: Visitor) -> None:
    """Remember where the visitor is and with what; these are their own words and are shown as such."""
    if visitor.page_url:
        chat.page_url = _line(visitor.page_url, ADDRESS_LIMIT)
    known = {
        "title": _line(visitor.page_title, 200),
        "language": _line(visitor.language, 20),
        **{_line(str(name), 40): _line(str(value), 200) for name, value in list(visitor.browser_info.items())[:12]},
    }
    chat.browser_info = {**chat.browser_info, **{name: value for name, value in known.items() if value}}
    chat.last_seen_at = clock.now()


def _require_same(chat: ChatSession, ticket: Ticket) -> None:
    is_same = (chat.widget_id, chat.generation) == (ticket.widget_id, ticket.generation)
    if not is_same or chat.status != "active":
        raise tickets.ended()


async def _resumed(widget: ChatWidget, caller: Caller, visitor: Visitor, token: str) -> Opened | None:
    """Return the session of a token of this widget, or None when it cannot go on."""
    try:
        ticket = tickets.read(token)
        if ticket.widget_id != widget.id:
            return None
        async with unit_of_work() as session:
            chat = await admitted(session, ticket)
            if not _is_somebody_else(chat, visitor):
                await learn(session, widget, chat, visitor, caller.address)
            chat = await admitted(session, ticket, for_update=True)
            if _is_somebody_else(chat, visitor):
                chat.status, chat.generation = "closed", chat.generation + 1
                session.add(chat)
                await live.tell(session, chat.id, "ended")
                return None
            note_page(chat, visitor)
            await identify(session, widget, chat, visitor)
            return await _opened(session, chat, tickets.issue(chat) if ticket.is_aging else "")
    except NotSignedIn:
        return None


def _is_somebody_else(chat: ChatSession, visitor: Visitor) -> bool:
    if not chat.is_verified:
        return False
    email = visitor.email.strip().lower()
    other_user = bool(visitor.user_id) and chat.visitor_id != f"user:{visitor.user_id[:ID_LIMIT]}"
    return other_user or bool(email and chat.visitor_email and email != chat.visitor_email)


async def _opened(session: AsyncSession, chat: ChatSession, token: str, after: int = 0) -> Opened:
    await session.flush()
    found = await queries.messages_after(session, chat.org_id, chat.id, after, PAGE) if chat.last_seq > after else []
    return Opened(
        token=token,
        session=str(chat.id),
        visitor=chat.visitor_id,
        state=await state_of(session, chat),
        messages=await lines.of(session, chat.org_id, found),
    )


async def _seen_before(session: AsyncSession, chat: ChatSession) -> Contact | None:
    """Return the contact of somebody vouched for by user id alone, from an earlier session."""
    if not chat.is_verified:
        return None
    contact_id = await queries.contact_of_verified(session, chat.widget_id, chat.visitor_id)
    return await contacts.get(session, contact_id) if contact_id else None


async def learn(
    session: AsyncSession, widget: ChatWidget, chat: ChatSession, visitor: Visitor, address: str | None
) -> None:
    """Join the visitor's contact when a session that has written learns their email; takes it before its lock.

    Emails nobody vouches for are counted, by the network `address` as well where there is one. Raises `Invalid` and
    `LimitReached`.
    """
    name, email, is_vouched = _said(widget, visitor)
    if not email or (chat.is_verified and not is_vouched):
        return
    if await joining.is_elsewhere(session, chat, email):
        if not is_vouched:
            await limits.address_left(chat.id, address)
        await joining.join_known(session, chat, email, name or chat.visitor_name, is_vouched=is_vouched)


def _said(widget: ChatWidget, visitor: Visitor) -> tuple[str, str, bool]:
    """Return the name and the address a page gives its visitor, and whether the site vouches for them."""
    name, email = _name(visitor.name), accounts.email(visitor.email) if visitor.email.strip() else ""
    who = email or visitor.user_id[:ID_LIMIT]
    return name, email, widget.takes_identity and tickets.is_vouched(widget.identity_secret, who, visitor.seal)


def _name(name: str) -> str:
    words = _line(name, NAME_LIMIT + 1)
    if len(words) > NAME_LIMIT:
        raise Invalid(f"A name has at most {NAME_LIMIT} characters.", field="name")
    return words


def _line(words: str, limit: int) -> str:
    return " ".join(words.replace("\x00", "").split())[:limit]
