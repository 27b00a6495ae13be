"""Send texts later, once: a row waits for its time, is claimed by one worker, and is judged anew before it leaves."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.compliance.schemas import Purpose
from backend.conversations import service as conversations
from backend.core import clock, jobs
from backend.core.errors import Conflict, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of, org_scope, platform_scope, unit_of_work
from backend.messaging import departure, outbox, queries, statuses
from backend.messaging.schemas import ScheduledView, scheduled_view
from backend.models.messaging import ScheduledAction, SmsMessage
from backend.vocab import ActionStatus, MemberRole, MessageStatus

CLAIM_LIMIT = 200
_WAITING = MessageStatus.SCHEDULED


async def schedule(
    session: AsyncSession, message: SmsMessage, at: datetime, *, purpose: Purpose, created_via: str
) -> ScheduledAction:
    """Store that a text is to leave at `at`."""
    action = ScheduledAction(
        org_id=message.org_id,
        conversation_id=message.conversation_id,
        created_by_user_id=message.sent_by_user_id,
        scheduled_at=at,
        created_via=created_via,
        parameters={
            "message_id": str(message.id),
            "recipient_phone": message.recipient_number,
            "sender_number": message.sender_number,
            "message": message.content,
            "purpose": str(purpose),
        },
    )
    session.add(action)
    await session.flush()
    return action


async def run_due() -> int:
    """Claim what is due and enqueue it; returns how many. Any number of processes may ask at once."""
    with platform_scope("claim scheduled texts that are due"):
        async with unit_of_work() as session:
            claimed = await queries.claim_due(session, clock.now(), CLAIM_LIMIT)
            for action_id, org_id in claimed:
                await jobs.defer(session, "messaging.send_scheduled", org_id=str(org_id), action_id=str(action_id))
    return len(claimed)


async def send_due(org_id: UUID, action_id: UUID) -> None:
    """Send one claimed text now, unless its contact or its number does not allow it any more; then it says why.

    One that was given up as broken is sent when its job goes round again, unless somebody has sent it meanwhile.
    """
    with org_scope(org_id):
        async with unit_of_work() as session:
            action = await queries.action(session, org_id, action_id, lock=True)
            if action is None or action.status not in (ActionStatus.PROCESSING, ActionStatus.FAILED):
                return
            message = await queries.locked(session, org_id, UUID(str(action.parameters["message_id"])))
            is_revived = action.status == ActionStatus.FAILED
            if message is None or not (_was_given_up(message) if is_revived else message.status == _WAITING):
                if not is_revived:
                    _finish(session, action, ActionStatus.CANCELLED)
                return
            purpose = Purpose(str(action.parameters.get("purpose") or Purpose.SERVICE))
            verdict = await departure.verdict(session, message, purpose)
            if not verdict.allowed:
                await _fail(session, message, verdict.code, verdict.message)
                _finish(session, action, ActionStatus.FAILED, verdict.message)
                return
            message.status, message.error_code, message.error_message = MessageStatus.QUEUED, "", ""
            session.add(message)
            await session.flush()
            if is_revived:
                await conversations.update_item(session, message.id, data={"error": "", "error_code": ""})
            conversation = await conversations.locked(session, message.conversation_id, with_contact=False)
            await conversations.move_to_end(
                session, conversation, message.id, status=message.status, words="Planned a text, which was sent"
            )
            await outbox.enqueue(session, message, purpose)
            _finish(session, action, ActionStatus.COMPLETED)


async def give_up(org_id: UUID, action_id: UUID) -> None:
    """Fail a planned text whose sending was given up as broken; a person or an operator may send it after all."""
    with org_scope(org_id):
        async with unit_of_work() as session:
            action = await queries.action(session, org_id, action_id, lock=True)
            if action is None or action.status != ActionStatus.PROCESSING:
                return
            words = statuses.words(statuses.BROKEN)
            message = await queries.locked(session, org_id, UUID(str(action.parameters["message_id"])))
            if message is not None and message.status == _WAITING:
                await _fail(session, message, statuses.BROKEN, words)
            _finish(session, action, ActionStatus.FAILED, words)


async def cancel_scheduled(session: AsyncSession, principal: Principal, message_id: UUID) -> SmsMessage:
    """Take back a text that has not left. Raises `NotFound`, or `Conflict` when it is too late."""
    principal.require(MemberRole.SUPPORT)
    action = await queries.action_of_message(session, org_id_of(session), message_id)
    if action is None:
        raise NotFound("No text is planned under this id.")
    return await _cancel(session, principal, action)


async def cancel_action(session: AsyncSession, principal: Principal, action_id: UUID) -> ScheduledView:
    """Take back a scheduled action. Raises `NotFound`, or `Conflict` when it is too late."""
    principal.require(MemberRole.SUPPORT)
    action = await queries.action(session, org_id_of(session), action_id, lock=True)
    if action is None:
        raise NotFound("Nothing is planned under this id.")
    await _cancel(session, principal, action)
    return scheduled_view(action)


async def action_of(session: AsyncSession, message_id: UUID) -> ScheduledView:
    """Return the action that sends a text later. Raises `NotFound`."""
    action = await queries.action_of_message(session, org_id_of(session), message_id)
    if action is None:
        raise NotFound("Nothing is planned under this id.")
    return scheduled_view(action)


async def list_actions(
    session: AsyncSession, *, status: str = "", action_type: str = "", limit: int = 50, offset: int = 0
) -> tuple[list[ScheduledView], int]:
    """Return one page of scheduled actions, newest first, and how many match."""
    found, total = await queries.actions(session, org_id_of(session), status, action_type, limit, offset)
    return [scheduled_view(action) for action in found], total


async def _cancel(session: AsyncSession, principal: Principal, action: ScheduledAction) -> SmsMessage:
    message = await queries.locked(session, action.org_id, UUID(str(action.parameters["message_id"])))
    if message is None:
        raise NotFound("No text is planned under this id.")
    if action.status == ActionStatus.CANCELLED:
        return message
    if action.status != ActionStatus.PENDING or message.status != MessageStatus.SCHEDULED:
        raise Conflict("This text has left already.", code="already_sent")
    message.status = MessageStatus.CANCELLED
    session.add(message)
    _finish(session, action, ActionStatus.CANCELLED)
    await session.flush()
    await conversations.update_item(session, message.id, status=message.status, data={"cancelled_by": principal.name})
    return message


def _was_given_up(message: SmsMessage) -> bool:
    """Whether a planned text failed because our own work broke, and nobody has sent it since."""
    return message.status == MessageStatus.FAILED and message.error_code == statuses.BROKEN


async def _fail(session: AsyncSession, message: SmsMessage, code: str, words: str) -> None:
    message.status, message.error_code, message.error_message = MessageStatus.FAILED, code, words
    session.add(message)
    await session.flush()
    await conversations.update_item(
        session, message.id, status=message.status, data={"error": words, "error_code": code}
    )


def _finish(session: AsyncSession, action: ScheduledAction, status: ActionStatus, error: str = "") -> None:
    action.status, action.error_message = status, error
    if status != ActionStatus.CANCELLED:
        action.executed_at = clock.now()
    session.add(action)
