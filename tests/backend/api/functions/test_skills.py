"""Skills over the API: the documented shapes, checked settings, and a dry run that sends nothing."""

import pytest

CONFIG = {
    "message_template": "Rate us: {{review_url}}",
    "review_url": "https://rate.example/",
    "consent_confirmed": True,
}


@pytest.fixture
async def key(db, org, api) -> str:
    return await api.key_of(org.owner)


@pytest.fixture
async def agent_id(api, key) -> str:
    return (await api.call("create-agent", {"name": "Ava", "agent_type": "text"}, key=key)).json()["agent"]["id"]


async def test_a_skill_is_found_enabled_changed_listed_run_dry_and_deleted(api, key, agent_id):
    found = (await api.call("manage-skills/definitions", key=key, method="GET")).json()["skills"]
    review = next(one for one in found if one["slug"] == "review_request")
    assert review["config_schema"]["required"] == ["message_template", "review_url", "consent_confirmed"]
    wanted = {
        "agent_id": agent_id,
        "skill_definition_id": review["id"],
        "config": CONFIG,
        "trigger_type": "schedule",
        "schedule_config": {"interval": "weekly", "days": ["mon"], "time": "10:00"},
        "delivery_channels": ["sms"],
    }
    made = await api.call("manage-skills", wanted, key=key)
    assert made.status_code == 201, made.text
    row = made.json()["agent_skill"]
    assert (row["is_enabled"], row["config"]["lookback_days"], row["skill_definition_id"]) == (True, 7, review["id"])
    assert row["next_run_at"]
    again = await api.call("manage-skills", {**wanted, "config": {"lookback_days": 3}}, key=key)
    assert (again.status_code, again.json()["agent_skill"]["id"]) == (201, row["id"])
    listed = await api.call(f"manage-skills?agent_id={agent_id}", key=key, method="GET")
    [only] = listed.json()["agent_skills"]
    assert (only["config"]["lookback_days"], only["config"]["review_url"]) == (3, CONFIG["review_url"])
    path = f"manage-skills/{row['id']}"
    dry = (await api.call(f"{path}/execute", {"dry_run": True}, key=key)).json()
    assert (dry["success"], dry["dry_run"], dry["status"], dry["deliveries"]) == (True, True, "completed", [])
    assert dry["preview"].startswith("Rate us: https://rate.example/")
    real = (await api.call(f"{path}/execute", {}, key=key)).json()
    assert (real["dry_run"], real["status"]) == (False, "pending")
    runs = (await api.call(f"{path}/executions", key=key, method="GET")).json()["executions"]
    assert [(one["id"], one["dry_run"]) for one in runs] == [(real["execution_id"], False), (dry["execution_id"], True)]
    assert {"result", "error_message", "execution_time_ms", "created_at", "completed_at"} <= set(runs[0])
    waiting = (await api.call(f"{path}/executions?status=pending", key=key, method="GET")).json()["executions"]
    assert [one["id"] for one in waiting] == [real["execution_id"]]
    off = (await api.call(path, {"is_enabled": False}, key=key, method="PATCH")).json()["agent_skill"]
    assert (off["is_enabled"], off["next_run_at"]) == (False, None)
    assert (await api.call(path, key=key, method="DELETE")).json() == {"success": True}
    assert (await api.call(path, {"is_enabled": True}, key=key, method="PATCH")).status_code == 404


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"config": {**CONFIG, "message_template": "{{nobody}}"}}, 422, "message_template"),
        ({"config": {**CONFIG, "consent_confirmed": False}}, 422, "consent_confirmed"),
        ({"config": "all"}, 400, "config"),
        ({"trigger_type": "event"}, 422, "trigger_type"),
        ({"schedule_config": {"interval": "yearly"}}, 422, "schedule_config"),
        ({"delivery_channels": ["fax"]}, 422, "delivery_channels"),
        ({"sending_window": {"days": ["mon"], "start": "05:00", "end": "06:00"}}, 422, "sending_window"),
        ({"audience": {"tags_any": ["x"]}}, 422, "audience"),
        ({"daily_limit": 0}, 422, "daily_limit"),
        ({"agent_id": ""}, 400, "agent_id"),
        ({"skill_definition_id": ""}, 400, "skill_definition_id"),
    ],
)
async def test_what_cannot_be_set_is_refused_at_its_field(api, key, agent_id, change, status, field):
    wanted = {"agent_id": agent_id, "skill_definition_id": "review_request", "config": CONFIG, **change}
    answer = await api.call("manage-skills", wanted, key=key)
    assert (answer.status_code, answer.json()["error"]["details"]["field"]) == (status, field), answer.text
