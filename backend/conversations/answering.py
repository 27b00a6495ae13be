"""Decide who answers a conversation: its agent, its agent after approval, or people, and until when."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.billing import service as billing
from backend.conversations import items
from backend.conversations.changes import announce_state
from backend.conversations.schemas import SYSTEM, Author
from backend.core import clock, jobs
from backend.core.errors import Invalid
from backend.models.chat import ChatSession
from backend.models.conversations import Conversation
from backend.notifications import service as notifications
from backend.vocab import AnswerMode

# The reference product pauses the AI this long after a person's text (backend.md §9.3).
PAUSE = timedelta(minutes=10)
# What a person writes to a colleague in passing; longer orders belong into the agent's instructions.
BRIEF_LIMIT = 1000
# Why people are called where answers came too often.
LOOP = "this looks like another machine answering, so the agent stopped"


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
    conversation = await items.locked(session, conversation_id)
    conversation.assignee_id = conversation.assignee_id or member.id
    await _set_mode(session, conversation, AnswerMode.HUMAN, until, f"{member.name} took over", member)
    return conversation


async def pause_for_reply(
    session: AsyncSession, conversation: Conversation, member: Author, pause: timedelta = PAUSE
) -> None:
    """Pause the agent because a person wrote: for `pause`, unless people answer for longer already.

    Takes a locked conversation. A conversation whose agent only drafts needs no pause.
    """
    until = clock.now() + pause
    mode = answering(conversation)
    if mode == AnswerMode.DRAFT or (mode == AnswerMode.HUMAN and conversation.paused_until is None):
        return
    words = "" if mode == AnswerMode.HUMAN else f"{member.name} replied; the agent waits"
    await _set_mode(session, conversation, AnswerMode.HUMAN, until, words, member)


async def set_answer_mode(
    session: AsyncSession, conversation_id: UUID, mode: AnswerMode, member: Author, *, brief: str = ""
) -> Conversation:
    """Choose who answers from now on. Handing back (`ai`) also clears the call for a person.

    A `brief` tells the agent what it should know or do next; it reads it with the conversation, and customers never
    see it. Raises `NotFound`, and `Invalid` when the brief is too long.
    """
    brief = brief.strip()
    if len(brief) > BRIEF_LIMIT:
        raise Invalid(f"A brief has at most {BRIEF_LIMIT:,} characters.", field="brief")
    if mode == AnswerMode.HUMAN:
        return await take_over(session, conversation_id, member)
    conversation = await items.locked(session, conversation_id)
    conversation.needs_person = False
    waited = await _hand_chats_back(session, conversation)
    words = {
        AnswerMode.AI: f"{member.name} handed back to the agent",
        AnswerMode.DRAFT: f"{member.name} asked the agent to draft answers for approval",
    }[mode]
    if waited and answering(conversation) == mode:
        await items.note_event(session, conversation, words, mode=mode, member_id=str(member.id))
    await _set_mode(session, conversation, mode, None, words, member)
    if brief:
        await items.note_event(
            session, conversation, f"{member.name} briefed the agent", member_id=str(member.id), brief=brief
        )
    return conversation


async def _hand_chats_back(session: AsyncSession, conversation: Conversation) -> bool:
    """Let the agent answer the chats of a conversation that only people did; tell whether there were any."""
    freed = await session.execute(
        update(ChatSession)
        .where(
            col(ChatSession.org_id) == conversation.org_id,
            col(ChatSession.conversation_id) == conversation.id,
            col(ChatSession.is_with_people),
        )
        .values(is_with_people=False, with_people_until=None)
        .returning(col(ChatSession.id))
    )
    return bool(freed.all())


async def leave_to_agent(session: AsyncSession, conversation: Conversation, task: str, message_id: UUID) -> str:
    """Have the agent answer a message of a locked conversation while there is money; return what came of it.

    `task` is the job of its channel. One turn at a time in a conversation: its jobs share a lock.
    """
    if not await billing.may_reply(session):
        await call_for_person(session, conversation, "the balance is used up, so the agent does not answer")
        return "no_balance"
    await jobs.defer(
        session,
        task,
        lock=f"conversation:{conversation.id}",
        org_id=str(conversation.org_id),
        message_id=str(message_id),
    )
    return "to_agent"


async def leave_to_people(session: AsyncSession, conversation: Conversation, reason: str) -> None:
    """Let people answer a locked conversation that no agent may, without calling for one; `reason` is shown once."""
    await _set_mode(session, conversation, AnswerMode.HUMAN, None, reason, SYSTEM)


async def call_for_chat(session: AsyncSession, conversation: Conversation, reason: str, *, session_id: str) -> None:
    """Call people to one chat of a locked conversation, which its agent goes on answering elsewhere."""
    conversation.needs_person = True
    words = f"Handed to the team in this chat alone: {reason}"
    await items.note_event(session, conversation, words, mode=AnswerMode.HUMAN, session_id=session_id)
    await announce_state(session, conversation)
    await notifications.note_needs_person(session, conversation)


async def call_for_person(session: AsyncSession, conversation: Conversation, reason: str) -> None:
    """Hand a locked conversation to people because the agent cannot go on; `reason` is shown to the team."""
    conversation.needs_person = True
    await _set_mode(session, conversation, AnswerMode.HUMAN, None, f"Handed to the team: {reason}", SYSTEM)
    await notifications.note_needs_person(session, conversation)


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
        await items.note_event(session, conversation, words, mode=mode, member_id=str(by.id or ""), **extra)
    await announce_state(session, conversation)
