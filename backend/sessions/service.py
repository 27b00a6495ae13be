"""Know who is signed in where: start, find, list and end sessions, and tell every process when one changes.

The cookie holds 256 random bits, the table only their keyed hash. Who stands behind a session is remembered in the
process for at most ten seconds; ending a session, or changing what its person may do, forgets it at once here and,
over NOTIFY, everywhere else, and closes the sockets of its tabs (see `on_end`). Kinds announced: `session.revoked`
(subject: the session), `account.changed` and `account.renamed` (subject: the person); they belong to no organization.
"""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import audit, clock, crypto, realtime
from backend.core.after_commit import after_commit
from backend.core.errors import NotFound, NotSignedIn
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.accounts import UserSession
from backend.sessions import devices, queries
from backend.sessions.schemas import Browser, SessionRow, SignedIn
from backend.vocab import MemberRole, PlatformRole

LIFETIME = timedelta(days=30)
REMEMBERED_S = 10.0
# Writing "last seen" at every request would be a write per request; five minutes is what a person wants to know.
SEEN_EVERY = timedelta(minutes=5)
REMEMBERED_AT_MOST = 20_000
_NOBODY = UUID(int=0)

Ending = Callable[[UUID | None, UUID | None], None]

_people: dict[UUID, tuple[float, SignedIn]] = {}
_ids: dict[str, UUID] = {}
_epoch = 0
_endings: list[Ending] = []


def on_end(act: Ending) -> None:
    """Call `act(session_id, user_id)` in this process when a session ends or a person's reach changes; one is None."""
    _endings.append(act)


async def start(session: AsyncSession, user_id: UUID, browser: Browser) -> str:
    """Sign a person in and return the token for their cookie; it exists nowhere else. Needs platform scope."""
    token = crypto.new_token()
    now = clock.now()
    row = UserSession(
        user_id=user_id,
        token_hash=_hash(token),
        last_seen_at=now,
        expires_at=now + LIFETIME,
        address=browser.address[:64],
        user_agent=browser.user_agent[:400],
    )
    session.add(row)
    await session.flush()
    await audit.record(session, None, "api:session:started", row.id, address=browser.address, actor_user_id=user_id)
    return token


async def find(token: str) -> SignedIn | None:
    """Return who holds this token, or None; slides the session's end on as it is used. Remembered for ten seconds."""
    token_hash = _hash(token)
    known = _ids.get(token_hash)
    if known is not None and (person := _remembered(known)):
        return person
    return await _read(token_hash=token_hash)


async def holder(session_id: str | UUID) -> SignedIn:
    """Return who stands behind a session by its id. Raises `NotSignedIn`. Remembered for ten seconds."""
    if not session_id:
        raise NotSignedIn("Sign in to continue.")
    key = parse_id(session_id, "session")
    person = _remembered(key) or await _read(session_id=key)
    if person is None:
        raise NotSignedIn("Your session has ended. Sign in again.")
    return person


async def acting(session_id: str | UUID) -> Principal:
    """Return who acts behind a session. Raises `NotSignedIn`, or `NotAllowed` when they belong to no organization."""
    return (await holder(session_id)).principal()


async def list_for(session: AsyncSession, person: SignedIn) -> list[SessionRow]:
    """Return the person's own live sessions, the current one first, then the latest used. Needs platform scope."""
    query = (
        select(UserSession)
        .where(
            UserSession.user_id == person.user_id,
            col(UserSession.revoked_at).is_(None),
            UserSession.expires_at > clock.now(),
        )
        .order_by(col(UserSession.last_seen_at).desc())
        .limit(100)
    )
    rows = [
        SessionRow(
            id=str(row.id),
            device=devices.name(row.user_agent),
            address=row.address,
            last_seen_at=row.last_seen_at.isoformat(),
            created_at=row.created_at.isoformat(),
            is_current=row.id == person.session_id,
        )
        for row in (await session.exec(query)).all()
    ]
    return sorted(rows, key=lambda row: not row["is_current"])


async def revoke(session: AsyncSession, person: SignedIn, session_id: str | UUID) -> None:
    """End one of the person's own sessions; its tabs lose their connection. Raises `NotFound`. Needs platform scope."""
    key = parse_id(session_id, "session")
    if not await _end(session, person.user_id, only=key):
        raise NotFound("This session does not exist or has already ended.")
    await audit.record(session, None, "ui:session:revoked", key, actor_user_id=person.user_id)


async def end_by_token(session: AsyncSession, token: str) -> None:
    """End the session behind a token, if there is one; its tabs lose their connection. Needs platform scope."""
    query = select(UserSession).where(UserSession.token_hash == _hash(token), col(UserSession.revoked_at).is_(None))
    row = (await session.exec(query)).first()
    if row is not None:
        await _end(session, row.user_id, only=row.id)
        await audit.record(session, None, "api:session:ended", row.id, actor_user_id=row.user_id)


