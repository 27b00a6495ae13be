"""Numbers: one owner each, agents of the right kind in each slot, and a carrier that knows where texts go."""

import asyncio
from dataclasses import replace

import pytest

from backend.core.errors import Conflict, Invalid, NotAllowed, NotFound
from backend.core.ids import new_id
from backend.core.tenancy import unit_of_work
from backend.messaging.service import queue_text  # noqa: F401 - the messaging side loads beside numbers
from backend.models.agents import AgentConfig
from backend.numbers import service as numbers
from backend.vendors import signalwire
from backend.vocab import MemberRole

FREE = "+13035550168"


async def carrier_address(sandbox, phone_number):
    """Return where the sandbox's carrier posts texts to a number."""
    found = (await sandbox.client.get("/sandbox/numbers")).json()
    rows = found if isinstance(found, list) else found["numbers"]
    [number] = [row for row in rows if row["number"] == phone_number]
    return number.get("message_request_url") or ""


async def agent_of(org, agent_type):
    async with unit_of_work() as session:
        agent = AgentConfig(org_id=org.org_id, name=agent_type, agent_type=agent_type)
        session.add(agent)
    return agent


async def test_a_free_number_is_offered_until_somebody_takes_it(db, org, make_org, sandbox, jobs_waiting):
    other = await make_org("Elsewhere")
    with org.scope():
        async with unit_of_work() as session:
            offered = [number["phone_number"] for number in await numbers.available(session, org.owner)]
        assert FREE in offered
        async with unit_of_work() as session:
            taken = await numbers.buy(session, org.owner, "(303) 555-0168")
        assert (taken.phone_number, taken.capabilities["sms"]) == (FREE, True)
    with other.scope():
        async with unit_of_work() as session:
            assert FREE not in [number["phone_number"] for number in await numbers.available(session, other.owner)]
        async with unit_of_work() as session:
            with pytest.raises(Conflict):
                await numbers.buy(session, other.owner, FREE)
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await numbers.get_owned(session, FREE)
            with pytest.raises(NotFound):
                await numbers.get(session, taken.id)
    assert len(await jobs_waiting("numbers.connect")) == 1


async def test_the_carrier_sends_texts_to_the_owner_and_nowhere_after_release(db, org, sandbox, jobs_waiting):
    with org.scope():
        async with unit_of_work() as session:
            number = await numbers.buy(session, org.owner, FREE)
        await numbers.connect(FREE, number.phone_sid)
        assert await carrier_address(sandbox, FREE) == numbers.addresses()["message_request_url"]
        async with unit_of_work() as session:
            assert await numbers.release(session, org.owner, number.id) == FREE
        await numbers.connect(FREE, number.phone_sid)
        assert await carrier_address(sandbox, FREE) == ""


async def test_an_address_changed_at_the_carrier_is_mended(db, org, sandbox):
    with org.scope():
        async with unit_of_work() as session:
            number = await numbers.buy(session, org.owner, FREE)
    await signalwire.set_webhooks(number.phone_sid, **dict.fromkeys(numbers.addresses(), "https://elsewhere.example/"))
    assert await numbers.connect_all()
    assert not await numbers.connect_all()
    assert await carrier_address(sandbox, FREE) == numbers.addresses()["message_request_url"]


async def test_a_number_nobody_offers_cannot_be_taken(db, org, sandbox):
    with org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await numbers.buy(session, org.owner, "+14155550177")


@pytest.mark.parametrize(
    ("agent_type", "slot", "column"),
    [
        ("text", "text", "text_agent_id"),
        ("inbound_voice", "voice", "agent_id"),
        ("outbound_voice", "outbound", "outbound_agent_id"),
        ("inbound_voice", "text", None),
        ("text", "voice", None),
        ("text", "outbound", None),
        ("email", "text", None),
        ("text", "fax", None),
    ],
)
async def test_each_slot_takes_its_own_kind_of_agent(line, agent_type, slot, column):
    org = line.org
    with org.scope():
        agent = await agent_of(org, agent_type)
        async with unit_of_work() as session:
            if column is None:
                with pytest.raises(Invalid) as refused:
                    await numbers.assign(session, org.owner, line.number.id, agent.id, slot)
                assert refused.value.field in ("agent_id", "slot")
                return
            number = await numbers.assign(session, org.owner, line.number.id, agent.id, slot)
            assert getattr(number, column) == agent.id
            number = await numbers.assign(session, org.owner, line.number.id, None, slot)
            assert getattr(number, column) is None


async def test_strangers_agents_and_numbers_do_not_exist(line, make_org):
    stranger = await make_org("Elsewhere")
    with stranger.scope():
        foreign = await agent_of(stranger, "text")
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await numbers.assign(session, stranger.owner, line.number.id, foreign.id, "text")
            assert await numbers.list_all(session) == []
    with line.org.scope():
        async with unit_of_work() as session:
            with pytest.raises(NotFound):
                await numbers.assign(session, line.org.owner, line.number.id, foreign.id, "text")
            with pytest.raises(NotFound):
                await numbers.assign(session, line.org.owner, new_id(), None, "text")


async def test_support_may_look_and_not_change(line, sandbox):
    support = replace(line.org.owner, member_role=MemberRole.SUPPORT)
    editor = replace(line.org.owner, member_role=MemberRole.EDITOR)
    with line.org.scope():
        async with unit_of_work() as session:
            [row] = await numbers.list_all(session)
            assert (row["text_agent_name"], row["display"]) == ("Ava", "(415) 555-0132")
            for refused in (
                numbers.assign(session, support, line.number.id, None, "text"),
                numbers.set_active(session, support, line.number.id, False),
                numbers.buy(session, support, FREE),
                numbers.available(session, support),
                numbers.release(session, editor, line.number.id),
            ):
                with pytest.raises(NotAllowed):
                    await refused


async def test_two_who_want_the_same_number_at_once(committed, make_org, sandbox):
    from sqlalchemy import text as sql

    from backend.core.tenancy import platform_scope

    orgs = [await make_org(name) for name in ("One", "Two")]

    async def take(org):
        with org.scope():
            async with unit_of_work() as session:
                return await numbers.buy(session, org.owner, FREE)

    results = await asyncio.gather(*(take(org) for org in orgs), return_exceptions=True)
    with platform_scope("take a test's organizations away"):
        async with unit_of_work() as session:
            for org in orgs:
                for statement in (
                    "update users set current_organization_id = null where current_organization_id = :org",
                    "delete from organizations where id = :org",
                ):
                    await session.execute(sql(statement), {"org": org.org_id})
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "ServiceNumber"]
