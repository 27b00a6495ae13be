"""Agents over the API: the documented shapes, each error by name, and nothing of another organization's."""

import pytest
from sqlalchemy import text as sql

from backend.core.ids import new_id
from backend.core.tenancy import platform_scope, unit_of_work

HOSTILE = [
    "<script>alert(1)</script>",
    "'; drop table agent_configs; --",
    "{{contact.name}}",
    "\u202e\u0000x",
    "%s" * 20,
]


@pytest.fixture
async def key(db, org, api) -> str:
    return await api.key_of(org.owner)


async def made(api, key: str, **fields) -> dict:
    answer = await api.call("create-agent", {"name": "Ava", "agent_type": "text", **fields}, key=key)
    assert answer.status_code == 201, answer.text
    return answer.json()["agent"]


@pytest.mark.parametrize(
    "function", ["list-agents", "get-agent", "create-agent", "update-agent", "delete-agent", "list-models"]
)
async def test_nobody_is_refused(db, api, function):
    assert (await api.call(function, {})).status_code in (401, 403)
    assert (await api.call(function, {}, key="mgp_" + "0" * 40)).status_code == 401


async def test_an_agent_is_made_read_changed_listed_and_deleted(api, key):
    agent = await made(api, key, temperature=0.3)
    assert (agent["version"], agent["agent_type"], agent["temperature"]) == (1, "text", 0.3)
    assert agent["dynamic_variables"] == []
    read = (await api.call("get-agent", {"agent_id": agent["id"]}, key=key)).json()
    assert (read["name"], read["phone_numbers"], read["knowledge_sources"]) == ("Ava", [], [])
    changed = await api.call("update-agent", {"agent_id": agent["id"], "name": "Bea", "expected_version": 1}, key=key)
    assert (changed.json()["name"], changed.json()["version"]) == ("Bea", 2)
    listed = (await api.call("list-agents", {"agent_type": "text"}, key=key)).json()
    assert ([one["name"] for one in listed["agents"]], listed["total"], listed["has_more"]) == (["Bea"], 1, False)
    assert (await api.call("delete-agent", {"agent_id": agent["id"]}, key=key)).json() == {"success": True}
    assert (await api.call("get-agent", {"agent_id": agent["id"]}, key=key)).status_code == 404


async def test_the_older_names_of_types_are_understood(api, key):
    assert (await made(api, key, agent_type="inbound"))["agent_type"] == "inbound_voice"
    answer = await api.call("create-agent", {"name": "Vera"}, key=key)
    assert answer.json()["agent"]["agent_type"] == "inbound_voice"


async def test_fields_nobody_knows_are_reported(api, key):
    answer = await api.call("create-agent", {"name": "Ava", "voice_pitch": 2}, key=key)
    assert answer.json()["ignored_fields"] == ["voice_pitch"]


@pytest.mark.parametrize(
    ("function", "body", "status", "code", "field"),
    [
        ("create-agent", {}, 400, "missing_param", "name"),
        ("create-agent", {"name": "x" * 81}, 422, "invalid", "name"),
        ("create-agent", {"name": "a", "agent_type": "fax"}, 400, "invalid_param", "agent_type"),
        ("create-agent", {"name": "a", "temperature": "hot"}, 422, "invalid", "temperature"),
        ("create-agent", {"name": "a", "variables": []}, 422, "invalid", "variables"),
        ("get-agent", {}, 400, "missing_param", "agent_id"),
        ("get-agent", {"agent_id": "1 or 1=1"}, 400, "invalid_param", "agent_id"),
        ("get-agent", {"agent_id": str(new_id())}, 404, "not_found", None),
        ("update-agent", {"agent_id": str(new_id())}, 400, "no_updates", None),
        ("update-agent", {"agent_id": str(new_id()), "name": "x"}, 404, "not_found", None),
        ("delete-agent", {"agent_id": str(new_id())}, 404, "not_found", None),
        ("list-agents", {"limit": -1}, 400, "invalid_param", "limit"),
        ("list-agents", {"is_active": "maybe"}, 400, "invalid_param", "is_active"),
    ],
)
async def test_bad_requests_are_refused_by_name(api, key, function, body, status, code, field):
    answer = await api.call(function, body, key=key)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error.get("details", {}).get("field")) == (status, code, field)


@pytest.mark.parametrize("field", ["name", "system_prompt", "greeting", "organization_name", "after_hours_message"])
@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_is_stored_as_text_or_refused(api, key, field, text):
    answer = await api.call("create-agent", {"name": "Ava", "agent_type": "text", field: text}, key=key)
    assert answer.status_code in (201, 400, 422)
    if answer.status_code == 201:
        assert answer.json()["agent"][field] == " ".join(text.replace("\x00", "").split())


async def test_a_change_over_somebody_elses_is_a_conflict(api, key):
    agent = await made(api, key)
    await api.call("update-agent", {"agent_id": agent["id"], "name": "Bea"}, key=key)
    answer = await api.call("update-agent", {"agent_id": agent["id"], "name": "Cy", "expected_version": 1}, key=key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "changed_meanwhile")


async def test_another_organizations_agent_does_not_exist(api, key, make_org):
    agent = await made(api, key)
    stranger = await make_org("Elsewhere")
    theirs = await api.key_of(stranger.owner)
    for function, more in (("get-agent", {}), ("update-agent", {"name": "mine"}), ("delete-agent", {})):
        answer = await api.call(function, {"agent_id": agent["id"], **more}, key=theirs)
        assert answer.status_code == 404
    assert (await api.call("list-agents", key=theirs)).json()["agents"] == []
    assert (await api.call("get-agent", {"agent_id": agent["id"]}, key=key)).json()["name"] == "Ava"


async def test_support_may_read_and_not_change(api, key, org):
    agent = await made(api, key)
    with platform_scope("make a person support for a test"):
        async with unit_of_work() as session:
            await session.execute(
                sql("update organization_members set role = 'support' where user_id = :user"),
                {"user": org.owner.user_id},
            )
    assert (await api.call("get-agent", {"agent_id": agent["id"]}, key=key)).status_code == 200
    for function, more in (("create-agent", {"name": "x"}), ("update-agent", {"name": "x"}), ("delete-agent", {})):
        answer = await api.call(function, {"agent_id": agent["id"], **more}, key=key)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_allowed")


async def test_models_are_listed_with_one_default(api, key):
    rows = (await api.call("list-models", key=key)).json()["models"]
    assert [row["is_default"] for row in rows].count(True) == 1
    assert "gpt-4.1-mini" in [row["id"] for row in rows]
