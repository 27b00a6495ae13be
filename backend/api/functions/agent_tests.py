"""Serve tests of agents over the API: suites, cases, running one, and the runs.

The shapes are the reference product's, which knows tests as calls; here a case is written to on text. Its script is the
customer's lines, its expected phrases and functions are checks, and `definition` says all that this product knows
beside them. Without an agent of its own a suite is every agent's.
"""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.api.functions.body import BadParameter, Body
from backend.core.errors import Invalid
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.evals import service as evals
from backend.evals.schemas import CaseView, RunView, SuiteView

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]

ACTIONS = (
    "list_suites", "create_suite", "update_suite", "delete_suite",
    "list_cases", "create_case", "update_case", "delete_case",
)  # fmt: skip
TYPES = ("inbound_call", "outbound_call", "agent_to_agent", "text")
MODES = ("silent", "scripted")
RUNS_OF_CASE, RUNS_OF_SUITE = 50, 200
# What the reference's callers say of a call, kept and shown as it came; calls do not exist yet.
_OF_CALLS = ("type", "caller_mode", "caller_agent_id", "min_duration_seconds", "max_duration_seconds", "schedule")


@router.get("/test-cases")
async def list_by_address(request: Request, who: Caller) -> JSONResponse:
    """List suites, or the cases of one."""
    return await _act(Body.of_query(request), who, "list_suites")


@router.post("/test-cases")
async def act(request: Request, who: Caller) -> JSONResponse:
    """List, make, change and delete suites and cases."""
    return await _act(await Body.of(request), who, "")


@router.post("/run-test")
async def run_test(request: Request, who: Caller) -> JSONResponse:
    """Begin to run one case: against what is live, against the draft, or against a version by its number."""
    body = await Body.of(request)
    case_id, agent_id = body.id("test_case_id", "case_id"), body.optional_id("agent_id")
    wanted = body.value("version")
    is_named = wanted in (None, "live", "draft")
    number = {"draft": 0}.get(str(wanted)) if is_named else body.integer("version", 1, low=1, high=10**9)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            try:
                _, run = await evals.run_case(session, who, case_id, agent_id, number)
            except Invalid as error:
                raise BadParameter(error.message, code=error.code, field=error.field) from None
    return body.reply(
        {
            "success": True,
            "run_id": run["id"],
            "status": run["status"],
            "message": "The test is running. Read it at test-runs?id=…",
        }
    )


@router.get("/test-runs")
async def test_runs(request: Request, who: Caller) -> JSONResponse:
    """Read one run by `id`, or list the newest of a case, of a suite, or of all."""
    body = Body.of_query(request)
    run_id, case_id, suite_id = (body.optional_id(name) for name in ("id", "test_case_id", "suite_id"))
    status = body.text("status", is_required=False, longest=40)
    limit = body.integer("limit", RUNS_OF_CASE if case_id else RUNS_OF_SUITE, low=1, high=RUNS_OF_SUITE)
    if run_id is not None:
        return await _read(run_id, who)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            runs = await evals.list_runs(
                session,
                case_id=case_id,
                suite_id=suite_id,
                status=status,
                limit=min(limit, RUNS_OF_CASE) if case_id else limit,
            )
    return JSONResponse({"runs": [_run(one) for one in runs]})


@router.get("/test-runs/{run_id}")
async def test_run(run_id: str, who: Caller) -> JSONResponse:
    """Read one run."""
    return await _read(Body({"id": run_id}).id("id"), who)


async def _read(run_id: UUID, who: Principal) -> JSONResponse:
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            return JSONResponse({"run": _run(await evals.run(session, run_id), is_whole=True)})


async def _act(body: Body, who: Principal, default: str) -> JSONResponse:
    action = body.choice("action", ACTIONS) or default
    if not action:
        raise BadParameter(f"action must be one of: {', '.join(ACTIONS)}.", field="action", code="missing_param")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            match action:
                case "list_suites":
                    found = await evals.show_suites(session, body.optional_id("agent_id"))
                    return JSONResponse({"suites": [_suite(one) for one in found]})
                case "list_cases":
                    suite_id = body.id("suite_id")
                    cases = await evals.cases(session, suite_id)
                    return JSONResponse({"cases": [_case(one) for one in cases]})
                case "create_suite" | "update_suite":
                    is_new = action == "create_suite"
                    name = body.text("name", is_required=is_new, longest=1000)
                    kept = await evals.save_suite(
                        session,
                        who,
                        suite_id=None if is_new else body.id("suite_id", "id"),
                        agent_id=body.optional_id("agent_id") if is_new else None,
                        name=name if name or is_new else None,
                        description=_given(body, "description"),
                    )
                    return body.reply({"suite": _suite(evals.suite_row(kept))})
                case "delete_suite":
                    await evals.remove_suite(session, who, body.id("suite_id", "id"))
                    return body.reply({"success": True})
                case "delete_case":
                    await evals.remove_case(session, who, body.id("case_id", "id"))
                    return body.reply({"success": True})
            is_new = action == "create_case"
            name = body.text("name", is_required=is_new, longest=1000)
            case_id = None if is_new else body.id("case_id", "id")
            former = (await evals.case(session, case_id))["definition"] if case_id else {}
            made = await evals.save_case(
                session,
                who,
                suite_id=body.id("suite_id") if is_new else None,
                case_id=case_id,
                name=name if name or is_new else None,
                description=_given(body, "description"),
                definition=_definition(body, former),
                agent_id=body.optional_id("agent_id"),
            )
            return body.reply({"case": _case(evals.case_row(made))})


