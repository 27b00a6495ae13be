"""The page of failed jobs exists for operators; for everyone else the address leads nowhere."""

from dataclasses import replace
from typing import Any

import pytest

from backend.vocab import PlatformRole
from state.operations import JobsState
from tests.backend.admin.test_dead_letters import bury, status_of
from tests.state.tab import Tab, sign_in


async def test_operator_retries_a_job_from_the_page(db: None, org: Any) -> None:
    job_id = await bury()
    page = await sign_in(replace(org.owner, platform_role=PlatformRole.ADMIN))
    await page.call(JobsState.load)
    shown = await page.state(JobsState)
    assert not shown.is_hidden
    assert job_id in [letter["id"] for letter in shown.letters]
    await page.call(JobsState.retry, job_id)
    assert await status_of(job_id) == "todo"
    assert job_id not in [letter["id"] for letter in shown.letters]


@pytest.mark.parametrize("role", [PlatformRole.USER, PlatformRole.SUPPORT])
async def test_others_see_nothing_and_change_nothing(db: None, org: Any, role: PlatformRole) -> None:
    job_id = await bury()
    page = await sign_in(replace(org.owner, platform_role=role))
    await page.call(JobsState.load)
    await page.call(JobsState.retry, job_id)
    await page.call(JobsState.retry_all)
    shown = await page.state(JobsState)
    assert shown.is_hidden
    assert shown.letters == []
    assert await status_of(job_id) == "failed"


async def test_nobody_sees_nothing(db: None) -> None:
    page = Tab()
    await page.call(JobsState.load)
    assert (await page.state(JobsState)).is_hidden
