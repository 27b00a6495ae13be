"""Answer every failure in one shape: {"error": {"code", "message", "details"?}, "request_id"}."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from backend.core.errors import LimitReached, MagpipeError
from backend.core.logging import log

_WORDS = {
    "missing": "This field is missing.",
    "json_invalid": "The body is not valid JSON.",
    "string_type": "This must be text.",
    "string_too_long": "This is too long.",
    "string_too_short": "This is too short.",
    "extra_forbidden": "This field is not known here.",
}


def request_id(request: Request) -> str:
    """Return the id this request was given on its way in."""
    return str(request.scope.get("magpipe.request_id", ""))


def answer(error: MagpipeError, request_id: str) -> JSONResponse:
    """Return the response to an expected failure."""
    headers = {}
    if isinstance(error, LimitReached) and "retry_after_s" in error.details:
        headers["Retry-After"] = str(error.details["retry_after_s"])
    return JSONResponse(error.body(request_id), error.status, headers)


def envelope(status: int, code: str, message: str, request_id: str, **details: Any) -> JSONResponse:
    """Return a response in our shape for what has no error of its own."""
    error: dict[str, Any] = {"code": code, "message": message}
    if details:
        error["details"] = details
    return JSONResponse({"error": error, "request_id": request_id}, status)


def install(app: FastAPI) -> None:
    """Make an application answer its failures in our shape."""
    app.add_exception_handler(MagpipeError, _expected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _bug)


async def _expected(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, MagpipeError)
    if error.status >= 500:
        log.warning("api.failed", path=request.url.path, code=error.code, message=error.message)
    return answer(error, request_id(request))


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Name the first field that is wrong; what was sent is not repeated."""
    assert isinstance(error, RequestValidationError)
    first: Mapping[str, Any] = next(iter(error.errors()), {})
    place = [str(part) for part in first.get("loc", ()) if part not in ("body", "query", "path", "header")]
    kind = str(first.get("type", ""))
    if kind == "json_invalid":
        place = []
    message = _WORDS.get(kind, str(first.get("msg", "This value is not valid.")).removeprefix("Value error, "))
    details = {"field": ".".join(place)} if place else {}
    return envelope(422, "invalid", message, request_id(request), **details)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    response = envelope(error.status_code, code, str(error.detail or phrase), request_id(request))
    response.headers.update(error.headers or {})
    return response


async def _bug(request: Request, error: Exception) -> JSONResponse:
    """Answer for a bug; the framework raises it on, and `limits.RequestLimits` logs it once."""
    words = "Something went wrong on our side. Tell support the request id."
    return envelope(500, "internal", words, request_id(request))
