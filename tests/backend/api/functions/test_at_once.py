"""What callers of the API do to one agent in one moment: nobody's work is lost, and one name is given once."""

import asyncio

import pytest

FUNCTION = {
    "description": "Look up an order.",
    "http_method": "GET",
    "endpoint_url": "https://api.example.com/orders",
}


@pytest.mark.parametrize(
    ("route", "given"),
    [("custom-functions", FUNCTION), ("manage-dynamic-variables", {"description": "Where", "var_type": "text"})],
)
async def test_what_is_made_at_one_moment_is_all_kept_and_a_shared_name_is_given_once(
    committed, org, api, route, given
):
    key = await api.key_of(org.owner)
    made = await api.call("create-agent", {"name": "Ava", "agent_type": "text"}, key=key)
    agent_id = made.json()["agent"]["id"]
    names = [f"look_up_{number}" for number in range(4)]
    answers = await asyncio.gather(
        *(api.call(route, {**given, "name": name, "agent_id": agent_id}, key=key) for name in names)
    )
    assert [one.status_code for one in answers] == [201] * 4
    listed = (await api.call(f"{route}?agent_id={agent_id}", key=key, method="GET")).json()
    assert sorted(one["name"] for one in listed) == names
    wanted = {**given, "name": "look_up", "for_all": True}
    answers = await asyncio.gather(*(api.call(route, wanted, key=key) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
