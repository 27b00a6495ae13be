"""SignalWire's compatibility REST API for messages: send, list, read, fetch attachments."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.sandbox.attachments import attachment_response
from backend.sandbox.basic_auth import has_credentials
from backend.sandbox.carrier import API_VERSION
from backend.sandbox.phones import is_e164
from backend.sandbox.texts import OUTBOUND, Media, NewMedia, Search, Text
from backend.sandbox.world import World, world_of

_LONGEST_BODY = 1600
_MOST_MEDIA = 8
_PAGE_SIZE, _LARGEST_PAGE = 50, 1000
_BASE = "/api/laml/" + API_VERSION + "/Accounts/{account}/Messages"


def routes() -> list[Route]:
    """Return the routes of this API; each answers with and without `.json`."""
    return [
        Route(_BASE, _messages, methods=["GET", "POST"]),
        Route(_BASE + ".json", _messages, methods=["GET", "POST"]),
        Route(_BASE + "/{sid}", _message, methods=["GET"]),
        Route(_BASE + "/{sid}/Media", _media_list, methods=["GET"]),
        Route(_BASE + "/{sid}/Media.json", _media_list, methods=["GET"]),
        Route(_BASE + "/{sid}/Media/{media_sid}", _media, methods=["GET"]),
    ]


def refusal(status: int, code: int, message: str) -> JSONResponse:
    """Return an error in the compatibility API's shape."""
    body = {
        "code": code,
        "message": message,
        "more_info": f"https://developer.signalwire.com/{code}",
        "status": status,
    }
    headers = {"www-authenticate": 'Basic realm="SignalWire API"'} if status == 401 else None
    return JSONResponse(body, status, headers)


def stranger(request: Request, world: World) -> JSONResponse | None:
    """Return the refusal of a request without the project's credentials, or for another project."""
    if not has_credentials(request, world.settings):
        return refusal(401, 20003, "Authenticate")
    if request.path_params["account"] != world.settings.project:
        return refusal(404, 20404, "The requested resource was not found")
    return None


async def _messages(request: Request) -> Response:
    world = world_of(request)
    if refused := stranger(request, world):
        return refused
    if request.method == "GET":
        return _listing(request, world)
    form = await request.form()
    wrong = _check(form, world)
    if wrong is not None:
        return refusal(400, *wrong)
    text = world.texts.add(
        direction=OUTBOUND,
        from_number=_field(form, "From"),
        to_number=_field(form, "To"),
        body=_field(form, "Body"),
        media=[NewMedia(source_url=url) for url in _media_urls(form)],
        status_callback=_field(form, "StatusCallback"),
    )
    answer = JSONResponse(_resource(text, world), 201)
    world.carrier.take_up(text)
    return answer


