"""JSON the tests and the demo steer the customers' mail with: emails they write, addresses the business forwards."""

import json
import re
from email.utils import parseaddr
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox.letters import Draft, Letter
from backend.sandbox.world import World, world_of

_ADDRESS = re.compile(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LONGEST = {"name": 120, "subject": 300, "text": 100_000}


def routes() -> list[Route]:
    """Return the routes under /sandbox."""
    return [
        Route("/sandbox/letters", _letters, methods=["POST"]),
        Route("/sandbox/forwarding/{address}", _forwarding, methods=["PUT"]),
    ]


class BadLetter(ValueError):
    """An email no mail server would take; the message says why."""


def write(world: World, given: dict[str, Any]) -> Letter:
    """Bring a customer's email on its way: `from`, `name`, `to`, `subject`, `text`, `answers`, `is_signed`.

    Raises `BadLetter`.
    """
    fields = {name: given.get(name, "") for name in ("from", "name", "to", "subject", "text")}
    for name, value in fields.items():
        if not isinstance(value, str) or len(value) > _LONGEST.get(name, 320):
            raise BadLetter(f"“{name}” must be text, and not too long.")
    for name in ("from", "to"):
        if not _ADDRESS.fullmatch(fields[name].strip()):
            raise BadLetter(
                f"{fields[name].strip()[:60] or 'Nothing'} is not an address such as dana@customer.example."
            )
    if not fields["text"].strip():
        raise BadLetter("An email needs words.")
    answers = given.get("answers") or []
    if not isinstance(answers, list) or not all(isinstance(one, str) for one in answers):
        raise BadLetter("“answers” must be a list of message ids.")
    return world.post_office.send(
        Draft(
            sender=fields["from"].strip(),
            sender_name=" ".join(fields["name"].split()),
            recipient=fields["to"].strip(),
            subject=" ".join(fields["subject"].split()),
            body=fields["text"].replace("\r\n", "\n").strip(),
            answers=tuple(answers),
            is_signed=given.get("is_signed") is not False,
        )
    )


async def _letters(request: Request) -> Response:
    body = await _body(request)
    if not isinstance(body, dict):
        return _refusal("The body must be a JSON object.")
    try:
        letter = write(world_of(request), body)
    except BadLetter as wrong:
        return _refusal(str(wrong))
    return JSONResponse({"id": letter.id, "to": letter.text("OriginalRecipient")}, 201)


async def _forwarding(request: Request) -> Response:
    body, address = await _body(request), request.path_params["address"]
    target = body.get("to") if isinstance(body, dict) else None
    if not isinstance(target, str) or not _ADDRESS.fullmatch(target) or parseaddr(address)[1] != address:
        return _refusal('The body must be {"to": an address}, and the path end in one.')
    world_of(request).letters.forward(address, target)
    return JSONResponse({"address": address, "to": target})


async def _body(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        return None


def _refusal(message: str) -> JSONResponse:
    return JSONResponse({"error": {"message": message}}, 422)
