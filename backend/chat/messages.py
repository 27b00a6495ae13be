"""Store what is said in a web chat: once, in order, on the team's timeline, in one transaction with its answer's job.

The conversation's lock comes before the session's everywhere, so that nobody waits in a circle; only a session that
has no conversation yet is locked first.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.chat import files, limits, lines, live, queries, sessions, tickets, widgets
from backend.chat.schemas import Caller, ChatLine, Visitor
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import clock, jobs, realtime
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, unit_of_work
from backend.models.chat import ChatFile, ChatMessage, ChatSession, ChatWidget
from backend.models.conversations import Conversation
from backend.vocab import AuthorKind, Channel, Direction, ItemKind, MemberRole, MessageStatus

# The reference product pauses the AI this long after a person's message in a chat (backend.md §10.4, ui.md §2.6).
PAUSE = timedelta(minutes=5)
CLIENT_ID_LIMIT = 64
# How often a chat may move while a message waits for it; each needs the visitor to say anew who they are.
MOVES = 3


async def receive(
    token: str, caller: Caller, text: str, client_id: str, file_ids: Sequence[UUID] = (), visitor: Visitor | None = None
) -> ChatLine:
    """Store a visitor's message and have it answered; a repeated `client_id` returns the first message.

    Raises `NotSignedIn` (`chat_ended`), `NotAllowed` (site), `NotFound` (widget), `Invalid` and `LimitReached`.
    """
    ticket = tickets.read(token)
    with org_scope(ticket.org_id):
        async with unit_of_work() as session:
            chat = await sessions.admitted(session, ticket)
            await open_widget(session, chat.widget_id, caller.origin)
            known = await queries.by_client_id(session, chat.id, client_id) if client_id else None
            if known is not None:
                return (await lines.of(session, chat.org_id, [known]))[0]
        message = await take(chat, caller, text, client_id, file_ids, visitor)
        async with unit_of_work() as session:
            return (await lines.of(session, message.org_id, [message]))[0]


async def take(
    chat: ChatSession,
    caller: Caller,
    text: str,
    client_id: str = "",
    file_ids: Sequence[UUID] = (),
    visitor: Visitor | None = None,
) -> ChatMessage:
    """Store a message of an admitted session, within its limits; runs in the organization scope of its caller."""
    text = checked(text, len(file_ids))
    if len(client_id) > CLIENT_ID_LIMIT:
        raise Invalid("This id is too long.", field="id")
    await limits.message_sent(chat.widget_id, chat.id, caller.address)
    if chat.conversation_id is None:
        async with unit_of_work() as session:
            fresh = await _locked(session, chat.id)
            # Another message of that moment has made it: whoever has the conversation now waits for this session.
            if fresh.conversation_id is None:
                await sessions.settle(session, fresh)
    async with unit_of_work() as session:
        conversation, chat = await _where(session, chat.id)
        if client_id and (known := await queries.by_client_id(session, chat.id, client_id)) is not None:
            return known
        if visitor is not None:
            sessions.note_page(chat, visitor)
        return await _store_from_visitor(session, conversation, chat, text, client_id, file_ids)


async def reply(
    session: AsyncSession,
    conversation: Conversation,
    session_id: UUID,
    text: str,
    author: Author,
    *,
    dedupe_key: str = "",
    turn_id: UUID | None = None,
    is_ai: bool = False,
    sent_by: UUID | None = None,
    file_ids: Sequence[UUID] = (),
    data: dict[str, Any] | None = None,
) -> ChatMessage:
    """Store a message of ours in a session and show it to the visitor at once; a `dedupe_key` happens once.

    Raises `NotFound`, and `Conflict` (`chat_closed`) when the visitor ended the chat.
    """
    conversation = await conversations.locked(session, conversation.id)
    if dedupe_key:
        known = await queries.by_dedupe_key(session, conversation.org_id, dedupe_key)
        if known is not None:
            return known
    chat = await _locked(session, session_id)
    if chat.status != "active" or chat.conversation_id != conversation.id:
        raise Conflict("The visitor has left this chat. Use another channel.", code="chat_closed")
    attached = await _attached(session, chat, file_ids)
    message = await _store(
        session,
        conversation,
        chat,
        role=lines.AGENT,
        text=text,
        author=author,
        direction=Direction.OUTBOUND,
        attached=attached,
        data=data or {},
        is_ai_generated=is_ai,
        dedupe_key=dedupe_key,
        turn_id=turn_id,
        agent_id=author.id if author.kind == AuthorKind.AGENT else None,
        sent_by_user_id=sent_by,
    )
    # Whoever answers has read what came before.
    chat.team_read_seq = message.seq
    if is_ai:
        chat.joined_name = ""
    session.add(chat)
    await session.flush()
    return message


async def send_from_person(
    session: AsyncSession,
    principal: Principal,
    *,
    conversation_id: UUID,
    body: str,
    client_key: str = "",
    file_ids: Sequence[UUID] = (),
    session_id: UUID | None = None,
    seen_seq: int = 0,
) -> ChatMessage:
    """Send a member's message into the conversation's chat, and let the agent wait for `PAUSE`.

    It goes to the session in which the visitor wrote last, unless `session_id` names another: last up to `seen_seq`,
    the newest item its writer had seen, because whoever wrote since may be somebody else. The first one tells the
    visitor who joined. A `client_key` makes a repeated call return the first message. Raises `NotFound`, `Conflict`
    (`chat_closed`, `no_chat`) and `Invalid` (`body`).
    """
    principal.require(MemberRole.SUPPORT)
    text = checked(body, len(file_ids), field="body")
    conversation = await conversations.locked(session, conversation_id)
    if session_id is None and seen_seq > 0:
        session_id = await queries.session_seen(session, conversation.org_id, conversation.id, seen_seq)
    chat = await _open_chat(session, conversation, session_id)
    author = Author(AuthorKind.MEMBER, principal.name, principal.user_id)
    key = f"member:{principal.user_id}:{client_key}" if client_key else ""
    if key and (known := await queries.by_dedupe_key(session, conversation.org_id, key)) is not None:
        return known
    await _join(session, conversation, chat, principal)
    message = await reply(
        session,
        conversation,
        chat.id,
        text,
        author,
        dedupe_key=key,
        sent_by=principal.user_id,
        file_ids=file_ids,
    )
    await conversations.pause_for_reply(session, conversation, author, PAUSE)
    return message


async def join(session: AsyncSession, principal: Principal, conversation_id: UUID) -> None:
    """Tell the visitor that a person joined, if there is a chat: call it when somebody takes a conversation over."""
    principal.require(MemberRole.SUPPORT)
    conversation = await conversations.locked(session, conversation_id)
    chat = await queries.newest_of_conversation(session, conversation.org_id, conversation.id)
    if chat is not None and chat.status == "active":
        await _join(session, conversation, chat, principal)


async def has_open(session: AsyncSession, conversation_id: UUID) -> bool:
    """Whether a conversation has a chat that a member can write into."""
    chat = await queries.newest_of_conversation(session, org_id_of(session), conversation_id)
    return chat is not None and chat.status == "active"


async def show_typing(session: AsyncSession, principal: Principal, conversation_id: UUID) -> None:
    """Show the visitor that a person writes; call it every few seconds while they do."""
    principal.require(MemberRole.SUPPORT)
    chat = await queries.newest_of_conversation(session, org_id_of(session), conversation_id)
    if chat is not None:
        await live.tell(session, chat.id, "typing", name=_first_name(principal.name))


async def typing_of_visitor(org_id: UUID, conversation_id: UUID) -> None:
    """Tell the team's screens that a visitor writes (`chat.typing`, the conversation as `subject`)."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            await realtime.announce(session, org_id, "chat.typing", subject=str(conversation_id))


