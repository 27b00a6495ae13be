"""Dynamic variables over the API: the documented shapes, alone and as part of an agent."""

import pytest

VARIABLE = {"name": "seating", "description": "Where", "var_type": "enum", "enum_options": ["Inside", "Terrace"]}


@pytest.fixture
async def key(db, org, api) -> str:
    return await api.key_of(org.owner)


@pytest.fixture
async def agent_id(api, key) -> str:
    return (await api.call("create-agent", {"name": "Ava", "agent_type": "text"}, key=key)).json()["agent"]["id"]


async def test_a_variable_is_made_read_listed_changed_and_deleted(api, key, agent_id):
    made = await api.call("manage-dynamic-variables", {**VARIABLE, "agent_id": agent_id}, key=key)
    assert made.status_code == 201, made.text
    row = made.json()
    path = f"manage-dynamic-variables/{row['id']}"
    assert (row["agent_id"], row["enum_options"], row["send_to"]) == (agent_id, ["Inside", "Terrace"], {})
    assert (await api.call(path, key=key, method="GET")).json() == row
    listed = await api.call(f"manage-dynamic-variables?agent_id={agent_id}", key=key, method="GET")
    assert listed.json() == [row]
    changed = await api.call(path, {"send_to": {"slack": True}}, key=key, method="PATCH")
    assert changed.json() == {**row, "send_to": {"slack": True}}
    read = (await api.call("get-agent", {"agent_id": agent_id}, key=key)).json()
    assert [one["name"] for one in read["dynamic_variables"]] == ["seating"]
    again = await api.call("manage-dynamic-variables", {**VARIABLE, "agent_id": agent_id}, key=key)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "duplicate")
    assert (await api.call(path, key=key, method="DELETE")).json()["success"]
    assert (await api.call(path, key=key, method="GET")).status_code == 404


async def test_an_agent_is_made_with_its_variables_or_not_at_all(api, key):
    wanted = {"name": "Bea", "agent_type": "text", "dynamic_variables": [VARIABLE]}
    agent = (await api.call("create-agent", wanted, key=key)).json()["agent"]
    assert [one["name"] for one in agent["dynamic_variables"]] == ["seating"]
    refused = await api.call(
        "create-agent", {**wanted, "dynamic_variables": [{"name": "x", "var_type": "no"}]}, key=key
    )
    assert (refused.status_code, refused.json()["error"]["details"]["field"]) == (422, "dynamic_variables")
    assert (await api.call("list-agents", {}, key=key)).json()["total"] == 1


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"name": ""}, 400, "name"),
        ({"name": "Party size"}, 422, "name"),
        ({"var_type": "list"}, 422, "var_type"),
        ({"enum_options": []}, 422, "enum_options"),
        ({"enum_options": [1]}, 422, "enum_options"),
        ({"agent_id": ""}, 400, "agent_id"),
    ],
)
async def test_what_cannot_be_asked_is_refused_at_its_field(api, key, agent_id, change, status, field):
    answer = await api.call("manage-dynamic-variables", {**VARIABLE, "agent_id": agent_id, **change}, key=key)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (status, field), answer.text


async def test_where_a_variable_is_sent_may_hold_a_null_character(api, key, agent_id):
    wanted = {**VARIABLE, "agent_id": agent_id, "send_to": {"a\x00": "b\x00"}}
    assert (await api.call("manage-dynamic-variables", wanted, key=key)).json()["send_to"] == {"a": "b"}
