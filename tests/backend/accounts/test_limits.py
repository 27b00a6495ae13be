"""Limits stop who guesses, and let nobody at one address shut somebody else out of their account."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.accounts import limits
from backend.core import clock
from backend.core.errors import LimitReached
from backend.core.ids import new_id

STRANGER, OWNER = "203.0.113.7", "198.51.100.9"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def hammer(attempt, email: str) -> int:
    """Try from one address every half minute for an hour; return how often it was let through."""
    passed = 0
    for half_minute in range(119):
        with clock.at(NOON + timedelta(seconds=30 * half_minute)):
            try:
                await attempt(STRANGER, email)
                passed += 1
            except LimitReached:
                continue
    return passed


@pytest.mark.parametrize("attempt", [limits.sign_in, limits.forgotten, limits.sign_up])
async def test_one_address_cannot_use_up_what_an_account_may_try(db, attempt):
    email = f"{new_id().hex}@example.com"
    assert await hammer(attempt, email) > 0
    with clock.at(NOON + timedelta(minutes=59, seconds=45)):
        await attempt(OWNER, email)


async def test_many_addresses_together_are_still_limited(db):
    email = f"{new_id().hex}@example.com"
    with clock.at(NOON), pytest.raises(LimitReached):
        for place in range(200):
            await limits.sign_in(f"192.0.2.{place}", email)


async def test_a_household_shares_its_limit_over_ipv6(db):
    email = f"{new_id().hex}@example.com"
    with clock.at(NOON), pytest.raises(LimitReached):
        for place in range(20):
            await limits.sign_in(f"2001:db8:1:1::{place:x}", email)