async def open_widget(session: AsyncSession, widget_id: UUID, origin: str) -> ChatWidget:
    """Return a session's widget if it still serves this page. Raises `NotFound`, `NotAllowed`."""
    widget = await queries.widget(session, org_id_of(session), widget_id)
    if widget is None:
        raise NotFound("This chat does not exist or is switched off.", code="widget_not_found")
    widgets.require_open(widget, origin)
    return widget


async def _store_from_visitor(
    session: AsyncSession,
    conversation: Conversation,
    chat: ChatSession,
    text: str,
    client_id: str,
    file_ids: Sequence[UUID],
) -> ChatMessage:
    attached = await _attached(session, chat, file_ids)
    data: dict[str, Any] = {"page_url": chat.page_url} if chat.page_url else {}
    message = await _store(
        session,
        conversation,
        chat,
        role=lines.VISITOR,
        text=text,
        author=Author(AuthorKind.CONTACT, chat.visitor_name, chat.contact_id),
        direction=Direction.INBOUND,
        attached=attached,
        data=data,
        client_id=client_id,
    )
    # One turn at a time in a session: its jobs share a lock and run in the order they were written.
    await jobs.defer(
        session,
        "agents.answer_chat",
        lock=f"chat:{chat.id}",
        org_id=str(chat.org_id),
        message_id=str(message.id),
    )
    return message


