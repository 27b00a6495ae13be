"""Suites, cases, runs over the API keep their documented shapes, and run on text."""

from uuid import UUID

import pytest

from backend.agents import service as agents
from backend.core.tenancy import unit_of_work
from backend.evals import jobs as eval_jobs
from backend.evals import rounds
from backend.evals import service as evals


@pytest.fixture(autouse=True)
def one_at_a_time(monkeypatch):
    monkeypatch.setattr(rounds, "AT_ONCE", 1)


class Caller:
    """Somebody with a key."""

    def __init__(self, api, key, org):
        self.api, self.key, self.org = api, key, org

    async def call(self, function, **body):
        return await self.api.call(function, body, key=self.key)

    async def get(self, path):
        return await self.api.call(path, key=self.key, method="GET")


@pytest.fixture
async def caller(db, org, api):
    return Caller(api, await api.key_of(org.owner), org)


@pytest.fixture
async def agent(caller):
    with caller.org.scope():
        async with unit_of_work() as session:
            return await agents.create(session, caller.org.owner, "text", "Ava", system_prompt="We open at nine.")


async def test_a_suite_and_a_case_keep_the_documented_shapes(caller, agent):
    made = await caller.call("test-cases", action="create_suite", name="Hours", description="When we open")
    suite = made.json()["suite"]
    assert {"id", "name", "description", "created_at"} <= set(suite)
    made = await caller.call(
        "test-cases",
        action="create_case",
        suite_id=suite["id"],
        name="Opening",
        type="inbound_call",
        agent_id=str(agent.id),
        caller_mode="scripted",
        caller_script=["When do you open?", {"text": "Thanks"}],
        expected_phrases=["nine"],
        prohibited_phrases=["ten"],
        expected_functions=["look_up"],
        min_duration_seconds=5,
        max_duration_seconds=60,
    )
    case = made.json()["case"]
    assert made.status_code == 200
    assert (case["type"], case["caller_mode"], case["agent_id"]) == ("inbound_call", "scripted", str(agent.id))
    assert case["caller_script"] == ["When do you open?", "Thanks"]
    assert (case["expected_phrases"], case["prohibited_phrases"], case["expected_functions"]) == (
        ["nine"], ["ten"], ["look_up"],
    )  # fmt: skip
    assert (case["min_duration_seconds"], case["max_duration_seconds"]) == (5, 60)
    changed = await caller.call("test-cases", action="update_case", case_id=case["id"], expected_functions=[])
    assert changed.json()["case"]["expected_functions"] == []
    assert changed.json()["case"]["expected_phrases"] == ["nine"]
    (listed,) = (await caller.call("test-cases", action="list_suites")).json()["suites"]
    assert [one["id"] for one in listed["test_cases"]] == [case["id"]]
    assert (await caller.call("test-cases", action="list_cases", suite_id=suite["id"])).json()["cases"][0]["name"] == (
        "Opening"
    )
    assert (await caller.call("test-cases", action="delete_case", case_id=case["id"])).json()["success"]
    assert (await caller.call("test-cases", action="delete_suite", suite_id=suite["id"])).json()["success"]


async def test_a_case_is_run_and_its_run_read(caller, agent, sandbox):
    suite = (await caller.call("test-cases", action="create_suite", name="Hours")).json()["suite"]
    case = await caller.call(
        "test-cases", action="create_case", suite_id=suite["id"], name="Opening",
        caller_script=["When do you open?"], definition={"checks": [{"kind": "not_handed_over"}]},
        expected_phrases=["nine"],
    )  # fmt: skip
    case = case.json()["case"]
    refused = await caller.call("run-test", test_case_id=case["id"])
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "no_agent")
    begun = (await caller.call("run-test", test_case_id=case["id"], agent_id=str(agent.id), version="draft")).json()
    assert begun["success"]
    with caller.org.scope():
        async with unit_of_work() as session:
            run = await evals.run(session, UUID(begun["run_id"]))
    await eval_jobs.go_on(str(caller.org.org_id), run["round_id"])
    read = (await caller.get(f"test-runs?id={begun['run_id']}")).json()["run"]
    assert {"id", "test_case_id", "status", "started_at", "completed_at", "assertions", "error_message"} <= set(read)
    assert read["status"] == "passed", read
    assert [one["passed"] for one in read["assertions"]] == [True, True, True]
    assert [line["role"] for line in read["transcript"]] == ["customer", "agent"]
    for query in (f"test_case_id={case['id']}", f"suite_id={suite['id']}", "status=passed"):
        assert [one["id"] for one in (await caller.get(f"test-runs?{query}")).json()["runs"]] == [begun["run_id"]]


async def test_what_is_wrong_is_named(caller, agent):
    assert (await caller.call("test-cases")).json()["error"]["code"] == "missing_param"
    assert (await caller.call("test-cases", action="create_suite")).status_code == 400
    assert (await caller.call("run-test", test_case_id="x")).status_code == 400
    suite = (await caller.call("test-cases", action="create_suite", name="S")).json()["suite"]
    for wrong in (
        {"type": "fax"}, {"caller_mode": "loud"}, {"definition": []}, {"caller_script": [1]}, {"caller_script": 5},
        {"definition": {"checks": 5}}, {"definition": {"checks": ["x"]}, "expected_phrases": ["nine"]},
    ):  # fmt: skip
        answer = await caller.call("test-cases", action="create_case", suite_id=suite["id"], name="C", **wrong)
        assert answer.status_code == 400, wrong
    odd = {"checks": [{"kind": "said", "how": "matches", "text": "("}]}
    answer = await caller.call("test-cases", action="create_case", suite_id=suite["id"], name="C", definition=odd)
    assert answer.status_code == 422