def _given(body: Body, name: str) -> str | None:
    return body.text(name, is_required=False) if body.has(name) else None


def _definition(body: Body, former: Mapping[str, Any]) -> dict[str, Any]:
    """Return a case's definition: what the caller gave of ours, and of the reference's fields."""
    own = body.value("definition")
    if own is not None and not isinstance(own, dict):
        raise BadParameter("definition must be an object.", field="definition")
    made: dict[str, Any] = {**former, **{key: one for key, one in (own or {}).items() if key != "call"}}
    call = {**former.get("call", {}), **{name: body.value(name) for name in _OF_CALLS if body.has(name)}}
    if call.get("type", "text") not in TYPES:
        raise BadParameter(f"type must be one of: {', '.join(TYPES)}.", field="type")
    if call.get("caller_mode", "silent") not in MODES:
        raise BadParameter(f"caller_mode must be one of: {', '.join(MODES)}.", field="caller_mode")
    if body.has("caller_script"):
        made["opening"] = [_utterance(one) for one in _list_of(body.value("caller_script"), "caller_script")]
    checks = _list_of(made.get("checks"), "definition")
    if not all(isinstance(one, Mapping) for one in checks):
        raise BadParameter("definition.checks is a list of objects.", field="definition")
    for field, kind, name in _PHRASES:
        if body.has(field):
            kept = [one for one in checks if one.get("kind") != kind or not _is_plain(one)]
            checks = [*kept, *({"kind": kind, name: one} for one in body.texts(field, most=30))]
    if len(str(call)) > 4000:
        raise BadParameter("These fields are too long.", field="schedule")
    return {**made, "checks": checks, **({"call": call} if call else {})}


def _list_of(given: Any, field: str) -> list[Any]:
    if not isinstance(given, list | None):
        raise BadParameter(f"{field} holds something else where a list belongs.", field=field)
    return given or []


def _is_plain(check: Mapping[str, Any]) -> bool:
    """Tell whether the reference's fields can say a check: a phrase, or a function without arguments."""
    return check.get("how") != "matches" and not check.get("arguments")


_PHRASES = (
    ("expected_phrases", "said", "text"),
    ("prohibited_phrases", "never_said", "text"),
    ("expected_functions", "tool_called", "tool"),
)


def _utterance(given: Any) -> str:
    if isinstance(given, Mapping):
        given = given.get("text") or given.get("utterance") or ""
    if not isinstance(given, str):
        raise BadParameter("caller_script is a list of texts.", field="caller_script")
    return given


def _suite(one: SuiteView) -> dict[str, Any]:
    return {
        "id": one["id"],
        "agent_id": one["agent_id"] or None,
        "name": one["name"],
        "description": one["description"],
        "created_at": one["created_at"],
        "updated_at": one["updated_at"],
        "test_cases": [_case(case) for case in one["cases"]],
    }


def _case(one: CaseView) -> dict[str, Any]:
    known = one["definition"]
    call = known.get("call", {})
    checks = known["checks"]
    phrases = {
        field: [check[name] for check in checks if check["kind"] == kind and _is_plain(check)]
        for field, kind, name in _PHRASES
    }
    return {
        "id": one["id"],
        "suite_id": one["suite_id"],
        "agent_id": one["agent_id"] or None,
        "name": one["name"],
        "description": one["description"],
        "type": call.get("type", "text"),
        "caller_mode": call.get("caller_mode", "scripted" if known["opening"] else "silent"),
        "caller_agent_id": call.get("caller_agent_id"),
        "caller_script": known["opening"],
        **phrases,
        "min_duration_seconds": call.get("min_duration_seconds"),
        "max_duration_seconds": call.get("max_duration_seconds"),
        "schedule": call.get("schedule"),
        "definition": {key: value for key, value in known.items() if key != "call"},
        "created_at": one["created_at"],
        "updated_at": one["updated_at"],
    }


def _run(one: RunView, *, is_whole: bool = False) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": one["id"],
        "test_case_id": one["case_id"] or None,
        "name": one["name"],
        "status": one["status"],
        "started_at": one["started_at"] or None,
        "completed_at": one["finished_at"] or None,
        "created_at": one["created_at"],
        "assertions": [
            {
                "type": check["kind"],
                "name": check["title"],
                "passed": check["verdict"] == "pass",
                "verdict": check["verdict"],
                "detail": check["evidence"],
            }
            for check in one["checks"]
        ],
        "error_message": one["error"] or None,
        "ai_analysis": None,
        "ending": one["ending"] or None,
        "turns": one["turns"],
        "cost": one["cost_micros"] / 1_000_000,
        "duration_ms": one["total_ms"],
    }
    if is_whole:
        row["transcript"] = [
            {"role": line["who"], "text": line["text"], "functions": line["tools"]} for line in one["lines"]
        ]
    return row
