"""Whoever asks for codes in another person's name gets few, and the owner of the account always gets in."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from backend.accounts import codes
from backend.accounts import jobs as account_jobs
from backend.accounts import service as accounts
from backend.accounts.allowance import may_mail
from backend.core import clock, crypto
from backend.core.errors import LimitReached
from backend.core.ids import new_id
from backend.core.tenancy import platform_scope, unit_of_work
from backend.models.accounts import OneTimeCode, User
from backend.models.platform import SystemEmail
from backend.sessions import service as sessions
from backend.sessions.schemas import Browser
from backend.vocab import CodePurpose

HOME, STRANGER, CAFE = "198.51.100.9", "203.0.113.7", "192.0.2.200"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
RESET = CodePurpose.RESET_PASSWORD


@pytest.fixture
async def owner(db, org):
    """The owner of an account, who is signed in at home."""
    with platform_scope("prepare a person for a test"):
        async with unit_of_work() as session:
            user = await session.get_one(User, org.owner.user_id)
            user.email_verified_at = clock.now()
            with clock.at(NOON - timedelta(days=3)):
                await sessions.start(session, user.id, Browser(HOME, "a browser"))
            return user


async def mails(email: str) -> int:
    with platform_scope("look in a test"):
        async with unit_of_work() as session:
            return len((await session.exec(select(SystemEmail).where(SystemEmail.recipient == email))).all())


async def live_codes(user: User) -> int:
    query = select(OneTimeCode).where(OneTimeCode.user_id == user.id, OneTimeCode.used_at == None)  # noqa: E711
    with platform_scope("look in a test"):
        async with unit_of_work() as session:
            return len((await session.exec(query)).all())


async def forget(email: str, address: str) -> str:
    """Ask for a reset code from an address, do the job, and return the browser's token."""
    entry = await accounts.forgot_password(email, Browser(address, "a browser"))
    await account_jobs.send_reset_code(email, codes.browser_hash(entry.pending), address)
    return entry.pending


async def test_one_network_gets_few_codes_of_one_account(db):
    email = f"{new_id().hex}@example.com"
    with clock.at(NOON):
        assert [await may_mail(RESET, email, STRANGER) for _ in range(6)] == [True] * 4 + [False] * 2
        assert await may_mail(RESET, f"x{email}", STRANGER)
    with clock.at(NOON + timedelta(hours=1)):
        assert [await may_mail(RESET, email, STRANGER) for _ in range(3)] == [True, True, False]
    with clock.at(NOON + timedelta(hours=2)):
        assert not await may_mail(RESET, email, STRANGER)
        assert await may_mail(RESET, email, CAFE)


async def test_a_stranger_who_asks_all_day_leaves_the_owner_their_codes(owner):
    for hour in range(24):
        with clock.at(NOON.replace(hour=hour)):
            for _ in range(5):
                try:
                    await forget(owner.email, STRANGER)
                except LimitReached:
                    continue
    with clock.at(NOON.replace(hour=23, minute=50)):
        before = await mails(owner.email)
        assert before <= 6
        await forget(owner.email, CAFE)
        assert await mails(owner.email) == before + 1


async def test_a_crowd_that_asks_all_day_does_not_shut_the_owner_out_at_home(owner):
    with clock.at(NOON):
        for place in range(30):
            await forget(owner.email, f"192.0.2.{place}")
        flooded = await mails(owner.email)
        assert flooded == 12
        await forget(owner.email, CAFE)
        assert await mails(owner.email) == flooded
        await forget(owner.email, HOME)
        assert await mails(owner.email) == flooded + 1


async def test_asking_in_somebodys_name_leaves_their_code_working(owner):
    with clock.at(NOON):
        with platform_scope("issue a code for a test"):
            async with unit_of_work() as session:
                pending = crypto.new_token()
                code = await codes.issue(session, owner.id, RESET, owner.email, codes.browser_hash(pending))
        for place in range(20):
            await forget(owner.email, f"192.0.2.{place}")
        assert await codes.check(pending, RESET, code)


async def test_a_resend_counts_like_a_first_code(owner):
    with clock.at(NOON):
        pending = await forget(owner.email, STRANGER)
        for number in range(6):
            await account_jobs.send_code_again(codes.browser_hash(pending), f"{number}", STRANGER)
        assert await mails(owner.email) == 4
        assert await live_codes(owner) == 1


async def test_a_sign_up_beyond_the_limit_answers_the_same_and_mails_nothing(db):
    email = f"{new_id().hex}@example.com"
    with clock.at(NOON):
        for place in range(14):
            browser = Browser(f"192.0.2.{place}", "a browser")
            assert (await accounts.sign_up("Dana", email, "correct horse battery", browser)).next == "/verify-email"
    assert await mails(email) == 12


async def test_a_network_of_long_ago_is_not_known_any_more(owner):
    with clock.at(NOON + timedelta(days=120)):
        for place in range(12):
            await may_mail(RESET, owner.email, f"192.0.2.{place}")
        assert not await may_mail(RESET, owner.email, HOME)
