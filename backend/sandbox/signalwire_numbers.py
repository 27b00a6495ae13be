"""SignalWire's Relay REST API for phone numbers: list, search, rent, configure, release."""

import itertools
import json
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox.basic_auth import has_credentials
from backend.sandbox.numbers import AREAS, FIELDS, BadNumberSetting, Number
from backend.sandbox.world import World, world_of

_BASE = "/api/relay/rest/phone_numbers"
_MOST_OFFERS = 50


def routes() -> list[Route]:
    """Return the routes of this API."""
    return [
        Route(_BASE, _numbers, methods=["GET", "POST"]),
        Route(_BASE + "/search", _search, methods=["GET"]),
        Route(_BASE + "/{id}", _number, methods=["GET", "PUT", "DELETE"]),
    ]


def _refusal(status: int, code: str, message: str, attribute: str | None = None) -> JSONResponse:
    kind = {401: "authentication_error", 404: "not_found_error"}.get(status, "validation_error")
    error = {
        "type": kind,
        "code": code,
        "message": message,
        "attribute": attribute,
        "url": f"https://developer.signalwire.com/rest/overview/error-codes#{code}",
    }
    return JSONResponse({"errors": [error]}, status)


def _stranger(request: Request, world: World) -> JSONResponse | None:
    if has_credentials(request, world.settings):
        return None
    return _refusal(401, "unauthorized", "The project or token is not valid")


async def _body(request: Request) -> dict[str, Any] | None:
    try:
        body = json.loads(await request.body())
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _resource(number: Number) -> dict[str, Any]:
    country = AREAS.get(number.number[2:5], ("US", "", ""))[0]
    defaults: dict[str, Any] = dict.fromkeys(sorted(FIELDS))
    defaults |= {
        "call_receive_mode": "voice",
        "message_request_method": "POST",
        "call_request_method": "POST",
    }
    return {
        "id": number.id,
        "number": number.number,
        "capabilities": ["voice", "sms", "mms"],
        "number_type": "longcode",
        "e911_address_id": None,
        "created_at": number.created_at,
        "updated_at": number.updated_at,
        "next_billed_at": None,
        "country_code": country,
        **defaults,
        **number.settings,
        "name": number.name,
    }


async def _numbers(request: Request) -> Response:
    world = world_of(request)
    if refused := _stranger(request, world):
        return refused
    if request.method == "POST":
        return await _rent(request, world)
    query = request.query_params
    try:
        page, size = int(query.get("page_number", "0")), int(query.get("page_size", "50"))
    except ValueError:
        page, size = -1, 0
    if page < 0 or not 1 <= size <= 1000:
        return _refusal(422, "invalid_parameter", "page_number or page_size is not valid", "page_size")
    name, digits = query.get("filter_name", "").casefold(), query.get("filter_number", "")
    found = [n for n in world.numbers.all() if name in n.name.casefold() and digits in n.number]

    def link(number: int) -> str:
        kept = [(key, value) for key, value in query.multi_items() if key not in ("page_number", "page_size")]
        return f"{_BASE}?" + urlencode([*kept, ("page_number", number), ("page_size", size)])

    links = {"self": link(page), "first": link(0)}
    if len(found) > (page + 1) * size:
        links["next"] = link(page + 1)
    if page:
        links["prev"] = link(page - 1)
    return JSONResponse({"links": links, "data": [_resource(n) for n in found[page * size :][:size]]})


async def _rent(request: Request, world: World) -> Response:
    body = await _body(request)
    wanted = str((body or {}).get("number") or "")
    if not wanted:
        return _refusal(422, "missing_required_parameter", "number is required", "number")
    if world.numbers.find_by_number(wanted) or not world.numbers.is_offered(wanted):
        return _refusal(422, "number_not_available", "This number is not available for purchase", "number")
    return JSONResponse(_resource(world.numbers.rent(wanted)), 201)


async def _search(request: Request) -> Response:
    world = world_of(request)
    if refused := _stranger(request, world):
        return refused
    query = request.query_params
    area = query.get("areacode") or query.get("area_code") or ""
    if area and (len(area) != 3 or not area.isdigit() or area[0] in "01"):
        return _refusal(422, "invalid_parameter", "areacode must have three digits", "areacode")
    try:
        most = int(query.get("max_results", "10"))
    except ValueError:
        return _refusal(422, "invalid_parameter", "max_results must be a number", "max_results")
    offers = world.numbers.offers(
        area, query.get("region", ""), query.get("city", ""), query.get("contains", "").strip("*")
    )
    if query.get("starts_with"):
        offers = (offer for offer in offers if offer.number[2:].startswith(query["starts_with"]))
    if query.get("ends_with"):
        offers = (offer for offer in offers if offer.number.endswith(query["ends_with"]))
    data = [
        {
            "e164": offer.number,
            "number": offer.number,
            "region": offer.region,
            "city": offer.city,
            "rate_center": offer.city.upper(),
            "lata": "",
            "country_code": offer.country,
            "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        }
        for offer in itertools.islice(offers, max(0, min(most, _MOST_OFFERS)))
    ]
    return JSONResponse({"links": {"self": str(request.url.path)}, "data": data})


async def _number(request: Request) -> Response:
    world = world_of(request)
    if refused := _stranger(request, world):
        return refused
    number = world.numbers.find(request.path_params["id"])
    if number is None:
        return _refusal(404, "not_found", "The phone number does not exist")
    if request.method == "DELETE":
        world.numbers.release(number)
        return Response(status_code=204)
    if request.method == "PUT":
        changes = await _body(request)
        if changes is None:
            return _refusal(422, "invalid_body", "The body must be a JSON object")
        try:
            number = world.numbers.configure(number, changes)
        except BadNumberSetting as wrong:
            return _refusal(422, "invalid_parameter", str(wrong), wrong.attribute)
    return JSONResponse(_resource(number))
