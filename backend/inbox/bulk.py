"""Change many conversations at once, and take it back: exactly what was changed, and not what others changed since.

Up to `AT_ONCE` conversations are changed in the caller's transaction; more are changed by a job in steps of as many.
What each change replaced is kept for `UNDO`; taking it back leaves alone whatever somebody changed meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.conversations import service as conversations
from backend.conversations.schemas import Author, Cursor, ListFilter
from backend.core import clock, jobs, realtime
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.inbox import unread_marks
from backend.inbox.schemas import BulkRow
from backend.models.conversations import Conversation
from backend.models.inbox import BulkAction, BulkChange
from backend.models.organizations import Team
from backend.organizations import service as organizations
from backend.vocab import AuthorKind, ConversationStatus, MemberRole

AT_ONCE = 500
# More than anybody means when they press one button; a filter narrows it.
MOST = 20_000
UNDO = timedelta(minutes=10)
ACTIONS = ("close", "reopen", "snooze", "assign", "assign_team", "tag", "untag", "read", "unread")
# What of a conversation an action may change, and how each value is written down.
_FIELDS = ("status", "snoozed_until", "assignee_id", "team_id")


@dataclass(frozen=True)
class Order:
    """What is to be done with each conversation."""

    action: str
    until: datetime | None = None
    id: UUID | None = None
    name: str = ""
    team: Team | None = None


async def change_many(
    session: AsyncSession,
    principal: Principal,
    action: str,
    value: str = "",
    *,
    ids: Sequence[UUID] = (),
    matching: ListFilter | None = None,
) -> BulkRow:
    """Change the conversations named, or all that match a filter; the answer's token undoes it for `UNDO`.

    `value` is the moment of a snooze, or the id of a person (empty for nobody), team or tag. Raises `Invalid` for an
    order that makes no sense or more than `MOST` conversations, and `NotFound` for a tag or team that does not exist.
    """
    principal.require(MemberRole.SUPPORT)
    order = await _order(session, action, value)
    if matching is None:
        if len(ids) > AT_ONCE:
            raise Invalid(f"Choose at most {AT_ONCE} conversations, or all that match.", field="ids")
        chosen = list(ids)
    else:
        places = await conversations.places(session, principal.user_id, matching, None, MOST + 1)
        if len(places) > MOST:
            raise Invalid(f"More than {MOST:,} conversations match. Narrow the filter first.", field="matching")
        chosen = [place.id for place in places]
    bulk = BulkAction(
        org_id=org_id_of(session),
        user_id=principal.user_id,
        user_name=principal.name,
        action=action,
        parameters={"value": value, "filter": matching.as_json() if matching else {}},
        total=len(chosen),
        undo_until=clock.now() + UNDO,
    )
    session.add(bulk)
    await session.flush()
    if len(chosen) > AT_ONCE:
        await jobs.defer(session, "inbox.run_bulk", org_id=str(bulk.org_id), bulk_id=str(bulk.id))
        return _row(bulk)
    await _apply(session, bulk, order, chosen)
    bulk.status = "done"
    session.add(bulk)
    await session.flush()
    return _row(bulk)


async def run_step(session: AsyncSession, bulk_id: UUID, after: Cursor | None) -> Cursor | None:
    """Change the next `AT_ONCE` conversations of a large order; return where it goes on, None when it is done."""
    bulk = await _locked(session, bulk_id)
    if bulk is None or bulk.status != "running":
        return None
    order = await _order(session, bulk.action, str(bulk.parameters["value"]))
    wanted = ListFilter.of_json(bulk.parameters["filter"])
    places = await conversations.places(session, bulk.user_id, wanted, after, AT_ONCE)
    await _apply(session, bulk, order, [place.id for place in places])
    if len(places) < AT_ONCE:
        bulk.status, bulk.undo_until = "done", clock.now() + UNDO
    session.add(bulk)
    await session.flush()
    await _announce(session, bulk)
    return places[-1] if bulk.status == "running" else None


async def progress(session: AsyncSession, principal: Principal, token: UUID) -> BulkRow:
    """Return how far work on many conversations came. Raises `NotFound`."""
    return _row(await _own(session, principal, token))


async def undo_many(session: AsyncSession, principal: Principal, token: UUID) -> BulkRow:
    """Take back what an order changed, where nobody changed it since. Raises `NotFound`, `Conflict` (`too_late`)."""
    bulk = await _own(session, principal, token)
    if bulk.status == "undone":
        return _row(bulk)
    if bulk.undo_until <= clock.now():
        raise Conflict("This can no longer be undone.", code="too_late")
    if bulk.status == "running" or bulk.total > AT_ONCE:
        bulk.status = "undoing"
        session.add(bulk)
        await jobs.defer(session, "inbox.undo_bulk", org_id=str(bulk.org_id), bulk_id=str(bulk.id))
    else:
        bulk.status = "undoing"
        await undo_step(session, bulk.id)
    await session.flush()
    return _row(bulk)


async def undo_step(session: AsyncSession, bulk_id: UUID) -> bool:
    """Take back the next `AT_ONCE` changes; return whether any are left."""
    bulk = await _locked(session, bulk_id)
    if bulk is None or bulk.status != "undoing":
        return False
    query = select(BulkChange).where(BulkChange.org_id == bulk.org_id, BulkChange.bulk_id == bulk.id).limit(AT_ONCE)
    changes = {change.conversation_id: change for change in (await session.exec(query)).all()}
    locked = await conversations.lock_many(session, changes)
    member = Author(AuthorKind.MEMBER, bulk.user_name, bulk.user_id)
    if bulk.action in ("tag", "untag"):
        await _swap_tag(session, bulk, [one.id for one in locked])
    elif bulk.action in ("read", "unread"):
        await unread_marks.restore(session, bulk.user_id, changes)
    restored: dict[UUID, Conversation] = {}
    for one in locked:
        change = changes[one.id]
        if _put_back(one, change) or bulk.action in ("tag", "untag"):
            conversations.stage_event(session, one, f"{member.name} took the last change back", member)
            restored[one.id] = one
    await session.flush()
    await conversations.announce_many(session, list(restored.values()), "item.added")
    await conversations.announce_many(
        session, [one for one in locked if one.id not in restored], "conversation.updated"
    )
    gone = delete(BulkChange).where(col(BulkChange.id).in_([change.id for change in changes.values()]))
    await session.exec(gone)
    is_over = len(changes) < AT_ONCE
    bulk.status = "undone" if is_over else bulk.status
    session.add(bulk)
    await session.flush()
    await _announce(session, bulk)
    return not is_over


async def _order(session: AsyncSession, action: str, value: str) -> Order:
    if action not in ACTIONS:
        raise Invalid(f"Choose one of: {', '.join(ACTIONS)}.", field="action")
    if action == "snooze":
        try:
            until = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:
            raise Invalid("Choose a moment in the future.", field="value") from None
        conversations.check_snooze(until)
        return Order(action, until=until)
    id = parse_id(value, "value") if value else None
    if action == "assign":
        return Order(action, id=id, name=await conversations.member_name(session, id) if id else "")
    if action == "assign_team":
        return Order(action, id=id, team=await organizations.team(session, id) if id else None)
    if action in ("tag", "untag"):
        if id is None:
            raise Invalid("Choose a tag.", field="value")
        return Order(action, id=id, name=await conversations.tag_name(session, id))
    return Order(action)


async def _apply(session: AsyncSession, bulk: BulkAction, order: Order, ids: Sequence[UUID]) -> None:
    """Change conversations in one go: one lock, one event each, one announcement for all."""
    locked = await conversations.lock_many(session, ids)
    member = Author(AuthorKind.MEMBER, bulk.user_name, bulk.user_id)
    known = [one.id for one in locked]
    changes: list[BulkChange] = []
    touched: list[Conversation] = []
    words: dict[UUID, str] = {}
    before: dict[UUID, dict[str, Any]] = {one.id: _state(one) for one in locked}
    if order.action in ("tag", "untag"):
        assert order.id is not None
        swap = conversations.put_tag if order.action == "tag" else conversations.take_tag
        verb = "added the tag" if order.action == "tag" else "removed the tag"
        words = dict.fromkeys(await swap(session, known, order.id), f"{member.name} {verb} {order.name}")
        before = {id: {"tag_id": str(order.id)} for id in words}
    elif order.action in ("read", "unread"):
        marks = await unread_marks.mark(session, bulk.user_id, known, is_read=order.action == "read")
        changes = [_change(bulk, id, mark, {}) for id, mark in marks.items()]
    else:
        words = {one.id: said for one in locked if (said := _changed(one, order, member))}
    extra = {"until": order.until.isoformat()} if order.until else {}
    if order.action == "close":
        extra["status"] = ConversationStatus.CLOSED
    for one in locked:
        if one.id in words:
            conversations.stage_event(session, one, words[one.id], member, **extra)
            changes.append(_change(bulk, one.id, before[one.id], _state(one)))
            touched.append(one)
    session.add_all(changes)
    bulk.done_count = min(bulk.total, bulk.done_count + len(locked))
    await session.flush()
    await conversations.announce_many(session, touched, "item.added")


def _changed(one: Conversation, order: Order, member: Author) -> str:
    if order.action == "snooze":
        assert order.until is not None
        return conversations.apply_snooze(one, order.until, member)
    if order.action == "assign":
        return conversations.apply_assignee(one, order.id, order.name, member)
    if order.action == "assign_team":
        return conversations.apply_team(one, order.team, member)
    wanted = ConversationStatus.CLOSED if order.action == "close" else ConversationStatus.OPEN
    return conversations.apply_status(one, wanted, member)


def _state(one: Conversation) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in _FIELDS}
    return {
        name: value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value
        for name, value in values.items()
    }


def _change(bulk: BulkAction, id: UUID, before: dict[str, Any], after: dict[str, Any]) -> BulkChange:
    changed = {name for name in before if before[name] != after.get(name)}
    return BulkChange(
        org_id=bulk.org_id,
        bulk_id=bulk.id,
        conversation_id=id,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed if name in after},
    )


def _put_back(one: Conversation, change: BulkChange) -> bool:
    """Restore what an order changed in a conversation; a field somebody changed since stays. Whether anything was."""
    now = _state(one)
    names = [name for name in _FIELDS if name in change.after and now[name] == change.after[name]]
    if "status" in change.after and "status" not in names:
        names = [name for name in names if name != "snoozed_until"]
    for name in names:
        value = change.before[name]
        if value is not None and name == "snoozed_until":
            value = datetime.fromisoformat(value)
        elif value is not None and name in ("assignee_id", "team_id"):
            value = UUID(value)
        setattr(one, name, value)
    return bool(names)


async def _swap_tag(session: AsyncSession, bulk: BulkAction, ids: Sequence[UUID]) -> None:
    tag_id = UUID(str(bulk.parameters["value"]))
    swap = conversations.take_tag if bulk.action == "tag" else conversations.put_tag
    await swap(session, ids, tag_id)


async def _locked(session: AsyncSession, bulk_id: UUID) -> BulkAction | None:
    query = select(BulkAction).where(BulkAction.org_id == org_id_of(session), BulkAction.id == bulk_id)
    return (await session.exec(query.with_for_update().execution_options(populate_existing=True))).first()


async def _own(session: AsyncSession, principal: Principal, token: UUID) -> BulkAction:
    bulk = await _locked(session, token)
    if bulk is None or bulk.user_id != principal.user_id:
        raise NotFound("There is nothing to undo.")
    return bulk


def _row(bulk: BulkAction) -> BulkRow:
    return BulkRow(token=str(bulk.id), action=bulk.action, status=bulk.status, total=bulk.total, done=bulk.done_count)


async def _announce(session: AsyncSession, bulk: BulkAction) -> None:
    await realtime.announce(session, bulk.org_id, "bulk.changed", subject=str(bulk.id))
