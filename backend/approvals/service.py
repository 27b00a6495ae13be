"""Ask people whether an agent may do something, take their decision once, and let the agent go on.

A request is a call in the log that nobody allowed yet, and a card in the timeline. While one waits, the conversation
does; when the last of a turn is decided, by a person or by the clock, the turn goes on (`agents.resume`). Whoever
decides second is told who was first.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.approvals import queries
from backend.approvals.schemas import ApprovalRow, Wish
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core import audit, clock, jobs, realtime
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.functions import service as functions
from backend.functions.schemas import CallSetting
from backend.models.conversations import Conversation
from backend.models.functions import ToolCall
from backend.notifications import service as notifications
from backend.vocab import Authority, AuthorKind, ItemKind, MemberRole, ToolCallStatus

NOTE_LIMIT = 500
MOST_LISTED = 100
_VERBS = {ToolCallStatus.APPROVED: "approved", ToolCallStatus.REFUSED: "refused"}
_REFUSED = "The team refused this."
_EXPIRED = "Nobody of the team decided in time, so it was not done."


async def ask(
    session: AsyncSession,
    conversation: Conversation,
    setting: CallSetting,
    wishes: Sequence[Wish],
    minutes: int,
    **data: Any,
) -> list[UUID]:
    """Ask the team about calls of one turn in its locked conversation and return their ids; once for each key."""
    expires_at = clock.now() + timedelta(minutes=minutes)
    asked: list[UUID] = []
    for wish in wishes:
        row = functions.new_call(wish.offer, wish.arguments, setting, wish.key, ToolCallStatus.WAITING)
        row.expires_at = expires_at
        known = await functions.keep_call(session, row)
        asked.append(known.id if known else row.id)
        if known is not None:
            continue
        item = await conversations.append(
            session,
            conversation,
            kind=ItemKind.APPROVAL,
            author=Author(AuthorKind.AGENT, setting.agent_name, setting.agent_id),
            body=wish.words,
            channel=setting.channel,
            status=ToolCallStatus.WAITING,
            record_id=row.id,
            data={
                "tool": wish.offer.name,
                "label": wish.offer.label or wish.offer.name,
                "arguments": wish.arguments,
                "expires_at": expires_at.isoformat(),
                "turn_id": str(setting.turn_id or ""),
                "agent_version": setting.agent_version,
                **data,
            },
        )
        await jobs.defer(
            session, "approvals.expire", at=expires_at, org_id=str(conversation.org_id), call_id=str(row.id)
        )
        await notifications.note_approval(session, item)
    await _announce(session, conversation.id)
    return asked


async def decide(
    session: AsyncSession, principal: Principal, call_id: UUID, *, is_approved: bool, note: str = ""
) -> ApprovalRow:
    """Approve a call, or refuse it with a note to the agent; it runs, and the agent answers, in the background.

    Raises `NotFound`, `Invalid` (`note`), and `Conflict`: `already_decided` names who was first, `too_late`.
    """
    principal.require(MemberRole.SUPPORT)
    note = " ".join(note.replace("\x00", "").split())
    if len(note) > NOTE_LIMIT:
        raise Invalid(f"A note has at most {NOTE_LIMIT} characters.", field="note")
    row, conversation = await _held(session, call_id)
    if row.status != ToolCallStatus.WAITING:
        raise _decided(row)
    now = clock.now()
    if row.expires_at is not None and row.expires_at <= now:
        raise Conflict("The time to decide has run out. The agent goes on without it.", code="too_late")
    row.status = ToolCallStatus.APPROVED if is_approved else ToolCallStatus.REFUSED
    row.decided_by_name, row.decided_at, row.note = principal.name, now, note
    if is_approved:
        row.authority, row.allowed_by, row.allowed_by_name = Authority.PERSON, principal.user_id, principal.name
    else:
        row.result, row.finished_at = f"{_REFUSED} {note}".strip(), now
    await _settled(session, row, conversation)
    verb = _VERBS[ToolCallStatus(row.status)]
    source = "api" if principal.is_key else "ui"
    await audit.record(session, principal, f"{source}:approval:{verb}", row.id, {"tool": row.name, "note": note})
    return _row(row)


async def expire(session: AsyncSession, call_id: UUID) -> None:
    """Close a request nobody decided in time; nothing happens to one that was."""
    try:
        row, conversation = await _held(session, call_id)
    except NotFound:
        return
    if row.status != ToolCallStatus.WAITING:
        return
    row.status, row.result, row.finished_at = ToolCallStatus.EXPIRED, _EXPIRED, clock.now()
    await _settled(session, row, conversation)


async def close(session: AsyncSession, turn_id: UUID, words: str) -> None:
    """Refuse what a turn asked for and nobody carried out, because the turn ended otherwise."""
    for row in await queries.of_turn(session, org_id_of(session), turn_id):
        if row.status in (ToolCallStatus.WAITING, ToolCallStatus.APPROVED):
            row.status, row.result, row.finished_at = ToolCallStatus.REFUSED, words, clock.now()
            session.add(row)
            await session.flush()
            await conversations.update_item(session, row.id, status=row.status, data={"result": words})


async def done(session: AsyncSession, call_id: UUID, status: ToolCallStatus, words: str) -> None:
    """Keep what came of an approved call that was done together with the agent's answer."""
    row = await queries.call(session, org_id_of(session), call_id, for_update=True)
    if row is not None and row.status == ToolCallStatus.APPROVED:
        row.status, row.result, row.finished_at = status, words, clock.now()
        session.add(row)
        await session.flush()
        await show_result(session, call_id)