async def _store(
    session: AsyncSession,
    conversation: Conversation,
    chat: ChatSession,
    *,
    role: str,
    text: str,
    author: Author,
    direction: Direction,
    attached: Sequence[ChatFile],
    data: dict[str, Any],
    **fields: Any,
) -> ChatMessage:
    chat.last_seq += 1
    chat.last_message_at = clock.now()
    message = ChatMessage(
        org_id=chat.org_id,
        session_id=chat.id,
        conversation_id=conversation.id,
        seq=chat.last_seq,
        role=role,
        author_name=_first_name(author.name) if author.kind == AuthorKind.MEMBER else author.name,
        content=text,
        **fields,
    )
    session.add(chat)
    session.add(message)
    await session.flush()
    for file in attached:
        file.message_id = message.id
        session.add(file)
    media = {"media": [files.data(file) for file in attached]} if attached else {}
    # Ours as well: an answer repeats what it answers.
    claim = {"is_unverified": True} if chat.visitor_email and not chat.is_verified else {}
    await conversations.append(
        session,
        conversation,
        kind=ItemKind.MESSAGE,
        author=author,
        body=text,
        channel=Channel.CHAT,
        direction=direction,
        status=MessageStatus.RECEIVED if direction == Direction.INBOUND else MessageStatus.SENT,
        record_id=message.id,
        data={"session_id": str(chat.id), **data, **media, **claim},
    )
    await live.tell(session, chat.id, "new", seq=message.seq)
    return message


async def _join(session: AsyncSession, conversation: Conversation, chat: ChatSession, principal: Principal) -> None:
    chat = await _locked(session, chat.id)
    name = _first_name(principal.name)
    if chat.joined_name == name:
        return
    chat.joined_name = name
    chat.last_seq += 1
    session.add(chat)
    # The visitor's own line; the team's timeline says by itself who took over.
    session.add(
        ChatMessage(
            org_id=chat.org_id,
            session_id=chat.id,
            conversation_id=conversation.id,
            seq=chat.last_seq,
            role=lines.SYSTEM,
            author_name=name,
            content="joined",
        )
    )
    await session.flush()
    await live.tell(session, chat.id, "new", seq=chat.last_seq)


async def _open_chat(session: AsyncSession, conversation: Conversation, session_id: UUID | None) -> ChatSession:
    if session_id is not None:
        found = await queries.chat(session, conversation.org_id, session_id)
        found = found if found is not None and found.conversation_id == conversation.id else None
    else:
        found = await queries.newest_of_conversation(session, conversation.org_id, conversation.id)
    if found is None:
        raise Conflict("This person has not written in a web chat.", code="no_chat")
    if found.status != "active":
        raise Conflict("The visitor has left this chat. Use another channel.", code="chat_closed")
    return found


async def _where(session: AsyncSession, session_id: UUID) -> tuple[Conversation, ChatSession]:
    """Return the conversation a session writes into and the session, both locked, wherever it is being moved."""
    for _ in range(MOVES):
        chat = await queries.chat(session, org_id_of(session), session_id)
        if chat is None:
            break
        await session.refresh(chat)
        if chat.conversation_id is None:
            break
        try:
            conversation = await conversations.locked(session, chat.conversation_id)
        except NotFound:
            continue  # its visitor said who they are meanwhile, and it went to their contact's conversation
        chat = await _locked(session, session_id)
        if chat.conversation_id == conversation.id:
            return conversation, chat
    raise NotFound("This chat does not exist.")


async def _locked(session: AsyncSession, session_id: UUID) -> ChatSession:
    chat = await queries.chat(session, org_id_of(session), session_id, for_update=True)
    if chat is None:
        raise NotFound("This chat does not exist.")
    return chat


async def _attached(session: AsyncSession, chat: ChatSession, file_ids: Sequence[UUID]) -> list[ChatFile]:
    if not file_ids:
        return []
    if len(file_ids) > files.MOST_PER_MESSAGE:
        raise Invalid(f"A message carries at most {files.MOST_PER_MESSAGE} files.", field="files")
    found = await queries.unsent_files(session, chat.org_id, chat.id, file_ids)
    if len(found) != len(set(file_ids)):
        raise Invalid("A file of this message is not there any more. Attach it again.", field="files")
    return found


def checked(text: str, file_count: int, field: str = "text") -> str:
    """Return a message as it may be stored. Raises `Invalid` that names `field` when it is empty or too long."""
    text = text.replace("\x00", "").strip()
    if not text and not file_count:
        raise Invalid("Write a message first.", field=field)
    if len(text) > limits.LONGEST_MESSAGE:
        raise Invalid(f"A message has at most {limits.LONGEST_MESSAGE:,} characters.", field=field)
    return text


def _first_name(name: str) -> str:
    """Return what strangers are told of a member's name."""
    return name.split(" ")[0][:40] or "A colleague"
