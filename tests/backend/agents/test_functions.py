"""A function of the business is called by its agent, in every channel alike, and only as its settings allow."""

import json
from uuid import UUID

import pytest
from sqlmodel import select

from backend.agents import answering, memory_tools, playground, portable
from backend.agents import service as agents
from backend.agents.specs import spec_of
from backend.conversations import service as conversations
from backend.conversations.schemas import Author
from backend.core.config import settings
from backend.core.tenancy import unit_of_work
from backend.functions import definitions
from backend.functions import service as functions
from backend.models.functions import ToolCall
from backend.vocab import AnswerMode, AuthorKind, Channel


@pytest.fixture
async def business(sandbox, monkeypatch):
    monkeypatch.setattr(settings(), "private_origins", sandbox.url)
    await sandbox.client.delete("/business/requests")
    return sandbox


async def teach(desk, **more):
    """Teach the agent a function and publish it."""
    with desk.org.scope():
        async with unit_of_work() as session:
            rows = agents.view(await agents.get(session, desk.agent.id))["custom_functions"]
            rows, made = await functions.saved(session, desk.org.owner, rows, more)
            await agents.update(session, desk.org.owner, desk.agent.id, custom_functions=rows)
    return made


def order(business, **more):
    return {
        "name": "look_up_order",
        "description": "Look up the order of a customer by its number.",
        "http_method": "GET",
        "endpoint_url": f"{business.url}/business/orders/{{{{number}}}}",
        "body_schema": [{"name": "number", "type": "string", "required": True}],
        **more,
    }


def booking(business):
    return {
        "name": "book_visit",
        "description": "Book a visit.",
        "endpoint_url": f"{business.url}/business/bookings",
        "body_schema": [{"name": "day", "type": "string", "required": True}],
    }


async def log_of(desk, function_id):
    with desk.org.scope():
        async with unit_of_work() as session:
            return await functions.calls(session, UUID(function_id))


async def test_the_product_s_own_tools_keep_their_names(desk):
    with desk.org.scope():
        async with unit_of_work() as session:
            target = {"kind": "agent", "id": str(desk.agent.id), "label": "Sales", "when": ""}
            more = {"dynamic_variables": [{"name": "day"}], "transfer_targets": [target]}
            await agents.update(session, desk.org.owner, desk.agent.id, **more)
            spec = await spec_of(session, await agents.get(session, desk.agent.id))
    assert {one.name for one in spec.tools} | set(memory_tools.TOOLS) <= set(definitions.RESERVED)


async def test_a_customer_is_answered_from_what_a_function_says(desk, business):
    made = await teach(desk, **order(business))
    assert "shipped" in await desk.ask("Can you look up my order number 1042?")
    (turn,) = await desk.turns()
    (used,) = turn.tools
    assert (used["name"], used["status"], used["arguments"]) == ("look_up_order", "ok", {"number": "1042"})
    (row,) = await log_of(desk, made["id"])
    assert (row["id"], row["channel"], row["agent_name"]) == (used["call_id"], Channel.SMS, "Ava")
    assert row["conversation_id"] == str(turn.conversation_id)


async def test_every_agent_has_a_shared_function_and_an_own_one_of_its_name_wins(desk, business, script):
    with desk.org.scope():
        async with unit_of_work() as session:
            await functions.save_shared(session, desk.org.owner, order(business, description="Of all"))
            await functions.save_shared(session, desk.org.owner, booking(business))
    await teach(desk, **order(business, description="Of one"))
    await desk.ask("Hello")
    offered = {one["function"]["name"]: one["function"]["description"] for one in script.requests[0]["tools"]}
    assert (offered["look_up_order"], offered["book_visit"]) == ("Of one", "Book a visit.")


async def test_a_function_that_is_switched_off_or_unpublished_is_not_offered(desk, business, script):
    await teach(desk, **order(business, is_active=False))
    with desk.org.scope():
        async with unit_of_work() as session:
            rows, _ = await functions.saved(session, desk.org.owner, [], booking(business))
            await agents.edit(session, desk.org.owner, desk.agent.id, {"custom_functions": rows})
    script.says(script.calls(("book_visit", {"day": "Friday"})), "Done.")
    await desk.ask("Hello")
    assert not {"look_up_order", "book_visit"} & {one["function"]["name"] for one in script.requests[0]["tools"]}
    (turn,) = await desk.turns()
    assert (turn.tools[0]["status"], turn.tools[0]["result"]) == ("failed", "There is no such tool.")


