"""Speak with the carrier, SignalWire: messages over its compatibility REST API, phone numbers through its SDK.

The compatibility API is documented under https://developer.signalwire.com (Compatibility API, Messages): HTTP Basic
with project and token, form fields in, JSON out. The SDK is synchronous and runs in threads.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode
from weakref import WeakKeyDictionary

import httpx

from backend.core.config import settings
from backend.core.errors import VendorError
from backend.core.logging import log
from backend.vendors import http

VENDOR = "SignalWire"
SIGNATURE_HEADER = "X-SignalWire-Signature"
# The carrier answers within a second; a slow one gets time, because giving up early is what makes an outcome unknown.
_TIMEOUT = httpx.Timeout(20.0, connect=5.0, pool=20.0)
_PAGE_SIZE, LARGEST_PAGE = 100, 1000
_MOST_PAGES = 20
# A gateway that lost patience, or its connection, does not stop the work behind it (RFC 9110 §15.6.3, §15.6.5).
_OF_GATEWAYS = frozenset({408, 502, 504})
_HEX_SHA1 = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class CarrierMessage:
    """A text as the carrier knows it. `status` is the carrier's word; numbers are E.164."""

    sid: str
    status: str
    sender: str
    recipient: str
    body: str
    direction: str
    created_at: datetime
    error_code: str
    error_message: str
    media_count: int

    @property
    def is_inbound(self) -> bool:
        """Whether a customer sent it to us."""
        return self.direction.startswith("inbound")


@dataclass(frozen=True)
class CarrierCall:
    """A call as the carrier knows it. `status` is the carrier's word; `ended_at` is None while it lasts."""

    sid: str
    status: str
    duration_s: int
    ended_at: datetime | None


@dataclass(frozen=True)
class CarrierNumber:
    """A phone number of the carrier account. `capabilities` holds `voice`, `sms`, `mms`."""

    sid: str
    phone_number: str
    name: str
    capabilities: tuple[str, ...]
    message_request_url: str
    call_request_url: str
    call_status_url: str


@dataclass(frozen=True)
class CarrierMedia:
    """An attachment as the carrier lists it."""

    url: str
    content_type: str


# One client a loop: connections belong to the loop that opened them, and tests run several.
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()


def client() -> httpx.AsyncClient:
    """Return the HTTP client of the running loop."""
    loop = asyncio.get_running_loop()
    found = _clients.get(loop)
    if found is None or found.is_closed:
        found = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False, verify=http.vendor_certificates())
        _clients[loop] = found
    return found


def credentials() -> tuple[str, str]:
    """Return project and token for HTTP Basic."""
    return settings().signalwire_project_id, settings().signalwire_api_token.get_secret_value()


def origin() -> str:
    """Return `scheme://host[:port]` of the configured space."""
    return settings().signalwire_space_url.rstrip("/")


def account_url(path: str) -> str:
    """Return the address of a resource of our project."""
    return f"{origin()}/api/laml/2010-04-01/Accounts/{quote(settings().signalwire_project_id)}{path}"


async def _ask(method: str, url: str, form: Sequence[tuple[str, str]] | None = None) -> dict[str, Any]:
    content = urlencode(form).encode() if form is not None else None
    headers = {"content-type": "application/x-www-form-urlencoded"} if form is not None else {}
    try:
        response = await client().request(method, url, content=content, headers=headers, auth=credentials())
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise failure("The carrier could not be reached.", "unreachable", retryable=True) from error
    except httpx.TimeoutException as error:
        raise failure("The carrier took too long to answer.", "no_answer", retryable=True, happened=True) from error
    except httpx.HTTPError as error:
        raise failure("The carrier broke off its answer.", "no_answer", retryable=True, happened=True) from error
    return _read(response)


