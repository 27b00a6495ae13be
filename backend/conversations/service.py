"""Keep the one conversation with each person: its timeline, who answers it, and what each teammate has read.

Every change announces itself to open inboxes when its transaction commits. Kinds: `item.added` and `item.updated`
(with the item's `seq`), `conversation.updated`, `conversation.read` (with the reader as `subject`).
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, literal, update
from sqlalchemy import select as select_rows
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import queries
from backend.conversations.schemas import (
    SYSTEM,
    Author,
    ChangedConversation,
    ConversationRow,
    Cursor,
    ListFilter,
    Page,
    TimelineItem,
)
from backend.core import clock, realtime
from backend.core.errors import Invalid, NotFound
from backend.core.tenancy import org_id_of
from backend.models.conversations import Conversation, ConversationItem, ConversationUnread
from backend.models.organizations import OrganizationMember
from backend.numbers import e164
from backend.vocab import AnswerMode, AuthorKind, ConversationStatus, Direction, ItemKind, MemberStatus

PAGE_SIZE = 50
PREVIEW_LENGTH = 140
UNREAD_CAP = 100
# The reference product pauses the AI this long after a person's text (backend.md §9.3).
PAUSE = timedelta(minutes=10)


async def for_contact(session: AsyncSession, contact_id: UUID) -> Conversation:
    """Return the contact's conversation, made on first use, locked for this transaction."""
    org_id = org_id_of(session)
    values = Conversation(org_id=org_id, contact_id=contact_id).model_dump()
    await session.execute(insert(Conversation).values(**values).on_conflict_do_nothing())
    query = select(Conversation).where(Conversation.org_id == org_id, Conversation.contact_id == contact_id)
    return (await session.exec(query.with_for_update())).one()


async def locked(session: AsyncSession, conversation_id: UUID) -> Conversation:
    """Return a conversation, locked so that its timeline and state change one at a time. Raises `NotFound`."""
    query = select(Conversation).where(Conversation.id == conversation_id, Conversation.org_id == org_id_of(session))
    conversation = (await session.exec(query.with_for_update().execution_options(populate_existing=True))).first()
    if conversation is None:
        raise NotFound("This conversation does not exist.")
    return conversation


async def get(session: AsyncSession, conversation_id: UUID) -> Conversation:
    """Return a conversation without locking it. Raises `NotFound`."""
    query = select(Conversation).where(Conversation.id == conversation_id, Conversation.org_id == org_id_of(session))
    conversation = (await session.exec(query)).first()
    if conversation is None:
        raise NotFound("This conversation does not exist.")
    return conversation


async def of_contact(session: AsyncSession, contact_id: UUID) -> UUID | None:
    """Return the id of a contact's conversation without making one, or None."""
    query = select(Conversation.id).where(
        Conversation.org_id == org_id_of(session), Conversation.contact_id == contact_id
    )
    return (await session.exec(query)).first()


async def append(
    session: AsyncSession,
    conversation: Conversation,
    *,
    kind: ItemKind,
    author: Author,
    body: str,
    channel: str = "",
    direction: str = "",
    status: str = "",
    record_id: UUID | None = None,
    data: dict[str, Any] | None = None,
) -> ConversationItem:
    """Add the next item to a locked conversation and move it to the top of the list.

    A message from the contact reopens a closed or snoozed conversation and becomes unread for every approved member;
    a drafted or internal item does neither.
    """
    now = clock.now()
    conversation.last_seq += 1
    item = ConversationItem(
        org_id=conversation.org_id,
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        kind=kind,
        channel=channel,
        direction=direction,
        author_kind=author.kind,
        author_id=author.id,
        author_name=author.name,
        body=body,
        status=status,
        record_id=record_id,
        happened_at=now,
        data=data or {},
    )
    if kind == ItemKind.MESSAGE:
        conversation.last_item_at = now
        conversation.last_preview = " ".join(body.split())[:PREVIEW_LENGTH]
        conversation.last_channel = channel
        conversation.last_direction = direction
        conversation.last_author_kind = author.kind
        conversation.last_status = status
        if direction == Direction.INBOUND:
            conversation.status = ConversationStatus.OPEN
            conversation.snoozed_until = None
            await _mark_unread_for_all(session, conversation)
    session.add(conversation)
    session.add(item)
    await session.flush()
    await realtime.announce(session, conversation.org_id, "item.added", conversation_id=conversation.id, seq=item.seq)
    return item