def _field(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _media_urls(form: FormData) -> list[str]:
    return [value for value in form.getlist("MediaUrl") if isinstance(value, str) and value]


def _check(form: FormData, world: World) -> tuple[int, str] | None:
    """Return the vendor's code and words for the first thing wrong with a new message."""
    sender, recipient, body = _field(form, "From"), _field(form, "To"), _field(form, "Body")
    callback, media = _field(form, "StatusCallback"), _media_urls(form)
    if not recipient:
        return 21604, "A 'To' phone number is required."
    if not sender:
        return 21603, "A 'From' phone number is required."
    if not is_e164(recipient) and not _SHORT_CODE.fullmatch(recipient):
        return 21211, f"The 'To' number {recipient} is not a valid phone number."
    if not is_e164(sender):
        return 21212, f"The 'From' number {sender} is not a valid phone number."
    if sender == recipient:
        return 21266, "'To' and 'From' number cannot be the same."
    if world.numbers.find_by_number(sender) is None:
        return 21606, f"The 'From' phone number {sender} is not a message-capable number of this project."
    if not body and not media:
        return 21602, "Message body is required."
    if len(body) > _LONGEST_BODY:
        return 21617, f"The message body exceeds the {_LONGEST_BODY} character limit."
    if len(media) > _MOST_MEDIA:
        return 21623, f"A message may have at most {_MOST_MEDIA} media addresses."
    if any(not url.startswith(("http://", "https://")) for url in media):
        return 21620, "Invalid media URL."
    if callback and not callback.startswith(("http://", "https://")):
        return 21609, "The 'StatusCallback' URL is not valid."
    return None


def _rfc2822(moment: float | None) -> str | None:
    return format_datetime(datetime.fromtimestamp(moment, UTC)) if moment is not None else None


def _resource(text: Text, world: World) -> dict[str, Any]:
    uri = f"/api/laml/{API_VERSION}/Accounts/{world.settings.project}/Messages/{text.sid}"
    return {
        "account_sid": world.settings.project,
        "api_version": API_VERSION,
        "body": text.body,
        "date_created": _rfc2822(text.created_at),
        "date_sent": _rfc2822(text.sent_at),
        "date_updated": _rfc2822(text.updated_at),
        "direction": text.direction,
        "error_code": text.error_code,
        "error_message": text.error_message,
        "from": text.from_number,
        "messaging_service_sid": None,
        "num_media": len(world.texts.media(text.sid)),
        "num_segments": text.num_segments,
        "price": None,
        "price_unit": "USD",
        "sid": text.sid,
        "status": text.status,
        "to": text.to_number,
        "uri": uri,
        "subresource_uris": {"media": f"{uri}/Media"},
    }


async def _message(request: Request) -> Response:
    world = world_of(request)
    if refused := stranger(request, world):
        return refused
    text = world.texts.find(request.path_params["sid"].removesuffix(".json"))
    if text is None:
        return refusal(404, 20404, "The requested resource was not found")
    return JSONResponse(_resource(text, world))


def _moment(value: str) -> datetime | None:
    """Read a date, an ISO time or an RFC 2822 time, UTC where no zone is named."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_SHORT_CODE = re.compile(r"[0-9]{5,6}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _period(query: QueryParams) -> tuple[float | None, float | None] | None:
    """Return the half-open period a listing asks for, or None when a date cannot be read.

    `DateSent>=2026-11-22` reaches a server as the name `DateSent>`; clients that encode it send `DateSent>=`.
    A bare day includes the whole day.
    """
    start = end = None
    for name, value in query.multi_items():
        if not name.startswith("DateSent") or not value:
            continue
        moment = _moment(value)
        if moment is None:
            return None
        after = moment + (timedelta(days=1) if _DAY.fullmatch(value) else timedelta(seconds=1))
        if name in ("DateSent", "DateSent>", "DateSent>="):
            start = moment.timestamp()
        if name in ("DateSent", "DateSent<", "DateSent<="):
            end = after.timestamp()
    return start, end


def _listing(request: Request, world: World) -> Response:
    query = request.query_params
    period = _period(query)
    try:
        page = int(query.get("Page", "0"))
        size = int(query.get("PageSize", str(_PAGE_SIZE)))
        newest = int(query.get("PageToken", world.texts.newest_seq()))
    except ValueError:
        page, size, newest = -1, 0, 0
    if period is None or page < 0 or size < 1:
        return refusal(400, 20001, "A filter or paging parameter is not valid.")
    size = min(size, _LARGEST_PAGE)
    wanted = Search(query.get("From") or None, query.get("To") or None, *period, newest_seq=newest)
    found = world.texts.search(wanted, size + 1, page * size)
    for text in found[:size]:
        if text.is_inbound and text.webhook == "failed":
            world.texts.set_webhook(text.sid, "fetched", text.webhook_note)
    filters = [(name, value) for name, value in query.multi_items() if name not in ("Page", "PageSize", "PageToken")]

    def uri(number: int) -> str:
        return f"{request.url.path}?" + urlencode(
            [*filters, ("Page", number), ("PageSize", size), ("PageToken", newest)]
        )

    return JSONResponse(
        {
            "uri": uri(page),
            "first_page_uri": uri(0),
            "next_page_uri": uri(page + 1) if len(found) > size else None,
            "previous_page_uri": uri(page - 1) if page else None,
            "page": page,
            "page_size": size,
            "messages": [_resource(text, world) for text in found[:size]],
        }
    )


def _media_resource(item: Media, text: Text, world: World) -> dict[str, Any]:
    account = f"/api/laml/{API_VERSION}/Accounts/{world.settings.project}"
    return {
        "account_sid": world.settings.project,
        "content_type": item.content_type,
        "date_created": _rfc2822(text.created_at),
        "date_updated": _rfc2822(text.updated_at),
        "parent_sid": text.sid,
        "sid": item.sid,
        "uri": f"{account}/Messages/{text.sid}/Media/{item.sid}.json",
    }


async def _media_list(request: Request) -> Response:
    world = world_of(request)
    if refused := stranger(request, world):
        return refused
    text = world.texts.find(request.path_params["sid"])
    if text is None:
        return refusal(404, 20404, "The requested resource was not found")
    found = [_media_resource(item, text, world) for item in world.texts.media(text.sid)]
    page = {"uri": request.url.path, "page": 0, "page_size": _PAGE_SIZE, "next_page_uri": None}
    return JSONResponse({**page, "media_list": found})


async def _media(request: Request) -> Response:
    world = world_of(request)
    if refused := stranger(request, world):
        return refused
    sid, name = request.path_params["sid"], request.path_params["media_sid"]
    text, item = world.texts.find(sid), world.texts.find_media(name.removesuffix(".json"), sid)
    if text is None or item is None:
        return refusal(404, 20404, "The requested resource was not found")
    if name.endswith(".json"):
        return JSONResponse(_media_resource(item, text, world))
    if item.content is None:
        return refusal(404, 20404, "The media was not fetched")
    return attachment_response(item.content_type, item.content)
