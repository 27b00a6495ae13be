"""Assemble the HTTP API: every router under functions/ and public/, with one error shape for all of it."""

import pkgutil
from importlib import import_module
from types import ModuleType

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response
from starlette.routing import Match

import backend.api.functions
import backend.api.public
from backend.api import errors
from backend.core.errors import NotFound

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


def create_api() -> FastAPI:
    """Return the API. A module under `functions/` or `public/` joins by having a `router`."""
    api = FastAPI(title="Magpipe", version="1", docs_url="/api/docs", redoc_url=None, openapi_url="/api/openapi.json")
    errors.install(api)
    for package in (backend.api.functions, backend.api.public):
        for router in _routers(package):
            api.include_router(router)
    for prefix in ("/functions", "/api"):
        api.add_api_route(prefix + "/{rest:path}", _unknown, methods=_METHODS, include_in_schema=False)
    return api


def _routers(package: ModuleType) -> list[APIRouter]:
    found = sorted(module.name for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."))
    modules = [import_module(name) for name in found]
    return [module.router for module in modules if hasattr(module, "router")]


async def _unknown(request: Request, rest: str) -> Response:
    """Answer for a path nobody serves, or serves with another method; without this the pages' 404 would."""
    allowed: set[str] = set()
    for route in request.app.router.routes:
        matched, _ = route.matches(request.scope)
        if matched == Match.PARTIAL:
            allowed |= set(getattr(route, "methods", None) or ())
    if allowed:
        words = f"Use {' or '.join(sorted(allowed - {'HEAD'}))}."
        response = errors.envelope(405, "method_not_allowed", words, errors.request_id(request))
        response.headers["Allow"] = ", ".join(sorted(allowed))
        return response
    raise NotFound("There is no function at this address.", code="unknown_function")