async def note_event(session: AsyncSession, conversation: Conversation, body: str, **data: Any) -> ConversationItem:
    """Add a line that says what happened (taken over, opted out …) to a locked conversation."""
    return await append(session, conversation, kind=ItemKind.EVENT, author=SYSTEM, body=body, data=data)


async def update_item(
    session: AsyncSession, record_id: UUID, *, status: str | None = None, data: dict[str, Any] | None = None
) -> None:
    """Bring the item that shows `record_id` up to date; nothing happens when there is none."""
    org_id = org_id_of(session)
    query = select(ConversationItem).where(ConversationItem.org_id == org_id, ConversationItem.record_id == record_id)
    item = (await session.exec(query.with_for_update())).first()
    if item is None:
        return
    if status is not None:
        item.status = status
    if data:
        item.data = {**item.data, **data}
    session.add(item)
    await session.flush()
    if status is not None:
        # The list shows the newest message; an event after it, such as a take-over, is none.
        newer = select(ConversationItem.id).where(
            ConversationItem.conversation_id == item.conversation_id,
            ConversationItem.seq > item.seq,
            ConversationItem.kind == ItemKind.MESSAGE,
        )
        await session.execute(
            update(Conversation)
            .where(col(Conversation.id) == item.conversation_id, ~newer.exists())
            .values(last_status=status)
        )
    await realtime.announce(session, org_id, "item.updated", conversation_id=item.conversation_id, seq=item.seq)


async def move_to_end(
    session: AsyncSession, conversation: Conversation, record_id: UUID, *, status: str, words: str
) -> None:
    """Show a planned message where it leaves, at the end of a locked conversation; its old place keeps `words`.

    So the order of the timeline, which agents read as history, is the order in which things were said. Nothing
    happens when no item shows the record.
    """
    query = select(ConversationItem).where(
        ConversationItem.org_id == conversation.org_id, ConversationItem.record_id == record_id
    )
    planned = (await session.exec(query.with_for_update())).first()
    if planned is None:
        return
    author = Author(AuthorKind(planned.author_kind), planned.author_name, planned.author_id)
    body, channel, direction, data = planned.body, planned.channel, planned.direction, planned.data
    planned.kind, planned.record_id, planned.body, planned.data = ItemKind.EVENT, None, words, {}
    planned.status = planned.channel = planned.direction = ""
    session.add(planned)
    await session.flush()
    await realtime.announce(
        session, conversation.org_id, "item.updated", conversation_id=conversation.id, seq=planned.seq
    )
    await append(
        session,
        conversation,
        kind=ItemKind.MESSAGE,
        author=author,
        body=body,
        channel=channel,
        direction=direction,
        status=status,
        record_id=record_id,
        data=data,
    )


async def page(
    session: AsyncSession,
    viewer_id: UUID,
    wanted: ListFilter | None = None,
    after: Cursor | None = None,
    limit: int = PAGE_SIZE,
) -> Page:
    """Return one page of the list as `viewer_id` sees it, newest first."""
    found = await queries.page(session, org_id_of(session), viewer_id, wanted or ListFilter(), after, limit + 1)
    rows = [_row(mapping, mapping["unread"]) for mapping in found[:limit]]
    more = len(found) > limit
    return Page(rows, Cursor(found[limit - 1]["last_item_at"], found[limit - 1]["id"]) if more else None)


async def row(session: AsyncSession, conversation_id: UUID) -> ChangedConversation | None:
    """Return a conversation's list row with everybody's unread counts, or None when it does not exist."""
    org_id = org_id_of(session)
    found = await queries.one(session, org_id, conversation_id)
    if found is None:
        return None
    return ChangedConversation(_row(found, 0), await queries.unread_of(session, org_id, conversation_id))


async def timeline(
    session: AsyncSession, conversation_id: UUID, before_seq: int | None = None, limit: int = PAGE_SIZE
) -> list[TimelineItem]:
    """Return up to `limit` items before `before_seq` (or the newest), oldest first."""
    found = await queries.items(session, org_id_of(session), conversation_id, before_seq, limit)
    return [_item(item) for item in found]


async def item(session: AsyncSession, conversation_id: UUID, seq: int) -> TimelineItem | None:
    """Return one item by its place in the timeline, or None."""
    found = await queries.item(session, org_id_of(session), conversation_id, seq)
    return _item(found) if found else None


