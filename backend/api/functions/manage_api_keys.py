"""Make, list and revoke API keys: `POST /functions/v1/manage-api-keys` with an `action`."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, StringConstraints

from backend.accounts import service as accounts
from backend.api.auth import principal
from backend.core.errors import Invalid
from backend.core.principal import Principal
from backend.core.tenancy import org_scope, unit_of_work

router = APIRouter(prefix="/functions/v1", tags=["api keys"])

Text = Annotated[str, StringConstraints(max_length=1000)]


class ManageApiKeys(BaseModel):
    """What to do: `generate` takes `name`, `revoke` takes `key_id`, `list` nothing."""

    model_config = ConfigDict(extra="ignore")

    action: Text = ""
    name: Text = ""
    key_id: Text = ""


@router.post("/manage-api-keys")
async def manage_api_keys(body: ManageApiKeys, who: Annotated[Principal, Depends(principal)]) -> dict[str, Any]:
    """Return the new key (shown this once), the keys, or that one was revoked; a key itself may only list."""
    with org_scope(who.org_id):
        async with unit_of_work() as session:
            match body.action:
                case "generate":
                    return {**await accounts.create_key(session, who, body.name)}
                case "list":
                    return {"keys": await accounts.list_keys(session, who)}
                case "revoke":
                    await accounts.revoke_key(session, who, body.key_id)
                    return {"success": True}
    raise Invalid("Choose an action: generate, list or revoke.", field="action")
