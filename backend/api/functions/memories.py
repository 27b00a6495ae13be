"""Serve what agents remember over the API: list, read, change, forget, and search by meaning."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.agents import service as agents
from backend.api.auth import principal
from backend.api.functions.body import BadParameter, Body
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.memory import service as memory
from backend.memory.schemas import FactRow, MemoryRow

router = APIRouter(prefix="/functions/v1")
Caller = Annotated[Principal, Depends(principal)]

_FIELDS = ("summary", "key_topics", "preferences", "relationship_notes")


@router.post("/list-memories")
async def list_memories(request: Request, who: Caller) -> JSONResponse:
    """List what an agent remembers, updated last first."""
    body = await Body.of(request)
    agent_id = body.id("agent_id")
    limit, offset = body.page()
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            await agents.get(session, agent_id)
            rows, total = await memory.page(session, agent_id, limit, offset)
    return body.reply({"memories": [_row(row) for row in rows], "total": total, "has_more": total > offset + limit})


@router.post("/get-memory")
async def get_memory(request: Request, who: Caller) -> JSONResponse:
    """Read one memory with its facts, each with the sentence that proves it, and the conversations it is made of."""
    body = await Body.of(request)
    memory_id = body.id("memory_id", "id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            found = await memory.view(session, memory_id)
    return body.reply(
        {
            **_row(found["memory"]),
            "facts": [_fact(fact) for fact in found["facts"]],
            "call_history": [
                {
                    "id": one["id"],
                    "started_at": one["at"],
                    "duration_seconds": None,
                    "call_summary": one["summary"],
                    "direction": "inbound",
                }
                for one in found["earlier"]
                if one["channel"] == "call"
            ],
            "conversation_history": found["earlier"],
            "created_at": found["memory"]["created_at"],
        }
    )


@router.post("/update-memory")
async def update_memory(request: Request, who: Caller) -> JSONResponse:
    """Change what the team may write into a memory."""
    body = await Body.of(request)
    memory_id = body.id("memory_id", "id")
    given = {name: body.value(name) for name in _FIELDS if body.value(name) is not None}
    if not given:
        raise BadParameter(f"Name a field to change: {', '.join(_FIELDS)}.", code="no_updates")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            await memory.change(session, who, memory_id, given)
            found = await memory.view(session, memory_id)
    return body.reply(_row(found["memory"]))


@router.post("/delete-memory")
async def delete_memory(request: Request, who: Caller) -> JSONResponse:
    """Forget a memory as a whole."""
    body = await Body.of(request)
    memory_id = body.id("memory_id", "id")
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            await memory.forget(session, who, memory_id)
    return body.reply({"success": True})


@router.post("/semantic-memory-search")
async def search_memories(request: Request, who: Caller) -> JSONResponse:
    """Find an agent's memories by words and by their meaning, the likest first."""
    body = await Body.of(request)
    agent_id, query = body.id("agentId", "agent_id"), body.text("query", longest=500)
    vector = await memory.vector_of(query)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            await agents.get(session, agent_id)
            rows = await memory.search(session, agent_id, query, vector)
    return body.reply({"results": [{**_row(row), "similarity": row["similarity"]} for row in rows]})


def _row(row: MemoryRow) -> dict[str, Any]:
    """Return a memory under the reference product's names."""
    return {
        "id": row["id"],
        "agent_id": row["agent_id"],
        "contact_phone": row["contact_phone"] or None,
        "contacts": {
            "id": row["contact_id"],
            "name": row["contact_name"],
            "phone_number": row["contact_phone"] or None,
        },
        **{name: row[name] for name in _FIELDS},  # type: ignore[literal-required]
        "interaction_count": row["interaction_count"],
        "sms_interaction_count": row["sms_interaction_count"],
        "semantic_match_count": row["semantic_match_count"],
        "last_updated": row["last_updated"],
    }


def _fact(fact: FactRow) -> Mapping[str, Any]:
    return {name: value for name, value in fact.items() if name not in ("memory_id", "seq")}
