"""Take the carrier's webhooks: verify, store under the carrier's own id, enqueue, and nothing else (DESIGN law 4).

The same doors serve what the reconciler finds in the carrier's list, so a text is handled once however it came.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.core import jobs, telemetry
from backend.core.config import settings
from backend.core.errors import Invalid, NotAllowed
from backend.core.tenancy import platform_scope, unit_of_work
from backend.messaging import queries
from backend.models.platform import InboundEvent
from backend.vendors import signalwire

SOURCE = "signalwire"
# The carrier sends about twenty fields, plus two for each of eight attachments.
_MOST_FIELDS = 100
_SID = re.compile(r"[A-Za-z0-9-]{1,64}")
_STATUS = re.compile(r"[A-Za-z_-]{1,32}")


class WebhookKind(StrEnum):
    """What the carrier tells us."""

    INBOUND = "sms.inbound"
    STATUS = "sms.status"


_REQUIRED = {
    WebhookKind.INBOUND: ("MessageSid", "From", "To"),
    WebhookKind.STATUS: ("MessageSid", "MessageStatus"),
}
_TASKS = {WebhookKind.INBOUND: "messaging.receive_text", WebhookKind.STATUS: "messaging.apply_status"}
_URGENCY = {WebhookKind.INBOUND: jobs.Urgency.FIRST, WebhookKind.STATUS: jobs.Urgency.SOON}


class MalformedWebhook(Invalid):
    """The carrier's request cannot be read; `field` names what is missing or wrong."""

    status = 400
    default_code = "malformed"


async def accept_webhook(kind: WebhookKind, path_with_query: str, signature: str, body: bytes) -> bool:
    """Store and enqueue one webhook of the carrier; False when it was there already, which is answered the same.

    The signature is checked against our configured public address, never the one the request claims.
    Raises `MalformedWebhook` (400) for a body that is not a form in UTF-8 or lacks a field, `NotAllowed` (403) for a
    wrong signature; then nothing is stored.
    """
    text, fields = _form(body)
    if not await signalwire.is_signed(f"{settings().public_url}{path_with_query}", signature, text, fields):
        telemetry.webhooks.add(1, {"source": SOURCE, "kind": kind, "outcome": "refused"})
        raise NotAllowed("The signature of this request is not the carrier's.", code="bad_signature")
    payload = {_storable(name): _storable(value) for name, value in fields}
    for name in _REQUIRED[kind]:
        if not payload.get(name, "").strip():
            raise MalformedWebhook(f"{name} is missing.", field=name, code="missing_param")
    if not _SID.fullmatch(payload["MessageSid"]):
        raise MalformedWebhook("MessageSid is not an id of the carrier.", field="MessageSid")
    if kind == WebhookKind.STATUS:
        if not _STATUS.fullmatch(payload["MessageStatus"]):
            raise MalformedWebhook("MessageStatus is not a status.", field="MessageStatus")
        ours = dict(parse_qsl(urlsplit(path_with_query).query))
        payload |= {f"_{mark}": _storable(ours.get(mark, "")) for mark in ("message", "attempt")}
    with platform_scope("store a webhook of the carrier"):
        async with unit_of_work() as session:
            is_new = await store(session, kind, payload)
    telemetry.webhooks.add(1, {"source": SOURCE, "kind": kind, "outcome": "stored" if is_new else "duplicate"})
    return is_new


async def store(session: AsyncSession, kind: WebhookKind, payload: Mapping[str, str]) -> bool:
    """Store an event of the carrier and enqueue its work in the session's transaction; False when it is known.

    Texts between the same two numbers share a lock, so they are received in the order they were stored.
    """
    sid = payload["MessageSid"]
    external_id = sid if kind == WebhookKind.INBOUND else f"{sid}:{payload['MessageStatus']}"
    lock = f"text:{payload['To']}:{payload['From']}" if kind == WebhookKind.INBOUND else f"status:{sid}"
    event = InboundEvent(source=SOURCE, kind=kind, external_id=external_id, payload=dict(payload))
    if not await queries.store_event(session, event):
        return False
    await jobs.defer(session, _TASKS[kind], lock=lock[:200], urgency=_URGENCY[kind], event_id=str(event.id))
    return True


def _storable(text: str) -> str:
    """Return text as PostgreSQL takes it: a null character has no place in its JSON."""
    return text.replace("\x00", "")


def _form(body: bytes) -> tuple[str, list[tuple[str, str]]]:
    try:
        text = body.decode("utf-8")
        return text, parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except UnicodeDecodeError:
        raise MalformedWebhook("The body is not text in UTF-8.", code="bad_encoding") from None
    except ValueError:
        raise MalformedWebhook("The body holds too many fields.") from None