async def test_wrong_arguments_never_leave(desk, business, script):
    await teach(desk, **booking(business))
    script.says(script.calls(("book_visit", {"day": 5}), ("book_visit", {"day": "x", "admin": "1"})), "No.")
    await desk.ask("Book me in")
    assert (await business.client.get("/business/requests")).json()["requests"] == []


async def test_a_turn_that_is_run_again_calls_once(desk, business, script):
    await teach(desk, **booking(business))
    script.says(script.calls(("book_visit", {"day": "Friday"})), "Booked.")
    message_id = await desk.receive("Book me in on Friday")
    with desk.org.scope():
        async with unit_of_work() as session:
            claimed = await answering._claim(session, message_id, Channel.SMS)
        await answering.runtime.turn(claimed.request)
        # The process died before the answer was stored, and its lease ran out.
        await answering.leases.let_go(claimed.turn_id)
    script.says(script.calls(("book_visit", {"day": "Friday"})), "Booked.")
    await desk.answer(message_id)
    assert len((await business.client.get("/business/requests")).json()["requests"]) == 1
    assert [one.content for one in await desk.sent()] == ["Booked."]


async def test_trying_a_draft_calls_what_reads_and_leaves_the_rest_undone(desk, business, script):
    await teach(desk, **order(business))
    await teach(desk, **booking(business))
    script.says(script.calls(("look_up_order", {"number": "1042"}), ("book_visit", {"day": "Friday"})), "Yes.")
    tried = await playground.try_message(desk.org.owner, desk.agent.id, "Hello")
    assert [one["status"] for one in tried["tools"]] == ["ok", "refused"]
    seen = (await business.client.get("/business/requests")).json()["requests"]
    assert [one["method"] for one in seen] == ["GET"]


async def test_an_agent_that_drafts_for_approval_changes_nothing_elsewhere(desk, business, script):
    await teach(desk, **order(business))
    await teach(desk, **booking(business))
    message_id = await desk.receive("Book me in on Friday")
    conversation = await desk.conversation()
    with desk.org.scope():
        async with unit_of_work() as session:
            somebody = Author(AuthorKind.MEMBER, "Mia", desk.org.owner.user_id)
            await conversations.set_answer_mode(session, conversation.id, AnswerMode.DRAFT, somebody)
    script.says(script.calls(("look_up_order", {"number": "1042"}), ("book_visit", {"day": "Friday"})), "Yes.")
    await desk.answer(message_id)
    assert "book_visit" not in {one["function"]["name"] for one in script.requests[0]["tools"]}
    seen = (await business.client.get("/business/requests")).json()["requests"]
    assert [one["method"] for one in seen] == ["GET"]


async def test_what_a_suggestion_looked_up_belongs_to_its_conversation(desk, business, script):
    made = await teach(desk, **order(business))
    await desk.receive("Where is my order 1042?")
    conversation = await desk.conversation()
    script.says(script.calls(("look_up_order", {"number": "1042"})), "It is on its way.")
    await agents.suggest_reply(desk.org.owner, conversation.id)
    (row,) = await log_of(desk, made["id"])
    assert row["conversation_id"] == str(conversation.id)


async def test_every_tool_stands_in_the_log(desk, script):
    script.says(script.calls(("hand_over_to_person", {"reason": "asks for Dana"})), "One moment.")
    await desk.ask("Dana please")
    with desk.org.scope():
        async with unit_of_work() as session:
            (row,) = (await session.exec(select(ToolCall).where(ToolCall.org_id == desk.org.org_id))).all()
    assert (row.name, row.status, row.arguments) == ("hand_over_to_person", "ok", {"reason": "asks for Dana"})


async def test_versions_copies_and_files_keep_functions_and_no_file_holds_a_secret(desk, business):
    await teach(desk, **order(business, headers=[{"name": "X-Key", "value": "s3cret"}]))
    with desk.org.scope():
        async with unit_of_work() as session:
            (change,) = await agents.compare(session, desk.agent.id, 1, 2)
            _, written = await agents.export_file(session, desk.org.owner, desk.agent.id)
            copy = await agents.duplicate(session, desk.org.owner, desk.agent.id)
    assert any("look_up_order" in line["text"] for line in change["lines"])
    (own,) = agents.view(copy)["custom_functions"]
    read, _ = portable.read(written)
    (function,) = read["custom_functions"]
    assert (function["name"], function["headers"]) == ("look_up_order", [{"name": "X-Key", "secret": ""}])
    assert own["headers"][0]["secret"] not in written
    assert "s3cret" not in written + json.dumps(change)
