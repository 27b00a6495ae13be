"""JSON the tests and the demo steer the sandbox with: texts, phones, mail, faults, health."""

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox.faults import Fault
from backend.sandbox.mailbox import Email
from backend.sandbox.phones import Phone, is_e164
from backend.sandbox.texts import INBOUND, NewMedia, Text
from backend.sandbox.world import World, world_of

_FAULTS = TypeAdapter(list[Fault])
_LONGEST_TEXT = 20_000
_LARGEST_MEDIA = 5_000_000


def routes() -> list[Route]:
    """Return the routes under /sandbox."""
    return [
        Route("/sandbox/health", _health, methods=["GET"]),
        Route("/sandbox/faults", _faults, methods=["GET", "PUT", "DELETE"]),
        Route("/sandbox/texts", _texts, methods=["GET", "POST"]),
        Route("/sandbox/phones/{number}", _phone, methods=["GET", "POST"]),
        Route("/sandbox/numbers", _numbers, methods=["GET"]),
        Route("/sandbox/mailbox", _mailbox, methods=["GET"]),
        Route("/sandbox/mailbox/{address}", _address, methods=["PUT"]),
    ]


class BadText(ValueError):
    """A customer's text the carrier would not take; the message says why."""


def _refusal(status: int, message: str) -> JSONResponse:
    return JSONResponse({"error": {"message": message}}, status)