async def of_turn(session: AsyncSession, turn_id: UUID) -> list[ToolCall]:
    """Return the calls of a turn that a person was asked about, oldest first."""
    return list(await queries.of_turn(session, org_id_of(session), turn_id))


async def show_result(session: AsyncSession, call_id: UUID) -> None:
    """Bring a card up to date with what came of its call."""
    row = await queries.call(session, org_id_of(session), call_id)
    if row is not None:
        result = row.result[: functions.ERROR_LIMIT]
        await conversations.update_item(session, row.id, status=row.status, data={"result": result})


async def listed(
    session: AsyncSession,
    *,
    status: ToolCallStatus | None = ToolCallStatus.WAITING,
    conversation_id: UUID | None = None,
    limit: int = MOST_LISTED,
) -> list[ApprovalRow]:
    """Return requests, newest first: those that wait, or of any status."""
    found = await queries.cards(session, org_id_of(session), status, conversation_id, min(limit, MOST_LISTED))
    return [_row(row, words) for row, words in found]


async def get(session: AsyncSession, call_id: UUID) -> ApprovalRow:
    """Return one request. Raises `NotFound`."""
    row = await queries.call(session, org_id_of(session), call_id)
    if row is None:
        raise NotFound("This request does not exist.")
    return _row(row)


async def _held(session: AsyncSession, call_id: UUID) -> tuple[ToolCall, Conversation]:
    """Return a request and its conversation, both locked, in the order in which everybody locks them."""
    org_id = org_id_of(session)
    known = await queries.call(session, org_id, call_id)
    if known is None or known.conversation_id is None:
        raise NotFound("This request does not exist.")
    conversation = await conversations.locked(session, known.conversation_id)
    row = await queries.call(session, org_id, call_id, for_update=True)
    if row is None or row.conversation_id != conversation.id:
        raise NotFound("This request does not exist.")
    return row, conversation


async def _settled(session: AsyncSession, row: ToolCall, conversation: Conversation) -> None:
    """Show a decision, and let the turn go on once nothing of it waits."""
    session.add(row)
    await session.flush()
    data = {
        "decided_by": row.decided_by_name,
        "decided_at": row.decided_at.isoformat() if row.decided_at else "",
        "note": row.note,
        "result": row.result,
    }
    await conversations.update_item(session, row.id, status=row.status, data=data)
    await _announce(session, conversation.id)
    if row.turn_id is None:
        return
    others = await queries.of_turn(session, row.org_id, row.turn_id)
    if not any(one.status == ToolCallStatus.WAITING for one in others):
        await jobs.defer(
            session,
            "agents.resume",
            lock=f"conversation:{conversation.id}",
            org_id=str(row.org_id),
            turn_id=str(row.turn_id),
        )


def _decided(row: ToolCall) -> Conflict:
    if row.status == ToolCallStatus.EXPIRED:
        return Conflict("The time to decide has run out. The agent goes on without it.", code="too_late")
    verb = "refused" if row.authority == Authority.NOBODY else "approved"
    return Conflict(
        f"{row.decided_by_name or 'Somebody'} {verb} this already.",
        code="already_decided",
        details={"decided_by": row.decided_by_name, "status": row.status},
    )


async def _announce(session: AsyncSession, conversation_id: UUID) -> None:
    await realtime.announce(session, org_id_of(session), "conversation.updated", conversation_id=conversation_id)


def _row(row: ToolCall, words: str = "") -> ApprovalRow:
    return ApprovalRow(
        id=str(row.id),
        conversation_id=str(row.conversation_id or ""),
        agent_id=str(row.agent_id or ""),
        agent_name=row.agent_name,
        tool=row.name,
        label=str(row.offer.get("label") or row.name),
        words=words,
        arguments=dict(row.arguments),
        status=row.status,
        note=row.note,
        decided_by=row.decided_by_name,
        result=row.result[: functions.ERROR_LIMIT],
        asked_at=row.created_at.isoformat(),
        expires_at=row.expires_at.isoformat() if row.expires_at else "",
        decided_at=row.decided_at.isoformat() if row.decided_at else "",
    )
