"""Take files of knowledge from the members of an organization."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from backend.api.auth import principal
from backend.core.errors import NotFound
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work
from backend.knowledge import service as knowledge
from backend.vocab import MemberRole

router = APIRouter(prefix="/api/knowledge")
Caller = Annotated[Principal, Depends(principal)]


@router.post("/files")
async def take(request: Request, who: Caller, name: str = "file.txt", agent: str = "") -> JSONResponse:
    """Teach what the file in the request's body says to one agent, or to all when none is named."""
    who.require(MemberRole.EDITOR)
    content = await request.body()
    name = name.replace("\x00", "")
    document = await knowledge.read_file(name, content)
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            made = await knowledge.add_file(session, who, name, document, agent_id=_id(agent) if agent else None)
    return JSONResponse({"id": str(made.id), "title": made.title}, 201)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("This agent does not exist.") from None
