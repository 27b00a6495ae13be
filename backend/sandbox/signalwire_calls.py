"""SignalWire's compatibility REST API for calls: dial, list, read, send elsewhere, hang up."""

from email.utils import formatdate
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox.calls import ENDS, OUTBOUND, Call
from backend.sandbox.carrier import API_VERSION
from backend.sandbox.phones import is_e164
from backend.sandbox.signalwire_messages import refusal, stranger
from backend.sandbox.world import World, world_of

_BASE = "/api/laml/" + API_VERSION + "/Accounts/{account}/Calls"
_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})


def routes() -> list[Route]:
    """Return the routes of this API; each answers with and without `.json`."""
    return [
        Route(_BASE, _calls, methods=["GET", "POST"]),
        Route(_BASE + ".json", _calls, methods=["GET", "POST"]),
        Route(_BASE + "/{sid}", _call, methods=["GET", "POST"]),
    ]


def _resource(call: Call, world: World) -> dict[str, Any]:
    account = f"/api/laml/{API_VERSION}/Accounts/{world.settings.project}"
    return {
        "sid": call.sid,
        "account_sid": world.settings.project,
        "from": call.from_number,
        "to": call.to_number,
        "status": call.status,
        "direction": call.direction,
        "answered_by": call.answered_by or None,
        "duration": str(call.duration_s) if call.ended_at else None,
        "date_created": formatdate(call.created_at, usegmt=True),
        "start_time": formatdate(call.answered_at, usegmt=True) if call.answered_at else None,
        "end_time": formatdate(call.ended_at, usegmt=True) if call.ended_at else None,
        "uri": f"{account}/Calls/{call.sid}.json",
    }


async def _calls(request: Request) -> Response:
    world = world_of(request)
    if refused := stranger(request, world):
        return refused
    if request.method == "POST":
        return await _dial(request, world)
    query = request.query_params
    wanted = {"from_number": query.get("From"), "to_number": query.get("To"), "status": query.get("Status")}
    found = [
        call
        for call in world.calls.all()
        if all(value in (None, "", getattr(call, name)) for name, value in wanted.items())
    ]
    page = {"uri": request.url.path, "page": 0, "page_size": len(found), "next_page_uri": None}
    return JSONResponse({**page, "calls": [_resource(call, world) for call in found]})


async def _dial(request: Request, world: World) -> Response:
    form = await request.form()
    to, sender, url = (str(form.get(name) or "") for name in ("To", "From", "Url"))
    if not to or not sender or not url:
        return refusal(400, 21201, "To, From and Url are required")
    if not is_e164(to):
        return refusal(400, 21211, f"The 'To' number {to} is not a valid phone number")
    if world.numbers.find_by_number(sender) is None:
        return refusal(400, 21212, f"The 'From' number {sender} is not one of this project")
    asked = frozenset(str(event) for event in form.getlist("StatusCallbackEvent")) & _EVENTS
    call = world.calls.add(
        Call(
            OUTBOUND,
            sender,
            to,
            url=url,
            status_callback=str(form.get("StatusCallback") or ""),
            # Without a wish, the end alone is told; an end that is not `completed` is told as that is.
            status_events=(asked | ENDS) if "completed" in asked or not asked else asked,
            detects_machines=str(form.get("MachineDetection") or "none") != "none",
            machine_callback=str(form.get("AsyncAmdStatusCallback") or "") if form.get("AsyncAmd") == "true" else "",
            timeout_s=float(str(form.get("Timeout") or "60")),
        )
    )
    world.switchboard.take_up(call)
    return JSONResponse(_resource(call, world), 201)


async def _call(request: Request) -> Response:
    world = world_of(request)
    if refused := stranger(request, world):
        return refused
    call = world.calls.find(request.path_params["sid"].removesuffix(".json"))
    if call is None:
        return refusal(404, 20404, "The requested resource was not found")
    if request.method == "POST":
        form = await request.form()
        if str(form.get("Status") or "") in ("completed", "canceled"):
            call.hung_up.set()
        elif url := str(form.get("Url") or ""):
            if call.has_ended:
                return refusal(400, 21220, "Call is not in-progress. Cannot redirect.")
            call.redirected_to = url
            call.moved.set()
    return JSONResponse(_resource(call, world))