async def revoke_others(session: AsyncSession, user_id: UUID, keep: UUID | None, *, by: UUID | None = None) -> int:
    """End every session of a person but `keep` and return how many there were. Needs platform scope.

    `by` is who does it, when that is not the person.
    """
    ended = await _end(session, user_id, keep=keep)
    if ended:
        await audit.record(
            session, None, "api:session:others_revoked", user_id, {"sessions": len(ended)}, actor_user_id=by or user_id
        )
    return len(ended)


async def changed(session: AsyncSession, user_id: UUID) -> None:
    """Say that a person's role, organization or standing changed: their tabs reconnect and are asked again."""
    after_commit(session, lambda: _forget_person(user_id))
    await realtime.announce(session, _NOBODY, "account.changed", subject=str(user_id))


async def renamed(session: AsyncSession, user_id: UUID) -> None:
    """Say that a person's name changed; their tabs stay connected."""
    after_commit(session, lambda: _forget_person(user_id, is_over=False))
    await realtime.announce(session, _NOBODY, "account.renamed", subject=str(user_id))


async def hear(change: realtime.Change) -> None:
    """Act on another process's news; the web process's listener passes every change here."""
    if change.kind == "session.revoked":
        _forget_session(UUID(change.subject))
    elif change.kind == "account.changed":
        _forget_person(UUID(change.subject))
    elif change.kind == "account.renamed":
        _forget_person(UUID(change.subject), is_over=False)


def is_remembered(person: SignedIn) -> bool:
    """Whether nothing was heard of this person's session since it was found."""
    return person.session_id in _people


def forget_all() -> None:
    """Forget everyone remembered: the listener calls this after a lost connection, when news may have been missed."""
    global _epoch
    _epoch += 1
    _people.clear()
    _ids.clear()


async def _end(
    session: AsyncSession, user_id: UUID, *, only: UUID | None = None, keep: UUID | None = None
) -> list[UUID]:
    statement = (
        update(UserSession)
        .where(col(UserSession.user_id) == user_id, col(UserSession.revoked_at).is_(None))
        .values(revoked_at=clock.now())
        .returning(col(UserSession.id))
    )
    if only is not None:
        statement = statement.where(col(UserSession.id) == only)
    if keep is not None:
        statement = statement.where(col(UserSession.id) != keep)
    ended = list((await session.execute(statement)).scalars())
    for session_id in ended:
        await realtime.announce(session, _NOBODY, "session.revoked", subject=str(session_id))

    def forget() -> None:
        for session_id in ended:
            _forget_session(session_id)

    after_commit(session, forget)
    return ended


async def _read(*, token_hash: str = "", session_id: UUID | None = None) -> SignedIn | None:
    epoch = _epoch
    now = clock.now()
    with platform_scope("find who is signed in"):
        async with unit_of_work() as session:
            if session_id is not None:
                row = await queries.by_id(session, session_id, now)
            else:
                row = await queries.by_token(session, token_hash, now)
            if row is None:
                return None
            if now - row.last_seen_at > SEEN_EVERY:
                await session.execute(
                    update(UserSession)
                    .where(col(UserSession.id) == row.session_id)
                    .values(last_seen_at=now, expires_at=now + LIFETIME)
                )
    person = SignedIn(
        session_id=row.session_id,
        user_id=row.user_id,
        name=row.name,
        email=row.email,
        platform_role=PlatformRole(row.platform_role),
        org_id=row.org_id,
        member_role=MemberRole(row.role) if row.role else None,
    )
    if epoch == _epoch:  # otherwise somebody was forgotten while this was read, and it may be stale already
        if len(_people) >= REMEMBERED_AT_MOST:
            forget_all()
        _people[person.session_id] = (monotonic() + REMEMBERED_S, person)
        if token_hash:
            _ids[token_hash] = person.session_id
    return person


def _remembered(session_id: UUID) -> SignedIn | None:
    until, person = _people.get(session_id, (0.0, None))
    return person if until > monotonic() else None


def _forget_session(session_id: UUID) -> None:
    global _epoch
    _epoch += 1
    _people.pop(session_id, None)
    for act in _endings:
        act(session_id, None)


def _forget_person(user_id: UUID, *, is_over: bool = True) -> None:
    global _epoch
    _epoch += 1
    for session_id in [key for key, (_, person) in _people.items() if person.user_id == user_id]:
        del _people[session_id]
    for act in _endings if is_over else ():
        act(None, user_id)


def _hash(token: str) -> str:
    return crypto.digest("session", token)
