"""Keep the timeline of each conversation: find the conversation, add what happened to it, read it back."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.alerts import service as alerts
from backend.conversations import queries, sentiment, unreads
from backend.conversations.schemas import SYSTEM, Author, TimelineItem
from backend.core import clock, jobs, realtime
from backend.core.errors import NotFound
from backend.core.tenancy import org_id_of
from backend.models.contacts import Contact
from backend.models.conversations import Conversation, ConversationItem
from backend.notifications import service as notifications
from backend.vocab import AuthorKind, ConversationStatus, Direction, ItemKind

PAGE_SIZE = 50
PREVIEW_LENGTH = 140
# What the list shows as the last thing that was said, and moves the conversation to the top.
SHOWN_IN_LIST = (ItemKind.MESSAGE, ItemKind.CALL)
# So long after the contact's last word a conversation has ended, and is read for the memory (memory.reading.IDLE).
ENDS_AFTER = timedelta(minutes=5)

_SHOWN = [str(kind) for kind in SHOWN_IN_LIST]
# Each text is brought up to date four times on its way, so this is one plain statement. The list shows the newest
# message or call; an event after it, such as a take-over, is neither.
_STATEMENT = (
    "with item as (update conversation_items"
    " set status = coalesce(cast(:status as varchar), status), data = data || cast(:data as jsonb), updated_at = :now"
    "{body} where org_id = :org_id and record_id = :record_id returning conversation_id, seq),"
    " listed as (update conversations set last_status = cast(:status as varchar), updated_at = :now{preview} from item"
    " where conversations.id = item.conversation_id and cast(:status as varchar) is not null"
    " and not exists (select from conversation_items newer where newer.conversation_id = item.conversation_id"
    " and newer.seq > item.seq and newer.kind = any(:shown)))"
    " select conversation_id, seq from item"
)
_UPDATE = text(_STATEMENT.format(body="", preview=""))
# Naming the body has it read anew for the search, even where it stays as it was.
_UPDATE_WITH_BODY = text(_STATEMENT.format(body=", body = :body", preview=", last_preview = :preview"))


async def for_contact(session: AsyncSession, contact_id: UUID) -> Conversation:
    """Return the contact's conversation, made on first use, locked for this transaction.

    A contact that was merged has the conversation of the one it was merged into; a merge at this moment is waited for.
    """
    org_id = org_id_of(session)
    merged = select(Contact.merged_into_id).where(Contact.id == contact_id, Contact.org_id == org_id)
    contact_id = (await session.exec(merged.with_for_update(read=True, key_share=True))).first() or contact_id
    values = Conversation(org_id=org_id, contact_id=contact_id).model_dump()
    await session.execute(insert(Conversation).values(**values).on_conflict_do_nothing())
    query = select(Conversation).where(Conversation.org_id == org_id, Conversation.contact_id == contact_id)
    return (await session.exec(query.with_for_update())).one()


async def locked(session: AsyncSession, conversation_id: UUID, *, with_contact: bool = True) -> Conversation:
    """Return a conversation, locked so that its timeline and state change one at a time. Raises `NotFound`.

    Its contact is held before it, as by who merges: what is written next may point at it. Who has locked other rows of
    the contact, for which a merge may wait, says `with_contact` false and writes nothing that points there.
    """
    if with_contact:
        theirs = (
            select(Contact.id)
            .join(Conversation, col(Conversation.contact_id) == Contact.id)
            .where(Conversation.id == conversation_id, Conversation.org_id == org_id_of(session))
        )
        await session.exec(theirs.with_for_update(read=True, key_share=True, of=Contact))
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

    A message or call of the contact reopens a closed or snoozed conversation and becomes unread for every approved
    member; a drafted or internal item does neither, and nor does what somebody blocked writes.
    """
    now = clock.now()
    # Asked before anything is changed, so that all changes of the conversation are written at once.
    is_theirs = kind in SHOWN_IN_LIST and direction == Direction.INBOUND
    is_heeded = is_theirs and not await is_from_blocked(session, conversation)
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
    if kind in SHOWN_IN_LIST:
        conversation.last_item_at = now
        conversation.last_preview = _preview(body)
        conversation.last_channel = channel
        conversation.last_direction = direction
        conversation.last_author_kind = author.kind
        conversation.last_status = status
        if author.kind == AuthorKind.AGENT and author.id is not None:
            conversation.agent_id = author.id
            conversation.agent_version = int((data or {}).get("agent_version") or 0)
        if is_heeded:
            conversation.status = ConversationStatus.OPEN
            conversation.snoozed_until = None
            if kind == ItemKind.MESSAGE:
                conversation.sentiment = sentiment.of(body) or conversation.sentiment
                conversation.memory_due_at = now + ENDS_AFTER
            await unreads.add_for_all(session, conversation)
    session.add(conversation)
    session.add(item)
    await session.flush()
    await realtime.announce(session, conversation.org_id, "item.added", conversation_id=conversation.id, seq=item.seq)
    if (
        kind == ItemKind.MESSAGE
        and body.strip()
        and (is_heeded or not is_theirs)
        and await queries.has_readers_elsewhere(session, conversation)
    ):
        await jobs.defer(session, "translation.messages", org_id=str(item.org_id), item_id=str(item.id))
    await notifications.note_message(session, item)
    await alerts.note_message(session, item)
    return item


