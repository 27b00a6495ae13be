"""Assemble the HTTP API: every router under functions/ and public/, with one error shape for all of it."""

import pkgutil
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from types import ModuleType

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match

import backend.api.functions
import backend.api.public
from backend.api import errors
from backend.api.cross_origin import CrossOrigin
from backend.core.errors import NotFound

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]


def create_api() -> FastAPI:
    """Return the API. A module under `functions/` or `public/` joins by having a `router`."""
    api = FastAPI(title="Magpipe", version="1", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    errors.install(api)
    api.add_middleware(CrossOrigin)
    routers = [*_routers(backend.api.functions), *_routers(backend.api.public)]
    for router in routers:
        api.include_router(router)
    unknown = _unknown([route for router in routers for route in router.routes])
    for prefix in ("/functions", "/api"):
        api.add_api_route(prefix + "/{rest:path}", unknown, methods=_METHODS, include_in_schema=False)
    return api


def _routers(package: ModuleType) -> list[APIRouter]:
    found = sorted(module.name for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."))
    modules = [import_module(name) for name in found]
    return [module.router for module in modules if hasattr(module, "router")]


def _unknown(routes: Sequence[BaseRoute]) -> Callable[[Request], Awaitable[Response]]:
    """Return the answer for a path nobody serves, or serves with another method; else the pages' 404 would answer."""

    async def unknown(request: Request) -> Response:
        allowed: set[str] = set()
        for route in routes:
            matched, _ = route.matches(request.scope)
            if matched == Match.PARTIAL:
                allowed |= set(getattr(route, "methods", None) or ())
        if not allowed:
            raise NotFound("There is no function at this address.", code="unknown_function")
        words = f"Use {' or '.join(sorted(allowed - {'HEAD'}))}."
        response = errors.envelope(405, "method_not_allowed", words, errors.request_id(request))
        response.headers["Allow"] = ", ".join(sorted(allowed))
        return response

    return unknown