async def _body(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        return None


async def _health(request: Request) -> Response:
    world = world_of(request)
    return JSONResponse({"status": "ok", "service": "sandbox", "numbers": len(world.numbers.all())})


async def _faults(request: Request) -> Response:
    board = world_of(request).faults
    if request.method == "DELETE":
        board.replace([])
    elif request.method == "PUT":
        try:
            wanted = _FAULTS.validate_json(await request.body())
            seed = int(request.query_params["seed"]) if "seed" in request.query_params else None
        except ValidationError as wrong:
            return _refusal(422, "; ".join(str(error["msg"]) for error in wrong.errors()))
        except ValueError:
            return _refusal(422, "seed must be a number")
        board.replace(wanted, seed)
    return JSONResponse([fault.model_dump() for fault in board.active])


def text_json(text: Text, world: World) -> dict[str, Any]:
    """Return a text as the control API shows it."""
    return {
        "seq": text.seq,
        "sid": text.sid,
        "direction": text.direction,
        "from": text.from_number,
        "to": text.to_number,
        "body": text.body,
        "status": text.status,
        "error_code": text.error_code,
        "num_segments": text.num_segments,
        "webhook": text.webhook,
        "webhook_note": text.webhook_note,
        "at": datetime.fromtimestamp(text.created_at, UTC).isoformat(),
        "media": [
            {"url": world.carrier.media_url(item), "content_type": item.content_type}
            for item in world.texts.media(text.sid)
        ],
    }


async def _texts(request: Request) -> Response:
    world = world_of(request)
    if request.method == "GET":
        return _list_texts(request, world)
    body = await _body(request)
    if not isinstance(body, dict):
        return _refusal(422, "The body must be a JSON object.")
    try:
        media = await _media_of(body, world)
        text = send_as_customer(world, str(body.get("from", "")), str(body.get("to", "")), body.get("body"), media)
    except BadText as wrong:
        return _refusal(422, str(wrong))
    return JSONResponse(text_json(text, world), 201)


def send_as_customer(world: World, sender: str, recipient: str, body: Any, media: list[NewMedia]) -> Text:
    """Store a customer's text and start its way to the business. Raises BadText."""
    if not is_e164(sender):
        raise BadText(f"{sender or 'The sender'} is not a phone number such as +14155550199.")
    if world.numbers.find_by_number(recipient) is None:
        raise BadText(f"{recipient or 'The recipient'} is not a number of this project.")
    if body is not None and not isinstance(body, str):
        raise BadText("The body must be text.")
    if not body and not media:
        raise BadText("A text needs words or a picture.")
    if len(body or "") > _LONGEST_TEXT:
        raise BadText(f"A text may have at most {_LONGEST_TEXT} characters.")
    text = world.texts.add(direction=INBOUND, from_number=sender, to_number=recipient, body=body or "", media=media)
    world.carrier.take_up(text)
    return text


async def _media_of(body: dict[str, Any], world: World) -> list[NewMedia]:
    """Return attachments given as base64 (`media`) or as addresses to fetch (`media_urls`)."""
    found = []
    for item in body.get("media") or []:
        try:
            content = base64.b64decode(str(item["data"]), validate=True)
            found.append(NewMedia(str(item["content_type"]), content))
        except (TypeError, KeyError, binascii.Error) as wrong:
            raise BadText("Each item of media needs content_type and base64 data.") from wrong
    for url in body.get("media_urls") or []:
        fetched = await world.carrier.webhooks.fetch(str(url))
        if fetched is None:
            raise BadText(f"Nothing could be fetched from {url}.")
        found.append(NewMedia(fetched[0], fetched[1], str(url)))
    if any(len(item.content or b"") > _LARGEST_MEDIA for item in found):
        raise BadText("A picture may have at most 5 MB.")
    return found


def _list_texts(request: Request, world: World) -> Response:
    query = request.query_params
    since, after_seq, since_time = query.get("since", ""), 0, 0.0
    try:
        if since.isdigit():
            after_seq = int(since)
        elif since:
            moment = datetime.fromisoformat(since.replace(" ", "+"))
            since_time = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        limit = int(query.get("limit", "5000"))
    except ValueError:
        return _refusal(422, "since must be a seq or an ISO time, limit a number.")
    # An unencoded plus arrives as a space: accept it, since every number starts with one.
    one, other = (query.get(name, "").replace(" ", "+") for name in ("from", "to"))
    found = world.texts.between(one, other, after_seq, since_time, limit)
    return JSONResponse([text_json(text, world) for text in found])


async def _phone(request: Request) -> Response:
    world, number = world_of(request), request.path_params["number"]
    if not is_e164(number):
        return _refusal(422, "The path must end in a number such as +14155550199.")
    phone = world.phones.get(number)
    if request.method == "POST":
        body = await _body(request)
        if not isinstance(body, dict):
            return _refusal(422, "The body must be a JSON object.")
        reachable, landline = (
            body.get("reachable", phone.is_reachable),
            body.get("landline", phone.is_landline),
        )
        if not isinstance(reachable, bool) or not isinstance(landline, bool):
            return _refusal(422, "reachable and landline must be true or false.")
        phone = Phone(number, reachable, landline)
        world.phones.save(phone)
    return JSONResponse({"number": number, "reachable": phone.is_reachable, "landline": phone.is_landline})


async def _numbers(request: Request) -> Response:
    found = world_of(request).numbers.all()
    rows = [{"number": n.number, "name": n.name, "message_request_url": n.url("message_request_url")} for n in found]
    return JSONResponse(rows)


def email_json(email: Email) -> dict[str, Any]:
    """Return an email as the control API shows it."""
    return {
        "seq": email.seq,
        "id": email.id,
        "from": email.text("From"),
        "to": email.recipients,
        "subject": email.text("Subject"),
        "text": email.text("TextBody"),
        "html": email.text("HtmlBody"),
        "tag": email.text("Tag"),
        "codes": email.codes,
        "links": email.links,
        "at": datetime.fromtimestamp(email.received_at, UTC).isoformat(),
    }


async def _mailbox(request: Request) -> Response:
    to = request.query_params.get("to", "").replace(" ", "+")
    return JSONResponse([email_json(email) for email in world_of(request).mailbox.newest(to)])


async def _address(request: Request) -> Response:
    body = await _body(request)
    if not isinstance(body, dict) or not isinstance(body.get("active"), bool):
        return _refusal(422, 'The body must be {"active": true or false}.')
    address = request.path_params["address"]
    world_of(request).mailbox.set_active(address, body["active"])
    return JSONResponse({"address": address, "active": body["active"]})
