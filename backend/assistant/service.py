"""Let people ask for things in plain words: keep their talks, answer, and do what they confirm.

A talk belongs to one person of one organization; nobody else reads it, owners included. Every change tells the
person's own tabs (`assistant.changed`, with the person as `subject`). The modules of this package hold the work.
"""

from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.assistant import queries
from backend.assistant.answering import OnProgress, answer, cut_short
from backend.assistant.deciding import confirm, dismiss
from backend.assistant.schemas import Begun, Stage, Talk, TalkRow
from backend.assistant.views import is_lost, message_row, talk_row
from backend.core import clock, rate_limits, realtime
from backend.core.errors import Conflict, Invalid, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_id_of
from backend.models.assistant import AssistantConversation, AssistantMessage
from backend.vocab import MemberRole

__all__ = [
    "OnProgress",
    "answer",
    "ask",
    "ask_again",
    "confirm",
    "delete",
    "dismiss",
    "read",
    "stop",
    "talks",
]

TEXT_LIMIT = 2000
TITLE_LENGTH = 60
MOST_TALKS = 50
# What a tab shows of a talk; STYLE keeps a window of at most 100 rows.
MOST_MESSAGES = 60
# Quicker than anyone reads answers; a model costs money.
TRIES, WINDOW = 60, timedelta(minutes=10)


async def talks(session: AsyncSession, principal: Principal) -> list[TalkRow]:
    """Return the person's newest talks."""
    found = await queries.talks(session, org_id_of(session), principal.user_id, MOST_TALKS)
    return [talk_row(one) for one in found]


async def read(session: AsyncSession, principal: Principal, talk_id: UUID) -> Talk:
    """Return one of the person's talks with its newest messages. Raises `NotFound`."""
    found = await _own(session, principal, talk_id)
    messages = await queries.messages(session, found.id, MOST_MESSAGES)
    proposals = await queries.proposals(session, found.id, [one.id for one in messages])
    rows = [message_row(one, [each for each in proposals if each.message_id == one.id]) for one in messages]
    return Talk(talk_row(found), rows)


async def ask(session: AsyncSession, principal: Principal, text: str, talk_id: UUID | None = None) -> Begun:
    """Store a question, in a new talk without `talk_id`; `answer` then answers it, after this is committed.

    Raises `NotFound`, `Invalid` for an empty or too long question, `Conflict` (`still_writing`) while another answer
    is being written, and `LimitReached`.
    """
    _require(principal)
    text = text.replace("\x00", "").strip()
    if not text:
        raise Invalid("Write a message first.", field="message")
    if len(text) > TEXT_LIMIT:
        raise Invalid(f"Say it in at most {TEXT_LIMIT:,} characters.", field="message")
    await rate_limits.hit("assistant.person", TRIES, WINDOW, about=f"{principal.org_id}:{principal.user_id}")
    talk = await _open(session, principal, talk_id, text)
    seq = await queries.newest_seq(session, talk.id)
    session.add(AssistantMessage(org_id=talk.org_id, conversation_id=talk.id, seq=seq + 1, role="user", body=text))
    return await _begin(session, talk, seq + 2)


async def ask_again(session: AsyncSession, principal: Principal, talk_id: UUID) -> Begun:
    """Have the newest question answered anew, after its answer failed or was stopped.

    Raises `NotFound`, `Conflict` when there is nothing to answer anew, and `LimitReached`.
    """
    _require(principal)
    await rate_limits.hit("assistant.person", TRIES, WINDOW, about=f"{principal.org_id}:{principal.user_id}")
    talk = await _open(session, principal, talk_id, "")
    newest = await queries.messages(session, talk.id, 1)
    if not newest or newest[0].role != "assistant" or newest[0].status == Stage.DONE:
        raise Conflict("This is answered already.", code="answered")
    seq = newest[0].seq
    await session.delete(newest[0])
    await session.flush()
    return await _begin(session, talk, seq)


async def stop(session: AsyncSession, principal: Principal, talk_id: UUID) -> None:
    """Stop the answer that is being written; what is there of it stays. Raises `NotFound`."""
    talk = await _own(session, principal, talk_id, lock=True)
    for one in await queries.messages(session, talk.id, 1):
        found = await queries.message(session, talk.org_id, one.id)
        if found is not None and found.status == Stage.WRITING:
            found.body, found.status = cut_short(found.id), Stage.STOPPED
            session.add(found)
            await session.flush()
            await _tell(session, talk)


async def delete(session: AsyncSession, principal: Principal, talk_id: UUID) -> None:
    """Delete a talk with everything in it; what was confirmed has happened. Raises `NotFound`."""
    talk = await _own(session, principal, talk_id, lock=True)
    for one in await queries.messages(session, talk.id, 1):
        cut_short(one.id)
    await session.delete(talk)
    await session.flush()
    await _tell(session, talk)


def _require(principal: Principal) -> None:
    principal.require(MemberRole.SUPPORT)
    principal.require_person()


async def _own(
    session: AsyncSession, principal: Principal, talk_id: UUID, *, lock: bool = False
) -> AssistantConversation:
    found = await queries.talk(session, org_id_of(session), principal.user_id, talk_id, lock=lock)
    if found is None:
        raise NotFound("This talk does not exist.")
    return found


async def _open(session: AsyncSession, principal: Principal, talk_id: UUID | None, text: str) -> AssistantConversation:
    """Return the talk to go on with, locked and with nothing being written in it; a new one without `talk_id`."""
    if talk_id is None:
        title = " ".join(text.split())
        title = title if len(title) <= TITLE_LENGTH else f"{title[: TITLE_LENGTH - 1]}…"
        made = AssistantConversation(org_id=org_id_of(session), user_id=principal.user_id, title=title)
        session.add(made)
        await session.flush()
        return made
    found = await _own(session, principal, talk_id, lock=True)
    for one in await queries.messages(session, found.id, 1):
        if is_lost(one):
            one.status = Stage.FAILED
            session.add(one)
        elif one.status == Stage.WRITING:
            raise Conflict("Wait for the answer, or stop it.", code="still_writing")
    return found


async def _begin(session: AsyncSession, talk: AssistantConversation, seq: int) -> Begun:
    talk.last_at = clock.now()
    message = AssistantMessage(
        org_id=talk.org_id, conversation_id=talk.id, seq=seq, role="assistant", status=Stage.WRITING
    )
    session.add_all([talk, message])
    await session.flush()
    await _tell(session, talk)
    return Begun(talk.id, message.id)


async def _tell(session: AsyncSession, talk: AssistantConversation) -> None:
    await realtime.announce(session, talk.org_id, "assistant.changed", subject=str(talk.user_id))
