"""Failed jobs: shown to operators alone, without personal text, and sent round again once."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from backend.admin import service as admin
from backend.core.errors import Conflict, NotAllowed, NotFound
from backend.core.principal import Principal
from backend.core.tenancy import platform_scope, unit_of_work
from backend.vocab import PlatformRole


def operator(org: Any) -> Principal:
    return replace(org.owner, platform_role=PlatformRole.ADMIN)


async def bury(task: str = "test.buried", *, status: str = "failed", lock: str | None = None, **args: Any) -> int:
    with platform_scope("bury a job for a test"):
        async with unit_of_work() as session:
            row = await session.execute(
                text(
                    "insert into procrastinate_jobs (queue_name, task_name, args, status, attempts, queueing_lock)"
                    " values ('default', :task, cast(:args as jsonb), cast(:status as procrastinate_job_status), 8,"
                    " :lock)"
                    " returning id"
                ),
                {"task": task, "args": json.dumps(args), "status": status, "lock": lock},
            )
            return int(row.scalar_one())


async def status_of(job_id: int) -> str:
    with platform_scope("look at a job in a test"):
        async with unit_of_work() as session:
            row = await session.execute(text("select status from procrastinate_jobs where id = :id"), {"id": job_id})
            return str(row.scalar_one())


async def test_operator_sees_what_failed_newest_first(db: None, org: Any) -> None:
    first, second = await bury(), await bury("test.later", org_id="o1")
    with platform_scope("test"):
        async with unit_of_work() as session:
            letters, total = await admin.dead_letters(session, operator(org))
    assert [letter["id"] for letter in letters[:2]] == [second, first]
    assert letters[0]["about"] == "org_id: o1"
    assert letters[0]["attempts"] == 8
    assert total >= 2


async def test_words_and_secrets_among_the_arguments_are_not_shown(db: None, org: Any) -> None:
    await bury(body="My tooth hurts and my card is 4111 1111 1111 1111", password="hunter2")
    with platform_scope("test"):
        async with unit_of_work() as session:
            letters, _ = await admin.dead_letters(session, operator(org))
    assert "tooth" not in letters[0]["about"]
    assert "hunter2" not in letters[0]["about"]


async def test_failed_job_goes_round_again_and_leaves_the_list(db: None, org: Any) -> None:
    job_id = await bury()
    with platform_scope("test"):
        async with unit_of_work() as session:
            await admin.retry(session, operator(org), job_id)
    assert await status_of(job_id) == "todo"
    with platform_scope("test"):
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await admin.retry(session, operator(org), job_id)


async def test_work_that_waits_already_is_not_doubled(db: None, org: Any) -> None:
    buried = await bury(lock="the same work")
    await bury(status="todo", lock="the same work")
    other = await bury()
    with platform_scope("test"):
        async with unit_of_work() as session:
            with pytest.raises(Conflict):
                await admin.retry(session, operator(org), buried)
            sent = await admin.retry_all(session, operator(org))
    assert sent >= 1
    assert (await status_of(buried), await status_of(other)) == ("failed", "todo")


@pytest.mark.parametrize("role", [PlatformRole.USER, PlatformRole.SUPPORT])
async def test_lower_roles_are_refused(db: None, org: Any, role: PlatformRole) -> None:
    job_id = await bury()
    person = replace(org.owner, platform_role=role)
    with platform_scope("test"):
        async with unit_of_work() as session:
            for act in (
                admin.dead_letters(session, person),
                admin.retry(session, person, job_id),
                admin.retry_all(session, person),
            ):
                with pytest.raises(NotAllowed):
                    await act
    assert await status_of(job_id) == "failed"
