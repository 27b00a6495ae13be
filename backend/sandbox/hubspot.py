"""HubSpot's CRM API v3 as far as notes go: make and search contacts and notes, with a private app's token."""

import json
from collections import deque
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox.world import world_of

_KEPT = 500
_KINDS = ("contacts", "notes")


def routes() -> list[Route]:
    """Return the routes under /crm/v3, and the one that shows what is kept."""
    crm = _Crm()
    return [
        Route("/crm/v3/objects/{kind}", crm.create, methods=["POST"]),
        Route("/crm/v3/objects/{kind}/search", crm.search, methods=["POST"]),
        Route("/hubspot/{kind}", crm.kept, methods=["GET", "DELETE"]),
    ]


def _refusal(status: int, category: str, message: str) -> JSONResponse:
    return JSONResponse({"status": "error", "message": message, "category": category}, status)


class _Crm:
    def __init__(self) -> None:
        self._rows: dict[str, deque[dict[str, Any]]] = {kind: deque(maxlen=_KEPT) for kind in _KINDS}
        self._last = 100

    async def create(self, request: Request) -> Response:
        body, refused = await self._asked(request)
        if refused is not None:
            return refused
        properties = body.get("properties")
        if not isinstance(properties, dict):
            return _refusal(400, "VALIDATION_ERROR", "Invalid input JSON: properties are required")
        kind = request.path_params["kind"]
        if kind == "notes" and not properties.get("hs_timestamp"):
            return _refusal(400, "VALIDATION_ERROR", "Property values were not valid: hs_timestamp is required")
        for one in body.get("associations") or []:
            known = {row["id"] for row in self._rows["contacts"]}
            if not isinstance(one, dict) or (one.get("to") or {}).get("id") not in known:
                return _refusal(404, "OBJECT_NOT_FOUND", "No object to associate with was found.")
        self._last += 1
        row = {"id": str(self._last), "properties": properties, "associations": body.get("associations") or []}
        self._rows[kind].append(row)
        return JSONResponse({"id": row["id"], "properties": properties, "archived": False}, 201)

    async def search(self, request: Request) -> Response:
        body, refused = await self._asked(request)
        if refused is not None:
            return refused
        groups = body.get("filterGroups")
        if not isinstance(groups, list) or not groups:
            return _refusal(400, "VALIDATION_ERROR", "At least one filter group is required")
        try:
            found = [row for row in self._rows[request.path_params["kind"]] if any(_fits(row, one) for one in groups)]
        except (KeyError, TypeError):
            return _refusal(400, "VALIDATION_ERROR", "There was a problem with the request.")
        limit = body.get("limit", 10)
        return JSONResponse({"total": len(found), "results": found[: limit if isinstance(limit, int) else 10]})

    async def kept(self, request: Request) -> Response:
        kind = request.path_params["kind"]
        if kind not in _KINDS:
            return JSONResponse({"results": []}, 404)
        if request.method == "DELETE":
            self._rows[kind].clear()
        return JSONResponse({"results": list(self._rows[kind])})

    async def _asked(self, request: Request) -> tuple[dict[str, Any], Response | None]:
        token = world_of(request).settings.hubspot_token
        if request.headers.get("authorization") != f"Bearer {token}":
            return {}, _refusal(401, "INVALID_AUTHENTICATION", "The OAuth token used to make this call is not valid.")
        if request.path_params["kind"] not in _KINDS:
            return {}, _refusal(404, "OBJECT_NOT_FOUND", "Unable to infer object type.")
        try:
            body: Any = json.loads(await request.body())
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return {}, _refusal(400, "VALIDATION_ERROR", "Invalid input JSON")
        return body, None


def _fits(row: dict[str, Any], group: dict[str, Any]) -> bool:
    return all(_holds(row["properties"], one) for one in group["filters"])


def _holds(properties: dict[str, Any], wanted: dict[str, Any]) -> bool:
    value, asked = str(properties.get(wanted["propertyName"], "")), str(wanted["value"])
    if wanted["operator"] == "CONTAINS_TOKEN":
        return bool(asked.strip("*")) and asked.strip("*").casefold() in value.casefold()
    return wanted["operator"] == "EQ" and value.casefold() == asked.casefold()
