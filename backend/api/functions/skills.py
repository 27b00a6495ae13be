"""Serve skills over the API: what there is, what an agent has, and what came of it.

`audience`, `sending_window`, `recipients` and `daily_limit` are ours beside the documented fields.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.api.functions.body import BadParameter, Body
from backend.core.ids import parse_id
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.skills import service as skills
from backend.vocab import RunStatus

router = APIRouter(prefix="/functions/v1/manage-skills")
Caller = Annotated[Principal, Depends(principal)]

_OBJECTS = ("config", "audience", "sending_window", "schedule_config")
_FIELDS = (*_OBJECTS, "trigger_type", "delivery_channels", "recipients", "daily_limit", "secret")
MOST_EXECUTIONS = 100
DEFINITIONS = "definitions"


def _id(skill_id: str, _who: Caller) -> UUID:
    """Return the id in the address, of somebody who may ask; what lists definitions can only be read."""
    if skill_id == DEFINITIONS:
        raise HTTPException(405)
    return parse_id(skill_id)


SkillId = Annotated[UUID, Depends(_id)]


@router.get(f"/{DEFINITIONS}")
async def list_definitions(who: Caller) -> JSONResponse:
    """List every skill there is, with the schema of its settings."""
    return JSONResponse({"skills": [skills.definition(one) for one in skills.ALL]})


@router.get("")
async def list_skills(request: Request, who: Caller) -> JSONResponse:
    """List the skills somebody set up for an agent; without an agent, all there are."""
    agent_id = Body.of_query(request).optional_id("agent_id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found = await (skills.list_for_agent(session, agent_id) if agent_id else skills.list_all(session))
    return JSONResponse({"agent_skills": [skills.shown(one) for one in found]})


@router.post("")
async def enable_skill(request: Request, who: Caller) -> JSONResponse:
    """Set a skill of an agent up and switch it on, or change it; `is_enabled` false leaves it off."""
    body = await Body.of(request)
    agent_id, wanted = body.id("agent_id"), body.text("skill_definition_id", longest=64)
    changes = _given(body)
    enabled = body.flag("is_enabled")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            made = await skills.save(
                session,
                who,
                agent_id,
                skills.by_definition(wanted),
                changes,
                is_enabled=True if enabled is None else enabled,
            )
    return body.reply({"agent_skill": skills.shown(made)}, 201)


@router.patch("/{skill_id}")
async def update_skill(skill_id: SkillId, request: Request, who: Caller) -> JSONResponse:
    """Change a skill of an agent, or switch it on or off."""
    body = await Body.of(request)
    changes, enabled = _given(body), body.flag("is_enabled")
    if not changes and enabled is None:
        raise BadParameter(f"Name a field to change: is_enabled, {', '.join(_FIELDS)}.", code="no_updates")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found = await skills.get(session, skill_id)
            definition = skills.by_definition(found.skill)
            changed = await skills.save(session, who, found.agent_id, definition, changes, is_enabled=enabled)
    return body.reply({"agent_skill": skills.shown(changed)})


@router.delete("/{skill_id}")
async def delete_skill(skill_id: SkillId, who: Caller) -> JSONResponse:
    """Forget a skill of an agent with its history."""
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            await skills.remove(session, who, skill_id)
    return JSONResponse({"success": True})


@router.post("/{skill_id}/execute")
async def execute_skill(skill_id: SkillId, request: Request, who: Caller) -> JSONResponse:
    """Run a skill now: with `dry_run` at once and without sending, else in the background.

    `trigger_context.contact_id` runs it for that contact alone.
    """
    body = await Body.of(request, may_be_empty=True)
    is_dry_run = body.flag("dry_run") or False
    contact_id = body.object("trigger_context").optional_id("contact_id") if body.value("trigger_context") else None
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found = await skills.get(session, skill_id)
            if not is_dry_run:
                started = await skills.run_now(session, who, skill_id, contact_id)
                return body.reply(_ran(started.id, RunStatus.PENDING, "Started. Ask for its executions to see it."))
        trial, kept = await skills.try_out(who, found.agent_id, found.skill, is_kept=True, contact_id=contact_id)
    assert kept is not None
    summary = kept.summary
    return body.reply(_ran(kept.id, kept.status, summary, trial))


@router.get("/{skill_id}/executions")
async def list_executions(skill_id: SkillId, request: Request, who: Caller) -> JSONResponse:
    """List the newest runs of a skill."""
    body = Body.of_query(request)
    status = body.choice("status", RunStatus)
    limit = body.integer("limit", 50, low=1, high=MOST_EXECUTIONS)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found = await skills.executions(session, skill_id, status, limit)
    return JSONResponse({"executions": found})


def _given(body: Body) -> dict[str, Any]:
    """Return the settings that were sent; the service says what is wrong with them."""
    found = {name: body.value(name) for name in _FIELDS if body.value(name) is not None}
    for name in _OBJECTS:
        if not isinstance(found.get(name, {}), dict):
            raise BadParameter(f"{name} must be an object.", field=name)
    for name in ("delivery_channels", "recipients"):
        if not isinstance(found.get(name, []), list):
            raise BadParameter(f"{name} must be a list.", field=name)
    return found


def _ran(run_id: UUID, status: str, summary: str, trial: skills.Trial | None = None) -> dict[str, Any]:
    people = trial["people"] if trial else []
    return {
        "success": True,
        "execution_id": str(run_id),
        "status": status,
        "dry_run": trial is not None,
        "summary": summary,
        "preview": (trial["preview"] or trial["report"]) if trial else "",
        "actions_taken": [],
        "result": {name: trial[name] for name in ("found", "would_send", "left_out", "over_limit")} if trial else {},
        "deliveries": [
            {
                "channel": one["channel"],
                "status": one["outcome"],
                "to": one["address"],
                "contact_id": one["contact_id"],
                "error": one["reason"] or None,
                "body": one["body"],
                "at": one["at"] or None,
            }
            for one in people
        ],
    }
