"""Counting attempts, answering repeated requests, and recording who did what."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from backend.core import audit, clock, idempotency, rate_limits
from backend.core.errors import Conflict, Invalid, LimitReached
from backend.core.ids import new_id
from backend.core.tenancy import platform_scope, unit_of_work

MINUTE = timedelta(minutes=1)


async def test_attempts_beyond_the_limit_are_refused_until_the_window_ends(db):
    with clock.at(datetime(2026, 11, 22, 12, 0, 15, tzinfo=UTC)):
        for _ in range(3):
            await rate_limits.hit("knock", 3, MINUTE, about="dana@example.com")
        with pytest.raises(LimitReached) as refusal:
            await rate_limits.hit("knock", 3, MINUTE, about="dana@example.com")
        assert refusal.value.details["retry_after_s"] == 45
        await rate_limits.hit("knock", 3, MINUTE, about="leo@example.com")
    with clock.at(datetime(2026, 11, 22, 12, 1, 0, tzinfo=UTC)):
        await rate_limits.hit("knock", 3, MINUTE, about="dana@example.com")


async def test_an_attempt_counts_although_its_own_work_is_rolled_back(committed):
    who = new_id().hex
    with platform_scope("fail in a test"):
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                async with unit_of_work():
                    await rate_limits.hit("knock", 2, MINUTE * 60, about=who)
                    raise ZeroDivisionError
    with pytest.raises(LimitReached):
        await rate_limits.hit("knock", 2, MINUTE * 60, about=who)


async def test_attempts_at_once_are_all_counted(committed):
    who = new_id().hex
    done = await asyncio.gather(
        *(rate_limits.hit("knock", 5, MINUTE * 60, about=who) for _ in range(9)), return_exceptions=True
    )
    assert sum(isinstance(result, LimitReached) for result in done) == 4


async def test_what_is_limited_is_not_readable_in_the_table(db):
    await rate_limits.hit("knock", 3, MINUTE, about="dana@example.com")
    with platform_scope("look in a test"):
        async with unit_of_work() as session:
            keys = (await session.execute(text("select key from rate_counters where key like 'knock:%'"))).scalars()
            assert "dana" not in "".join(keys)


async def test_a_repeated_request_finds_its_first_answer(db, org):
    with org.scope():
        async with unit_of_work() as session:
            first = await idempotency.remember(session, "send", "key-1", "hash")
            assert first.status == 0
            await idempotency.answer(session, first, 201, {"id": "m1"})
        async with unit_of_work() as session:
            again = await idempotency.remember(session, "send", "key-1", "hash")
    assert (again.status, again.body) == (201, {"id": "m1"})


async def test_a_key_with_another_request_is_a_conflict(db, org):
    with org.scope():
        async with unit_of_work() as session:
            await idempotency.remember(session, "send", "key-1", "hash")
            with pytest.raises(Conflict):
                await idempotency.remember(session, "send", "key-1", "other")
            assert (await idempotency.remember(session, "call", "key-1", "other")).status == 0


async def test_keys_belong_to_their_organization(db, org, make_org):
    other = await make_org("Elsewhere")
    for each in (org, other):
        with each.scope():
            async with unit_of_work() as session:
                assert (await idempotency.remember(session, "send", "key-1", each.owner.email)).status == 0


async def test_of_two_requests_at_once_the_second_gets_the_answer_of_the_first(committed, org):
    async def ask():
        with org.scope():
            async with unit_of_work() as session:
                known = await idempotency.remember(session, "send", "key-1", "hash")
                if known.status == 0:
                    await asyncio.sleep(0.05)
                    await idempotency.answer(session, known, 201, {"by": "the first"})
                return known.status

    assert sorted(await asyncio.gather(ask(), ask())) == [0, 201]


@pytest.mark.parametrize("key", ["", "  ", "x" * 201])
async def test_a_bad_key_is_refused(db, org, key):
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(Invalid):
                await idempotency.remember(session, "send", key, "hash")


async def test_the_audit_log_names_actor_and_subject_and_hides_secrets(db, org):
    with org.scope():
        async with unit_of_work() as session:
            await audit.record(session, org.owner, "ui:agent:updated", "a1", {"api_key": "sk-12345678", "name": "Ava"})
            row = (await session.execute(text("select * from audit_log"))).one()
    assert (row.org_id, row.actor_user_id, row.actor) == (org.org_id, org.owner.user_id, org.owner.name)
    assert row.details == {"api_key": "[hidden]", "name": "Ava"}


async def test_another_organization_cannot_read_the_audit_log(db, org, make_org):
    other = await make_org("Elsewhere")
    with org.scope():
        async with unit_of_work() as session:
            await audit.record(session, org.owner, "ui:agent:updated", "a1")
    with other.scope():
        async with unit_of_work() as session:
            assert (await session.execute(text("select count(*) from audit_log"))).scalar_one() == 0
