"""Custom functions over the API: the documented shapes, secrets that stay inside, and a new version for each change."""

import pytest
from sqlmodel import select

from backend.core.tenancy import unit_of_work
from backend.models.agents import AgentConfig

FUNCTION = {
    "name": "look_up_order",
    "description": "Look up an order.",
    "http_method": "GET",
    "endpoint_url": "https://api.example.com/orders",
    "headers": [{"name": "Authorization", "value": "Bearer s3cret"}],
    "body_schema": [{"name": "number", "type": "string", "description": "Of the order", "required": True}],
}


@pytest.fixture
async def key(db, org, api) -> str:
    return await api.key_of(org.owner)


@pytest.fixture
async def agent_id(api, key) -> str:
    return (await api.call("create-agent", {"name": "Ava", "agent_type": "text"}, key=key)).json()["agent"]["id"]


async def test_a_function_is_made_read_listed_changed_and_deleted(api, key, agent_id):
    made = await api.call("custom-functions", {**FUNCTION, "agent_id": agent_id}, key=key)
    assert made.status_code == 201, made.text
    row = made.json()
    assert (row["agent_id"], row["max_retries"], row["is_active"]) == (agent_id, 2, True)
    assert row["headers"] == [{"name": "Authorization", "has_value": True}]
    assert (await api.call(f"custom-functions/{row['id']}", key=key, method="GET")).json() == row
    assert (await api.call(f"custom-functions?agent_id={agent_id}", key=key, method="GET")).json() == [row]
    changed = await api.call(f"custom-functions/{row['id']}", {"is_active": False}, key=key, method="PATCH")
    assert changed.json() == {**row, "is_active": False}
    read = (await api.call("get-agent", {"agent_id": agent_id}, key=key)).json()
    assert (read["version"], [one["name"] for one in read["custom_functions"]]) == (3, ["look_up_order"])
    gone = await api.call(f"custom-functions/{row['id']}", key=key, method="DELETE")
    assert (gone.status_code, gone.json()["success"]) == (200, True)
    assert (await api.call(f"custom-functions/{row['id']}", key=key, method="GET")).status_code == 404


async def test_older_callers_name_an_action(api, key, agent_id):
    row = (await api.call("custom-functions", {**FUNCTION, "agent_id": agent_id, "action": "create"}, key=key)).json()
    listed = await api.call("custom-functions", {"action": "list", "agent_id": agent_id}, key=key)
    assert [one["id"] for one in listed.json()] == [row["id"]]
    wanted = {"action": "update", "function_id": row["id"], "description": "Other words."}
    assert (await api.call("custom-functions", wanted, key=key)).json()["description"] == "Other words."
    wanted = {"action": "delete", "function_id": row["id"]}
    assert (await api.call("custom-functions", wanted, key=key)).json()["success"]


async def test_one_for_every_agent_has_no_agent(api, key, agent_id):
    row = (await api.call("custom-functions", {**FUNCTION, "for_all": True}, key=key)).json()
    assert row["agent_id"] is None
    assert (await api.call(f"custom-functions?agent_id={agent_id}", key=key, method="GET")).json() == [row]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"name": ""}, 400, "name"),
        ({"endpoint_url": None}, 400, "endpoint_url"),
        ({"http_method": "FETCH"}, 422, "http_method"),
        ({"endpoint_url": "javascript:alert(1)"}, 422, "endpoint_url"),
        ({"headers": [{"name": "X"}]}, 422, "headers"),
        ({"headers": "X"}, 422, "headers"),
        ({"headers": [{"name": "X", "value": "a\r\nb: c"}]}, 422, "headers"),
        ({"body_schema": [7]}, 422, "body_schema"),
    ],
)
async def test_what_cannot_work_is_refused_at_its_field(api, key, agent_id, change, status, field):
    answer = await api.call("custom-functions", {**FUNCTION, "agent_id": agent_id, **change}, key=key)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (status, field), answer.text


async def test_a_name_is_given_once(api, key, agent_id):
    await api.call("custom-functions", {**FUNCTION, "agent_id": agent_id}, key=key)
    again = await api.call("custom-functions", {**FUNCTION, "agent_id": agent_id}, key=key)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "duplicate")


async def test_an_agent_that_is_read_and_sent_back_keeps_the_values_of_its_headers(api, key, org, agent_id):
    async def secrets():
        with org.scope():
            async with unit_of_work() as session:
                agent = (await session.exec(select(AgentConfig).where(AgentConfig.org_id == org.org_id))).one()
                return [one["headers"][0]["secret"] for one in agent.settings["custom_functions"]]

    await api.call("custom-functions", {**FUNCTION, "agent_id": agent_id}, key=key)
    before = await secrets()
    read = (await api.call("get-agent", {"agent_id": agent_id}, key=key)).json()
    (row,) = read["custom_functions"]
    assert row["headers"] == [{"name": "Authorization", "has_value": True}]
    nameless = {name: value for name, value in row.items() if name != "id"}
    for sent in (row, {**row, "description": "Other words."}, {**nameless, "description": "Still others."}):
        wanted = {"agent_id": agent_id, "custom_functions": [sent]}
        answer = await api.call("update-agent", wanted, key=key)
        (told,) = answer.json()["custom_functions"]
        assert (told["id"], told["description"]) == (row["id"], sent["description"])
        assert (await secrets(), told["headers"]) == (before, row["headers"])
        assert before[0] not in answer.text
    listed = await api.call("list-agents", key=key)
    assert before[0] not in listed.text
    moved = {**row, "endpoint_url": "https://mallory.example/"}
    refused = await api.call("update-agent", {"agent_id": agent_id, "custom_functions": [moved]}, key=key)
    assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (422, "custom_functions")
