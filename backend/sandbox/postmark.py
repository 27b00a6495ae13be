"""Postmark's send API and its list of sent messages."""

import base64
import json
import re
from datetime import UTC, datetime
from email.utils import getaddresses
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox.mailbox import Email, addresses_in
from backend.sandbox.world import World, world_of

_ADDRESS = re.compile(r"[^@\s]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_MOST_RECIPIENTS = 50
_LARGEST_BATCH = 500
# Its API reference: attachments of one message, after their coding in base64.
_MOST_ATTACHED = 10 * 1024 * 1024


def routes() -> list[Route]:
    """Return the routes of this API."""
    return [
        Route("/email", _send, methods=["POST"]),
        Route("/email/batch", _send_batch, methods=["POST"]),
        Route("/messages/outbound", _outbound, methods=["GET"]),
        Route("/messages/outbound/{id}/details", _details, methods=["GET"]),
    ]


def _refusal(status: int, code: int, message: str) -> JSONResponse:
    return JSONResponse({"ErrorCode": code, "Message": message}, status)


def _stranger(request: Request, world: World) -> JSONResponse | None:
    if request.headers.get("x-postmark-server-token") == world.settings.postmark_token:
        return None
    return _refusal(401, 10, "The Server Token you provided in the X-Postmark-Server-Token request header was invalid.")


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        return None


async def _send(request: Request) -> Response:
    world = world_of(request)
    if refused := _stranger(request, world):
        return refused
    message = await _json(request)
    if not isinstance(message, dict):
        return _refusal(422, 402, "The body is not valid JSON.")
    answer = _accept(message, world)
    return JSONResponse(answer, 422 if answer["ErrorCode"] else 200)


async def _send_batch(request: Request) -> Response:
    world = world_of(request)
    if refused := _stranger(request, world):
        return refused
    messages = await _json(request)
    if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
        return _refusal(422, 402, "The body is not a valid JSON array of messages.")
    if len(messages) > _LARGEST_BATCH:
        return _refusal(422, 410, f"A batch may hold at most {_LARGEST_BATCH} messages.")
    return JSONResponse([_accept(message, world) for message in messages])


def _accept(message: dict[str, Any], world: World) -> dict[str, Any]:
    """Keep a message, or return the vendor's code and words for what is wrong with it."""
    recipients = addresses_in(message, "To", "Cc", "Bcc")
    wrong = None
    if not addresses_in(message, "From"):
        wrong = "Invalid 'From' value."
    elif not addresses_in(message, "To"):
        wrong = "Zero recipients specified."
    elif any(not _ADDRESS.fullmatch(address) for address in [*recipients, *addresses_in(message, "From")]):
        wrong = "Error parsing an address: illegal email address."
    elif len(recipients) > _MOST_RECIPIENTS:
        wrong = f"At most {_MOST_RECIPIENTS} recipients are allowed."
    elif not message.get("TextBody") and not message.get("HtmlBody"):
        wrong = "Provide either email TextBody or HtmlBody or both."
    else:
        wrong = _wrong_attachments(message.get("Attachments") or [])
    if wrong:
        return {"ErrorCode": 300, "Message": wrong}
    inactive = world.mailbox.inactive_among(recipients)
    if inactive:
        return {
            "ErrorCode": 406,
            "Message": "You tried to send to recipient(s) that have been marked as inactive."
            f" Found inactive addresses: {', '.join(inactive)}.",
        }
    email = world.mailbox.add(message)
    world.events.publish({"kind": "email", "id": email.id})
    world.post_office.forward(email)
    return {
        "To": str(message["To"]),
        "SubmittedAt": _iso(email.received_at),
        "MessageID": email.id,
        "ErrorCode": 0,
        "Message": "OK",
    }


def _wrong_attachments(given: Any) -> str | None:
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        return "Attachments must be a list of objects."
    size = 0
    for one in given:
        if not all(isinstance(one.get(field), str) and one[field] for field in ("Name", "ContentType", "Content")):
            return "An attachment needs Name, ContentType and Content."
        try:
            base64.b64decode(one["Content"], validate=True)
        except ValueError:
            return f"The Content of attachment '{one['Name']}' is not valid base64."
        size += len(one["Content"])
    return "The attachments are larger than 10 MB." if size > _MOST_ATTACHED else None


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def _resource(email: Email) -> dict[str, Any]:
    def people(field: str) -> list[dict[str, str | None]]:
        pairs = getaddresses([email.text(field)])
        return [{"Email": address, "Name": name or None} for name, address in pairs if address]

    return {
        "Tag": email.message.get("Tag"),
        "MessageID": email.id,
        "MessageStream": email.message.get("MessageStream") or "outbound",
        "To": people("To"),
        "Cc": people("Cc"),
        "Bcc": people("Bcc"),
        "Recipients": email.recipients,
        "ReceivedAt": _iso(email.received_at),
        "From": email.text("From"),
        "Subject": email.text("Subject"),
        "Attachments": [file["Name"] for file in email.files],
        "Status": "Sent",
        "TrackOpens": bool(email.message.get("TrackOpens")),
        "TrackLinks": email.message.get("TrackLinks") or "None",
        "Metadata": email.message.get("Metadata") or {},
        "Sandboxed": False,
    }


async def _outbound(request: Request) -> Response:
    world = world_of(request)
    if refused := _stranger(request, world):
        return refused
    query = request.query_params
    try:
        count, offset = int(query.get("count", "100")), int(query.get("offset", "0"))
    except ValueError:
        count, offset = 0, 0
    if not 1 <= count <= 500 or offset < 0:
        return _refusal(422, 300, "Parameters 'count' and 'offset' must be numbers, count from 1 to 500.")
    found = world.mailbox.newest(query.get("recipient", ""), limit=1_000_000)
    if query.get("tag"):
        found = [email for email in found if email.text("Tag") == query["tag"]]
    page = found[offset : offset + count]
    return JSONResponse({"TotalCount": len(found), "Messages": [_resource(email) for email in page]})


async def _details(request: Request) -> Response:
    world = world_of(request)
    if refused := _stranger(request, world):
        return refused
    email = world.mailbox.find(request.path_params["id"])
    if email is None:
        return _refusal(422, 701, "This message was not found.")
    body = {"TextBody": email.text("TextBody"), "HtmlBody": email.text("HtmlBody"), "MessageEvents": []}
    return JSONResponse(_resource(email) | body)
