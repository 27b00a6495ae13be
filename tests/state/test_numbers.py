"""The page of phone numbers: labels, slots and release, by role and within the workspace."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from backend.agents import service as agents
from backend.core.tenancy import unit_of_work
from backend.models.numbers import ServiceNumber
from backend.vocab import AgentType, MemberRole
from state.numbers import GetNumberState, NumbersState
from tests.state.tab import Tab, sign_in

pytestmark = pytest.mark.usefixtures("db")


async def owned(org: Any) -> UUID:
    with org.scope():
        async with unit_of_work() as session:
            number = ServiceNumber(org_id=org.org_id, phone_number="+14155550132")
            session.add(number)
            await session.flush()
            return number.id


async def shown(page: Tab) -> Any:
    await page.go("/phone").call(NumbersState.load)
    return await page.state(NumbersState)


async def test_label_saves_itself_and_too_long_ones_are_refused_there(db: None, org: Any) -> None:
    number_id = str(await owned(org))
    page = await sign_in(org.owner)
    await page.call(NumbersState.rename, number_id, " Main  line ")
    state = await shown(page)
    assert state.rows[0]["friendly_name"] == "Main line"
    await page.call(NumbersState.rename, number_id, "x" * 61)
    assert state.label_errors[number_id]
    assert state.rows[0]["friendly_name"] == "Main line"


async def test_slot_takes_an_agent_of_its_kind_alone(db: None, org: Any) -> None:
    number_id = str(await owned(org))
    with org.scope():
        async with unit_of_work() as session:
            texting = await agents.create(session, org.owner, AgentType.TEXT)
            mailing = await agents.create(session, org.owner, AgentType.EMAIL)
    page = await sign_in(org.owner)
    await page.call(NumbersState.assign, number_id, "text", str(texting.id))
    state = await shown(page)
    assert state.rows[0]["text_agent_name"] == texting.name
    assert await page.call(NumbersState.assign, number_id, "text", str(mailing.id))
    assert await page.call(NumbersState.assign, number_id, "everything", str(texting.id))
    await page.call(NumbersState.assign, number_id, "text", "")
    assert state.rows[0]["text_agent_id"] == ""


async def test_release_is_asked_for_by_the_number_and_left_to_owners(db: None, org: Any) -> None:
    number_id = str(await owned(org))
    editor = await sign_in(replace(org.owner, member_role=MemberRole.EDITOR))
    state = await shown(editor)
    assert not state.can_release
    state.doomed_id = number_id
    assert await editor.call(NumbersState.release)
    owner = await sign_in(org.owner)
    state = await shown(owner)
    await owner.call(NumbersState.ask_release, number_id)
    assert state.doomed_name == "(415) 555-0132"
    await owner.call(NumbersState.release)
    assert state.rows == []


async def test_strangers_number_stays_as_it_is(db: None, org: Any, make_org: Any) -> None:
    number_id = str(await owned(org))
    page = await sign_in((await make_org("South Dental")).owner)
    assert (await shown(page)).rows == []
    for handler, arguments in (
        (NumbersState.rename, (number_id, "Mine")),
        (NumbersState.set_active, (number_id, False)),
        (NumbersState.assign, (number_id, "text", "")),
        (NumbersState.ask_release, (number_id,)),
    ):
        assert await page.call(handler, *arguments)
    (await page.state(NumbersState)).doomed_id = number_id
    await page.call(NumbersState.release)
    (row,) = (await shown(await sign_in(org.owner))).rows
    assert (row["friendly_name"], row["is_active"]) == ("", True)


async def test_address_that_asks_for_a_number_opens_the_dialog(db: None, org: Any) -> None:
    page = await sign_in(org.owner)
    answer = await page.go("/phone?get=1").call(NumbersState.load)
    assert "set_open" in str(answer)


async def test_free_numbers_are_found_by_digits_and_taken(db: None, org: Any, sandbox: Any) -> None:
    page = await sign_in(org.owner)
    await shown(page)
    await page.call(GetNumberState.set_open, True)
    await page.call(GetNumberState.search, "604-")
    await page.call(GetNumberState.look)
    dialog = await page.state(GetNumberState)
    assert dialog.digits == "604"
    assert all("604" in offer["phone_number"] for offer in dialog.offers)
    chosen = dialog.offers[0]["phone_number"]
    await page.call(GetNumberState.take, chosen)
    assert [row["phone_number"] for row in (await page.state(NumbersState)).rows] == [chosen]
    assert not dialog.is_open