def _read(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if response.is_success and isinstance(body, dict):
        return body
    said = body if isinstance(body, dict) else {}
    code, message = str(said.get("code") or ""), str(said.get("message") or "")
    if response.is_success:
        raise failure("The carrier’s answer could not be read.", "broken_answer", retryable=True, happened=True)
    if response.status_code == 429:
        raise failure(message or "The carrier is busy.", code or "20429", retryable=True)
    if response.status_code in _OF_GATEWAYS:
        raise failure("The carrier took too long to answer.", "no_answer", retryable=True, happened=True)
    if response.status_code >= 500:
        raise failure(message or "The carrier failed.", "carrier_failed", retryable=True, happened=True)
    raise failure(message or f"The carrier answered {response.status_code}.", code or str(response.status_code))


def failure(message: str, code: str, *, retryable: bool = False, happened: bool = False) -> VendorError:
    """Return the error for what the carrier did not do."""
    return VendorError(message, vendor=VENDOR, code=code, is_retryable=retryable, may_have_happened=happened)


async def send(
    *, sender: str, recipient: str, body: str, media_urls: Sequence[str] = (), status_callback: str
) -> CarrierMessage:
    """Hand a text to the carrier and return it with its sid.

    Raises `VendorError`: its `code` is the carrier's error code, or `unreachable` (certainly not sent), `no_answer`
    (the carrier may still be at work on it), `broken_answer` or `carrier_failed` (it has finished). The last three
    `may_have_happened`: look in `find_sent` before sending again.
    """
    form = [("From", sender), ("To", recipient), ("Body", body), ("StatusCallback", status_callback)]
    form += [("MediaUrl", url) for url in media_urls]
    return _message(await _ask("POST", account_url("/Messages.json"), form))


async def fetch(sid: str) -> CarrierMessage:
    """Return a text as the carrier knows it now. Raises `VendorError`, code 20404 when it knows none."""
    return _message(await _ask("GET", account_url(f"/Messages/{quote(sid, safe='')}.json")))


async def find_sent(*, sender: str, recipient: str, body: str, since: datetime) -> list[CarrierMessage]:
    """Return our texts with this very body made at or after `since` (the carrier rounds to seconds), oldest first.

    Raises `VendorError`, also for an entry that cannot be read: it might be the one.
    """
    since = since.replace(microsecond=0)
    found: list[CarrierMessage] = []
    async for item in listing("Messages", {"To": recipient, "From": sender}):
        message = _message(item)
        if message.created_at < since:
            break
        if message.body == body and not message.is_inbound:
            found.append(message)
    return found[::-1]


async def list_inbound(since: datetime) -> list[CarrierMessage]:
    """Return what customers sent us at or after `since` (the carrier rounds to seconds), oldest first.

    An entry that cannot be read is logged and left out: it must not hide the others for ever.
    """
    since = since.replace(microsecond=0)
    found: list[CarrierMessage] = []
    async for item in listing("Messages", {}, page_size=LARGEST_PAGE):
        try:
            message = _message(item)
        except VendorError as error:
            log.warning("carrier.unreadable_text", sid=str(item.get("sid"))[:64], error=repr(error.__cause__))
            continue
        if message.created_at < since:
            break
        if message.is_inbound:
            found.append(message)
    return found[::-1]


async def dial(
    *, sender: str, recipient: str, url: str, status_callback: str, machine_callback: str = "", ring_s: int
) -> str:
    """Ring a telephone and return the carrier's id of the call; whoever answers is sent to `url`.

    Whether that is a machine is told to `machine_callback`, where there is one, while the call goes on.

    Raises `VendorError` as `send` does; one that `may_have_happened` may be ringing.
    """
    form = [("From", sender), ("To", recipient), ("Url", url), ("Method", "POST"), ("Timeout", str(ring_s))]
    form += [("StatusCallback", status_callback), ("StatusCallbackMethod", "POST")]
    form += [("StatusCallbackEvent", event) for event in ("initiated", "ringing", "answered", "completed")]
    if machine_callback:
        form += [("MachineDetection", "DetectMessageEnd"), ("AsyncAmd", "true")]
        form += [("AsyncAmdStatusCallback", machine_callback), ("AsyncAmdStatusCallbackMethod", "POST")]
    body = await _ask("POST", account_url("/Calls.json"), form)
    if not body.get("sid"):
        raise failure("The carrier’s answer could not be read.", "broken_answer", retryable=True, happened=True)
    return str(body["sid"])


async def redirect(sid: str, url: str) -> None:
    """Send a call that is answered to other instructions. Raises `VendorError`; what it was joined with is let go."""
    await _ask("POST", account_url(f"/Calls/{quote(sid, safe='')}.json"), [("Url", url), ("Method", "POST")])


async def hang_up(sid: str) -> None:
    """End a call, whether it rings or is answered. Raises `VendorError`, code 20404 when the carrier knows none."""
    await _ask("POST", account_url(f"/Calls/{quote(sid, safe='')}.json"), [("Status", "completed")])


async def call(sid: str) -> CarrierCall:
    """Return a call as the carrier knows it now. Raises `VendorError`, code 20404 when it knows none."""
    body = await _ask("GET", account_url(f"/Calls/{quote(sid, safe='')}.json"))
    lasted, ended = str(body.get("duration") or ""), str(body.get("end_time") or "")
    try:
        ended_at = parsedate_to_datetime(ended) if ended else None
        return CarrierCall(
            sid=str(body["sid"]),
            status=str(body["status"]),
            duration_s=int(lasted) if lasted.isdecimal() else 0,
            ended_at=ended_at.replace(tzinfo=ended_at.tzinfo or UTC) if ended_at else None,
        )
    except (KeyError, ValueError) as error:
        raise failure("The carrier’s answer could not be read.", "broken_answer", retryable=True) from error


async def list_media(sid: str) -> list[CarrierMedia]:
    """Return the attachments of a text."""
    body = await _ask("GET", account_url(f"/Messages/{quote(sid, safe='')}/Media.json"))
    return [
        CarrierMedia(_absolute(str(item["uri"])).removesuffix(".json"), str(item.get("content_type") or ""))
        for item in body.get("media_list", [])
    ]


async def listing(
    what: str, filters: Mapping[str, str], page_size: int = _PAGE_SIZE
) -> AsyncIterator[Mapping[str, Any]]:
    """Yield what the account has of one kind (`Messages`, `Recordings`), newest first, as long as the caller asks."""
    url: str | None = account_url(f"/{what}.json") + "?" + urlencode({**filters, "PageSize": str(page_size)})
    for _ in range(_MOST_PAGES):
        if url is None:
            return
        body = await _ask("GET", url)
        for item in body.get(what.lower(), []):
            yield item
        following = body.get("next_page_uri")
        url = _absolute(str(following)) if following else None


def _absolute(uri: str) -> str:
    """Return a link of the carrier as an address on its own server, whatever host it names."""
    return origin() + "/" + re.sub(r"^https?://[^/]+", "", uri).lstrip("/")


def _message(body: Mapping[str, Any]) -> CarrierMessage:
    """Read one text. Raises `VendorError` (`broken_answer`) when it is not whole."""
    try:
        created = parsedate_to_datetime(str(body["date_created"]))
        return CarrierMessage(
            sid=str(body["sid"]),
            status=str(body["status"]),
            sender=str(body.get("from") or ""),
            recipient=str(body.get("to") or ""),
            body=str(body.get("body") or ""),
            direction=str(body.get("direction") or ""),
            created_at=created if created.tzinfo else created.replace(tzinfo=UTC),
            error_code=str(body.get("error_code") or ""),
            error_message=str(body.get("error_message") or ""),
            media_count=int(body.get("num_media") or 0),
        )
    except (KeyError, ValueError) as error:
        raise failure(
            "The carrier’s answer could not be read.", "broken_answer", retryable=True, happened=True
        ) from error


async def is_signed(url: str, signature: str, raw_body: str, fields: Sequence[tuple[str, str]]) -> bool:
    """Tell whether SignalWire signed this request: `url` is the exact public address with its query.

    The SDK also accepts a form whose signature covers the address alone; we do not, so that nobody can reuse the
    signature of an empty request for fields of their own.
    """
    webhook_validator = _validator() if _validator.cache_info().currsize else await asyncio.to_thread(_validator)
    key = settings().signalwire_signing_key.get_secret_value()
    if not key or not signature:
        return False
    if _HEX_SHA1.fullmatch(signature):
        return bool(webhook_validator.validate_webhook_signature(key, signature, url, raw_body))
    return bool(webhook_validator.validate_request(key, signature, url, list(fields)))


@lru_cache(maxsize=1)
def _validator() -> Any:
    """Import the SDK's validator; the first time takes a second, so the first caller does it in a thread."""
    from signalwire.core.security import webhook_validator

    return webhook_validator


@lru_cache(maxsize=2)
def _rest(project: str, token: str, address: str) -> Any:
    from signalwire.rest import RequestOptions, RestClient

    host = re.sub(r"^https?://", "", address).rstrip("/")
    return RestClient(project=project, token=token, host=host, request_options=RequestOptions(timeout=15.0))


async def _with_numbers(work: str, *arguments: Any, **fields: Any) -> Any:
    """Call one method of the SDK's phone number resource in a thread, its errors turned into ours."""
    from signalwire.rest import SignalWireRestError

    resource = (await asyncio.to_thread(_rest, *credentials(), origin())).phone_numbers
    try:
        return await asyncio.to_thread(getattr(resource, work), *arguments, **fields)
    except SignalWireRestError as error:
        status = error.status_code
        if status == 404:
            raise failure("The carrier does not know this number.", "20404") from error
        retryable = status is None or status == 429 or status >= 500 or 200 <= status < 300
        raise failure("The carrier’s number service failed.", "carrier_failed", retryable=retryable) from error


async def list_numbers() -> list[CarrierNumber]:
    """Return every number of the carrier account."""
    found: list[CarrierNumber] = []
    for page in range(_MOST_PAGES):
        body = await _with_numbers("list", page_size=_PAGE_SIZE, page_number=page)
        found += [_number(item) for item in body.get("data", [])]
        if not body.get("links", {}).get("next"):
            break
    return found


async def set_webhooks(sid: str, *, message_request_url: str, call_request_url: str, call_status_url: str) -> None:
    """Tell the carrier where to post texts and calls to a number; an empty address takes it off."""
    await _with_numbers(
        "update",
        sid,
        message_handler="laml_webhooks" if message_request_url else None,
        message_request_url=message_request_url,
        message_request_method="POST",
        call_handler="laml_webhooks" if call_request_url else None,
        call_request_url=call_request_url,
        call_request_method="POST",
        call_status_callback_url=call_status_url,
        call_status_callback_method="POST",
    )


def _number(body: Mapping[str, Any]) -> CarrierNumber:
    capabilities = body.get("capabilities") or []
    if isinstance(capabilities, Mapping):
        capabilities = [name for name, has in capabilities.items() if has]
    return CarrierNumber(
        sid=str(body["id"]),
        phone_number=str(body["number"]),
        name=str(body.get("name") or ""),
        capabilities=tuple(str(name) for name in capabilities),
        message_request_url=str(body.get("message_request_url") or ""),
        call_request_url=str(body.get("call_request_url") or ""),
        call_status_url=str(body.get("call_status_callback_url") or ""),
    )