async def unread_total(session: AsyncSession, user_id: UUID) -> int:
    """Return in how many conversations a person has something unread, at most `UNREAD_CAP`."""
    return await queries.unread_total(session, org_id_of(session), user_id, UNREAD_CAP)


async def unread_ids(session: AsyncSession, user_id: UUID) -> list[str]:
    """Return the conversations in which a person has something unread, at most `UNREAD_CAP`."""
    return [str(found) for found in await queries.unread_ids(session, org_id_of(session), user_id, UNREAD_CAP)]


async def mark_read(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> None:
    """Say that a person has read a conversation to its end; their other tabs hear of it."""
    gone = await session.execute(
        delete(ConversationUnread).where(
            col(ConversationUnread.org_id) == org_id_of(session),
            col(ConversationUnread.conversation_id) == conversation_id,
            col(ConversationUnread.user_id) == user_id,
        )
    )
    if gone.rowcount:  # type: ignore[attr-defined]
        await realtime.announce(
            session, org_id_of(session), "conversation.read", conversation_id=conversation_id, subject=str(user_id)
        )


async def mark_unread(session: AsyncSession, conversation_id: UUID, user_id: UUID) -> None:
    """Put a conversation back among a person's unread ones. Raises `NotFound`."""
    conversation = await get(session, conversation_id)
    await session.execute(
        insert(ConversationUnread)
        .values(
            **ConversationUnread(
                org_id=conversation.org_id, conversation_id=conversation.id, user_id=user_id
            ).model_dump()
        )
        .on_conflict_do_nothing()
    )
    await realtime.announce(
        session, conversation.org_id, "conversation.read", conversation_id=conversation.id, subject=str(user_id)
    )


def answering(conversation: Conversation, now: datetime | None = None) -> AnswerMode:
    """Tell who answers now: a pause that has run out counts as handed back."""
    ran_out = conversation.paused_until is not None and conversation.paused_until <= (now or clock.now())
    if conversation.answer_mode == AnswerMode.HUMAN and ran_out:
        return AnswerMode.AI
    return AnswerMode(conversation.answer_mode)


async def take_over(
    session: AsyncSession, conversation_id: UUID, member: Author, *, until: datetime | None = None
) -> Conversation:
    """Let people answer: until `until`, or until handed back when it is None. The taker becomes the assignee."""
    conversation = await locked(session, conversation_id)
    conversation.assignee_id = conversation.assignee_id or member.id
    await _set_mode(session, conversation, AnswerMode.HUMAN, until, f"{member.name} took over", member)
    return conversation


async def pause_for_reply(session: AsyncSession, conversation: Conversation, member: Author) -> None:
    """Pause the agent because a person wrote: for `PAUSE`, unless people answer for longer already.

    Takes a locked conversation. A conversation whose agent only drafts needs no pause.
    """
    until = clock.now() + PAUSE
    mode = answering(conversation)
    if mode == AnswerMode.DRAFT or (mode == AnswerMode.HUMAN and conversation.paused_until is None):
        return
    words = "" if mode == AnswerMode.HUMAN else f"{member.name} replied; the agent waits"
    await _set_mode(session, conversation, AnswerMode.HUMAN, until, words, member)


async def set_answer_mode(
    session: AsyncSession, conversation_id: UUID, mode: AnswerMode, member: Author
) -> Conversation:
    """Choose who answers from now on. Handing back (`ai`) also clears the call for a person."""
    if mode == AnswerMode.HUMAN:
        return await take_over(session, conversation_id, member)
    conversation = await locked(session, conversation_id)
    conversation.needs_person = False
    words = {
        AnswerMode.AI: f"{member.name} handed back to the agent",
        AnswerMode.DRAFT: f"{member.name} asked the agent to draft answers for approval",
    }[mode]
    await _set_mode(session, conversation, mode, None, words, member)
    return conversation


async def call_for_person(session: AsyncSession, conversation: Conversation, reason: str) -> None:
    """Hand a locked conversation to people because the agent cannot go on; `reason` is shown to the team."""
    conversation.needs_person = True
    await _set_mode(session, conversation, AnswerMode.HUMAN, None, f"Handed to the team: {reason}", SYSTEM)


async def set_status(
    session: AsyncSession, conversation_id: UUID, status: ConversationStatus, member: Author
) -> Conversation:
    """Open or close a conversation. Raises `NotFound`."""
    conversation = await locked(session, conversation_id)
    if conversation.status != status:
        conversation.status = status
        word = {"open": "reopened", "closed": "closed", "snoozed": "snoozed"}[status]
        await note_event(session, conversation, f"{member.name} {word} the conversation", member_id=str(member.id))
    await _announce_state(session, conversation)
    return conversation


async def assign(
    session: AsyncSession, conversation_id: UUID, assignee_id: UUID | None, member: Author
) -> Conversation:
    """Give a conversation to a teammate, or to nobody. Raises `Invalid` when they are not an approved member."""
    conversation = await locked(session, conversation_id)
    name = "nobody"
    if assignee_id is not None:
        found = await session.exec(
            select(OrganizationMember).where(
                OrganizationMember.org_id == conversation.org_id,
                OrganizationMember.user_id == assignee_id,
                OrganizationMember.status == MemberStatus.APPROVED,
            )
        )
        teammate = found.first()
        if teammate is None:
            raise Invalid("This person is not on the team.", field="assignee_id")
        name = teammate.full_name
    if conversation.assignee_id != assignee_id:
        conversation.assignee_id = assignee_id
        await note_event(session, conversation, f"{member.name} assigned this to {name}", member_id=str(member.id))
    await _announce_state(session, conversation)
    return conversation


async def _set_mode(
    session: AsyncSession,
    conversation: Conversation,
    mode: AnswerMode,
    until: datetime | None,
    words: str,
    by: Author,
) -> None:
    changed = answering(conversation) != mode
    conversation.answer_mode = mode
    conversation.paused_until = until
    session.add(conversation)
    if changed and words:
        extra = {"until": until.isoformat()} if until else {}
        await note_event(session, conversation, words, mode=mode, member_id=str(by.id or ""), **extra)
    await _announce_state(session, conversation)


async def _announce_state(session: AsyncSession, conversation: Conversation) -> None:
    session.add(conversation)
    await session.flush()
    await realtime.announce(session, conversation.org_id, "conversation.updated", conversation_id=conversation.id)


async def _mark_unread_for_all(session: AsyncSession, conversation: Conversation) -> None:
    members = select_rows(
        func.gen_random_uuid(),
        literal(conversation.org_id),
        literal(conversation.id),
        col(OrganizationMember.user_id),
        literal(1),
        literal(clock.now()),
        literal(clock.now()),
    ).where(
        col(OrganizationMember.org_id) == conversation.org_id,
        col(OrganizationMember.status) == MemberStatus.APPROVED,
    )
    columns = ["id", "org_id", "conversation_id", "user_id", "unread_count", "created_at", "updated_at"]
    await session.execute(
        insert(ConversationUnread)
        .from_select(columns, members)
        .on_conflict_do_update(
            index_elements=["user_id", "conversation_id"],
            set_={"unread_count": ConversationUnread.unread_count + 1},
        )
    )


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _row(found: RowMapping, unread: int) -> ConversationRow:
    phone = found["phone_number"] or ""
    return ConversationRow(
        id=str(found["id"]),
        contact_id=str(found["contact_id"]),
        name=found["name"],
        phone=phone,
        phone_display=e164.display(phone) if phone else "",
        preview=found["last_preview"],
        channel=found["last_channel"],
        direction=found["last_direction"],
        author_kind=found["last_author_kind"],
        last_status=found["last_status"],
        last_at=_iso(found["last_item_at"]),
        last_seq=found["last_seq"],
        status=found["status"],
        answer_mode=found["answer_mode"],
        paused_until=_iso(found["paused_until"]),
        needs_person=found["needs_person"],
        assignee_id=str(found["assignee_id"] or ""),
        assignee_name=found["assignee_name"],
        unread=unread,
    )


def _item(found: ConversationItem) -> TimelineItem:
    return TimelineItem(
        id=str(found.id),
        seq=found.seq,
        kind=found.kind,
        channel=found.channel,
        direction=found.direction,
        author_kind=found.author_kind,
        author_id=str(found.author_id or ""),
        author_name=found.author_name,
        body=found.body,
        status=found.status,
        record_id=str(found.record_id or ""),
        at=_iso(found.happened_at),
        data=found.data,
    )
