"""JSON the tests and the demo steer calls with: call a business, speak, press keys, hang up, say how phones behave."""

import json
import re
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox.calls import INBOUND, Answer, Behaviour, Call, Recording
from backend.sandbox.phones import is_e164
from backend.sandbox.world import world_of

_LONGEST_MS = 3_600_000
# Tones take 40 ms a character.
_LONGEST_LINE = 500


class _Wanted(BaseModel, extra="forbid"):
    """How a telephone is to behave."""

    answers: Answer = "person"
    rings_ms: int = Field(default=50, ge=0, le=_LONGEST_MS)
    talks_ms: int = Field(default=10_000, ge=0, le=_LONGEST_MS)
    digits: str = Field(default="", pattern=r"^[0-9*#]{0,32}$")
    says: str = Field(default="", max_length=_LONGEST_LINE)
    lets_through: bool = True


def routes() -> list[Route]:
    """Return the routes under /sandbox that are about calls."""
    return [
        Route("/sandbox/calls", _calls, methods=["GET", "POST"]),
        Route("/sandbox/calls/{sid}", _call, methods=["GET"]),
        Route("/sandbox/calls/{sid}/say", _say, methods=["POST"]),
        Route("/sandbox/calls/{sid}/press", _press, methods=["POST"]),
        Route("/sandbox/calls/{sid}/hang-up", _hang_up, methods=["POST"]),
        Route("/sandbox/calls/{sid}/recordings", _record, methods=["POST"]),
        Route("/sandbox/lines/{number:path}", _line, methods=["PUT"]),
    ]


def _refusal(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"message": message}}, status)


def call_json(call: Call) -> dict[str, Any]:
    """Return a call as the control API shows it."""
    return {
        "sid": call.sid,
        "direction": call.direction,
        "from": call.from_number,
        "to": call.to_number,
        "status": call.status,
        "answered_by": call.answered_by,
        "heard": call.heard,
        "talk": [{"who": who, "text": words} for who, words in call.talk],
        "notes": call.notes,
        "most_waiting_ms": call.most_waiting_ms,
        "duration_s": call.duration_s,
        "parent_sid": call.parent_sid,
    }


async def _calls(request: Request) -> Response:
    """List calls, or let a customer's telephone call a number of the business."""
    world = world_of(request)
    if request.method == "GET":
        return JSONResponse([call_json(call) for call in world.calls.all()])
    try:
        body = json.loads(await request.body())
        caller, called = str(body["from"]), str(body["to"])
    except (ValueError, TypeError, KeyError):
        return _refusal(422, 'The body must be {"from": a number, "to": a number}.')
    if world.numbers.find_by_number(called) is None:
        return _refusal(422, f"{called or 'The number'} is not a number of this project.")
    if not is_e164(caller) and caller != "anonymous":
        return _refusal(422, f"{caller or 'The caller'} is neither a phone number nor anonymous.")
    call = world.calls.add(Call(INBOUND, caller, called))
    world.switchboard.take_up(call)
    return JSONResponse(call_json(call), 201)


async def _call(request: Request) -> Response:
    call = world_of(request).calls.find(request.path_params["sid"])
    return JSONResponse(call_json(call)) if call else _refusal(404, "There is no such call.")


async def _say(request: Request) -> Response:
    """Let the customer say something into the line."""
    call, given = world_of(request).calls.find(request.path_params["sid"]), await _text_of(request, "text")
    if call is None or call.has_ended:
        return _refusal(404, "There is no such call, or it has ended.")
    if not given or len(given) > _LONGEST_LINE:
        return _refusal(422, f'The body must be {{"text": words}}, at most {_LONGEST_LINE} characters.')
    call.say(given)
    return JSONResponse(call_json(call))


async def _press(request: Request) -> Response:
    """Let the customer press keys."""
    call, given = world_of(request).calls.find(request.path_params["sid"]), await _text_of(request, "digits")
    if call is None or call.has_ended:
        return _refusal(404, "There is no such call, or it has ended.")
    if not re.fullmatch(r"[0-9*#]{1,32}", given):
        return _refusal(422, 'The body must be {"digits": keys}, such as 12#.')
    call.press(given)
    return JSONResponse(call_json(call))


async def _record(request: Request) -> Response:
    """Let the carrier record words in a call, running or over, and tell nobody of it."""
    call, given = world_of(request).calls.find(request.path_params["sid"]), await _text_of(request, "text")
    if call is None:
        return _refusal(404, "There is no such call.")
    if not given or len(given) > _LONGEST_LINE:
        return _refusal(422, f'The body must be {{"text": words}}, at most {_LONGEST_LINE} characters.')
    kept = Recording(given)
    call.recordings.append(kept)
    return JSONResponse({"sid": kept.sid}, 201)


async def _text_of(request: Request, name: str) -> str:
    try:
        return str(json.loads(await request.body())[name]).strip()
    except (ValueError, TypeError, KeyError):
        return ""


async def _hang_up(request: Request) -> Response:
    """Let the customer hang up."""
    call = world_of(request).calls.find(request.path_params["sid"])
    if call is None:
        return _refusal(404, "There is no such call.")
    call.hung_up.set()
    return JSONResponse(call_json(call))


async def _line(request: Request) -> Response:
    """Say how a telephone, or a SIP address, takes calls from now on."""
    try:
        wanted = _Wanted.model_validate_json(await request.body())
    except ValidationError as wrong:
        return _refusal(422, "; ".join(str(error["msg"]) for error in wrong.errors()))
    world_of(request).calls.behave(request.path_params["number"], Behaviour(**wanted.model_dump()))
    return JSONResponse(wanted.model_dump())
