"""Let people in: sign up, confirm an address, sign in, and set a new password when the old one is forgotten.

These are edges: each opens its own short transactions, because hashing a password must not hold a connection, and
because a wrong try is counted although it is refused. No answer tells whether an account exists: an address that has
an account gets the same answer, and a mail that says so to its owner.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.accounts import allowance, codes, fields, limits, mails, passwords
from backend.accounts.schemas import Entry
from backend.core import audit, clock, crypto, jobs
from backend.core.errors import NotAllowed, NotSignedIn
from backend.core.logging import log
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.accounts import OneTimeCode, User
from backend.notifications import service as notifications
from backend.organizations import service as organizations
from backend.sessions import service as sessions
from backend.sessions.schemas import Browser
from backend.vocab import AccountStatus, CodePurpose

# Hashing takes most of a sign-up; what follows differs by a few milliseconds between a new address and a known one,
# and this floor hides that.
_SIGN_UP_TAKES_S = 0.25


async def sign_up(
    name: str, email: str, password: str, browser: Browser, *, timezone: str = "", next: str = ""
) -> Entry:
    """Begin an account and mail its code; nothing is usable before the code comes back to this browser.

    Raises `Invalid` that names the field, `LimitReached`. Whether the address has an account already shows nowhere.
    """
    name, address, password = fields.all_of(
        lambda: fields.name(name),
        lambda: fields.email(email),
        lambda: fields.new_password(password, email.strip().lower()),
    )
    await limits.sign_up(browser.address, address)
    pending = crypto.new_token()
    async with _takes_at_least(_SIGN_UP_TAKES_S):
        password_hash = await passwords.hashed(password)
        may_mail = await _may_mail(CodePurpose.VERIFY_EMAIL, address, browser)
        with platform_scope("sign up"):
            async with unit_of_work() as session:
                user = await _ensure(session, address, name, password_hash, organizations.timezone_or_utc(timezone))
                if not may_mail:
                    log.info("accounts.mail_refused", user=str(user.id))
                elif user.email_verified_at is not None:
                    await notifications.queue_email(session, address, mails.already_registered())
                else:
                    await _send_code(
                        session, user, CodePurpose.VERIFY_EMAIL, codes.browser_hash(pending), name, password_hash
                    )
    return Entry(next=_page("/verify-email", next), pending=pending)


async def verify_email(pending: str, code: str, browser: Browser, *, old_token: str = "", next: str = "") -> Entry:
    """Confirm an address with its code: the account takes the name and password of that sign-up, and is signed in.

    A new account gets an organization, unless it came to accept an invitation. Raises `Invalid` for every code that
    opens nothing, `LimitReached`.
    """
    await limits.code(browser.address)
    code_id = await codes.check(pending, CodePurpose.VERIFY_EMAIL, code)
    with platform_scope("confirm an address"):
        async with unit_of_work() as session:
            proof = await codes.redeem(session, code_id)
            user = await _locked(session, proof.user_id)
            if user.email != proof.target or user.email_verified_at is not None or not _is_active(user):
                raise codes.wrong_code()
            user.email_verified_at = clock.now()
            user.name = proof.name or user.name
            user.password_hash = proof.password_hash or user.password_hash
            session.add(user)
            await session.flush()
            is_invited = next.startswith("/invitation") and bool(await organizations.pending_for(session, user.email))
            if not is_invited:
                await organizations.create(
                    session,
                    user,
                    organizations.first_name_of(user.name),
                    country=organizations.country_of(user.timezone),
                    timezone=user.timezone,
                )
            await audit.record(
                session, None, "api:account:confirmed", user.id, address=browser.address, actor_user_id=user.id
            )
            token = await _let_in(session, user, browser, old_token)
    return Entry(next=fields.next_path(next, "/welcome"), token=token)


async def sign_in(email: str, password: str, browser: Browser, *, old_token: str = "", next: str = "") -> Entry:
    """Sign in with a password; an address that is not confirmed yet gets its code again instead.

    The session that this browser had ends. Raises `NotSignedIn` (`sign_in_failed`) for an unknown address and a wrong
    password alike, `NotAllowed` (`account_suspended`) only to who knows the password, `LimitReached`.
    """
    address = fields.email(email)
    await limits.sign_in(browser.address, address)
    with platform_scope("sign in"):
        async with unit_of_work() as session:
            known = await _by_email(session, address)
        fits = await passwords.match(known.password_hash if known else "", fields.typed_password(password))
        if known is None or not fits:
            raise NotSignedIn("The email or the password is wrong.", code="sign_in_failed", field="password")
        needs_code = known.email_verified_at is None
        may_mail = needs_code and await _may_mail(CodePurpose.VERIFY_EMAIL, address, browser)
        async with unit_of_work() as session:
            user = await _locked(session, known.id)
            if user.password_hash != known.password_hash or user.email != address:
                raise NotSignedIn("This was changed a moment ago. Sign in again.", code="sign_in_failed")
            if not _is_active(user):
                raise NotAllowed("This account is suspended. Write to support.", code="account_suspended")
            if user.email_verified_at is None:
                pending = crypto.new_token()
                if may_mail:
                    await _send_code(session, user, CodePurpose.VERIFY_EMAIL, codes.browser_hash(pending))
                return Entry(next=_page("/verify-email", next), pending=pending)
            token = await _let_in(session, user, browser, old_token)
    return Entry(next=fields.next_path(next), token=token)


async def sign_out(token: str) -> None:
    """End the session behind a token and close its tabs; a token that opens nothing is no error."""
    with platform_scope("sign out"):
        async with unit_of_work() as session:
            await _end_old(session, token)


async def forgot_password(email: str, browser: Browser) -> Entry:
    """Ask for a code to set a new password. All that depends on the account happens in a job, out of sight.

    Raises `Invalid` for what is no address, `LimitReached`.
    """
    address = fields.email(email)
    await limits.forgotten(browser.address, address)
    pending = crypto.new_token()
    with platform_scope("ask for a new password"):
        async with unit_of_work() as session:
            await jobs.defer(
                session,
                "accounts.send_reset_code",
                email=address,
                browser_hash=codes.browser_hash(pending),
                asker=limits.network(browser.address),
            )
    return Entry(next="/reset-password", pending=pending)


async def reset_password(pending: str, code: str, password: str, browser: Browser, *, old_token: str = "") -> Entry:
    """Set a new password with a code; every session of the account ends, and this browser is signed in.

    Raises `Invalid` that names the field, `LimitReached`.
    """
    fields.new_password(password, "")
    await limits.code(browser.address)
    code_id = await codes.check(pending, CodePurpose.RESET_PASSWORD, code)
    with platform_scope("set a new password"):
        async with unit_of_work() as session:
            target = (await session.get_one(OneTimeCode, code_id)).target
        password_hash = await passwords.hashed(fields.new_password(password, target))
        async with unit_of_work() as session:
            proof = await codes.redeem(session, code_id)
            user = await _locked(session, proof.user_id)
            if user.email != proof.target or not _is_active(user):
                raise codes.wrong_code()
            user.password_hash = password_hash
            session.add(user)
            await sessions.revoke_others(session, user.id, keep=None)
            await notifications.queue_email(session, user.email, mails.password_changed())
            await audit.record(
                session, None, "api:password:reset", user.id, address=browser.address, actor_user_id=user.id
            )
            token = await _let_in(session, user, browser, old_token)
    return Entry(next="/inbox", token=token)


async def send_code_again(pending: str, browser: Browser) -> None:
    """Ask for another code of the kind this browser last asked for; it may be that there was none.

    Raises `LimitReached`.
    """
    await limits.another_code(browser.address, pending)
    with platform_scope("send a code again"):
        async with unit_of_work() as session:
            await jobs.defer(
                session,
                "accounts.send_code_again",
                browser_hash=codes.browser_hash(pending),
                asked_at=clock.now().isoformat(),
                asker=limits.network(browser.address),
            )


async def mail_reset_code(email: str, browser_hash: str, asker: str, once: str) -> None:
    """Mail a reset code when the address belongs to a live account (the job's work)."""
    with platform_scope("mail a reset code"):
        async with unit_of_work() as session:
            user = await _by_email(session, email)
            if user is None or user.email_verified_at is None or not _is_active(user):
                return
            if await notifications.was_queued(session, once):
                return
        if await allowance.may_mail(CodePurpose.RESET_PASSWORD, email, asker):
            async with unit_of_work() as session:
                await _send_code(session, user, CodePurpose.RESET_PASSWORD, browser_hash, once=once)


async def mail_code_again(browser_hash: str, asker: str, once: str) -> None:
    """Mail a fresh code in place of the browser's latest, if it had one within the hour (the job's work)."""
    with platform_scope("mail a code again"):
        async with unit_of_work() as session:
            earlier = await codes.latest(session, browser_hash, CodePurpose.VERIFY_EMAIL, CodePurpose.RESET_PASSWORD)
            if earlier is None or await notifications.was_queued(session, once):
                return
            user = await session.get_one(User, earlier.user_id)
        purpose = CodePurpose(earlier.purpose)
        is_spent = purpose == CodePurpose.VERIFY_EMAIL and user.email_verified_at is not None
        if is_spent or not _is_active(user) or user.email != earlier.target:
            return
        if await allowance.may_mail(purpose, user.email, asker):
            async with unit_of_work() as session:
                await _send_code(session, user, purpose, browser_hash, earlier.name, earlier.password_hash, once=once)


async def _may_mail(purpose: CodePurpose, address: str, browser: Browser) -> bool:
    return await allowance.may_mail(purpose, address, limits.network(browser.address))


async def _send_code(
    session: AsyncSession,
    user: User,
    purpose: CodePurpose,
    browser_hash: str,
    name: str = "",
    password_hash: str = "",
    *,
    once: str = "",
) -> None:
    code = await codes.issue(
        session, user.id, purpose, user.email, browser_hash, name=name, password_hash=password_hash
    )
    await notifications.queue_email(session, user.email, mails.code(purpose, code), once=once)


async def _ensure(session: AsyncSession, email: str, name: str, password_hash: str, timezone: str) -> User:
    """Return the account of an address, begun now if there is none; of two sign-ups at once, one begins it."""
    fresh = User(email=email, name=name, password_hash=password_hash, timezone=timezone)
    await session.execute(insert(User).values(**fresh.model_dump()).on_conflict_do_nothing(index_elements=["email"]))
    user = await _by_email(session, email)
    if user is None:
        raise RuntimeError("an account that was just begun is not there")
    return user


async def _let_in(session: AsyncSession, user: User, browser: Browser, old_token: str) -> str:
    await _end_old(session, old_token)
    user.last_login_at = clock.now()
    session.add(user)
    return await sessions.start(session, user.id, browser)


async def _end_old(session: AsyncSession, token: str) -> None:
    if token:
        await sessions.end_by_token(session, token)


async def _by_email(session: AsyncSession, email: str) -> User | None:
    return (await session.exec(select(User).where(User.email == email))).first()


async def _locked(session: AsyncSession, user_id: UUID) -> User:
    query = select(User).where(col(User.id) == user_id).with_for_update(key_share=True)
    return (await session.exec(query.execution_options(populate_existing=True))).one()


def _is_active(user: User) -> bool:
    return user.account_status == AccountStatus.ACTIVE


def _page(path: str, next: str) -> str:
    wanted = fields.next_path(next, "")
    return f"{path}?{urlencode({'next': wanted})}" if wanted else path


@asynccontextmanager
async def _takes_at_least(seconds: float) -> AsyncIterator[None]:
    until = monotonic() + seconds
    try:
        yield
    finally:
        await asyncio.sleep(max(0.0, until - monotonic()))