def _preview(body: str) -> str:
    return " ".join(body.split())[:PREVIEW_LENGTH]


async def is_from_blocked(session: AsyncSession, conversation: Conversation) -> bool:
    """Tell whether a conversation is with somebody the organization blocked."""
    query = select(Contact.blocked_at).where(Contact.id == conversation.contact_id)
    return (await session.exec(query)).first() is not None


async def note_event(session: AsyncSession, conversation: Conversation, body: str, **data: Any) -> ConversationItem:
    """Add a line that says what happened (taken over, opted out …) to a locked conversation."""
    return await append(session, conversation, kind=ItemKind.EVENT, author=SYSTEM, body=body, data=data)


def stage_event(session: AsyncSession, conversation: Conversation, body: str, member: Author, **data: Any) -> None:
    """Add a line that says what a member did, for work on many: the caller flushes and announces all together."""
    conversation.last_seq += 1
    session.add(conversation)
    session.add(
        ConversationItem(
            org_id=conversation.org_id,
            conversation_id=conversation.id,
            seq=conversation.last_seq,
            kind=ItemKind.EVENT,
            author_kind=SYSTEM.kind,
            body=body,
            happened_at=clock.now(),
            data={"member_id": str(member.id or ""), **data},
        )
    )


async def answered_since(
    session: AsyncSession, conversation_id: UUID, seq: int, *, but: UUID | None = None
) -> TimelineItem | None:
    """Return the first message our side sent after `seq`, by anybody `but` one person; None when there is none."""
    query = (
        select(ConversationItem)
        .where(
            ConversationItem.org_id == org_id_of(session),
            ConversationItem.conversation_id == conversation_id,
            ConversationItem.seq > seq,
            ConversationItem.kind == ItemKind.MESSAGE,
            ConversationItem.direction == Direction.OUTBOUND,
            col(ConversationItem.author_id).is_distinct_from(but),
        )
        .order_by(col(ConversationItem.seq))
        .limit(1)
    )
    found = (await session.exec(query)).first()
    return item_view(found) if found else None


async def update_item(
    session: AsyncSession,
    record_id: UUID,
    *,
    status: str | None = None,
    data: dict[str, Any] | None = None,
    body: str | None = None,
) -> None:
    """Bring the item that shows `record_id` up to date; nothing happens when there is none.

    `body` goes with a `status`: the list shows both when nothing came since.
    """
    org_id = org_id_of(session)
    await session.flush()
    values = {"org_id": org_id, "record_id": record_id, "status": status, "now": clock.now(), "shown": _SHOWN}
    values["data"] = json.dumps(data or {})
    statement = _UPDATE
    if body is not None:
        statement, values["body"], values["preview"] = _UPDATE_WITH_BODY, body, _preview(body)
    found = (await (await session.connection()).execute(statement, values)).first()
    if found is not None:
        await realtime.announce(session, org_id, "item.updated", conversation_id=found.conversation_id, seq=found.seq)


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


async def timeline(
    session: AsyncSession, conversation_id: UUID, before_seq: int | None = None, limit: int = PAGE_SIZE
) -> list[TimelineItem]:
    """Return up to `limit` items before `before_seq` (or the newest), oldest first."""
    found = await queries.items(session, org_id_of(session), conversation_id, before_seq, limit)
    return [item_view(item) for item in found]


async def item(session: AsyncSession, conversation_id: UUID, seq: int) -> TimelineItem | None:
    """Return one item by its place in the timeline, or None."""
    found = await queries.item(session, org_id_of(session), conversation_id, seq)
    return item_view(found) if found else None


def item_view(found: ConversationItem) -> TimelineItem:
    """Return an item as screens see it."""
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
        at=found.happened_at.isoformat(),
        data=found.data,
    )
